"""What the people of an action decide of it: its plan, steps, means, evidence, day, person and grounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.action import Action
from domain.decisions import stream_of
from domain.durations import HOUR
from domain.money import parse_amount
from domain.plan import Ground, Plan
from domain.references import parse_reference
from domain.saying import Said, said, said_by
from domain.terms import SURE, ActionRules
from domain.times import Clock, Instant
from services.access import Principal, Right, not_theirs
from services.actions.citing import require_citable
from services.auditing.history_rows import history_at
from services.breaches.following_up import FollowingUp, require_owner
from services.breaches.reading import read_action
from services.breaches.rows import ActionRow
from services.breaches.ruling import day_reached, require_to_come, rules_now
from services.contract_files import Document, check, check_plan, grounds_of, plan_of
from services.contract_files.leaf_checks import sha256, web_address
from services.contract_files.readings import share
from services.contract_files.scalars import Complaint
from services.contract_files.tree_reading import text_of
from services.contracts.applied import Applied, Applying
from services.deciding import saved, title_of, within_bounds, words_of
from services.errors import DocumentInvalid, Invalid, NotFound, Refused
from services.figures.reading import read_commitment
from services.figures.rows import CommitmentRow
from services.history.history import History
from services.seeing.seen import Seeing, Seen

MOST_POSITIONS = 50
REOPENED_WITHIN = 30
"""Days after its closing in which the other party may reopen an action."""


class Acting:
    """Use cases: get, decide, save; each returns the position of its entry. The service that owns the action decides, but for what it
    rests on, which either party says. Raises NotFound, NotAllowed, Refused, Invalid."""

    def __init__(self, history: History, seeing: Seeing, now: Clock):
        self._history = history
        self._seeing = seeing
        self._now = now
        self._following_up = FollowingUp(history, seeing, now)

    # files

    def apply_file(self, who: Principal, document: Document, how: Applying) -> Applied:
        """Opens the action that a file says, with its plan; one of the same `of` and name is the same, and has this plan from now on.
        Raises DocumentInvalid."""
        _require_sound(check(document))
        tree, plan = document.tree, plan_of(document.tree, how.language)
        id = str(stream_of("action-file", f"{tree['of']}:{tree['action']}"))
        with self._seeing.seen(who) as seen:
            row = read_commitment(seen, tree["of"])
            _require_no_weaker(plan, rules_now(seen, row.id, self._now()))
            grounds = self._grounds(seen, row.contract, grounds_of(tree))
            found = self._standing(id)
            made = found or self._made(seen, who, row, id, tree, how.language)
        if found is not None:
            _require_same_owner(who, row, found, tree)
        is_same = found is not None and found.plan == plan
        if how.dry_run or is_same:
            return Applied("action", id, "unchanged" if is_same else "described", 1)
        by, at = who.by(Right.TAKE_PART, made.owner, row.debtor, row.creditor), self._now()
        if found is None and grounds:
            made.ground(grounds, by=by, at=at)
        if plan["steps"] or plan["means"] or plan["effect"]:
            position = saved(self._history, made, lambda: made.make_plan(plan, by=by, at=at))
        else:
            position = self._history.save(made)
        return Applied("action", id, "described", 1, position=position)

    def _standing(self, id: str) -> Action | None:
        try:
            return self._history.get(UUID(id), Action)
        except NotFound:
            return None

    def _made(
        self, seen: Seen, who: Principal, row: CommitmentRow, id: str, tree: dict[str, Any], language: str
    ) -> Action:
        owner, person, due = tree.get("owner", row.debtor), tree.get("person"), tree.get("due")
        if owner not in (row.debtor, row.creditor):
            raise Invalid(
                said("“{owner}” is no party of {contract}", owner=owner, contract=row.contract), place="owner"
            )
        if not who.may(Right.TAKE_PART, row.debtor, row.creditor):
            raise not_theirs(who, row.contract, row.debtor, row.creditor)
        if person is not None:
            require_owner(person, self._following_up.owners(seen, owner))
        if due is not None:
            require_to_come(seen, row.id, date.fromisoformat(str(due)), self._now())
        return Action(
            action=id,
            commitment=row.id,
            period=row.current[0].period if row.current else "",
            cause="opened-by-hand",
            text=title_of(text_of(tree["title"], "").to(language)),
            owner=owner,
            person=person,
            due=str(due) if due is not None else None,
            by=who.by(Right.TAKE_PART, row.debtor, row.creditor),
            at=self._now(),
        )

    def plan(self, who: Principal, action: str, document: Document, language: str = "en") -> int:
        """The plan that a file says: steps, means, effect. Raises DocumentInvalid, and Refused (`effect-weaker`)."""
        row, plan = self.require_plan(who, action, document, language)
        return self._decide(who, row, lambda found, by, at: found.make_plan(plan, by=by, at=at))

    def require_plan(
        self, who: Principal, action: str, document: Document, language: str = "en"
    ) -> tuple[ActionRow, Plan]:
        """The action and the plan that a file says of it, where it may be its plan. Raises what `plan` raises of the file."""
        with self._seeing.seen(who) as seen:
            row = read_action(seen, action)
            _require_own(who, row.owner)
            plan = sound_plan(seen, row.commitment, document, language, self._now())
        return row, plan

    # steps and means

    def do_step(self, who: Principal, action: str, step: str) -> int:
        return self._decide(who, self._own(who, action), lambda found, by, at: found.do_step(step, by=by, at=at))

    def undo_step(self, who: Principal, action: str, step: str, reason: str) -> int:
        words = words_of(reason)
        return self._decide(
            who, self._own(who, action), lambda found, by, at: found.undo_step(step, words, by=by, at=at)
        )

    def spend(self, who: Principal, action: str, amount: str, currency: str, year: int | None, text: str) -> int:
        """Money in the main unit of the currency, as text; negative to correct. `year`: None for the one that time has reached."""
        try:
            minor = parse_amount(amount, currency)
        except ValueError as error:
            raise Invalid(said_by(error), place="amount", slug="amount-invalid") from error
        words = words_of(text)
        with self._seeing.seen(who) as seen:
            row = read_action(seen, action)
            of = year if year is not None else day_reached(seen, row.commitment, self._now()).year
        within_bounds(_first_of(of), "year")
        _require_own(who, row.owner)
        return self._decide(who, row, lambda found, by, at: found.spend(minor, currency, of, words, by=by, at=at))

    def show_evidence(
        self,
        who: Principal,
        action: str,
        *,
        positions: Sequence[int] = (),
        title: str | None = None,
        sha: str | None = None,
        url: str | None = None,
    ) -> int:
        """Entries of the history that who shows them may read, or a document. Raises Invalid for both at once, and for neither."""
        if bool(positions) == bool(title):
            raise Invalid(said("evidence is entries of the history, or a document"), mend=said("one of both"))
        if len(positions) > MOST_POSITIONS:
            raise Invalid(said("more than {most} entries", most=MOST_POSITIONS), mend=said("the ones that matter"))
        document = _document(title, sha, url) if title else None
        where = sorted(set(positions))
        with self._seeing.seen(who) as seen:
            row = read_action(seen, action)
            there = {one.position for one in history_at(seen, where)}
        if missing := [one for one in where if one not in there]:
            raise NotFound(said("there is no entry {position} that you see", position=missing[0]))
        _require_own(who, row.owner)
        return self._decide(who, row, lambda found, by, at: found.show_evidence(where, document, by=by, at=at))

    # days, people, grounds

    def reschedule(self, who: Principal, action: str, due: date, reason: str) -> int:
        words = words_of(reason)
        with self._seeing.seen(who) as seen:
            row = read_action(seen, action)
            _require_own(who, row.owner)
            require_to_come(seen, row.commitment, due, self._now())
        return self._decide(who, row, lambda found, by, at: found.reschedule(due.isoformat(), words, by=by, at=at))

    def reassign(
        self, who: Principal, action: str, reason: str, *, owner: str | None = None, person: str | None = None
    ) -> int:
        """Another person of the service that owns it (None: nobody is named), or the other party, which a head gives it to."""
        words = words_of(reason)
        with self._seeing.seen(who) as seen:
            row = read_action(seen, action)
            of = read_commitment(seen, row.commitment)
            new = owner or row.owner
            if new not in (of.debtor, of.creditor):
                raise Invalid(
                    said("“{owner}” is no party of {contract}", owner=new, contract=of.contract), place="owner"
                )
            if person is not None and person != row.person:
                require_owner(person, self._following_up.owners(seen, new))
        who.require(
            Right.TAKE_PART if new == row.owner else Right.BIND, row.owner, said("giving this action to others")
        )
        return self._decide(who, row, lambda found, by, at: found.reassign(new, person, words, by=by, at=at))

    def reopen(self, who: Principal, action: str, reason: str, *, due: date | None = None) -> int:
        """The other party says that it is not done after all, within 30 days of its closing; `due` is its new day, None where that
        stays."""
        words = words_of(reason)
        with self._seeing.seen(who) as seen:
            row = read_action(seen, action)
            other = other_party(read_commitment(seen, row.commitment), row.owner)
            who.require(Right.TAKE_PART, other, said("reopening this action"))
            if due is not None:
                require_to_come(seen, row.commitment, due, self._now())
        found, by, at = self._get(row), who.by(Right.TAKE_PART, other), self._now()
        if is_too_late_to_reopen(found.closing["at"] if found.closing is not None else None, at):
            what = said("it was closed more than {days} days ago", days=REOPENED_WITHIN)
            mend = said("open another action, or decide it at a review")
            raise Refused(what, place=row.id, mend=mend, slug="too-late")
        new = due.isoformat() if due is not None else None
        return saved(self._history, found, lambda: found.reopen(words, by=by, at=at, due=new), row.id)

    def ground(self, who: Principal, action: str, references: Sequence[str]) -> int:
        """Either party says what it rests on."""
        with self._seeing.seen(who) as seen:
            row = read_action(seen, action)
            of = read_commitment(seen, row.commitment)
            if not who.may(Right.TAKE_PART, of.debtor, of.creditor):
                raise not_theirs(who, of.contract, of.debtor, of.creditor)
            grounds = self._grounds(seen, of.contract, [(one, None) for one in references])
        by, at, found = who.by(Right.TAKE_PART, row.owner, of.debtor, of.creditor), self._now(), self._get(row)
        return saved(self._history, found, lambda: found.ground(grounds, by=by, at=at))

    # steps that all share

    def _own(self, who: Principal, action: str) -> ActionRow:
        row = self._seeing.read(who, read_action, action)
        _require_own(who, row.owner)
        return row

    def _get(self, row: ActionRow) -> Action:
        return self._history.get(UUID(row.id), Action)

    def _decide(self, who: Principal, row: ActionRow, decide: Callable[[Action, str, Instant], None]) -> int:
        found, by, at = self._get(row), who.by(Right.TAKE_PART, row.owner), self._now()
        return saved(self._history, found, lambda: decide(found, by, at), row.id)

    def _grounds(
        self, seen: Seen, contract: str, said_of: Sequence[tuple[str | None, dict[str, Any] | None]]
    ) -> list[Ground]:
        try:
            references = [parse_reference(ref) for ref, _ in said_of if ref is not None]
        except ValueError as error:
            raise Invalid(said_by(error), slug="reference-invalid") from error
        require_citable(seen, contract, references)
        documents: list[Any] = [document for _, document in said_of]
        position = seen.known.position
        return [
            {"ref": ref, "document": document, "position": position}
            for (ref, _), document in zip(said_of, documents, strict=True)
        ]


def other_party(of: CommitmentRow, owner: str) -> str:
    """The party of the commitment that does not own the action."""
    return of.creditor if owner == of.debtor else of.debtor


def is_too_late_to_reopen(closed_at: Instant | None, now: Instant) -> bool:
    """Says whether it was closed so long ago that only both reopen it, or that something else is to be done. By the clock: people
    close and reopen in its time."""
    return closed_at is not None and now - closed_at > REOPENED_WITHIN * 24 * HOUR


def _require_own(who: Principal, owner: str) -> None:
    who.require(Right.TAKE_PART, owner, said("changing this action"))


def sound_plan(seen: Seen, commitment: str, document: Document, language: str, now: Instant) -> Plan:
    """The plan that a file says, for an action about that commitment. Raises DocumentInvalid, and Refused (`effect-weaker`)."""
    _require_sound(check_plan(document))
    plan = plan_of(document.tree, language)
    _require_no_weaker(plan, rules_now(seen, commitment, now))
    return plan


def _require_same_owner(who: Principal, row: CommitmentRow, found: Action, tree: dict[str, Any]) -> None:
    """Raises Refused for a file of an action that somebody else owns, NotAllowed for who does not own it."""
    if tree.get("owner", row.debtor) != found.owner:
        raise Refused(said("{action} has another owner", action=tree["action"]), slug="conflict")
    _require_own(who, found.owner)


def _require_sound(problems: Sequence[str]) -> None:
    if problems:
        raise DocumentInvalid(list(problems))


def _require_no_weaker(plan: Plan, rules: ActionRules) -> None:
    """Raises Refused for a check that looks at less, or is content with less, than the contract says."""
    effect = plan["effect"]
    if effect is None:
        return
    is_fewer = effect["after"] is not None and rules.after is not None and effect["after"] < rules.after
    is_less_sure = effect["sure"] is not None and share(effect["sure"]) < (rules.sure or SURE)
    if is_fewer or is_less_sure:
        what = said("the effect would be looked for less closely than the contract says")
        raise Refused(what, place="effect", mend=_as_the_contract_says(rules), slug="effect-weaker")


def _as_the_contract_says(rules: ActionRules) -> Said:
    """`at least what the contract says: 8 units, 90 % sure`."""
    sure = rules.sure or SURE
    per_cent = f"{Decimal(100 * sure.numerator) / Decimal(sure.denominator):f} %"
    if rules.after is None:
        return said("at least what the contract says: {sure} sure", sure=per_cent)
    return said("at least what the contract says: {after} units, {sure} sure", after=rules.after, sure=per_cent)


def _document(title: str, sha: str | None, url: str | None) -> dict[str, str]:
    try:
        given = {"sha256": sha256(sha) if sha else None, "url": web_address(url) if url else None}
    except Complaint as error:
        raise Invalid(error.what, mend=error.mend, place="document") from error
    return {"title": title_of(title)} | {name: text for name, text in given.items() if text is not None}


def _first_of(year: int) -> date:
    try:
        return date(year, 1, 1)
    except ValueError as error:
        raise Invalid(said("{year} is no year", year=year), place="year") from error
