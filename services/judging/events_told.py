"""What the platform tells of reviews and actions as events, for contracts that promise something about them (MEETING §1), and of
complaints.

An event of a review or an action goes out only where a contract of the same two parties selects it by its source, so that it stands
beside the evidence of a promise and nowhere else. Of an action about a commitment that itself counts the platform's events nothing
goes out: no breach feeds the promise whose breach it was.
Of a complaint each state is told, to its two services: what is promised about it may be agreed later (SHARED §7).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from eventsourcing.domain import Aggregate

from domain.action import Action
from domain.events import OF_COMPLAINTS, OF_REVIEWS, OWN, OperationalEvent
from domain.offers.complaint import Complaint
from domain.review import Review
from domain.times import Instant
from services.history.databases import Transaction
from services.history.history import Entry
from services.judging.bench import Bench
from services.judging.catalogue import InForce
from services.judging.event_outbox import KIND, outbox_name
from services.judging.meetings import meetings
from services.judging.outbox import outbox_id, put_in_outbox

_OF_REVIEWS: Final[Mapping[str, str]] = {
    Review.Created.TOPIC: "review.called",
    Review.Submitted.TOPIC: "review.submitted",
    Review.Signed.TOPIC: "review.signed",
    Review.Refused.TOPIC: "review.refused",
    Review.Cancelled.TOPIC: "review.cancelled",
}
_OF_ACTIONS: Final[Mapping[str, str]] = {
    Action.Created.TOPIC: "action.opened",
    Action.Closed.TOPIC: "action.closed",
    Action.EffectFound.TOPIC: "action.effect-found",
}
_OF_COMPLAINTS: Final[Mapping[str, str]] = {
    one.TOPIC: one.TOPIC.removeprefix("entente.")
    for one in (
        Complaint.Created,
        Complaint.Acknowledged,
        Complaint.Classified,
        Complaint.Answered,
        Complaint.Accepted,
        Complaint.Contested,
        Complaint.Closed,
    )
}


class Told(NamedTuple):
    """An event without its id."""

    source: str
    type: str
    time: Instant
    subject: str
    data: dict[str, Any]


def tell_of(bench: Bench, writes: Transaction, aggregate: Aggregate, entry: Entry) -> None:
    """Asks for the event that tells of that entry, where there is one and a promise is made about it."""
    told = _told(bench, aggregate, entry) if bench.share.keeps_common else None
    if told is not None:
        name = outbox_name(entry.position)
        put_in_outbox(writes, name, entry.position, KIND, {"id": outbox_id(name), **told})


def _told(bench: Bench, aggregate: Aggregate, entry: Entry) -> dict[str, Any] | None:
    if isinstance(aggregate, Complaint):
        return _of_complaint(bench, aggregate, entry)
    if isinstance(aggregate, Review):
        contract = bench.catalogue.contracts.get(aggregate.contract)
        told = _of_review(bench, contract, aggregate, entry) if contract is not None else None
    elif isinstance(aggregate, Action):
        contract = bench.catalogue.contracts.get(aggregate.commitment.partition("/")[0])
        told = _of_action(bench, contract, aggregate, entry) if contract is not None else None
    else:
        return None
    if told is None or contract is None:
        return None
    shown_to = tuple(sorted({contract.supplier, contract.client}))
    event = OperationalEvent("", told.source, told.type, told.time, told.subject, told.data, shown_to=shown_to)
    if not any(one.route(event) for one in bench.catalogue.selecting(event)):
        return None
    return {**told._asdict(), "shown_to": shown_to}


def _of_review(bench: Bench, contract: InForce, review: Review, entry: Entry) -> Told | None:
    """A signature is told of once both have signed; that it was called as of its end."""
    type = _OF_REVIEWS.get(entry.topic)
    if type is None or (type == "review.signed" and not review.is_signed):
        return None
    said: dict[str, Any] = _parties(contract)
    if type == "review.called":
        found = next(iter(meetings(contract, review.starts - 1, review.starts)), None)
        ends = review.ends or (found.ends if found is not None else review.starts)
        return Told(OF_REVIEWS, type, ends, review.review, said)
    if type != "review.cancelled":
        said["revision"] = review.refusals[-1]["revision"] if type == "review.refused" else review.revision
    return Told(OF_REVIEWS, type, _when(bench, contract, entry), review.review, said)


def _of_action(bench: Bench, contract: InForce, action: Action, entry: Entry) -> Told | None:
    type = _OF_ACTIONS.get(entry.topic)
    own = next((one for one in contract.commitments if one.id == action.commitment), None)
    if type is None or (own is not None and any(_is_own(one) for each in own.selectors for one in each.sources)):
        return None
    said = {**_parties(contract), "commitment": action.commitment, "owner": action.owner, "due": action.due}
    if type == "action.effect-found":
        said["verdict"] = action.checks[-1]["verdict"]
    return Told(OF_REVIEWS, type, _when(bench, contract, entry), action.action, said)


def _of_complaint(bench: Bench, complaint: Complaint, entry: Entry) -> dict[str, Any] | None:
    """`time` is when it happened, as whoever said it says."""
    type = _OF_COMPLAINTS.get(entry.topic)
    if type is None:
        return None
    said: Any = bench.history.decode(entry)
    told = Told(OF_COMPLAINTS, type, said.time, complaint.complaint, complaint.data)
    return {**told._asdict(), "shown_to": sorted({complaint.supplier, complaint.client})}


def _parties(contract: InForce) -> dict[str, Any]:
    return {"contract": contract.id, "supplier": contract.supplier, "client": contract.client}


def _when(bench: Bench, contract: InForce, entry: Entry) -> Instant:
    """The moment that the entry names. Of what people do in a store that lives, the clock's; else how far time is, which is what they
    decide by."""
    said: Any = bench.history.decode(entry)
    moment: Instant | None = getattr(said, "moment", None)
    if moment is not None:
        return moment
    at: Instant = said.at
    reached = bench.time_of(contract.id)
    return at if bench.lives or reached is None else reached


def _is_own(source: str) -> bool:
    return source.startswith(OWN)
