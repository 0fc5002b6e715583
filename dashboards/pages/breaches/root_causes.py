"""The root cause of a breach on its page: who said which, which one counts, and the choice of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from dashboards.pages.causes.called import called, choices
from dashboards.pages.house.frame import View
from domain.saying import said
from domain.terms import Party
from services.access import Right
from services.breaches.rows import AttributionRow, BreachRow
from services.breaches.taking_back import own_attributions
from services.causes.attributing import Attributing
from services.errors import Invalid
from services.figures.rows import CommitmentRow


@dataclass(frozen=True)
class Said:
    """What one side said last."""

    row: AttributionRow
    service: str
    title: str
    is_own: bool


@dataclass(frozen=True)
class RootCauses:
    """`counts`: the title of the one that counts; empty: nobody has said one. `sides`: for which parties the reader may say one."""

    counts: str
    differ: bool
    said: Sequence[Said]
    offers: Sequence[tuple[str, str]]
    sides: Sequence[tuple[Party, str]]

    @property
    def may(self) -> bool:
        return bool(self.offers and self.sides)


def root_causes(view: View, row: BreachRow, owed: CommitmentRow) -> RootCauses:
    own = own_attributions(view.seen, row)
    services = {"debtor": owed.debtor, "creditor": owed.creditor}
    last = [Said(one, services[one.side], called(view, one.root_cause), one in own) for one in row.attributed]
    debtor = owed.deliverable.owed_by
    creditor: Party = "client" if debtor == "supplier" else "supplier"
    parties: list[tuple[Party, str]] = [(debtor, owed.debtor), (creditor, owed.creditor)]
    is_asked = row.state == "open" and row.decided_in is None
    return RootCauses(
        called(view, row.root_cause) if row.root_cause else "",
        len({one.root_cause for one in row.attributed}) > 1,
        last,
        choices(view),
        [(party, service) for party, service in parties if is_asked and view.who.may(Right.TAKE_PART, service)],
    )


def require_chosen(view: View) -> str:
    """The root cause that was chosen. Raises Invalid where none was."""
    cause = view.typed.get("cause", "").strip()
    if not cause:
        raise Invalid(said("no cause was chosen"), mend=said("choose one of the list"), slug="none-chosen")
    return cause


def attribute(view: View, breach: str) -> int:
    """Says to which root cause a breach is due, as it was chosen."""
    party = view.typed.get("party", "")
    side = cast("Party", party) if party in ("supplier", "client") else None
    return view.pages.store.use(Attributing).attribute(view.who, breach, require_chosen(view), side)
