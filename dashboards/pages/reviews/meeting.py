"""A meeting as its page shows it: the agenda with a decision beside each item, what was decided, and what lies before both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dashboards.language import Language, typeset
from dashboards.pages.contracts.page import for_whom
from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from dashboards.pages.reviews.pack import grouped
from services.access import Right
from services.contracts.rows import ContractRow
from services.directory.mentioning import Mentioning
from services.errors import EntenteError
from services.figures.reading import read_commitment
from services.matches.reading import read_candidates
from services.reviews.agenda_state import Item, Proposal
from services.reviews.decision_words import Teller, decisions_told
from services.reviews.fingerprints import signing_json
from services.reviews.issued import Issued
from services.reviews.packs import Held, held_pack
from services.reviews.revisions import Changed, changed_since
from services.reviews.rows import OutcomeRow, ReviewRow
from services.seeing.events import event_at

_PATHS: Final = {
    "action": "/actions/",
    "breach": "/breaches/",
    "excuse": "/excuses/",
    "commitment": "/commitments/",
    "contract": "/contracts/",
    "review": "/reviews/",
}
_ASKED: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "action": (("text", "lines"), ("person", "line"), ("due", "date")),
    "reschedule": (("due", "date"),),
    "reassign": (("owner", "line"), ("person", "line")),
    "attribute": (("root_cause", "line"),),
    "match": (("key", "line"),),
}
"""By kind, the arguments that a form asks for, where a proposal does not know them, each with the sort of its field."""
_NOT_SENT: Final = {"action": ("owner",)}
"""By kind, what a proposal tells and the decision derives."""
MOST_ITEMS: Final = 60
"""Items that the page has forms for."""


@dataclass(frozen=True)
class DecisionForm:
    """A form beside an item: `known` goes with it, `asked` is typed, `filled` stands there already. `hint`: what it is about."""

    id: str
    kind: str
    label: str
    known: Mapping[str, str]
    asked: Sequence[tuple[str, str]]
    filled: Mapping[str, str]
    hint: str


@dataclass(frozen=True)
class ItemShown:
    place: int
    item: Item
    sentence: str
    path: str | None
    outcome: OutcomeRow | None
    forms: Sequence[DecisionForm]


@dataclass(frozen=True)
class MeetingShown:
    """`fingerprint`: of what lies before both, or would. `may_change`: the reader may decide and note; `may_lead`: settle, submit, take
    back. `refusing`: the parties for which the reader may refuse."""

    items: Sequence[ItemShown]
    takes: int
    duration: int
    left: int
    fingerprint: str | None
    may_change: bool
    may_lead: bool
    may_move: bool
    may_sign: bool
    signing: Sequence[tuple[str, str]]
    refusing: Sequence[tuple[str, str]]
    changed: Sequence[tuple[Changed, str]]
    people: Sequence[tuple[str, str]]
    is_early: bool


def meeting_shown(view: View, row: ReviewRow, contract: ContractRow) -> MeetingShown | None:
    """None where the agenda cannot be made now."""
    try:
        held = held_pack(view.seeing, view.who, row.id)
    except EntenteError:
        return None
    parties = contract.supplier, contract.client
    takes_part, leads = view.who.may(Right.TAKE_PART, *parties), view.who.may(Right.BIND, *parties)
    may_change = takes_part and row.is_open
    signing = for_whom(view.who, contract, row.signatures) if row.position is not None else []
    lies = row.submission is not None or bool(row.signatures)
    left = sum(row.outcome(one.id) is None for one in held.items)
    return MeetingShown(
        items=[_item(view, place, one, row, may_change=may_change) for place, one in enumerate(held.items, 1)],
        takes=sum(one.takes for one in held.items),
        duration=(row.ends - row.starts) // 60_000_000,
        left=left,
        fingerprint=signing_json(held.pack, held.meeting)["fingerprint"],
        may_change=may_change,
        may_lead=leads,
        may_move=leads and row.state == "planned",
        may_sign=lies or not row.taken,
        signing=signing,
        refusing=signing if lies and row.state != "signed" else [],
        changed=_changed(view, row, held) if row.is_open or lies else [],
        people=_people(view, contract) if may_change and leads else [],
        is_early=row.position is None,
    )


def grouped_fingerprint(meeting: MeetingShown | None) -> str:
    """As people compare it; empty where nothing can be signed now."""
    return grouped(meeting.fingerprint) if meeting is not None and meeting.fingerprint else ""


def since_words(language: Language, issued: Issued) -> str:
    """What is otherwise since the pack was issued: "1 late, 1 excuse"; empty where nothing is."""
    return ", ".join(language.counted(f"issued.{change}", count) for change, count in issued.since.items())


def subject_path(subject: str) -> str | None:
    """Where the page of a thing is."""
    sort, _, id = subject.partition(":")
    return link(_PATHS[sort] + id.partition("#")[0]) if sort in _PATHS else None


def decisions_shown(view: View, row: ReviewRow) -> dict[int, str]:
    """What each decision with a kind comes to, by its number."""
    code = view.language.code
    return {number: typeset(words[code], code) for number, words in decisions_told(view.seen, row).words.items()}


def refused_words(language: Language, row: ReviewRow, words: Mapping[int, str], number: int) -> str:
    """A decision that a refusal names; of one that was withdrawn since, its number."""
    texts = {of: text for of, (_, _, text) in zip(row.numbers, row.decisions, strict=True)}
    found = words.get(number) or texts.get(number)
    if found is None:
        return language.text("minutes.refused_number", number=number)
    return language.text("minutes.refused_decision", number=number, words=found)


def _changed(view: View, row: ReviewRow, held: Held) -> list[tuple[Changed, str]]:
    """Each in words: a decision by its sentence, an item by that of the agenda, a person by name."""
    language, teller = view.language, Teller(view.seen, row)
    items = {one.id: one.sentence[language.code] for one in held.items}

    def words(one: Changed) -> str:
        if one.taken is not None:
            return " ".join(filter(None, (teller.sentence(one.taken)[language.code], one.text)))
        if one.item is not None:
            settled = language.text(f"meeting.outcome_{one.text}")
            return f"{items.get(one.item, language.text('meeting.an_item'))}: {settled}"
        return view.person(one.text) if one.what == "present" else one.text

    return [(one, typeset(words(one), language.code)) for one in changed_since(view.seen.history, row)]


def _item(view: View, place: int, item: Item, row: ReviewRow, *, may_change: bool) -> ItemShown:
    forms = [_form(view, place, number, one) for number, one in enumerate(item.proposals)] if may_change else []
    return ItemShown(
        place=place,
        item=item,
        sentence=typeset(item.sentence[view.language.code], view.language.code),
        path=subject_path(item.subject),
        outcome=row.outcome(item.id),
        forms=forms if place <= MOST_ITEMS else [],
    )


def _form(view: View, place: int, number: int, one: Proposal) -> DecisionForm:
    hidden = _NOT_SENT.get(one.kind, ())
    known = {name: str(value) for name, value in one.arguments.items() if name not in hidden}
    answer = one.arguments.get("answer")
    key = f"meeting.do_{one.kind}_{answer}" if answer else f"meeting.do_{one.kind}"
    asked = [pair for pair in _ASKED.get(one.kind, ()) if pair[0] not in known]
    hint, filled = _event_of(view, one) if one.kind == "match" else ("", {})
    return DecisionForm(f"{place}-{number}", one.kind, view.language.text(key), known, asked, filled, hint)


def _event_of(view: View, one: Proposal) -> tuple[str, Mapping[str, str]]:
    """Which event is to be matched, and the key of what it belongs to, where one occurrence alone was open when it happened."""
    commitment, position = str(one.arguments["commitment"]), int(one.arguments["event"])
    event = event_at(view.seen, position)
    if event is None:
        return "", {}
    timezone = read_commitment(view.seen, commitment).terms.timezone
    moment = view.moments(timezone).moment(event.time)
    fitting = read_candidates(view.seen, [position]).get(position, [])
    keys = [each.key for each in fitting if each.commitment == commitment]
    hint = view.language.text("meeting.which_event", moment=moment, source=event.source, id=event.id)
    return hint, {"key": keys[0]} if len(keys) == 1 else {}


def _people(view: View, contract: ContractRow) -> list[tuple[str, str]]:
    """Who may be said to be there: SERVICE/PERSON, and what they are called."""
    mentioning = Mentioning(view.seen.history)
    return [
        (f"{service}/{person}", view.person(f"{service}/{person}"))
        for service in dict.fromkeys((contract.supplier, contract.client))
        for person in mentioning.taking_part(view.seen, service, view.now) or ()
    ][:100]
