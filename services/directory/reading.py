"""Services and their tools, as they are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace

from domain.times import Instant
from domain.unseen import as_it_looks
from services.access import ADMINISTRATOR, Principal
from services.directory import service_rows, source_rows
from services.directory.feeds import Awaited, Feeding, fed
from services.directory.names import Directory, PersonNamed
from services.directory.rows import ServiceRow, names_of
from services.directory.source_rows import SourceRow
from services.history.history import History
from services.roles.following import Roles
from services.seeing.seen import Seeing, Seen
from services.tables.declared import declarers, stored_since


def read_services(seen: Seen) -> dict[str, ServiceRow]:
    """The services of the contracts that one sees, described or not: of one that agreed on nothing that one sees its title alone, and
    addresses of people where one has a role oneself."""
    described = _with_names(seen, service_rows.services(seen.reads))
    contracts = seen.reads.query("SELECT id, supplier, client FROM view_contract")
    ids = {service for id, *parties in contracts if seen.sees_contract(id, *parties) for service in parties}
    ids |= {id for id in described if seen.sees(id)}
    agreed = seen.once(read_agreed)
    return {id: _opened(seen, described.get(id) or service_rows.undescribed(id), agreed) for id in sorted(ids)}


def read_agreed(seen: Seen) -> frozenset[str]:
    """The services of contracts that one sees and of which both parties signed some wording, whether it is in force by now, or still.
    What somebody proposes opens nothing of whom it names."""
    return frozenset(service for one in seen.contracts_in_force() for service in (one.supplier, one.client))


def _opened(seen: Seen, row: ServiceRow, agreed: frozenset[str]) -> ServiceRow:
    if seen.sees(row.id):
        return row
    if row.id not in agreed:
        return ServiceRow(row.id, row.title, is_whole=False)
    return replace(row, people=tuple((id, name, "") for id, name, _ in row.people))


def _with_names(seen: Seen, rows: dict[str, ServiceRow]) -> dict[str, ServiceRow]:
    """With names and addresses as the directory has them now; a name that is nowhere is the id."""
    known = seen.kept(Names).of(seen.history)
    return {id: replace(row, people=tuple(_named(known, one) for one in row.people)) for id, row in rows.items()}


def _named(known: Mapping[str, PersonNamed], person: tuple[str, str, str]) -> tuple[str, str, str]:
    id, name, email = person
    found = known.get(id)
    return person if found is None else (id, found.name or name, found.email or email)


def read_names(seen: Seen) -> dict[str, str]:
    """The names of people by id, and by `service/person` where services call one of them differently."""
    directory = {id: one.name for id, one in seen.kept(Names).of(seen.history).items() if one.name}
    return directory | names_of(seen.once(read_services))


def read_alike(seen: Seen) -> set[str]:
    """The ids of those whose name looks as that of another, among all who were ever of a service that one sees: of others nobody
    learns by this what they are called."""
    people = seen.kept(Names).ever_of(seen.history, seen.once(read_services))
    names = seen.once(read_names)
    looks = {id: as_it_looks(names[id]) for id in people if id in names}
    counts = Counter(looks.values())
    return {id for id, look in looks.items() if counts[look] > 1}


def read_people(seen: Seen) -> set[str]:
    """The ids of all who were ever of a service that one sees: of others nobody learns that they are there."""
    named = {id for row in seen.once(read_services).values() for id, _, _ in row.people}
    return named | seen.kept(Names).ever_of(seen.history, seen.once(read_services))


class Names:
    """The directory, and who was ever of which service, kept of one store."""

    def __init__(self) -> None:
        self._directory: Directory | None = None
        self._roles: Roles | None = None

    def ever_of(self, history: History, services: Collection[str]) -> set[str]:
        if self._roles is None:
            self._roles = Roles(history)
        return self._roles.ever_of(services)

    def of(self, history: History) -> Mapping[str, PersonNamed]:
        if self._directory is None:
            self._directory = Directory(history)
        return self._directory.names()


def read_sources(seen: Seen) -> list[SourceRow]:
    """The tools of the services that one sees, and of them what one's own commitments select; who sees everything also sees
    those that nobody declares."""
    services = read_services(seen)
    mine = seen.commitments_in_force()
    watermark = seen.known.watermark
    rows = source_rows.sources(seen.reads, services, watermark, seen.who, mine)
    feeds = {one.source: one for one in seen.kept(Feeding).feeds(seen, services)}
    return [source_rows.fed_by_files(row, feeds.get(row.source), watermark) for row in rows]


def read_fed(seen: Seen) -> list[Awaited]:
    """The contracts that one sees and that may take something from tools whose events come in files, with each of these; by
    contract."""
    services = read_services(seen.by(ADMINISTRATOR))
    if not any(row.by_files for row in services.values()):
        return []
    feeds = seen.kept(Feeding).feeds(seen, services)
    return list(fed(seen.contracts_in_force(), feeds))


def read_awaited(seen: Seen) -> list[Awaited]:
    """Reads what `read_fed` does, for the contracts whose time waits now, each with the tools that it still waits for."""
    waiting = {contract for (contract,) in seen.reads.query("SELECT contract FROM view_own_time WHERE waits = 1")}
    now = seen.known.watermark
    if not waiting or now is None:
        return []
    return [one for one in read_fed(seen) if one.contract in waiting and now < one.feed.until]


def awaited(seeing: Seeing, who: Principal) -> list[Awaited]:
    """Reads what `read_awaited` does. Mostly nothing waits: then no state of the store is opened for it."""
    with seeing.database.connect() as reads:
        if not reads.query("SELECT 1 FROM view_own_time WHERE waits = 1 LIMIT 1"):
            return []
    return seeing.read(who, read_awaited)


def declared_twice(seen: Seen) -> list[tuple[str, str, list[str]]]:
    """The sources that several services declare: to whom each belongs, and who else declares it."""
    found = declarers(stored_since(seen.reads))
    return [(source, services[0], services[1:]) for source, services in found.items() if len(services) > 1]


def source_last_events(seen: Seen) -> dict[str, Instant]:
    """Gives the instant at which the last event of each declared source happened."""
    declared = {source for row in service_rows.services(seen.reads).values() for source, _ in row.sources}
    found = seen.reads.query("SELECT source, MAX(last_time) FROM view_seen GROUP BY source ORDER BY source")
    return {source: last for source, last in found if source in declared}
