"""Looking at the history again: as of a moment, as was believed, and from the start, to compare (MEANING §6, DESIGN §4)."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from domain.saying import said
from domain.times import Instant, instant, show, tzdata_version
from services.access import PLATFORM_NAME
from services.errors import BeyondHistory, Unavailable
from services.history.aside_database import AsideDatabase
from services.history.databases import Database, Transaction, first_value
from services.history.entries import RULES, unpack
from services.history.history import History
from services.history.received import received_at
from services.judging.catalogue import everything, only
from services.judging.effect_outbox import outbox_name
from services.judging.judge import BATCH, Judge
from services.judging.layouts import Reached, in_force, reached
from services.judging.lens import Lens
from services.judging.outbox import outbox_id
from services.judging.pack_outbox import issued_packs
from services.judging.pack_outbox import outbox_name as pack_name
from services.judging.views import JUDGING, SHAPE, dump
from services.patience import go_on
from services.seeing.known import Known
from services.seeing.seen import Seeing

EARLIEST: Final = instant("1990-01-01T00:00:00Z")
LOOKS = 200
BETWEEN_LOOKS = 0.05
"""LOOKS times, so many seconds apart, it is looked whether all shards stand at one place."""
Progress = Callable[[int, int], None]
"""Told how far it is: the position reached, the position to reach."""


@contextmanager
def seeing_at(
    history: History,
    *,
    as_of: Instant | None = None,
    believed_at: Instant | int | None = None,
    position: int | None = None,
    contract: str | None = None,
    documents: Database | None = None,
    progress: Progress | None = None,
) -> Iterator[Seeing]:
    """Opens what the history says about a moment (`as_of`), or said at one (`believed_at` instant, or `position`).

    Judged aside, into a database that is thrown away; `contract` judges only that one, which is quicker. `documents`: where the
    wordings of contracts are read; without it, where the history is.
    """
    last = position
    if believed_at is not None:
        last = position_received_by(history, believed_at)
    _require_reached(history, last)
    with judged_anew(history, Lens(as_of, last), contract=contract, documents=documents, progress=progress) as judge:
        yield Seeing(history, judge.database)


@contextmanager
def judged_anew(
    history: History,
    lens: Lens,
    *,
    contract: str | None = None,
    documents: Database | None = None,
    progress: Progress | None = None,
) -> Iterator[Judge]:
    """Everything judged anew, in a database of its own that goes when the block ends: all contracts, or one and those that
    its deliverables depend on."""
    with scratch() as database:
        wordings = documents or history.database
        accepts = only(with_needed(wordings, contract)) if contract is not None else everything
        judge = Judge(history, database, accepts=accepts, lens=lens)
        until = lens.last_position if lens.last_position is not None else history.last_position()
        while judge.run(BATCH):
            go_on()
            if progress is not None:
                progress(judge.position, until)
        if lens.as_of is not None:
            judge.stop_at(lens.as_of)
        yield judge


@contextmanager
def scratch() -> Iterator[Database]:
    with tempfile.TemporaryDirectory(prefix="entente-") as folder:
        database = AsideDatabase(str(Path(folder) / "aside.db"))
        try:
            yield database
        finally:
            database.close()


def with_needed(wordings: Database, contract: str) -> set[str]:
    """The contract, and those of which its deliverables depend on one, in any wording that was proposed."""
    with wordings.connect() as reads:
        rows = reads.query("SELECT document FROM view_contract WHERE id = ?", [contract])
    trees = [
        msgspec.json.decode(one["document"])
        for (document,) in rows
        for one in msgspec.json.decode(document)["proposals"]
    ]
    names = [name for tree in trees for one in tree["deliverables"] for name in one.get("depends_on", ())]
    return {contract, *(name.partition("/")[0] for name in names if "/" in name)}


def _require_reached(history: History, position: int | None) -> None:
    if position is not None and position > history.last_position():
        what = said(
            "the history ends at {last_position}, before {position}",
            last_position=history.last_position(),
            position=position,
        )
        raise BeyondHistory(what, mend=said("a smaller position"))


def require_held(
    known: Known, now: Instant, *, as_of: Instant | None = None, believed_at: Instant | None = None
) -> None:
    """A moment that the history can say something about: not beyond the clock and all the time that was declared, nor before the
    years that contracts may be of. Raises BeyondHistory."""
    last = max(now, known.watermark or now, *known.own.values())
    for name, moment, reaches in (("as_of", as_of, last), ("believed_at", believed_at, now)):
        if moment is None:
            continue
        if moment > reaches:
            what = said(
                "{name}: {moment} is still to come: the history holds what happened until {reaches}",
                name=name,
                moment=show(moment),
                reaches=show(reaches),
            )
            raise BeyondHistory(what, mend=said("a moment up to then"))
        if moment < EARLIEST:
            what = said(
                "{name}: {moment} lies before {earliest}, and the history holds nothing of it",
                name=name,
                moment=show(moment),
                earliest=show(EARLIEST),
            )
            raise BeyondHistory(what, mend=said("a moment from then on"))


def position_received_by(history: History, moment: Instant) -> int:
    """The position of the last entry that was received at or before the instant; 0 if none was."""
    last = after = 0
    while entries := history.read(after, 5_000):
        go_on()
        for entry in entries:
            if received_at(history, entry) <= moment:
                last = entry.position
        after = entries[-1].position
    return last


@dataclass(frozen=True, slots=True)
class Replay:
    """The result of a replay. `differences` are lines of the canonical dump that only one side has; `of_others` counts
    what the platform did while the store followed other rules, which these rules did not ask for and need not have."""

    position: int
    rows: int
    differences: tuple[str, ...]
    of_others: int = 0

    @property
    def is_same(self) -> bool:
        return not self.differences


def replay(
    history: History, served: Database, *, position: int | None = None, progress: Progress | None = None
) -> Replay:
    """Rebuilds every read model aside, from the history alone, and compares it with what is served.

    `position` None: where the served read models stand; another one checks only that the history can be judged that far and that
    what the platform did is what the rules asked for.
    """
    _require_reached(history, position)
    with _level(served) as reads:
        stands = first_value(reads.query("SELECT position FROM view_position WHERE shard = 0"), 0)
        shown = list(dump(reads)) if position in (None, stands) else None
    with judged_anew(history, Lens(last_position=stands if position is None else position), progress=progress) as judge:
        with judge.database.snapshot() as again:
            rebuilt = list(dump(again))
            unfounded = [*_unfounded(again)]
        since = _follows_since(history)
        differences = [says for at, says in unfounded if since is not None and at > since]
        if shown is not None:
            differences += _differences(shown, rebuilt)
        of_others = sum(since is None or at <= since for at, _ in unfounded)
        return Replay(judge.position, len(rebuilt), tuple(differences), of_others)


def _follows_since(history: History) -> int | None:
    """The entry from which on the store has followed the rules of this program; None where it follows others."""
    position, rules = 0, None
    while entries := history.read(position, 1_000, [RULES]):
        header, _ = unpack(entries[-1].state)
        position, rules = entries[-1].position, (header["judging"], header["tzdata"])
    return position if rules == (JUDGING, tzdata_version()) else None


@contextmanager
def _level(served: Database) -> Iterator[Transaction]:
    """Opens what is served at a moment at which all shards have reached the same position, and no entry is judged in
    part. Raises Unavailable where none comes."""
    for _ in range(LOOKS):
        with served.snapshot(SHAPE) as reads:
            layout = in_force(served)
            places = reached(reads, layout) if layout.shards > 1 else _only(reads)
            if len({one.position for one in places}) <= 1 and not any(one.slices for one in places):
                yield reads
                return
        time.sleep(BETWEEN_LOOKS)
    raise Unavailable(
        said("so much arrives that the judges never stand at one place"), mend=said("try again when less arrives")
    )


def _only(reads: Transaction) -> list[Reached]:
    return [Reached(*row) for row in reads.query("SELECT shard, position, watermark, slices FROM view_position")]


def dump_at(history: History, position: int | None, progress: Progress | None = None) -> Iterator[str]:
    """The canonical dump of the read models as judged up to a position (None: the end)."""
    _require_reached(history, position)
    with (
        judged_anew(history, Lens(last_position=position), progress=progress) as judge,
        judge.database.snapshot() as reads,
    ):
        yield from dump(reads)


def _differences(served: list[str], rebuilt: list[str]) -> list[str]:
    if served == rebuilt:
        return []
    ours, theirs = set(served), set(rebuilt)
    only_served = [f"served only:  {line}" for line in served if line not in theirs]
    only_rebuilt = [f"rebuilt only: {line}" for line in rebuilt if line not in ours]
    return [*only_served, *only_rebuilt] or ["the same rows in another order, or some of them twice"]


def _unfounded(reads: Transaction) -> Iterator[tuple[int, str]]:
    """Finds what the platform appended that no rule asked for: its position, and a sentence."""
    asked = {id for (id,) in reads.query("SELECT id FROM view_outbox")}
    sql = "SELECT id, document FROM view_outbox WHERE kind = 'find-effect'"
    findings = {id: msgspec.json.decode(text)["finding"]["verdict"] for id, text in reads.query(sql)}
    for id, at, document in reads.query("SELECT id, position, document FROM view_action ORDER BY id"):
        if msgspec.json.decode(document)["by"] == PLATFORM_NAME and outbox_id(f"open:{id}") not in asked:
            yield at, f"not asked for: action {id} was opened by the platform"
        for found in msgspec.json.decode(document).get("checks", ()):
            if findings.get(outbox_id(outbox_name(id, found["check"]))) != found["verdict"]:
                yield (
                    found["position"],
                    f"not asked for: check {found['check']} of action {id} was found {found['verdict']}",
                )
    for id, at, document in reads.query("SELECT id, position, document FROM view_excuse ORDER BY id"):
        if msgspec.json.decode(document)["by"] == PLATFORM_NAME and outbox_id(f"excuse:{id}") not in asked:
            yield at, f"not asked for: excuse {id} was proposed by the platform"
    for review, found in issued_packs(reads):
        if outbox_id(pack_name(review, found["sequence"])) not in asked:
            yield found["position"], f"not asked for: the pack of review {review} was issued by the platform"
    for id, at in reads.query("SELECT id, position FROM view_review WHERE position > 0 ORDER BY id"):
        if outbox_id(f"review:{id}") not in asked:
            yield at, f"not asked for: review {id} was called by the platform"
