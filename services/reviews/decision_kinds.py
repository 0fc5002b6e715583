"""The kinds of decisions that a review takes, and what each becomes (MEETING §1)."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from eventsourcing.domain import Aggregate

from domain.action import Action
from domain.breaches import action_due
from domain.contract import Contract
from domain.decisions import stream_of
from domain.excuse import Excuse
from domain.match import Match
from domain.plan import Ground
from domain.saying import said
from domain.terms import Party
from domain.times import local_date, zone
from services.breaches.following_up import FollowingUp, require_owner
from services.breaches.reading import read_action, read_breach
from services.breaches.ruling import day_reached, require_to_come
from services.causes.attributing import decided_attributions
from services.contracts.contracting import Contracting
from services.contracts.rows import ContractRow
from services.deciding import refusing, words_of
from services.errors import Invalid, Refused
from services.excuses.reading import read_excuse
from services.matches.matching import Matching
from services.matches.reading import read_keeper
from services.reviews.action_files import cited, documents, planned
from services.reviews.agenda_state import wording_of
from services.reviews.effects import Decision, Kind, Meeting, Subject, number_argument, optional_text, text_argument
from services.reviews.moving import move_next
from services.reviews.reading import read_reviews
from services.reviews.rows import Arguments

ANSWERS: Final = ("accept", "refuse")
CHANGES_OF_ACTIONS: Final = ("reschedule", "reassign", "accept-as-is")
SHORTEST_FINGERPRINT: Final = 16


def action(meeting: Meeting, decision: Decision) -> list[Aggregate]:
    """An action of the service that owes the deliverable."""
    commitment = text_argument(decision, "commitment")
    meeting.require_own(commitment.partition("/")[0], commitment)
    arguments = decision.arguments
    made = FollowingUp(meeting.history, meeting.seeing, meeting.now).opening(
        meeting.seen,
        commitment,
        str(arguments.get("text") or decision.text),
        person=optional_text(decision, "person"),
        due=_day(decision, "due") if "due" in arguments else _before_the_next(meeting),
        by=decision.by,
        review=meeting.row.id,
        is_agreed=meeting.is_agreed,
    )
    breach = optional_text(decision, "breach")
    if breach is not None:
        meeting.require_own(read_breach(meeting.seen, breach).commitment.partition("/")[0], f"breach:{breach}")
    refs = [f"review:{meeting.row.id}#{decision.number}", *([f"breach:{breach}"] if breach else ())]
    refs += [one for one in cited(meeting, decision) if one not in refs]
    position, plan = meeting.seen.known.position, planned(meeting, decision, commitment)
    grounds: list[Ground] = [{"ref": one, "document": None, "position": position} for one in refs]
    grounds += [{"ref": None, "document": one, "position": position} for one in documents(decision)]
    with refusing(commitment):
        made.ground(grounds, by=decision.by, at=meeting.at)
        if plan is not None:
            made.make_plan(plan, by=decision.by, at=meeting.at)
    return [meeting.put(made)]


def excuse(meeting: Meeting, decision: Decision) -> list[Aggregate]:
    """The answer of the party that was asked, under the name of who signs for it."""
    found, answer = _excuse(meeting, decision), text_argument(decision, "answer")
    if any(one["at"] > decision.at for one in found.answers):
        raise Refused(said("it was answered since it was decided"), place=f"excuse:{found.excuse}")
    if answer not in ANSWERS:
        raise Invalid(said("“{answer}” is no answer", answer=answer), place="answer", mend=", ".join(ANSWERS))
    party = _party(found.other)
    words = words_of(decision.text, "")
    with refusing(f"excuse:{found.excuse}"):
        if answer == "accept":
            found.accept(words, party=party, by=meeting.names[party], at=meeting.at)
        else:
            found.refuse(words_of(decision.text), party=party, by=meeting.names[party], at=meeting.at)
    return [found]


def dispute(meeting: Meeting, decision: Decision) -> list[Aggregate]:
    """The arbiter is to decide, says the party that asked."""
    found = _excuse(meeting, decision)
    party = _party(found.party)
    with refusing(f"excuse:{found.excuse}"):
        found.dispute(words_of(decision.text), party=party, by=meeting.names[party], at=meeting.at)
    return [found]


def amendment(meeting: Meeting, decision: Decision) -> list[Aggregate]:
    """Both signatures on the proposal that waits, as it was read."""
    id = decision.arguments.get("contract", meeting.contract.id)
    meeting.require_own(str(id), str(id))
    found = meeting.get(stream_of("contract", meeting.contract.id), Contract)
    number, wording, waiting = number_argument(decision, "version"), _fingerprint(decision), found.pending
    if waiting is None or len(found.agreed) + 1 != number or not wording_of(waiting.document).startswith(wording):
        raise Refused(
            said("version {number} in that wording does not wait for signatures", number=number),
            place=found.contract,
            mend=said("read what waits, then decide"),
            slug="proposal-moved",
        )
    Contracting(meeting.history, meeting.seeing, meeting.now).sign_for_both(found, meeting.names)
    return [found]


def match(meeting: Meeting, decision: Decision) -> list[Aggregate]:
    """The event is evidence for the occurrence; the other party has accepted it where a final period changes."""
    commitment, event = text_argument(decision, "commitment"), number_argument(decision, "event")
    meeting.require_own(commitment.partition("/")[0], commitment)
    keeper: Party = read_keeper(meeting.seen, commitment)
    existing = meeting.find(stream_of("match", f"{commitment}@{event}"), Match)
    made = Matching(meeting.history, meeting.seeing, meeting.now).made(
        meeting.seen,
        event,
        commitment,
        text_argument(decision, "key"),
        existing,
        role=optional_text(decision, "role"),
        text=decision.text,
        party=keeper,
        by=meeting.names[keeper],
    )
    if made.needs:
        other = _party(made.other)
        with refusing(commitment):
            made.accept("", party=other, by=meeting.names[other], at=meeting.at)
    return [meeting.put(made)]


def attribute(meeting: Meeting, decision: Decision) -> list[Aggregate]:
    """The root cause of breaches, as both have decided it."""
    ids = [one.strip().removeprefix("breach:") for one in text_argument(decision, "breaches").split(",") if one.strip()]
    for id in ids:
        meeting.require_own(read_breach(meeting.seen, id).commitment.partition("/")[0], f"breach:{id}")
    cause, review = text_argument(decision, "root_cause"), meeting.row.id
    found = decided_attributions(meeting.seen, ids, cause, review, by=decision.by, at=meeting.at)
    return [meeting.put(one) for one in found]


def reschedule(meeting: Meeting, decision: Decision) -> list[Aggregate]:
    """An action gets another day."""
    found, due = _action(meeting, decision), _day(decision, "due")
    if not meeting.is_agreed:
        require_to_come(meeting.seen, found.commitment, due, meeting.at)
    with refusing(f"action:{found.action}"):
        found.reschedule(due.isoformat(), _reason(decision), by=decision.by, at=meeting.at, review=meeting.row.id)
    return [found]


def reassign(meeting: Meeting, decision: Decision) -> list[Aggregate]:
    """An action gets another person, or the other party owns it."""
    found, owner = _action(meeting, decision), text_argument(decision, "owner")
    if owner not in (meeting.contract.supplier, meeting.contract.client):
        parties = f"{meeting.contract.supplier}, {meeting.contract.client}"
        raise Invalid(said("“{owner}” is no party of this contract", owner=owner), place="owner", mend=parties)
    person = optional_text(decision, "person")
    if person is not None:
        require_owner(person, FollowingUp(meeting.history, meeting.seeing, meeting.now).owners(meeting.seen, owner))
    with refusing(f"action:{found.action}"):
        found.reassign(owner, person, _reason(decision), by=decision.by, at=meeting.at, review=meeting.row.id)
    return [found]


def accept_as_is(meeting: Meeting, decision: Decision) -> list[Aggregate]:
    """An action is let be as it is, without effect."""
    found = _action(meeting, decision)
    with refusing(f"action:{found.action}"):
        found.accept_as_is(meeting.row.id, _reason(decision), by=decision.by, at=meeting.at)
    return [found]


def following(meeting: Meeting, decision: Decision) -> list[Aggregate]:
    """The next review, at another time."""
    time = optional_text(decision, "time")
    return [meeting.put(move_next(meeting, _day(decision, "date"), time, _reason(decision)))]


def _action(meeting: Meeting, decision: Decision) -> Action:
    row = read_action(meeting.seen, text_argument(decision, "action").removeprefix("action:"))
    meeting.require_own(row.commitment.partition("/")[0], f"action:{row.id}")
    return meeting.get(UUID(row.id), Action)


def _excuse(meeting: Meeting, decision: Decision) -> Excuse:
    id = text_argument(decision, "excuse").removeprefix("excuse:")
    row = read_excuse(meeting.seen, id)
    meeting.require_own(row.contract, f"excuse:{row.id}")
    return meeting.get(UUID(row.id), Excuse)


def _reason(decision: Decision) -> str:
    return words_of(str(decision.arguments.get("reason") or decision.text))


def _fingerprint(decision: Decision) -> str:
    digits = "".join(text_argument(decision, "fingerprint").split()).lower()
    if len(digits) < SHORTEST_FINGERPRINT:
        least = said("at least {least} digits of it", least=SHORTEST_FINGERPRINT)
        raise Invalid(said("“{given}” is no fingerprint", given=digits), place="fingerprint", mend=least)
    return digits


def _day(decision: Decision, name: str) -> date:
    try:
        return date.fromisoformat(text_argument(decision, name))
    except ValueError as error:
        raise Invalid(
            said("“{day}” is no day", day=str(decision.arguments[name])), place=name, mend=said("such as 2026-03-09")
        ) from error


def _before_the_next(meeting: Meeting) -> date:
    """The day on which an action is due that nobody gave one: as one that the platform opens."""
    here = zone(meeting.contract.timezone)
    rows = read_reviews(meeting.seen, contract=meeting.contract.id)
    following = [one.starts for one in rows if one.state == "planned" and one.starts > meeting.row.starts]
    today = day_reached(meeting.seen, f"{meeting.contract.id}/", meeting.at)
    return action_due(today, local_date(min(following), here) if following else None)


def _party(text: str) -> Party:
    return "supplier" if text == "supplier" else "client"


def _of(sort: str) -> Subject:
    return lambda _, of: f"{sort}:{str(of[sort]).removeprefix(f'{sort}:')}"


def _of_contract(contract: ContractRow, _: Arguments) -> str:
    return f"contract:{contract.id}"


KINDS: Final = {
    one.name: one
    for one in (
        Kind(
            "action",
            ("commitment",),
            ("text", "person", "due", "owner", "breach", "plan", "because", "documents"),
            _of("commitment"),
            action,
        ),
        Kind("excuse", ("excuse", "answer"), (), _of("excuse"), excuse, excludes=("excuse", "dispute")),
        Kind("amendment", ("version", "fingerprint"), ("contract",), _of_contract, amendment, excludes=("amendment",)),
        Kind("match", ("event", "commitment", "key"), ("role",), _of("commitment"), match),
        Kind("dispute", ("excuse",), (), _of("excuse"), dispute, excludes=("excuse", "dispute")),
        Kind(
            "attribute",
            ("breaches", "root_cause"),
            (),
            lambda _, of: f"breach:{str(of['breaches']).partition(',')[0]}",
            attribute,
        ),
        Kind(
            "reschedule",
            ("action", "due"),
            ("reason",),
            _of("action"),
            reschedule,
            excludes=("reschedule", "accept-as-is"),
        ),
        Kind(
            "reassign",
            ("action", "owner"),
            ("person", "reason"),
            _of("action"),
            reassign,
            excludes=("reassign", "accept-as-is"),
        ),
        Kind("accept-as-is", ("action",), ("reason",), _of("action"), accept_as_is, excludes=CHANGES_OF_ACTIONS),
        Kind("next", ("date",), ("time", "reason"), _of_contract, following, excludes=("next",)),
    )
}
"""By their names."""


def kind_named(name: str) -> Kind:
    """Raises Invalid for a kind that is not built."""
    found = KINDS.get(name)
    if found is None:
        raise Invalid(
            said("“{name}” is no kind of decision", name=name), place="kind", mend=", ".join(KINDS), slug="kind-unknown"
        )
    return found
