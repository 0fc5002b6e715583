"""Tries a draft contract on past events, beside what really was; the store is not touched (INTERFACE §3).

The draft is put in force aside, in a database that is thrown away, as if both parties had signed it with effect from the
first day, and every event that is stored is judged by it with the watermark that the store has.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final, assert_never

import msgspec

from domain.commitments import Commitment
from domain.contract import Contract
from domain.kinds.faces import face
from domain.saying import said
from domain.terms import CalendarTerms, Indicator
from domain.times import Instant
from services.access import ADMINISTRATOR, Principal, require_own_id
from services.contract_files import (
    Document,
    canonical,
    check_contract,
    contract_terms,
    kind_of,
    publish_calendar,
    read_published_calendar,
    tree_from_canonical,
)
from services.contract_files.to_terms import canonical_text
from services.deciding import within_bounds
from services.errors import DocumentInvalid, Invalid, NotAllowed
from services.figures.reading import read_figures
from services.figures.rows import FigureRow
from services.history.databases import Row, Transaction
from services.history.entries import Position, unpack
from services.history.history import Entry, History
from services.history.stored_events import event_of
from services.judging.catalogue import only
from services.judging.judge import Judge
from services.judging.rebuilding import rebuild
from services.judging.views import create_views
from services.patience import go_on
from services.seeing.past import Progress, scratch
from services.seeing.seen import Seeing, Seen
from services.tables.every import TABLES
from services.tables.table import Table

MOST_DAYS: Final = 3_653


@dataclass(frozen=True, slots=True)
class Compared:
    """One target of the draft over one period, beside what really was. `counterpart` is the commitment in force that is
    shown beside it: the one of the same id, else one that looks at the same events. Both sides hold the same days: `is_cut`
    where what was in force comes to something else over the days that were tried alone, which `real` then is."""

    draft: FigureRow
    counterpart: str | None
    real: FigureRow | None
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """A draft judged aside; `then` is all of it, as who sees everything, as long as the block lasts."""

    contract: str
    timezone: str
    first: date
    last: date
    then: Seen
    compared: tuple[Compared, ...]


@contextmanager
def tried(
    seeing: Seeing,
    who: Principal,
    documents: Sequence[Document],
    first: date,
    last: date,
    *,
    progress: Progress | None = None,
) -> Iterator[Tried]:
    """The contract of a file, judged over the local days `first` to `last`, both included. Calendars of the same file
    count as published. What is stored is looked at and copied first: nothing of it is held while the draft is judged. Raises
    DocumentInvalid as `apply` does, NotAllowed for one who is no party."""
    document = _the_contract(documents)
    _require_days(first, last)
    with seeing.seen(who) as real:
        calendars = published_calendars(real, documents)
        if problems := check_contract(document, current_calendars(calendars)):
            raise DocumentInvalid(problems)
        terms = contract_terms(document)
        _require_own_id(real, terms.id)
        history = _Past(real.history, _shown_to(real), progress)
        in_force = real.commitments_in_force()
    if not who.sees(terms.supplier, terms.client):
        raise NotAllowed(
            said("{who} is no party of {terms}", who=who, terms=terms.id),
            mend=said("act as {supplier} or {client}", supplier=terms.supplier, client=terms.client),
        )
    text = _in_force_from(document, first, last)

    def put_in_force(_: Transaction, writes: Transaction) -> None:
        _publish(writes, calendars)
        _agree(writes, text, first)

    with _judged_aside(seeing, history, [terms.id], put_in_force) as draft:
        beside = _Beside(seeing, who, in_force, history, (first, last))
        compared = tuple(_compared(beside, draft, terms.id))
        yield Tried(terms.id, terms.timezone, first, last, draft, compared)


@contextmanager
def _judged_aside(
    seeing: Seeing, history: _Past, contracts: Sequence[str], put_in_force: Callable[[Transaction, Transaction], None]
) -> Iterator[Seen]:
    """These contracts, as `put_in_force` writes them from what is stored, judged in a database that is thrown away."""
    with scratch() as database:
        create_views(database)
        with seeing.seen(ADMINISTRATOR) as real, database.transaction() as writes:
            for table in TABLES:
                _copy(real.reads, writes, table, contracts)
            put_in_force(real.reads, writes)
        judge = Judge(history, database, accepts=only(contracts))
        bench = judge.bench
        for contract in contracts:
            with database.transaction() as writes:
                rebuild(bench, writes, contract, None, Position(judge.position + 1))
                bench.periods.write(writes)
        with Seeing(history, database).seen(ADMINISTRATOR) as draft:
            yield draft


def _require_days(first: date, last: date) -> None:
    """Each day that is tried is judged, whether anything happened on it or not."""
    if last < first:
        raise Invalid(
            said("{last} lies before {first}", last=last, first=first),
            place="--until",
            mend=said("{first} or later", first=first),
        )
    within_bounds(first, "--from")
    within_bounds(last, "--until")
    if (last - first).days > MOST_DAYS:
        says = said("from {first} until {last} are more than ten years", first=first, last=last)
        raise Invalid(says, place="--until", mend=said("try at most ten years at once"))


def _require_own_id(real: Seen, contract: str) -> None:
    """Refuses a draft under the id of a contract that its author may not see: as with `apply`, the id is taken."""
    reads = real.reads
    found = reads.query("SELECT supplier, client FROM view_contract WHERE id = ?", [contract])
    for supplier, client in found:
        require_own_id(real.who, contract, supplier, client)


def _the_contract(documents: Sequence[Document]) -> Document:
    found = [one for one in documents if kind_of(one) == "contract"]
    if len(found) != 1:
        raise Invalid(
            said("{count} contracts in this file", count=len(found)) if found else said("no contract in this file"),
            mend=said("a file with the one draft that is to be tried"),
        )
    return found[0]


def published_calendars(real: Seen, documents: Sequence[Document]) -> dict[str, list[str]]:
    """The published wordings of every calendar, by name, those of the file last. Raises DocumentInvalid."""
    reads = real.reads
    stored = reads.query("SELECT id, document FROM view_calendar ORDER BY id")
    found = {id: [one["document"] for one in msgspec.json.decode(text)["versions"]] for id, text in stored}
    for document in documents:
        if kind_of(document) == "calendar":
            found.setdefault(str(document.tree["calendar"]), []).append(publish_calendar(document))
    return found


def current_calendars(calendars: Mapping[str, Sequence[str]]) -> dict[str, CalendarTerms]:
    return {name: read_published_calendar(texts[-1]) for name, texts in calendars.items()}


def _in_force_from(document: Document, first: date, last: date) -> str:
    """The wording as if it were in force on those days alone. Rules stay anchored where the draft anchors them, as far as
    it begins by then."""
    tree = tree_from_canonical(canonical(document))
    begins = min(str(tree["valid"]["from"]), first.isoformat())
    tree |= {"valid": {"from": begins, "until": last.isoformat()}, "effective": first.isoformat()}
    tree.pop("rebaseline", None)
    return canonical_text(tree)


def _copy(stored: Transaction, writes: Transaction, table: Table, contracts: Sequence[str]) -> None:
    """Copies what a trial is given of the table."""
    match table.tried:
        case "whole":
            _copy_rows(stored, writes, table, "1 = 1", [])
        case "contract":
            for contract in contracts:
                _copy_rows(stored, writes, table, "contract = ?", [contract])
        case "commitment":
            for contract in contracts:
                within = [f"{contract}/", f"{contract}0"]
                _copy_rows(stored, writes, table, "commitment > ? AND commitment < ?", within)
        case "no":
            pass
        case _:
            assert_never(table.tried)


def _copy_rows(stored: Transaction, writes: Transaction, table: Table, where: str, params: Sequence[object]) -> None:
    rows = stored.query(f"SELECT {', '.join(table.columns)} FROM {table.name} WHERE {where}", params)
    writes.insert(table.name, table.columns, rows)


def _publish(writes: Transaction, calendars: Mapping[str, Sequence[str]]) -> None:
    for name, texts in calendars.items():
        content = json.dumps({"versions": [{"document": text} for text in texts]})
        writes.execute(
            "INSERT INTO view_calendar (id, changed, document) VALUES (?, 0, ?) "
            "ON CONFLICT (id) DO UPDATE SET document = excluded.document",
            [name, content],
        )


def _agree(writes: Transaction, text: str, effective: date) -> None:
    """The contract as its aggregate would be, signed by both; it is saved nowhere."""
    tree = tree_from_canonical(text)
    draft = Contract(contract=tree["contract"], supplier=tree["supplier"], client=tree["client"])
    draft.propose(text, effective.isoformat(), None, party="supplier", by=str(ADMINISTRATOR), at=0)
    draft.sign(party="supplier", by=str(ADMINISTRATOR), at=0)
    draft.sign(party="client", by=str(ADMINISTRATOR), at=0)
    content = {"supplier": draft.supplier, "client": draft.client, "until": None,
               "proposals": [asdict(one) for one in draft.proposals]}  # fmt: skip
    writes.execute(
        "INSERT INTO view_contract (id, supplier, client, changed, document) VALUES (?, ?, ?, 0, ?)",
        [draft.contract, draft.supplier, draft.client, msgspec.json.encode(content).decode()],
    )


# Which events are tried


class _Past(History):
    """The events of a history that somebody may see, told as they are read."""

    def __init__(self, history: History, shows: Callable[[Entry], bool] | None, progress: Progress | None):
        super().__init__(history.database, history._recorder)
        self._shows = shows
        self._progress = progress
        self._until = history.last_position()

    def read(self, after: int, limit: int, topics: Sequence[str] = ()) -> list[Entry]:
        while page := super().read(after, limit, topics):
            go_on()
            after = page[-1].position
            if self._progress is not None:
                self._progress(after, self._until)
            shown = [one for one in page if self._shows is None or self._shows(one)]
            if shown:
                return shown
        return []


def _shown_to(real: Seen) -> Callable[[Entry], bool] | None:
    """A member tries a draft on the events that its services pushed, and on those that its contracts look at; else a draft
    would show anybody's events."""
    who = real.who
    if who.sees_everything:
        return None
    mine = real.commitments_in_force()

    def shows(entry: Entry) -> bool:
        header, _ = unpack(entry.state)
        if str(header.get("by", "")).partition("/")[0] in who.services:
            return True
        event = event_of(entry.state, entry.position)
        return any(event.type in one.types and one.route(event) for one in mine)

    return shows


# Side by side


class _Beside:
    """The commitments in force that may be seen, beside a draft that was tried on the local days `first` to `last`,
    both included."""

    def __init__(
        self, seeing: Seeing, who: Principal, in_force: list[Commitment], history: _Past, days: tuple[date, date]
    ):
        self.in_force = in_force
        self._seeing, self._who, self._history, self._days = seeing, who, history, days

    def figures(self, commitment: Commitment) -> dict[tuple[int, str], FigureRow]:
        """Gives the figures as they are shown, by target and period."""
        return _by_period(self._seeing.read(self._who, read_figures, commitment=commitment.id))

    def cut(self, commitments: Sequence[Commitment]) -> dict[str, dict[tuple[int, str], FigureRow]]:
        """Gives, by commitment, the figures of those days alone, by target and period: judged again, as the draft was."""
        contracts = list(dict.fromkeys(one.contract for one in commitments))
        if not contracts:
            return {}

        def put_in_force(stored: Transaction, writes: Transaction) -> None:
            for row in stored.select_in(
                "SELECT id, supplier, client, document FROM view_contract WHERE", "id", contracts
            ):
                _agree_on_days(writes, row, *self._days)

        with _judged_aside(self._seeing, self._history, contracts, put_in_force) as aside:
            known = aside.catalogue.commitments
            return {
                one.id: _by_period(read_figures(aside, commitment=one.id) if one.id in known else [])
                for one in commitments
            }


def _by_period(rows: Iterable[FigureRow]) -> dict[tuple[int, str], FigureRow]:
    return {(one.target_index, one.period): one for one in rows}


def _agree_on_days(writes: Transaction, row: Row, first: date, last: date) -> None:
    """A contract as it is signed, in force on those days alone, by the same wordings and calendars."""
    id, supplier, client, document = row
    content = msgspec.json.decode(document)
    signed = sorted(
        (one for one in content["proposals"] if one["version"]), key=lambda one: (one["effective"], one["version"])
    )
    begun = [one for one in signed if one["effective"] <= first.isoformat()]
    content["proposals"] = [_on_days(one, first, last) for one in (*begun[-1:], *signed[len(begun) :])]
    writes.execute(
        "INSERT INTO view_contract (id, supplier, client, changed, document) VALUES (?, ?, ?, 0, ?)",
        [id, supplier, client, msgspec.json.encode(content).decode()],
    )


def _on_days(proposal: dict[str, Any], first: date, last: date) -> dict[str, Any]:
    tree = tree_from_canonical(proposal["document"])
    begins = max(str(proposal["effective"]), first.isoformat())
    ends = min(str(tree["valid"].get("until") or last), last.isoformat())
    tree |= {"valid": {**tree["valid"], "until": ends}, "effective": begins}
    return {**proposal, "document": canonical_text(tree), "effective": begins}


def _compared(beside: _Beside, draft: Seen, contract: str) -> Iterator[Compared]:
    """Every figure of the draft with the real one of the same period."""
    beside.in_force.sort(key=lambda one: (one.contract != contract, one.id))
    commitments = draft.catalogue.contracts[contract].commitments
    counterparts = {one.id: _counterpart(one, beside.in_force) for one in commitments}
    rows = {one.id: read_figures(draft, commitment=one.id) for one in commitments}
    whole = {one.id: beside.figures(one) for one in counterparts.values() if one is not None}
    again = {
        (one.id, row.target_index, row.period)
        for commitment in commitments
        if (one := counterparts[commitment.id]) is not None
        for row in rows[commitment.id]
        if (real := whole[one.id].get((row.target_index, row.period))) is not None
        and not _is_same(row, real, commitment, one)
    }
    judged = {id for id, _, _ in again}
    cut = beside.cut([one for one in counterparts.values() if one is not None and one.id in judged])
    for id, found in rows.items():
        one = counterparts[id]
        for row in found:
            place = (row.target_index, row.period)
            shown = whole[one.id].get(place) if one is not None else None
            if one is None or (one.id, *place) not in again:
                yield Compared(row, one.id if one is not None else None, shown, False)
            else:
                real = cut[one.id].get(place)
                yield Compared(row, one.id, real, _is_cut(row, shown, real))


def _is_cut(row: FigureRow, shown: FigureRow | None, real: FigureRow | None) -> bool:
    """Says whether the days that were tried change what was, or the period that was has other ends than the draft's."""
    has_other_ends = shown is not None and (row.start, row.until) != (shown.start, shown.until)
    return has_other_ends or _comes_to(real) != _comes_to(shown)


def _comes_to(row: FigureRow | None) -> tuple[object, ...] | None:
    if row is None:
        return None
    return row.start, row.until, row.counts, row.expected, row.judged, row.raw, row.adjusted, row.exact


def _is_same(row: FigureRow, real: FigureRow, draft: Commitment, counterpart: Commitment) -> bool:
    """Says whether both hold the same without judging anything again: the days that were tried hold the whole period,
    and all of what was in force, or at least what counts in the period by nothing but its own time. A case counts where
    it is due and was opened before, a due may be moved, the last event of a key decides, and a volume is of a period
    that may be cut."""
    first, last = draft.versions[0].start, draft.versions[-1].end
    if (row.start, row.until) != (real.start, real.until) or first > row.start or not _ends_by(row.until, last):
        return False
    if all(_stands_alone(version.criterion.indicator) for version in counterpart.versions):
        return True
    return first <= counterpart.versions[0].start and _ends_by(counterpart.versions[-1].end, last)


def _ends_by(end: Instant | None, last: Instant | None) -> bool:
    return last is None or (end is not None and end <= last)


def _stands_alone(indicator: Indicator) -> bool:
    kind = face(indicator)
    return kind.counts == "seconds" or (kind.is_of_items and kind.key(indicator) is None)


def _counterpart(commitment: Commitment, in_force: Collection[Commitment]) -> Commitment | None:
    """The commitment in force of the same id, else the first, those of the same contract before others, that looks at the
    same events in the same way."""
    for one in in_force:
        if one.id == commitment.id:
            return one
    wanted = _looks_at(commitment.newest.criterion.indicator)
    return next((one for one in in_force if _looks_at(one.newest.criterion.indicator) == wanted), None)


def _looks_at(indicator: Indicator) -> tuple[object, ...]:
    """The kind, and every selector and path that says which events are meant; not what is asked of them."""
    return (indicator.kind, *face(indicator).looks_at(indicator))
