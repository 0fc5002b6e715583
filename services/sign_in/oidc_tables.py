"""The tables of signing in by an identity provider, and their rows. Instants are microseconds since 1970 UTC."""

from __future__ import annotations

from typing import Final, NamedTuple

from domain.times import Instant
from services.history.databases import Transaction, column_list

TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS sign_in_begun (hash {text} PRIMARY KEY, browser {text} NOT NULL, sealed {text} NOT NULL, "
    "ends {bigint} NOT NULL)",
    "CREATE TABLE IF NOT EXISTS sign_in_bound (iss {text} NOT NULL, sub {text} NOT NULL, person {text} NOT NULL UNIQUE, "
    "since {bigint} NOT NULL, PRIMARY KEY (iss, sub))",
    "CREATE TABLE IF NOT EXISTS sign_in_waiting (iss {text} NOT NULL, sub {text} NOT NULL, email {text} NOT NULL, "
    "name {text} NOT NULL, first {bigint} NOT NULL, last {bigint} NOT NULL, PRIMARY KEY (iss, sub))",
    "CREATE TABLE IF NOT EXISTS sign_in_once (id {text} PRIMARY KEY, ends {bigint} NOT NULL)",
)

PROXY: Final = "proxy"
"""In the place of an issuer, which is an address: the proxy that signs people in."""


class WaitingRow(NamedTuple):
    """Somebody whom the provider knows and nobody let in: when they came first, and last."""

    iss: str
    sub: str
    email: str
    name: str
    first: Instant
    last: Instant


def begin(writes: Transaction, hash: str, browser: str, sealed: str, ends: Instant) -> None:
    writes.insert("sign_in_begun", ("hash", "browser", "sealed", "ends"), [(hash, browser, sealed, ends)])


def take_begun(writes: Transaction, hash: str, browser: str, now: Instant) -> str | None:
    """What was kept for that browser; once. What has ended goes."""
    writes.execute("DELETE FROM sign_in_begun WHERE ends <= ?", [now])
    sql = "DELETE FROM sign_in_begun WHERE hash = ? AND browser = ? RETURNING sealed"
    return next((str(sealed) for (sealed,) in writes.query(sql, [hash, browser])), None)


def begun(reads: Transaction) -> int:
    [(count,)] = reads.query("SELECT COUNT(*) FROM sign_in_begun")
    return int(count)


def drop_begun(writes: Transaction) -> None:
    """The one that ends first: whoever begins again and again drives out others of his kind, and fills nothing."""
    writes.execute("DELETE FROM sign_in_begun WHERE ends <= (SELECT MIN(ends) FROM sign_in_begun)")


def bound(reads: Transaction, iss: str, sub: str) -> str | None:
    """The person that an identity is bound to."""
    rows = reads.query("SELECT person FROM sign_in_bound WHERE iss = ? AND sub = ?", [iss, sub])
    return next((str(person) for (person,) in rows), None)


def is_bound(reads: Transaction, person: str) -> bool:
    """Says whether somebody else vouches for that person: an identity provider, or a proxy that has named them."""
    return bool(reads.query("SELECT 1 FROM sign_in_bound WHERE person = ?", [person]))


def all_bound(reads: Transaction) -> set[str]:
    """Everybody for whom somebody else vouches: see `is_bound`."""
    return {str(person) for (person,) in reads.query("SELECT DISTINCT person FROM sign_in_bound")}


def note_proxy(writes: Transaction, person: str, now: Instant) -> None:
    """Notes that the proxy has named them, and so that they have a way in."""
    row = (PROXY, person, person, now)
    writes.execute(
        "INSERT INTO sign_in_bound (iss, sub, person, since) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", row
    )


def bind(writes: Transaction, iss: str, sub: str, person: str, now: Instant) -> str | None:
    """The person that the identity is bound to from now on: another one where somebody else was faster, and None where the person is
    bound to another identity by now."""
    writes.execute("DELETE FROM sign_in_bound WHERE person = ? AND iss = ?", [person, PROXY])
    writes.execute("DELETE FROM sign_in_waiting WHERE iss = ? AND sub = ?", [iss, sub])
    sql = "INSERT INTO sign_in_bound (iss, sub, person, since) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
    writes.execute(sql, [iss, sub, person, now])
    return bound(writes, iss, sub)


def wait(writes: Transaction, row: WaitingRow, kept_since: Instant, most: int) -> None:
    """Keeps that somebody waits; who came last before `kept_since`, and who is beyond `most`, is forgotten."""
    columns = column_list(WaitingRow)
    writes.execute(
        f"INSERT INTO sign_in_waiting ({columns}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (iss, sub) DO UPDATE SET "
        "email = excluded.email, name = excluded.name, last = excluded.last",
        row,
    )
    writes.execute("DELETE FROM sign_in_waiting WHERE last < ?", [kept_since])
    writes.execute(
        "DELETE FROM sign_in_waiting WHERE last < (SELECT MIN(last) FROM (SELECT last FROM sign_in_waiting "
        "ORDER BY last DESC LIMIT ?) AS newest)",
        [most],
    )


def waiting(reads: Transaction) -> list[WaitingRow]:
    """Who came last first."""
    rows = reads.query(f"SELECT {column_list(WaitingRow)} FROM sign_in_waiting ORDER BY last DESC, iss, sub")
    return [WaitingRow._make(row) for row in rows]


def is_first(writes: Transaction, id: str, ends: Instant, now: Instant) -> bool:
    """Notes a token that may be used once, and says whether this is the first time."""
    writes.execute("DELETE FROM sign_in_once WHERE ends <= ?", [now])
    sql = "INSERT INTO sign_in_once (id, ends) VALUES (?, ?) ON CONFLICT (id) DO NOTHING RETURNING id"
    return bool(writes.query(sql, [id, ends]))


def provider_sessions(reads: Transaction) -> list[tuple[str, str]]:
    """The hash of every session that a provider opened, and what is kept of the provider."""
    rows = reads.query("SELECT hash, provider FROM sign_in_session WHERE way = 'oidc'")
    return [(str(hash), str(provider)) for hash, provider in rows]


def end_session(writes: Transaction, hash: str) -> None:
    writes.execute("DELETE FROM sign_in_session WHERE hash = ?", [hash])


def replace_provider(writes: Transaction, hash: str, before: str, after: str) -> bool:
    """Puts what is kept of the provider in the place of what was read; False where somebody else was faster."""
    sql = "UPDATE sign_in_session SET provider = ? WHERE hash = ? AND provider = ? RETURNING hash"
    return bool(writes.query(sql, [after, hash, before]))
