"""The model of an access file: who is let in, and as what (trust §3)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Tag

from domain.saying import said
from services.contract_files import bounds
from services.contract_files.leaves import DateText, Email, Id, Line, PersonId
from services.contract_files.model_base import Strict, by_shape, may, need

GradeName = Literal["reader", "member", "head"]


class Spell(Strict):
    """From when and until when, both days included."""

    from_: DateText = may("The first day, in the organisation's zone", alias="from")
    until: DateText = may("The last day")


class RoleModel(Spell):
    """A role that begins, ends, or is held for somebody else."""

    role: GradeName = need("reader, member or head")
    for_: PersonId = may("Whose deputy this is", alias="for")


Roles = Annotated[
    dict[
        Id,
        Annotated[
            Annotated[GradeName, Tag("·text")] | Annotated[RoleModel, Tag("·keys")],
            by_shape(said("reader, member, head, or {role: head, until: 2027-01-31}")),
        ],
    ],
    Field(min_length=1, max_length=bounds.ROLES),
]
Held = Annotated[
    Annotated[bool, Tag("·flag")] | Annotated[Spell, Tag("·keys")],
    by_shape(
        said("true, or {from: 2026-12-01, until: 2027-01-15}"),
        lambda value: "·flag" if isinstance(value, bool) else "·keys",
    ),
]


class AdmittedModel(Strict):
    """Somebody who is let in."""

    person: PersonId = need("The id that contracts and the history use; never that of somebody else before")
    name: Line = may("For people; it lies in the directory, outside the history")
    email: Email = may("Where to write; it lies in the directory")
    services: Roles = may("By service: reader, member or head")
    administrator: Held = may("Lets people in, keeps calendars, time and rules")
    arbiter: Held = may("Settles what is disputed")
    auditor: Held = may("Sees everything, verifies it, changes nothing")
    dpo: Held = may("Data protection officer: sees what is kept where, and the proofs of erasures")


class GroupModel(Strict):
    """Everybody whom the identity provider names in a group, and who is let in."""

    group: Line = need("As the claim has it")
    services: Roles = need("By service: reader, member or head")


class AccessModel(Strict):
    """Who is let in, and as what."""

    entente: Literal[1] = need("The version of the format")
    access: Id = need("A name for the file; the organisation has one of them")
    people: list[AdmittedModel] = may("Who is let in", max_length=bounds.ADMITTED)
    groups: list[GroupModel] = may("What groups of the identity provider give", max_length=bounds.GROUPS)
