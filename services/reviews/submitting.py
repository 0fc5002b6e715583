"""What is submitted at a review, signed, refused, taken back, and takes effect (MEETING §1). Each is an entry of the history."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from eventsourcing.domain import Aggregate

from domain.decisions import Note, stream_of
from domain.review import Review
from domain.saying import said
from domain.terms import Party
from domain.times import Clock
from services.access import ADMINISTRATOR, Principal, Right, not_theirs
from services.contracts.reading import read_contract
from services.contracts.rows import ContractRow
from services.deciding import refusing, saved, words_of
from services.errors import EntenteError, Invalid, Refused, some
from services.history.history import History
from services.reviews.decision_kinds import kind_named
from services.reviews.effects import Decision, Meeting
from services.reviews.packs import Held, held_pack
from services.reviews.reading import read_review
from services.reviews.rows import ReviewRow
from services.reviews.stored import row_of, state_of
from services.seeing.seen import Seeing
from services.tables.reviews import document_of

MOST_REASONS = 50
"""Reasons of one refusal, and decisions that it names."""


class Submitting:
    """Use cases: get, decide, save; each returns the position of its entry. Raises NotFound, NotAllowed, Refused, Invalid."""

    def __init__(self, history: History, seeing: Seeing, now: Clock):
        self._history = history
        self._seeing = seeing
        self._now = now

    def submit(self, who: Principal, review: str) -> int:
        """The chair lays before both what was said and decided; every item of the agenda has to be settled."""
        found, contract, row = self._held(who, review)
        by = self._chair(who, contract)
        items = self._as_is(found, row).items
        unsettled = [str(place) for place, one in enumerate(items, 1) if one.id not in found.outcomes]
        if unsettled:
            raise Refused(
                said(
                    "{count} items of the agenda are not settled: {items}",
                    count=len(unsettled),
                    items=some(unsettled, 6),
                ),
                place=review,
                mend=said("decide or settle them, or settle the rest"),
                slug="items-unsettled",
            )
        self._submit(found, row, by)
        return self._history.save(found)

    def sign_review(
        self,
        who: Principal,
        review: str,
        party: Party | None = None,
        *,
        seen: int | None = None,
        fingerprint: str | None = None,
        must_state: bool = False,
    ) -> int:
        """Signs what lies before both; the second signature makes all decisions take effect. What nobody submitted is submitted by it.
        `seen`: the `entries` that the review had when it was read; `fingerprint`: that of what was read; another one is refused.
        `must_state`: what somebody submitted is signed by its fingerprint alone."""
        found, contract, row = self._held(who, review)
        if seen is not None and seen != found.entries:
            what = said("minutes or decisions were added or taken back since it was read")
            raise Refused(what, place=review, mend=said("read them, then sign"), slug="review-moved")
        side, service = self._side(who, contract, party)
        by = who.by(Right.BIND, service)
        with refusing(review):
            found.require_signable(side, service)
        read = _digits(fingerprint)
        stated = self._before_both(found, row, by, read, must_state=must_state)
        with refusing(review):
            found.sign(side, service, stated, by=by, at=self._now())
        return self._history.save(found, *self._effects(found, row, contract))

    def refuse(
        self,
        who: Principal,
        review: str,
        reasons: Sequence[str],
        decisions: Sequence[int] = (),
        party: Party | None = None,
    ) -> int:
        """A party that has not signed says why it does not; its reasons stay in every later revision."""
        found, contract, _ = self._held(who, review)
        if party is None and len(found.signatures) == 1:
            party = "client" if found.signatures[0]["party"] == "supplier" else "supplier"
        side, service = self._side(who, contract, party)
        words = [words_of(one) for one in reasons if one.strip()]
        if not words:
            raise Refused(
                said("it is not said why"), place=review, mend=said("a reason at least"), slug="reasons-missing"
            )
        if max(len(words), len(decisions)) > MOST_REASONS:
            raise Invalid(said("more than {most} reasons", most=MOST_REASONS), slug="too-many")
        by = who.by(Right.BIND, service)
        return saved(self._history, found, lambda: found.refuse(side, words, decisions, by=by, at=self._now()), review)

    def take_back_revision(self, who: Principal, review: str, reason: str) -> int:
        """The chair takes back what was submitted, while not both have signed it; signatures on it are void."""
        found, contract, _ = self._held(who, review)
        by, words = self._chair(who, contract), words_of(reason)
        return saved(self._history, found, lambda: found.take_back(words, by=by, at=self._now()), review)

    def _held(self, who: Principal, review: str) -> tuple[Review, ContractRow, ReviewRow]:
        """The review, whose contract it is about, and its row. Raises Refused for a review that is still to come."""
        with self._seeing.seen(who) as seen:
            row = read_review(seen, review)
            contract = read_contract(seen, row.contract)
        if not who.may(Right.TAKE_PART, contract.supplier, contract.client):
            raise not_theirs(who, contract.id, contract.supplier, contract.client)
        if row.position is None:
            raise Refused(said("the review has not taken place yet"), place=review, mend=said("wait for its hour"))
        return self._history.get(stream_of("review", review), Review), contract, row

    def _chair(self, who: Principal, contract: ContractRow) -> str:
        """The name under which a head of either party leads the meeting. Raises NotAllowed."""
        if not who.may(Right.BIND, contract.supplier, contract.client):
            raise not_theirs(who, contract.id, contract.supplier, contract.client)
        return who.by(Right.BIND, contract.supplier, contract.client)

    def _side(self, who: Principal, contract: ContractRow, party: Party | None) -> tuple[Party, str]:
        """The party for which one binds, and its service. Raises NotAllowed, Refused."""
        parties: list[tuple[Party, str]] = [("supplier", contract.supplier), ("client", contract.client)]
        mine = [(side, of) for side, of in parties if who.may(Right.BIND, of) and party in (None, side)]
        if len(mine) > 1:
            raise Refused(said("it is not said for which party"), mend=said("say supplier or client"))
        if not mine:
            raise not_theirs(who, contract.id, contract.supplier, contract.client)
        return mine[0]

    # What lies before both

    def _as_is(self, found: Review, row: ReviewRow) -> Held:
        """The pack with the meeting as the history has it, whatever the tables know."""
        document = document_of(found)
        now = row_of(row.id, row.contract, row.starts, row.ends, state_of(document), document)  # type: ignore[arg-type]
        return held_pack(self._seeing, ADMINISTRATOR, row.id, as_is=now)

    def _submit(self, found: Review, row: ReviewRow, by: str, *, by_signing: bool = False) -> str:
        """Submits it: its fingerprint is computed of the review as it will then be."""
        position, at = self._seeing.known().position, self._now()
        then = copy.deepcopy(found)
        with refusing(row.id):
            then.submit("", position, by_signing=by_signing, by=by, at=at)
            fingerprint = self._as_is(then, row).signing
            found.submit(fingerprint, position, by_signing=by_signing, by=by, at=at)
        return fingerprint

    def _before_both(self, found: Review, row: ReviewRow, by: str, read: str | None, *, must_state: bool) -> str | None:
        """The fingerprint of what is signed; what nobody submitted is submitted. Raises Refused where another one was read."""
        submission = found.submission
        if submission is None and found.signatures:
            stated: str | None = self._as_is(found, row).signing if read is not None else None
            _require_same(read, stated)
            return None
        if submission is not None:
            if must_state and read is None and not submission["by_signing"]:
                mend = said("the fingerprint that `signing` shows")
                raise Invalid(said("it is not said what was read"), place=row.id, mend=mend, slug="fingerprint-missing")
            _require_same(read, submission["fingerprint"])
            return str(submission["fingerprint"])
        if any("kind" in one for one in found.decisions):
            raise Refused(
                said("decisions that take effect are signed once they are submitted"),
                place=row.id,
                mend=said("submit it first"),
                slug="not-submitted",
            )
        shown = self._as_is(found, row).signing if read is not None else None
        stated = self._submit(found, row, by, by_signing=True)
        if read not in (None, shown, stated):
            _require_same(read, stated)
        return stated

    def _effects(self, found: Review, row: ReviewRow, contract: ContractRow) -> list[Aggregate]:
        """What the second signature changes, together with the review; nothing before. Raises Refused for a decision that cannot take
        effect any more."""
        taken = [decision_of(one) for one in found.decisions if "kind" in one]
        if not found.is_signed or not taken:
            return []
        names: dict[Party, str] = {one["party"]: one["by"] for one in found.signatures}
        with self._seeing.seen(ADMINISTRATOR) as seen:
            meeting = Meeting(self._history, self._seeing, self._now, seen, row, contract, names, is_agreed=True)
            entries: list[dict[str, str | int]] = []
            for decision in taken:
                try:
                    changed = kind_named(decision.kind).effect(meeting, decision)
                except EntenteError as error:
                    raise _stale(decision, error, row.id) from error
                entries += [{"decision": decision.number, "stream": str(one.id)} for one in changed]
        last = found.signatures[-1]["by"]
        found.take_effect(entries, by=last, at=self._now())
        return list(meeting.touched.values())


def decision_of(it: Note) -> Decision:
    """A decision with a kind, as a review holds it."""
    return Decision(it["decision"], it["kind"], it["text"], it["arguments"], it["by"], it["at"])


def _stale(decision: Decision, error: EntenteError, review: str) -> Refused:
    return Refused(
        said(
            "decision {number} ({kind}) cannot take effect any more: {why}",
            number=decision.number,
            kind=decision.kind,
            why=error.message,
        ),
        place=review,
        mend=said("the chair takes the revision back, and submits another"),
        slug="decision-stale",
    )


def _require_same(read: str | None, stated: str | None) -> None:
    if read is not None and read != stated:
        raise Refused(
            said("what was read is not what lies before both"), mend=said("read it, then sign"), slug="minutes-changed"
        )


def _digits(fingerprint: str | None) -> str | None:
    """As people copy it from paper: blanks and capitals play no part."""
    return "".join(fingerprint.split()).lower() if fingerprint is not None else None
