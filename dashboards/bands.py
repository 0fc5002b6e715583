"""Volumes: how much came in each period, beside the band that was agreed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from dashboards.attainment import round_step
from dashboards.language import Language
from dashboards.marks import PAPER, Drawing, number, picture, rule, words
from dashboards.values import number_words

MOST = 26


@dataclass(frozen=True, slots=True)
class Amount:
    """One period: how much came (None: nothing), its mark, and the band that held for it."""

    label: str
    year: str
    value: Fraction | None
    mark: str
    low: Fraction
    high: Fraction
    expected: Fraction


def band_chart(amounts: Sequence[Amount], name: str, band: str, language: Language) -> Markup:
    """The wide and the narrow drawing, and the one for paper; the narrow one shows the last half."""
    narrow = amounts[-(MOST // 2) :]
    return (
        _draw(amounts, 1152, 228, name, band, language, "wide")
        + _draw(narrow, 300, 190, name, band, language, "narrow fluid")
        + _draw(amounts, PAPER, 190, name, band, language, "paper fluid")
    )


def _draw(
    amounts: Sequence[Amount], width: int, height: int, name: str, band: str, language: Language, css: str
) -> Markup:
    is_wide = css == "wide"
    left, right, top, bottom = 56 if is_wide else 44, width - (8 if is_wide else 4), 30, height - 48
    values = [value for amount in amounts for value in (amount.value, amount.low, amount.high) if value is not None]
    room = (max(values) - min(values)) / 10 or Fraction(1)
    low, high = max(Fraction(0), min(values) - room), max(values) + room
    step = (right - left) / max(len(amounts), 4)

    def y(value: Fraction) -> float:
        return top + float((high - value) / (high - low)) * (bottom - top)

    parts = [words(band, left if is_wide else 0, 14, css="second")]
    for index, amount in enumerate(amounts):
        x = left + index * step
        place = Markup('x="{}" y="{}" width="{}" height="{}"').format(
            *map(number, (x, y(amount.high), step + 0.5, y(amount.low) - y(amount.high)))
        )
        parts.append(Markup('<rect class="band" {}/>').format(place))
        parts += [rule(x, y(edge), x + step, y(edge), "raw") for edge in (amount.low, amount.high)]
        parts.append(rule(x, y(amount.expected), x + step, y(amount.expected), "target"))
    size, drawing = round_step((high - low) / 3), Drawing()
    for tick in (size * n for n in range(int(-(-low // size)), int(high // size) + 1)):
        parts.append(words(number_words(tick, language), left - 8, y(tick) + 4, anchor="end"))
    year = ""
    every = max(1, round((44 if is_wide else 40) / step + 0.49))
    for index, amount in enumerate(amounts):
        x = left + (index + 0.5) * step
        if amount.value is not None:
            drawing.place(amount.mark, x - 5.5, y(amount.value) - 5.5, 11)
            if amount.mark == "failed":
                below = amount.value < amount.expected
                text = number_words(amount.value, language, amount.low if below else amount.high)
                parts.append(words(text, x, y(amount.value) + (20 if below else -10), css="miss", anchor="middle"))
        if index % every == (len(amounts) - 1) % every:
            parts.append(words(amount.label, x, height - 18, anchor="middle"))
            if amount.year != year:
                year = amount.year
                parts.append(words(year, x, height - 3, anchor="middle"))
    return picture(width, height, Markup("").join(parts) + drawing.markup(), css=css, name=name)
