"""What the history says of its own checkpoints: which key signs them, so that whoever trusts one learns of the next, and from which
one on a restored store goes another way (TRUST §5)."""

from __future__ import annotations

from domain.times import Clock, Instant
from services.access import PLATFORM
from services.history.entries import CHECKPOINT_KEY, RESTORED, checkpoint_key_stream, header_of, pack, restored_stream
from services.history.history import Fact, History
from services.history.recorders import Entry


def announced(history: History) -> str | None:
    """The verifier of the key that was announced last; None where none was."""
    entry = _last(history, CHECKPOINT_KEY)
    return verifier_of(entry) if entry is not None else None


def announce(history: History, verifier: str, clock: Clock, signed: str = "") -> None:
    """Stores the entry that says which key signs from the next checkpoint on. `signed`: by the one in whose place it stands, so that
    nobody who can write the store alone makes others trust a key of his own."""
    before = _last(history, CHECKPOINT_KEY)
    header = {"received": clock(), "by": str(PLATFORM), "vkey": verifier} | ({"signed": signed} if signed else {})
    stream = checkpoint_key_stream(verifier, before.position if before is not None else 0)
    history.append_facts([Fact(stream, CHECKPOINT_KEY, pack(header, b""))])


def restored(history: History, checkpoint: str, reason: str, clock: Clock) -> None:
    """Stores the entry that says that the store was restored from a backup. `checkpoint`: the note of the newest that the backup has;
    those that are kept of a longer history are of what was left behind."""
    at = clock()
    header = {"received": at, "by": str(PLATFORM), "checkpoint": checkpoint, "reason": reason}
    history.append_facts([Fact(restored_stream(checkpoint, at), RESTORED, pack(header, b""))])


def restored_at(history: History) -> Instant | None:
    """When it was said last that the store was restored from a backup; None where it never was."""
    entry = _last(history, RESTORED)
    return int(header_of(entry.state)["received"]) if entry is not None else None


def verifier_of(entry: Entry) -> str:
    """The verifier that an entry of that topic announces."""
    return str(header_of(entry.state)["vkey"])


def of_branch(entry: Entry) -> str:
    """The note of the checkpoint from which on a restored store goes another way."""
    return str(header_of(entry.state).get("checkpoint"))


def _last(history: History, topic: str) -> Entry | None:
    last = None
    while entries := history.read(last.position if last is not None else 0, 1_000, [topic]):
        last = entries[-1]
    return last
