"""Excuses: asked for by one party of a contract, answered by the other, settled by an arbiter (MEANING §5 "Excuses").

The arbiter is who holds that office, and is nobody of a party; where nobody signs in, the administrator.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from uuid import UUID

from domain.commitments import Commitment
from domain.decisions import stream_of
from domain.errand import Errand
from domain.excuse import Excuse
from domain.excuses import CATEGORIES, CLOSURE, feels_closures, is_within
from domain.routing import LONGEST_KEY
from domain.saying import Said, said
from domain.terms import Party
from domain.times import Clock, Instant
from services.access import Principal, Right, not_theirs
from services.contracts.reading import read_contract
from services.contracts.rows import ContractRow
from services.deciding import saved, words_of
from services.directory.mentioning import Mentioning
from services.errors import Invalid, NotAllowed, NotFound, Refused
from services.excuses.doubting import excuse_doubts
from services.excuses.reading import excuse_touches_final, is_grantable, read_excuse, read_excuses
from services.excuses.rows import ExcuseRow
from services.figures.reading import is_owed, mend_for_key
from services.history.history import History
from services.seeing.events import event_at
from services.seeing.seen import Seeing, Seen

MOST = 1_000
"""Keys, or pieces of evidence, that one excuse may name."""


class Excusing:
    """Use cases: get, decide, save; each returns the position of its entry. Raises NotFound, NotAllowed, Refused, Invalid."""

    def __init__(self, history: History, seeing: Seeing, now: Clock):
        self._history = history
        self._seeing = seeing
        self._now = now
        self._mentioning = Mentioning(history)

    def ask(
        self,
        who: Principal,
        scope: str,
        *,
        reason: str,
        text: str,
        keys: Sequence[str] = (),
        since: Instant | None = None,
        until: Instant | None = None,
        evidence: Sequence[int] = (),
        party: Party | None = None,
    ) -> tuple[str, int]:
        """For `keys` of a commitment, or for what is due in [since, until) under a contract, deliverable or commitment.
        `party` says on whose behalf, where one acts for both; else it is the one that owes. Its id and position."""
        with self._seeing.seen(who) as seen:
            contract = read_contract(seen, scope.partition("/")[0])
            commitments = _commitments(seen, scope)
            asking = _side(who, contract, commitments, party)
            _check_reason(reason)
            wanted = list(dict.fromkeys(commitments[0].key_of(name) for name in keys))
            _check_extent(scope, commitments, reason, wanted, since, until)
            _check_keys(seen, scope, commitments, wanted)
            _check_evidence(seen, evidence)
            _check_is_new(seen, scope, wanted, since, until, asking)
        by = who.by(Right.TAKE_PART, contract.supplier if asking == "supplier" else contract.client)
        id, words, at = self._new_excuse(scope, wanted, since, until, asking), words_of(text), self._now()
        errands = self._named(who, (contract.supplier, contract.client), id, words, by, at)
        excuse = Excuse(
            excuse=id,
            scope=scope,
            keys=wanted,
            since=since,
            until=until,
            category=reason,
            text=words,
            evidence=sorted(set(evidence)),
            party=asking,
            by=by,
            at=at,
        )
        return id, self._history.save(excuse, *errands)

    def grant(self, who: Principal, commitment: str, key: str, *, reason: str, text: str) -> tuple[str, int]:
        """Excuses one thing that was missed, for the party that it was owed to, which would answer who asks. Its id and position."""
        with self._seeing.seen(who) as seen:
            contract = read_contract(seen, commitment.partition("/")[0])
            [owed] = _commitments(seen, commitment)
            creditor: Party = "client" if owed.newest.deliverable.owed_by == "supplier" else "supplier"
            service = contract.client if creditor == "client" else contract.supplier
            who.require(Right.BIND, service, said("excusing what is owed to it"))
            key = owed.key_of(key)
            _check_reason(reason)
            _check_extent(commitment, [owed], reason, [key], None, None)
            _check_grantable(seen, commitment, key)
        by = who.by(Right.BIND, service)
        id, words, at = self._new_excuse(commitment, [key], None, None, creditor), words_of(text), self._now()
        errands = self._named(who, (contract.supplier, contract.client), id, words, by, at)
        excuse = Excuse(id, commitment, [key], None, None, reason, words, [], creditor, by, at)
        excuse.grant(by=by, at=at)
        return id, self._history.save(excuse, *errands)

    def doubts(
        self,
        who: Principal,
        scope: str,
        *,
        reason: str,
        keys: Sequence[str] = (),
        since: Instant | None = None,
        until: Instant | None = None,
    ) -> tuple[Said, ...]:
        """Lists what is to be doubted of an excuse that is asked so: that nothing is owed of what it names, or not yet."""
        with self._seeing.seen(who) as seen:
            seen.require_contract(scope.partition("/")[0])
            commitments = _commitments(seen, scope)
            wanted = list(dict.fromkeys(commitments[0].key_of(name) for name in keys))
            return excuse_doubts(seen, commitments, reason=reason, keys=wanted, since=since, until=until)

    def accept(self, who: Principal, excuse: str, text: str = "") -> int:
        """Accepts the excuse for the other party; a disputed one for the arbiter too, unless a period that it would
        change is final."""
        row, found = self._excuse(who, excuse)
        party, by = self._answering(who, row, found, said("accepting this excuse"))
        if party == "arbiter" and self._seeing.read(who, excuse_touches_final, row):
            what = said("a period that it would change is final: only both parties together change it")
            raise Refused(
                what,
                place=row.id,
                mend=said("{service} accepts it", service=self._service(row, found.other)),
                slug="period-final",
            )
        return self._answer(who, row, found, found.accept, words_of(text, ""), party, by)

    def refuse(self, who: Principal, excuse: str, text: str) -> int:
        row, found = self._excuse(who, excuse)
        party, by = self._answering(who, row, found, said("refusing this excuse"))
        return self._answer(who, row, found, found.refuse, words_of(text), party, by)

    def dispute(self, who: Principal, excuse: str, text: str) -> int:
        """Disputes a refusal, for the party that asked for the excuse."""
        row, found = self._excuse(who, excuse)
        who.require(Right.TAKE_PART, self._service(row, found.party), said("disputing this refusal"))
        by = who.by(Right.TAKE_PART, self._service(row, found.party))
        return self._answer(who, row, found, found.dispute, words_of(text), found.party, by)

    def _new_excuse(
        self, scope: str, keys: list[str], since: Instant | None, until: Instant | None, party: Party
    ) -> str:
        """An id that is derived from what is asked, so that a form that is sent twice, however fast, asks once."""
        asked = f"{party}:{scope}:{since}:{until}:{sorted(keys)}"
        for time in count():
            id = stream_of("excuse", f"{asked}:{time}")
            try:
                found = self._history.get(id, Excuse)
            except NotFound:
                return str(id)
            if found.state in ("asked", "disputed"):
                raise Refused(said("the same was asked already"), place=str(id), mend=said("wait for the answer"))
        raise AssertionError

    def _excuse(self, who: Principal, excuse: str) -> tuple[ExcuseRow, Excuse]:
        row = self._seeing.read(who, read_excuse, excuse)
        return row, self._history.get(UUID(row.id), Excuse)

    def _answering(self, who: Principal, row: ExcuseRow, found: Excuse, what: str) -> tuple[str, str]:
        """The party for which one answers, the other one, or the arbiter of what is disputed; and the name under which one does."""
        if found.state == "disputed" and who.may(Right.ARBITRATE):
            if who.is_of(row.supplier, row.client):
                raise NotAllowed(
                    said("nobody is arbiter in a dispute of their own service"), mend=said("another arbiter decides it")
                )
            return "arbiter", who.by(Right.ARBITRATE)
        service = self._service(row, found.other)
        who.require(Right.BIND, service, what)
        return found.other, who.by(Right.BIND, service)

    def _service(self, row: ExcuseRow, party: str) -> str:
        return row.supplier if party == "supplier" else row.client

    def _answer(
        self, who: Principal, row: ExcuseRow, found: Excuse, say: Callable[..., None], words: str, party: str, by: str
    ) -> int:
        """Says it for that party, and tells whom it names."""
        at = self._now()
        errands = self._named(who, (row.supplier, row.client), row.id, words, by, at)
        decide = partial(say, words, party=party, by=by, at=at)
        return saved(self._history, found, decide, found.excuse, besides=errands)

    def _named(
        self, who: Principal, parties: Sequence[str], excuse: str, words: str, by: str, at: Instant
    ) -> list[Errand]:
        with self._seeing.seen(who) as seen:
            return self._mentioning.errands(seen, parties, words, f"excuse:{excuse}", by, at)


def _commitments(seen: Seen, scope: str) -> list[Commitment]:
    in_force = seen.catalogue.contracts.get(scope.partition("/")[0])
    if in_force is None:
        raise Refused(
            said("{scope}: nothing was signed, so nothing is owed", scope=scope),
            mend=said("sign the contract first"),
        )
    found = [one for one in in_force.commitments if is_within(scope, one.id)]
    if not found:
        mend = said("contract, contract/deliverable or contract/deliverable/criterion")
        raise NotFound(said("there is no commitment “{scope}”", scope=scope), mend=mend)
    return found


def _check_reason(reason: str) -> None:
    if reason not in CATEGORIES:
        raise Invalid(said("“{reason}” is no reason", reason=reason), mend=", ".join(CATEGORIES), slug="reason-unknown")


def _check_grantable(seen: Seen, commitment: str, key: str) -> None:
    """Raises Refused for what is not grantable, with what is done instead."""
    waits = [
        row
        for row in read_excuses(seen, contract=commitment.partition("/")[0])
        if row.state in ("asked", "disputed") and row.scope == commitment and key in row.keys
    ]
    if waits:
        raise Refused(
            said("an excuse of it was asked already"), place=waits[0].id, mend=said("accept that one, or wait for it")
        )
    if not is_grantable(seen, commitment, key):
        raise Refused(
            said("who is owed excuses alone what was missed, in a period that is not final"),
            mend=said("ask for an excuse: both parties excuse the rest"),
            slug="not-grantable",
        )


def _check_keys(seen: Seen, scope: str, commitments: Sequence[Commitment], keys: Sequence[str]) -> None:
    for key in keys:
        schedule = commitments[0].schedule
        if schedule is not None and schedule.named(key) is not None:
            continue
        if not is_owed(seen, scope, key):
            raise Invalid(
                said("{scope} has no occurrence “{key}”", scope=scope, key=key),
                mend=mend_for_key(seen, scope, key),
            )


def _check_evidence(seen: Seen, evidence: Sequence[int]) -> None:
    """Events that one may see: what others were told is no more there than what does not exist."""
    if len(evidence) > MOST:
        raise Invalid(
            said("more than {most} pieces of evidence", most=MOST),
            mend=said("name those that tell"),
            slug="too-many",
        )
    for position in dict.fromkeys(evidence):
        if event_at(seen, position) is None:
            mend = said("entente explain shows the positions of events")
            raise Invalid(
                said("there is no event at position {position}", position=position), mend=mend, slug="no-such-event"
            )


def _check_is_new(
    seen: Seen, scope: str, keys: list[str], since: Instant | None, until: Instant | None, party: Party
) -> None:
    """Raises Refused where the same is asked already and waits for an answer."""
    for row in read_excuses(seen, contract=scope.partition("/")[0]):
        extent = (row.scope, sorted(row.keys), row.since, row.until, row.party)
        if row.state in ("asked", "disputed") and extent == (scope, sorted(keys), since, until, party):
            raise Refused(said("the same was asked already"), place=row.id, mend=said("wait for the answer"))


def _side(who: Principal, contract: ContractRow, commitments: Sequence[Commitment], party: Party | None) -> Party:
    """The party on whose behalf one asks. Raises NotAllowed, Refused."""
    services: dict[Party, str] = {"supplier": contract.supplier, "client": contract.client}
    mine = [one for one, service in services.items() if who.may(Right.TAKE_PART, service)]
    if not mine:
        raise not_theirs(who, contract.id, contract.supplier, contract.client)
    if party is not None:
        who.require(Right.TAKE_PART, services[party], said("asking for it"))
        return party
    debtors = {one.newest.deliverable.owed_by for one in commitments}
    if len(mine) > 1 and len(debtors) > 1:
        raise Refused(said("both parties owe something there"), mend=said("say for whom: supplier or client"))
    return mine[0] if len(mine) == 1 else debtors.pop()


def _check_extent(
    scope: str,
    commitments: Sequence[Commitment],
    reason: str,
    keys: Sequence[str],
    since: Instant | None,
    until: Instant | None,
) -> None:
    """Keys, or an interval that is one; and a closure where closed time means something. Raises Invalid."""
    if bool(keys) == (since is not None or until is not None) or (since is None) != (until is None):
        raise Invalid(
            said("what is to be excused?"), mend=said("either keys, or from and until"), slug="extent-unclear"
        )
    if keys:
        if scope.count("/") != 2:
            raise Invalid(
                said("keys are those of one commitment"),
                mend=said("contract/deliverable/criterion"),
                slug="extent-unclear",
            )
        if reason == CLOSURE:
            raise Invalid(said("a closure is an interval"), mend=said("from and until"), slug="extent-unclear")
        if len(keys) > MOST or not all(_can_be_key(key) for key in keys):
            raise Invalid(
                said("no such keys"),
                mend=said("at most {most}, each of 1 to {longest_key} bytes", most=MOST, longest_key=LONGEST_KEY),
                slug="too-many",
            )
    if since is not None and until is not None and since >= until:
        raise Invalid(
            said("the interval ends before it begins"), mend=said("until lies after from, and is not included")
        )
    indicators = [version.criterion.indicator for one in commitments for version in one.versions]
    if reason == CLOSURE and not any(feels_closures(one) for one in indicators):
        what = said("closed time changes nothing there: dates, and limits in working hours or days, know it")
        raise Invalid(
            what, place=scope, mend=said("excuse the interval for another reason"), slug="closure-without-effect"
        )


def _can_be_key(key: str) -> bool:
    try:
        return bool(key) and "\x00" not in key and len(key.encode()) <= LONGEST_KEY
    except UnicodeEncodeError:
        return False
