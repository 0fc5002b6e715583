"""Drafts of contracts that a service keeps until it proposes them (MORNING §4). They lie beside the names of people, outside the
history: a draft binds nobody, and goes without a trace."""

from __future__ import annotations

from typing import Final, NamedTuple
from uuid import uuid4

from domain.saying import said
from domain.times import Clock, Instant
from services.access import Principal, Right
from services.errors import Invalid, NotAllowed, NotFound, Refused
from services.history.databases import column_list, first_value
from services.history.history import History
from services.places import Place
from services.seeing.seen import Seeing

TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS directory_draft (id {text} NOT NULL, revision {bigint} NOT NULL, service {text} NOT NULL, "
    "contract {text} NOT NULL, title {text} NOT NULL, file {text} NOT NULL, based_on {text} NOT NULL, person {text} NOT NULL, "
    "kept_by {text} NOT NULL, kept_at {bigint} NOT NULL, saved {text} NOT NULL, PRIMARY KEY (id, revision)){clustered}"
)
PLACES: Final = (
    Place(
        said("drafts of contracts that services keep, and who kept each last"),
        "directory_draft",
        said("until they are proposed, thrown away, or who kept them last is forgotten"),
        is_erased=True,
    ),
)
MOST: Final = 20
"""Drafts that one service may keep."""
LONGEST: Final = 200_000
"""Letters of a draft."""
LONGEST_TITLE: Final = 200


class Draft(NamedTuple):
    """`contract`: whose next version it is, empty for one that is new; `based_on`: the proposal that its writer had read. `revision`
    counts how often it was kept; `saved` tells one keeping from another. `person`: who kept it last, if somebody by name did."""

    id: str
    revision: int
    service: str
    contract: str
    title: str
    file: str
    based_on: str
    person: str
    kept_by: str
    kept_at: Instant
    saved: str


class Written(NamedTuple):
    """What somebody keeps: of which service, for which contract."""

    service: str
    contract: str
    title: str
    file: str
    based_on: str


_COLUMNS: Final = column_list(Draft)


class Drafts:
    """Use cases of who may bind the service that keeps them: others are told of none."""

    def __init__(self, history: History, seeing: Seeing, now: Clock):
        self._database = history.database
        self._now = now
        self._is_there = False

    def of(self, who: Principal) -> list[Draft]:
        """Those of all services for which one may propose, the last first; none in a store that no program of this version has opened
        yet."""
        self._is_there = self._is_there or self._database.has_table("directory_draft")
        if not self._is_there or not who.may(Right.BIND):
            return []
        with self._database.connect() as reads:
            services = [str(service) for (service,) in reads.query("SELECT DISTINCT service FROM directory_draft")]
            own = [one for one in services if who.may(Right.BIND, one)]
            rows = reads.select_in(f"SELECT {_COLUMNS} FROM directory_draft WHERE", "service", own)
        return sorted((Draft(*row) for row in rows), key=lambda one: (-one.kept_at, one.id))

    def read(self, who: Principal, id: str) -> Draft:
        """Raises NotFound, also for another service's."""
        found = next((one for one in self.of(who) if one.id == id), None)
        if found is None:
            raise NotFound(said("there is no such draft, or it is not yours to see"))
        return found

    def keep(self, who: Principal, written: Written, id: str = "", revision: int = 0) -> Draft:
        """Keeps a draft anew, or what was made of one whose last `revision` was read. Raises Refused where somebody kept another
        meanwhile, or MOST are there; NotAllowed, NotFound, Invalid."""
        if not who.may(Right.BIND, written.service):
            what = said("drafts are kept by who may propose for {service}", service=written.service or "—")
            raise NotAllowed(what, mend=who.named_as(said("act as one of the parties")))
        if len(written.file) > LONGEST:
            raise Invalid(said("the draft is too long to be kept"), mend=said("divide it into several contracts"))
        if id:
            _require_last(self.read(who, id), revision)
        title = " ".join(written.title.split())[:LONGEST_TITLE]
        made = Draft(
            id or uuid4().hex[:16],
            revision + 1 if id else 1,
            *written._replace(title=title),
            who.person or "",
            who.by(Right.BIND, written.service),
            self._now(),
            uuid4().hex[:16],
        )
        with self._database.transaction() as writes:
            if not id:
                _require_room(
                    first_value(writes.query("SELECT COUNT(*) FROM directory_draft WHERE service = ?", [made.service]))
                )
            writes.insert("directory_draft", Draft._fields, [made], on_conflict="(id, revision) DO NOTHING")
            newest = "SELECT saved FROM directory_draft WHERE id = ? ORDER BY revision DESC LIMIT 1"
            is_last = first_value(writes.query(newest, [made.id])) == made.saved
            if is_last:
                writes.execute("DELETE FROM directory_draft WHERE id = ? AND revision < ?", [made.id, made.revision])
        if not is_last:
            raise _changed(self.read(who, made.id))
        return made

    def throw_away(self, who: Principal, id: str) -> None:
        """Raises NotFound."""
        found = self.read(who, id)
        with self._database.transaction() as writes:
            writes.execute("DELETE FROM directory_draft WHERE id = ?", [found.id])


def _require_last(kept: Draft, revision: int) -> None:
    if kept.revision != revision:
        raise _changed(kept)


def _require_room(count: int) -> None:
    if count >= MOST:
        raise Refused(
            said("{most} drafts of a service are kept at most", most=MOST),
            mend=said("throw one away first"),
            slug="drafts-full",
        )


def _changed(kept: Draft) -> Refused:
    return Refused(
        said("{by} kept this draft while you were writing", by=kept.kept_by),
        mend=said("read that one, or keep yours as another"),
        slug="draft-changed",
    )
