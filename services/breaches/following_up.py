"""The decisions of people about breaches and actions. Each is an entry of the history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import count
from uuid import UUID

from domain.action import Action, ReasonsMissing
from domain.breach import BreachFile
from domain.decisions import stream_of
from domain.errand import Errand
from domain.saying import Said, said, said_by
from domain.times import Clock, Instant
from services.access import Principal, Right, not_theirs
from services.breaches.reading import read_action, read_breach
from services.breaches.rows import BreachRow, OfBreach
from services.breaches.ruling import day_reached, require_to_come, rules_now
from services.breaches.taking_back import require_unsigned
from services.contracts.knowing import Directories, unknown_person
from services.contracts.reading import read_contract
from services.deciding import saved, title_of, words_of
from services.directory.mentioning import Mentioning
from services.errors import Invalid, NotFound, Refused, some
from services.figures.reading import read_commitment
from services.figures.rows import CommitmentRow
from services.history.history import History
from services.seeing.seen import Seeing, Seen

LATEST = timedelta(days=90)
"""How long after its closing an action may begin to help."""
Telling = Callable[[Action, str, str, Instant], None]
"""What is decided of an action: with what was said, by whom, at which instant."""


class FollowingUp:
    """Use cases: get, decide, save; each returns the position of its entry. Raises NotFound, NotAllowed, Refused, Invalid."""

    def __init__(self, history: History, seeing: Seeing, now: Clock):
        self._history = history
        self._seeing = seeing
        self._now = now
        self._known = Directories(seeing)
        self._mentioning = Mentioning(history)

    def acknowledge(self, who: Principal, breach: str) -> int:
        """The service that owes what was not kept says that it knows, while the breach waits for somebody."""
        with self._seeing.seen(who) as seen:
            row = read_breach(seen, breach)
            who.require(Right.TAKE_PART, row.debtor, said("acknowledging this breach"))
        _require_waiting(row)
        found = self._breach_file(row.id, row.commitment)
        by = who.by(Right.TAKE_PART, row.debtor)
        return saved(self._history, found, lambda: found.acknowledge(by=by, at=self._now()))

    def explain_breach(self, who: Principal, breach: str, text: str) -> int:
        """Either party may say why it happened, while the breach waits for somebody."""
        with self._seeing.seen(who) as seen:
            row = read_breach(seen, breach)
            _require_waiting(row)
            words, at, by, errands = self._told(seen, row.commitment, f"breach:{row.id}", text)
        found = self._breach_file(row.id, row.commitment)
        return saved(self._history, found, lambda: found.explain(words, by=by, at=at), besides=errands)

    def take_back(self, who: Principal, breach: str, what: OfBreach, said_at: Instant) -> int:
        """Who said it takes it back, while nobody has acted on it, and (but for its cause) while the breach waits for somebody; it
        waits as it did before."""
        with self._seeing.seen(who) as seen:
            row = read_breach(seen, breach)
            by = _party(seen, row.commitment)
            require_unsigned(seen, row, said_at)
        if what == "attribution":
            require_standing(row)
        else:
            _require_waiting(row)
        found, at = self._breach_file(row.id, row.commitment), self._now()
        take_back = {
            "acknowledgement": found.take_back_acknowledgement,
            "explanation": found.take_back_explanation,
            "attribution": found.take_back_attribution,
        }[what]
        return saved(self._history, found, lambda: take_back(said_at, by=by, at=at))

    def open_action(
        self, who: Principal, commitment: str, text: str, *, person: str | None = None, due: date | None = None
    ) -> tuple[str, int]:
        """An action that a person opens; the service that owes the deliverable owns it. Its id and position. Raises Refused
        (`already-open`) while the same is open."""
        with self._seeing.seen(who) as seen:
            action = self.opening(seen, commitment, text, person=person, due=due, by=_party(seen, commitment))
        return action.action, self._history.save(action)

    def opening(
        self,
        seen: Seen,
        commitment: str,
        text: str,
        *,
        person: str | None = None,
        due: date | None = None,
        by: str,
        review: str | None = None,
        is_agreed: bool = False,
    ) -> Action:
        """The action, not saved yet. `review`: the meeting that decided it. `is_agreed`: its day was agreed while it was still to come.
        Raises Invalid (`due-past`) for a day that has passed else."""
        row = read_commitment(seen, commitment)
        owners, falls_to = self.owners(seen, row.debtor), self.falls_to(seen, row)
        if person is not None:
            require_owner(person, owners)
        if due is not None and not is_agreed:
            require_to_come(seen, row.id, due, self._now())
        return Action(
            action=self._new_action(row.id, words_of(text)),
            commitment=row.id,
            period=row.current[0].period if row.current else "",
            cause="opened-by-hand",
            text=words_of(text),
            owner=row.debtor,
            person=person or falls_to,
            due=due.isoformat() if due is not None else None,
            by=by,
            at=self._now(),
            review=review,
        )

    def _new_action(self, commitment: str, text: str) -> str:
        """An id that is derived from what is to be done, so that a form that is sent twice, however fast, opens it once; done,
        it may be opened again."""
        same = " ".join(text.casefold().split())
        for time in count():
            id = stream_of("action", f"{commitment}:{same}:{time}")
            try:
                found = self._history.get(id, Action)
            except NotFound:
                return str(id)
            if found.state == "open":
                mend = said("note progress on it, or say what is to be done besides")
                raise Refused(said("this action is open already"), place=str(id), mend=mend, slug="already-open")
        raise AssertionError

    def doubts(self, who: Principal, commitment: str, person: str | None) -> tuple[Said, ...]:
        """Lists what is to be doubted of an action that is opened for that person: that neither party knows who it is."""
        if person is None:
            return ()
        contract = self._seeing.read(who, read_contract, commitment.partition("/")[0])
        doubt = unknown_person(person, (contract.supplier, contract.client), self._known(who))
        return (doubt,) if doubt is not None else ()

    def progress(self, who: Principal, action: str, text: str) -> int:
        return self.tell(who, action, text, lambda found, words, by, at: found.note_progress(words, by=by, at=at))

    def comment(self, who: Principal, action: str, text: str) -> int:
        """Either party asks or answers something about it."""
        return self.tell(who, action, text, lambda found, words, by, at: found.comment(words, by=by, at=at))

    def name_action(self, who: Principal, action: str, title: str, person: str | None) -> int:
        """The service that owns it says what it is called, and which of its people does it; None: nobody."""
        with self._seeing.seen(who) as seen:
            row = read_action(seen, action)
            who.require(Right.TAKE_PART, row.owner, said("changing this action"))
            owners = self.owners(seen, row.owner)
        if person is not None and person != row.person:
            require_owner(person, owners)
        by, found = who.by(Right.TAKE_PART, row.owner), self._history.get(UUID(row.id), Action)
        words = title_of(title)
        return saved(self._history, found, lambda: found.name(words, person, by=by, at=self._now()))

    def people(self, seen: Seen, *parties: str) -> list[str]:
        """The people who take part between these services, as far as the asker is told of them, by id."""
        return sorted(self._mentioning.people(seen, parties, self._now()))

    def owners(self, seen: Seen, service: str) -> list[str] | None:
        """Who may do an action that this service owns: note progress on it, and close it; by id. None where the service names nobody,
        so that any is meant."""
        return self._mentioning.taking_part(seen, service, self._now())

    def falls_to(self, seen: Seen, row: CommitmentRow) -> str | None:
        """Whose an action is that is opened for nobody: who owns the indicator, where they can do it."""
        owner = row.criterion.owner
        is_able = owner is not None and self._mentioning.takes_part(owner, row.debtor, self._now())
        return owner if is_able or self.owners(seen, row.debtor) is None else None

    def close(
        self,
        who: Principal,
        action: str,
        text: str,
        *,
        effective_from: date | None = None,
        undone: dict[str, str] | None = None,
    ) -> int:
        """The service that owns it says that it is done; who waits for it cannot end it. `effective_from`: the local day from which it
        is to help, the day after today where it says none; `undone`: why steps are not done. Raises Refused (`evidence-missing`,
        `reasons-missing`)."""
        with self._seeing.seen(who) as seen:
            row = read_action(seen, action)
            who.require(Right.TAKE_PART, row.owner, said("closing this action"))
            today = day_reached(seen, row.commitment, self._now())
            rules = rules_now(seen, row.commitment, self._now())
        begins = effective_from or today + timedelta(days=1)
        if not today <= begins <= today + LATEST:
            what = said(
                "{day} is not within the {days} days from {today} on", day=begins, days=LATEST.days, today=today
            )
            raise Invalid(what, place="effective_from", mend=said("a day within them"), slug="effective-from")
        if rules.needs_evidence and not row.evidence and row.state == "open":
            what = said("the contract asks for evidence, and nobody has shown any")
            raise Refused(
                what, place=row.id, mend=said("entries of the history, or a document"), slug="evidence-missing"
            )
        reasons = {step: words_of(reason) for step, reason in (undone or {}).items()}

        def end(found: Action, words: str, by: str, at: Instant) -> None:
            try:
                found.close(words, by=by, at=at, effective_from=begins.isoformat(), undone=reasons)
            except ReasonsMissing as error:
                mend = said("say why of each")
                raise Refused(said_by(error), place=row.id, mend=mend, slug="reasons-missing") from error

        return self.tell(who, action, text, end)

    def tell(self, who: Principal, action: str, text: str, decide: Telling) -> int:
        """What somebody says of an action while deciding about it, with what waits for whom it names."""
        with self._seeing.seen(who) as seen:
            row = read_action(seen, action)
            words, at, by, errands = self._told(seen, row.commitment, f"action:{row.id}", text)
        found = self._history.get(UUID(row.id), Action)
        return saved(self._history, found, lambda: decide(found, words, by, at), besides=errands)

    def _told(self, seen: Seen, commitment: str, of: str, text: str) -> tuple[str, Instant, str, list[Errand]]:
        """What somebody says of a thing, at which instant, under which name, and what waits for whom it names."""
        row, by = read_commitment(seen, commitment), _party(seen, commitment)
        words, at = words_of(text), self._now()
        return words, at, by, self._mentioning.errands(seen, (row.debtor, row.creditor), words, of, by, at)

    def _breach_file(self, breach: str, commitment: str) -> BreachFile:
        return breach_file(self._history, breach, commitment)


def breach_file(history: History, breach: str, commitment: str) -> BreachFile:
    """What was said of the breach; nothing, where nobody has."""
    try:
        return history.get(stream_of("breach", breach), BreachFile)
    except NotFound:
        return BreachFile(breach=breach, commitment=commitment)


def require_owner(person: str, owners: Sequence[str] | None) -> None:
    """Raises Invalid for who could not do what the service owns."""
    if owners is not None and person not in owners:
        what = said("“{person}” is nobody who could do it here", person=person)
        raise Invalid(what, place="person", mend=some(owners, 6), slug="person-unknown")


def require_standing(row: BreachRow) -> None:
    """Raises Refused of a breach that was withdrawn, or is past."""
    if row.state == "withdrawn":
        why = said("the breach is withdrawn, as the miss went away: nothing is to be said of it")
    elif row.state == "past":
        why = said("the breach lies before the contract was in use here: nothing is to be said of it")
    else:
        return
    raise Refused(why, place=row.id, slug="nothing-waits")


def _require_waiting(row: BreachRow) -> None:
    """Raises Refused of a breach that waits for nobody, and says why it does not."""
    require_standing(row)
    if not row.waits:
        why = said("the breach is dealt with: nothing is to be said of it any more")
        raise Refused(why, place=row.id, slug="nothing-waits")


def _party(seen: Seen, commitment: str) -> str:
    """The name under which one takes part, for the debtor or else the creditor. Raises NotAllowed."""
    row = read_commitment(seen, commitment)
    if not seen.who.may(Right.TAKE_PART, row.debtor, row.creditor):
        raise not_theirs(seen.who, row.contract, row.debtor, row.creditor)
    return seen.who.by(Right.TAKE_PART, row.debtor, row.creditor)
