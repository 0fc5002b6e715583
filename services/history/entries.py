"""The form of a stored fact: its topic, the id of its stream, the bytes of its state.

    state = 0x01 · header (one line of JSON) · "\\n" · the exact bytes received
    state = 0x02 · header (one line of JSON) · "\\n" · clear part · nonce (12 bytes) · ciphertext and tag

The first byte is the format. In the second one what came is sealed under a data key (services/sealing), and the clear part is what
may be read without it: `sealed` of the header names the key, and says how many bytes are clear. Ids of streams are derived from
what the fact is about (RFC 9562, version 5), so that the same fact cannot be stored twice. They are stored: see
docs/decisions/0001-one-order-history.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple, NewType
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec

from domain.saying import said
from services.errors import StoreTooNew

try:
    from _sha1 import sha1  # type: ignore[import-not-found]  # CPython's own costs half of OpenSSL's for so few bytes
except ImportError:
    from hashlib import sha1

Position = NewType("Position", int)
"""The place of an entry in the history: 1 is the first; 0 stands before all."""
LAST_POSITION: Final = 2**63 - 1
"""No store counts further."""

EVENT = "entente.event"
TIME = "entente.time"
QUARANTINED = "entente.quarantined"
RULES = "entente.rules"
OUTAGE = "entente.outage"
OUTAGE_WITHDRAWN = "entente.outage.withdrawn"
WAITS = "entente.time.waits"
SPARED = "entente.outage.spared"
SETTLED = "entente.settled"
CHECKPOINT_KEY = "entente.checkpoint-key"
RESTORED = "entente.restored"
ERASED = "entente.erased"
NOTICE_SENT = "entente.notice.sent"
NOTICE_FAILED = "entente.notice.failed"
FACTS = frozenset(
    {
        EVENT,
        TIME,
        WAITS,
        QUARANTINED,
        SETTLED,
        RULES,
        OUTAGE,
        SPARED,
        OUTAGE_WITHDRAWN,
        CHECKPOINT_KEY,
        RESTORED,
        ERASED,
        NOTICE_SENT,
        NOTICE_FAILED,
    }
)
"""Topics whose state is packed here; all others belong to aggregates."""

PLAIN = 0x01
SEALED = 0x02

FURTHEST = 3_653 * 86_400_000_000
"""Microseconds: how far beyond the moment at which it was received an entry of time may lie. Ten years, however many leap days
they have."""

_encode = msgspec.json.Encoder(enc_hook=str).encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode


def pack(header: Mapping[str, object], raw: bytes) -> bytes:
    """Header values are what JSON holds: texts, whole numbers, booleans, None, lists and maps of these."""
    return b"\x01%b\n%b" % (_encode(header), raw)


class Box(NamedTuple):
    """What is sealed of a fact: `nonce` and ciphertext together, and the random id of the data key."""

    key: str
    content: bytes


def pack_sealed(header: Mapping[str, object], clear: bytes, box: Box) -> bytes:
    """As `pack`, with what came in a box; `clear` is what is read without opening it. Programs before put an HMAC of the bytes into
    `code`, which said after an erasure whether a guess of them is right, and look for one there."""
    note = {"key": box.key, "code": "", "clear": len(clear)}
    return b"\x02%b\n%b%b" % (_encode({**header, "sealed": note}), clear, box.content)


def box_of(state: bytes) -> Box | None:
    """The box of a sealed fact; None where nothing is sealed."""
    if state[:1] != b"\x02":
        return None
    end = state.index(b"\n", 1)
    note = _decode(memoryview(state)[1:end])["sealed"]
    return Box(note["key"], state[end + 1 + note["clear"] :])


def unpack(state: bytes) -> tuple[dict[str, Any], bytes]:
    """Of a sealed fact the clear part. Raises StoreTooNew when a newer program wrote it."""
    if state[:1] == b"\x02":
        end = state.index(b"\n", 1)
        header = _decode(memoryview(state)[1:end])
        return header, state[end + 1 : end + 1 + header["sealed"]["clear"]]
    if state[:1] != b"\x01":
        raise StoreTooNew(
            said(
                "an entry of format {state}, where this program knows 01 and 02", state=state[:1].hex() or said("none")
            ),
            mend=said("use a newer entente"),
        )
    end = state.index(b"\n", 1)
    return _decode(memoryview(state)[1:end]), state[end + 1 :]


def header_of(state: bytes) -> dict[str, Any]:
    """Reads the header as `unpack` does, without the bytes that came."""
    header, _ = unpack(state)
    return header


def time_said(header: Mapping[str, Any]) -> int | None:
    """Up to when an entry of topic TIME says that all has been received. None where that lies more than FURTHEST beyond the
    moment at which it said so: nobody can know that, and such an entry is passed over wherever time is read."""
    time: int = header["time"]
    received = header.get("received")
    return None if received is not None and time - received > FURTHEST else time


def contracts_named(header: Mapping[str, Any]) -> set[str]:
    """The contracts that an entry about time, outages or rules names. What such an entry says of one contract stands in an entry of
    its own, for its parties; stores of before have entries that name many, which are for nobody who does not see them all."""
    named = {*header.get("waiting", ()), *header.get("but", ())}
    named |= {str(commitment).partition("/")[0] for commitment, *_ in header.get("finals", ())}
    return named | ({str(header["contract"])} if header.get("contract") is not None else set())


LIVES_WITHIN = 31 * 86_400_000_000
"""Microseconds: how near to the moment at which it was received an entry of time lies, where time passes in earnest."""


def is_of_life(header: Mapping[str, Any]) -> bool:
    """Says whether an entry of topic TIME shows that the store lives with the clock, and is no study of what was long
    ago, nor a rehearsal of what is to come."""
    time, received = header["time"], header.get("received")
    return received is not None and not header.get("ahead") and received - time <= LIVES_WITHIN


def event_stream(source: str, id: str) -> UUID:
    """Two events are the same event when both agree (CloudEvents 1.0, "id")."""
    return _stream(_EVENTS, source, id.encode())


def time_stream(instant: int, contract: str = "") -> UUID:
    """`contract` names the one contract that the declaration is for; none means all."""
    return _stream(_TIMES, contract, b"%d" % instant)


def waits_stream(contract: str, instant: int, *, waits: bool) -> UUID:
    """Time passes to `instant`, and from then on the contract waits for files, or does no more."""
    return uuid5(time_stream(instant, contract), "waits" if waits else "waits no more")


def quarantine_stream(raw: bytes, slug: str, sender: str) -> UUID:
    """What one sender sends again is the same item; each sender has its own, however alike the bytes are. Before, the first had it
    alone, under an id derived without the sender."""
    return _stream(_QUARANTINED, f"{slug} {sender}", raw)


def outage_stream(start: int, end: int) -> UUID:
    return _stream(_OUTAGES, "", b"%d-%d" % (start, end))


def spared_stream(outage: UUID, contract: str) -> UUID:
    """The outage of that stream hides nothing of the contract."""
    return uuid5(outage, f"spared {contract}")


def withdrawal_stream(outage: UUID) -> UUID:
    """Gives the id of the stream that withdraws the outage of that stream, which is done once."""
    return uuid5(outage, "withdrawn")


def erased_stream(keys: Sequence[str]) -> UUID:
    """`keys`: the random ids of the data keys that are destroyed."""
    return _stream(_ERASED, "", ",".join(keys).encode())


def notice_stream(notice: str, channel: str, settled: int) -> UUID:
    """That a notice was sent on that channel, said once (`settled` 0); or that it failed, at that instant."""
    return _stream(_NOTICES, channel, f"{notice} {settled}".encode())


def rules_stream(rules: str, tzdata: str, contract: str = "") -> UUID:
    """`contract`: what adopting these rules changes in figures of this one; else that they are adopted."""
    adopted = _stream(_RULES, rules, tzdata.encode())
    return uuid5(adopted, contract) if contract else adopted


def checkpoint_key_stream(verifier: str, position: int) -> UUID:
    """A key that is taken up again is announced again: `position` is that of the announcement before, 0 for the first."""
    return _stream(_CHECKPOINT_KEYS, verifier, b"%d" % position)


def restored_stream(checkpoint: str, at: int) -> UUID:
    """`checkpoint`: the note from which on the store goes another way."""
    return _stream(_RESTORED, checkpoint, b"%d" % at)


_EVENTS, _TIMES, _QUARANTINED, _RULES, _OUTAGES, _CHECKPOINT_KEYS, _RESTORED, _ERASED, _NOTICES = (
    uuid5(NAMESPACE_URL, topic).bytes
    for topic in (EVENT, TIME, QUARANTINED, RULES, OUTAGE, CHECKPOINT_KEY, RESTORED, ERASED, NOTICE_SENT)
)


def event_key(source: str, id: str) -> bytes:
    """The sixteen bytes of `event_stream`, for the way that every event goes: a UUID costs more than the digest."""
    digest: bytes = sha1(_front(source) + id.encode(), usedforsecurity=False).digest()
    return digest[:6] + _VERSION_5[digest[6]] + digest[7:8] + _VARIANT[digest[8]] + digest[9:16]


@lru_cache(maxsize=1_024)
def _front(source: str) -> bytes:
    part = source.encode()
    return b"%b%d:%b" % (_EVENTS, len(part), part)


def _stream(namespace: bytes, first: str, second: bytes) -> UUID:
    """uuid5 of both parts; the length of the first keeps `a`+`bc` apart from `ab`+`c`."""
    part = first.encode()
    digest = sha1(b"%b%d:%b%b" % (namespace, len(part), part, second), usedforsecurity=False).digest()
    return UUID(bytes=digest[:16], version=5)


_VERSION_5 = [bytes([byte & 0x0F | 0x50]) for byte in range(256)]
_VARIANT = [bytes([byte & 0x3F | 0x80]) for byte in range(256)]
