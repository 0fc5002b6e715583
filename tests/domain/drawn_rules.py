"""Rules of RFC 5545 drawn at random, of every part that a contract may say."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FIRST, LAST = date(1999, 1, 1), date(2033, 1, 1)


def rule(draw: Random) -> str:
    """Some of them are refused."""
    frequency = draw.choice(["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "YEARLY"])
    parts = [f"FREQ={frequency}"]
    for name, one_in, value in _PARTS:
        if draw.random() < 1 / one_in and (said := value(draw, frequency)):
            parts.append(f"{name}={said}")
    draw.shuffle(parts)
    return ";".join(parts)


def anchor(draw: Random) -> date:
    """Often about the turn of a year, or at the end of February."""
    year = draw.randint(FIRST.year, LAST.year)
    if draw.random() < 0.3:
        return date(year, 1, 1) + timedelta(days=draw.randint(-5, 5))
    if draw.random() < 0.1:
        return date(year, 3, 1) - timedelta(days=draw.randint(0, 2))
    return date(year, 1, 1) + timedelta(days=draw.randint(0, 365))


def _interval(draw: Random, frequency: str) -> str:
    return str(draw.choice([1, 2, 2, 3, 5, 7, 13]))


def _week_start(draw: Random, frequency: str) -> str:
    return draw.choice(WEEKDAYS)


def _months(draw: Random, frequency: str) -> str:
    return _listed(draw, range(1, 13), 4)


def _weeks(draw: Random, frequency: str) -> str:
    return _listed(draw, [1, 2, 20, 51, 52, 53, -1, -2, -51, -52, -53], 3) if frequency == "YEARLY" else ""


def _year_days(draw: Random, frequency: str) -> str:
    days = [1, 2, 59, 60, 61, 100, 365, 366, -1, -2, -100, -306, -307, -365, -366]
    return _listed(draw, days, 5) if frequency == "YEARLY" else ""


def _month_days(draw: Random, frequency: str) -> str:
    days = [1, 2, 5, 13, 15, 28, 29, 30, 31, -1, -2, -3, -28, -29, -30, -31]
    return _listed(draw, days, 6) if frequency != "WEEKLY" else ""


def _weekdays(draw: Random, frequency: str) -> str:
    most = {"MONTHLY": 5, "YEARLY": 53}.get(frequency, 0)
    found = []
    for name in draw.sample(WEEKDAYS, draw.randint(1, 5)):
        number = draw.choice([1, 2, 3, 4, 5, most, draw.randint(1, most)]) if most and draw.random() < 0.4 else 0
        found.append(f"{draw.choice(['', '+', '-', '-'])}{number}{name}" if number else name)
    return ",".join(found)


def _places(draw: Random, frequency: str) -> str:
    return _listed(draw, [1, 2, 3, 5, 20, -1, -2, -3, -20], 3) if frequency != "DAILY" else ""


def _listed(draw: Random, numbers: range | list[int], most: int) -> str:
    return ",".join(map(str, draw.sample(list(numbers), draw.randint(1, most))))


_PARTS = [
    ("INTERVAL", 2, _interval),
    ("WKST", 3, _week_start),
    ("BYMONTH", 3, _months),
    ("BYWEEKNO", 4, _weeks),
    ("BYYEARDAY", 6, _year_days),
    ("BYMONTHDAY", 3, _month_days),
    ("BYDAY", 2, _weekdays),
    ("BYSETPOS", 3, _places),
]
