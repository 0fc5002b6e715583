"""Makes a bundle: the entries that are somebody's own, the leaves of all others, checkpoints, what follows from them, and what
verifies it all (TRUST §5 "Bundles")."""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

from domain.records import Salts, leaves
from domain.saying import said
from domain.signed_notes import COSIGNED, NotANote, Verifier, read_note, verifier
from services.access import Principal
from services.checkpoints import tree
from services.checkpoints.announcing import of_branch, verifier_of
from services.checkpoints.making import MadeCheckpoint, all_checkpoints, covering, newest
from services.errors import Invalid
from services.history.databases import Transaction
from services.history.entries import CHECKPOINT_KEY, RESTORED
from services.history.history import Entry, History
from services.patience import go_on
from services.proving.archive import write_archive, written_under
from services.proving.contents import Contents, Shown, contents, program, shown
from services.proving.own import Own
from services.seeing.past import Progress
from services.seeing.seen import Seeing

FORM: Final = 1
"""The form of bundles."""
HERE: Final = Path(__file__).parent
TEXTS: Final = (("README.md", "bundle_en.txt"), ("LISEZMOI.md", "bundle_fr.txt"))


@dataclass(frozen=True, slots=True)
class Exported:
    """`size`: of the tree; `shown`: the entries that can be read; `checkpoint`: at which it ends."""

    size: int
    shown: int
    checkpoint: MadeCheckpoint


def export(
    seeing: Seeing,
    who: Principal,
    target: Path,
    *,
    contracts: Collection[str] | None = None,
    until: int | None = None,
    progress: Progress | None = None,
) -> Exported:
    """Writes the bundle of what `who` may see, or of these contracts of it, up to the first checkpoint that covers `until`; without
    one, up to the newest. The same bytes for the same end and the same program. Raises NotFound, Invalid, Unavailable."""
    ours = Path(tempfile.gettempdir())
    with (
        seeing.seen(who) as seen,
        written_under(ours),
        tempfile.TemporaryDirectory(prefix="entente-", dir=ours) as temporary,
    ):
        for contract in sorted(contracts or ()):
            seen.require_contract(contract)
        end = _end(seen.reads, until)
        folder, own = Path(temporary), Own(seen, contracts)
        with shown() as aside:
            written = _write_entries(seen.history, own, end, folder, aside, progress)
            made = _holding(contents(aside.history, progress), contracts)
        parts: list[tuple[str, bytes | Path]] = [
            ("entries.jsonl", folder / "entries.jsonl"),
            ("leaves.bin", folder / "leaves.bin"),
            ("checkpoints.txt", _checkpoints(seen.reads, end, written.restored).encode()),
            ("verifiers.txt", _verifiers(written.keys).encode()),
            *((name, content) for name, content in made.items() if name.startswith("documents/")),
            *((name, content) for name, content in made.items() if not name.startswith("documents/")),
            ("verify.py", (HERE / "verify.py").read_bytes()),
            *((name, (HERE / text).read_bytes()) for name, text in TEXTS),
        ]
        manifest = _manifest(end, who, contracts, written.shown, parts)
        write_archive(target, [("manifest.json", manifest), *parts])
    return Exported(end.size, written.shown, end)


def _holding(made: Contents, contracts: Collection[str] | None) -> dict[str, bytes]:
    """The files. Raises Invalid for a contract of which they hold nothing, since the manifest names it."""
    for contract in sorted(contracts or ()):
        if contract not in made.contracts:
            raise Invalid(
                said("contract {id} began behind this end", id=contract), place="--until", mend=said("end later")
            )
    return made.files


def _end(reads: Transaction, until: int | None) -> MadeCheckpoint:
    found = newest(reads) if until is None else covering(reads, until)
    if found is None:
        raise Invalid(
            said("no checkpoint that a bundle could end at"),
            mend=said("`entente checkpoints make`, with ENTENTE_CHECKPOINT_KEY"),
            slug="not-checkpointed",
        )
    return found


@dataclass
class _Written:
    shown: int
    keys: list[str] = field(default_factory=list)
    restored: list[Entry] = field(default_factory=list)
    """The entries that say that the store was restored."""


def _write_entries(
    history: History, own: Own, end: MadeCheckpoint, folder: Path, aside: Shown, progress: Progress | None
) -> _Written:
    """Every entry up to the end: what is shown in one file, and in the history aside, the leaves of the others in another."""
    with history.database.connect() as reads:
        salts = Salts(tree.grown(reads).secret)
    written, index = _Written(0), 0
    with (folder / "entries.jsonl").open("wb") as lines, (folder / "leaves.bin").open("wb") as hidden:
        for entries in _pages(history, end.position):
            own_ones = {entry.position for entry in own.of(entries)}
            for entry, leaf in zip(entries, leaves([one.row for one in entries], salts), strict=True):
                if entry.position in own_ones:
                    _write_line(lines, index, entry, salts(entry.position))
                else:
                    hidden.write(leaf)
                index += 1
            written.shown += len(own_ones)
            written.keys += [verifier_of(one) for one in entries if one.topic == CHECKPOINT_KEY]
            written.restored += [one for one in entries if one.topic == RESTORED]
            aside.add([one for one in entries if one.position in own_ones])
            if progress is not None:
                progress(entries[-1].position, end.position)
    return written


def _pages(history: History, last: int) -> Iterator[Sequence[Entry]]:
    after = 0
    while entries := [one for one in history.read(after, tree.AT_ONCE) if one.position <= last]:
        go_on()
        yield entries
        after = entries[-1].position


def _write_line(lines: BinaryIO, index: int, entry: Entry, salt: bytes) -> None:
    line = {
        "index": index,
        "position": entry.position,
        "stream": str(entry.stream),
        "version": entry.version,
        "topic": entry.topic,
        "salt": salt.hex(),
        "state": base64.b64encode(entry.state).decode(),
    }
    lines.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def _checkpoints(reads: Transaction, end: MadeCheckpoint, restored: Sequence[Entry]) -> str:
    """The one at which the bundle ends, and of those before the last of each day (UTC), the first of each key, and where the store was
    restored the one that this begins at and the first behind: more would say nothing more."""
    around = {of_branch(one) for one in restored}
    behind = sorted((one.position for one in restored), reverse=True)
    kept: list[MadeCheckpoint] = []
    signers: set[bytes] = set()
    last_of_day: MadeCheckpoint | None = None
    for one in all_checkpoints(reads):
        if one.size > end.size:
            break
        _, lines = read_note(one.note)
        new = {line.key_id for line in lines} - signers
        signers |= new
        if last_of_day is not None and last_of_day.made // 86_400 != one.made // 86_400:
            kept.append(last_of_day)
        is_behind = False
        while behind and behind[-1] <= one.position:
            is_behind = behind.pop() > 0
        if new or is_behind or one.note in around:
            kept.append(one)
        last_of_day = one
    every = {one.size: one.note for one in (*kept, end)}
    return "".join(every[size] for size in sorted(every))


def _verifiers(keys: Sequence[str]) -> str:
    """The keys that were announced, one a line, each as it signs and as it cosigns."""
    lines: dict[str, None] = {}
    for text in keys:
        try:
            found = verifier(text)
        except NotANote:
            continue  # an entry that was altered announces none
        lines |= {found.text: None, Verifier(found.name, COSIGNED, found.key).text: None}
    return "".join(f"{line}\n" for line in lines)


def _manifest(
    end: MadeCheckpoint,
    who: Principal,
    contracts: Collection[str] | None,
    shown: int,
    parts: Sequence[tuple[str, bytes | Path]],
) -> bytes:
    found, _ = read_note(end.note)
    content: Mapping[str, object] = {
        "bundle": FORM,
        "origin": found.origin,
        "size": end.size,
        "root": base64.b64encode(found.root).decode(),
        "position": end.position,
        "shown": shown,
        **program(),
        "as": str(who),
        "contracts": sorted(contracts) if contracts is not None else None,
        "files": {name: _digest(part) for name, part in parts},
    }
    return json.dumps(content, indent=2, ensure_ascii=False).encode() + b"\n"


def _digest(part: bytes | Path) -> str:
    if isinstance(part, bytes):
        return sha256(part).hexdigest()
    found = sha256()
    with part.open("rb") as file:
        while some := file.read(1 << 20):
            found.update(some)
    return found.hexdigest()
