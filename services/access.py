"""Tells who is asking; the one place that decides what they may see and do (DESIGN §1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Final, Literal

from domain.saying import said
from services.errors import Invalid, NotAllowed, Refused

Role = Literal["administrator", "auditor", "member"]
PLATFORM_NAME: Final = "entente"
"""The name under which the platform decides what the rules decide."""
RESERVED = frozenset({"administrator", "auditor", PLATFORM_NAME})
"""Names that no service may take: they name roles, and the platform itself."""


class Right(Enum):
    """The rights that somebody may have. Those above the line are held for services; whoever asks says for which."""

    TAKE_PART = "comment, acknowledge, explain, ask for an excuse, work on an action, take minutes"
    SEE_PERSONAL = "see what events of the own sources say about people"
    BIND = "propose, sign, refuse, accept, withdraw, terminate"
    SETTLE = "match by hand, put aside"
    DESCRIBE = "say who works in a service, and which tools it has"
    ADMIT = "let people in, and give tools their access keys"
    PUSH = "send events, retry or discard what was sent"
    # held by offices, for all services
    ARBITRATE = "decide what is disputed"
    ADMINISTER = "calendars, time, outages, rules, the store itself"
    AUDIT = "replay, verify, read the history as it is stored"
    FORGET = "see what is kept where and until when, erase, retain"


class Grade(IntEnum):
    """What somebody is in a service; who is more may do what who is less may."""

    READER = 1
    MEMBER = 2
    HEAD = 3


Office = Literal["administrator", "arbiter", "auditor", "protection"]
"""What somebody is for the whole organisation. `protection`: the data protection officer."""

OF_GRADE: Final[Mapping[Grade, frozenset[Right]]] = {
    Grade.READER: frozenset(),
    Grade.MEMBER: frozenset({Right.TAKE_PART, Right.SEE_PERSONAL}),
    Grade.HEAD: frozenset(
        {
            Right.TAKE_PART,
            Right.SEE_PERSONAL,
            Right.BIND,
            Right.SETTLE,
            Right.DESCRIBE,
            Right.ADMIT,
            Right.PUSH,
        }
    ),
}
OF_OFFICE: Final[Mapping[Office, frozenset[Right]]] = {
    "administrator": frozenset({Right.ADMINISTER, Right.DESCRIBE, Right.ADMIT, Right.FORGET}),
    "arbiter": frozenset({Right.ARBITRATE}),
    "auditor": frozenset({Right.AUDIT}),
    "protection": frozenset(),
}
"""What the offices give, for every service. The administrator sees nothing of a contract by that; whoever protects data
sees the list of what is kept (trust §3)."""
RIGHTS: Final[Mapping[Role, frozenset[Right]]] = {
    "member": OF_GRADE[Grade.HEAD],
    "auditor": OF_OFFICE["auditor"],
    "administrator": frozenset(Right),
}
"""What whom one names has, where nobody signs in."""

Grant = tuple[Right, str]
"""A right and the service for which it is held; empty: for every service."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who acts. A member belongs to services; an auditor reads everything and decides nothing; an
    administrator acts on behalf of anyone.

    `services` are those whose things it sees. `granted` is what it may do, where it signed in or has an access key; None: all
    that its role gives, as for whoever is named on the command line and on loopback. `offices` are those it holds."""

    role: Role
    services: frozenset[str] = frozenset()
    person: str | None = None
    granted: frozenset[Grant] | None = None
    offices: frozenset[Office] = frozenset()
    sources: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Who it is, as people and forms are told; what is stored is named by `by`."""
        name = self.role if self.role != "member" else "+".join(sorted(self.services))
        if not name:
            name = next(iter(sorted(self.offices)), PLATFORM_NAME)
        return self.called(name)

    @property
    def noted_as(self) -> str:
        """Who it is in the log: the id of the person alone, by which that is found and forgotten."""
        return self.person or str(self)

    def by(self, right: Right, *services: str) -> str:
        """The name under which it acts by that right: as somebody of the first of these services for which it has it, else by the
        office that gives it. It names one service at most: whose else it is, who acts, says nothing of what was done (decision 55)."""
        for service in services:
            if self.is_of(service) and (self.granted is None or (right, service) in self.granted):
                return self.called(service)
        for office in sorted(self.offices):
            if right in OF_OFFICE[office]:
                return self.called(office)
        own = next((one for one in services if self.is_of(one)), None)
        if own is None and self.role == "member" and len(self.services) > 1:
            own = PLATFORM_NAME
        return str(self) if own is None else self.called(own)

    def called(self, name: str) -> str:
        """The one service or office, and the person."""
        return f"{name}/{self.person}" if self.person else name

    def sees(self, *parties: str) -> bool:
        """May see what concerns any of these services."""
        return self.sees_everything or not self.services.isdisjoint(parties)

    @property
    def sees_everything(self) -> bool:
        return self.role != "member"

    def is_of(self, *services: str) -> bool:
        """Says whether this is somebody of one of these services: whose a thing is, not what may be done about it."""
        return not self.services.isdisjoint(services)

    def may(self, right: Right, *services: str) -> bool:
        """The one answer to who may do what: whether this principal has the right for one of these services; where none is named,
        whether it has it at all. The administrator whom one names has every right for every service."""
        if self.granted is not None:
            return _is_granted(self.granted, right, services)
        if right not in RIGHTS[self.role]:
            return False
        return not services or self.role == "administrator" or not self.services.isdisjoint(services)

    def holds(self, office: Office) -> bool:
        """Says whether this principal has an office; whom one names as the administrator has them all."""
        return office in self.offices or (self.granted is None and self.role in ("administrator", office))

    def only_for(self, services: frozenset[str]) -> Principal:
        """The same person as somebody of these services alone, with what that gives there and no office."""
        granted = frozenset((right, service) for right, service in self.granted or () if service in services)
        return Principal("member", self.services & services, self.person, granted)

    def named_as(self, mend: str) -> str | None:
        """What would do for whom one names, who may be named otherwise; nothing for who has signed in, and is nobody else."""
        return mend if self.granted is None else None

    def require(self, right: Right, service: str, what: str) -> None:
        """Raises NotAllowed unless this principal has the right for the service."""
        if not self.may(right, service):
            raise NotAllowed(
                said("{what} is for {service} to do, not for {self}", what=what, service=service, self=self),
                mend=self.named_as(said("act as {service}", service=service)),
            )


def _is_granted(granted: frozenset[Grant], right: Right, services: tuple[str, ...]) -> bool:
    if (right, "") in granted:
        return True
    if not services:
        return any(right is one for one, _ in granted)
    return any((right, service) in granted for service in services)


def signed_in(person: str, grades: Mapping[str, Grade], offices: Collection[Office] = ()) -> Principal:
    """Somebody who has shown who they are: with what their grades in services and their offices give."""
    granted = {(right, service) for service, grade in grades.items() for right in OF_GRADE[grade]}
    granted |= {(right, "") for office in offices for right in OF_OFFICE[office]}
    role: Role = "auditor" if "auditor" in offices else "member"
    return Principal(role, frozenset(grades), person, frozenset(granted), frozenset(offices))


ADMINISTRATOR = Principal("administrator")
AUDITOR = Principal("auditor")
PLATFORM = Principal("administrator", person=PLATFORM_NAME)
"""The program itself, as it asks: it lets time pass, and says when it was down."""


def principal(text: str | None) -> Principal:
    """Reads `SERVICE[/PERSON]`, `administrator` or `auditor`; nothing means the administrator. Raises Invalid."""
    if not text:
        return ADMINISTRATOR
    service, _, person = text.partition("/")
    if not service or (not person and "/" in text):
        raise Invalid(said("“{text}” does not say who acts", text=text), mend=said("SERVICE or SERVICE/PERSON"))
    if service == "administrator":
        return Principal("administrator", person=person or None)
    if service == "auditor":
        return Principal("auditor", person=person or None)
    return Principal("member", frozenset({service}), person or None)


def not_theirs(who: Principal, contract: str, supplier: str, client: str) -> NotAllowed:
    """The refusal of what is for who may do it for one of the parties: another for who is of one, whose role does not give it."""
    if who.is_of(supplier, client):
        says = said("the role of {who} does not give the right to do this with {contract}", who=who, contract=contract)
    else:
        says = said("{who} is no party of {contract}", who=who, contract=contract)
    return NotAllowed(says, mend=who.named_as(said("act as {supplier} or {client}", supplier=supplier, client=client)))


def require_own_id(who: Principal, contract: str, supplier: str, client: str) -> None:
    """Raises Refused for the id of a contract that one does not see: it is not theirs to give."""
    if not who.sees(supplier, client):
        raise Refused(
            said("the id {contract} is taken", contract=contract),
            place=contract,
            mend=said("give the contract another id"),
        )
