"""What people decide about complaints. Each is an entry of the history (SHARED §7)."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from typing import Final, NamedTuple
from uuid import UUID

from domain.offers.complaint import Channel, Complaint
from domain.saying import said
from domain.terms import Party
from domain.times import Clock, Instant, local_date, show, zone
from services.access import PLATFORM_NAME, Principal, Right, not_theirs
from services.breaches.reading import read_action
from services.causes.reading import read_causes
from services.charters.reading import read_charters
from services.complaints.reading import read_complaint
from services.complaints.rows import ComplaintRow
from services.complaints.sealed_words import sealed_words, written
from services.deciding import saved, words_of
from services.directory.mentioning import Mentioning
from services.errors import Invalid, NotFound, Refused, TimeInFuture, some
from services.history.history import History
from services.history.secret import secret_of
from services.offers.reading import read_offer
from services.seeing.seen import Seeing, Seen
from services.timekeeping import SETTLE

CHANNELS: Final[tuple[Channel, ...]] = ("page", "mail", "phone", "letter", "meeting", "desk", "other")
SEVERITIES: Final = (1, 2, 3)
_LONGEST_ID: Final = 200


class About(NamedTuple):
    """What a complaint is about, and between whom. `offer`: None of a contract that is no charter's. `zone`: the offer's, or the
    contract's."""

    name: str
    offer: str | None
    supplier: str
    client: str
    zone: str


class Complaining:
    """Use cases: get, decide, save; each returns the position of its entry. `time`, of each: when it happened; None: now. Raises
    NotFound, NotAllowed, Refused, Invalid, and TimeInFuture for a time that is still to come."""

    def __init__(self, history: History, seeing: Seeing, now: Clock):
        self._history = history
        self._seeing = seeing
        self._now = now
        self._mentioning = Mentioning(history)

    def receive(
        self,
        who: Principal,
        about: str,
        text: str,
        *,
        client: str | None = None,
        channel: str = "page",
        complainant: str | None = None,
        time: Instant | None = None,
    ) -> tuple[str, int]:
        """The client complains, or somebody of the supplier writes down that it did. `about`: an offer, or a deliverable or commitment
        of a contract. `complainant`: who complained, by id, where that is somebody else than who writes. Its id and position. Raises
        Refused for what the same client said of the same on that day already."""
        words, at = words_of(text), self._now()
        moment = self._moment(time, at)
        if channel not in CHANNELS:
            raise Invalid(said("“{channel}” is no channel", channel=channel), place="channel", mend=", ".join(CHANNELS))
        with self._seeing.seen(who) as seen:
            found = _about(seen, about, client)
            party, by = _receiving(who, found)
        subject = _subject(complainant) or (who.person if party == "client" else None) or found.client
        id = self._id(found, words, local_date(moment, zone(found.zone)))
        self._require_new(id)
        one = Complaint(
            complaint=id,
            about=found.name,
            offer=found.offer,
            supplier=found.supplier,
            client=found.client,
            channel=_channel(channel),
            party=party,
            words=sealed_words(self._history, id, words, subject, time=moment, now=at),
            time=moment,
            by=by,
            at=at,
        )
        return id, self._history.save(one)

    def acknowledge(self, who: Principal, complaint: str, *, time: Instant | None = None) -> int:
        """The supplier says that it has it. That is no answer."""
        found, by, at = self._supplier(who, complaint, said("acknowledging it"))
        moment = self._moment(time, at)
        return saved(self._history, found, lambda: found.acknowledge(time=moment, by=by, at=at), complaint)

    def classify(
        self,
        who: Principal,
        complaint: str,
        severity: int,
        *,
        feature: str | None = None,
        root_cause: str | None = None,
        time: Instant | None = None,
    ) -> int:
        """The supplier says how bad it is (1 to 3), which feature of the offer it is about, and why it came to it. Raises Invalid."""
        found, by, at = self._supplier(who, complaint, said("classifying it"))
        moment = self._moment(time, at)
        if severity not in SEVERITIES:
            what = said("{severity} is no severity", severity=severity)
            raise Invalid(what, place="severity", mend=said("1, 2 or 3; 3 is the worst"))
        with self._seeing.seen(who) as seen:
            _require_feature(seen, found.offer, feature)
            _require_cause(seen, root_cause)
        classify = lambda: found.classify(severity, feature, root_cause, time=moment, by=by, at=at)  # noqa: E731
        return saved(self._history, found, classify, complaint)

    def assign(self, who: Principal, complaint: str, person: str, *, time: Instant | None = None) -> int:
        """Somebody of the supplier looks after it from now on."""
        found, by, at = self._supplier(who, complaint, said("assigning it"))
        moment = self._moment(time, at)
        with self._seeing.seen(who) as seen:
            people = self._mentioning.taking_part(seen, found.supplier, at)
        if not person or len(person) > _LONGEST_ID or (people is not None and person not in people):
            what = said("“{person}” is nobody of {service}", person=person, service=found.supplier)
            raise Invalid(what, place="person", mend=some(people or (), 6) or None, slug="person-unknown")
        assign = lambda: found.assign(found.supplier, person, time=moment, by=by, at=at)  # noqa: E731
        return saved(self._history, found, assign, complaint)

    def answer(self, who: Principal, complaint: str, text: str, *, time: Instant | None = None) -> int:
        found, by, at = self._supplier(who, complaint, said("answering it"))
        moment = self._moment(time, at)
        words = self._words(found, text, moment, at)
        return saved(self._history, found, lambda: found.answer(words, time=moment, by=by, at=at), complaint)

    def accept(self, who: Principal, complaint: str, *, time: Instant | None = None) -> int:
        """The client takes the answer, and it is closed."""
        found, by, at = self._client(who, complaint, said("accepting the answer"))
        moment = self._moment(time, at)
        accept = lambda: found.accept(time=moment, by=by, platform=PLATFORM_NAME, at=at)  # noqa: E731
        return saved(self._history, found, accept, complaint)

    def contest(self, who: Principal, complaint: str, text: str, *, time: Instant | None = None) -> int:
        """The client does not take the answer, and says why."""
        found, by, at = self._client(who, complaint, said("contesting the answer"))
        moment = self._moment(time, at)
        words = self._words(found, text, moment, at)
        return saved(self._history, found, lambda: found.contest(words, time=moment, by=by, at=at), complaint)

    def link(self, who: Principal, complaint: str, action: str, *, time: Instant | None = None) -> int:
        """The supplier says by which action it was taken up. Raises Refused for one of other services (`foreign-subject`)."""
        found, by, at = self._supplier(who, complaint, said("linking it"))
        moment = self._moment(time, at)
        with self._seeing.seen(who) as seen:
            row = read_action(seen, action.removeprefix("action:"))
            contract = seen.catalogue.contracts[row.commitment.partition("/")[0]]
        if {contract.supplier, contract.client} != {found.supplier, found.client}:
            what = said("“{reference}” is of a contract of others", reference=row.id)
            raise Refused(what, mend=said("cite what both parties see"), slug="foreign-subject")
        return saved(self._history, found, lambda: found.link(row.id, time=moment, by=by, at=at), complaint)

    def _supplier(self, who: Principal, complaint: str, what: str) -> tuple[Complaint, str, Instant]:
        return self._acting(who, complaint, lambda row: row.supplier, what)

    def _client(self, who: Principal, complaint: str, what: str) -> tuple[Complaint, str, Instant]:
        return self._acting(who, complaint, lambda row: row.client, what)

    def _acting(
        self, who: Principal, complaint: str, side: Callable[[ComplaintRow], str], what: str
    ) -> tuple[Complaint, str, Instant]:
        """The complaint, under which name somebody acts for the service that it is for, and when."""
        with self._seeing.seen(who) as seen:
            row = read_complaint(seen, complaint)
        service = side(row)
        who.require(Right.TAKE_PART, service, what)
        return self._history.get(UUID(row.id), Complaint), who.by(Right.TAKE_PART, service), self._now()

    def _moment(self, time: Instant | None, now: Instant) -> Instant:
        if time is None:
            return now
        if time > now + SETTLE:
            what = said("{to} is still to come: it is {now} here", to=show(time), now=show(now))
            raise TimeInFuture(what, mend=said("an earlier time"))
        return time

    def _words(self, found: Complaint, text: str, moment: Instant, at: Instant) -> dict[str, str]:
        """A text, under the key of who complained; of who is forgotten, under that of the client."""
        first = written(self._history, found.complaint, found.steps[0].words or {"text": ""})
        subject = first.complainant or found.client
        return sealed_words(self._history, found.complaint, words_of(text), subject, time=moment, now=at)

    def _id(self, about: About, text: str, day: date) -> str:
        """Derived from what it says, so that a form that is sent twice makes one; by a secret, so that nobody guesses it from there."""
        content = "\0".join((about.name, about.client, day.isoformat(), " ".join(text.casefold().split())))
        code = hmac.digest(secret_of(self._history.database, "complaints"), content.encode(), sha256)
        return str(UUID(bytes=code[:16], version=4))

    def _require_new(self, id: str) -> None:
        try:
            self._history.get(UUID(id), Complaint)
        except NotFound:
            return
        raise Refused(said("the same was said already"), place=id, slug="conflict")


def _about(seen: Seen, about: str, client: str | None) -> About:
    """Raises NotFound for what is not there or not theirs to see, Refused where there is no such client."""
    if "/" in about:
        return _about_contract(seen, about, client)
    offer = read_offer(seen, about)
    charters = [one for one in read_charters(seen, offer.id) if one.agreed]
    clients = sorted({one.client for one in charters})
    own = (
        [one for one in clients if seen.who.is_of(one)] if client is None else [one for one in clients if one == client]
    )
    if len(own) != 1:
        what = said("it is not said which client of {offer} complains", offer=offer.id)
        if client is not None:
            what = said("{client} has no charter of {offer}", client=client, offer=offer.id)
        raise Refused(what, place="client", mend=some(clients, 6) or None, slug="client-unknown")
    return About(offer.id, offer.id, offer.terms.supplier, own[0], offer.terms.timezone)


def _about_contract(seen: Seen, about: str, client: str | None) -> About:
    name, _, rest = about.partition("/")
    seen.require_contract(name)
    contract = seen.catalogue.contracts.get(name)
    ids = {one.id for one in contract.commitments} if contract is not None else set()
    ids |= {one.rpartition("/")[0] for one in ids}
    if contract is None or not rest or about not in ids:
        raise NotFound(
            said("there is no commitment “{commitment}”", commitment=about), mend=said("contract/deliverable/criterion")
        )
    if client not in (None, contract.client):
        what = said("{client} is not the client of {contract}", client=client, contract=name)
        raise Refused(what, place="client", mend=contract.client, slug="client-unknown")
    charters = (one for one in read_charters(seen) if any(each.terms.contract == name for each in one.agreed))
    offer = next((one.offer for one in charters), None)
    return About(about, offer, contract.supplier, contract.client, contract.newest.terms.timezone)


def _receiving(who: Principal, about: About) -> tuple[Party, str]:
    """Who receives it: its client, else its supplier on its behalf. Raises NotAllowed."""
    sides: tuple[tuple[Party, str], ...] = (("client", about.client), ("supplier", about.supplier))
    for party, service in sides:
        if who.may(Right.TAKE_PART, service):
            return party, who.by(Right.TAKE_PART, service)
    raise not_theirs(who, about.name, about.supplier, about.client)


def _subject(complainant: str | None) -> str | None:
    """Who complained, by id; None where nobody is named. Raises Invalid."""
    name = " ".join((complainant or "").split())
    if len(name) > _LONGEST_ID:
        raise Invalid(
            said("the name is longer than {most} letters", most=_LONGEST_ID),
            place="complainant",
            mend=said("shorten it"),
        )
    return name or None


def _channel(text: str) -> Channel:
    return next(one for one in CHANNELS if one == text)


def _require_feature(seen: Seen, offer: str | None, feature: str | None) -> None:
    if feature is None:
        return
    known = [one.id for one in read_offer(seen, offer).terms.features] if offer is not None else []
    if feature not in known:
        what = said("the offer has no feature “{feature}”", feature=feature)
        raise Invalid(what, place="feature", mend=some(known, 6) or None, slug="unknown-feature")


def _require_cause(seen: Seen, root_cause: str | None) -> None:
    known = read_causes(seen)
    if root_cause is not None and root_cause not in known:
        raise Invalid(
            said("no list has the cause “{cause}”", cause=root_cause),
            place="root_cause",
            mend=some(list(known), 6) if known else said("publish a list of causes first (entente apply)"),
            slug="unknown-cause",
        )
