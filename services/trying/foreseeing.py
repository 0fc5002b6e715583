"""Foresees what contracts would make of events that are not stored: whom they concern, and what would be concluded of
the first of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from domain.calendars import Calendar, compose
from domain.commitments import Commitment
from domain.contract_versions import ContractVersion, commitments_of
from domain.events import OperationalEvent
from domain.faults import Fault
from domain.kinds.faces import face
from domain.occurrences import Evidence
from domain.routing import Route
from domain.terms import CalendarReference, CalendarTerms
from domain.times import Instant
from services.arrivals.unselected import Kind, Nearest, UnselectedRow
from services.contract_files import Document, check_contract, contract_terms, kind_of, read_published_calendar
from services.contracts.reading import read_contract
from services.errors import DocumentInvalid
from services.explaining.unread import UnreadRow
from services.figures.reading import read_commitments
from services.history.databases import Transaction
from services.judging.selection import Selection
from services.seeing.seen import Seen
from services.trying.concluding import Concluding, concludes, stored_evidence, together
from services.trying.trial import current_calendars, published_calendars


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A commitment selects the event, for the occurrence `key` (None: for none, for `reason`). `verdict`: what would be concluded
    with what is stored, with the other events of the same key, and at the time that has been reached; `measured` of a value,
    None where an event alone concludes nothing. `changes`: what cannot be read in it."""

    commitment: str
    role: str
    key: str | None
    verdict: str | None
    reason: str | None
    changes: tuple[Fault, ...]


@dataclass(slots=True)
class _First:
    """One of the first events, and where it belongs."""

    event: OperationalEvent
    routes: list[tuple[Commitment, Route]]


@dataclass(slots=True)
class Foreseeing:
    """Is told event after event; keeps the first ones, and counts all."""

    commitments: Sequence[Commitment]
    most: int
    seen: int = 0
    by_commitment: Counter[str] = field(default_factory=Counter)
    _first: list[_First] = field(default_factory=list)
    _concluding: Concluding = field(default_factory=Concluding)
    _lost: Counter[Kind] = field(default_factory=Counter)
    _selection: Selection = field(init=False)
    _nearest: Nearest = field(init=False)

    def __post_init__(self) -> None:
        self._selection = Selection(self.commitments)
        self._nearest = Nearest(list(dict.fromkeys(one for each in self.commitments for one in each.selectors)))

    def see(self, event: OperationalEvent) -> None:
        self.seen += 1
        routes = [(one, route) for one in self._selection.of(event) for route in one.route(event)]
        self.by_commitment.update({one.id for one, _ in routes})
        if not routes:
            self._lost[event.type, event.source] += 1
            self._nearest.add(event)
        if len(self._first) < self.most:
            self._first.append(_First(event, routes))
        self._concluding.see(event, routes)

    def concluded(self, seen: Seen, drafts: Collection[str] = ()) -> tuple[dict[str, Counter[str]], list[UnreadRow]]:
        """Concludes from all events, not only the first: see `Concluding.concluded`."""
        return self._concluding.concluded(seen, self.commitments, drafts)

    def unselected(self) -> list[UnselectedRow]:
        found = [UnselectedRow(*kind, events, self._nearest.of(kind)) for kind, events in self._lost.items()]
        return sorted(found, key=lambda row: (-row.events, row.type, row.source))

    def first(self, seen: Seen, drafts: Collection[str] = ()) -> list[tuple[OperationalEvent, list[Foreseen]]]:
        """The first events with what each commitment that selects them would make of them. Of `drafts` nothing is stored."""
        known = seen.known
        reads = seen.reads

        def foreseen(event: OperationalEvent, commitment: Commitment, route: Route) -> Foreseen:
            time, is_draft = known.about(commitment.id).watermark, commitment.contract in drafts
            kept = self._concluding.of(commitment, route.key or "") or [route.evidence]
            return _foreseen(reads, kept, event, commitment, route, time, is_draft=is_draft)

        return [(one.event, [foreseen(one.event, *at) for at in one.routes]) for one in self._first]


def _foreseen(
    reads: Transaction,
    evidence: Iterable[Evidence],
    event: OperationalEvent,
    commitment: Commitment,
    route: Route,
    time: Instant | None,
    *,
    is_draft: bool,
) -> Foreseen:
    version = commitment.version_at(event.time) or commitment.newest
    indicator = version.criterion.indicator
    changes = tuple(face(indicator).faults(indicator, event))
    role, key = route.evidence.role, route.key
    if key is None or not concludes(commitment):
        return Foreseen(commitment.id, role, key, None, route.reason, changes)
    ids = [] if is_draft else [(commitment.id, key)]
    known = stored_evidence(reads, ids).get((commitment.id, key), ())
    judged = commitment.judge(key, together(known, evidence), time)
    verdict = str(judged.verdict) if judged.standing == "owed" else judged.standing
    return Foreseen(commitment.id, role, key, verdict, judged.reason, changes)


def drafted(seen: Seen, documents: Sequence[Document]) -> list[Commitment]:
    """The commitments of drafts as if they were in force; calendars of the same files count as published. Raises
    DocumentInvalid as `apply` does."""
    calendars = published_calendars(seen, documents)
    found = []
    for document in documents:
        if kind_of(document) != "contract":
            continue
        if problems := check_contract(document, current_calendars(calendars)):
            raise DocumentInvalid(problems)
        terms = contract_terms(document)
        found += commitments_of([ContractVersion(1, terms, _calendar(terms.calendar, calendars))])
    return found


def _calendar(
    wanted: CalendarReference | CalendarTerms | None, calendars: Mapping[str, Sequence[str]]
) -> Calendar | None:
    if wanted is None:
        return None
    if isinstance(wanted, CalendarTerms):
        return compose([wanted])
    return compose([read_published_calendar(text) for text in calendars[wanted.name]])


def seen_commitments(seen: Seen, contracts: Sequence[str]) -> list[Commitment]:
    """Gives the commitments in force that one sees, of these contracts or of all. Raises NotFound for a contract that
    is not seen."""
    for contract in contracts:
        read_contract(seen, contract)
    ids = {row.id for row in read_commitments(seen) if not contracts or row.contract in contracts}
    return [one for id, one in seen.catalogue.commitments.items() if id in ids]
