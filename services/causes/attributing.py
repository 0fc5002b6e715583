"""The decisions of people about the root causes of breaches. Each is an entry of the history (MEETING §3)."""

from __future__ import annotations

from collections.abc import Sequence

from domain.breach import BreachFile, Side
from domain.saying import said
from domain.terms import Party
from domain.times import Clock, Instant
from services.access import Principal, Right, not_theirs
from services.breaches.following_up import breach_file, require_standing
from services.breaches.reading import read_breach
from services.causes.reading import read_causes
from services.deciding import refusing, saved
from services.errors import Invalid, some
from services.figures.reading import read_commitment
from services.figures.rows import CommitmentRow
from services.history.history import History
from services.seeing.seen import Seeing, Seen


class Attributing:
    """Use cases: get, decide, save; each returns the position of its entry. Raises NotFound, NotAllowed, Refused, Invalid."""

    def __init__(self, history: History, seeing: Seeing, now: Clock):
        self._history = history
        self._seeing = seeing
        self._now = now

    def attribute(self, who: Principal, breach: str, root_cause: str, party: Party | None = None) -> int:
        """Either party says to which root cause a breach is due; who may act for both speaks as the debtor, unless `party` says for
        which."""
        with self._seeing.seen(who) as seen:
            row = read_breach(seen, breach)
            require_standing(row)
            side, by = _speaking(seen, read_commitment(seen, row.commitment), party)
            _require_known(seen, root_cause)
        found = breach_file(self._history, row.id, row.commitment)
        return saved(
            self._history, found, lambda: found.attribute(root_cause, side, by=by, at=self._now()), place=row.id
        )


def decided_attributions(
    seen: Seen, breaches: Sequence[str], root_cause: str, review: str, *, by: str, at: Instant
) -> list[BreachFile]:
    """What a review that both have signed decides of these breaches, to be saved together with the rest of it. Raises Invalid for a
    cause that no list has, NotFound, Refused where one of them cannot take effect any more."""
    _require_known(seen, root_cause)
    found = []
    for id in dict.fromkeys(breaches):
        row = read_breach(seen, id)
        require_standing(row)
        file = breach_file(seen.history, row.id, row.commitment)
        with refusing(row.id):
            file.decide_attribution(root_cause, review, by=by, at=at)
        found.append(file)
    return found


def _speaking(seen: Seen, owed: CommitmentRow, party: Party | None) -> tuple[Side, str]:
    """The side that somebody speaks for, and the name under which. Raises NotAllowed."""
    services: dict[Side, str] = {"debtor": owed.debtor, "creditor": owed.creditor}
    if party is not None:
        services = {
            side: id for side, id in services.items() if (side == "debtor") == (owed.deliverable.owed_by == party)
        }
    for side, service in services.items():
        if seen.who.may(Right.TAKE_PART, service):
            return side, seen.who.by(Right.TAKE_PART, service)
    raise not_theirs(seen.who, owed.contract, owed.debtor, owed.creditor)


def _require_known(seen: Seen, root_cause: str) -> None:
    """Raises Invalid for a cause that no list has."""
    known = read_causes(seen)
    if root_cause not in known:
        raise Invalid(
            said("no list has the cause “{cause}”", cause=root_cause),
            place="root_cause",
            mend=some(list(known), 6) if known else said("publish a list of causes first (entente apply)"),
            slug="unknown-cause",
        )
