"""The minutes of a review as one HTML file that stands alone, and is printed as the pack is: who was there, how each item was settled,
what was said, decided and refused, and what was signed. Before the meeting it is its agenda."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from markupsafe import Markup

from dashboards.language import language, typeset
from dashboards.pages.house.assets import sheets
from dashboards.pages.house.templates import environment, marked
from dashboards.pages.reviews.meeting import refused_words
from dashboards.pages.reviews.pack import STYLE_SHEETS, grouped, page_boxes
from dashboards.pages.reviews.pack_reader import Reader
from services.reviews.fingerprints import signing_json
from services.reviews.packs import Held
from services.reviews.rows import ReviewRow


def minutes_html(
    held: Held,
    row: ReviewRow,
    code: str,
    *,
    organisation: str = "",
    people: Mapping[str, str] | None = None,
    font: str = "",
) -> str:
    """In that language; `people` as for `pack_html`. The same meeting gives the same bytes; nothing in it leads elsewhere, but to a
    font where its rule is given."""
    pack = held.pack
    read = Reader(pack, language(code), people or {}, held.told)
    said = read.language
    words = {number: typeset(of[said.code], said.code) for number, of in held.told.words.items()}
    fingerprint = signing_json(pack, held.meeting)["fingerprint"]
    return (
        environment()
        .get_template("reviews/minutes.html")
        .render(
            pack=pack,
            row=row,
            organisation=organisation,
            read=read,
            language=said,
            t=marked(said.text),
            n=marked(said.counted),
            items=[(one, typeset(one.sentence[said.code], said.code), row.outcome(one.id)) for one in held.items],
            takes=sum(one.takes for one in held.items),
            refused_words=partial(refused_words, said, row, words),
            minutes=[one for one in pack["minutes"] if "kind" not in one],
            style=Markup(font + sheets(STYLE_SHEETS) + page_boxes(pack, read, organisation)),
            signed={one["party"]: one for one in pack["signatures"]},
            parties=[(party, pack["contract"][party]) for party in ("supplier", "client")],
            signing=grouped(fingerprint or ""),
            pack_fingerprint=grouped(pack["fingerprint"]),
        )
    )
