"""Contracts, calendars, services and causes: proposed, commented, signed, terminated (DESIGN §1, MEANING §7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Final

from domain.contract import Contract
from domain.errand import Errand
from domain.saying import Said, chained, said
from domain.terms import Party
from domain.times import Clock, Instant, local_date, zone
from services.access import Principal, Right, not_theirs
from services.contract_files import (
    Difference,
    Document,
    differences,
    kind_of,
    terms_from_canonical,
    tree_from_canonical,
)
from services.contracts.applied import Applied, Applying
from services.contracts.describing_services import Describing
from services.contracts.granting import Granting
from services.contracts.knowing import Directories, FilesTogether
from services.contracts.proposing import PARTIES, Proposing
from services.contracts.publishing import Publishing
from services.contracts.publishing_causes import PublishingCauses
from services.deciding import refusing, saved, within_bounds, words_of
from services.directory.mentioning import Mentioning
from services.errors import DocumentInvalid, NotAllowed, NotFound, Refused
from services.history.history import History
from services.seeing.seen import Seeing
from services.timekeeping import Timekeeping

MOST_TOLD: Final = 8
"""Clauses that are named of a wording that took the place of the one that was read."""


class Contracting:
    """Use cases: get, decide, save. Every one raises Refused for what the state does not allow, NotAllowed for what is not
    the caller's to do, NotFound for what is not there or not to be seen."""

    def __init__(self, history: History, seeing: Seeing, now: Clock):
        self._history = history
        self._now = now
        self._seeing = seeing
        self._mentioning = Mentioning(history)
        self._time = Timekeeping(history, now)
        known = Directories(seeing)
        self._publishing = Publishing(history, now, self._time)
        self._causes = PublishingCauses(history, seeing, now)
        self._describing = Describing(history, now, known)
        self._granting = Granting(history, now, known)
        self._proposing = Proposing(history, now, self._time, self._publishing, known)

    def apply(
        self,
        who: Principal,
        document: Document,
        *,
        sign: tuple[Party, ...] = (),
        dry_run: bool = False,
        language: str = "en",
        backfill: bool = False,
        beside: Sequence[Document] | FilesTogether = (),
    ) -> Applied:
        """Publishes, describes or proposes what a file says (see `Applying`). Raises DocumentInvalid."""
        beside = beside if isinstance(beside, FilesTogether) else FilesTogether(beside)
        how = Applying(beside, sign, dry_run, language, backfill)
        match kind_of(document):
            case "calendar":
                return self._publishing.publish(who, document, how)
            case "service":
                return self._describing.describe(who, document, how)
            case "causes":
                return self._causes.publish(who, document, how)
            case "access":
                return self._granting.grant(who, document, how)
            case "contract":
                return self._proposing.propose(who, document, how)
        raise DocumentInvalid(
            [
                document.problem(
                    (), said("no contract, calendar or service"), said("the key `contract:`, `calendar:` or `service:`")
                )
            ]
        )

    def sign(self, who: Principal, contract: str, party: Party | None = None, *, proposal: int | None = None) -> int:
        """`proposal`, here and below: which one was read, by its number; another is refused."""
        found = self._read(who, contract, proposal)

        def sign(side: Party) -> None:
            self._proposing.require_signable(found)
            found.sign(party=side, by=_by(who, found, side), at=self._now())

        return self._decide(found, sign, who, party, "signing")

    def sign_for_both(self, found: Contract, names: Mapping[Party, str]) -> None:
        """Signs what waits for each party that has not yet, under the name of who signed for it elsewhere; not saved. Raises
        Refused."""
        with refusing(found.contract):
            self._proposing.require_signable(found)
            for side in PARTIES:
                if found.pending is not None and all(one.party != side for one in found.pending.signatures):
                    found.sign(party=side, by=names[side], at=self._now())

    def refuse(
        self, who: Principal, contract: str, reason: str, party: Party | None = None, *, proposal: int | None = None
    ) -> int:
        found = self._read(who, contract, proposal)
        if (
            party is None
            and found.pending is not None
            and len([one for one in PARTIES if who.may(Right.BIND, found.service_of(one))]) > 1
        ):
            party = "client" if found.pending.party == "supplier" else "supplier"
        side = _acting(found, who, party, "refusing")
        words, by, at = words_of(reason), _by(who, found, side), self._now()
        errands = self._named(who, found, words, by, at)
        refuse = partial(found.refuse, words, party=side, by=by, at=at)
        return saved(self._history, found, refuse, contract, besides=errands)

    def begun(self, contract: str) -> list[Said]:
        """What signing comes to where the first day of a contract that nothing is agreed of has passed; nothing of others."""
        return self._proposing.begun(contract)

    def withdraw(self, who: Principal, contract: str, *, proposal: int | None = None) -> int:
        found = self._read(who, contract, proposal)
        own = found.pending is not None and who.may(Right.BIND, found.service_of(_side(found.pending.party)))
        party = _side(found.pending.party) if found.pending is not None and own else None
        return self._decide(
            found,
            lambda side: found.withdraw(party=side, by=_by(who, found, side), at=self._now()),
            who,
            party,
            "withdrawing",
        )

    def comment(self, who: Principal, contract: str, clause: str, text: str, *, proposal: int | None = None) -> int:
        found = self._read(who, contract, proposal)
        if not who.may(Right.TAKE_PART, found.supplier, found.client):
            raise not_theirs(who, contract, found.supplier, found.client)
        by, at, words = who.by(Right.TAKE_PART, found.supplier, found.client), self._now(), words_of(text)
        errands = self._named(who, found, words, by, at)
        return saved(
            self._history, found, lambda: found.comment(clause, words, by=by, at=at), contract, besides=errands
        )

    def terminate(self, who: Principal, contract: str, until: date, party: Party | None = None) -> int:
        """`until` is the last local day; it may not lie before what is already judged, by the contract's own time."""
        found = self.require_end(who, contract, until)
        return self._decide(
            found,
            lambda side: found.terminate(until.isoformat(), party=side, by=_by(who, found, side), at=self._now()),
            who,
            party or ("supplier" if who.may(Right.BIND, "") else None),
            "terminating",
        )

    def require_end(self, who: Principal, contract: str, until: date) -> Contract:
        """The contract, where that may be its last day. Raises NotFound, Invalid, Refused."""
        within_bounds(until, "until")
        found = self._get(who, contract)
        with refusing(found.contract):
            found.require_end(until.isoformat())
        watermark = self._time.time_of(found)
        if found.agreed and watermark is not None:
            here = zone(terms_from_canonical(found.agreed[-1].document).timezone)
            if until < local_date(watermark, here):
                raise Refused(
                    said("time has passed {until}: what happened since was owed", until=until),
                    mend=said("{watermark} or later", watermark=local_date(watermark, here)),
                )
        return found

    def _named(self, who: Principal, found: Contract, text: str, by: str, at: Instant) -> list[Errand]:
        """What waits for whom somebody names in what is said of the contract."""
        parties = (found.supplier, found.client)
        with self._seeing.seen(who) as seen:
            return self._mentioning.errands(seen, parties, text, f"contract:{found.contract}", by, at)

    def _decide(
        self, found: Contract, decide: Callable[[Party], None], who: Principal, party: Party | None, what: str
    ) -> int:
        side = _acting(found, who, party, what)
        return saved(self._history, found, lambda: decide(side), found.contract)

    def _get(self, who: Principal, contract: str) -> Contract:
        found = self._proposing.find(contract)
        if found is None or not who.sees(found.supplier, found.client):
            raise NotFound(
                said("there is no contract “{contract}”", contract=contract), mend=said("entente contracts list")
            )
        return found

    def _read(self, who: Principal, contract: str, proposal: int | None) -> Contract:
        found = self._get(who, contract)
        waiting = found.pending
        if proposal is not None and waiting is not None and waiting.number != proposal:
            read = next((one.document for one in found.proposals if one.number == proposal), None)
            changes = differences(tree_from_canonical(read), tree_from_canonical(waiting.document)) if read else []
            what = said("another wording waits now than the one that was read")
            if changes:
                told = chained("; ", map(_told, changes[:MOST_TOLD]))
                what = said("another wording waits now than the one that was read: {changes}", changes=told)
            raise Refused(what, place=contract, mend=said("read it, then decide"), slug="proposal-moved")
        return found


def _acting(found: Contract, who: Principal, party: Party | None, what: str) -> Party:
    """The party for which one decides. Raises NotAllowed, Refused."""
    sides = [party] if party is not None else [one for one in PARTIES if who.may(Right.BIND, found.service_of(one))]
    if not sides or not all(who.may(Right.BIND, found.service_of(one)) for one in sides):
        raise NotAllowed(
            said(
                "{what} is for {supplier} or {client} to do, not for {who}",
                what=what,
                supplier=found.supplier,
                client=found.client,
                who=who,
            )
        )
    if len(sides) > 1:
        raise Refused(said("it is not said for which party"), mend=said("say supplier or client"))
    return sides[0]


def _told(change: Difference) -> Said:
    """By the keys of the file, which are the same in every language."""
    clause, before, after = "/".join(change.clause_path), change.old_text, change.new_text
    if before is None:
        return said("`{clause}` is new: {after}", clause=clause, after=after)
    if after is None:
        return said("`{clause}` is gone: {before}", clause=clause, before=before)
    return said("`{clause}`: {before} → {after}", clause=clause, before=before, after=after)


def _by(who: Principal, found: Contract, side: Party) -> str:
    return who.by(Right.BIND, found.service_of(side))


def _side(text: str) -> Party:
    return "supplier" if text == "supplier" else "client"
