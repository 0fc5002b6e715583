"""Sketches of pages that are not built yet, drawn with the program's own style: `python docs/sketches/draw.py OUT` writes
`OUT/<name>.html` and, where Chromium is found, pictures at desktop and phone width, light and dark."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import jinja2
from markupsafe import Markup

from dashboards.marks import TONES, Drawing, mark

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "dashboards/pages/static"
STYLES = ("tokens", "marks", "pages", "tables", "phone")
WORDS = {
    "met": "tenue",
    "late": "en retard",
    "missing": "manquante",
    "failed": "non conforme",
    "excused": "excusée",
    "pending": "à venir",
    "at-risk": "à risque",
    "safe": "dans l’objectif",
    "tight": "sans marge",
    "lost": "perdu",
    "kept": "tenu",
    "breached": "non tenu",
}
LETTERS = {"k": "met", "l": "late", "m": "missing", "f": "failed", "e": "excused", "p": "pending", "r": "at-risk"}
LOOKS = ((1280, "light"), (390, "light"), (1280, "dark"), (390, "dark"))


def sign(name: str, word: str = "") -> Markup:
    return Markup('<span class="sign w-{}">{} <span>{}</span></span>').format(
        TONES[name], mark(name), word or WORDS[name]
    )


def cells(letters: str, size: int = 13) -> Markup:
    """A row of squares, one a letter."""
    drawing = Drawing()
    for at, letter in enumerate(letters):
        drawing.place(LETTERS[letter], at * (size + 3), 1, size)
    width, height = len(letters) * (size + 3), size + 2
    frame = '<svg class="cells" width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="img" aria-label="{2}">{3}</svg>'
    return Markup(frame).format(width, height, len(letters), drawing.markup())


def draw(out: Path) -> list[Path]:
    out.mkdir(parents=True, exist_ok=True)
    css = "\n".join((STATIC / f"{name}.css").read_text("utf-8") for name in STYLES) + (HERE / "new.css").read_text(
        "utf-8"
    )
    templates = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE), autoescape=True, trim_blocks=True)
    drawn = []
    for source in sorted(HERE.glob("*.html.j2")):
        page = out / source.name.removesuffix(".j2")
        said = templates.get_template(source.name).render(css=css, mark=mark, sign=sign, cells=cells, static=STATIC)
        page.write_text(said, "utf-8")
        drawn.append(page)
    return drawn


def look(pages: list[Path], chromium: str) -> None:
    """Pictures beside the pages; says which scroll sideways."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, chromium_sandbox=False)
        for width, scheme in LOOKS:
            page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
            for drawn in pages:
                page.goto(drawn.absolute().as_uri())
                page.screenshot(path=drawn.with_name(f"{drawn.stem}-{width}-{scheme}.png"), full_page=True)
                wide = page.evaluate("document.documentElement.scrollWidth")
                if wide > width:
                    print(f"{drawn.name} is {wide} wide at {width}")
        browser.close()


if __name__ == "__main__":
    found = draw(Path(sys.argv[1]))
    if chromium := shutil.which("chromium"):
        look(found, chromium)
