"""Rules and periods in words: `every Monday by 10:00 · at most 1 miss a quarter`."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import assert_never

from dashboards.language import DAY, FIRM, Language
from dashboards.recurrences import every_words
from domain.durations import SECOND, Duration, Elapsed, EndOfDay, NominalDays, WorkingDays, WorkingHours, parse_duration
from domain.terms import (
    Availability,
    Condition,
    Conformity,
    ContractTerms,
    Criterion,
    Deadline,
    DurationTable,
    Freshness,
    Indicator,
    Measure,
    Per,
    Punctuality,
    ReviewRule,
    Rolling,
    Satisfaction,
    Scalar,
    Target,
    Turnaround,
    Volume,
    Where,
)
from services.deciding import LONGEST_TITLE
from services.errors import short


def rule_sentence(criterion: Criterion, terms: ContractTerms, language: Language) -> str:
    """The rule and the targets as one sentence: `every Monday by 10:00 · at most 1 miss a quarter`."""
    targets = [target_words(target, language) for target in criterion.targets]
    return " · ".join([owed_words(criterion.indicator, terms, language), *targets])


def owed_words(indicator: Indicator, terms: ContractTerms, language: Language) -> str:
    """The rule alone, without the targets."""
    match indicator:
        case Punctuality():
            return _dated(indicator, language)
        case Deadline():
            return _tolerated(language.text("rule.deadline"), indicator.tolerance, language)
        case Turnaround():
            return _turnaround(indicator, language)
        case Conformity():
            return conditions_words(indicator.good, language)
        case Measure(aggregate=aggregate, value=value):
            return language.text(f"rule.measure.{aggregate}", value=field_words(value, language))
        case Satisfaction(satisfied=satisfied, scale=(low, high)):
            bounds = {name: language.decimal(one) for name, one in (("low", low), ("high", high), ("least", satisfied))}
            return language.text("rule.satisfaction", **bounds)
        case Volume():
            return _volume(indicator, language)
        case Availability(ignore_shorter_than=ignored):
            text = language.text("rule.availability")
            return (
                text
                if ignored == Elapsed(0)
                else f"{text}, {language.text('rule.ignored', duration=duration_words(ignored, language))}"
            )
        case Freshness(max_age=age):
            return language.text("rule.freshness", duration=duration_words(age, language))
        case _:
            assert_never(indicator)


def _volume(rule: Volume, language: Language) -> str:
    amounts = {
        "expected": language.decimal(rule.expected),
        "band": language.percent(rule.band),
        "per": language.text(f"per.{rule.per}"),
    }
    return language.text(
        "rule.volume" if rule.value is None else "rule.volume_of",
        value=field_words(rule.value or "", language),
        **amounts,
    )


def _dated(rule: Punctuality, language: Language) -> str:
    times = language.listing([language.clock(at) for at in rule.due.at])
    text = language.text("rule.dated", every=every_words(rule.due.every, language), at=times)
    return _tolerated(text, rule.tolerance, language)


def _tolerated(text: str, tolerance: Duration | EndOfDay, language: Language) -> str:
    if isinstance(tolerance, EndOfDay):
        return f"{text}, {language.text('rule.until_end_of_day')}"
    if tolerance == Elapsed(0):
        return text
    return f"{text}, {language.text('rule.tolerated', duration=duration_words(tolerance, language))}"


def _turnaround(rule: Turnaround, language: Language) -> str:
    key = "rule.under" if rule.under else "rule.within"
    if not isinstance(rule.limit, DurationTable):
        return language.text(key, duration=duration_words(rule.limit, language))
    choices = [
        language.text("rule.choice", value=value, duration=duration_words(duration, language))
        for value, duration in rule.limit.choices
    ]
    if rule.limit.otherwise is not None:
        choices.append(language.text("rule.otherwise", duration=duration_words(rule.limit.otherwise, language)))
    return language.text(f"{key}_by", path=field_words(rule.limit.by, language), choices=", ".join(choices))


def duration_words(duration: Duration, language: Language) -> str:
    """`8 working hours`, `3 days`, `15 min`: the kind is always named."""
    match duration:
        case Elapsed(microseconds):
            return language.whole_span(Decimal(microseconds) / SECOND)
        case NominalDays(days):
            return language.counted("span.days", days)
        case WorkingDays(days):
            return language.counted("span.working_days", days)
        case WorkingHours(microseconds):
            return _working_hours(microseconds, language)


def _working_hours(microseconds: int, language: Language) -> str:
    hours = Fraction(microseconds, DAY // 24)
    if hours.denominator == 1:
        return language.counted("span.working_hours", int(hours))
    return language.text("span.working", span=language.whole_span(Decimal(microseconds) / SECOND))


# targets


def bound_words(target: str, language: Language) -> str:
    """A target as figures write it (`at_least 95 %`, `max_misses 1`): `at least 95 %`, `at most 1 miss`."""
    form, _, bound = target.partition(" ")
    if form == "at_least":
        share = share_of(target)
        return language.text(
            "target.at_least", bound=bound_value_words(bound, language) if share is None else language.percent(share)
        )
    if form == "at_most":
        return language.text("target.at_most", bound=bound_value_words(bound, language))
    if form in ("max_misses", "max_consecutive_misses") and bound.isdigit():
        return language.counted(f"target.{form}", int(bound))
    return target.replace("_", " ")


def target_words(target: Target, language: Language) -> str:
    """`at least 95 % a quarter`"""
    return f"{bound_words(str(target), language)} {per_words(target.per, language)}"


def per_words(per: Per | Rolling, language: Language) -> str:
    """`a quarter`, `over the last 28 days`"""
    return language.counted("per.rolling", per.days) if isinstance(per, Rolling) else language.text(f"per.{per}")


def bound_value_words(bound: str, language: Language) -> str:
    """`4.2`, `4 h`"""
    try:
        return language.decimal(Decimal(bound))
    except InvalidOperation:
        return duration_words(parse_duration(bound), language)


def share_of(target: str) -> Fraction | None:
    """The share that a target asks for, if it asks for one."""
    found = re.fullmatch(r"at_least ([0-9.]+) ?%", target)
    return Fraction(Decimal(found[1])) / 100 if found else None


def value_of(target: str) -> str | None:
    """The value that a target asks a measure, or a mean, to keep: `4.2`, `4 h`."""
    found = re.fullmatch(r"at_(?:least|most) ([^%]+)", target)
    return found[1] if found else None


def misses_of(target: str) -> int | None:
    """The number of misses that a target allows, if it is about their number."""
    found = re.fullmatch(r"max_misses (\d+)", target)
    return int(found[1]) if found else None


def excuse_words(reason: str, language: Language) -> str:
    """The reason for which something shall not count, in words."""
    return language.text(f"excuse_reason.{'another' if reason == 'other' else reason}")


def cause_words(cause: str, language: Language) -> str:
    key = f"cause.{cause}"
    return language.text(key) if language.has(key) else cause.replace("-", " ")


def action_words(text: str, cause: str, language: Language) -> str:
    """What an action is called: the first letters of its text; its cause in words while nobody has worded it."""
    return short(text.strip(), LONGEST_TITLE) or language.text("action.unworded", cause=cause_words(cause, language))


def key_words(key: str | None, period: str | None, language: Language) -> str:
    """An occurrence or a period by name: a date is said as one, the name of a case stays as it is."""
    if key is None:
        return period_words(period, language) if period else ""
    try:
        return language.day(date.fromisoformat(key), year=True) if re.fullmatch(r"\d{4}-\d\d-\d\d", key) else key
    except ValueError:
        return key


# conditions

SIGNS = {"eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥"}


def conditions_words(where: Where, language: Language) -> str:
    """`missing products ≤ 0 and status = done`"""
    words = [asked_words(path, condition, language) for path, tests in where for condition in tests]
    return language.listing(words)


def asked_words(path: str, condition: Condition, language: Language) -> str:
    """The condition on a field in words: `missing products ≤ 0`, `le champ « missing products » vaut au plus 0`."""
    field, operand = field_words(path, language), condition.operand
    if condition.operator == "exists":
        return language.text("asked.present" if operand else "asked.absent", field=field)
    values = operand if isinstance(operand, tuple) else (operand,)
    said = ", ".join(scalar_words(value, language) for value in values)
    return language.text(f"asked.{condition.operator}", field=field, value=said)


def field_words(path: str, language: Language) -> str:
    """A field of an event, in a sentence."""
    return language.text("asked.field", path=path_words(path))


def condition_words(condition: Condition, language: Language) -> str:
    operand = condition.operand
    if condition.operator == "exists":
        return language.text("condition.present" if operand else "condition.absent")
    if condition.operator == "in" and isinstance(operand, tuple):
        return language.text("condition.in", values=", ".join(scalar_words(value, language) for value in operand))
    value = scalar_words(operand, language) if not isinstance(operand, tuple) else str(operand)
    if condition.operator == "starts_with":
        return language.text("condition.starts_with", value=value)
    return f"{SIGNS[condition.operator]}{FIRM}{value}"


def scalar_words(value: Scalar, language: Language) -> str:
    """A value as people write it."""
    match value:
        case bool():
            return language.text("word.yes" if value else "word.no")
        case int():
            return language.number(value)
        case Decimal():
            return language.decimal(value)
        case None:
            return "null"
        case _:
            return str(value)


def path_words(path: str) -> str:
    """The last part of a path, as words: `data.missing_products` is `missing products`."""
    return path.rpartition(".")[2].replace("_", " ")


# periods


def period_words(period: str, language: Language) -> str:
    """`November 2026`, `Q4 2026`, `week 47 of 2026`."""
    if found := re.fullmatch(r"(\d{4})-(\d{2})", period):
        return f"{language.month(int(found[2]))} {found[1]}"
    if found := re.fullmatch(r"(\d{4})-([QHW])(\d+)", period):
        return _numbered(found[2], int(found[3]), found[1], language)
    if found := re.fullmatch(r"rolling-(\d+)d", period):
        return language.counted("period.rolling", int(found[1]))
    return language.text("period.contract") if period == "contract" else period


def _numbered(unit: str, n: int, year: str, language: Language) -> str:
    names = {"Q": "quarter", "H": "half", "W": "week"}
    form = "first" if n == 1 and language.has(f"period.{names[unit]}.first") else "nth"
    return language.text(f"period.{names[unit]}.{form}", n=n, year=year)


def period_short(period: str, language: Language) -> tuple[str, str]:
    """Two short lines for an axis: (`Nov`, `2026`), (`Q4`, `2026`)."""
    if found := re.fullmatch(r"(\d{4})-(\d{2})", period):
        return language.month(int(found[2]), short=True), found[1]
    if found := re.fullmatch(r"(\d{4})-([QHW])(\d+)", period):
        return language.text(f"period.{found[2]}", n=int(found[3])), found[1]
    return (period_words(period, language), "") if period in ("contract",) else (period, "")


def periods_title(per: Per | Rolling, language: Language) -> str:
    """`Attainment per month`, `Attainment over the last 28 days`."""
    if isinstance(per, Rolling):
        return language.counted("attainment.rolling", per.days)
    return language.text(f"attainment.{per}")


def review_words(rule: ReviewRule, language: Language) -> str:
    """`first Tuesday of the month, 14:00`"""
    return f"{every_words(rule.every, language)}, {language.clock(rule.at)}"


def late_data_words(duration: Duration, language: Language) -> str:
    if duration in (Elapsed(0), NominalDays(0)):
        return language.text("contract.late_data_none")
    return language.text("contract.late_data_after", duration=duration_words(duration, language))
