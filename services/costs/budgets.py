"""What the years of a charter will cost, and how its use lies to its plan (SHARED §4)."""

from __future__ import annotations

from dataclasses import dataclass

from domain.offers.budget import BudgetYear, calendar_years, charter_years, total_of
from domain.offers.corridor import Corridor, corridor
from domain.saying import said
from domain.times import local_date, zone
from services.access import ADMINISTRATOR
from services.charters.reading import read_charter
from services.charters.rows import CharterRow
from services.costs.courses import course_of, proposed_course
from services.costs.using import UnitsUsed
from services.errors import Invalid
from services.offers.reading import read_offer, read_offers
from services.seeing.seen import Seen
from services.use.counting import OfferUse

YEARS = 3
MOST_YEARS = 10


@dataclass(frozen=True, slots=True)
class CharterCost:
    """`is_agreed`: of what both have signed, and not of a wording that waits. `calendar`: the same by calendar year."""

    charter: CharterRow
    currency: str
    is_agreed: bool
    years: tuple[BudgetYear, ...]
    calendar: tuple[BudgetYear, ...]

    @property
    def total(self) -> int | None:
        """None where nothing says how much will be used."""
        return total_of(one.total for one in self.years)


def read_charter_cost(seen: Seen, charter: str, years: int = YEARS, *, proposed: bool = False) -> CharterCost:
    """Of its first years. `proposed`: with the wording that waits, as it always is of a charter that nobody has signed yet. Raises
    NotFound, Invalid."""
    if not 1 <= years <= MOST_YEARS:
        raise Invalid(said("{years} years", years=years), place="years", mend=said("1 to {most}", most=MOST_YEARS))
    row = read_charter(seen, charter)
    offer = read_offer(seen.by(ADMINISTRATOR), row.offer)
    agreed = course_of(row, offer)
    course = proposed_course(row, offer) if agreed is None or proposed else agreed
    found = charter_years(course, years)
    is_agreed = agreed is not None and not (proposed and row.pending is not None)
    return CharterCost(row, offer.terms.currency, is_agreed, tuple(found), tuple(calendar_years(found)))


def read_corridor(seen: Seen, row: CharterRow) -> Corridor | None:
    """How the use of a charter lies to its plan on the day that time has reached; None outside of its time."""
    everything = seen.by(ADMINISTRATOR)
    return _corridor(UnitsUsed(OfferUse(everything, read_offer(everything, row.offer))), row)


def read_corridors(seen: Seen, service: str | None = None) -> dict[str, Corridor]:
    """By charter, of those in force that one sees; with `service` of those that it supplies or takes."""
    found: dict[str, Corridor] = {}
    for offer in seen.once(read_offers):
        units = UnitsUsed(OfferUse(seen, offer))
        for row in units.use.charters:
            is_shown = seen.sees(row.supplier, row.client) and service in (None, row.supplier, row.client)
            if is_shown and (one := _corridor(units, row)) is not None:
                found[row.id] = one
    return found


def _corridor(units: UnitsUsed, row: CharterRow) -> Corridor | None:
    course, watermark = course_of(row, units.use.offer), units.use.watermark
    if course is None or watermark is None:
        return None
    return corridor(course, local_date(watermark, zone(units.use.offer.terms.timezone)), units.of(row.client))
