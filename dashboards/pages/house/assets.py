"""The files that pages ask for, each under a name that changes with its content, so that browsers may keep them for a year."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from fastapi import Response

YEAR = 365 * 24 * 3600
SCRIPTS = ("editor", "keys", "live", "wall")
STYLE_SHEETS = ("tokens.css", "marks.css", "pages.css", "tables.css", "phone.css")


def _read(name: str) -> bytes:
    return files("dashboards.pages").joinpath("static", name).read_bytes()


def _named(stem: str, content: bytes, ending: str) -> str:
    return f"{stem}-{hashlib.sha256(content).hexdigest()[:12]}.{ending}"


@cache
def sheets(names: Sequence[str]) -> str:
    """The style sheets of these names, one behind the other."""
    return "".join(_read(name).decode() for name in names)


@cache
def style() -> str:
    """The one style sheet of the pages."""
    return font_face() + sheets(STYLE_SHEETS) + "".join(_both_palettes(sheets(("tokens.css",))))


def _both_palettes(tokens: str) -> Iterator[str]:
    """The dark one for who chose it, too; and both under names of their own, so that one page can show them side by side."""
    light, dark = (
        "".join(found.split("\n")) for found in re.findall(r":root[^{}]*\{([^{}]*--paper[^{}]*)\}", tokens)[:2]
    )
    yield f"@media screen and (forced-colors:none){{:root[data-theme=dark]{{{dark}}}}}\n"
    for name, said in (("light", light), ("dark", dark.replace("color-scheme:dark;", ""))):
        yield f".tokens-{name}{{{said};background:var(--paper);color:var(--ink)}}\n"


@cache
def style_name() -> str:
    return _named("entente", style().encode(), "css")


@cache
def font(weight: str = "") -> bytes:
    """Inter: Latin letters, weights from 400 to 600, tabular figures and the slashed zero (docs/dependencies.md); or one weight
    of it alone, for paper."""
    return _read(f"inter-{weight}.woff2" if weight else "inter.woff2")


@cache
def font_name() -> str:
    return _named("inter", font(), "woff2")


@cache
def font_face(address: str = "", weight: str = "400 600") -> str:
    """Until it has come, texts stand in the reader's own font. It has a name of its own, because PDFs would take an Inter that
    is installed instead."""
    return (
        f'@font-face{{font-family:"Entente Inter";src:url({address or f"/static/{font_name()}"}) format("woff2");'
        f"font-weight:{weight};font-style:normal;font-display:swap}}\n"
    )


@cache
def script_name(name: str) -> str:
    return _named(name, _read(f"{name}.js"), "js")


@cache
def _all() -> dict[str, tuple[bytes, str]]:
    return {
        style_name(): (style().encode(), "text/css"),
        font_name(): (font(), "font/woff2"),
        "icon.svg": (_read("icon.svg"), "image/svg+xml"),
        **{script_name(name): (_read(f"{name}.js"), "text/javascript") for name in SCRIPTS},
    }


def static(name: str) -> Response | None:
    """A file that pages ask for."""
    content, kind = _all().get(name, (None, ""))
    headers = {"Cache-Control": f"public, max-age={YEAR}, immutable"}
    return None if content is None else Response(content, media_type=kind, headers=headers)
