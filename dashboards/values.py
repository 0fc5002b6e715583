"""Values, scores and service time in words: `1 min 51 s`, `4.2`, `4 h 12 min`."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction

from dashboards.language import FIRM, MOST_PLACES, Language, rounded, said_by_span
from domain.durations import HOUR, MINUTE, SECOND, UNITS, Elapsed, parse_duration
from domain.sums import Amount
from services.figures.rows import FigureRow

LONG = 3 * 24 * HOUR
"""From so long on, service time is said in hours alone."""


def value_of_figure(figure: FigureRow) -> Fraction | None:
    """The value that a measure, or a mean of scores, comes to, in the unit of the values; exact where that is known."""
    if figure.exact is not None:
        return figure.exact
    return Fraction(figure.value) if figure.value is not None else None


def bound_of(target: str, unit: str | None) -> Fraction | None:
    """The bound of a target (as figures write it), in the unit of the values; None for a share or a number of misses."""
    form, _, bound = target.partition(" ")
    if form not in ("at_least", "at_most") or bound.endswith("%"):
        return None
    try:
        return Fraction(Decimal(bound))
    except InvalidOperation:
        duration = parse_duration(bound)
        assert isinstance(duration, Elapsed)
        return Fraction(duration.microseconds, UNITS.get(unit or "s", SECOND))


def is_less_better(target: str) -> bool:
    return target.startswith("at_most ")


def value_words(value: Fraction, unit: str | None, language: Language, against: Fraction | None = None) -> str:
    """A time with its units, another number with as few places; both with as many as keep it on its side of `against`."""
    if unit is None:
        return number_words(value, language, against)
    microseconds, limit = value * UNITS[unit], against * UNITS[unit] if against is not None else None
    if abs(microseconds) < 10 * SECOND and microseconds % SECOND:
        return f"{number_words(microseconds / SECOND, language, limit / SECOND if limit is not None else None)}{FIRM}s"
    whole = round(microseconds / SECOND) * SECOND
    if limit is None or _side(Fraction(said_by_span(whole)), limit) == _side(microseconds, limit):
        return language.span(whole)
    return language.whole_span(_beside(microseconds / SECOND, limit / SECOND, fewest=0))


def number_words(value: Fraction, language: Language, against: Fraction | None = None) -> str:
    shown = rounded(value, 1) if against is None else _beside(value, against, fewest=1)
    whole = shown.quantize(Decimal(1)) if shown == shown.to_integral() else shown.normalize()
    return language.decimal(whole)


def _beside(value: Fraction, against: Fraction, fewest: int) -> Decimal:
    """Rounded to as few places as keep it on its side of `against`."""
    for places in range(fewest, MOST_PLACES):
        shown = rounded(value, places)
        if _side(Fraction(shown), against) == _side(value, against):
            break
    return shown


def _side(value: Fraction, against: Fraction) -> int:
    return (value > against) - (value < against)


def exact_words(text: str, unit: str | None, language: Language) -> str:
    """The value of one occurrence, as it was sent: `64`, `42 s`."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return f"{language.decimal(number)}{FIRM}{unit}" if unit else language.decimal(number)


def drawn_unit(bound: Fraction, unit: str | None) -> tuple[str | None, Fraction]:
    """The unit that a chart says its numbers in, and how many of the values' units it is: the greatest that the bound
    reaches."""
    if unit is None:
        return None, Fraction(1)
    microseconds = bound * UNITS[unit]
    name = next((name for name in ("h", "min", "s") if microseconds >= UNITS[name]), unit)
    return name, Fraction(UNITS[name], UNITS[unit])


def time_words(seconds: Amount | Fraction, language: Language) -> str:
    """Service time: `58 min`, `4 h 12 min`; long ones in hours, since a day of service has its own length."""
    microseconds = int(seconds * SECOND)
    if abs(microseconds) >= LONG:
        return f"{language.number(microseconds // HOUR)}{FIRM}h"
    if abs(microseconds) < 24 * HOUR:
        return language.span(microseconds, seconds=abs(microseconds) < HOUR)
    hours, minutes = microseconds // HOUR, microseconds % HOUR // MINUTE
    return (
        f"{hours}{FIRM}h{FIRM}{minutes:02d}{'' if language.code == 'fr' else f'{FIRM}min'}"
        if minutes
        else f"{hours}{FIRM}h"
    )


def bad_time(figure: FigureRow) -> tuple[Amount, Amount] | None:
    """How many seconds were not good, of how many that are known; None where no time is counted."""
    good, total = figure.adjusted
    if figure.counted != "seconds" or good is None or total is None:
        return None
    return total - good, total
