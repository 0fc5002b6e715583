"""Data keys: one for each source, subject and month, made when first needed, destroyed when somebody is to be forgotten.

Each is wrapped by a key of ENTENTE_KEK_FILE, and known to the history by its random id alone: whom it is about stands here, as a
code (HMAC-SHA-256, RFC 2104) with a secret of this store. An id is never used again: whoever is erased and comes again gets new keys.
"""

from __future__ import annotations

import hmac
import math
import os
import threading
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, Literal, NamedTuple

import structlog
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.saying import said
from domain.times import Instant
from services.errors import Unavailable
from services.history.databases import Database, Transaction, first_value
from services.history.entries import Box
from services.history.opener import Standing
from services.sealing.kek import KEY, Keks, opened, read_keks, sealed_by

log = structlog.get_logger()

Kind = Literal["event", "aside"]
TRUSTS: Final = 0.05
"""Seconds: many events a second cost one look at the store of keys."""
KEPT: Final = 20_000
"""Data keys that are kept in memory, unwrapped."""
_SECRET: Final = "secret"


class Need(NamedTuple):
    """What a key is for: events of a source about a subject (its code) in a month (2026-03), or what a service sent on a day
    (2026-03-10) that was set aside, about a subject where it can be read (empty: it cannot). All in UTC."""

    kind: Kind
    subject: str
    source: str
    span: str


@dataclass(frozen=True)
class DataKey:
    id: str
    key: bytes

    @cached_property
    def cipher(self) -> AESGCM:
        return AESGCM(self.key)

    def __repr__(self) -> str:
        return f"DataKey({self.id})"


class Held(NamedTuple):
    """A key as it is listed: what it is for, and when it was made."""

    id: str
    need: Need
    made: Instant


class DataKeys:
    """The keys of one store, with what wraps them. Safe for several threads and processes. `trusts`: seconds for which it seals by
    a key that it knows without asking whether another program has destroyed it; what was sealed meanwhile is erased with it."""

    def __init__(self, database: Database, keks: Keks, trusts: float = TRUSTS):
        self._database = database
        self._keks = keks
        self._lock = threading.Lock()
        self._known: OrderedDict[Need, DataKey] = OrderedDict()
        self._generation: int | None = None
        self._trusts = trusts
        self._asked = -math.inf
        with self._database.transaction() as writes:
            self._secret = self._begin(writes)
        self._begun_code = hmac.new(self._secret, b"\0bytes\0", "sha256")
        self.subject = lru_cache(maxsize=10_000)(self._subject)

    # What is sealed

    def keys_for(self, needs: Collection[Need], now: Instant) -> Mapping[Need, DataKey]:
        """The keys for all of these; those that are not there yet are made, in one transaction. Raises Unavailable where the file of
        keys lacks the one that wraps."""
        with self._lock:
            if time.monotonic() - self._asked >= self._trusts:
                with self._database.connect() as reads:
                    self._keep_up(reads)
                self._asked = time.monotonic()
            found = {need: self._known[need] for need in needs if need in self._known}
            if len(found) < len(needs):
                with _alone(self._database) as writes:
                    self._keep_up(writes)
                    for need in needs:
                        if need not in found:
                            found[need] = self._found(writes, need) or self._made(writes, need, now)
                            self._know(need, found[need])
            return found

    def seal(self, key: DataKey, content: bytes, bound: bytes) -> Box:
        return Box(key.id, sealed_by(key.cipher, content, bound))

    def open(self, box: Box, bound: bytes) -> bytes | None:
        key = self._unwrapped(box.key)
        return opened(key, box.content, bound) if key is not None else None

    def code(self, content: bytes) -> str:
        """By which the same bytes are known that were set aside."""
        found = self._begun_code.copy()
        found.update(content)
        return found.digest()[:16].hex()

    def name(self, text: str) -> str:
        """What stands in the history for a name that is personal."""
        return "~" + hmac.digest(self._secret, b"\0name\0" + text.encode(), "sha256")[:16].hex()

    def _subject(self, text: str) -> str:
        """Whichever way its letters are put together (Unicode NFC), and without blanks around it."""
        return self._code_of(unicodedata.normalize("NFC", text).strip())

    def _code_of(self, text: str) -> str:
        return hmac.digest(self._secret, b"\0subject\0" + text.encode(), "sha256").hex()

    # What is kept, and what is destroyed

    def standing(self, key: str) -> Standing:
        with self._database.connect() as reads:
            if reads.query("SELECT 1 FROM data_key WHERE id = ?", [key]):
                return Standing("kept")
            at = first_value(reads.query("SELECT at FROM destroyed_key WHERE id = ?", [key]))
        return Standing("unknown") if at is None else Standing("erased", at)

    def held(self, kind: Kind) -> list[Held]:
        """All keys of that kind, by source, span and id."""
        sql = "SELECT id, subject, source, span, made FROM data_key WHERE kind = ? ORDER BY source, span, id"
        with self._database.connect() as reads:
            return [
                Held(id, Need(kind, subject, source, span), made)
                for id, subject, source, span, made in reads.query(sql, [kind])
            ]

    def of_subject(self, subject: str, sources: Collection[str] = ()) -> list[Held]:
        """The keys of somebody, those of what was set aside too; only of what these sources sent, if any are named."""
        codes = {self.subject(subject), self._code_of(subject)}  # as programs before put it, too
        kinds: tuple[Kind, ...] = ("event",) if sources else ("event", "aside")
        return [
            one
            for kind in kinds
            for one in self.held(kind)
            if one.need.subject in codes and (not sources or one.need.source in sources)
        ]

    def destroy(self, ids: Iterable[str], at: Instant) -> list[str]:
        """Destroys those of them that are there, at once and for good; gives them. All programs on this store know it before they
        seal again."""
        gone: list[str] = []
        with _alone(self._database) as writes:
            there = writes.select_in("SELECT id, kek FROM data_key WHERE", "id", list(ids))
            for id, kek in there:
                writes.execute("DELETE FROM data_key WHERE id = ?", [id])
                gone.append(id)
                writes.execute(
                    "INSERT INTO destroyed_key (id, kek, at) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                    "kek = excluded.kek, everywhere = NULL",
                    [id, kek, at],
                )
            if gone:
                _next_generation(writes)
        self._asked = -math.inf
        return gone

    def note_destroyed(self, ids: Sequence[str], at: Instant) -> None:
        """Notes keys that this store does not have any more, or never had: what the history says of them holds. Another backup may
        have one still, wrapped by any key that is in the file now."""
        with _alone(self._database) as writes:
            known = {id for (id,) in writes.select_in("SELECT id FROM destroyed_key WHERE", "id", ids)}
            rows = [(id, self._keks.newest, at, None) for id in dict.fromkeys(ids) if id not in known]
            if rows:
                writes.insert("destroyed_key", ("id", "kek", "at", "everywhere"), rows)

    def destroyed(self, ids: Sequence[str]) -> dict[str, Instant | None]:
        """Those of the keys that are destroyed, each with when it was so everywhere; None: not yet."""
        with self._database.connect() as reads:
            return dict(reads.select_in("SELECT id, everywhere FROM destroyed_key WHERE", "id", ids))

    def waiting_since(self) -> Instant | None:
        """When the first of the keys was destroyed here that backups could still give back; None where there is none."""
        with self._database.connect() as reads:
            since: Instant | None = first_value(
                reads.query("SELECT MIN(at) FROM destroyed_key WHERE everywhere IS NULL")
            )
        return since

    def wrapped_by(self) -> str:
        """The id of the key that wraps new keys."""
        return self._keks.newest

    def rewrap(self, now: Instant) -> int:
        """Makes a new wrapping key, wraps all that is kept anew, and takes the former ones out of the file: what was destroyed
        before can be opened nowhere any more. Gives how many keys were wrapped. Raises Invalid, Unavailable."""
        with self._lock:
            with _alone(self._database) as writes:
                former = read_keks(self._keks.path)
                keks = former.with_another(now)
                keks.write()
                count = self._wrap_all(writes, keks)
                _next_generation(writes)
            self._keks = keks
            with _alone(self._database) as writes:
                self._keks = _without(writes, former, now)
        return count

    def close(self) -> None:
        self._database.close()

    def _wrap_all(self, writes: Transaction, keks: Keks) -> int:
        """What no key of the file opens stays as it is, and keeps nothing else from being wrapped."""
        [(kek, wrapped)] = writes.query("SELECT kek, wrapped FROM data_secret WHERE id = 0")
        secret = _required(keks, kek, wrapped, _SECRET)
        writes.execute("UPDATE data_secret SET kek = ?, wrapped = ? WHERE id = 0", keks.wrap(secret, _SECRET))
        rows = writes.query("SELECT id, kek, wrapped FROM data_key")
        count = 0
        for id, kek, wrapped in rows:
            if (key := keks.unwrap(kek, bytes(wrapped), id)) is not None:
                writes.execute("UPDATE data_key SET kek = ?, wrapped = ? WHERE id = ?", [*keks.wrap(key, id), id])
                count += 1
        if count < len(rows):
            log.error("data keys are opened by no key of the file, and are not wrapped anew", keys=len(rows) - count)
        return count

    def _begin(self, writes: Transaction) -> bytes:
        kek, wrapped = self._keks.wrap(os.urandom(KEY), _SECRET)
        writes.execute(
            "INSERT INTO data_secret (id, kek, wrapped, generation) VALUES (0, ?, ?, 0) ON CONFLICT (id) DO NOTHING",
            [kek, wrapped],
        )
        [(kek, wrapped)] = writes.query("SELECT kek, wrapped FROM data_secret WHERE id = 0")
        return self._required(kek, wrapped, _SECRET)

    def _required(self, kek: str, wrapped: bytes, id: str) -> bytes:
        """Looks into the file once more for a key that another program has put there."""
        if kek not in self._keks.keys:
            self._keks = read_keks(self._keks.path)
        return _required(self._keks, kek, wrapped, id)

    def _keep_up(self, reads: Transaction) -> None:
        """Forgets what it knows where another program has destroyed keys or wrapped them anew."""
        generation: int = first_value(reads.query("SELECT generation FROM data_secret WHERE id = 0"), 0)
        if generation != self._generation:
            if self._generation is not None:
                self._keks = read_keks(self._keks.path)
            self._known.clear()
            self._generation = generation

    def _know(self, need: Need, key: DataKey) -> None:
        self._known[need] = key
        if len(self._known) > KEPT:
            self._known.popitem(last=False)

    def _found(self, reads: Transaction, need: Need) -> DataKey | None:
        sql = "SELECT id, kek, wrapped FROM data_key WHERE kind = ? AND subject = ? AND source = ? AND span = ?"
        for id, kek, wrapped in reads.query(sql, need):
            return DataKey(id, self._required(kek, wrapped, id))
        return None

    def _made(self, writes: Transaction, need: Need, now: Instant) -> DataKey:
        made = DataKey(os.urandom(16).hex(), os.urandom(KEY))
        kek, wrapped = self._keks.wrap(made.key, made.id)
        writes.execute(
            "INSERT INTO data_key (id, kind, subject, source, span, kek, wrapped, made) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (kind, subject, source, span) DO NOTHING",
            [made.id, *need, kek, wrapped, now],
        )
        return self._found(writes, need) or made

    def _unwrapped(self, id: str) -> bytes | None:
        """Asked of the store each time: a key that another program has destroyed opens nothing here."""
        with self._database.connect() as reads:
            found = reads.query("SELECT kek, wrapped FROM data_key WHERE id = ?", [id])
        for kek, wrapped in found:
            return self._keks.unwrap(kek, bytes(wrapped), id) or read_keks(self._keks.path).unwrap(
                kek, bytes(wrapped), id
            )
        return None


@contextmanager
def _alone(database: Database) -> Iterator[Transaction]:
    """A transaction beside which no other makes, destroys or wraps keys of this store, from its first statement on."""
    with database.transaction() as writes:
        writes.execute("UPDATE data_secret SET generation = generation WHERE id = 0")
        yield writes


def _without(writes: Transaction, former: Keks, now: Instant) -> Keks:
    """Takes out of the file what was in it before and wraps nothing any more; what another program put there meanwhile stays. Once
    one key alone is left, all that was destroyed under another is so everywhere."""
    in_use = {kek for (kek,) in writes.query("SELECT kek FROM data_secret UNION SELECT kek FROM data_key")}
    left = read_keks(former.path).without(former.keys.keys() - in_use)
    left.write()
    if len(left.keys) == 1:
        sql = "UPDATE destroyed_key SET everywhere = ? WHERE everywhere IS NULL AND kek <> ?"
        writes.execute(sql, [now, left.newest])
    return left


def _required(keks: Keks, kek: str, wrapped: bytes, id: str) -> bytes:
    key = keks.unwrap(kek, bytes(wrapped), id)
    if key is None:
        raise Unavailable(
            said("the file of keys lacks {kek}, which wraps the keys of this store", kek=kek),
            place=str(keks.path),
            mend=said("put the right file in its place"),
            slug="keys-missing",
        )
    return key


def _next_generation(writes: Transaction) -> None:
    writes.execute("UPDATE data_secret SET generation = generation + 1 WHERE id = 0")
