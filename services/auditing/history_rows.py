"""The history as people read it: its entries around a moment, found by text, and how much came in week by week.

A member reads what concerns its contracts: events that its commitments select, decisions about them, and time. When an entry
was received is in the entry; positions ascend with it but for clocks that differ by moments, so a moment's position is found
by halving.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Literal, get_args
from uuid import UUID

from domain.access import Access
from domain.access_key import AccessKey
from domain.action import Action
from domain.breach import BreachFile
from domain.commitments import Commitment
from domain.match import Match
from domain.source import Source
from domain.times import Instant, day_start, local_date, zone
from services.access import Principal
from services.by import by_of
from services.history.entries import (
    CHECKPOINT_KEY,
    ERASED,
    EVENT,
    FACTS,
    NOTICE_FAILED,
    NOTICE_SENT,
    OUTAGE,
    OUTAGE_WITHDRAWN,
    QUARANTINED,
    RESTORED,
    RULES,
    SETTLED,
    SPARED,
    TIME,
    WAITS,
    contracts_named,
    header_of,
    time_said,
    unpack,
)
from services.history.history import Entry, History
from services.history.opener import Standing
from services.history.stored_events import event_of
from services.judging.catalogue import InForce
from services.patience import go_on
from services.sealing.reading import standing
from services.seeing.seen import Seen
from services.tables.every import FOLDS

Kind = Literal["events", "decisions", "contracts", "time"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
MOST_SCANNED = 20_000
"""Entries that one search looks at."""
WEEKS: Final = 53
_A_TRY, _MOST_A_TRY = 400, 5_000
"""Entries that are read at once where few of them are wanted: at first, and once there is much to look through."""
_WORDS = ("problem", "slug", "reason", "text")
"""The names under which a fact may say something in words; the first of them that it has counts."""


def _topics(*kinds: type) -> tuple[str, ...]:
    return tuple(
        one.TOPIC for kind in kinds for one in vars(kind).values() if isinstance(getattr(one, "TOPIC", None), str)
    )


TOPICS: Final[dict[str, tuple[str, ...]]] = {
    "events": (EVENT, QUARANTINED, SETTLED),
    "decisions": (
        *_topics(
            Action,
            BreachFile,
            Match,
            Access,
            AccessKey,
            Source,
            *(of for of, fold in FOLDS.items() if fold.kind == "decisions"),
        ),
        ERASED,
        NOTICE_SENT,
        NOTICE_FAILED,
    ),
    "contracts": _topics(*(of for of, fold in FOLDS.items() if fold.kind == "contracts")),
    "time": (TIME, WAITS, OUTAGE, SPARED, OUTAGE_WITHDRAWN, RULES, CHECKPOINT_KEY, RESTORED),
}

TOLD: Final = "told"
"""All kinds but time, of which there is most, and which says least."""
_TOLD: Final = tuple(topic for kind in KINDS if kind != "time" for topic in TOPICS[kind])


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One entry. `received` is when it came in or was decided, `happened` when what it tells happened. `about`: commitments,
    with the key of the occurrence where that is known. `thing` is what a decision is about: (its sort, its id)."""

    position: int
    kind: Kind
    topic: str
    received: Instant | None
    happened: Instant | None
    by: str
    source: str = ""
    type: str = ""
    subject: str = ""
    id: str = ""
    text: str = ""
    about: tuple[tuple[str, str | None], ...] = ()
    thing: tuple[str, str] | None = None
    contract: str | None = None
    sealed: Standing | None = None
    """How what is sealed of it stands; None where nothing is."""


@dataclass(frozen=True, slots=True)
class Week:
    """A week, [start, end): how many entries were received in it, and the last position by its end."""

    start: Instant
    end: Instant
    entries: int
    last: int


def _topics_of(kind: str) -> tuple[str, ...]:
    """None for all of them."""
    return _TOLD if kind == TOLD else TOPICS.get(kind, ())


def kind_of(topic: str) -> Kind:
    return next((kind for kind in KINDS if topic in TOPICS[kind]), "decisions")


def position_at(history: History, moment: Instant) -> int:
    """The last position that had been received at that moment, 0 if none had."""
    low, high = 0, history.last_position()
    while low < high:
        middle = (low + high + 1) // 2
        entry = next(iter(history.read(middle - 1, 1)), None)
        at = came_at(history, entry) if entry is not None else None
        if entry is None or (at is not None and at > moment):
            high = middle - 1
        else:
            low = min(high, max(middle, entry.position))
    return low


def weeks(history: History, until: Instant, zone_name: str, known: dict[Instant, int]) -> list[Week]:
    """The last weeks up to the one that holds `until`, Monday to Monday in that zone, from the first entry on. `known` keeps
    what was received before a week that is over, which never changes."""
    here, last = zone(zone_name), history.last_position()
    first = next(iter(history.read(0, 1)), None)
    begins = came_at(history, first) if first is not None else None
    if begins is None:
        return []
    day = local_date(until, here)
    monday = day - timedelta(days=day.weekday())
    found: list[Week] = []
    end = day_start(monday + timedelta(weeks=1), here)
    reached = last
    for _ in range(WEEKS):
        start = day_start(monday, here)
        if start not in known:
            known[start] = position_at(history, start - 1) if reached else 0
        before = known[start]
        found.append(Week(start, end, reached - before, reached))
        reached, end, monday = before, start, monday - timedelta(weeks=1)
        if start <= begins:
            break
    return list(reversed(found))


@dataclass
class ReceivedBefore:
    """The position of the last entry that was received before a moment, by that moment."""

    positions: dict[Instant, int] = field(default_factory=dict)


def history_weeks(seen: Seen, zone_name: str) -> list[Week]:
    """The last weeks that anything was received in, Monday to Monday in that zone, ascending; none before any time was declared."""
    watermark = seen.known.watermark
    known = seen.kept(ReceivedBefore).positions
    return weeks(seen.history, watermark, zone_name, known) if watermark is not None else []


def history_position(seen: Seen, moment: Instant) -> int:
    """The last position that had been received at that moment; 0 before the first."""
    return position_at(seen.history, moment)


def history_after(seen: Seen, position: int, limit: int, kind: str) -> list[HistoryRow]:
    """The first `limit` entries beyond the position that are seen, newest first."""
    return HistoryReader(seen).after(position, limit, kind)


def history_at(seen: Seen, positions: Sequence[int]) -> list[HistoryRow]:
    """The entries of these positions that are seen."""
    return HistoryReader(seen).at(positions)


def history_before(seen: Seen, position: int, limit: int, kind: str, text: str) -> tuple[list[HistoryRow], int]:
    """The last `limit` entries up to the position that are seen, newest first, and the position to go on from; 0 at the beginning."""
    return HistoryReader(seen).before(position, limit, kind, text)


class HistoryReader:
    """Entries as one reader may see them."""

    def __init__(self, seen: Seen):
        self._for = seen
        self._history = seen.history
        self._of_stream: dict[UUID, dict[str, Any]] = {}

    def after(self, position: int, limit: int, kind: str = "") -> list[HistoryRow]:
        """The first ones beyond the position, newest first."""
        entries = self._history.read(position, limit * 4, _topics_of(kind))
        return list(reversed(self._seen(entries)[:limit]))

    def at(self, positions: Sequence[int]) -> list[HistoryRow]:
        return self._seen(list(self._history.entries(positions).values()))

    def before(self, position: int, limit: int, kind: str = "", text: str = "") -> tuple[list[HistoryRow], int]:
        """The last ones up to the position, newest first, and how far back was looked: 0 when all was. With `text`, those that
        hold it, in what was received or decided."""
        found: list[HistoryRow] = []
        end, step, scanned = position, _A_TRY, 0
        wanted = text.casefold()
        while end > 0 and len(found) < limit and scanned < MOST_SCANNED:
            go_on()
            begin = max(0, end - step)
            entries = [one for one in self._history.read(begin, step, _topics_of(kind)) if one.position <= end]
            if wanted:
                entries = [one for one in entries if self._holds(one, wanted)]
            rows = self._seen(entries)
            found += reversed(rows)
            end, scanned, step = begin, scanned + step, min(step * 2, _MOST_A_TRY)
        if len(found) > limit:
            return found[:limit], found[limit - 1].position - 1
        return found, end

    def _holds(self, entry: Entry, text: str) -> bool:
        if entry.topic in FACTS:
            return text in entry.state.decode("utf-8", "replace").casefold()
        fields = vars(self._history.decode(entry))
        return any(text in str(value).casefold() for value in fields.values() if isinstance(value, str))

    def _seen(self, entries: Sequence[Entry]) -> list[HistoryRow]:
        rows = [self.row(entry) for entry in entries if not self._names_others(entry)]
        return [row for row in rows if self._sees(row)]

    def _names_others(self, entry: Entry) -> bool:
        """Says whether an entry about time names a contract that is not seen: who searches for its name is told of none."""
        if self._for.sees_everything or entry.topic not in TOPICS["time"]:
            return False
        found = (self._for.catalogue.contracts.get(one) for one in contracts_named(header_of(entry.state)))
        return any(one is None or not self._sees_contract(one) for one in found)

    def _sees(self, row: HistoryRow) -> bool:
        if self._for.sees_everything or row.kind == "time":
            return True
        contracts = {row.contract} if row.contract else {one.partition("/")[0] for one, _ in row.about}
        found = (self._for.catalogue.contracts.get(id or "") for id in contracts)
        if any(one is not None and self._sees_contract(one) for one in found):
            return True
        return is_by_one_of(self._for.who, row.topic, row.by)

    def _sees_contract(self, contract: InForce) -> bool:
        return self._for.sees_contract(contract.id, contract.supplier, contract.client)

    def row(self, entry: Entry) -> HistoryRow:
        """The entry as people read it."""
        kind = kind_of(entry.topic)
        if entry.topic == EVENT:
            return self._event(entry)
        if entry.topic in FACTS:
            header, _ = unpack(entry.state)
            happened = time_said(header) if entry.topic in (TIME, WAITS) else header.get("time") or header.get("from")
            text = next((str(header[name]) for name in _WORDS if header.get(name)), "")
            if entry.topic == RULES:
                text = ", ".join(f"{name} {header[name]}" for name in ("judging", "tzdata") if name in header)
            return HistoryRow(
                entry.position, kind, entry.topic, _int(header.get("received") or header.get("at")), _int(happened),
                str(header.get("by") or ""), source=str(header.get("source") or ""), text=text,
            )  # fmt: skip
        fields = vars(self._history.decode(entry))
        whole = {**self._created(entry), **fields}
        sort, id, contract = _thing(entry.topic, whole)
        at = _int(fields.get("at")) or came_at(self._history, entry)
        return HistoryRow(
            entry.position, kind, entry.topic, at, at, str(fields.get("by") or ""), text=_words(fields),
            about=_about(whole), thing=(sort, id), contract=contract,
        )  # fmt: skip

    def _event(self, entry: Entry) -> HistoryRow:
        event = event_of(entry.state, entry.position)
        about: dict[str, str | None] = {}
        for commitment in self._for.catalogue.selecting(event):
            if not self._sees_commitment(commitment):
                continue
            for route in commitment.route(event):
                about.setdefault(commitment.id, route.key)
        header, _ = unpack(entry.state)
        return HistoryRow(
            entry.position, "events", entry.topic, event.received, event.time, str(header.get("by") or ""),
            source=event.source, type=event.type, subject=event.subject or "", id=event.id,
            about=tuple(self._that_are_there(about)), sealed=standing(self._history, entry.state),
        )  # fmt: skip

    def _that_are_there(self, about: dict[str, str | None]) -> Iterator[tuple[str, str | None]]:
        """A key leads to an explanation only where there is an occurrence of that name."""
        wanted = [(id, key) for id, key in about.items() if key is not None]
        sql = "SELECT commitment, key FROM view_occurrence WHERE standing NOT IN ('waiting', 'outside') AND"
        there = set(map(tuple, self._for.reads.select_in(sql, ("commitment", "key"), wanted))) if wanted else set()
        for id, key in about.items():
            yield id, key if (id, key) in there else None

    def _sees_commitment(self, commitment: Commitment) -> bool:
        return self._for.sees_commitment(commitment.id)

    def _created(self, entry: Entry) -> dict[str, Any]:
        """Reads the first entry of the stream: the names of what was decided about. Empty where there is none."""
        if entry.stream not in self._of_stream:
            first = self._history.find(entry.stream)
            self._of_stream[entry.stream] = vars(self._history.decode(first)) if first is not None else {}
        return self._of_stream[entry.stream]


NOBODYS: Final = ("entente.access", "entente.erased", "entente.notice")
"""What these topics begin with tells of everybody who is let in, was forgotten or was told of something: it is for who sees
everything."""


def is_by_one_of(who: Principal, topic: str, by: str) -> bool:
    """Says whether an entry is somebody's own since it was sent, or decided, for one of their services."""
    return not topic.startswith(NOBODYS) and by_of(by).is_of(who)


def _thing(topic: str, fields: dict[str, Any]) -> tuple[str, str, str | None]:
    """The sort of what was decided about, its id, and the contract that it belongs to."""
    sort = topic.split(".")[1]
    id = str(fields.get(sort) or fields.get("commitment") or "")
    scope = str(fields.get("contract") or fields.get("commitment") or fields.get("scope") or "")
    return sort, id, scope.partition("/")[0] or None


def _about(fields: dict[str, Any]) -> tuple[tuple[str, str | None], ...]:
    scope = str(fields.get("commitment") or fields.get("scope") or "")
    return ((scope, None),) if scope.count("/") == 2 else ()


def _words(fields: dict[str, Any]) -> str:
    said = (fields.get(name) for name in ("text", "reason", "clause", "root_cause"))
    return str(next(filter(None, said), ""))


def came_at(history: History, entry: Entry) -> Instant | None:
    """Gives the instant at which the entry was appended as `received_at` does: by its own header, a decision's `at`, or
    what follows; rules, which the program adopts by itself when it creates a store, came with what follows too. None
    where none of it says so."""
    for _ in range(5):
        if entry.topic != RULES and entry.topic in FACTS:
            header, _body = unpack(entry.state)
            return _int(header.get("received") or header.get("at"))
        at = None if entry.topic == RULES else getattr(history.decode(entry), "at", None)
        if isinstance(at, int):
            return at
        following = next(iter(history.read(entry.position, 1)), None)
        if following is None:
            return None
        entry = following
    return None


def _int(value: object) -> int | None:
    return value if isinstance(value, int) else None
