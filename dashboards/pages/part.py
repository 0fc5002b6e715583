"""What the web has of a part: its pages and addresses, and what it adds to the pages of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from fastapi import APIRouter

from dashboards.pages.house.frame import Pages, View
from dashboards.tables import Table
from services.api.ports import Routes
from services.figures.rows import CommitmentRow


class Found(NamedTuple):
    """A thing that was searched for: its title, its page, and what it is about."""

    title: str
    path: str
    about: str


@dataclass(frozen=True)
class Item:
    """One thing that needs somebody. `until`: the instant from which on not `more` is true, but `then`."""

    mark: str
    title: str
    path: str
    about: str
    since: str
    more: str
    verb: str
    tone: str = ""
    until: int | None = None
    then: str = ""


Making = Callable[[], Item]
"""An item whose words are found when it is shown: of hundreds that need somebody a list names a dozen."""


@dataclass(frozen=True)
class PagePart:
    """`name` is that of its folder in dashboards/pages, where its templates and texts stand (`en.toml`, `fr.toml`). Of its texts
    `{name}.search` heads what is found.

    `add`: each adds some of its pages; `routes`, some of its addresses under `/v1`.
    `menu`: the pages that the menu leads to, and the keys of what they are called.
    `waits`: what waits for the reader on *Today*, at least the first of as many as may be shown, and how many there are. It is
    given the commitments that are shown there, by id, the most exposed first: what is about one of them waits where it is among them.
    `tables`: what can be exported, by name.
    `finds`: what of it holds all these words, which are plain (see `dashboards.plain`).
    `things`: by the sort of a decision (`note` of `entente.note.written`), the address that its id is put behind.
    `ways_back`: the addresses that forms are sent to, and the pages that hold the forms (see `add_ways_back`).
    """

    name: str
    add: tuple[Callable[[APIRouter, Pages], None], ...]
    routes: tuple[Routes, ...] = ()
    menu: tuple[tuple[str, str], ...] = ()
    waits: Callable[[View, Mapping[str, CommitmentRow], int], tuple[list[Making], int]] | None = None
    tables: Mapping[str, Callable[[View], Table]] = field(default_factory=dict)
    finds: Callable[[View, list[str]], Sequence[Found]] | None = None
    things: Mapping[str, str] = field(default_factory=dict)
    ways_back: tuple[tuple[str, str], ...] = ()
