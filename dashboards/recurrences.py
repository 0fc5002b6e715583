"""Day rules in words: `monday`, `last working day of the month`, `FREQ=MONTHLY;BYDAY=1TU`."""

from __future__ import annotations

import re

from dashboards.language import Language

ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}


def every_words(every: str, language: Language) -> str:
    """The rule as people say it; one that has no words here is shown as it is written."""
    if "FREQ=" in every.upper():
        return _rule(every.upper(), language)
    names = [name.strip() for name in every.strip("[] ").split(",")]
    if all(name in ENGLISH_DAYS for name in names):
        return language.text(
            "every.days", days=language.listing([_day(ENGLISH_DAYS.index(n), language) for n in names])
        )
    key = "every." + re.sub(r"\W+", "_", every.strip())
    return language.text(key) if language.has(key) else every


def _day(weekday: int, language: Language) -> str:
    return language.weekday(weekday)


def _rule(rule: str, language: Language) -> str:
    parts = dict(part.partition("=")[::2] for part in rule.removeprefix("RRULE:").split(";") if part)
    frequency, interval = parts.pop("FREQ"), int(parts.pop("INTERVAL", "1"))
    parts.pop("WKST", None)
    if frequency not in UNITS or not set(parts) <= {"BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"}:
        return language.text("every.rule", rule=rule)
    unit = UNITS[frequency]
    often = language.text(f"every.{unit}") if interval == 1 else language.text(f"every.{unit}s", n=interval)
    days = _days(parts, unit, language)
    if days is None:
        return language.text("every.rule", rule=rule)
    if unit == "week" and interval == 1 and days:
        return language.text("every.days", days=days)
    if not days:
        return often
    key = "every.of" if unit in ("month", "year") and interval == 1 else "every.on"
    return language.text(key, days=days, often=often)


def _days(parts: dict[str, str], unit: str, language: Language) -> str | None:
    """The days within each unit; empty when the rule names none, None when it has no words."""
    if "BYSETPOS" in parts or ("BYMONTH" in parts and unit != "year"):
        return None
    words = [_nth_day(code, language) for code in parts.get("BYDAY", "").split(",") if code]
    words += [_month_day(int(day), language) for day in parts.get("BYMONTHDAY", "").split(",") if day]
    if any(word is None for word in words) or ("BYDAY" in parts and "BYMONTHDAY" in parts):
        return None
    days = language.listing([word for word in words if word])
    if "BYMONTH" not in parts:
        return days
    months = language.listing([language.month(int(month)) for month in parts["BYMONTH"].split(",")])
    return language.text("every.day_of_month", day=days, month=months) if days else None


def _nth_day(code: str, language: Language) -> str | None:
    found = re.fullmatch(r"([+-]?\d*)([A-Z]{2})", code)
    if found is None or found[2] not in CODES:
        return None
    day = _day(CODES.index(found[2]), language)
    if not found[1]:
        return day
    key = f"nth.{found[1].lstrip('+').replace('-', 'last_')}"
    return language.text("every.nth_day", nth=language.text(key), day=day) if language.has(key) else None


def _month_day(day: int, language: Language) -> str | None:
    if day == -1:
        return language.text("every.last_day")
    if day < 1:
        return None
    return language.text("every.day_1") if day == 1 else language.text("every.nth", n=day, ending=_ending(day))


def _ending(day: int) -> str:
    """The English ending of an ordinal."""
    if day in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
