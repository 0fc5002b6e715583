"""What the decisions of a review become once both have signed: the kinds, each with its arguments and its effect (MEETING §1).

A decision is tried by its effect when it is taken, and takes effect by the same code, so that no rule is written twice. Nothing is
saved here: all aggregates that the decisions of one review change are saved together with its second signature.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar
from uuid import UUID

from eventsourcing.domain import Aggregate

from domain.saying import said
from domain.terms import Party
from domain.times import Clock, Instant
from services.contracts.rows import ContractRow
from services.errors import Invalid, NotFound, Refused
from services.history.history import History
from services.reviews.rows import Argument, Arguments, ReviewRow
from services.seeing.seen import Seeing, Seen

A = TypeVar("A", bound=Aggregate)
LONGEST_ARGUMENT: Final = 10_000
"""Letters of one argument."""


@dataclass
class Meeting:
    """In which decisions take effect. `seen` is the state as who sees everything reads it; `names`: under which name each party
    signs. `is_agreed`: both have signed; a day that was to come when it was decided stays agreed. What several decisions change is one
    aggregate."""

    history: History
    seeing: Seeing
    now: Clock
    seen: Seen
    row: ReviewRow
    contract: ContractRow
    names: Mapping[Party, str]
    is_agreed: bool = False
    touched: dict[UUID, Aggregate] = field(default_factory=dict)

    def get(self, id: UUID, kind: type[A]) -> A:
        """The aggregate, as the decisions before have left it. Raises NotFound."""
        if id not in self.touched:
            self.touched[id] = self.history.get(id, kind)
        found = self.touched[id]
        assert isinstance(found, kind)
        return found

    def find(self, id: UUID, kind: type[A]) -> A | None:
        try:
            return self.get(id, kind)
        except NotFound:
            return None

    def put(self, aggregate: Aggregate) -> Aggregate:
        """Keeps one that is new."""
        self.touched[aggregate.id] = aggregate
        return aggregate

    def require_own(self, contract: str, what: str) -> None:
        """Raises Refused for a thing of another contract, whoever asks: no bytes of it may come into what the parties sign."""
        if contract != self.contract.id:
            raise Refused(
                said("{what} is not of {contract}", what=what, contract=self.contract.id),
                mend=said("decide it in a review of its own contract"),
                slug="foreign-subject",
            )

    @property
    def at(self) -> Instant:
        return self.now()


@dataclass(frozen=True)
class Decision:
    """A decision that is to take effect."""

    number: int
    kind: str
    text: str
    arguments: Arguments
    by: str
    at: Instant
    """When it was taken."""


Subject = Callable[[ContractRow, Arguments], str]
"""Says what a decision with these arguments is about."""


@dataclass(frozen=True)
class Kind:
    """`needed` and `possible` are the names of its arguments. `subject`: what a decision of it is about. `effect` gives what it
    changes, changed and not saved; raises Refused, Invalid, NotFound for what cannot be. `excludes`: the kinds of which
    no other decision about the same thing stands beside it."""

    name: str
    needed: Collection[str]
    possible: Collection[str]
    subject: Subject
    effect: Callable[[Meeting, Decision], list[Aggregate]]
    excludes: Collection[str] = ()


def checked(kind: Kind, given: Arguments) -> dict[str, Argument]:
    """The arguments, none missing, none unknown, each a short text, a whole number, or a list of texts. Raises Invalid."""
    known = (*kind.needed, *kind.possible)
    found = {name: value for name, value in given.items() if value is not None}
    for name, value in found.items():
        if name not in known:
            raise Invalid(
                said("“{name}” is no argument of {kind}", name=name, kind=kind.name), mend=", ".join(known) or None
            )
        if not _is_plain(value):
            raise Invalid(said("“{name}” is no text", name=name), place=name)
    missing = next((name for name in kind.needed if name not in found), None)
    if missing is not None:
        raise Invalid(said("it is not said: {name}", name=missing), place=missing, mend=", ".join(kind.needed))
    return found


def text_argument(decision: Decision, name: str) -> str:
    """Raises Invalid for what is no text."""
    value = decision.arguments[name]
    if not isinstance(value, str):
        raise Invalid(said("“{name}” is no text", name=name), place=name)
    return value


def optional_text(decision: Decision, name: str) -> str | None:
    """None where nothing is said. Raises Invalid for what is no text."""
    return text_argument(decision, name) if decision.arguments.get(name) else None


def number_argument(decision: Decision, name: str) -> int:
    """A whole number, also as text. Raises Invalid."""
    value = decision.arguments[name]
    if isinstance(value, str) and value.isdecimal() and len(value) <= 18:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Invalid(said("“{name}” is no whole number", name=name), place=name)
    return value


def _is_plain(value: object) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return abs(value) < 2**53
    if isinstance(value, str):
        return len(value) <= LONGEST_ARGUMENT and "\x00" not in value
    return False
