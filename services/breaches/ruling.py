"""What the contract of an action says of it: by the version in force on the local day that time has reached."""

from __future__ import annotations

from datetime import date

from domain.saying import said
from domain.terms import ActionRules
from domain.times import Instant, local_date, zone
from services.deciding import within_bounds
from services.errors import Invalid
from services.seeing.seen import Seen


def day_reached(seen: Seen, commitment: str, otherwise: Instant) -> date:
    """The local day of its contract that time has reached; that of the instant `otherwise` where no time was declared."""
    contract = seen.catalogue.contracts[commitment.partition("/")[0]]
    watermark = seen.known.of(contract.id).watermark
    return local_date(watermark if watermark is not None else otherwise, zone(contract.versions[-1].terms.timezone))


def require_to_come(seen: Seen, commitment: str, due: date, now: Instant) -> None:
    """Raises Invalid (`due-past`) for a day of an action that time has passed in its contract."""
    today = day_reached(seen, commitment, now)
    if within_bounds(due, "due") < today:
        what = said("{due} has passed: it is {today}", due=due, today=today)
        raise Invalid(what, place="due", mend=said("a later day"), slug="due-past")


def rules_now(seen: Seen, commitment: str, now: Instant) -> ActionRules:
    contract = seen.catalogue.contracts[commitment.partition("/")[0]]
    return contract.terms_at(day_reached(seen, commitment, now)).actions
