"""What the web has of a part: its pages and addresses, and what it adds to the pages of all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from fastapi import APIRouter

from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.lists import Listing
from dashboards.plain import plain
from dashboards.tables import Table
from domain.terms import Text
from services.api.ports import Routes
from services.figures.rows import CommitmentRow

LEAST_OF_AN_ID: Final = 4


class Query(NamedTuple):
    """What somebody searches for: the `text` that was typed, its `words`, which are plain (see `dashboards.plain`), and how many
    of each sort are listed at most."""

    text: str
    words: list[str]
    most: int

    @property
    def id_begun(self) -> str:
        """What may be the beginning of an id: one word, long enough to mean something; else nothing."""
        text = self.text.strip()
        return text if len(text) >= LEAST_OF_AN_ID and len(self.words) == 1 and "\0" not in text else ""

    def is_said_by(self, *texts: str | Text) -> bool:
        """Says whether each word stands in one of the texts, in any language."""
        every = [text if isinstance(text, str) else " ".join(said for _, said in text.by_language) for text in texts]
        held = plain(" ".join(every))
        return all(word in held for word in self.words)


class Found(NamedTuple):
    """A thing that was searched for: its title, its page, and what it is about."""

    title: str
    path: str
    about: str


@dataclass(frozen=True)
class Group:
    """The things of one sort that were found: `count` of them, the first of them as `rows`. `heading` is the key of what they are
    called; `template` shows one of the rows, `one`. What is wider stands first: contracts have the `rank` 0, services 1,
    commitments 2, occurrences 3."""

    heading: str
    count: int
    rows: Sequence[object]
    template: str = "search/found.html"
    rank: int = 4


@dataclass(frozen=True)
class Verb:
    """One thing that the reader can do about an item, and the page or form where it is done; with `sends`, a button does it at once:
    these are the fields of a form that is sent to `path`."""

    word: str
    path: str
    sends: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Item:
    """One thing that needs somebody. `verb` is what the reader is likeliest to do, and leads to `way`, or to the thing itself;
    `others` is what can be done besides. `beside`: whom it concerns, who has it. `until`: the instant from which on not `more` is
    true, but `then`."""

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
    way: str = ""
    others: tuple[Verb, ...] = ()
    beside: tuple[str, ...] = ()


Task = Literal["explain", "answer", "act"]
"""What is awaited of somebody: to say why, to answer or sign, to do something."""


class Waiting(NamedTuple):
    """Something that waits. Its words are found when it is shown: of hundreds that need somebody a list names a dozen.

    `thing` is its name (services/errands/things.py), by which it is handed on; empty where it cannot be. It waits for `service`,
    and falls by itself to `person` of it, or to whoever may, where none is named. Of what has the same `alike`
    (a path to all of it) and one person has, the last alone is listed, with how many `others` there are. `says` names the text that it
    quotes, where it does (`name_of_text`): who is named in that text has one row of it."""

    make: Callable[[], Item]
    thing: str = ""
    service: str = ""
    person: str | None = None
    task: Task = "answer"
    alike: str = ""
    others: int = 0
    says: str = ""


@dataclass(frozen=True)
class PagePart:
    """`name` is that of its folder in dashboards/pages, where its templates and texts stand (`en.toml`, `fr.toml`).

    `add`: each adds some of its pages; `routes`, some of its addresses under `/v1`.
    `menu`: the pages that the menu leads to, and the keys of what they are called.
    `waits`: what waits for the reader on *Today*. It is given the commitments that are shown there, by id, the most exposed first:
    what is about one of them waits where it is among them.
    `tables`: what can be exported, by name.
    `lists`: its lists, each with what its address takes; a list that is exported is narrowed and sorted in its file as on its page.
    `finds`: what of it, and of what the reader may see, is searched for; `completes`: names and ids of that which somebody may mean
    who has typed the beginning.
    `things`: by the sort of a decision (`note` of `entente.note.written`), the address that its id is put behind.
    `ways_back`: the addresses that forms are sent to, and the pages that hold the forms (see `add_ways_back`).
    """

    name: str
    add: tuple[Callable[[APIRouter, Pages], None], ...]
    routes: tuple[Routes, ...] = ()
    menu: tuple[tuple[str, str], ...] = ()
    waits: Callable[[View, Mapping[str, CommitmentRow]], list[Waiting]] | None = None
    tables: Mapping[str, Callable[[View], Table]] = field(default_factory=dict)
    lists: tuple[Listing, ...] = ()
    finds: Callable[[View, Query], Sequence[Group]] | None = None
    completes: Callable[[View, Query], Iterable[str]] | None = None
    things: Mapping[str, str] = field(default_factory=dict)
    ways_back: tuple[tuple[str, str], ...] = ()
