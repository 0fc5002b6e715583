"""The views that people keep: each is the address of a list, by a name of their own (MORNING §3). They lie beside the names of people,
outside the history, and go when somebody is forgotten."""

from __future__ import annotations

from typing import Final, NamedTuple

from domain.saying import said
from domain.times import Clock
from services.access import Principal
from services.errors import Invalid, NotAllowed, Refused
from services.history.databases import column_list, first_value
from services.history.history import History
from services.places import Place
from services.seeing.seen import Seeing

TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS directory_view (person {text} NOT NULL, list {text} NOT NULL, name {text} NOT NULL, "
    "query {text} NOT NULL, PRIMARY KEY (person, list, name)){clustered}"
)
PLACES: Final = (
    Place(
        said("views of lists that people keep: a name, and what the list is narrowed and sorted by"),
        "directory_view",
        said("until they remove them or are forgotten"),
        is_erased=True,
    ),
)
MOST: Final = 20
"""Views of one list that somebody may keep."""
LONGEST_NAME: Final = 60
LONGEST_QUERY: Final = 1_000
"""Letters of a name, and of what stands behind the `?` of an address."""


class KeptView(NamedTuple):
    """`list`: the name of a list; `query`: what stands behind the `?` of its address."""

    person: str
    list: str
    name: str
    query: str


_COLUMNS: Final = column_list(KeptView)


class KeptViews:
    """Use cases of who asks for their own views alone. Raises NotAllowed for whoever is no person."""

    def __init__(self, history: History, seeing: Seeing, now: Clock):
        self._database = history.database
        self._is_there = False

    def of(self, who: Principal, of_list: str) -> list[KeptView]:
        """Their views of a list, by name; none in a store that no program of this version has opened yet."""
        self._is_there = self._is_there or self._database.has_table("directory_view")
        if who.person is None or not self._is_there:
            return []
        sql = f"SELECT {_COLUMNS} FROM directory_view WHERE person = ? AND list = ? ORDER BY name"
        with self._database.connect() as reads:
            return [KeptView(*row) for row in reads.query(sql, [who.person, of_list])]

    def keep(self, who: Principal, of_list: str, name: str, query: str) -> None:
        """Keeps a view; of the same name the last. Raises Invalid, Refused."""
        view = KeptView(_person(who), of_list, _named(name), query)
        if len(query) > LONGEST_QUERY:
            raise Invalid(said("this address is too long to be kept"), mend=said("narrow the list by less"))
        with self._database.transaction() as writes:
            writes.execute(
                "DELETE FROM directory_view WHERE person = ? AND list = ? AND name = ?",
                [view.person, of_list, view.name],
            )
            sql = "SELECT COUNT(*) FROM directory_view WHERE person = ? AND list = ?"
            if first_value(writes.query(sql, [view.person, of_list])) >= MOST:
                raise Refused(
                    said("{most} views of a list are kept at most", most=MOST),
                    mend=said("remove one first"),
                    slug="views-full",
                )
            writes.insert("directory_view", KeptView._fields, [view])

    def remove(self, who: Principal, of_list: str, name: str) -> None:
        """Takes one of their views out; nothing where there is none of that name."""
        with self._database.transaction() as writes:
            sql = "DELETE FROM directory_view WHERE person = ? AND list = ? AND name = ?"
            writes.execute(sql, [_person(who), of_list, name])


def _person(who: Principal) -> str:
    if who.person is None:
        raise NotAllowed(
            said("views are kept for people, not for {who}", who=who), mend=said("act as somebody by name")
        )
    return who.person


def _named(text: str) -> str:
    """A name without blanks around it. Raises Invalid."""
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(
            said("a view has a name of 1 to {longest} letters", longest=LONGEST_NAME),
            mend=said("another name"),
            slug="name-unclear",
        )
    return name
