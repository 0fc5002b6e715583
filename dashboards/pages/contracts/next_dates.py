"""The next dates of a draft in words, beside the fields that say them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dashboards.pages.contracts.moving import text_of
from dashboards.pages.house.frame import View
from domain.times import Instant
from services.contract_files import Tree, value_at
from services.contract_files.documents import Path
from services.trying.next_dates import MOST, next_dues, next_reviews


@dataclass(frozen=True)
class NextDate:
    """One date of a deliverable, or of a meeting (no title)."""

    at: Instant
    words: str
    title: str


def dates_beside(view: View, tree: Tree) -> Mapping[str, list[str]]:
    """The next dates of each schedule, by the path of its criterion, or of the review."""
    return {
        text_of(path): [_words(view, tree, one) for one in found] for path, found in _schedules(view, tree) if found
    }


def next_dates(view: View, tree: Tree) -> list[NextDate]:
    """The first of all dates of the draft."""
    every = ((at, number, path) for number, (path, found) in enumerate(_schedules(view, tree)) for at in found)
    return [NextDate(at, _words(view, tree, at), _title(view, tree, path)) for at, _, path in sorted(every)[:MOST]]


def _schedules(view: View, tree: Tree) -> Iterator[tuple[Path, list[Instant]]]:
    after = view.known.watermark
    held = tree.get("deliverables")
    for d, deliverable in enumerate(held if isinstance(held, list) else []):
        criteria = deliverable.get("criteria") if isinstance(deliverable, dict) else None
        for c in range(len(criteria) if isinstance(criteria, list) else 0):
            path: Path = ("deliverables", d, "criteria", c)
            yield path, next_dues(view.seen, tree, path, after)
    if value_at(tree, ("review",)) is not None:
        yield ("review",), next_reviews(tree, after)


def _title(view: View, tree: Tree, path: Path) -> str:
    if path == ("review",):
        return view.language.text("editor.part.review")
    held = value_at(tree, path[:2])
    titles = held.get("title") if isinstance(held, dict) else None
    if isinstance(titles, dict):
        titles = titles.get(view.language.code) or next(iter(titles.values()), "")
    return str(titles or held.get("id", ""))


def _words(view: View, tree: Tree, at: Instant) -> str:
    return view.moments(tree["timezone"]).long(at)
