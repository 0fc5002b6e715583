"""Lists as people ask for them: sorted, narrowed, a page at a time, all of it in the address (MORNING §3).

A part declares a `Listing`; its page takes what the address says of it (`asks`), and hands the rows of one page to `Shown`, which the
macros of `lists.html` draw. An address that names a column that is not there has the list in its own order; one that narrows by a value
that is not there shows nothing, and says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from inspect import Parameter, Signature
from typing import Annotated, Any, Final, Generic, Literal, NamedTuple, TypeVar

from fastapi import Depends, Query

from dashboards.pages.house.cells import MOST
from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import BREAK, link
from dashboards.plain import plain
from domain.saying import said
from services.directory.kept_views import KeptViews
from services.errors import Invalid

Row = TypeVar("Row")
A_PAGE: Final = 40
"""Rows of one page, and how many may be acted on at once."""
LONGEST: Final = 300
"""Letters of one value in the address."""
MOST_CHOICES: Final = 100
"""Contracts or services to choose among; of more the title is typed, which completes."""
ALL: Final = "all"
"""The value of a filter that narrows nothing, where the list is narrowed unless the address says so."""
_Value = Annotated[str | None, Query(max_length=LONGEST)]
_Page = Annotated[int | None, Query(ge=-(10**8), le=10**8)]


class Column(NamedTuple):
    """A column: its name in the address, the key of what it is called, and whether the list can be sorted by it."""

    name: str
    heading: str
    css: str = ""
    is_sorted: bool = True


class Choice(NamedTuple):
    """One value of a filter, as people read it; `left`: how many rows it leaves, where that is known."""

    value: str
    words: str
    left: int | None = None


@dataclass(frozen=True)
class Listing:
    """A list of the program.

    `order`: the column it is sorted by where the address names none, with `-` before it: the last first.
    `orders`: its order in some of its states, where it is another one.
    `filters`: what it can be narrowed by, with the keys of what they are called.
    `otherwise`: the values of filters where the address says none.
    `table`: the name under which it is exported. `place`: the heading on the page that it stands under.
    `prefix`: stands before its names in the address, where another list is on the page too.
    """

    address: str
    columns: tuple[Column, ...]
    order: str
    filters: Mapping[str, str]
    otherwise: Mapping[str, str] = field(default_factory=dict)
    orders: Mapping[str, str] = field(default_factory=dict)
    table: str = ""
    place: str = ""
    prefix: str = ""

    @property
    def orderings(self) -> set[str]:
        """The columns that it can be sorted by."""
        return {one.name for one in self.columns if one.is_sorted}

    def named(self, name: str) -> str:
        return self.prefix + name

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """All names that its address takes."""
        return tuple(self.named(name) for name in (*self.filters, "sort", "page"))


def asks(*listings: Listing) -> Any:
    """What an address depends on that shows these lists: it takes their names, and no value that is too long."""

    def declared(**_: str) -> None:
        """What the lists read from the address."""

    names = {name: _Value for one in listings for name in one.parameters}
    names |= {one.named("page"): _Page for one in listings}
    declared.__signature__ = Signature(  # type: ignore[attr-defined]
        [Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=kind) for name, kind in names.items()]
    )
    return Depends(declared)


@dataclass(frozen=True)
class Wanted:
    """What an address asks of a list. `values` are those of its filters, with what holds otherwise; empty: all.
    `usual`: the order where the address names none."""

    column: str
    is_down: bool
    values: Mapping[str, str]
    page: int
    usual: str

    def value(self, name: str) -> str:
        """The value that narrows the list; empty where it narrows nothing."""
        found = self.values.get(name, "")
        return "" if found == ALL else found


def wanted(listing: Listing, asked: Mapping[str, str], *, is_file: bool = False) -> Wanted:
    """`asked` are the values behind the `?` of the address. A file is narrowed by nothing but what its address says."""
    otherwise = {} if is_file else listing.otherwise
    values = {name: asked.get(listing.named(name), "").strip() or otherwise.get(name, "") for name in listing.filters}
    values = {name: "" if value == ALL and name not in otherwise else value for name, value in values.items()}
    usual = listing.orders.get(values.get("state", ""), listing.order)
    sort = asked.get(listing.named("sort"), "")
    if sort.removeprefix("-") not in listing.orderings:
        sort = usual
    page = asked.get(listing.named("page"), "")
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 9 else 1
    return Wanted(sort.removeprefix("-"), sort.startswith("-"), values, max(1, number), usual)


def wanted_of(view: View, listing: Listing, *, is_file: bool = False) -> Wanted:
    """What the address of this page asks of the list. A contract and a service may be named by title there, as it is typed where they
    are many; what is the title of none, or of two, stays as it is."""
    asked = wanted(listing, view.request.query_params, is_file=is_file)
    return replace(asked, values={name: _id_of(view, name, value) for name, value in asked.values.items()})


def _id_of(view: View, name: str, value: str) -> str:
    if not value or value == ALL or name not in _TITLED:
        return value
    titles = _TITLED[name](view)
    named = [id for id, words in titles.items() if plain(words) == plain(value)] if value not in titles else []
    return named[0] if len(named) == 1 else value


def _titles_of_contracts(view: View) -> dict[str, str]:
    return {id: row.title.to(view.language.code) for id, row in view.contracts.items()}


def _titles_of_services(view: View) -> dict[str, str]:
    return {id: row.title.to(view.language.code) for id, row in view.services.items()}


_TITLED: Final[Mapping[str, Callable[[View], Mapping[str, str]]]] = {
    "contract": _titles_of_contracts,
    **dict.fromkeys(("service", "debtor", "creditor"), _titles_of_services),
}
"""The filters whose values are ids of what has a title."""


def query_of(listing: Listing, asked: Wanted) -> dict[str, Any]:
    """What an address says of the list that is not so without it, but for the page; the same list always has the same query."""
    chosen = {name: value for name, value in asked.values.items() if value != listing.otherwise.get(name, "")}
    sort = ("-" if asked.is_down else "") + asked.column
    if sort != asked.usual:
        chosen["sort"] = sort
    return {listing.named(name): value for name, value in chosen.items()}


@dataclass(frozen=True)
class Narrowing:
    """A filter as the page offers it: as tabs, or as a field of the form. `is_kept`: it is none of both, only stays in the address.
    `typed`: words or a day are typed instead of chosen. Of both the value is looked at elsewhere."""

    name: str
    choices: Sequence[Choice] = ()
    is_tabs: bool = False
    is_kept: bool = False
    typed: Literal["", "words", "day"] = ""
    hint: str = ""

    @property
    def is_long(self) -> bool:
        """Says whether the title is typed, for there are too many to choose among."""
        return self.name in _TITLED and len(self.choices) > MOST_CHOICES

    def words(self, value: str) -> str:
        """What is typed for that value: the title, where no other has the same."""
        words = next((one.words for one in self.choices if one.value == value), value)
        return words.replace(BREAK, "") if sum(one.words == words for one in self.choices) == 1 else value


class Found(NamedTuple, Generic[Row]):
    """`total`: how many rows the list has as it is narrowed; `rows`: those that were asked for."""

    total: int
    rows: Sequence[Row]


@dataclass
class Shown(Generic[Row]):
    """A list on its page. `find` gives the number of rows that are wanted, and those of one page: it is told where they begin and how
    many they are at most, and asked only where each value that narrows the list is one of its choices."""

    view: View
    listing: Listing
    narrowings: Sequence[Narrowing]
    find: Callable[[Wanted, int, int], Found[Row]]
    is_file: bool = False

    @cached_property
    def wanted(self) -> Wanted:
        return wanted_of(self.view, self.listing, is_file=self.is_file)

    @cached_property
    def unknown(self) -> list[tuple[str, str]]:
        """The filters, as people call them, whose values are none of the choices, and these values."""
        text = self.view.language.text
        return [
            (text(self.listing.filters[one.name]), value)
            for one in self.narrowings
            if not (one.is_kept or one.typed)
            and (value := self.wanted.value(one.name))
            and value not in {each.value for each in one.choices}
        ]

    @property
    def no_order(self) -> str:
        """The column that the address sorts by and the list has not; empty otherwise."""
        sort = self.view.request.query_params.get(self.listing.named("sort"), "")
        return "" if sort.removeprefix("-") in self.listing.orderings else sort

    @cached_property
    def _found(self) -> tuple[int, Found[Row]]:
        """The page that is shown, and what is on it: the last page for one behind it."""
        page = self.wanted.page
        found = Found[Row](0, ()) if self.unknown else self.find(self.wanted, (page - 1) * A_PAGE, A_PAGE)
        last = max(1, -(-found.total // A_PAGE))
        if page > last:
            page = last
            found = self.find(self.wanted, (page - 1) * A_PAGE, A_PAGE) if found.total else found
        return page, found

    @property
    def page(self) -> int:
        page, _ = self._found
        return page

    @property
    def total(self) -> int:
        _, found = self._found
        return found.total

    @property
    def rows(self) -> Sequence[Row]:
        _, found = self._found
        return found.rows

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // A_PAGE))

    @property
    def first(self) -> int:
        return (self.page - 1) * A_PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def is_narrowed(self) -> bool:
        """Says whether the form narrows the list, so that it is shown unfolded."""
        return any(self.wanted.value(one.name) for one in self.offered)

    @cached_property
    def query(self) -> dict[str, Any]:
        """What the address says of the list and is not so without it; the same list always has the same query."""
        return query_of(self.listing, self.wanted)

    @cached_property
    def views(self) -> list[tuple[str, str, bool]]:
        """The views of the list that the reader keeps: the name, the address, and whether it is the list as it is shown."""
        listing, here = self.listing, link("", **self.query).removeprefix("?")
        kept = self.view.pages.store.use(KeptViews).of(self.view.who, listing.table)
        base = link(listing.address)
        return [(one.name, f"{base}?{one.query}{listing.place}", one.query == here) for one in kept]

    @property
    def may_keep(self) -> bool:
        return self.view.who.person is not None

    @cached_property
    def beside(self) -> dict[str, str]:
        """What the address says of something else on the page."""
        asked = self.view.request.query_params
        return {name: asked[name] for name in asked if name not in self.listing.parameters and name != "sent"}

    @property
    def offered(self) -> list[Narrowing]:
        """The filters of the form."""
        return [one for one in self.narrowings if (one.choices or one.typed) and not one.is_tabs]

    @property
    def kept(self) -> dict[str, str]:
        """What the form keeps of the address."""
        offered = {self.listing.named(one.name) for one in self.offered}
        return {name: value for name, value in (self.beside | self.query).items() if name not in offered}

    @property
    def everything(self) -> str:
        """The address without what the form narrows."""
        return link(self.listing.address, **self.kept) + self.listing.place

    def with_(self, **changed: str | int | None) -> str:
        """The address of the list with these values of its own changed, on its first page."""
        usual = self.listing.otherwise
        said = self.query | {
            self.listing.named(name): value if value != usual.get(name) else None for name, value in changed.items()
        }
        mine = {name: said[name] for name in self.listing.parameters if name in said}
        return link(self.listing.address, **{**self.beside, **mine}) + self.listing.place

    @property
    def here(self) -> str:
        """The address of the page that is shown."""
        return self.with_(page=self.page if self.page > 1 else None)

    def sorted_by(self, column: str) -> str:
        """The address that the heading of a column leads to: sorted by it, the other way round where it is already."""
        is_up = self.wanted.column != column or self.wanted.is_down
        sort = column if is_up else f"-{column}"
        return self.with_(sort=None if sort == self.wanted.usual else sort)

    def exported(self, form: str) -> str:
        """The address of the file that holds the list, narrowed and sorted as it is here."""
        usual = {name: self.wanted.values[name] for name in self.listing.otherwise}
        return link(f"/exports/{self.listing.table}.{form}", **(usual | self.query))

    def every(self) -> Sequence[Row]:
        """All rows, for a file, which has room for so many. Raises Invalid where the list is narrowed by a value that is none of its
        choices, or sorted by no column of it: a file says nothing of itself."""
        wrong = [said("{what}: there is no “{value}” here", value=value, what=what) for what, value in self.unknown]
        if self.no_order:
            wrong.append(said("“{column}” is no column that this is sorted by", column=self.no_order))
        if wrong:
            raise Invalid(wrong[0], mend=said("open the list and choose again"), slug="filter-unknown")
        return self.find(self.wanted, 0, MOST).rows


def in_order(rows: Iterable[Row], key: Callable[[Row], Any], *, is_down: bool) -> list[Row]:
    """Sorts rows by a key; those that have none (None) stand last, whichever way. Rows with the same key stay as they stood."""
    every = list(rows)
    having = sorted((row for row in every if key(row) is not None), key=key, reverse=is_down)
    return having + [row for row in every if key(row) is None]


@dataclass(frozen=True)
class Held(Generic[Row]):
    """The rows of a list that are few enough to be narrowed and sorted here, in their usual order.

    `values`: by filter, the values that a row has: it is left where what is asked for is one of them. `keys`: by column, what rows are
    sorted by; rows of the same key, and of a column without one, stay in their usual order.
    """

    rows: Sequence[Row]
    values: Mapping[str, Callable[[Row], Sequence[str]]]
    keys: Mapping[str, Callable[[Row], Any]]

    def left(self, asked: Wanted, but: str = "") -> list[Row]:
        """The rows that the filters leave; all of them but the one of that name."""
        tests = [
            (values, wanted) for name, values in self.values.items() if name != but and (wanted := asked.value(name))
        ]
        return [row for row in self.rows if all(wanted in values(row) for values, wanted in tests)]

    def counts(self, asked: Wanted, name: str) -> Counter[str]:
        """How many rows have each value of that filter, as the others narrow the list."""
        return Counter(value for row in self.left(asked, name) for value in self.values[name](row))

    def every(self, name: str) -> set[str]:
        """All values of that filter that rows have."""
        return {value for row in self.rows for value in self.values[name](row)}

    def find(self, asked: Wanted, offset: int, limit: int) -> Found[Row]:
        """The rows of a page, in the order that is asked for."""
        rows = self.left(asked)
        key = self.keys.get(asked.column)
        ordered = rows if key is None else in_order(rows, key, is_down=asked.is_down)
        return Found(len(rows), ordered[offset : offset + limit])
