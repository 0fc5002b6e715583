"""For whoever connects a tool: which events contracts wait for from it, and what has come from it since a moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from domain.commitments import Commitment
from domain.events import OperationalEvent
from domain.offers.metering import Metering
from domain.personal import Reading, readings_of
from domain.selecting import is_shown
from domain.terms import Condition, Selector, Where
from domain.times import Instant
from services.arrivals import quarantine_rows
from services.arrivals.comparing import unreadable
from services.arrivals.rows import QuarantineRow
from services.arrivals.unselected import Nearest, NearRow, is_selected
from services.by import by_of
from services.contract_files.documents import Tree
from services.history.entries import EVENT
from services.history.stored_events import event_of
from services.judging.use_book import meters_of_offers
from services.seeing.seen import Seen

NEWEST: Final = 2_000
"""Entries at the end of the history that are looked through: a page waits for it."""
MOST_AWAITED: Final = 12
MOST_CAME: Final = 3
TEXT: Final = "…"
"""Stands in an example where any text may."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """A type of events that commitments wait for. `data` and `subject`: an example of what these read there; `commitments`: their
    ids, of those that one sees."""

    type: str
    data: Tree
    subject: str
    commitments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CameRow:
    """An event that came. `commitments`: what it counts for, of what one sees; `unmatched`: those of them that know nothing owed which
    it could be about. `is_selected`: some contract or meter takes it, seen or not; `near`: what it comes nearest to, if none does."""

    position: int
    type: str
    subject: str | None
    received: Instant | None
    commitments: tuple[str, ...]
    unmatched: frozenset[str]
    unread: frozenset[str]
    """Those of `commitments` that cannot read in it what they compare or add up."""
    is_selected: bool
    near: tuple[NearRow, ...]


@dataclass(frozen=True, slots=True)
class Came:
    """What came from a source, the first of it first, and what was set aside of what its service sent."""

    events: tuple[CameRow, ...] = ()
    refused: tuple[QuarantineRow, ...] = ()


class _Found(NamedTuple):
    """What was found of a type of events: an example, and the commitments that wait for it."""

    example: Tree
    commitments: dict[str, None]


def read_awaited_types(seen: Seen, source: str, shown_to: Sequence[str] | None, day: date, now: str) -> list[Awaited]:
    """The types of events that commitments which one sees wait for, and may take from this source; first those that name the source.
    `shown_to`: the services whose contracts may take its events (None: all); `day` and `now` stand in examples."""
    found: dict[str, _Found] = {}
    named = set()
    for commitment in seen.commitments_in_force():
        if not is_shown(shown_to, commitment.parties):
            continue
        for selector in commitment.selectors:
            if selector.sources and source not in selector.sources:
                continue
            named |= set(selector.types if selector.sources else ())
            for kind in selector.types:
                so_far = found.setdefault(kind, _Found({}, {}))
                so_far.example.update(_example(commitment, selector, day, now) | so_far.example)
                so_far.commitments[commitment.id] = None
    first = sorted(found, key=lambda kind: kind not in named)[:MOST_AWAITED]
    return [_awaited(kind, found[kind]) for kind in first]


def _awaited(kind: str, found: _Found) -> Awaited:
    return Awaited(kind, found.example.get("data", {}), str(found.example.get("subject", "")), tuple(found.commitments))


def _example(commitment: Commitment, selector: Selector, day: date, now: str) -> Tree:
    """The attributes and data that a commitment reads of such an event, each with a value that it would take."""
    tree: Tree = {}
    criterion = commitment.newest.criterion
    good: Where = getattr(criterion.indicator, "good", ())
    for path, conditions in (*selector.where, *good):
        _put(tree, path, _met(conditions))
    for reading in readings_of(criterion, ()):
        if reading.path != "subject" and not _is_of_another(reading, selector):
            _put(tree, reading.path, _placeholder(reading, day, now))
    return tree


def _is_of_another(reading: Reading, selector: Selector) -> bool:
    """Whether the reading is a condition of a selector: those of this one are put in already."""
    return "where" in reading.where and reading.path not in dict(selector.where)


def _met(conditions: Sequence[Condition]) -> Any:
    """A value of which the first condition holds."""
    if not conditions:
        return TEXT
    one, operand = conditions[0].operator, conditions[0].operand
    first = operand[0] if isinstance(operand, tuple) else operand
    if one == "exists" or first is None:
        return TEXT
    if one in ("gt", "lt") and isinstance(first, int | Decimal) and not isinstance(first, bool):
        return first + 1 if one == "gt" else first - 1
    return TEXT if one == "ne" else first


def _placeholder(reading: Reading, day: date, now: str) -> Any:
    """By the part of an indicator that reads the path; that of a key rule names a date."""
    parts = [one for one in reading.where if isinstance(one, str)]
    match parts[-1]:
        case "due":
            return now
        case "value" | "score":
            return 1
        case "path" if "pause_causes" not in parts:
            return day.isoformat()
    return TEXT


def _put(tree: Tree, path: str, value: Any) -> None:
    """Puts a value where the path leads to, unless something stands there, or in its way, already."""
    *above, last = path.split(".")
    for name in above:
        inner = tree.setdefault(name, {})
        if not isinstance(inner, dict):
            return
        tree = inner
    tree.setdefault(last, value)


def read_came(seen: Seen, source: str, service: str, since: int) -> Came:
    """What came from the source behind the entry `since`, among the newest entries: for who sees what is of its service."""
    if not seen.sees(service):
        return Came()
    after = max(since, seen.known.position - NEWEST)
    found = list(_of_source(seen, source, after))
    unmatched = _unmatched(seen, [event.position for event in found])
    rows = tuple(_came(seen, event, unmatched) for event in found)
    refused = quarantine_rows.quarantine(
        seen.reads, seen.history, seen.who, MOST_CAME * 10, 0, order="received", is_down=True
    )
    own = [row for row in refused if row.position > after and by_of(row.by).service == service]
    return Came(rows, tuple(own[:MOST_CAME]))


def _of_source(seen: Seen, source: str, after: int) -> Iterator[OperationalEvent]:
    """The first events of the source that are judged."""
    count = 0
    for entry in seen.history.read(after, NEWEST, [EVENT]):
        if entry.position > seen.known.position or count == MOST_CAME:
            return
        event = event_of(entry.state, entry.position)
        if event.source == source:
            count += 1
            yield event


def _unmatched(seen: Seen, positions: Sequence[int]) -> set[tuple[int, str]]:
    """Event and commitment, where nothing that is owed awaits it."""
    rows = seen.reads.select_in("SELECT position, commitment FROM view_stray WHERE", "position", positions)
    return {(position, commitment) for position, commitment in rows}


def _meters(seen: Seen) -> list[Metering]:
    return list(meters_of_offers(seen.reads).values())


def _came(seen: Seen, event: OperationalEvent, unmatched: set[tuple[int, str]]) -> CameRow:
    taking = [one for one in seen.catalogue.selecting(event) if one.route(event) and seen.sees_commitment(one.id)]
    counts = [one.id for one in taking]
    selected = bool(counts) or is_selected(seen.catalogue, seen.once(_meters), event)
    near: tuple[NearRow, ...] = ()
    if not selected:
        nearest = Nearest([one for each in seen.commitments_in_force() for one in each.selectors])
        nearest.add(event)
        near = nearest.of((event.type, event.source))
    return CameRow(
        event.position,
        event.type,
        event.subject,
        event.received,
        tuple(counts),
        frozenset(one for one in counts if (event.position, one) in unmatched),
        frozenset(one.id for one in taking if unreadable(one.newest.criterion.indicator, [event])),
        selected,
        near,
    )
