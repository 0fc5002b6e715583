"""Where the items of an agenda come from: a list to which a part adds its own (MEETING §2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from domain.repeats import Cause
from domain.times import local_date, show
from services.breaches.effects import read_effects
from services.breaches.rows import ActionRow
from services.causes.reading import read_causes
from services.figures.reading import read_figures
from services.figures.rows import FigureRow
from services.reviews import agenda_standing
from services.reviews.agenda_state import UNSIGNED_STATES, AgendaState, Item, Proposal, Source, wording_of
from services.reviews.agenda_words import (
    LANGUAGES,
    Sentence,
    action_called,
    listed,
    machine_cause_called,
    named,
    number_called,
    period_called,
    sentence,
    target_words,
    told,
    within_period,
)
from services.reviews.decision_words import Teller
from services.reviews.pack_part_shapes import PackAnswer, PackAsked, PackBreach, Title
from services.reviews.rows import Argument, ReviewRow
from services.reviews.things_called import occurrence_called


def unsigned(state: AgendaState) -> Iterator[Item]:
    """Earlier reviews that were not signed: one item. What was skipped and settled so once is in later agendas no more."""
    settled = [
        one.starts
        for one in state.earlier
        for item, outcome in one.outcomes.items()
        if item.startswith("unsigned:") and outcome.outcome != "carried"
    ]
    over = max(settled, default=-1)
    found = [
        one
        for one in state.earlier
        if one.state in UNSIGNED_STATES and not (one.state == "skipped" and one.starts < over)
    ]
    if found:
        first, day = found[0], _day(state, found[0])
        key = "unsigned" if len(found) > 1 else "unsigned.1"
        words = sentence(key, count=len(found), day=day)
        yield Item("unsigned", f"review:{first.id}", f"review:{first.id}", words, 5, since=day.isoformat())


def restated(state: AgendaState) -> Iterator[Item]:
    for one in state.pack["to_decide"]:
        if one["code"] == "restated":
            index = next(
                each["target_index"]
                for side in state.pack["sides"]
                for each in side["figures"]
                if (each["commitment"], each["period"]) == (one["commitment"], one["period"])
                and each["state"] == "restated"
            )
            figure = f"figure:{one['commitment']}#{index}@{one['period']}"
            key = "restated" if one["before"] != one["after"] else "restated.same"
            within = within_period(one["period"])
            before, after = number_called(one["before"]), number_called(one["after"])
            words = sentence(key, what=named(one), before=before, after=after, within=within)
            yield Item("restated", figure, figure, words, 3)


def last_time(state: AgendaState) -> Iterator[Item]:
    """What became of the decisions of the last review that both have signed."""
    last = next((one for one in reversed(state.earlier) if one.state == "signed"), None)
    if last is None or not (last.taken or last.decisions):
        return
    actions = {one.id: one for one in state.actions}
    streams, tell = dict(last.took_effect), Teller(state.seen, last)
    became: list[tuple[int, Sentence]] = [
        (one.decision, _became(tell.sentence(one), actions.get(streams.get(one.decision, "")))) for one in last.taken
    ]
    became += [
        (number, {"en": text, "fr": text}) for number, (_, _, text) in zip(last.numbers, last.decisions, strict=True)
    ]
    parts = [
        {language: f"{number}. {words[language]}" for language in words} for number, words in sorted(became, key=_first)
    ]
    day = _day(state, last)
    words = sentence("last-time", day=day, list=listed(parts))
    yield Item("last-time", f"review:{last.id}", f"review:{last.id}", words, 5, since=day.isoformat())


def effects(state: AgendaState) -> Iterator[Item]:
    """What was found of actions since the review before, or turned since; what helped too little may be let be as it is."""
    actions = {one.id: one for one in state.actions}
    for one in read_effects(state.seen, state.contract.id, state.since):
        action, subject = actions.get(one.action), f"action:{one.action}"
        text = action_called(action.text, action.cause) if action is not None else {"": one.action}
        is_nothing = one.verdict == "holding" and one.now["after"]["missed"] == one.now["before"]["missed"] == 0
        words = sentence(
            "effect.nothing" if is_nothing else f"effect.{one.verdict}", what=state.called(one.commitment), text=text
        )
        kinds = ("accept-as-is",) if one.verdict in FAILED else ()
        proposals = tuple(Proposal(kind, {"action": one.action}) for kind in kinds)
        since = show(one.found["at"], state.here) if one.found is not None else None
        yield Item("effect", subject, subject, words, 5, since=since, proposals=proposals)


def repeats(state: AgendaState) -> Iterator[Item]:
    """Groups of two breaches or more, in their order; where nobody has named a root cause, it is to be named."""
    titles = {id: dict(one.title.by_language) for id, one in read_causes(state.seen).items()}
    debtors = {one["id"]: one for one in state.pack["breaches"]}
    for group in state.subjects.repeated:
        cause, ids = group.cause, ",".join(group.breaches)
        named_as = titles.get(cause.root_cause or "") or _group_called(state, cause)
        words = sentence("repeat", what=named_as, count=len(group.breaches), misses=len(group.misses))
        found = debtors.get(group.breaches[-1])
        proposals = [Proposal("attribute", {"breaches": ids})] if cause.root_cause is None else []
        if found is not None:
            about: dict[str, Argument] = {"commitment": found["commitment"], "owner": found["debtor"]}
            proposals.append(Proposal("action", {**about, "breach": found["id"]}))
        yield Item("repeat", cause.key, f"repeat:{cause.key}", words, 10, proposals=tuple(proposals))


def _group_called(state: AgendaState, cause: Cause) -> Title:
    """The id of a root cause that no list has any more, else what the machine saw of the deliverable."""
    if cause.root_cause is not None:
        return {"": cause.root_cause}
    titles = {one.deliverable.id: dict(one.deliverable.title.by_language) for one in state.commitments.values()}
    id = cause.deliverable or ""
    return machine_cause_called(titles.get(id, {"": id}), cause.machine_cause)


def escalated(state: AgendaState) -> Iterator[Item]:
    """Open actions of which step 2 of the ladder, or a higher one, was reached."""
    for one in state.actions:
        step = max((each["step"] for each in one.escalations), default=0)
        if one.state == "open" and step >= SECOND_STEP:
            subject = f"action:{one.id}"
            what, text = state.called(one.commitment), action_called(one.text, one.cause)
            proposals = tuple(Proposal(kind, {"action": one.id}) for kind in ("reschedule", "reassign", "accept-as-is"))
            words = sentence("escalated", what=what, text=text, step=step)
            yield Item("escalated", subject, subject, words, 3, proposals=proposals)


def breaches(state: AgendaState) -> Iterator[Item]:
    """Those of the pack that are in no group, by the weight of their criterion, then as the pack has them."""
    grouped = {id for group in state.subjects.repeated for id in group.breaches}
    single = [one for one in state.pack["breaches"] if one["id"] not in grouped]
    for one in sorted(single, key=lambda each: -_weight(state, each["commitment"])):
        if one["state"] in ("open", "withdrawn"):
            key = (
                "breach.withdrawn"
                if one["state"] == "withdrawn"
                else "breach.explained"
                if one["explanations"]
                else "breach"
            )
            proposals = _for_breach(one) if one["state"] == "open" and one["action"] is None else ()
            words, subject = sentence(key, what=named(one), within=within_period(one["period"])), f"breach:{one['id']}"
            yield Item("breach", subject, subject, words, 5, since=one["opened_at"], proposals=proposals)


def amendments(state: AgendaState) -> Iterator[Item]:
    documents = {one.number: one.document for one in state.contract.versions if one.state == "proposed"}
    for one in state.pack["to_decide"]:
        if one["code"] == "amendment":
            subject = f"contract:{state.contract.id}#{one['version']}"
            fingerprint = wording_of(documents[one["version"]])
            proposal = Proposal("amendment", {"version": one["version"], "fingerprint": fingerprint})
            words = sentence("amendment", number=one["version"], day=date.fromisoformat(one["effective"]))
            yield Item("amendment", subject, subject, words, 3, proposals=(proposal,))


def excuses(state: AgendaState) -> Iterator[Item]:
    asked = {one["id"]: one["asked_at"] for one in state.pack["excuses"]}
    for one in state.pack["to_decide"]:
        if one["code"] == "excuse":
            id, subject = one["excuse"], f"excuse:{one['excuse']}"
            words = sentence(f"excuse.{one['state']}", what=_asked_for(one), of=_extent(state, one))
            answers = ("accept", "refuse") if one["state"] == "asked" else ("accept",)
            proposals = tuple(Proposal("excuse", {"excuse": id, "answer": answer}) for answer in answers)
            yield Item("excuse", subject, subject, words, 3, since=asked[id], proposals=proposals)
    for other in state.pack["excuses"]:
        if other["state"] == "refused" and other["waits_for"] is None and not _is_for_good(other["answers"]):
            subject = f"excuse:{other['id']}"
            words = sentence("excuse.refused", what=_asked_for(other), of=_extent(state, other))
            proposal = Proposal("dispute", {"excuse": other["id"]})
            yield Item("excuse", subject, subject, words, 3, since=other["asked_at"], proposals=(proposal,))


def overdue(state: AgendaState) -> Iterator[Item]:
    """By due, as the pack has them."""
    for one in state.pack["actions"]:
        if one["is_overdue"] and one["due"] is not None:
            key, day = ("overdue.text" if one["text"] else "overdue"), date.fromisoformat(one["due"])
            words, subject = sentence(key, what=named(one), text=one["text"], day=day), f"action:{one['id']}"
            proposals = tuple(Proposal(kind, {"action": one["id"]}) for kind in ("reschedule", "accept-as-is"))
            yield Item("overdue", subject, subject, words, 3, since=one["due"], proposals=proposals)


def tight(state: AgendaState) -> Iterator[Item]:
    """Targets of the running period that one more miss loses, or that are below their bound so far."""
    for one in read_figures(state.seen, contract=state.contract.id):
        if one.state == "open" and one.outlook == "tight" and one.commitment in state.commitments:
            figure = f"figure:{one.commitment}#{one.target_index}@{one.period}"
            words = sentence(
                _tight(one),
                what=state.called(one.commitment),
                target=target_words(one.target),
                period=period_called(one.period),
                count=one.must_keep,
            )
            yield Item("tight", figure, figure, words, 2)


def _tight(figure: FigureRow) -> str:
    """While what may still come has no number, what is tight is below its target so far."""
    if figure.misses_left is not None:
        return "tight"
    return "tight.below-by" if figure.must_keep else "tight.below"


FAILED: Final = ("ineffective", "worse", "short")
"""The verdicts of an action that did not help enough."""
SECOND_STEP: Final = 2
SOURCES: Final[tuple[Source, ...]] = (
    unsigned,
    restated,
    effects,
    last_time,
    repeats,
    breaches,
    amendments,
    excuses,
    overdue,
    escalated,
    tight,
    agenda_standing.suggested,
    agenda_standing.unmonitored,
    agenda_standing.unmatched,
    agenda_standing.quarantine,
    agenda_standing.calendar_ends,
    agenda_standing.contract_ends,
)
"""The sources; the order of their codes stands in `agenda.ORDER`."""


def _day(state: AgendaState, row: ReviewRow) -> date:
    return local_date(row.starts, state.here)


def _first(pair: tuple[int, Sentence]) -> int:
    return pair[0]


def _became(said: Sentence, action: ActionRow | None) -> Sentence:
    """What a decision of last time came to."""
    if action is None:
        became = sentence("took-effect")
    elif action.state == "open":
        became = sentence("action.open", day=action.due) if action.due else sentence("action.open.undated")
    else:
        became = sentence(f"action.{action.state}")
    return {language: f"{said[language]} ({words})" for language, words in became.items()}


def _for_breach(one: PackBreach) -> tuple[Proposal, ...]:
    return (Proposal("action", {"commitment": one["commitment"], "owner": one["debtor"], "breach": one["id"]}),)


def _weight(state: AgendaState, commitment: str) -> Decimal:
    found = state.commitments.get(commitment)
    return found.criterion.weight if found is not None else Decimal(0)


def _asked_for(one: PackAsked) -> Title:
    """What an excuse is asked for: a commitment, a deliverable, or the contract."""
    titles = [title for title in (one["deliverable"], one["criterion"]) if title]
    if not titles:
        return {"": one["commitment"]}
    return {language: ", ".join(told(title, language) for title in titles) for language in LANGUAGES}


def _extent(state: AgendaState, one: PackAsked) -> Sentence:
    """`16 February 2026`, or the days of an interval."""
    if one["keys"]:
        return listed([occurrence_called(state.seen, one["commitment"], key, state.here) for key in one["keys"]])
    days = [date.fromisoformat(moment[:10]) for moment in (one["from"], one["until"]) if moment]
    return {language: " – ".join(told(day, language) for day in days) for language in LANGUAGES}


def _is_for_good(answers: Sequence[PackAnswer]) -> bool:
    return any(one["party"] == "arbiter" for one in answers)
