"""Declaring sources: of two services that declare one the first has it (MEANING §3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any, Final
from uuid import UUID

from domain.decisions import stream_of
from domain.events import OWN
from domain.saying import said
from domain.service import Service
from domain.source import Source
from domain.times import Instant
from services.access import Principal, Right
from services.contract_files import Document, service_from_canonical
from services.contract_files.service_terms import ServiceTerms
from services.contract_files.service_terms import Source as ServiceSource
from services.errors import DocumentInvalid, NotFound
from services.history.history import Entry, History
from services.tables.declared import Since, declared_since, declarers, shown_to, sources_of

TAKEN: Final = "source-taken"
RESERVED_SOURCE: Final = "reserved-source"


_A_PAGE: Final = 1_000


_TOPICS: Final = (Service.Created.TOPIC, Service.Described.TOPIC)


class Declared:
    """The services that sources belong to now; safe for several threads. Follows the history, not the judge: who has
    just declared a source has it."""

    def __init__(self, history: History):
        self._history = history
        self._lock = Lock()
        self._reached = 0
        self._names: dict[UUID, str] = {}
        self._since: dict[str, Since] = {}
        self._owners: dict[str, str] = {}
        self._terms: dict[str, ServiceTerms] = {}
        self._sources: dict[str, ServiceSource] = {}
        self._shown_to: dict[str, tuple[str, ...]] = {}

    def owner(self, source: str) -> str | None:
        """None: nobody declares it."""
        with self._lock:
            self._follow()
            return self._owners.get(source)

    def owners(self) -> Mapping[str, str]:
        """The services by the sources that they declare."""
        with self._lock:
            self._follow()
            return self._owners

    def personal(self) -> Mapping[str, ServiceSource]:
        """The sources that declare personal values, by name, as the services declare them that they belong to."""
        with self._lock:
            self._follow()
            return {source: one for source, one in self._sources.items() if one.personal is not None}

    def shown_to(self) -> Mapping[str, tuple[str, ...]]:
        """The services whose contracts may take the events of a source, by source, in the order of their ids; sources that are shown
        to all, or that nobody declares, are not among them."""
        with self._lock:
            self._follow()
            return self._shown_to

    def above(self) -> Mapping[str, str | None]:
        """What each service is part of, by its file."""
        with self._lock:
            self._follow()
            return {service: terms.part_of for service, terms in self._terms.items()}

    def _follow(self) -> None:
        last = self._history.last_position()
        if last < self._reached:  # another history stands here now
            self._reached, self._names, self._since, self._owners, self._terms = 0, {}, {}, {}, {}
            self._sources, self._shown_to = {}, {}
        while self._reached < last and (page := self._history.read(self._reached, _A_PAGE, _TOPICS)):
            for entry in page:
                self._take(entry)
            self._reached = page[-1].position
            self._own()
        self._reached = max(self._reached, last)

    def _own(self) -> None:
        """Says whose each source is now, and what its owner says of it. What was given out before stays as it was."""
        self._owners = {source: services[0] for source, services in declarers(self._since).items()}
        said = {service: {one.source: one for one in terms.sources} for service, terms in self._terms.items()}
        self._sources = {source: said[service][source] for source, service in self._owners.items()}
        above = {service: terms.part_of for service, terms in self._terms.items()}
        shown = {source: shown_to(self._owners[source], one.shown_to, above) for source, one in self._sources.items()}
        self._shown_to = {source: services for source, services in shown.items() if services is not None}

    def _take(self, entry: Entry) -> None:
        said: Any = self._history.decode(entry)
        if entry.topic == Service.Created.TOPIC:
            self._names[entry.stream] = said.service
            return
        service = self._names[entry.stream]
        self._since[service] = declared_since(self._since.get(service, {}), said.document, entry.position)
        self._terms[service] = service_from_canonical(said.document)


class Declaring:
    """The declarations of sources in a service file, decided together with the file."""

    def __init__(self, history: History, declared: Declared):
        self._history = history
        self._declared = declared

    def claims(self, who: Principal, service: str, document: Document, before: str, at: Instant) -> list[Source]:
        """The sources that the file declares and those that it gives up, to be saved with it: of two services that declare one at
        once the second is Refused. Raises DocumentInvalid with slug `source-taken` for those of others."""
        wanted = [str(one["source"]) for one in document.tree.get("sources", ())]
        self._require_not_reserved(document, wanted)
        dropped = [one for one in sources_of(before) if one not in wanted]
        # Read before it is asked whose they are: of two at once, the second's are out of date when they are saved.
        claims = [self._claim(source) for source in dict.fromkeys([*wanted, *dropped])]
        self._require_free(who, service, document, wanted)
        by = who.by(Right.DESCRIBE, service)
        for claim in claims:
            if claim.source in dropped:
                claim.give_up(service, by=by, at=at)
            else:
                claim.declare(service, by=by, at=at)
        return claims

    def _claim(self, source: str) -> Source:
        try:
            return self._history.get(stream_of("source", source), Source)
        except NotFound:
            return Source(source=source)

    def _require_not_reserved(self, document: Document, wanted: Sequence[str]) -> None:
        reserved: list[str] = [
            document.problem(
                ("sources", index, "source"),
                said("“{source}” is a source of the platform's own", source=source),
                said("a name that does not begin with {own}", own=OWN),
            )
            for index, source in enumerate(wanted)
            if source.startswith(OWN)
        ]
        if reserved:
            raise DocumentInvalid(reserved, slug=RESERVED_SOURCE)

    def _require_free(self, who: Principal, service: str, document: Document, wanted: Sequence[str]) -> None:
        taken: list[str] = []
        for index, source in enumerate(wanted):
            owner = self._declared.owner(source)
            if owner == service or (owner is None and self._is_free_for(who, source)):
                continue
            if who.sees_everything:
                what = said("“{source}” belongs to {owner}, which declared it first", source=source, owner=owner or "–")
                mend = said("leave it out; it is free once that service takes it out of its own file")
            else:  # which of the two it is would say that others have it, or that it has sent
                what = said(
                    "“{source}” belongs to another service, or has sent before anybody declared it", source=source
                )
                mend = said("leave it out, or ask the administrator, who says whose it is")
            taken.append(document.problem(("sources", index, "source"), what, mend))
        if taken:
            raise DocumentInvalid(taken, slug=TAKEN)

    def _is_free_for(self, who: Principal, source: str) -> bool:
        """A source whose events contracts of others may count already is given by the administrator alone, where people sign in: who
        declares it could take out what it said."""
        if who.granted is None or who.may(Right.ADMIT, ""):
            return True
        with self._history.database.connect() as reads:
            return not reads.query("SELECT 1 FROM view_seen WHERE source = ? LIMIT 1", [source])
