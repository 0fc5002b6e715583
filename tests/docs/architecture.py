"""Draws the packages from their imports and lists the modules: `make architecture` writes docs/pictures/packages.svg and
docs/modules.md. A test says when they are not up to date."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("domain", "services", "ingestion", "dashboards", "entente")
PICTURE = ROOT / "docs" / "pictures" / "packages.svg"
LIST = ROOT / "docs" / "modules.md"

Part = tuple[str, ...]
"""The folder of some modules; of those right in a package that build on its folders, with `+` behind it."""
Imports = Mapping[Part, Counter[Part]]
"""How many imports lead from one part to another."""

WIDTH, HEIGHT, GAP, LEFT = 186, 64, 22, 20
BETWEEN = 58
ROW = HEIGHT + BETWEEN
LANE = 14
"""Between arrows that lead past rows, at the right."""
LETTERS = 24
"""As many fit into a box, in its smaller size."""


def modules() -> dict[str, Path]:
    """Every module by its name in imports."""
    paths = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


FROM = re.compile(r"^[ ]*from ([\w.]+) import (\([^)]*\)|[^\n]+)", re.MULTILINE)
IMPORT = re.compile(r"^[ ]*import ([\w.]+)", re.MULTILINE)
DOCSTRING = re.compile(r'\A"""(.*?)"""', re.DOTALL)


def imports_of(path: Path, known: Mapping[str, Path]) -> Iterator[str]:
    """The modules of ours that a module names, also inside functions and for types alone. Read as text: parsing all would take
    ten times as long."""
    text = path.read_text("utf-8")
    for module, names in FROM.findall(text):
        if module in known:
            inside = (f"{module}.{name}" for name in re.findall(r"\w+", names))
            yield from (one if one in known else module for one in inside)
    yield from (module for module in IMPORT.findall(text) if module in known)


def parts(known: Mapping[str, Path], imports: Mapping[str, set[str]]) -> dict[str, Part]:
    """The part of each module. What starts a package (`__main__`) and what only says what it is (`__init__`) is in none."""
    drawn = {name: path for name, path in known.items() if path.stem not in ("__init__", "__main__")}
    folders = {name: path.relative_to(ROOT).parts[:-1][:2] for name, path in drawn.items()}
    above: set[str] = set()

    def builds_on_a_folder(name: str) -> bool:
        ours = [one for one in imports[name] if one in folders and folders[one][0] == folders[name][0]]
        return len(folders[name]) == 1 and any(one in above or len(folders[one]) > 1 for one in ours)

    while more := {name for name in folders if name not in above and builds_on_a_folder(name)}:
        above |= more
    return {name: (*folder, "+") if name in above else folder for name, folder in folders.items()}


def drawn() -> tuple[dict[Part, list[str]], Imports]:
    """The modules of each part, and the imports between parts."""
    known = modules()
    imports = {name: set(imports_of(path, known)) for name, path in known.items()}
    part_of = parts(known, imports)
    inside: dict[Part, list[str]] = defaultdict(list)
    between: dict[Part, Counter[Part]] = defaultdict(Counter)
    for name, part in part_of.items():
        inside[part].append(name.rpartition(".")[2])
        for one in sorted(imports[name]):
            if one in part_of and part_of[one] != part:
                between[part][part_of[one]] += 1
    return dict(sorted(inside.items())), between


def reached(start: Part, imports: Imports) -> set[Part]:
    """What is reached from a part along arrows."""
    found: set[Part] = set()
    waiting = [start]
    while waiting:
        for one in imports.get(waiting.pop(), ()):
            if one not in found:
                found.add(one)
                waiting.append(one)
    return found


def is_implied(start: Part, end: Part, imports: Imports) -> bool:
    """Whether other arrows say already that `start` builds on `end`."""
    others = [one for one in imports[start] if one != end and start not in reached(one, imports)]
    return any(end in reached(one, imports) and one not in reached(end, imports) for one in others)


def levels(inside: Mapping[Part, object], imports: Imports) -> dict[Part, int]:
    """The row of each part, from above: one below all that build on it. Parts that build on each other share a row."""
    circle = {
        part: min([part, *(one for one in reached(part, imports) if part in reached(one, imports))]) for part in inside
    }
    above: dict[Part, set[Part]] = {first: set() for first in circle.values()}
    for part in inside:
        for one in imports.get(part, ()):
            above[circle[one]] |= {circle[part]} - {circle[one]}
    level: dict[Part, int] = {}
    for first in TopologicalSorter(above).static_order():
        level[first] = 1 + max((level[one] for one in above[first]), default=-1)
    return {part: level[first] for part, first in circle.items()}


def names_in(names: list[str]) -> str:
    """As many as fit, then how many more."""
    text = ""
    for count, name in enumerate(sorted(names)):
        longer = f"{text} {name}".strip()
        if len(longer) > LETTERS:
            return f"{text} +{len(names) - count}"
        text = longer
    return text


def picture() -> str:
    inside, imports = drawn()
    level = levels(inside, imports)
    rows = [[part for part in inside if level[part] == row] for row in range(max(level.values()) + 1)]
    width = 2 * LEFT + max(len(row) for row in rows) * (WIDTH + GAP) - GAP
    height = LEFT + len(rows) * ROW
    place: dict[Part, tuple[float, float]] = {}
    for number, row in enumerate(rows):
        first = (width - len(row) * (WIDTH + GAP) + GAP) / 2
        place |= {part: (first + at * (WIDTH + GAP), LEFT + number * ROW) for at, part in enumerate(row)}
    shapes = []
    right = width - LEFT
    for a, b in _shown(inside, imports):
        if level[a] == level[b]:
            shapes.append(_arc(place[a], place[b]))
        elif level[b] == level[a] + 1:
            shapes.append(_arrow(place[a], place[b]))
        else:
            right += LANE
            shapes.append(_arrow(place[a], place[b], right))
    width = right + LEFT
    shapes += [_box(part, names, *place[part]) for part, names in inside.items()]
    return "\n".join([_HEAD.format(width=f"{width:g}", height=f"{height:g}"), *shapes, "</svg>\n"])


def _shown(inside: Mapping[Part, object], imports: Imports) -> list[tuple[Part, Part]]:
    return [(a, b) for a in inside for b in sorted(imports.get(a, ())) if not is_implied(a, b, imports)]


def _arrow(start: tuple[float, float], end: tuple[float, float], lane: float | None = None) -> str:
    """Down to where it leads; past rows in a lane beside them."""
    x, y, x2, y2 = start[0] + WIDTH / 2, start[1] + HEIGHT, end[0] + WIDTH / 2, end[1]
    line = f"M{x:g} {y:g}"
    if lane is not None:
        line += f" C{x:g} {y + BETWEEN / 2:g} {lane:g} {y:g} {lane:g} {y + BETWEEN:g} V{y2 - BETWEEN:g}"
        x, y = lane, y2 - BETWEEN
    line += f" C{x:g} {y + BETWEEN / 2:g} {x2:g} {y2 - BETWEEN / 2:g} {x2:g} {y2:g}"
    return f'<path d="{line}" marker-end="url(#tip)"/>'


def _arc(start: tuple[float, float], end: tuple[float, float]) -> str:
    """Between parts of one row: to the right above it, to the left below it."""
    side = 12 if start[0] < end[0] else -12
    x1, x2 = start[0] + WIDTH / 2 + side, end[0] + WIDTH / 2 - side
    y, bend = (start[1], start[1] - 24) if side > 0 else (start[1] + HEIGHT, start[1] + HEIGHT + 24)
    return (
        f'<path class="mutual" d="M{x1:g} {y:g} C{x1:g} {bend:g} {x2:g} {bend:g} {x2:g} {y:g}" marker-end="url(#tip)"/>'
    )


def _box(part: Part, names: list[str], x: float, y: float) -> str:
    title = "/".join(one for one in part if one != "+")
    count = f"{len(names)} modules" if len(names) > 1 else "1 module"
    return (
        f'<g class="{part[0]}"><rect x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>'
        f'<text class="title" x="{x + 10:g}" y="{y + 20:g}">{escape(title)}</text>'
        f'<text x="{x + 10:g}" y="{y + 37:g}">{count}</text>'
        f'<text x="{x + 10:g}" y="{y + 53:g}">{escape(names_in(names))}</text></g>'
    )


_HEAD = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">
<title>The packages, each above what it builds on</title>
<style>
svg {{ background: #fff; font-family: Inter, system-ui, sans-serif; font-size: 11px; fill: #1c2430 }}
rect {{ stroke: #1c2430; stroke-width: 1 }} .title {{ font-size: 13px; font-weight: 600 }}
.domain rect {{ fill: #f6efdc }} .services rect {{ fill: #e4eef7 }} .ingestion rect {{ fill: #e6f3e8 }}
.dashboards rect {{ fill: #f3e8f4 }} .entente rect {{ fill: #efefef }}
path {{ fill: none; stroke: #5a6675; stroke-width: 1.2 }} .mutual {{ stroke: #b3261e }} marker path {{ fill: #5a6675; stroke: none }}
</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">
<path d="M0 0 L8 4 L0 8 z"/></marker></defs>"""


def sentence(path: Path) -> str:
    """What the module says that it is: the first paragraph of its docstring."""
    found = DOCSTRING.match(path.read_text("utf-8"))
    return " ".join(found[1].split("\n\n")[0].split()) if found else ""


def module_list() -> str:
    """A page with every module and what it says of itself."""
    folders: dict[str, list[Path]] = defaultdict(list)
    for path in modules().values():
        folders["/".join(path.relative_to(ROOT).parts[:-1])].append(path)
    lines = [_LIST_HEAD]
    for folder, paths in sorted(folders.items(), key=lambda one: (PACKAGES.index(one[0].split("/")[0]), one[0])):
        lines += [f"## {folder}", ""]
        lines += [f"- `{path.name}`: {sentence(path)}" for path in paths if path.stem != "__init__" and sentence(path)]
        lines.append("")
    return "\n".join(lines)


_LIST_HEAD = """# Every module, and what it says of itself

Written by `make architecture` from the first paragraph of each module; do not edit. [Architecture](architecture.md) has the
picture and a paragraph for each part.
"""


def written() -> dict[Path, str]:
    return {PICTURE: picture(), LIST: module_list()}


if __name__ == "__main__":
    for path, text in written().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))
