"""Excuses as the API shows and takes them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from domain.excuses import Category
from domain.terms import Party
from services.api.shapes import Moment, Note, Sent, Words
from services.figures.shapes import Occurrence
from services.tables.documents import Answerer, ExcuseState, Verb


class Answer(Note):
    verb: Verb
    party: Answerer


Excuse = TypedDict(
    "Excuse",
    {
        "id": str,
        "commitment": Annotated[str, Field(description="Or a contract, or contract/deliverable.")],
        "keys": list[str],
        "from": Moment | None,
        "until": Moment | None,
        "reason": Category,
        "text": str,
        "evidence": list[int],
        "party": Party,
        "asked_by": str,
        "asked_at": Moment,
        "position": int,
        "state": ExcuseState,
        "waits_for": Annotated[
            str | None, Field(description="The service that is to answer; `administrator` is the arbiter.")
        ],
        "answers": list[Answer],
    },
)


class EvidenceEvent(TypedDict):
    position: int
    source: str
    type: str
    id: str
    subject: str | None
    time: Moment
    data: Annotated[str, Field(description="What it says, as JSON text; without what is sealed.")]


class CoveringExcuse(Excuse):
    covers: Annotated[list[Occurrence], Field(description="What it hides, or would hide if it were accepted.")]
    events: Annotated[list[EvidenceEvent], Field(description="Those it names, then those that decided what it covers.")]


class Asking(Sent):
    """Either `keys` of a commitment, or `from` and `until` of a contract, deliverable or commitment."""

    commitment: Annotated[
        str, Field(description="contract/deliverable/criterion; with an interval contract/deliverable or contract too")
    ]
    keys: Annotated[list[str], Field(max_length=1_000)] = []
    from_: Annotated[Moment | None, Field(alias="from")] = None
    until: Annotated[Moment | None, Field(description="Not included.")] = None
    reason: Category
    text: Words
    evidence: Annotated[list[int], Field(max_length=1_000, description="Positions of events.")] = []
    party: Annotated[Party | None, Field(description="For which party, where one acts for both.")] = None
