"""The two languages of everything people read: one catalogue each, and how numbers, dates and spans are written.

Texts live in `en.toml` and `fr.toml` under the same keys: those that are shared in `texts`, those of pages in their folders.
`{name}` is a place to fill; a table of `one` and `other` is a text that counts. Dates and plural forms come from Babel. French
typography (no-break spaces before `: ; ! ? %` and inside « ») is applied once, when a catalogue is read, so that the files stay
easy to write.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

from babel import Locale
from babel.dates import format_date, get_month_names

from dashboards.french import Name
from domain.durations import HOUR, MINUTE, SECOND

NARROW = "\u202f"
"""Narrow no-break space: in numbers, before `% ; ! ?`."""
FIRM = "\u00a0"
"""No-break space: before `:`, before units, inside « »."""
DAY = 24 * HOUR


@dataclass(frozen=True)
class Language:
    """One language. Methods return plain text; escaping is the template's."""

    code: str
    texts: Mapping[str, str] = field(repr=False)
    locale: Locale = field(repr=False)

    def text(self, key: str, /, **values: object) -> str:
        """The text of that key with its places filled; whole numbers are grouped. Raises KeyError without one."""
        text = self.texts[key]
        return one_stop(text.format(**{name: self._shown(value) for name, value in values.items()})) if values else text

    def counted(self, key: str, n: int, /, **values: object) -> str:
        """The text of that key in the form that `n` asks for; `{n}` is the number."""
        form = f"{key}.{self.locale.plural_form(n)}"
        return self.text(form if form in self.texts else f"{key}.other", n=n, **values)

    def has(self, key: str) -> bool:
        return key in self.texts

    def _shown(self, value: object) -> str:
        shown = self.number(value) if isinstance(value, int) else str(value)
        return Name(shown) if self.code == "fr" else shown

    # numbers

    def number(self, n: int) -> str:
        return f"{n:,}".replace(",", NARROW)

    def decimal(self, value: Decimal) -> str:
        text = f"{value:,f}".replace(",", NARROW)
        return text.replace(".", ",") if self.code == "fr" else text

    def percent(self, share: Fraction, *, against: Fraction | None = None) -> str:
        """With one place; with as many more as it takes for rounding not to put the share on the wrong side of `against`."""
        for places in range(1, MOST_PLACES):
            shown = rounded(share * 100, places)
            if against is None or (Fraction(shown) >= against * 100) == (share >= against):
                break
        return f"{self.decimal(_trimmed(shown))}{NARROW}%"

    def listing(self, items: list[str]) -> str:
        """`a, b and c`."""
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self.text('word.and')} {items[-1]}"

    def from_to(self, first: str, last: str) -> str:
        """`a to b`; of one day alone that day."""
        return first if first == last else self.text("pack.span", first=first, last=last)

    def apart(self, parts: Iterable[str]) -> str:
        """`a, b; c`: parts that have commas of their own."""
        return self.text("word.apart").join(parts)

    # dates and times; given in local time

    def day(self, day: date, *, year: bool = False) -> str:
        """`Mon 16 Nov`, `lun. 16 nov.`"""
        return self._date(day, "EEE d MMM yyyy" if year else "EEE d MMM")

    def short_date(self, day: date) -> str:
        """`16 Nov 2026`, `16 nov. 2026`"""
        return self._date(day, "d MMM yyyy")

    def short_day(self, day: date) -> str:
        """`16 Nov`"""
        return self._date(day, "d MMM")

    def long_day(self, day: date) -> str:
        """`Tuesday 17 November 2026`: a narrow column breaks it behind the weekday only."""
        return self._date(day, "EEEE d MMMM yyyy").replace(FIRM, " ", 1)

    def _date(self, day: date, pattern: str) -> str:
        if self.code == "fr" and day.day == 1:
            pattern = pattern.replace(" d ", " d'er' ") if " d " in pattern else pattern.replace("d ", "d'er' ", 1)
        return format_date(day, pattern, locale=self.locale).replace(" ", FIRM)

    def month(self, month: int, *, short: bool = False) -> str:
        names = get_month_names("abbreviated" if short else "wide", context="stand-alone", locale=self.locale)
        return str(names[month])

    def weekday(self, weekday: int, *, short: bool = False) -> str:
        """Monday is 0."""
        return str(self.locale.days["stand-alone"]["abbreviated" if short else "wide"][weekday])

    def clock(self, at: time, *, seconds: bool = False) -> str:
        """`10:42`, `10 h 42`, `9 h`; with seconds when asked and there are any."""
        exact = seconds and at.second > 0
        if self.code != "fr":
            return f"{at:%H:%M:%S}" if exact else f"{at:%H:%M}"
        hour = f"{at.hour}{FIRM}h"
        if exact:
            return f"{hour}{FIRM}{at.minute:02d}{FIRM}min{FIRM}{at.second:02d}{FIRM}s"
        return f"{hour}{FIRM}{at.minute:02d}" if at.minute else hour

    def moment(self, local: datetime, *, year: bool = False) -> str:
        """`Mon 16 Nov, 10:42`"""
        return f"{self.day(local.date(), year=year)}, {self.clock(local.time())}"

    def long_moment(self, local: datetime) -> str:
        """`Tuesday 17 November 2026, 10:42`"""
        return f"{self.long_day(local.date())}, {self.clock(local.time())}"

    def span(self, microseconds: int, *, seconds: bool = True) -> str:
        """An elapsed time in at most two units: `23 min 08 s`, `3 h 42`, `2 days 4 h`; else cut to whole minutes."""
        left = abs(microseconds)
        days, hours = divmod(left // HOUR, 24)
        minutes, rest = left % HOUR // MINUTE, left % MINUTE // SECOND
        if days:
            shown = self.counted("span.days", days)
            return f"{shown} {hours}{FIRM}h" if hours and days < 7 else shown
        if hours:
            unit = "" if self.code == "fr" else f"{FIRM}min"
            return f"{hours}{FIRM}h{FIRM}{minutes:02d}{unit}" if minutes else f"{hours}{FIRM}h"
        if minutes:
            return f"{minutes}{FIRM}min {rest:02d}{FIRM}s" if seconds and rest else f"{minutes}{FIRM}min"
        return f"{rest}{FIRM}s"

    def whole_span(self, seconds: Decimal) -> str:
        """Nothing left out: `1 day 10 min`, `4 h 0.2 s`; as `span` says it where that leaves nothing out."""
        if Decimal(said_by_span(int(seconds * SECOND))) == seconds * SECOND:
            return self.span(int(seconds * SECOND))
        minutes, rest = divmod(seconds, 60)
        days, left = divmod(int(minutes), 24 * 60)
        amounts = [(str(left // 60), "h"), (str(left % 60), "min"), (self.decimal(_trimmed(rest)), "s")]
        said = [f"{amount}{FIRM}{unit}" for amount, unit in amounts if amount != "0"]
        return " ".join([self.counted("span.days", days), *said] if days else said)


def said_by_span(microseconds: int) -> int:
    """The part of so many microseconds that `span` says: whole seconds, from an hour on whole minutes, from a day on hours, from seven
    days on days; never negative."""
    left = abs(microseconds)
    step = DAY if left >= 7 * DAY else HOUR if left >= DAY else MINUTE if left >= HOUR else SECOND
    return left // step * step


MOST_PLACES = 28
"""The places that a decimal number holds."""


def one_stop(text: str) -> str:
    """A sentence that ends with an abbreviation (`30 nov.`) has one full stop, not two."""
    return re.sub(r"(?<!\.)\.\.(?=[\s<]|$)", ".", text) if ".." in text else text


def first_up(text: str) -> str:
    """With a capital at the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def rounded(value: Fraction, places: int) -> Decimal:
    """Rounds to that many decimals, half to even."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)


def _trimmed(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral() else value.normalize()


# catalogues


def _flat(table: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    texts: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            texts |= _flat(value, f"{prefix}{key}.")
        else:
            texts[f"{prefix}{key}"] = str(value)
    return texts


def typeset(text: str, code: str) -> str:
    """Curly apostrophes, no-break spaces where the language wants them."""
    text = text.replace("'", "’").replace(" %", f"{NARROW}%")
    if code != "fr":
        return text
    text = re.sub(r" ([;!?])", f"{NARROW}\\1", text)
    text = re.sub(r" :", f"{FIRM}:", text)
    return text.replace("« ", f"«{FIRM}").replace(" »", f"{FIRM}»")


@cache
def language(code: str) -> Language:
    """The language of that code. Raises KeyError for one that is not spoken here."""
    if code not in LANGUAGES:
        raise KeyError(code)
    texts = {
        key: typeset(text, code) for source in _sources(code) for key, text in _flat(tomllib.loads(source)).items()
    }
    return Language(code, texts, Locale.parse(code))


def _sources(code: str) -> Iterator[str]:
    """The texts that all share, and those of each folder of pages (`dashboards/pages/PART/en.toml`)."""
    yield files("dashboards").joinpath("texts", f"{code}.toml").read_text("utf-8")
    for folder in of_parts():
        if (file := folder.joinpath(f"{code}.toml")).is_file():
            yield file.read_text("utf-8")


def of_parts() -> list[Traversable]:
    """The folders of pages, with their texts, by name."""
    return sorted((it for it in files("dashboards").joinpath("pages").iterdir() if it.is_dir()), key=lambda it: it.name)


LANGUAGES: Mapping[str, str] = {"en": "English", "fr": "Français"}


def choose(chosen: str | None, accepted: str | None) -> Language:
    """The language that was chosen (a cookie), else the best that `Accept-Language` names, else English."""
    if chosen in LANGUAGES:
        return language(str(chosen))
    ranked = sorted(_accepted(accepted or ""), key=lambda one: -one.weight)
    return next((language(code) for code, weight in ranked if code in LANGUAGES and weight > 0), language("en"))


class _Accepted(NamedTuple):
    code: str
    weight: float


def _accepted(header: str) -> list[_Accepted]:
    wanted = []
    for part in header.split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            wanted.append(_Accepted(tag.split("-")[0].strip().lower(), float(quality or 1)))
        except ValueError:
            continue
    return wanted
