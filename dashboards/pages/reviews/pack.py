"""The review pack as one HTML file that stands alone: a pure function of the pack's JSON, printed well on A4.

What a pack is stands in `services.reviews.pack_shapes`, and in words in `docs/pack.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from markupsafe import Markup

from dashboards.language import Language, language
from dashboards.pages.house.assets import sheets
from dashboards.pages.house.templates import environment, marked
from dashboards.pages.reviews.pack_reader import Reader, disc
from dashboards.standing import is_on_track
from services.reviews.decision_words import NOTHING_TOLD, Told
from services.reviews.fingerprints import signing_fingerprint
from services.reviews.pack_shapes import Pack

STYLE_SHEETS = ("tokens-light.css", "marks.css", "pack.css")

COUNTED: Final[
    tuple[Literal["unknown", "breaches", "restated", "excuses_waiting", "actions_overdue", "unmonitored"], ...]
] = ("unknown", "breaches", "restated", "excuses_waiting", "actions_overdue", "unmonitored")
"""The facts that the opening sentence counts behind the first."""


def sentence(pack: Pack, read: Reader) -> str:
    """The sentence over a pack: how many targets were not kept on each side, breaches, restatements, overdue actions."""
    text, counted, facts = read.language.text, read.language.counted, pack["facts"]
    lost = facts["not_kept"]
    total = sum(lost.values())
    if facts["figures"] == 0:
        first = text("pack.nothing_judged")
    elif total == 0 and not facts.get("unknown") and _is_any_open(pack):
        first = counted("pack.none_missed_yet", facts["figures"])
    elif total == 0:
        first = counted("pack.none_missed" if facts.get("unknown") else "pack.all_kept", facts["figures"])
    else:
        names = {party: read.service(pack["contract"][party]) for party in ("supplier", "client")}
        sides = [counted("pack.by_side", n, service=names[party]) for party, n in lost.items() if n]
        first = counted("pack.not_kept", total, figures=facts["figures"], sides=read.language.listing(sides))
    rest = [counted(f"pack.{name}", facts[name]) for name in COUNTED if facts[name]]
    return " ".join([first, *rest])


def _is_any_open(pack: Pack) -> bool:
    """Says whether any figure is of a period that is not over: it may yet be missed."""
    return any(figure["state"] == "open" for side in pack.get("sides", ()) for figure in side["figures"])


def pack_html(
    pack: Pack,
    code: str,
    *,
    organisation: str = "",
    people: Mapping[str, str] | None = None,
    font: str = "",
    told: Told = NOTHING_TOLD,
) -> str:
    """The pack in that language. `people`: what they are called, as `names_of` says; `told`: what its decisions are
    about, as `Held` has it. The same pack always gives the same
    bytes; nothing in it leads elsewhere, but to a font where its rule is given."""
    read = Reader(pack, language(code), people or {}, told)
    said = read.language
    return (
        environment()
        .get_template("reviews/pack.html")
        .render(
            pack=pack,
            organisation=organisation,
            read=read,
            language=said,
            t=marked(said.text),
            n=marked(said.counted),
            sentence=sentence(pack, read),
            style=Markup(font + sheets(STYLE_SHEETS) + page_boxes(pack, read, organisation)),
            disc=disc,
            is_on_track=is_on_track,
            cause_marks={"late": "late", "missing": "missing", "failed": "failed", "no-data": "no-data"},
            signed={one["party"]: one for one in pack.get("signatures", ())},
            parties=[(party, pack["contract"][party]) for party in ("supplier", "client")],
            fingerprint=grouped(str(pack.get("fingerprint") or "")),
            checkpoint=checkpoint_words(pack, said),
            signing=grouped(signing_fingerprint(pack)) if pack.get("signatures") else "",
        )
    )


def checkpoint_words(pack: Pack, language: Language) -> str:
    """The checkpoint that covers the pack, short enough for paper: whose it is, how many entries, the root."""
    found = pack.get("checkpoint")
    if not found:
        return language.text("pack.no_checkpoint")
    name, size, root = found["note"].split("\n")[:3]
    return language.text("pack.checkpoint", name=name, size=size, root=root)


def pack_style(html: str) -> str:
    """The inline style of a pack, as browsers hash it."""
    return html.partition("<style>")[2].partition("</style>")[0]


def page_boxes(pack: Pack, read: Reader, organisation: str) -> str:
    """CSS for the margins of every printed page: the subject, its number, the history position and the fingerprint."""
    text = read.language.text
    top = " · ".join(one for one in (organisation, read.title(pack["contract"]["title"])) if one)
    foot = text("pack.foot", position=pack["position"], fingerprint=grouped(str(pack.get("fingerprint") or "")[:16]))
    before, _, after = (text("pack.page_of") + " ").partition("|")
    numbers = f"{css_text(before)} counter(page) {css_text(after)} counter(pages)"
    return (
        f"@page{{@top-left{{content:{css_text(top)}}}@top-right{{content:{numbers}}}"
        f"@bottom-left{{content:{css_text(foot)}}}}}"
    )


def css_text(text: str) -> str:
    """A CSS string in which nothing but letters, digits and spaces stands as itself."""
    return '"' + "".join(c if c.isalnum() or c == " " else f"\\{ord(c):x} " for c in text) + '"'


def grouped(fingerprint: str) -> str:
    """In fours, as people compare it."""
    return " ".join(fingerprint[start : start + 4] for start in range(0, len(fingerprint), 4))
