"""What the things of a contract are called, in both languages, so that no sentence says an id (MEETING "References")."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from domain.references import Reference
from domain.times import local_date, to_local, zone
from services.actions.citing import contract_of
from services.breaches.reading import read_action, read_breach
from services.contracts.reading import read_contract
from services.contracts.rows import ContractRow
from services.directory.reading import read_names, read_services
from services.errors import NotFound
from services.excuses.reading import read_excuse
from services.excuses.rows import ExcuseRow
from services.figures.reading import read_commitments, read_occurrence
from services.reviews.agenda_words import (
    LANGUAGES,
    Sentence,
    action_called,
    key_called,
    listed,
    moment_called,
    named,
    period_called,
    told,
    within_period,
    worded,
)
from services.reviews.pack_part_shapes import Title
from services.reviews.reading import read_review
from services.seeing.seen import Seen

T = TypeVar("T")
_WORDS: Final = {
    "breach": ("breach: {what}, {of}", "manquement : {what}, {of}"),
    "action": ("action “{text}”", "action « {text} »"),
    "excuse": ("excuse: {what} ({of})", "excuse : {what} ({of})"),
    "review": ("review of {day}", "revue du {day}"),
    "decision": ("decision {number} of the review of {day}", "décision {number} de la revue du {day}"),
    "figure": ("figure: {what}, {of}", "chiffre : {what}, {of}"),
    "occurrence": ("{what}, {of}", "{what}, {of}"),
    "gone.breach": ("a breach", "un manquement"),
    "gone.action": ("an action", "une action"),
    "gone.excuse": ("an excuse", "une excuse"),
    "gone.review": ("a review", "une revue"),
    "gone.figure": ("a figure", "un chiffre"),
    "gone.occurrence": ("something owed", "une échéance"),
}


@dataclass(frozen=True)
class Things:
    """Those of one contract, as who reads sees them."""

    seen: Seen
    contract_id: str

    @cached_property
    def contract(self) -> ContractRow:
        return read_contract(self.seen, self.contract_id)

    @property
    def here(self) -> ZoneInfo:
        return zone(self.contract.timezone)

    @cached_property
    def debtors(self) -> dict[str, str]:
        """Which service owes each commitment of the contract."""
        return {one.id: one.debtor for one in read_commitments(self.seen, self.contract_id)}

    @cached_property
    def _titles(self) -> dict[str, Title]:
        return {
            one.id: named(
                {
                    "commitment": one.id,
                    "deliverable": dict(one.deliverable.title.by_language),
                    "criterion": dict(one.criterion.title.by_language),
                }
            )
            for one in read_commitments(self.seen, self.contract_id)
        }

    def called(self, scope: str) -> Title:
        """A commitment by its titles, a deliverable by its own, the contract by its own; of what is no more, its id in the contract."""
        if scope in self._titles:
            return self._titles[scope]
        of = [one for one in read_commitments(self.seen, self.contract_id) if one.id.startswith(f"{scope}/")]
        if of and "/" in scope:
            return dict(of[0].deliverable.title.by_language)
        return dict(self.contract.title.by_language) if "/" not in scope else {"": scope.partition("/")[2]}

    def owner(self, service: str, person: str | None) -> Title:
        """A service by its title, before it the name of who does it there."""
        found = self.seen.once(read_services).get(service)
        title: Title = dict(found.title.by_language) if found is not None else {"": service}
        if not person:
            return title
        names = self.seen.once(read_names)
        name = names.get(f"{service}/{person}") or names.get(person) or person
        return {language: f"{name}, {told(title, language)}" for language in LANGUAGES}

    def breach(self, id: str) -> Sentence:
        """Its commitment, and the occurrence or the period that was missed."""
        found = or_none(lambda: read_breach(self.seen, id))
        if found is None:
            return worded(_WORDS["gone.breach"])
        missed = self.occurrence(found.commitment, found.key) if found.key is not None else within_period(found.period)
        return worded(_WORDS["occurrence"], what=self.called(found.commitment), of=missed)

    def extent(self, excuse: ExcuseRow) -> Sentence:
        """The occurrences that an excuse is asked for, or the days of its interval."""
        if excuse.keys:
            return listed([self.occurrence(excuse.scope, each) for each in excuse.keys])
        ends = [local_date(each, self.here) for each in (excuse.since, excuse.until) if each is not None]
        return {language: " – ".join(told(day, language) for day in ends) for language in LANGUAGES}

    def occurrence(self, commitment: str, key: str) -> Sentence:
        return occurrence_called(self.seen, commitment, key, self.here)

    def cited(self, one: Reference) -> Sentence:
        """What a reference names; of what is no more, or not the reader's to see, its sort alone."""
        found = or_none(lambda: self._cited(one))
        return found if found is not None else worded(_WORDS[f"gone.{one.kind}"])

    def _cited(self, one: Reference) -> Sentence:
        """Raises NotFound."""
        match one.kind:
            case "breach":
                breach = read_breach(self.seen, one.id)
                of = self.occurrence(breach.commitment, breach.key) if breach.key else period_called(breach.period)
                return worded(_WORDS["breach"], what=self.called(breach.commitment), of=of)
            case "action":
                action = read_action(self.seen, one.id)
                return worded(_WORDS["action"], text=action_called(action.text, action.cause))
            case "excuse":
                excuse = read_excuse(self.seen, one.id)
                return worded(_WORDS["excuse"], what=self.called(excuse.scope), of=self.extent(excuse))
            case "review":
                key, starts = "review" if one.number is None else "decision", read_review(self.seen, one.id).starts
                return worded(_WORDS[key], number=one.number, day=local_date(starts, self.here))
            case "figure":
                return worded(_WORDS["figure"], what=self.called(one.id), of=period_called(one.part))
        return worded(_WORDS["occurrence"], what=self.called(one.id), of=self.occurrence(one.id, one.part))


def reference_called(seen: Seen, reference: Reference) -> Sentence:
    """What it names, in whichever contract; of what is no more, or not the reader's to see, its sort alone."""
    contract = or_none(lambda: contract_of(seen, reference))
    return Things(seen, contract).cited(reference) if contract is not None else worded(_WORDS[f"gone.{reference.kind}"])


def occurrence_called(seen: Seen, commitment: str, key: str, here: ZoneInfo) -> Sentence:
    """An occurrence that is named after an event (`SOURCE#ID`) by when that happened, another as `key_called` says."""
    is_event = "#" in key and commitment.count("/") == 2
    found = or_none(lambda: read_occurrence(seen, commitment, key)) if is_event else None
    if found is None or found.due is None:
        return key_called(key)
    return moment_called(to_local(found.due, here))


def or_none(read: Callable[[], T]) -> T | None:
    """None of what is not found."""
    try:
        return read()
    except NotFound:
        return None
