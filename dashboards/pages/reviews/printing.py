"""The review pack and the minutes as PDF: the same HTML, laid out on A4 by WeasyPrint, tagged for screen readers (PDF/UA-1)."""

from __future__ import annotations

import logging
import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache

from dashboards.pages.house.assets import font, font_face, sheets
from dashboards.pages.reviews.minutes import minutes_html
from dashboards.pages.reviews.pack import pack_html
from dashboards.print_condition import MEND, why_not
from services.errors import Unavailable
from services.reviews.decision_words import NOTHING_TOLD, Told
from services.reviews.fingerprints import signing_json
from services.reviews.pack_shapes import Pack
from services.reviews.packs import Held
from services.reviews.rows import ReviewRow

LAYOUT = """
body{max-width:none;padding:0}
.org{display:block}
.sign{display:inline}.sign svg{vertical-align:-1pt;margin-right:3pt}
.facts{display:table;table-layout:fixed;width:100%}.facts>div{display:table-cell;padding-right:8pt}
.pairs>div{display:block;padding-left:70pt}.pairs dt{float:left;width:62pt;margin-left:-70pt}
.decide li{display:block;position:relative;padding-left:22pt;padding-right:92pt;min-height:38pt}
.decide li::before{position:absolute;left:0;top:6pt}.boxes{position:absolute;right:0;top:6pt;width:84pt;display:block}
.boxes span{display:block}
.signatures{display:block}
.signature{display:inline-block;width:47%;height:76pt;margin-right:5%;vertical-align:top}.signature:last-child{margin-right:0}
.blank{display:block}.blank span{display:inline-block;width:62%}.blank span:first-child{width:30%;margin-right:9pt}
"""
"""The rules by which paper is laid out otherwise than a browser: blocks and tables take WeasyPrint a fraction of the time of
grids. They stand behind the page's own rules: style sheets that are handed to WeasyPrint beside a page give way to those of the
page."""
WEIGHTS = ("400", "500", "600")


def pack_pdf(
    pack: Pack,
    language: str,
    *,
    organisation: str = "",
    people: Mapping[str, str] | None = None,
    told: Told = NOTHING_TOLD,
) -> bytes:
    """The same pack gives the same bytes. Raises Unavailable without the library."""
    _require_library()
    html = pack_html(pack, language, organisation=organisation, people=people, font=_fonts(), told=told)
    return _printed(html, pack["fingerprint"])


def minutes_pdf(
    held: Held, row: ReviewRow, language: str, *, organisation: str = "", people: Mapping[str, str] | None = None
) -> bytes:
    """The same minutes give the same bytes. Raises Unavailable without the library."""
    _require_library()
    written = minutes_html(held, row, language, organisation=organisation, people=people, font=_fonts())
    return _printed(written, signing_json(held.pack, held.meeting)["fingerprint"] or held.pack["fingerprint"])


def _require_library() -> None:
    """Raises Unavailable."""
    if said := why_not():
        raise Unavailable(said, mend=MEND, slug="no-pdf")


def _printed(written: str, name: str) -> bytes:
    """Nothing is fetched, and the font is ours."""
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it warns of each rule that is for screens
    inside = URLFetcher(allowed_protocols=("data",))
    written = written.replace("</style>", f"{LAYOUT}</style>", 1)
    page = re.sub(r"<svg [^>]*>", lambda found: f"{found[0]}<style>{_of_drawings()}</style>", written)
    made = HTML(string=page, url_fetcher=inside).write_pdf(
        pdf_variant="pdf/ua-1",
        pdf_identifier=name.encode(),
    )
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> str:
    """The weights that a pack is written in, each by itself, as they were cut out of the one font that varies: cutting takes
    seconds, and WeasyPrint would note when it was done."""
    return "".join(
        font_face(f"data:font/woff2;base64,{b64encode(font(weight)).decode()}", weight) for weight in WEIGHTS
    )


@cache
def _of_drawings() -> str:
    """The rules for marks and charts, their colours in place of the names: a drawing in a PDF sees no style but its own."""
    colours = dict(re.findall(r"(--[a-z0-9-]+):([^;}]+)", sheets(("tokens-light.css",))))
    brand = f"circle{{fill:none;stroke-width:2.4;stroke:{colours['--ink']}}}.two{{stroke:{colours['--accent']}}}"
    rules = re.findall(r"([^{}@]*(?:\.|text)[^{}@]*)\{([^{}]*)\}", sheets(("marks.css",)))
    said = (f"{names.replace('svg ', '')}{{{body}}}" for names, body in rules if "media" not in names)
    return re.sub(
        r"var\((?P<name>--[a-z0-9-]+)\)", lambda found: colours.get(found["name"], "none"), brand + "".join(said)
    ).replace("\n", "")
