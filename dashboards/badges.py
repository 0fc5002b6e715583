"""A badge: one commitment in one line, as an SVG that stands alone in somebody else's page."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup, escape

from dashboards.marks import number

COLOURS: Final = {"kept": "#27694E", "late": "#8A5100", "miss": "#AE2418", "excused": "#565A73", "quiet": "#64635C"}
A_LETTER: Final = 6.3
LONGEST: Final = 60


def badge(title: str, words: str, tone: str, drawn: Markup) -> str:
    """`title`, the mark (14 px), and how it stands in words, in the colour of its tone."""
    left, right = _cut(title), _cut(words)
    first = len(left) * A_LETTER + 20
    width = first + 26 + len(right) * A_LETTER + 12
    colour = COLOURS[tone]
    sentence = escape(f"{left}: {right}")
    return (
        Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="24" viewBox="0 0 {w} 24" role="img" '
            'aria-label="{sentence}"><title>{sentence}</title><style>text{{font:12px Inter,system-ui,sans-serif}}{style}</style>'
            '<rect x=".5" y=".5" width="{inner}" height="23" rx="4" fill="#FBFAF7" stroke="#85837A"/>'
            '<text x="10" y="16" fill="#1B1B19">{left}</text><path d="M{first} 1v22" stroke="#DFDDD4"/>'
            '<g transform="translate({mark} 5)">{drawn}</g>'
            '<text x="{told}" y="16" font-weight="600" fill="{colour}">{right}</text></svg>'
        )
        .format(
            w=number(width), inner=number(width - 1), sentence=sentence, left=left, right=right, first=number(first),
            mark=number(first + 8), told=number(first + 27), colour=colour, drawn=drawn, style=_style(),
        )
    )  # fmt: skip


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _style() -> Markup:
    """The paints of the marks, on paper."""
    fills = {"kept": "#5B967B", "late": "#BF7410", "miss": "#C23A2B", "quiet": "#64635C"}
    rules = [
        f".p-{name}-fill{{fill:{hue}}}.p-{name}-line{{fill:none;stroke:{hue};stroke-width:1.4}}"
        for name, hue in fills.items()
    ]
    return Markup("".join(rules) + ".p-inside{fill:none;stroke:#fff;stroke-width:1.6}")
