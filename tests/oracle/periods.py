"""The periods of a target: calendar periods in the contract's zone, cut at validity and where the zone or `per` changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tests.oracle.contracts import Clause, Contract
from tests.oracle.times import DAY, local, midnight


@dataclass(frozen=True)
class Period:
    """[start, end); `end` is None for a contract without end."""

    id: str
    start: datetime
    end: datetime | None

    def holds(self, moment: datetime) -> bool:
        return self.start <= moment and (self.end is None or moment < self.end)


@dataclass(frozen=True)
class Regime:
    """How time is cut into periods, [start, end)."""

    per: str
    zone: ZoneInfo
    start: datetime
    end: datetime | None


@dataclass(frozen=True)
class Cutting:
    """All periods of one target. What lies outside validity stands in the calendar's periods."""

    regimes: tuple[Regime, ...]

    def at(self, moment: datetime) -> Period:
        regime = next((one for one in reversed(self.regimes) if one.start <= moment), self.regimes[0])
        if regime.per == "contract":
            return Period("contract", regime.start, regime.end)
        id, first, after = calendar_period(local(moment, regime.zone).date(), regime.per)
        start, end = midnight(first, regime.zone), midnight(after, regime.zone)
        if end > regime.start:
            start = max(start, regime.start)
        if regime.end is not None and start < regime.end:
            end = min(end, regime.end)
        return Period(id, start, end)

    def between(self, first: datetime, last: datetime) -> list[Period]:
        """From the one that holds `first` to the one that holds `last`."""
        found = [self.at(first)]
        while (end := found[-1].end) is not None and end <= last:
            found.append(self.at(end))
        return found


def cutting(contract: Contract, clauses: list[Clause], index: int) -> Cutting | None:
    """None where no version has that target. Its first and last periods are cut at validity only, in their own zone."""
    per_of = {one.version.number: str(one.targets[index]["per"]) for one in clauses if index < len(one.targets)}
    if per_of:
        last_form = [*per_of.values()][-1]
        per_of = {number: last_form if " " in per else per for number, per in per_of.items()}
    having = [one for one in contract.in_order if one[0].number in per_of]
    if not having:
        return None
    regimes: list[Regime] = []
    for version, start, end in having:
        per = per_of[version.number]
        if regimes and (regimes[-1].per, regimes[-1].zone) == (per, version.zone):
            regimes[-1] = replace(regimes[-1], end=end)
        else:
            regimes[-1:] = [replace(one, end=start) for one in regimes[-1:]]
            regimes.append(Regime(per, version.zone, start, end))
    last = contract.last_day
    regimes[0] = replace(regimes[0], start=midnight(contract.anchor, regimes[0].zone))
    regimes[-1] = replace(regimes[-1], end=midnight(last + DAY, regimes[-1].zone) if last else None)
    return Cutting(tuple(regimes))


def rolling_days(clauses: list[Clause], index: int) -> int | None:
    """How many days its window has; the last form of a target is taken for all of its time."""
    per = str([one for one in clauses if index < len(one.targets)][-1].targets[index]["per"])
    return int(per.split(" ")[0]) if per.endswith((" day", " days")) else None


def rolling_id(days: int) -> str:
    return f"rolling-{days}d"


def calendar_period(day: date, per: str) -> tuple[str, date, date]:
    """Its id, its first day and the first day after it."""
    year, month = day.year, day.month
    match per:
        case "week":
            monday = day - day.weekday() * DAY
            name = day.isocalendar()
            return f"{name.year}-W{name.week:02}", monday, monday + 7 * DAY
        case "month":
            return f"{year}-{month:02}", date(year, month, 1), _months(year, month, 1)
        case "quarter":
            number = (month + 2) // 3
            return f"{year}-Q{number}", date(year, 3 * number - 2, 1), _months(year, 3 * number - 2, 3)
        case "half":
            number = (month + 5) // 6
            return f"{year}-H{number}", date(year, 6 * number - 5, 1), _months(year, 6 * number - 5, 6)
        case "year":
            return f"{year}", date(year, 1, 1), date(year + 1, 1, 1)
    raise AssertionError(per)


def _months(year: int, month: int, more: int) -> date:
    """The first day of the month that many months later."""
    number = year * 12 + month - 1 + more
    return date(number // 12, number % 12 + 1, 1)
