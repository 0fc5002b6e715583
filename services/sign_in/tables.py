"""The tables of accounts, second factors, invitations and sessions, and their rows. Instants are microseconds since 1970 UTC."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from domain.times import Instant
from services.history.databases import Transaction, column_list

TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS sign_in_account (person {text} PRIMARY KEY, password {text}, seed {text}, step {bigint} NOT NULL, "
    "changed {bigint} NOT NULL)",
    "CREATE TABLE IF NOT EXISTS sign_in_recovery (person {text} NOT NULL, code {text} NOT NULL, PRIMARY KEY (person, code))",
    "CREATE TABLE IF NOT EXISTS sign_in_invitation (hash {text} PRIMARY KEY, person {text} NOT NULL, by_whom {text} NOT NULL, "
    "is_reset {bigint} NOT NULL, made {bigint} NOT NULL, ends {bigint} NOT NULL)",
    "CREATE TABLE IF NOT EXISTS sign_in_session (hash {text} PRIMARY KEY, person {text} NOT NULL, stage {text} NOT NULL, "
    "way {text} NOT NULL, made {bigint} NOT NULL, used {bigint} NOT NULL, acted {bigint} NOT NULL, ends {bigint} NOT NULL, "
    "agent {text} NOT NULL, groups_told {text} NOT NULL, provider {text} NOT NULL)",
    "CREATE TABLE IF NOT EXISTS sign_in_held (hash {text} PRIMARY KEY, held {text} NOT NULL)",
)

Stage = Literal["password", "factor", "in"]
"""`password`: a code is asked for; `factor`: a second factor has to be set up first; `in`: signed in."""
Way = Literal["accounts", "oidc", "proxy"]


class AccountRow(NamedTuple):
    """`password`: as argon2 has it; None: there is none. `seed`: of the authenticator app; None: there is none; `step` is the
    last one whose code was used. `changed`: when the password was set."""

    person: str
    password: str | None
    seed: str | None
    step: int
    changed: Instant


class InvitationRow(NamedTuple):
    """A link that works once, until it ends. `is_reset`: for somebody who had a way in before. `by_whom` is empty: the log says
    who gave it, and that goes when they are forgotten."""

    hash: str
    person: str
    by_whom: str
    is_reset: int
    made: Instant
    ends: Instant


class SessionRow(NamedTuple):
    """`used`: when it was last seen, by the minute; `acted`: when it last changed something, or was asked for the password again.
    `groups_told`: those of the identity provider, as JSON; `provider`: what it gave to ask it again, as JSON, and empty."""

    hash: str
    person: str
    stage: Stage
    way: Way
    made: Instant
    used: Instant
    acted: Instant
    ends: Instant
    agent: str
    groups_told: str
    provider: str


def account(reads: Transaction, person: str) -> AccountRow | None:
    rows = reads.query(f"SELECT {column_list(AccountRow)} FROM sign_in_account WHERE person = ?", [person])
    return AccountRow._make(rows[0]) if rows else None


def with_account(reads: Transaction) -> set[str]:
    """Everybody who has one."""
    return {str(person) for (person,) in reads.query("SELECT person FROM sign_in_account")}


def held_account(writes: Transaction, person: str) -> AccountRow | None:
    """The account as it now is, which stays so until the transaction ends: of two that change it at once the second one reads what
    the first has left. Taken before any other row of the person, always."""
    sql = f"UPDATE sign_in_account SET step = step WHERE person = ? RETURNING {column_list(AccountRow)}"
    rows = writes.query(sql, [person])
    return AccountRow._make(rows[0]) if rows else None


def keep_account(writes: Transaction, row: AccountRow) -> None:
    writes.execute(
        f"INSERT INTO sign_in_account ({column_list(AccountRow)}) VALUES (?, ?, ?, ?, ?) ON CONFLICT (person) DO UPDATE SET "
        "password = excluded.password, seed = excluded.seed, step = excluded.step, changed = excluded.changed",
        row,
    )


def recovery_codes(reads: Transaction, person: str) -> list[str]:
    """As they are kept."""
    return [str(code) for (code,) in reads.query("SELECT code FROM sign_in_recovery WHERE person = ?", [person])]


def drop_recovery(writes: Transaction, person: str) -> None:
    writes.execute("DELETE FROM sign_in_recovery WHERE person = ?", [person])


def invitation(reads: Transaction, hash: str) -> InvitationRow | None:
    rows = reads.query(f"SELECT {column_list(InvitationRow)} FROM sign_in_invitation WHERE hash = ?", [hash])
    return InvitationRow._make(rows[0]) if rows else None


def session(reads: Transaction, hash: str) -> SessionRow | None:
    rows = reads.query(f"SELECT {column_list(SessionRow)} FROM sign_in_session WHERE hash = ?", [hash])
    return SessionRow._make(rows[0]) if rows else None


def sessions_of(reads: Transaction, person: str, now: Instant) -> list[SessionRow]:
    """Those that have not ended, newest first."""
    sql = (
        f"SELECT {column_list(SessionRow)} FROM sign_in_session WHERE person = ? AND ends > ? AND stage = 'in' "
        "ORDER BY made DESC, hash"
    )
    return [SessionRow._make(row) for row in reads.query(sql, [person, now])]


def drop_sessions(writes: Transaction, person: str, way: Way, most: int) -> None:
    """Ends those of a person beyond so many: first those that nobody used after they were opened, then those not used for longest."""
    writes.execute(
        "DELETE FROM sign_in_session WHERE person = ? AND way = ? AND hash NOT IN (SELECT hash FROM sign_in_session "
        "WHERE person = ? AND way = ? ORDER BY CASE WHEN used > made THEN 0 ELSE 1 END, used DESC, hash LIMIT ?)",
        [person, way, person, way, most],
    )


def keep_session(writes: Transaction, row: SessionRow) -> None:
    writes.insert("sign_in_session", SessionRow._fields, [row])


def held(reads: Transaction, hash: str) -> str | None:
    """What was noted of the roles of whoever has that session, as JSON."""
    return next((str(one) for (one,) in reads.query("SELECT held FROM sign_in_held WHERE hash = ?", [hash])), None)


def note_held(writes: Transaction, hash: str, held: str) -> None:
    """Also throws away what was noted of sessions that have ended."""
    writes.execute("DELETE FROM sign_in_held WHERE hash = ? OR hash NOT IN (SELECT hash FROM sign_in_session)", [hash])
    writes.insert("sign_in_held", ("hash", "held"), [(hash, held)])
