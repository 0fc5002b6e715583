"""What the templates of all pages have: their environment, and how a text, an address and a long word are written in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from urllib.parse import quote, quote_plus

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from dashboards import marks
from dashboards.language import first_up
from services.access import Right
from services.contracts.rows import SignatureRow

LOST = "<!-- what was typed -->"
GO = "<!-- to the field -->"
EMPTY = "<!-- nothing was typed -->"
"""Places in a refusal that are filled once the page is made, and it is known whether the form is still in it."""
BREAK, A_PIECE = "\u200b", 14
_TOO_LONG = re.compile(r"\S{30,}")
_SAFE = re.compile(r"[A-Za-z0-9_.~/-]*")
"""What an address has as it is."""


def breakable(text: str) -> str:
    """With places where a line may end, unseen, in words that are too long for any line."""
    return _TOO_LONG.sub(lambda found: BREAK.join(re.findall(f".{{1,{A_PIECE}}}", found[0])), text)


def marked(text: Callable[..., str]) -> Callable[..., Markup]:
    """Texts for templates: the text and its values escaped, but for values that are markup already."""

    def safe_text(*place: object, **values: object) -> Markup:
        safe = {name: value if isinstance(value, int | Markup) else escape(value) for name, value in values.items()}
        return Markup(text(*place, **safe))  # the catalogues are ours; the values are escaped above

    return safe_text


def link(path: str, **query: object) -> str:
    """An address within the pages, with the parts of its query that say something."""
    wanted = [f"{_in_query(name)}={_in_query(str(value))}" for name, value in query.items() if value not in (None, "")]
    place = path if _SAFE.fullmatch(path) else quote(path)
    return f"{place}?{'&'.join(wanted)}" if wanted else place


def _in_query(text: str) -> str:
    """Most are ids, in which nothing is quoted: a page has a thousand of them."""
    return text if _SAFE.fullmatch(text) and "/" not in text else quote_plus(text)


def _signature_of(signatures: Sequence[SignatureRow], party: str) -> SignatureRow | None:
    return next((signature for signature in signatures if signature.party == party), None)


def passes(at: int | None, then: str) -> Markup:
    """The attributes of an element whose words are true until that instant; `then` is what holds from it on."""
    return Markup(' data-until="{}" data-over="{}"').format(at, then) if at is not None else Markup("")


@cache
def environment() -> Environment:
    env = Environment(
        loader=ChoiceLoader([PackageLoader("dashboards.pages", "house"), PackageLoader("dashboards.pages", "")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.update(
        link=link,
        passes=passes,
        signature_of=_signature_of,
        mark=marks.mark,
        sheet=marks.sheet,
        DISCS=marks.DISCS,
        mark_copy=marks.copy,
        tones=marks.TONES,
        MARKS=marks.MARKS,
        LOST=Markup(LOST),
        GO=Markup(GO),
        EMPTY=Markup(EMPTY),
    )
    env.filters.update(first_up=first_up, through=lambda value, function: function(value))
    env.globals.update(Right=Right)
    env.tests.update(acts=lambda service, who: who.may(Right.BIND, service))
    return env
