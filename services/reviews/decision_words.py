"""What a decision of a review is about, in a sentence of each language: the one place that says it, for pages, print, mails and JSON.

A name that cannot be read any more is left out; ids of things stand in no sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from domain.decisions import stream_of
from domain.times import Instant, from_local, show, to_local
from services.breaches.reading import read_action, read_breach
from services.breaches.rows import ActionRow
from services.causes.reading import read_causes
from services.excuses.reading import read_excuse
from services.reviews.agenda_state import wording_of
from services.reviews.agenda_words import (
    LANGUAGES,
    Sentence,
    action_called,
    joined,
    listed,
    moment_called,
    within_period,
    worded,
)
from services.reviews.pack_part_shapes import Title
from services.reviews.reading import read_reviews
from services.reviews.rows import ReviewRow, TakenRow
from services.reviews.things_called import Things, or_none
from services.seeing.events import event_at
from services.seeing.seen import Seen

T = TypeVar("T")

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "action": ("{what}: action “{text}”", "{what} : action « {text} »"),
    "by": (", by {owner}", ", confiée à {owner}"),
    "due": (", due on {day}", ", attendue le {day}"),
    "for-breach": (", after the breach {within}", ", à la suite du manquement {within}"),
    "excuse.accept": ("{what}: the excuse for {of} is accepted", "{what} : l’excuse est acceptée ({of})"),
    "excuse.refuse": ("{what}: the excuse for {of} is refused", "{what} : l’excuse est refusée ({of})"),
    "dispute": (
        "{what}: the refusal of the excuse for {of} is disputed",
        "{what} : le refus de l’excuse est contesté ({of})",
    ),
    "amendment": (
        "{what}: version {number} is signed, in force from {day}",
        "{what} : la version {number} est signée, en vigueur à partir du {day}",
    ),
    "amendment.gone": ("{what}: version {number} is signed", "{what} : la version {number} est signée"),
    "match": (
        "{what}: the event of {moment} ({source}) belongs to {of}",
        "{what} : l’événement du {moment} ({source}) est rattaché à ce qui est dû : {of}",
    ),
    "match.gone": ("{what}: an event belongs to {of}", "{what} : un événement est rattaché à ce qui est dû : {of}"),
    "attribute": ("Cause named, “{cause}”: {list}", "Cause retenue, « {cause} » : {list}"),
    "reschedule": ("{what}: the action “{text}” is due on {day}", "{what} : l’action « {text} » est attendue le {day}"),
    "reschedule.from": (
        "{what}: the action “{text}” is due on {day}, no more on {before}",
        "{what} : l’action « {text} » est attendue le {day}, et non plus le {before}",
    ),
    "reassign": ("{what}: the action “{text}” goes to {owner}", "{what} : l’action « {text} » est confiée à {owner}"),
    "reassign.from": (
        "{what}: the action “{text}” goes to {owner}, no more to {before}",
        "{what} : l’action « {text} » est confiée à {owner}, et non plus à {before}",
    ),
    "accept-as-is": (
        "{what}: the action “{text}” is accepted as it is, without effect",
        "{what} : l’action « {text} » est acceptée telle quelle, sans effet",
    ),
    "next": ("The next review is moved to {moment}", "La prochaine revue est déplacée au {moment}"),
    "an-action": ("an action", "une action"),
    "an-excuse": ("what was asked", "ce qui était demandé"),
}


class Told(NamedTuple):
    """The sentences of the decisions of a review, by their numbers. `next_review`: to when they move the next one, as the local time
    of the contract; None where they do not."""

    words: Mapping[int, Sentence] = MappingProxyType({})
    next_review: str | None = None


NOTHING_TOLD: Final = Told()


def decisions_told(seen: Seen, row: ReviewRow) -> Told:
    """As who reads sees what they are about, in the state that is read."""
    if not row.taken:
        return NOTHING_TOLD
    teller = Teller(seen, row)
    moved = [one for one in row.taken if one.kind == "next"]
    to = teller.next_moment(moved[-1]) if moved else None
    return Told({one.decision: teller.sentence(one) for one in row.taken}, show(to, teller.here) if to else None)


@dataclass(frozen=True)
class Teller:
    """Tells of the decisions of one review."""

    seen: Seen
    row: ReviewRow

    def sentence(self, one: TakenRow) -> Sentence:
        """What the decision comes to; of a kind that nobody knows any more, its name."""
        tell = _TELLERS.get(one.kind)
        return tell(self, one) if tell is not None else dict.fromkeys(LANGUAGES, one.kind)

    @cached_property
    def things(self) -> Things:
        return Things(self.seen, self.row.contract)

    @property
    def here(self) -> ZoneInfo:
        return self.things.here

    def action(self, one: TakenRow) -> ActionRow | None:
        id = _id(one, "action")
        return or_none(lambda: read_action(self.seen, id))

    def before(self, action: ActionRow, what: str) -> object:
        """What an action had before this review changed it; None where it has not."""
        return next(
            (one[what][0] for one in action.changes if one.get("review") == self.row.id and what in one),  # type: ignore[literal-required]
            None,
        )

    def about(self, one: TakenRow) -> dict[str, Title]:
        """What an action is of, and what it is called."""
        found = self.action(one)
        if found is None:
            return {"what": self.things.called(self.row.contract), "text": worded(_WORDS["an-action"])}
        return {"what": self.things.called(found.commitment), "text": action_called(found.text, found.cause)}

    def next_moment(self, one: TakenRow) -> Instant | None:
        """To which local day and hour the decision moves the next review; at the hour that was planned where it names none."""
        rows = [each for each in read_reviews(self.seen, contract=self.row.contract) if each.starts > self.row.starts]
        streams = {stream for decision, stream in self.row.took_effect if decision == one.decision}
        moved = next((each for each in rows if str(stream_of("review", each.id)) in streams), None)
        following = moved or next((each for each in rows if each.state == "planned"), None)
        try:
            day = date.fromisoformat(str(one.arguments.get("date")))
            clock = time.fromisoformat(str(one.arguments["time"])) if one.arguments.get("time") else None
        except ValueError:
            return None
        if clock is None:
            if following is None:
                return None
            clock = to_local(following.starts, self.here).time()
        return from_local(datetime.combine(day, clock.replace(tzinfo=None)), self.here)


def _action(tell: Teller, one: TakenRow) -> Sentence:
    """As it is once it took effect: who does it, and until when, are derived where nobody said so."""
    stream = dict(tell.row.took_effect).get(one.decision)
    made = or_none(lambda: read_action(tell.seen, stream)) if stream is not None else None
    commitment = str(one.arguments.get("commitment", ""))
    text = str(one.arguments.get("text") or one.text)
    parts = [worded(_WORDS["action"], what=tell.things.called(commitment), text=action_called(text, ""))]
    debtor = tell.things.debtors.get(commitment)
    person = str(one.arguments.get("person") or "") or None
    if debtor is not None and person is not None:
        parts.append(worded(_WORDS["by"], owner=tell.things.owner(debtor, person)))
    due = made.due if made is not None else _day(one, "due")
    if due is not None:
        parts.append(worded(_WORDS["due"], day=due))
    breach = or_none(lambda: read_breach(tell.seen, _id(one, "breach"))) if one.arguments.get("breach") else None
    if breach is not None:
        parts.append(worded(_WORDS["for-breach"], within=within_period(breach.period)))
    return joined(parts)


def _excuse(tell: Teller, one: TakenRow) -> Sentence:
    answer = one.arguments.get("answer")
    key = one.kind if one.kind == "dispute" else f"excuse.{'accept' if answer == 'accept' else 'refuse'}"
    found = or_none(lambda: read_excuse(tell.seen, _id(one, "excuse")))
    if found is None:
        return worded(_WORDS[key], what=tell.things.called(tell.row.contract), of=worded(_WORDS["an-excuse"]))
    of = tell.things.extent(found)
    return worded(_WORDS[key], what=tell.things.called(found.scope), of=of)


def _amendment(tell: Teller, one: TakenRow) -> Sentence:
    number, given = str(one.arguments.get("version", "")), str(one.arguments.get("fingerprint", ""))
    wording = "".join(given.split()).lower()
    what = tell.things.called(tell.row.contract)
    found = [each for each in tell.things.contract.versions if str(each.number) == number]
    version = next((each for each in found if wording_of(each.document).startswith(wording)), None)
    if version is None:
        return worded(_WORDS["amendment.gone"], what=what, number=number)
    return worded(_WORDS["amendment"], what=what, number=number, day=version.effective)


def _match(tell: Teller, one: TakenRow) -> Sentence:
    commitment, position = str(one.arguments.get("commitment", "")), str(one.arguments.get("event", ""))
    what, of = tell.things.called(commitment), tell.things.occurrence(commitment, str(one.arguments.get("key", "")))
    event = event_at(tell.seen, int(position)) if position.isdecimal() and len(position) <= MOST_DIGITS else None
    if event is None:
        return worded(_WORDS["match.gone"], what=what, of=of)
    moment = moment_called(to_local(event.time, tell.here))
    return worded(_WORDS["match"], what=what, of=of, moment=moment, source=f"{event.source}, {event.id}")


def _attribute(tell: Teller, one: TakenRow) -> Sentence:
    cause = str(one.arguments.get("root_cause", ""))
    row = read_causes(tell.seen).get(cause)
    title: Title = dict(row.title.by_language) if row is not None else {"": cause}
    ids = [each.strip().removeprefix("breach:") for each in str(one.arguments.get("breaches", "")).split(",")]
    return worded(_WORDS["attribute"], cause=title, list=listed([tell.things.breach(each) for each in ids if each]))


def _reschedule(tell: Teller, one: TakenRow) -> Sentence:
    found, day = tell.action(one), _day(one, "due")
    changed = tell.before(found, "due") if found is not None else None
    before = date.fromisoformat(str(changed)) if changed else found.due if found is not None else None
    of = {**tell.about(one), "day": day or str(one.arguments.get("due", ""))}
    if before is None or before == day:
        return worded(_WORDS["reschedule"], **of)
    return worded(_WORDS["reschedule.from"], **of, before=before)


def _reassign(tell: Teller, one: TakenRow) -> Sentence:
    found, person = tell.action(one), one.arguments.get("person")
    owner = tell.things.owner(str(one.arguments.get("owner", "")), str(person) if person else None)
    of = {**tell.about(one), "owner": owner}
    if found is None:
        return worded(_WORDS["reassign"], **of)
    service = str(tell.before(found, "owner") or found.owner)
    is_changed = any(each.get("review") == tell.row.id and "person" in each for each in found.changes)
    had = tell.before(found, "person") if is_changed else found.person
    before = tell.things.owner(service, str(had) if had else None)
    return worded(_WORDS["reassign"], **of) if before == owner else worded(_WORDS["reassign.from"], **of, before=before)


def _accept_as_is(tell: Teller, one: TakenRow) -> Sentence:
    return worded(_WORDS["accept-as-is"], **tell.about(one))


def _next(tell: Teller, one: TakenRow) -> Sentence:
    moment = tell.next_moment(one)
    moved = moment_called(to_local(moment, tell.here)) if moment is not None else str(one.arguments.get("date", ""))
    return worded(_WORDS["next"], moment=moved)


MOST_DIGITS: Final = 18
"""Of a position in the history."""
_TELLERS: Final[Mapping[str, Callable[[Teller, TakenRow], Sentence]]] = {
    "action": _action,
    "excuse": _excuse,
    "dispute": _excuse,
    "amendment": _amendment,
    "match": _match,
    "attribute": _attribute,
    "reschedule": _reschedule,
    "reassign": _reassign,
    "accept-as-is": _accept_as_is,
    "next": _next,
}


def _id(one: TakenRow, name: str) -> str:
    return str(one.arguments.get(name, "")).removeprefix(f"{name}:")


def _day(one: TakenRow, name: str) -> date | None:
    try:
        return date.fromisoformat(str(one.arguments.get(name)))
    except ValueError:
        return None
