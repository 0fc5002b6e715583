"""What the sources of an agenda are given, and the items that they give (MEETING §2)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from domain.contract_versions import ContractVersion
from domain.times import Instant, instant, local_date, zone
from services.breaches.reading import read_actions
from services.breaches.rows import ActionRow
from services.causes.agenda import Subjects, subjects
from services.contracts.reading import read_contract
from services.contracts.rows import ContractRow
from services.figures.reading import read_commitments
from services.figures.rows import CommitmentRow
from services.reviews.agenda_words import Sentence, named
from services.reviews.pack_part_shapes import PackNamed, Title
from services.reviews.pack_shapes import Pack
from services.reviews.reading import read_reviews
from services.reviews.rows import Arguments, ReviewRow
from services.seeing.seen import Seen

UNSIGNED_STATES: Final = frozenset({"held", "submitted", "half-signed", "refused", "skipped"})
"""Those of a review whose minutes nobody signed, or one party alone."""


@dataclass(frozen=True)
class Proposal:
    """A decision that is ready to be taken: its kind and the arguments that are known (MEETING §1)."""

    kind: str
    arguments: Arguments


@dataclass(frozen=True)
class Item:
    """`reference` names what it is about, at every position the same. `since`: when its ground began, a day or a moment; `first`: the
    day of the review that carried it first. `takes`: minutes. `text`: in the words of who added it. `known_as`: the id, where it was
    carried under another code."""

    code: str
    reference: str
    subject: str
    sentence: Sentence
    takes: int
    since: str | None = None
    first: str | None = None
    proposals: tuple[Proposal, ...] = ()
    text: str = ""
    known_as: str | None = None

    @property
    def id(self) -> str:
        return self.known_as or f"{self.code}:{self.reference}"


@dataclass(frozen=True)
class AgendaState:
    """The state of the store that the pack was made of, as who sees everything reads it, and the reviews before, the oldest first."""

    seen: Seen
    row: ReviewRow
    pack: Pack
    contract: ContractRow
    earlier: Sequence[ReviewRow]
    here: ZoneInfo = field(compare=False)

    @cached_property
    def commitments(self) -> dict[str, CommitmentRow]:
        return {one.id: one for one in read_commitments(self.seen, self.contract.id)}

    @property
    def day(self) -> date:
        """The local day on which the review starts."""
        return local_date(self.row.starts, self.here)

    @property
    def versions(self) -> Sequence[ContractVersion]:
        """The wordings that both have signed, the newest last."""
        return self.seen.catalogue.contracts[self.contract.id].versions

    def called(self, id: str) -> Title:
        """What a commitment is called: its deliverable, then its criterion; its id where it is no more."""
        row = self.commitments.get(id)
        if row is None:
            return {"": id}
        deliverable, criterion = row.deliverable.title, row.criterion.title
        one: PackNamed = {
            "commitment": id,
            "deliverable": dict(deliverable.by_language),
            "criterion": dict(criterion.by_language),
        }
        return named(one)

    @cached_property
    def since(self) -> Instant:
        """When the review before this one began; at the first, the contract."""
        return instant(self.pack["period"]["from"])

    @cached_property
    def subjects(self) -> Subjects:
        """What repeats, and what does not."""
        return subjects(self.seen, self.contract.id, self.since, self.row.starts)

    @cached_property
    def actions(self) -> list[ActionRow]:
        return read_actions(self.seen, contract=self.contract.id)

    @cached_property
    def last(self) -> ReviewRow | None:
        """The last one whose minutes were submitted or signed."""
        return next((one for one in reversed(self.earlier) if one.submissions or one.signatures), None)

    def carried(self) -> dict[str, list[ReviewRow]]:
        """What the last one carried, by the item's id, the first that was carried first: the reviews that carried it, the oldest
        first."""
        found: dict[str, list[ReviewRow]] = {}
        for id in _carried_by(self.last) if self.last is not None else ():
            found[id] = [one for one in self.earlier if id in _carried_by(one)]
        return dict(sorted(found.items(), key=_by_first))


Source = Callable[[AgendaState], Iterable[Item]]
"""Gives the items of some codes: what a part brings to agendas."""


def state_of(seen: Seen, row: ReviewRow, pack: Pack) -> AgendaState:
    contract = read_contract(seen, row.contract)
    earlier = [one for one in read_reviews(seen, contract=row.contract) if one.starts < row.starts and one.id != row.id]
    return AgendaState(seen, row, pack, contract, earlier, zone(contract.timezone))


def wording_of(document: str) -> str:
    """The fingerprint of a version: the SHA-256 of its canonical file, as acts in minutes name it."""
    return hashlib.sha256(document.encode()).hexdigest()


def _carried_by(row: ReviewRow) -> list[str]:
    """The ids of what that review carried; what was added to it by hand is named after it."""
    return [carried_id(row, item) for item, one in row.outcomes.items() if one.outcome == "carried"]


def _by_first(carried: tuple[str, list[ReviewRow]]) -> tuple[int, str]:
    id, (first, *_) = carried
    return first.starts, id


def carried_id(row: ReviewRow, item: str) -> str:
    """The id that an item of this review has in later ones."""
    is_own = any(one.item == item for one in row.added)
    return f"added:{row.id}#{item.partition(':')[2]}" if is_own else item
