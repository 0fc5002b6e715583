"""The contracts and calendars in force, folded from the read models, and which commitment an event may concern."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple, TypeVar

import msgspec

from domain.calendars import Calendar, compose
from domain.commitments import Commitment
from domain.contract_versions import ContractVersion, commitments_of
from domain.events import OperationalEvent
from domain.excuses import AcceptedExcuse, can_be_closed, without
from domain.open_time import Span
from domain.terms import CalendarReference, CalendarTerms, ContractTerms, Indicator, ShownTo
from domain.times import Instant, local_date, zone
from services.contract_files import read_published_calendar, terms_from_canonical
from services.history.databases import Transaction
from services.judging.excuse_book import accepted_excuses
from services.judging.selection import Selection
from services.judging.shares import WHOLE, Share, needed

T = TypeVar("T")
Filter = Callable[[str], bool]
"""Says whether this judge is to know the commitment of that id; it knows nothing of the others."""


@dataclass(slots=True)
class InForce:
    """A contract with at least one signed version."""

    id: str
    supplier: str
    client: str
    versions: tuple[ContractVersion, ...]
    commitments: tuple[Commitment, ...]
    since: Instant | None = None
    """The instant at which both parties had signed for the first time: what lies before was agreed afterwards."""

    @property
    def newest(self) -> ContractVersion:
        """The one that takes effect last."""
        return max(self.versions, key=lambda one: (one.terms.effective, one.number))

    def terms_at(self, day: date) -> ContractTerms:
        """The terms in force on that local day; before the first version its terms, later the last ones."""
        ordered = sorted(self.versions, key=lambda one: (one.terms.effective, one.number))
        reached = [one for one in ordered if one.terms.effective <= day]
        return (reached[-1] if reached else ordered[0]).terms

    def shown_to_at(self, moment: Instant | None) -> ShownTo | None:
        """Who reads it besides its parties, by the wording in force at the moment; None for the moment: before time was declared."""
        first = self.versions[0].terms
        return self.terms_at(
            local_date(moment, zone(first.timezone)) if moment is not None else first.effective
        ).shown_to

    @property
    def last_day(self) -> date | None:
        return max(self.versions, key=lambda one: (one.terms.effective, one.number)).last_day


class _Read(NamedTuple):
    """A contract as it was when it last changed, at position `changed`; `in_force` is None where nothing of it was signed."""

    changed: int
    in_force: InForce | None


@dataclass
class Catalogue:
    """The contracts in force, as far as they were loaded. Those that have not changed since are the same objects again."""

    share: Share = WHOLE
    contracts: dict[str, InForce] = field(default_factory=dict)
    commitments: dict[str, Commitment] = field(default_factory=dict)
    """The commitments of the share and its shadows, by id, in the order of ids."""
    shadows: set[str] = field(default_factory=set)
    """The ids of commitments of other shards that are judged along; one that once was a shadow stays one."""
    new_shadows: list[str] = field(default_factory=list)
    """The ids of shadows that were none when the tables were read last."""
    signalled: list[str] = field(default_factory=list)
    """The commitments that judge the time between events."""
    rolling: list[str] = field(default_factory=list)
    """The commitments with a rolling target."""
    edition: int = 0
    """Counts how often everything was loaded; `taken` are the contracts that have changed since, one by one."""
    taken: list[str] = field(default_factory=list)
    _every: dict[str, Commitment] = field(default_factory=dict)
    _selection: Selection | None = None
    _own_selection: Selection | None = None
    _read: dict[str, _Read] = field(default_factory=dict)
    _basis: object = None
    """What the contracts in `_read` were made of, besides their own documents."""
    _calendars: dict[str, list[CalendarTerms]] = field(default_factory=dict)
    _composed: dict[tuple[str, int] | CalendarTerms, Calendar] = field(default_factory=dict)
    _closures: tuple[AcceptedExcuse, ...] = ()
    _closed: dict[tuple[Calendar | None, str, tuple[Span, ...]], Calendar] = field(default_factory=dict)

    def again(self) -> Catalogue:
        """One to be loaded, that knows what this one has read: contracts that have not changed are the same objects."""
        found = Catalogue(self.share, _basis=self._basis, _closures=self._closures)
        found._read, found._calendars = dict(self._read), dict(self._calendars)
        found._composed, found._closed = dict(self._composed), dict(self._closed)
        return found

    def load(self, reads: Transaction, accepts: Filter) -> None:
        """Everything as the tables now say it."""
        calendars = sorted(reads.query("SELECT id, changed FROM view_calendar"))
        closures = tuple(one for one in accepted_excuses(reads) if one.is_closure)
        if self._basis != (calendars, closures, accepts):
            self._basis = (calendars, closures, accepts)
            self._load_calendars(reads)
            self._closures = closures
            self._read = {}
        changed: dict[str, int] = dict(reads.query("SELECT id, changed FROM view_contract ORDER BY id"))
        new = [id for id, position in changed.items() if id not in self._read or self._read[id].changed != position]
        for id, document in reads.select_in("SELECT id, document FROM view_contract WHERE", "id", new):
            self._read[id] = _Read(changed[id], self._in_force(id, msgspec.json.decode(document), accepts))
        self.contracts = {id: found for id in changed if (found := self._read[id].in_force) is not None}
        shadows = reads.query("SELECT commitment FROM view_shadow") if self.is_cut else []
        self._index({commitment for (commitment,) in shadows})

    def take(self, reads: Transaction, accepts: Filter, contracts: Collection[str]) -> None:
        """Reads those contracts anew, where nothing else has changed; where other judges judge a part, all are loaded."""
        if self.is_cut:
            self.load(reads, accepts)
            return
        for id, changed, document in reads.select_in(
            "SELECT id, changed, document FROM view_contract WHERE", "id", contracts
        ):
            found = self._in_force(id, msgspec.json.decode(document), accepts)
            self._read[id] = _Read(changed, found)
            if found is not None:
                self._put(found)

    def _put(self, found: InForce) -> None:
        old = self.contracts.get(found.id)
        changed = [*(old.commitments if old is not None else ()), *found.commitments]
        _put_in_order(self.contracts, (), {found.id: found})
        gone = [one.id for one in old.commitments] if old is not None else []
        _put_in_order(self._every, gone, {one.id: one for one in found.commitments})
        self.taken.append(found.id)
        self._selection = self._own_selection = None
        if any(one.is_of_time or one.rolling for one in changed):
            self._sort_out()

    @property
    def is_cut(self) -> bool:
        """True where other judges judge a part of the commitments."""
        return not self.share.is_whole

    def judges(self, commitment: str) -> bool:
        """Says whether the commitment of that id, in force or not, is of the share or a shadow."""
        return self.share.owns(commitment) or commitment in self.shadows

    def followers(self, calendar: str) -> list[str]:
        """The contracts that take the calendar's new versions at once."""
        return [
            contract.id
            for contract in self.contracts.values()
            if any(_follows(version.terms.calendar, calendar) for version in contract.versions)
        ]

    def published_calendar(self, name: str) -> Calendar | None:
        """The calendar of that name as it is published now; None where there is none."""
        return self._calendar(CalendarReference(name, follow=True), None) if self._calendars.get(name) else None

    def before(self, commitment: str, calendar: str, published: int) -> Commitment | None:
        """The commitment as it would be judged had only the first `published` versions of a calendar that it follows come."""
        contract = self.contracts[commitment.partition("/")[0]]
        then = compose(self._calendars[calendar][:published])
        versions = [
            replace(one, calendar=then) if _follows(one.terms.calendar, calendar) else one for one in contract.versions
        ]
        found = commitments_of(versions, self._calendar_of)
        return next((one for one in found if one.id == commitment), None)

    def selecting(self, event: OperationalEvent) -> list[Commitment]:
        """Gives the commitments that may select the event, in the order of their ids, whoever judges them; no other does."""
        if self._selection is None:
            self._selection = Selection(self._every.values())
        return self._selection.of(event)

    def may_be_mine(self, event: OperationalEvent) -> bool:
        """Says whether one of `commitments` may select the event."""
        if self._own_selection is None:
            self._own_selection = Selection(self.commitments.values())
        return bool(self._own_selection.of(event))

    def _load_calendars(self, reads: Transaction) -> None:
        self._calendars, self._composed, self._closed = {}, {}, {}
        for id, document in reads.query("SELECT id, document FROM view_calendar"):
            versions = msgspec.json.decode(document)["versions"]
            self._calendars[id] = [read_published_calendar(one["document"]) for one in versions]

    def _in_force(self, id: str, content: dict[str, Any], accepts: Filter) -> InForce | None:
        agreed = sorted((one for one in content["proposals"] if one["version"]), key=lambda one: one["version"])
        if not agreed:
            return None
        until = date.fromisoformat(content["until"]) if content["until"] else None
        versions = tuple(self._version(one, until) for one in agreed)
        commitments = tuple(one for one in commitments_of(versions, self._calendar_of) if accepts(one.id))
        since = max((one["at"] for one in agreed[0]["signatures"]), default=None)
        return InForce(id, content["supplier"], content["client"], versions, commitments, since)

    def _calendar_of(self, id: str, version: ContractVersion, indicator: Indicator) -> Calendar | None:
        """Gives the calendar of the version, without what the parties agreed to close where closed time changes
        anything (MEANING §5 "Excuses")."""
        spans = tuple(one.span for one in self._closures if one.span is not None and one.concerns(id))
        if not spans or not can_be_closed(indicator):
            return version.calendar
        key = (version.calendar, version.terms.timezone, spans)
        if key not in self._closed:
            self._closed[key] = without(version.calendar, version.terms.timezone, spans)
        return self._closed[key]

    def _version(self, proposal: dict[str, Any], until: date | None) -> ContractVersion:
        terms = terms_from_canonical(proposal["document"])
        calendar = self._calendar(terms.calendar, proposal["calendar_version"])
        return ContractVersion(proposal["version"], terms, calendar, until)

    def _calendar(self, wanted: CalendarReference | CalendarTerms | None, number: int | None) -> Calendar | None:
        if wanted is None:
            return None
        key: tuple[str, int] | CalendarTerms
        if isinstance(wanted, CalendarTerms):
            key, used = wanted, [wanted]
        else:
            published = self._calendars.get(wanted.name, [])
            used = published if wanted.follow or number is None else published[:number]
            key = (wanted.name, len(used))
        if key not in self._composed:
            self._composed[key] = compose(used)
        return self._composed[key]

    def _index(self, shadows: set[str]) -> None:
        self._selection = self._own_selection = None
        self._every = dict(sorted((one.id, one) for each in self.contracts.values() for one in each.commitments))
        self.commitments = self._every
        if self.is_cut:
            owned = [one for id, one in self._every.items() if self.share.owns(id)]
            beside = {id for id in needed(owned, self._every.values()) if not self.share.owns(id)}
            self.shadows, self.new_shadows = shadows | beside, sorted(beside - shadows)
            self.commitments = {id: one for id, one in self._every.items() if self.judges(id)}
        self.edition += 1
        self.taken = []
        self._sort_out()

    def _sort_out(self) -> None:
        self.signalled = [id for id, one in self.commitments.items() if one.is_of_time]
        self.rolling = [id for id, one in self.commitments.items() if one.rolling]


def _put_in_order(there: dict[str, T], gone: Iterable[str], new: Mapping[str, T]) -> None:
    """Replaces some of them, in the order of ids: at no cost where the new ones come last, as those of a folder do."""
    for id in gone:
        if id not in new:
            there.pop(id, None)
    last = next(reversed(there), "")
    is_in_order = all(id in there or id > last for id in new)
    there.update(sorted(new.items()))
    if not is_in_order:
        ordered = sorted(there.items())
        there.clear()
        there.update(ordered)


def together(first: Catalogue, parts: Sequence[Catalogue]) -> None:
    """Words every commitment of the first one as the part that has it does, and leaves out those that none has."""
    worded = {id: one for part in parts for id, one in part.commitments.items()}
    for id, contract in first.contracts.items():
        mine = [worded[one.id] for one in contract.commitments if one.id in worded]
        mine += [
            one for part in parts if id in part.contracts for one in part.contracts[id].commitments if one not in mine
        ]
        first.contracts[id] = replace(contract, commitments=tuple(mine))
    first._index(set())


def _follows(reference: CalendarReference | CalendarTerms | None, name: str) -> bool:
    return isinstance(reference, CalendarReference) and reference.follow and reference.name == name


def everything(_: str) -> bool:
    """The filter of the only shard."""
    return True


def only(ids: Iterable[str]) -> Filter:
    """Accepts the commitments of these contracts."""
    wanted = frozenset(ids)
    return lambda commitment: commitment.partition("/")[0] in wanted
