"""Finds what is wrong with a store: damage, what its server keeps, rights, owners, version, reports, shards."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from domain.saying import said
from domain.times import Clock, Instant
from entente.findings import Finding, State
from services.errors import some
from services.history import condition
from services.history.databases import Database, JudgeLock
from services.history.history import SEALING_VERSION, STORE_VERSION
from services.history.soundness import damage, unwatched
from services.judging.layouts import in_force, layouts
from services.judging.reshaping import contradiction, strays
from services.report_readers import who_reads
from services.report_views import condition_of_reports, owned_by_others, who_may_create
from services.tables.every import table_names

SECOND = 1_000_000
APART, TOO_FAR_APART = 2 * SECOND, 60 * SECOND
"""Between two clocks."""


def store_findings(database: Database, clock: Clock) -> Generator[Finding, None, bool]:
    """Yields what is found; returns whether the store can be looked into."""
    yield Finding(
        "store",
        "ok",
        said("{server_of} answers at {place}", server_of=condition.server_of(database), place=database.place),
    )
    if found := damage(database):
        for one in found:
            yield Finding("damage", "wrong", one, said("end every program on it, and restore it from a backup"))
        return False
    yield Finding("damage", "ok", said("none was found"))
    yield from _server(database, clock)
    if not database.has_table("entente_store"):
        yield Finding("migrations", "warning", said("there is no store in this database yet"), said("entente migrate"))
        return False
    views = [name for name in table_names() if database.has_table(name)]
    if missing := condition.missing_rights(database, views, in_force(database).schemas if views else ()):
        says = said("this role may not {missing}", missing=some(missing, 1))
        yield Finding("rights", "wrong", says, said("entente migrate --grant ROLE, as the owner of the store"))
        return False
    yield Finding("rights", "ok", said("all that a running program needs"))
    version = condition.version_of(database)
    if version not in (STORE_VERSION, SEALING_VERSION):
        yield _other_version(version)
        return False
    yield from _owners(database)
    if condition_of_reports(database) == "other":
        says = said("the views report_* are those of another version of the program")
        yield Finding("reports", "warning", says, said("entente migrate"))
    yield from _readers(database)
    yield from _locks(database)
    if database.keeps_erased():
        says = said("what was erased may still stand in the log of the store: somebody was reading")
        yield Finding("erased", "warning", says, said("let `entente serve` run, which empties it within the hour"))
    yield from _shards(database)
    absent = len(table_names()) - len(views)
    yield _tables(version, absent)
    return not absent


def _server(database: Database, clock: Clock) -> Iterator[Finding]:
    """Finds out whether the server keeps what it acknowledges, notices damage, and goes by the same time."""
    if off := condition.not_durable(database):
        says = said("{off}: what was acknowledged may be lost when that machine fails", off=", ".join(off))
        yield Finding("durability", "warning", says, said("switch it on in postgresql.conf"))
    if off := unwatched(database):
        says = said("{off}: damage by a disk is noticed by nobody", off=", ".join(off))
        yield Finding("durability", "warning", says, said("pg_checksums --enable, while the server is down"))
    if (ahead := condition.clock_ahead(database, clock)) is not None:
        yield _clock(said("the clock of PostgreSQL"), ahead)


def _other_version(version: int | None) -> Finding:
    is_newer = version is not None and version > SEALING_VERSION
    says = said(
        "the store has version {version}, this program has {store_version}",
        version=version or said("none"),
        store_version=SEALING_VERSION,
    )
    return Finding("migrations", "wrong", says, said("use a newer entente") if is_newer else said("entente migrate"))


def _owners(database: Database) -> Iterator[Finding]:
    """Finds who else could change what the program runs and reads."""
    if others := who_may_create(database):
        says = said(
            "{others} may create in the schema public: who may can change what the program and its reports read",
            others=", ".join(others),
        )
        yield Finding(
            "rights", "warning", says, said("REVOKE CREATE ON SCHEMA public FROM {others}", others=", ".join(others))
        )
    for name, owner, ours in owned_by_others(database):
        says = said(
            "{name} belongs to {owner}, who can change what the program runs and reads there", name=name, owner=owner
        )
        mend = said("ALTER … {name} OWNER TO {ours}, and look at what it says now", name=name, ours=ours)
        yield Finding("rights", "wrong", says, mend)


def _readers(database: Database) -> Iterator[Finding]:
    """Finds which roles read the reports, and of which services."""
    for role, services in who_reads(database):
        if services is None:
            yield Finding("reports", "ok", said("{role} reads the reports of every service", role=role))
        elif services:
            named = ", ".join(services)
            says = said("{role} reads the reports of {services}, and of no other service", role=role, services=named)
            yield Finding("reports", "ok", says)
        else:
            says = said(
                "{role} may read the views report_*, and stands for no service: it sees nothing there", role=role
            )
            mend = said("entente migrate --reports {role}, with --service for some services alone", role=role)
            yield Finding("reports", "warning", says, mend)


def _locks(database: Database) -> Iterator[Finding]:
    """Finds who takes what programs know each other by: nothing stops for it, and nobody does so by chance."""
    for role in condition.strangers_with_locks(database):
        says = said("{role} keeps locks of ours, and is no program of this store: they count for nothing", role=role)
        mend = said("ask who uses this role; ALTER ROLE {role} NOLOGIN keeps it out", role=role)
        yield Finding("locks", "warning", says, mend)


def _tables(version: int, absent: int) -> Finding:
    if absent:
        says = said(
            "the store has version {version}; tables of read models that are absent: {absent}",
            version=version,
            absent=absent,
        )
        return Finding("migrations", "warning", says, said("entente migrate"))
    return Finding("migrations", "ok", said("the store has version {version}, as this program", version=version))


def _shards(database: Database) -> Iterator[Finding]:
    if (wrong := contradiction(database)) is not None:
        yield Finding("shards", "wrong", wrong, said("entente migrate"))
        return
    if not database.has_schemas or not is_free(database.change_lock()):
        return  # somebody changes them at this moment
    if left := strays(database):
        says = said("no layout of shards needs the schemas {left}", left=", ".join(left))
        yield Finding(
            "shards", "warning", says, said("entente migrate --shards N drops them, but for what others keep there")
        )
    if coming := layouts(database)[1:]:
        says = said("a change to {shards} shards was begun, and nobody goes on with it", shards=coming[0].shards)
        mend = said("entente migrate --shards {shards} goes on; another number gives it up", shards=coming[0].shards)
        yield Finding("shards", "warning", says, mend)


def is_free(lock: JudgeLock) -> bool:
    is_free = lock.try_acquire()
    lock.release()
    return is_free


def _clock(other: str, ahead: Instant) -> Finding:
    apart = abs(ahead)
    says = said(
        "ours is {apart} s ahead of {other}" if ahead > 0 else "ours is {apart} s behind {other}",
        apart=f"{apart / SECOND:.1f}",
        other=other,
    )
    state: State = "wrong" if apart > TOO_FAR_APART else "warning" if apart > APART else "ok"
    return Finding(
        "clock", state, says, "" if state == "ok" else said("let both follow the same time server (chrony, ntpd)")
    )
