"""Whether a client uses what it means to use: the plan of a charter year, what was used of it, what is left (SHARED §4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, Literal

from domain.offers.course import Agreed, Course, part_of_year, planned_meter
from domain.offers.pricing import Units
from domain.offers.terms import Intention
from domain.periods import shifted

State = Literal[
    "within", "above", "below", "near-cap", "over-cap", "growing", "behind", "shrinking"
]  # fmt: skip
ENOUGH_MONTHS: Final = 3
"""Complete months of a charter year before which nothing is said; of a cap it is said from the first day."""
NEAR: Final = Fraction(9, 10)
FLAGS: Final[tuple[tuple[Literal["use-80", "use-100"], Fraction], ...]] = (
    ("use-80", Fraction(8, 10)),
    ("use-100", Fraction(1)),
)
"""Of what part of a quota people are told."""


@dataclass(frozen=True, slots=True)
class Corridor:
    """Of the charter year `year`, whose first day is `first`. `plan`: of the whole year. `to_date`, `used`: of its `months` complete
    months; None: there is no plan. `so_far`: units of the year with the month that runs. `left`: of the quota, may be below nothing."""

    year: int
    first: date
    meter: str | None
    months: int
    plan: Fraction | None
    to_date: Fraction | None
    used: Fraction
    so_far: Fraction
    ratio: Fraction | None
    state: State | None
    quota: Fraction | None
    left: Fraction | None

    @property
    def flags(self) -> tuple[str, ...]:
        """Which parts of the quota are used: of a quota of nothing all, once something is."""
        if self.quota is None or self.so_far <= 0:
            return ()
        return tuple(name for name, part in FLAGS if self.so_far >= self.quota * part)


def plan_of(version: Agreed, year: int) -> Fraction | None:
    """The units that are planned for a charter year: of its plan, else what is held or the ceiling. None where nothing says it."""
    terms = version.terms
    if year <= len(terms.plan):
        return Fraction(terms.plan[year - 1])
    at = terms.intention.at if terms.intention is not None else None
    return None if at is None else Fraction(at)


def plan_of_month(course: Course, month: date) -> Fraction | None:
    """The month's part of the plan, of the version in force on its first day; None where that has none."""
    version = course.on(month)
    plan = plan_of(version, course.year_of(month)) if version is not None else None
    return None if version is None or plan is None else plan * part_of_year(version.terms, month)


def corridor(course: Course, today: date, units: Units) -> Corridor | None:
    """As it stands at the beginning of `today`, the local day that time has reached, and for what of that day has come. None before the
    charter begins and after its end."""
    version = course.on(today)
    if version is None or today < course.begins:
        return None
    year = course.year_of(today)
    first, meter = course.year_start(year), planned_meter(version, today)
    months = [month for month in course.months_of(year) if shifted(month, 1, "month") <= today]
    plans = [plan_of_month(course, month) for month in months]
    used = units(meter, first, shifted(first, len(months), "month")) if meter is not None else Fraction(0)
    so_far = units(meter, first, date.fromordinal(today.toordinal() + 1)) if meter is not None else Fraction(0)
    plan = _sum([plan_of_month(course, month) for month in course.months_of(year)])
    to_date = None if plan is None else _sum(plans) or Fraction(0)
    ratio = used / to_date if to_date else None
    quota = Fraction(version.terms.quota.quantity) if version.terms.quota is not None else None
    return Corridor(
        year=year,
        first=first,
        meter=meter,
        months=len(months),
        plan=plan,
        to_date=to_date,
        used=used,
        so_far=so_far,
        ratio=ratio,
        state=state_of(version.terms.intention, so_far, ratio, len(months)),
        quota=quota,
        left=None if quota is None else quota - so_far,
    )


def state_of(intention: Intention | None, so_far: Fraction, ratio: Fraction | None, months: int) -> State | None:
    """Ends of a band are inside. None where the intention says nothing yet, or nothing is planned."""
    if intention is None:
        return None
    if intention.kind == "cap":
        return _of_cap(Fraction(intention.at or 0), so_far)
    if ratio is None or months < ENOUGH_MONTHS:
        return None
    match intention.kind:
        case "hold":
            if abs(ratio - 1) <= intention.band:
                return "within"
            return "above" if ratio > 1 else "below"
        case "grow":
            return "growing" if ratio >= 1 - intention.band else "behind"
        case "shrink":
            return "shrinking" if ratio <= 1 + intention.band else "behind"


def _of_cap(at: Fraction, so_far: Fraction) -> State:
    if so_far > at:
        return "over-cap"
    return "near-cap" if so_far >= at * NEAR and so_far > 0 else "within"


def _sum(plans: Sequence[Fraction | None]) -> Fraction | None:
    """Of the months that have a plan; None where none of them has."""
    known = [plan for plan in plans if plan is not None]
    return sum(known, Fraction(0)) if known else None
