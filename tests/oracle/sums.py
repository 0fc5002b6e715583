"""Volume: one occurrence per period, its events counted or their values added up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction

from tests.oracle.cases import when
from tests.oracle.contracts import Clause, Contract, clause_at
from tests.oracle.durations import add
from tests.oracle.evidence import Event, exact, kind_of, selects, value_at
from tests.oracle.occurrences import Occurrence
from tests.oracle.periods import Cutting, Period, Regime
from tests.oracle.times import midnight


def occurrences(
    contract: Contract, clauses: list[Clause], events: list[Event], watermark: datetime | None, last: date
) -> list[Occurrence]:
    """Up to the last day, or to the end of validity."""
    cut = _cutting(contract, clauses)
    end = clauses[-1].end
    until = end if end is not None else midnight(last, clauses[-1].zone)
    counted: dict[Period, list[Event]] = {}
    for event in events:
        if clause_at(clauses, when(event)) is not None:
            counted.setdefault(cut.at(when(event)), []).append(event)
    periods = cut.between(clauses[0].start, until - timedelta.resolution)
    found: list[Occurrence] = []
    names: set[str] = set()
    for one in periods:
        owed = _judged(clauses, one, counted.get(one, []), watermark)
        if owed is not None:
            found.append(replace(owed, key=_name(clauses, one)) if one.id in names else owed)
        names.add(one.id)
    return found


def _name(clauses: list[Clause], period: Period) -> str:
    """Of the later one of two periods that are called the same."""
    clause = clause_at(clauses, period.start) or clauses[-1]
    return f"{period.id}#{clause.version.number}"


def _cutting(contract: Contract, clauses: list[Clause]) -> Cutting:
    """By the `per` of the indicator, cut at validity; another zone or `per` begins new periods."""
    regimes: list[Regime] = []
    for one in clauses:
        per = str(one.indicator["per"])
        start = regimes.pop().start if regimes and (regimes[-1].per, regimes[-1].zone) == (per, one.zone) else one.start
        regimes.append(Regime(per, one.zone, start, one.end))
    return Cutting(tuple(regimes))


def _judged(
    clauses: list[Clause], period: Period, events: list[Event], watermark: datetime | None
) -> Occurrence | None:
    """By the wording at the period's end. None where nothing came and the contract ignores that."""
    assert period.end is not None
    last = period.end - timedelta.resolution
    clause = clause_at(clauses, last) or clauses[-1]
    due = add(period.end, clause.version.tree.get("late_data", "0 s"), clause.zone, clause.calendar)
    counted = [one for one in events if selects(clause.indicator["each"], one)]
    is_due = watermark is not None and watermark >= due
    verdict = _verdict(clause, counted) if is_due else "pending"
    return Occurrence(period.id, clause, last, verdict, due, has_news=bool(counted)) if verdict is not None else None


def _verdict(clause: Clause, counted: list[Event]) -> str | None:
    if not counted:
        unsaid = {"unknown": "unknown", "breach": "failed", "ignore": None}
        return unsaid[clause.criterion.get("when_no_data", "unknown")]
    total = Fraction(0)
    for event in counted:
        value = value_at(event, clause.indicator["value"]) if "value" in clause.indicator else 1
        number = exact(value)
        if kind_of(value) != "number" or not isinstance(number, Fraction):
            return "unknown"
        total += number
    expected = Fraction(str(clause.indicator["expected"]))
    band = Fraction(str(clause.indicator["band"]).removesuffix("%").strip()) / 100
    return "met" if abs(total - expected) <= expected * band else "failed"
