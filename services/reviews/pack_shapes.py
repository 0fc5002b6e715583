"""What a review pack is: the one declaration that those who make it, those who read it, OpenAPI and `docs/pack.md` are held to.

A pack is canonical JSON whose fingerprint people sign: another name, or one more, is another form of packs
(`services.reviews.fingerprints.FORM`). All that is named is always there, but for what is said to be missing sometimes.
"""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from domain.terms import Party
from services.reviews.pack_part_shapes import (
    At,
    Day,
    Moment,
    PackAction,
    PackBreach,
    PackDecision,
    PackExcuse,
    PackNote,
    PackSide,
    Person,
    Title,
)


class PackReview(TypedDict):
    """The meeting that a pack is made for."""

    id: str
    """contract@YYYY-MM-DD"""
    starts: Moment
    """When the parties meet."""
    ends: Moment
    """When the meeting ends, by the wording in force at the pack's position."""
    number: int
    """1 for the first review of the contract."""
    state: str
    """planned, held, submitted, half-signed, signed (by both), refused, skipped (nothing was submitted in time), cancelled, past (it
    lies before the contract was in use). In no fingerprint."""


class PackContract(TypedDict):
    """What the meeting is about, by the version in force at the pack's position."""

    id: str
    """As in addresses and files."""
    title: Title
    """What it is called."""
    supplier: str
    """The service that supplies."""
    client: str
    """The service that is supplied."""
    timezone: str
    """Of the IANA database: all moments of the pack are in it."""
    version: int
    """The number of the version."""
    effective: Day
    """Since when the version is in force."""
    valid_from: Day
    """The first day of the contract."""
    valid_until: Day | None
    """Its last day; null without an end."""


class PackService(TypedDict):
    """A party."""

    title: Title
    """What it is called."""


_Period = TypedDict(
    "_Period",
    {
        "from": Annotated[Moment, Field(description="When the review before began; at the first, the contract.")],
        "until": Annotated[Moment, Field(description="When this one begins.")],
    },
)


class PackPeriod(_Period):
    """The time that a pack covers."""


class PackFacts(TypedDict):
    """The counts that the opening sentence is made of."""

    figures: int
    """How many figures are shown."""
    not_kept: dict[Party, int]
    """Of them breached, by who owes them: supplier, client."""
    tight: dict[Party, int]
    """Of them tight, by who owes them: supplier, client."""
    breaches: int
    """Breaches to examine: those that are open."""
    restated: int
    """Figures that were final, and changed."""
    unknown: int
    """Figures of which something could not be judged."""
    actions_open: int
    """Actions that are open."""
    actions_overdue: int
    """Of them past their date."""
    unmonitored: int
    """Commitments that nobody monitors."""
    excuses_waiting: int
    """Excuses that wait for an answer."""


class PackArguments(TypedDict, total=False):
    """What is said of an act besides its text; each of them is missing where it is not said."""

    cause: str
    """Of an action: the cause of its breach, or opened-by-hand."""
    owner: str
    """Of an action: the service that does it."""
    person: str
    """Of an action: who does it there."""
    due: Day
    """Of an action: its last day."""
    category: str
    """Of an excuse: its reason."""
    keys: list[str]
    """Of an excuse: the occurrences that it names."""
    key: str
    """Of a match: the occurrence that the event belongs to."""
    since: Moment
    """Of an excuse: the first moment of its interval."""
    until: str
    """Of an excuse: the end of its interval, a moment, not included; of a contract that is terminated, the day."""
    effective: Day
    """Of a version of the contract: from when it is to be in force."""
    wording: str
    """Of a version of the contract: the SHA-256 of its file."""
    clause: str
    """Of a comment: where in the contract."""
    party: str
    """For whom it was said: supplier, client, arbiter."""


class PackAct(TypedDict):
    """What people did about the contract after the pack was made and before its first signature."""

    kind: str
    """action-opened, excuse-accepted, breach-explained, contract-signed…"""
    subject: str
    """action:ID, excuse:ID, breach:ID, match:COMMITMENT, contract:ID"""
    commitment: str | None
    """What it is about: a commitment, or the scope of an excuse; null where it is the contract."""
    text: str
    """In the words of who did it; empty where nothing was said."""
    about: str
    """Of what goes on with an action, the text of that action; else empty."""
    arguments: PackArguments
    """What else is said of it."""
    by: Person
    at: At
    position: int
    """Its entry of the history."""


class PackTaken(TypedDict):
    """A decision that becomes something once both have signed."""

    decision: int
    """Its number in the review."""
    kind: str
    """action, excuse, amendment, match, dispute, attribute, reschedule, reassign, accept-as-is, next"""
    item: str | None
    """The item of the agenda that it settles; null without one."""
    subject: str
    """What it is about: excuse:ID, action:ID, contract:ID…"""
    arguments: dict[str, str | int]
    """Those of its kind (MEETING §1)."""
    text: str
    """In the words of who took it; empty where nothing was said."""
    by: Person
    at: At


class PackSigned(TypedDict):
    """Who has signed."""

    party: Annotated[str, Field(description="supplier, client")]
    service: Annotated[str, Field(description="The service that signs.")]
    by: Person
    at: At


class AgreedItem(TypedDict):
    """How an item of the agenda was settled."""

    item: str
    """Its id."""
    outcome: str | None
    """decided, noted, carried; null where it is not settled yet."""
    text: str
    """In the words of who settled it; of what was added by hand, its own text where nothing was said."""


class AgreedRefusal(TypedDict):
    """Why a revision was refused."""

    party: Party
    """Which party has refused it: supplier, client."""
    revision: int
    """Which one."""
    reasons: list[str]
    """In its words; one at least."""
    decisions: list[int]
    """The numbers of the decisions that it names."""
    by: Person
    at: At


class PackMeeting(TypedDict):
    """What else the meeting adds to what is signed."""

    revision: int
    """1, 2…: what was refused or taken back has another number when it is submitted again."""
    attendance: list[str]
    """Who was there; empty where nobody was named."""
    items: list[AgreedItem]
    """The agenda, item by item."""
    refusals: list[AgreedRefusal]
    """Of the revisions before."""


class PackSignature(PackSigned):
    """Who has signed what."""

    revision: int
    """Of what was signed: 1, 2…"""
    fingerprint: str
    """Of what was signed: 64 digits."""
    agreed: NotRequired[PackMeeting]
    """What it agrees to besides pack, minutes and decisions; missing where it was given when there was none of it."""


@with_config(ConfigDict(use_attribute_docstrings=True))
class PackCheckpoint(TypedDict):
    """A signed state of the history that covers the pack: whoever keeps it can tell later whether anything before was altered."""

    size: int
    """How many entries it covers."""
    position: int
    """That of the last of them."""
    made: Moment
    """When it was signed."""
    note: str
    """The signed note (C2SP checkpoint)."""


@with_config(ConfigDict(use_attribute_docstrings=True))
class Pack(TypedDict):
    """What the parties look at when they meet, as of one position of the history, and what the meeting added."""

    entente: Literal[2]
    """The form of packs: 2."""
    review: PackReview
    """The meeting."""
    contract: PackContract
    """The contract of the parties that meet."""
    services: dict[str, PackService]
    """Both parties, by their ids."""
    period: PackPeriod
    """What the pack covers."""
    facts: PackFacts
    """What the opening sentence counts."""
    sides: list[PackSide]
    """What each party owes the other; the supplier first."""
    breaches: list[PackBreach]
    """To examine, and withdrawn; the newest first."""
    actions: list[PackAction]
    """Open ones by date, then those that were closed."""
    excuses: list[PackExcuse]
    """The newest first."""
    to_decide: list[PackDecision]
    """What waits for the meeting."""
    next_review: Moment | None
    """When the parties meet again; null where they do not."""
    position: int
    """The entry of the history up to which the pack was made."""
    watermark: Moment | None
    """Up to when all was known there; null before anything was."""
    minutes: list[PackNote | PackAct]
    """What was said; behind it what was done since the pack was made."""
    decisions: list[PackNote | PackTaken]
    """What was decided."""
    fingerprint: str
    """Of all but itself, the review's state, minutes, decisions, signatures and the checkpoint: 64 digits."""
    signatures: list[PackSignature]
    """Who has signed what lies before both, in that order."""
    checkpoint: NotRequired[PackCheckpoint]
    """The first one that covers the position; missing while none does. In no fingerprint."""


class FormerPack(TypedDict):
    """A pack as programs before wrote it, as far as it is read; whatever else stands in it counts for its fingerprint."""

    entente: Literal[1]
    organisation: str
    review: PackReview
    position: int
    minutes: list[PackNote]
    decisions: list[PackNote]
    fingerprint: str
    signatures: list[PackSigned]


PackOfFile = Pack | FormerPack
"""What a file may hold."""


class AgreedPack(TypedDict):
    """A pack, by where it stands and what it says."""

    position: int
    """As `position` of the pack."""
    fingerprint: str
    """As `fingerprint` of the pack."""


class Agreed(TypedDict):
    """What a signature agrees to."""

    review: str
    """As `id` of the review."""
    revision: int
    """1, 2…: what was refused or taken back has another number when it is submitted again."""
    pack: AgreedPack
    """The pack that was looked at."""
    attendance: list[str]
    """Who was there; empty where nobody was named."""
    items: list[AgreedItem]
    """The agenda, item by item; empty of what was signed when there was none."""
    minutes: list[PackNote | PackAct]
    """As `minutes` of the pack."""
    decisions: list[PackNote | PackTaken]
    """As `decisions` of the pack."""
    refusals: list[AgreedRefusal]
    """Of the revisions before."""


@with_config(ConfigDict(use_attribute_docstrings=True))
class Signing(TypedDict):
    """What is signed, and its fingerprint."""

    signing: Agreed | None
    """What a signature agrees to; null before the review was called."""
    fingerprint: str | None
    """Of it: 64 digits; null before the review was called."""
