"""Sessions: opened by who has shown who they are, kept as hashes, ended at once by whatever takes a way in away (trust §3)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from domain.durations import SECOND
from domain.times import Clock, Instant
from services.history.databases import Database, Transaction
from services.sign_in import tables
from services.sign_in.oidc_told import resealed
from services.sign_in.secrets_kept import kept, new_secret
from services.sign_in.tables import SessionRow, Stage, Way

MINUTE: Final = 60_000_000
DAY: Final = 24 * 60 * MINUTE
MOST_NOTED: Final = 10_000
AGENT_LETTERS: Final = 200
MOST_BY_PROXY: Final = 20
"""Sessions that one person has by a proxy's word, which opens one for each request without a cookie. Those go first that were never
used again."""
SLACK: Final = MINUTE
"""By so much the clocks of programs may differ, and one may be put back, unnoticed. A session that was opened later than that after now
is none: the clock was put back, and nobody knows how long ago it was."""
UNFINISHED: Final = 10 * MINUTE
"""How long somebody may take between the password and the code."""


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long sessions last: `idle`, in microseconds, without changing anything, before the password is asked for again by who
    wants to change something; `whole`, in all; `stay`, in all for who asked to be kept signed in, 0 where nobody may."""

    idle: int = 30 * MINUTE
    whole: int = 12 * 60 * MINUTE
    stay: int = 0


Provided = Callable[[str], str]
"""What is kept to ask an identity provider again, by the secret of the session, under which it is sealed; or the secret that an
authenticator app is to be given."""


def nothing(secret: str) -> str:
    """Kept of a session of which nobody is asked again."""
    return ""


class Changed(NamedTuple):
    """The new secret of a session, and for how many seconds its cookie is kept; None: until the browser is closed."""

    secret: str
    seconds: int | None


@dataclass(frozen=True, slots=True)
class Session:
    """One that has not ended. `name` tells it among those of its person, and opens nothing; `may_act`: the password need not be
    asked for again before something is changed; `is_seen_anew`: that it is used is not noted yet for this minute. `groups` are
    those that the identity provider told, `provider` what it gave to ask it again."""

    name: str
    person: str
    stage: Stage
    way: Way
    made: Instant
    used: Instant
    ends: Instant
    agent: str
    may_act: bool
    is_seen_anew: bool = False
    is_kept: bool = False
    """Its person asked to be kept signed in: the browser keeps it when it is closed."""
    groups: Sequence[str] = ()
    provider: str = field(default="", repr=False)


class Sessions:
    """Safe for several threads and processes: what is ended anywhere is ended everywhere."""

    def __init__(self, database: Database, clock: Clock, lasting: Lasting = Lasting()):
        self._database = database
        self._clock = clock
        self._lasting = lasting
        self._held: dict[str, Mapping[str, int]] = {}

    def open(
        self,
        writes: Transaction,
        person: str,
        way: Way,
        *,
        stage: Stage = "in",
        agent: str = "",
        groups: Sequence[str] = (),
        provider: Provided = nothing,
        stay: bool = False,
    ) -> str:
        """Opens one; what the cookie is to hold. Nothing of a session from before is kept. Those that have ended are thrown away.
        `stay`: as long as the organisation allows who asks for it."""
        secret, now = new_secret(), self._clock()
        whole = max(self._lasting.whole, self._lasting.stay if stay else 0)
        ends = now + (whole if stage == "in" else UNFINISHED)
        row = SessionRow(
            hash=kept(secret),
            person=person,
            stage=stage,
            way=way,
            made=now,
            used=now,
            acted=now,
            ends=ends,
            agent=_one_line(agent),
            groups_told=json.dumps(list(groups)),
            provider=provider(secret),
        )
        writes.execute("DELETE FROM sign_in_session WHERE ends <= ?", [now])
        if way == "proxy":
            tables.drop_sessions(writes, person, way, MOST_BY_PROXY - 1)
        tables.keep_session(writes, row)
        return secret

    def of(self, secret: str) -> Session | None:
        """The session that a cookie holds; None for one that has ended, or never was."""
        if not secret or len(secret) > 100:
            return None
        now, hash = self._clock(), kept(secret)
        with self._database.connect() as reads:
            row = tables.session(reads, hash)
        if row is None or not row.made - SLACK <= now < self._ends(row):
            return None
        return self._session(row, now)

    def note_used(self, secret: str) -> None:
        """Notes when it was last seen, by the minute."""
        now = self._clock()
        with self._database.transaction() as writes:
            writes.execute("UPDATE sign_in_session SET used = ? WHERE hash = ? AND used < ?", [now, kept(secret), now])

    def acted(self, secret: str) -> None:
        """Notes that the session changes something, or that its password was asked for again."""
        with self._database.transaction() as writes:
            writes.execute("UPDATE sign_in_session SET acted = ? WHERE hash = ?", [self._clock(), kept(secret)])

    def renew(self, secret: str, groups: Sequence[str], provider: str) -> None:
        """Takes over what the identity provider tells by now."""
        sql = "UPDATE sign_in_session SET groups_told = ?, provider = ? WHERE hash = ?"
        with self._database.transaction() as writes:
            writes.execute(sql, [json.dumps(list(groups)), provider, kept(secret)])

    def is_noted(self, secret: str, held: Mapping[str, int]) -> bool:
        """Says whether it was noted here already that whoever has the session holds these roles."""
        return self._held.get(kept(secret)) == held

    def changed(self, secret: str, held: Mapping[str, int]) -> Changed | None:
        """Notes the roles that whoever has the session holds now; where they are more than before, gives the session another secret,
        and that of before opens nothing: who knew it has not what was added."""
        before, after = kept(secret), new_secret()
        with self._database.transaction() as writes:
            row, noted = tables.session(writes, before), tables.held(writes, before)
            if row is None:
                return None
            had: Mapping[str, int] = json.loads(noted) if noted is not None else held
            is_more = any(count > had.get(what, 0) for what, count in held.items())
            hash = kept(after) if is_more else before
            if is_more:
                writes.execute("DELETE FROM sign_in_session WHERE hash = ?", [before])
                tables.keep_session(writes, row._replace(hash=hash, provider=resealed(row.provider, secret, after)))
            tables.note_held(writes, hash, json.dumps(held))
        if len(self._held) >= MOST_NOTED:
            self._held.clear()
        self._held[hash] = dict(held)
        return Changed(after, self.cookie_seconds(row)) if is_more else None

    def cookie_seconds(self, row: SessionRow) -> int | None:
        """How long a browser keeps the cookie; None: until it is closed."""
        is_kept = row.ends - row.made > self._lasting.whole
        return (self._ends(row) - self._clock()) // SECOND if is_kept else None

    def kept_for(self, stay: bool) -> int | None:
        """How long a browser keeps the cookie of a session that has just been opened."""
        return self._lasting.stay // SECOND if stay and self._lasting.stay > self._lasting.whole else None

    @property
    def may_stay(self) -> int:
        """Days for which somebody may ask to be kept signed in; 0: not at all."""
        return self._lasting.stay // DAY

    def of_person(self, person: str) -> list[Session]:
        """Those of a person that have not ended, newest first."""
        now = self._clock()
        with self._database.connect() as reads:
            return [self._session(row, now) for row in tables.sessions_of(reads, person, now) if now < self._ends(row)]

    def end(self, secret: str) -> None:
        with self._database.transaction() as writes:
            writes.execute("DELETE FROM sign_in_session WHERE hash = ?", [kept(secret)])

    def end_named(self, person: str, name: str) -> None:
        """Ends one of that person's own, by its name."""
        with self._database.transaction() as writes:
            sql = "DELETE FROM sign_in_session WHERE person = ? AND substr(hash, 1, 16) = ?"
            writes.execute(sql, [person, name])

    def end_all(self, person: str, but: str = "") -> int:
        """Ends all of a person, but for the one that this cookie holds; how many."""
        with self._database.transaction() as writes:
            return end_all(writes, person, but)

    def _ends(self, row: SessionRow) -> Instant:
        """When it was to end, or sooner, by what the organisation allows now."""
        if row.stage != "in":
            return row.ends
        is_kept = row.ends - row.made > self._lasting.whole
        return min(row.ends, row.made + max(self._lasting.whole, self._lasting.stay if is_kept else 0))

    def _session(self, row: SessionRow, now: Instant) -> Session:
        return Session(
            name=row.hash[:16],
            person=row.person,
            stage=row.stage,
            way=row.way,
            made=row.made,
            used=row.used,
            ends=self._ends(row),
            agent=row.agent,
            may_act=-SLACK <= now - row.acted < self._lasting.idle,
            is_seen_anew=now - row.used >= MINUTE,
            is_kept=row.stage == "in" and row.ends - row.made > self._lasting.whole,
            groups=tuple(json.loads(row.groups_told)),
            provider=row.provider,
        )


def end_one(writes: Transaction, secret: str) -> bool:
    """Ends a session within a transaction of somebody else; False where it has ended already."""
    return bool(writes.query("DELETE FROM sign_in_session WHERE hash = ? RETURNING person", [kept(secret)]))


def end_all(writes: Transaction, person: str, but: str = "") -> int:
    """Within a transaction of somebody else: see `Sessions.end_all`."""
    hash = kept(but) if but else ""
    [(count,)] = writes.query(
        "SELECT COUNT(*) FROM sign_in_session WHERE person = ? AND hash <> ? AND stage = 'in'", [person, hash]
    )
    writes.execute("DELETE FROM sign_in_session WHERE person = ? AND hash <> ?", [person, hash])
    return int(count)


def _one_line(agent: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in agent[:AGENT_LETTERS])
