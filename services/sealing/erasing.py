"""Forgetting somebody: the keys of what is sealed about him are destroyed; figures, proofs and everything in clear stay as they are.

    1. the fact `entente.erased` in the history, and a line in ENTENTE_ERASED_TO
    2. the keys are destroyed here
    3. what tables hold of a person goes, after a fact that says so by a code

In this order: whatever ends the program between 1 and 2, the next start goes on (`destroy_again`); between 2 and 3, whoever tries
again. Copies of the store of keys can still be opened until the key that wrapped them is replaced (`DataKeys.rewrap`), LATEST days
later at most.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

from domain.saying import Said, said
from domain.times import Clock, Instant
from services.access import Principal, Right
from services.errors import Invalid, NotAllowed, Refused
from services.history.history import History
from services.history.secret import secret_of
from services.sealing.data_keys import DataKeys, Held
from services.sealing.erased import Because, all_erased, erased_facts, person_fact
from services.sealing.kept_apart import append, lines

LATEST: Final = 30
"""Days after which what was destroyed here is destroyed everywhere, at the latest."""
DAY: Final = 86_400_000_000


class Forgets(Protocol):
    """Something else that is kept of a person, which goes with him: the directory of people."""

    def of(self, subject: str) -> Sequence[Said]:
        """Says what would go."""

    def forget(self, subject: str) -> None: ...

    def stays(self, subject: str) -> Sequence[int]:
        """The positions of entries that name him in clear, and stay."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """What goes, or went: `keys`, and `also` what else. `everywhere_by`: when no backup can give it back any more, at the latest."""

    keys: tuple[Held, ...]
    also: tuple[Said, ...]
    everywhere_by: Instant
    position: int = 0
    """Of the last fact; 0 where nothing was destroyed."""
    stays: tuple[int, ...] = ()
    """Entries from before that name him in clear: the history is not altered."""
    others: tuple[str, ...] = ()
    """Ids in another case of which something is kept, too: they name somebody else, or are written so by another tool."""
    unread: int = 0
    """Keys of what was set aside of which nobody knows whom it is about: it stays until its days are over."""


class Erasing:
    """`keys`: None in a program without them, which forgets what tables hold of a person and no more. `erased_to`: the file of
    ENTENTE_ERASED_TO, None where there is none."""

    def __init__(
        self,
        history: History,
        keys: DataKeys | None,
        now: Clock,
        erased_to: Path | None = None,
        also: Sequence[Forgets] = (),
    ):
        self._history = history
        self._keys = keys
        self._now = now
        self._erased_to = erased_to
        self._also = also

    def erase(
        self, who: Principal, subject: str, reason: str, *, sources: Collection[str] = (), dry_run: bool = False
    ) -> Erasure:
        """Forgets what is sealed about `subject`, the id by which events name him; of these sources alone, if any are named. Raises
        NotAllowed, Refused (no reason, nobody)."""
        require_to_forget(who)
        if not reason.strip():
            raise Refused(said("somebody is forgotten for a reason"), mend=said("say why"), slug="reason-missing")
        if not subject.strip():
            raise Refused(
                said("what names nobody goes when its time is over"), mend=said("say whom"), slug="subject-missing"
            )
        if self._keys is None and self._history.is_sealing():
            raise _no_keys()
        held = self._keys.of_subject(subject, sources) if self._keys is not None else []
        also = [] if sources else [line for one in self._also for line in one.of(subject)]
        stays = [] if sources else [at for one in self._also for at in one.stays(subject)]
        others = self._in_another_case(subject, sources)
        if dry_run:
            return self._erasure(held, also, stays, others, 0)
        by = who.by(Right.FORGET)
        position = self.destroy(held, by, "asked", reason.strip())
        if also:
            fact = person_fact(self._code(subject), by=by, reason=reason.strip(), at=self._now())
            [told] = self._history.append_facts([fact])
            position = told.position
            for one in self._also:
                one.forget(subject)
        return self._erasure(held, also, stays, others, position)

    def _in_another_case(self, subject: str, sources: Collection[str]) -> list[str]:
        tried = {change(subject) for change in (str.lower, str.upper, str.capitalize, str.title)} - {subject}
        return sorted(
            one
            for one in tried
            if (self._keys is not None and self._keys.of_subject(one, sources))
            or (not sources and any(other.of(one) for other in self._also))
        )

    def destroy(self, held: Sequence[Held], by: str, because: Because, reason: str) -> int:
        """Destroys these keys for good; the position of the last fact that says so."""
        position = 0
        if not held:
            return position
        keys = self._keys
        if keys is None:
            raise _no_keys()
        ids = [one.id for one in held]
        for erased, fact in erased_facts(ids, by=by, because=because, reason=reason, at=self._now()):
            [there] = self._history.append_facts([fact])
            position = there.position
            if self._erased_to is not None:
                append(self._erased_to, erased)
            keys.destroy(erased.keys, erased.received)
        return position

    def _erasure(
        self, held: Sequence[Held], also: Sequence[Said], stays: Sequence[int], others: Sequence[str], position: int
    ) -> Erasure:
        aside = self._keys.held("aside") if self._keys is not None else []
        unread = sum(not one.need.subject for one in aside)
        by = self._now() + LATEST * DAY
        return Erasure(tuple(held), tuple(also), by, position, tuple(stays), tuple(others), unread)

    def _code(self, subject: str) -> str:
        return hmac.digest(secret_of(self._history.database, "erased people"), subject.encode(), sha256).hex()


def _no_keys() -> Invalid:
    return Invalid(
        said("there is no file of keys that wrap data keys"),
        place="ENTENTE_KEK_FILE",
        mend=said("`entente keys create FILE --kek` makes one"),
    )


def require_to_forget(who: Principal) -> None:
    """Raises NotAllowed."""
    if not who.may(Right.FORGET):
        raise NotAllowed(
            said("what is kept, and forgotten, is for the administrator"),
            mend=who.named_as(said("act as administrator")),
        )


def note_apart(history: History, erased_to: Path) -> int:
    """Adds to the file what the history says was destroyed and the file does not: the program ended between the two. Gives how many
    keys. Raises Invalid, Unavailable."""
    known = {key for line in lines(erased_to) for key in line.keys}
    count = 0
    for _, erased in all_erased(history):
        if not known.issuperset(erased.keys):
            append(erased_to, erased)
            count += len(erased.keys)
    return count


def destroy_again(history: History, keys: DataKeys, erased_to: Path | None) -> int:
    """Destroys what the history or the file says was destroyed, and came back with a backup; gives how many keys. Done at every
    start."""
    told = [(one.keys, one.received) for _, one in all_erased(history)]
    if erased_to is not None:
        told += [(line.keys, line.at) for line in lines(erased_to)]
    count = 0
    for ids, at in told:
        count += len(keys.destroy(ids, at))
        keys.note_destroyed(ids, at)
    return count
