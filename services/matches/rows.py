"""What reads return of unmatched events and of matches by hand. Instants are microseconds since 1970 UTC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domain.terms import Party

State = Literal["asked", "matched", "refused", "taking-back", "taken-back"]
Verb = Literal["matched", "taken back", "accepted", "refused"]


@dataclass(frozen=True, slots=True)
class UnmatchedRow:
    """`commitments` are those where it waits, or was put aside: as was asked for. `asked`: the matches by hand that wait for the
    other party's answer."""

    position: int
    source: str
    id: str
    type: str
    subject: str | None
    time: int
    commitments: tuple[str, ...]
    reason: str
    asked: tuple[str, ...] = ()
    asides: tuple[AsideRow, ...] = ()


@dataclass(frozen=True, slots=True)
class AsideRow:
    """A commitment for which an unmatched event was put aside: by whom, when and why."""

    commitment: str
    by: str
    at: int
    text: str


@dataclass(frozen=True, slots=True)
class NoteRow:
    """What was done with a match, for which party."""

    verb: Verb
    party: Party
    by: str
    at: int
    text: str


@dataclass(frozen=True, slots=True)
class MatchRow:
    """An event that a person matched to an occurrence. It counts while it is matched or taking-back. `party` decided last;
    `notes` say all that was."""

    id: str
    commitment: str
    supplier: str
    client: str
    event: int  # its position
    key: str
    roles: tuple[str, ...]
    state: State
    party: Party
    position: int
    notes: tuple[NoteRow, ...] = ()

    @property
    def is_in_force(self) -> bool:
        return self.state in ("matched", "taking-back")

    @property
    def waits_for(self) -> str | None:
        """The service that is to answer; None when nobody is."""
        if self.state not in ("asked", "taking-back"):
            return None
        return self.client if self.party == "supplier" else self.supplier

    @property
    def made(self) -> NoteRow:
        """The last time that somebody matched it."""
        return next(one for one in reversed(self.notes) if one.verb == "matched")


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """An occurrence that an unmatched event may belong to. An item of a measure has no verdict."""

    commitment: str
    key: str
    due: int | None
    verdict: str | None
