"""The review pack as PDF: the same HTML, laid out on A4 by WeasyPrint, tagged for screen readers (PDF/UA-1)."""

from __future__ import annotations

import logging
import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Any

from dashboards.pages.assets import font, font_face, sheets
from dashboards.pages.pack import pack_html
from dashboards.print_condition import MEND, why_not
from services.errors import Unavailable

LAYOUT = """
body{max-width:none;padding:0}
.sign{display:inline}.sign svg{margin-right:3pt}
.facts{display:table;width:100%}.facts>div{display:table-cell;width:25%;padding-right:8pt}
"""
"""What is laid out otherwise than in a browser."""
WEIGHTS = (400, 500, 600)


def pack_pdf(pack: Mapping[str, Any], language: str, *, organisation: str = "") -> bytes:
    """Nothing is fetched, and the font is ours: the same pack gives the same bytes. Raises Unavailable without the library."""
    if said := why_not():
        raise Unavailable(said, mend=MEND, slug="no-pdf")
    from weasyprint import CSS, HTML
    from weasyprint.urls import URLFetcher

    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it warns of each rule that is for screens
    inside = URLFetcher(allowed_protocols=("data",))
    written = pack_html(pack, language, organisation=organisation, font=_fonts())
    page = re.sub(r"<svg [^>]*>", lambda found: f"{found[0]}<style>{_of_drawings()}</style>", written)
    made = HTML(string=page, url_fetcher=inside).write_pdf(
        pdf_variant="pdf/ua-1",
        pdf_identifier=str(pack["fingerprint"]).encode(),
        stylesheets=[CSS(string=LAYOUT, url_fetcher=inside)],
    )
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> str:
    """The weights that a pack is written in, each by itself: of one that varies WeasyPrint would note when it was cut out."""
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    rules = []
    for weight in WEIGHTS:
        cut, made = TTFont(BytesIO(font()), recalcTimestamp=False), BytesIO()
        instantiateVariableFont(cut, {"wght": weight}, inplace=True)
        cut.save(made)
        rules.append(font_face(f"data:font/woff2;base64,{b64encode(made.getvalue()).decode()}", str(weight)))
    return "".join(rules)


@cache
def _of_drawings() -> str:
    """The rules for marks and charts, their colours in place of the names: a drawing in a PDF sees no style but its own."""
    colours = dict(re.findall(r"(--[a-z0-9-]+):([^;}]+)", sheets(("tokens-light.css",))))
    brand = f"circle{{fill:none;stroke-width:2.4;stroke:{colours['--ink']}}}.two{{stroke:{colours['--accent']}}}"
    rules = re.findall(r"([^{}@]*(?:\.|text)[^{}@]*)\{([^{}]*)\}", sheets(("marks.css",)))
    said = (f"{names.replace('svg ', '')}{{{body}}}" for names, body in rules if "media" not in names)
    return re.sub(r"var\((--[a-z0-9-]+)\)", lambda found: colours.get(found[1], "none"), brand + "".join(said)).replace(
        "\n", ""
    )
