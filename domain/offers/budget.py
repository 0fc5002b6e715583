"""What a charter will cost in its first years, as it is planned: by charter year, and by calendar year for budgets (SHARED §4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from domain.money import divided
from domain.offers.course import Agreed, Course, part_of_year, planned_meter
from domain.offers.pricing import What, fee_of_month, within_quota
from domain.periods import shifted


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """`quantity` and `amount`: None where nothing says how much will be used. `months`: the weight of each month
    in it, units or money, by which it falls on calendar years."""

    what: What
    amount: int | None
    meter: str | None = None
    quantity: Fraction | None = None
    unit_price: Fraction | None = None
    months: tuple[tuple[date, Fraction], ...] = ()


@dataclass(frozen=True, slots=True)
class BudgetYear:
    """A charter year or a calendar year: its first day, the day after its last."""

    year: int
    first: date
    after: date
    lines: tuple[BudgetLine, ...]

    @property
    def total(self) -> int | None:
        """None where a line has no amount."""
        return total_of(line.amount for line in self.lines)


def total_of(amounts: Iterable[int | None]) -> int | None:
    """Their sum; None where one of them is."""
    total = 0
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def planned_for_cost(version: Agreed, year: int) -> Fraction | None:
    """The units of a charter year that its cost is reckoned with: of the plan, whose last year stands for later ones, else what is held
    or the ceiling."""
    terms = version.terms
    if terms.plan:
        return Fraction(terms.plan[min(year, len(terms.plan)) - 1])
    at = terms.intention.at if terms.intention is not None else None
    return None if at is None else Fraction(at)


def charter_years(course: Course, count: int) -> list[BudgetYear]:
    """The first so many charter years; each month follows the version in force on its first day."""
    return [
        BudgetYear(year, course.year_start(year), course.year_start(year + 1), tuple(_lines(course, year)))
        for year in range(1, count + 1)
    ]


def calendar_years(years: Iterable[BudgetYear]) -> list[BudgetYear]:
    """The same lines by the calendar years that their months lie in; their sums are those of the charter years."""
    found: dict[int, list[BudgetLine]] = {}
    for one in years:
        for line in one.lines:
            for year, cut in _by_calendar_year(line, one):
                found.setdefault(year, []).append(cut)
    return [BudgetYear(year, date(year, 1, 1), date(year + 1, 1, 1), _merged(found[year])) for year in sorted(found)]


def _by_calendar_year(line: BudgetLine, of: BudgetYear) -> list[tuple[int, BudgetLine]]:
    if line.amount is None:
        return [
            (year, BudgetLine(line.what, None, line.meter))
            for year in sorted({of.first.year, shifted(of.after, -1, "day").year})
        ]
    weights: dict[int, Fraction] = {}
    for month, weight in line.months:
        weights[month.year] = weights.get(month.year, Fraction(0)) + weight
    parts = divided(line.amount, list(weights.values())) if weights else []
    return [(year, BudgetLine(line.what, part, line.meter)) for year, part in zip(weights, parts, strict=True)]


def _merged(lines: list[BudgetLine]) -> tuple[BudgetLine, ...]:
    """One line of each sort and meter."""
    sorts: dict[tuple[What, str | None], list[BudgetLine]] = {}
    for line in lines:
        sorts.setdefault((line.what, line.meter), []).append(line)
    return tuple(BudgetLine(what, total_of(one.amount for one in some), meter) for (what, meter), some in sorts.items())


def _lines(course: Course, year: int) -> list[BudgetLine]:
    months = course.months_of(year)
    fees = tuple((month, Fraction(fee)) for month in months if (fee := fee_of_month(course, month)))
    found = _of_units(course, year, months)
    if fees:
        found.append(BudgetLine("fixed", sum(int(fee) for _, fee in fees), months=fees))
    first = course.on(months[0])
    if year == 1 and first is not None and first.terms.one_off:
        once = first.terms.one_off
        found.append(BudgetLine("one-off", once, months=((months[0], Fraction(once)),)))
    return found


def _of_units(course: Course, year: int, months: Iterable[date]) -> list[BudgetLine]:
    parts: dict[tuple[str, What, Fraction], dict[date, Fraction]] = {}
    unknown: set[str] = set()
    used: dict[str, Fraction] = {}
    for month in months:
        version = course.on(month)
        meter = planned_meter(version, month) if version is not None else None
        if version is None or meter is None:
            continue
        planned = planned_for_cost(version, year)
        if planned is None:
            unknown.add(meter)
            continue
        quantity, before = planned * part_of_year(version.terms, month), used.get(meter, Fraction(0))
        used[meter] = before + quantity
        for part in within_quota(course, version, meter, month, before, quantity):
            if part.unit_price is not None:
                by_month = parts.setdefault((meter, part.what, part.unit_price), {})
                by_month[month] = part.quantity
    return [
        *(_line(meter, what, price, by_month) for (meter, what, price), by_month in parts.items()),
        *(BudgetLine("unit", None, meter) for meter in sorted(unknown)),
    ]


def _line(meter: str, what: What, price: Fraction, by_month: dict[date, Fraction]) -> BudgetLine:
    quantity = sum(by_month.values(), Fraction(0))
    return BudgetLine(what, round(quantity * price), meter, quantity, price, tuple(by_month.items()))
