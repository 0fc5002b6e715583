"""Pictures of pages, and sheets that show many at once: kept in `build/pictures`, one folder for each variant, to be looked at."""

from __future__ import annotations

import re
from html import escape
from itertools import count
from pathlib import Path

from playwright.sync_api import Browser, Page

PICTURES = Path(__file__).resolve().parents[2] / "build" / "pictures"
ON_A_SHEET = 12
HIGHEST = 9000
"""Pixels: of a longer page only the beginning is kept."""
SHEET = """<!doctype html><meta charset="utf-8"><title>{title}</title><style>
body{{margin:16px;background:#777;color:#fff;font:13px system-ui,sans-serif;display:grid;gap:16px;grid-template-columns:repeat(4,1fr)}}
figure{{margin:0;min-width:0}}figcaption{{overflow:hidden;white-space:nowrap;text-overflow:ellipsis;padding-bottom:4px}}
div{{height:{height}px;overflow:hidden;background:#999}}img{{display:block;width:100%}}</style>
{figures}"""


def name_of(path: str) -> str:
    """The file's name for a page: `/contracts/school-meals` is `contracts-school-meals`."""
    return re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")[:80] or "today"


def take(page: Page, path: str, variant: str, folder: Path = PICTURES) -> Path:
    """The page that is open, down to its foot."""
    into = folder / variant
    into.mkdir(parents=True, exist_ok=True)
    page.evaluate("document.fonts.ready.then(() => true)")
    width, height = page.evaluate("[innerWidth, Math.max(innerHeight, document.documentElement.scrollHeight)]")
    clip = {"x": 0, "y": 0, "width": width, "height": min(height, HIGHEST)}
    page.screenshot(path=into / f"{name_of(path)}.png", full_page=True, clip=clip)  # type: ignore[arg-type]
    return into / f"{name_of(path)}.png"


def sheets(browser: Browser, folder: Path = PICTURES) -> list[Path]:
    """All pictures that are there, a dozen on a sheet: `desktop-light-fr-1.png` and so on."""
    made: list[Path] = []
    page = browser.new_page(viewport={"width": 1640, "height": 900})
    for variant in sorted(one for one in folder.iterdir() if one.is_dir()):
        pictures = sorted(variant.glob("*.png"))
        for number, start in zip(count(1), range(0, len(pictures), ON_A_SHEET), strict=False):
            made.append(_sheet(page, variant, number, pictures[start : start + ON_A_SHEET]))
    page.close()
    return made


def _sheet(page: Page, variant: Path, number: int, pictures: list[Path]) -> Path:
    figures = "".join(
        f"<figure><figcaption>{escape(one.stem)}</figcaption><div><img src='{escape(one.name)}'></div></figure>"
        for one in pictures
    )
    title = f"{variant.name}-{number}"
    written = variant / f"sheet-{number}.html"
    height = 720 if variant.name.startswith("phone") else 500
    written.write_text(SHEET.format(title=title, figures=figures, height=height), encoding="utf-8")
    page.goto(written.as_uri())
    drawn = variant.parent / f"{title}.png"
    page.screenshot(path=drawn, full_page=True)
    return drawn
