"""Reviews as the API shows them, and what it is sent."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from domain.review import Answer, Outcome
from domain.terms import Party
from services.api.shapes import Done, Moment, Note, Sent, Side, Signature, Words
from services.reviews.agenda_words import Sentence
from services.reviews.rows import OfReview, State

Number = Annotated[int, Field(ge=1, le=1_000_000)]


class SignedRevision(Signature):
    revision: int
    fingerprint: Annotated[
        str | None, Field(description="Of what was signed; null where it was signed when there were no submissions.")
    ]


class Decision(Note):
    """A decision with a kind: what it is about, and what it becomes once both have signed."""

    decision: int
    kind: str
    item: Annotated[str | None, Field(description="The item of the agenda that it settles.")]
    subject: str
    arguments: dict[str, str | int]
    sentence: Annotated[
        NotRequired[Sentence],
        Field(description="What it comes to, by language; of one review that is asked for, not of lists."),
    ]


class Refusal(TypedDict):
    party: Party
    revision: int
    reasons: list[str]
    decisions: list[int]
    by: str
    at: Moment


class Submission(TypedDict):
    """What was laid before both; `ended`: refused, taken-back, null while it stands. Its signatures are void once it ended."""

    revision: int
    fingerprint: str | None
    by: str
    at: Moment
    by_signing: bool
    ended: str | None
    why: Note | None
    signatures: list[SignedRevision]


class TookEffect(TypedDict):
    decision: int
    stream: Annotated[str, Field(description="The stream of the history that it has changed.")]


class Move(Note):
    """`text`: why."""

    starts: Moment
    sequence: int


class IssuedPack(TypedDict):
    as_of: Annotated[Moment, Field(description="When it was issued: it is judged as of then.")]
    position: int
    sequence: Annotated[int, Field(description="How often the review had been moved.")]


class IssuedSince(TypedDict):
    """The pack that was issued, and what is otherwise in the one that is held, or would be now."""

    as_of: Moment
    position: int
    fingerprint: Annotated[str, Field(description="Of the pack: 64 digits.")]
    since: Annotated[
        dict[str, int],
        Field(
            description="How many: late, missing, failed, no_miss (not missed any more), breach (of a period), withdrawn, excuse "
            "(asked), answer, action (opened), closed, restated; none of which there is none."
        ),
    ]


class Answered(TypedDict):
    person: str
    answer: Answer
    sequence: Annotated[int, Field(description="Of the invitation: how often the review had been moved.")]
    way: Annotated[str | None, Field(description="link: by the link of a mail; null: here.")]
    by: str
    at: Moment


class Review(TypedDict):
    id: Annotated[str, Field(examples=["sales-to-marketing@2026-11-03"])]
    contract: str
    starts: Moment
    ends: Moment
    state: State
    position: int | None
    revision: Annotated[int, Field(description="Of what lies before both; else of what would be submitted next.")]
    minutes: list[Note]
    decisions: list[Note | Decision]
    signatures: list[SignedRevision]
    attendance: Annotated[list[str] | None, Field(description="Who was there; null where nobody said.")]
    refusals: list[Refusal]
    submissions: list[Submission]
    took_effect: list[TookEffect]
    moves: list[Move]
    issued: list[IssuedPack]
    sequence: Annotated[int, Field(description="How often it was moved or cancelled, as invitations count it.")]
    answers: list[Answered]
    cancelled: Note | None
    entries: Annotated[
        int, Field(description="How often minutes or decisions were changed: what signing is asked with.")
    ]


class ReviewShown(Review):
    issued_pack: IssuedSince | None


class Proposed(TypedDict):
    """A decision that is ready to be taken."""

    kind: str
    arguments: dict[str, str | int]


class AgendaItem(TypedDict):
    id: Annotated[str, Field(examples=["overdue:action:0ec0…", "added:1"])]
    code: str
    subject: str
    sentence: Sentence
    since: Annotated[str | None, Field(description="When its ground began: a moment, or a day.")]
    first: Annotated[str | None, Field(description="The day of the review that carried it first.")]
    takes: Annotated[int, Field(description="Minutes.")]
    outcome: Outcome | None
    proposals: list[Proposed]


class Agenda(TypedDict):
    """`takes` and `duration` in minutes."""

    review: str
    position: int
    watermark: Moment | None
    takes: int
    duration: int
    items: list[AgendaItem]


class Taken(Done):
    decision: Annotated[int | None, Field(description="Its number; null of a text alone.")]


class Added(Done):
    item: str


class SigningReview(Side):
    seen: Annotated[
        int | None,
        Field(
            ge=0,
            description="The `entries` of the review that was read; where there are others by now, it is refused.",
        ),
    ] = None
    fingerprint: Annotated[
        str | None,
        Field(
            max_length=200, description="Of what was read, as `signing` shows it; needed of what somebody submitted."
        ),
    ] = None


class TakenBackOfReview(Sent):
    """Minutes or a decision, by who said them; or, with a `reason`, what was submitted."""

    what: OfReview | Literal["revision"] | None = None
    at: Annotated[str | None, Field(max_length=40, description="When it was said, as it is shown")] = None
    reason: Words | None = None


class Deciding(Sent):
    """A text alone, or a decision of a kind."""

    text: Annotated[str, Field(max_length=10_000)] = ""
    kind: Annotated[str | None, Field(max_length=40)] = None
    arguments: dict[str, str | int] = Field(default_factory=dict, max_length=20)
    item: Annotated[str | None, Field(max_length=1_000, description="What it settles, by its id or its place.")] = None


class Attending(Sent):
    present: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=200)]


class Adding(Side):
    text: Words
    takes: Annotated[int, Field(ge=1, le=480, description="Minutes.")] = 5


class Settling(Sent):
    outcome: Outcome
    text: Annotated[str, Field(max_length=10_000)] = ""


class Refusing(Side):
    reasons: Annotated[list[Annotated[str, Field(max_length=10_000)]], Field(max_length=50)] = Field(
        default_factory=list
    )
    decisions: Annotated[list[Number], Field(max_length=50, description="Those that the reasons name.")] = Field(
        default_factory=list
    )


class Answering(Sent):
    """`person`: null for who asks; `sequence`: of the invitation that is answered, null for the last one."""

    answer: Answer
    person: Annotated[str | None, Field(max_length=200)] = None
    sequence: Annotated[int | None, Field(ge=0, le=1_000_000)] = None


class Moving(Sent):
    starts: Annotated[str, Field(max_length=40, description="When it is to begin, with an offset.")]
    reason: Words
