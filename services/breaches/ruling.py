"""What the contract of an action says of it: by the version in force on the local day that time has reached."""

from __future__ import annotations

from datetime import date

from domain.terms import ActionRules
from domain.times import Instant, local_date, zone
from services.seeing.seen import Seen


def day_reached(seen: Seen, commitment: str, otherwise: Instant) -> date:
    """The local day of its contract that time has reached; that of the instant `otherwise` where no time was declared."""
    contract = seen.catalogue.contracts[commitment.partition("/")[0]]
    watermark = seen.known.of(contract.id).watermark
    return local_date(watermark if watermark is not None else otherwise, zone(contract.versions[-1].terms.timezone))


def rules_now(seen: Seen, commitment: str, now: Instant) -> ActionRules:
    contract = seen.catalogue.contracts[commitment.partition("/")[0]]
    return contract.terms_at(day_reached(seen, commitment, now)).actions
