"""What happens that somebody may be told of, kind by kind.

Each finder reads one state as the platform sees it, and says of each thing whom it is for. That alone tells nobody: whoever
is told must see the thing, too, which is asked in one place (`telling.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

import msgspec

from domain.times import Instant, local_date, zone
from services.access import Principal, Right
from services.actions.escalated import is_escalated
from services.arrivals.reading import read_quarantine
from services.breaches.breach_rows import Asked, actions
from services.breaches.rows import ActionRow
from services.by import by_of
from services.contracts.reading import read_contracts
from services.contracts.rows import ContractRow, SignatureRow, VersionRow
from services.directory.reading import read_sources
from services.errands.mentions import read_mentions
from services.excuses.reading import read_excuses
from services.excuses.rows import ExcuseRow
from services.judging.ladder_book import reminders_of
from services.notices.kinds import Kind
from services.reminders.reading import read_answered_reminders, read_reminders
from services.reviews.reading import read_reviews
from services.reviews.rows import WAITS_FOR_SIGNATURES, ReviewRow
from services.seeing.seen import Seen
from services.tables.documents import StoredChange

DUE_WITHIN: Final = 10
"""Calendar days before its due day from which on it is asked whether only two open days are left."""
LOOK_BACK: Final = 7
"""Days after its due day on which an action is told of for the first time, at most."""
MOST_SET_ASIDE: Final = 1_000
"""Items that are looked at: more of them are one fault, of which somebody is told once."""


@dataclass(frozen=True, slots=True)
class News:
    """One transition of a subject, at the instant at which it happened. `source`: what it came from, a contract or a tool: of one kind
    and source somebody is mailed at most once an hour. `is_for`: whether it is somebody's to hear; `sees`: whether the thing is
    shown to them."""

    kind: Kind
    subject: str
    transition: str
    at: Instant
    source: str
    is_for: Callable[[Principal], bool]
    sees: Callable[[Seen], bool]


Finder = Callable[[Seen, Instant, frozenset[str]], Iterable[News]]
"""Given a state, the instant from which on things are told, and who is let in: an owner who is gone answers for nothing."""


def breaches(seen: Seen, since: Instant, people: frozenset[str]) -> Iterator[News]:
    sql = "SELECT id, commitment, opened_at FROM view_breach WHERE state = 'open' AND opened_at >= ? ORDER BY opened_at, id"
    for id, commitment, at in seen.reads.query(sql, [since]):
        if commitment in seen.catalogue.commitments:
            yield News(
                "breach",
                f"breach:{id}",
                "opened",
                at,
                commitment.partition("/")[0],
                _answers_for(seen, commitment, people),
                _sees_commitment(commitment),
            )


def taken_back(seen: Seen, since: Instant, people: frozenset[str]) -> Iterator[News]:
    """Breaches that wait again, since what was said of them was taken back: for who answers for them."""
    sql = "SELECT id, commitment, document FROM view_breach WHERE state = 'open' AND is_explained = 0 AND document IS NOT NULL"
    for id, commitment, document in seen.reads.query(f"{sql} ORDER BY id"):
        at = _decode_again(document).taken_back_at
        if at is not None and at >= since and commitment in seen.catalogue.commitments:
            is_for, sees = _answers_for(seen, commitment, people), _sees_commitment(commitment)
            yield News("breach", f"breach:{id}", f"waits:{at}", at, commitment.partition("/")[0], is_for, sees)


class _Again(msgspec.Struct):
    """The field of a breach's document that says when it waited again."""

    taken_back_at: Instant | None = None


_decode_again = msgspec.json.Decoder(_Again).decode


def _answers_for(
    seen: Seen, commitment: str, people: frozenset[str], person: str | None = None
) -> Callable[[Principal], bool]:
    """Who answers for it: that person, else who owns the indicator, else the heads of the service that owes it."""
    version = seen.catalogue.commitments[commitment].newest
    named = next((one for one in (person, version.criterion.owner) if one in people), None)
    if named is not None:
        return lambda who: who.person == named
    return lambda who: who.may(Right.BIND, version.debtor)


def _sees_commitment(commitment: str) -> Callable[[Seen], bool]:
    return lambda seen: seen.sees_commitment(commitment)


def excuses(seen: Seen, since: Instant, people: frozenset[str]) -> Iterator[News]:
    """One that is asked, for who may answer it; one that is answered, for who asked."""
    for row in read_excuses(seen):
        at = row.answers[-1].at if row.answers else row.asked_at
        if at < since:
            continue
        sees = _sees_excuse(row.id)
        if row.waits_for is not None:
            yield News("excuse", f"excuse:{row.id}", row.state, at, row.contract, _answers(row), sees)
        asker = by_of(row.asked_by).person
        if row.answers and asker:
            transition = f"answered:{len(row.answers)}:{row.answers[-1].verb}"
            answered = by_of(row.answers[-1].by).person
            yield News("excuse", f"excuse:{row.id}", transition, at, row.contract, _is_one(asker, but=answered), sees)


def _answers(row: ExcuseRow) -> Callable[[Principal], bool]:
    """A party's head; of what is disputed an arbiter who is of neither party."""
    if row.waits_for == "administrator":
        return lambda who: who.may(Right.ARBITRATE) and not who.is_of(row.supplier, row.client)
    return lambda who: row.waits_for is not None and who.may(Right.BIND, row.waits_for)


def _is_one(person: str, *, but: str = "") -> Callable[[Principal], bool]:
    return lambda who: who.person == person != but


def _sees_excuse(id: str) -> Callable[[Seen], bool]:
    def sees(seen: Seen) -> bool:
        return any(row.id == id for row in seen.once(read_excuses))

    return sees


def signatures(seen: Seen, since: Instant, people: frozenset[str]) -> Iterator[News]:
    """Versions and minutes that a head has yet to sign."""
    contracts = {row.id: row for row in read_contracts(seen)}
    for row in contracts.values():
        version = next((one for one in reversed(row.versions) if one.state == "proposed"), None)
        if version is not None and version.proposed_at >= since:
            subject = f"version:{row.id}/{version.number}"
            transition = f"proposed:{version.position}"
            is_for = _signs(row, version.signatures)
            yield News("sign", subject, transition, version.proposed_at, row.id, is_for, _sees_contract(row))
    for review in read_reviews(seen):
        transition, at = _laid_before_both(review)
        if review.state in WAITS_FOR_SIGNATURES and at >= since:
            row = contracts[review.contract]
            is_for = _signs(row, review.signatures)
            yield News("sign", f"review:{review.id}", transition, at, row.id, is_for, _sees_contract(row))


def _laid_before_both(review: ReviewRow) -> tuple[str, Instant]:
    """Since what minutes wait for signatures: the end of the meeting, or what a chair has submitted."""
    submission = review.submission
    if submission is None or submission.by_signing:
        return "held", review.ends
    return f"submitted:{submission.revision}", submission.at


def refused(seen: Seen, since: Instant, people: frozenset[str]) -> Iterator[News]:
    """Wordings that the other party refused: for who proposed them, else the heads of that service."""
    for row in read_contracts(seen):
        for version in row.versions:
            if version.state == "refused" and version.refused_at is not None and version.refused_at >= since:
                subject, at = f"refused:{row.id}/{version.position}", version.refused_at
                is_for = _proposed(row, version, people)
                yield News("sign", subject, "refused", at, row.id, is_for, _sees_contract(row))


def _proposed(row: ContractRow, version: VersionRow, people: frozenset[str]) -> Callable[[Principal], bool]:
    person = by_of(version.proposed_by).person
    if person in people:
        return _is_one(person, but=by_of(version.refused_by).person)
    return lambda who: who.may(Right.BIND, row.service_of(version.party))


def _signs(row: ContractRow, signatures: Iterable[SignatureRow]) -> Callable[[Principal], bool]:
    signed = {one.service for one in signatures}
    waiting = [one for one in (row.supplier, row.client) if one not in signed]
    return lambda who: any(who.may(Right.BIND, one) for one in waiting)


def _sees_contract(row: ContractRow) -> Callable[[Seen], bool]:
    return lambda seen: seen.sees_contract(row.id, row.supplier, row.client)


def due_actions(seen: Seen, since: Instant, people: frozenset[str]) -> Iterator[News]:
    """Open ones that are due in two open days or fewer, and those whose day is over."""
    watermark = seen.known.watermark
    if watermark is None:
        return
    for row in actions(seen.reads, seen.catalogue, seen.known, Asked.of(state="open")):
        commitment = seen.catalogue.commitments.get(row.commitment)
        if row.due is None or commitment is None:
            continue
        today = local_date(watermark, zone(commitment.newest.terms.timezone))
        if not today.toordinal() - LOOK_BACK <= row.due.toordinal() <= today.toordinal() + DUE_WITHIN:
            continue
        calendar = seen.catalogue.contracts[commitment.contract].newest.calendar
        days = range(today.toordinal() + 1, row.due.toordinal() + 1)
        left = sum(calendar is None or not calendar.is_closed(date.fromordinal(one)) for one in days)
        if left > 2:
            continue
        transition = f"{'overdue' if row.is_overdue else 'due'}:{row.due.isoformat()}"
        is_for = _answers_for(seen, row.commitment, people, row.person)
        yield News(
            "action", f"action:{row.id}", transition, watermark, commitment.contract, is_for,
            _sees_commitment(row.commitment),
        )  # fmt: skip


def late_actions(seen: Seen, since: Instant, people: frozenset[str]) -> Iterator[News]:
    """The highest step of the ladder that each open action has reached, and the reminders before its day that its contract asks for."""
    watermark = seen.known.watermark
    if watermark is None:
        return
    for row in actions(seen.reads, seen.catalogue, seen.known, Asked.of(state="open")):
        commitment = seen.catalogue.commitments.get(row.commitment)
        if row.due is None or commitment is None:
            continue
        contract, sees = commitment.contract, _sees_commitment(row.commitment)
        last = max(row.escalations, key=lambda one: one["step"], default=None)
        if last is not None and last["at"] >= since:
            transition = f"escalated:{row.due.isoformat()}:{last['step']}"
            is_for = _is_told(seen, row, last["to"], people)
            told_of = _sees_escalated(row) if is_escalated(row) else sees
            yield News("action", f"action:{row.id}", transition, last["at"], contract, is_for, told_of)
        is_for = _answers_for(seen, row.commitment, people, row.person)
        for at in reminders_of(seen.catalogue.contracts[contract], row.opened_at, row.due):
            if since <= at <= watermark and not row.is_overdue:
                yield News(
                    "action", f"action:{row.id}", f"remind:{row.due.isoformat()}:{at}", at, contract, is_for, sees
                )


def _sees_escalated(row: ActionRow) -> Callable[[Seen], bool]:
    """An arbiter of no party sees a few things of it."""
    return lambda seen: seen.sees_commitment(row.commitment) or seen.who.may(Right.ARBITRATE)


def changed_actions(seen: Seen, since: Instant, people: frozenset[str]) -> Iterator[News]:
    """Open ones that were given another day or to somebody else, or were reopened: for the other party and who is to do it now; what
    the platform did for who owns it."""
    for row in actions(seen.reads, seen.catalogue, seen.known, Asked.of(state="open")):
        last = row.changes[-1] if row.changes else None
        commitment = seen.catalogue.commitments.get(row.commitment)
        if last is None or last["at"] < since or row.due is None or commitment is None:
            continue
        how = "reopened" if "check" in last else "moved" if "due" in last else "given"
        is_for, sees = _hears_of_change(seen, row, last, people), _sees_commitment(row.commitment)
        transition = f"{how}:{row.due.isoformat()}:{last['at']}"
        yield News("action", f"action:{row.id}", transition, last["at"], commitment.contract, is_for, sees)


def _hears_of_change(
    seen: Seen, row: ActionRow, change: StoredChange, people: frozenset[str]
) -> Callable[[Principal], bool]:
    by, owns = by_of(change["by"]), _owns(seen, row, people)
    if not by.service:
        return owns
    terms = seen.catalogue.commitments[row.commitment].newest.terms
    others = [one for one in (terms.supplier, terms.client) if one != by.service]
    return lambda who: who.person != by.person and (owns(who) or any(_heads(one, who) for one in others))


def _is_told(seen: Seen, row: ActionRow, to: Iterable[str], people: frozenset[str]) -> Callable[[Principal], bool]:
    """Who is told of a step: its owner, the heads of a party, the arbiter; somebody who is two of them once, as one."""
    terms = seen.catalogue.commitments[row.commitment].newest.terms
    asked: list[Callable[[Principal], bool]] = []
    for one in to:
        if one == "owner":
            asked.append(_owns(seen, row, people))
        elif one == "arbiter":
            asked.append(lambda who: who.may(Right.ARBITRATE))
        else:
            service = terms.supplier if one == "supplier" else terms.client
            asked.append(partial(_heads, service))
    return lambda who: any(is_for(who) for is_for in asked)


def _heads(service: str, who: Principal) -> bool:
    return who.may(Right.BIND, service)


def _owns(seen: Seen, row: ActionRow, people: frozenset[str]) -> Callable[[Principal], bool]:
    """Its person, else who owns the indicator, else the heads of the service that owns it."""
    indicator_owner = seen.catalogue.commitments[row.commitment].newest.criterion.owner
    named = next((one for one in (row.person, indicator_owner) if one in people), None)
    return partial(_heads, row.owner) if named is None else lambda who: who.person == named


def mentions(seen: Seen, since: Instant, people: frozenset[str]) -> Iterator[News]:
    """What somebody was named in, until it is seen."""
    for row in read_mentions(seen, since):
        contract = row.scope.partition("/")[0]
        sees = _sees_commitment(row.scope) if "/" in row.scope else _sees_named(contract)
        yield News("mention", row.thing, "made", row.at, contract, _is_one(row.person), sees)


def _sees_named(contract: str) -> Callable[[Seen], bool]:
    return lambda seen: any(row.id == contract for row in seen.once(read_contracts))


def silent_tools(seen: Seen, since: Instant, people: frozenset[str]) -> Iterator[News]:
    """Tools of which nothing came for longer than their service expects: for who may send for it."""
    watermark = seen.known.watermark or 0
    for row in read_sources(seen):
        if row.service is None or not row.is_silent or row.expected_every is None or row.last is None:
            continue
        at = row.last + row.expected_every
        if since <= at <= watermark:
            service = row.service
            yield News(
                "silent", f"source:{row.source}", f"silent:{row.last}", at, row.source,
                _sends_for(service), _sees_service(service),
            )  # fmt: skip


def set_aside(seen: Seen, since: Instant, people: frozenset[str]) -> Iterator[News]:
    """Events in quarantine: for who may send for the service that sent them."""
    for row in read_quarantine(seen, limit=MOST_SET_ASIDE):
        service = by_of(row.by).service
        at = row.received if row.taken_back is None else row.taken_back
        if at >= since and service:
            transition = "waiting" if row.taken_back is None else f"waiting:{at}"
            yield News(
                "quarantine", f"item:{row.id}", transition, at, service,
                _sends_for(service), _sees_service(service),
            )  # fmt: skip


def _sees_service(service: str) -> Callable[[Seen], bool]:
    return lambda seen: seen.sees(service)


def _sends_for(service: str) -> Callable[[Principal], bool]:
    return lambda who: who.may(Right.PUSH, service)


def reminders(seen: Seen, since: Instant, people: frozenset[str]) -> Iterator[News]:
    """What another service reminds of, for who answers for it, day by day; what is answered is told to nobody."""
    for row in read_reminders(seen, is_open=True):
        if row.last_at >= since and row.commitment in seen.catalogue.commitments:
            yield News(
                "reminder",
                f"reminder:{row.id}",
                f"reminded:{row.day}",
                row.last_at,
                row.commitment.partition("/")[0],
                _answers_for(seen, row.commitment, people),
                _sees_commitment(row.commitment),
            )


def answered_reminders(seen: Seen, since: Instant, people: frozenset[str]) -> Iterator[News]:
    """What was answered, for who has reminded, else the heads of that service."""
    for row in read_answered_reminders(seen, since):
        by, at, _ = row.answers[-1]
        asker = by_of(row.asked_by).person
        is_for = _is_one(asker, but=by_of(by).person) if asker in people else partial(_heads, row.service)
        if row.commitment in seen.catalogue.commitments:
            subject, contract = f"answer:{row.id}", row.commitment.partition("/")[0]
            yield News("reminder", subject, f"answered:{at}", at, contract, is_for, _sees_commitment(row.commitment))


FINDERS: Final[tuple[Finder, ...]] = (
    breaches,
    taken_back,
    excuses,
    signatures,
    refused,
    due_actions,
    late_actions,
    changed_actions,
    silent_tools,
    set_aside,
    reminders,
    answered_reminders,
    mentions,
)
"""One finder a kind, or a few kinds; the words of its subjects are in dashboards/letters/lines.py."""
