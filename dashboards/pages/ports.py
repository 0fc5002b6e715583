"""What the pages need: the reads and the decisions, as services give them.

Every read is scoped to who asks, and raises `services.errors.NotFound` for what is not there or not theirs to see.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any, Protocol

from domain.saying import Said
from domain.terms import Party
from services.access import Principal
from services.contracting import Applied
from services.reading.explaining_figures import FigureExplanation
from services.reading.feeding import Awaited
from services.reading.history_rows import HistoryRow, Week
from services.reading.outside_rows import CalendarRow, SourceRow
from services.reading.proposing import Proposal
from services.reading.rows import (
    ActionRow,
    BreachRow,
    CandidateRow,
    CommitmentRow,
    ContractRow,
    ExcuseRow,
    ExplanationRow,
    FigureRow,
    Known,
    MatchRow,
    OccurrenceRow,
    QuarantineRow,
    ReviewRow,
    ServiceRow,
    UnmatchedRow,
)
from services.reading.score_rows import ScoreRow
from services.reading.slice_rows import SliceRow
from services.reading.trying import Compared
from services.reading.unselected import UnselectedRow


class Reading(Protocol):
    def one_state(self) -> AbstractContextManager[None]:
        """What this thread reads within the block belongs together, however far the judging goes meanwhile; nothing may be
        decided in it."""

    def known(self) -> Known: ...

    def services(self, who: Principal) -> dict[str, ServiceRow]: ...

    def sources(self, who: Principal) -> list[SourceRow]: ...

    def awaited(self, who: Principal) -> list[Awaited]:
        """The contracts whose time waits for files, each with the tools that it waits for."""

    def calendars(self, who: Principal, now: int | None, /) -> list[CalendarRow]:
        """`now`, in microseconds since 1970, says which days are ahead; None before any time was declared."""

    def contracts(self, who: Principal) -> list[ContractRow]: ...

    def contract(self, who: Principal, id: str, /) -> ContractRow: ...

    def commitments(self, who: Principal, contract: str | None = None, /) -> list[CommitmentRow]: ...

    def commitment(self, who: Principal, id: str, /) -> CommitmentRow: ...

    def figures(
        self, who: Principal, *, contract: str | None = None, commitment: str | None = None, period: str | None = None
    ) -> list[FigureRow]:
        """All periods, ascending."""

    def rolling_trend(self, who: Principal, commitment: str, /) -> list[FigureRow]:
        """The rolling targets week by week up to the watermark."""

    def scores(self, who: Principal, contract: str, /) -> list[ScoreRow]: ...

    def slices(
        self,
        who: Principal,
        by: str,
        /,
        *,
        contract: str | None = None,
        commitment: str | None = None,
        period: str | None = None,
    ) -> list[SliceRow]:
        """All periods, ascending, each with its groups."""

    def occurrences(
        self,
        who: Principal,
        commitment: str,
        /,
        *,
        period: str | None = None,
        verdict: str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[OccurrenceRow]:
        """By due, then key, ascending."""

    def occurrences_between(
        self, who: Principal, commitments: Sequence[str], since: int, until: int, /, *, settled: tuple[int, int]
    ) -> dict[str, list[OccurrenceRow]]:
        """What fell or falls due in [since, until), of several commitments at once; of what neither pends nor is missing or
        failed, only what was due within `settled`."""

    def pressing(
        self, who: Principal, commitments: Sequence[str], /, *, missing_since: int, due_before: int
    ) -> dict[str, list[OccurrenceRow]]:
        """Of several commitments, ascending: what was due since then and is missing; what is down or out of date now; what is at
        risk, of what is so for its debtor's lateness alone only what falls due before that."""

    def verdicts_between(
        self, who: Principal, commitments: Sequence[str], since: int, until: int, /, *, opened_since: int
    ) -> list[tuple[int, str]]:
        """What was due in [since, until) and neither pends nor is missing or failed: (due, verdict)."""

    def occurrences_named(self, who: Principal, keys: Sequence[str], /) -> list[OccurrenceRow]:
        """Those of any commitment under one of these keys."""

    def count_occurrences(
        self,
        who: Principal,
        commitment: str,
        /,
        *,
        period: str | None = None,
        verdict: str | None = None,
        through: str | None = None,
    ) -> int:
        """`through`: up to the one of that key, in the order of `occurrences`."""

    def explain(self, who: Principal, commitment: str, key: str, /) -> ExplanationRow: ...

    def explain_figure(
        self, who: Principal, commitment: str, period: str | None = None, /
    ) -> list[FigureExplanation]: ...

    def breaches(
        self, who: Principal, *, contract: str | None = None, commitment: str | None = None, state: str | None = None
    ) -> list[BreachRow]: ...

    def breach(self, who: Principal, id: str, /) -> BreachRow: ...

    def unexplained(
        self, who: Principal, commitments: Collection[str], /, *, most: int
    ) -> tuple[list[tuple[BreachRow, int]], int]:
        """Of these commitments those that the asker owes and of which an open breach has no explanation: the newest of each with
        how many there are, the newest first; and how many commitments that are."""

    def actions(
        self, who: Principal, *, contract: str | None = None, commitment: str | None = None, state: str | None = None
    ) -> list[ActionRow]: ...

    def action(self, who: Principal, id: str, /) -> ActionRow: ...

    def overdue(self, who: Principal, commitments: Collection[str], /, *, most: int) -> tuple[list[ActionRow], int]:
        """Of these commitments the open actions of the asker whose day is over, the first due first; and how many they are."""

    def excuses(
        self, who: Principal, *, contract: str | None = None, commitment: str | None = None, state: str | None = None
    ) -> list[ExcuseRow]:
        """Newest first."""

    def excuse(self, who: Principal, id: str, /) -> ExcuseRow: ...

    def excuse_touches_final(self, row: ExcuseRow, /) -> bool:
        """Whether accepting it would change a period that is final."""

    def excused_by(self, who: Principal, id: str, /) -> list[OccurrenceRow]:
        """What it hides, or would hide."""

    def reviews(self, who: Principal, *, contract: str | None = None) -> list[ReviewRow]:
        """By time."""

    def review(self, who: Principal, id: str, /) -> ReviewRow: ...

    def quarantine(self, who: Principal, *, limit: int = 100, offset: int = 0) -> list[QuarantineRow]: ...

    def count_quarantine(self, who: Principal) -> int: ...

    def unmatched(
        self, who: Principal, *, limit: int = 100, offset: int = 0, aside: bool = False
    ) -> list[UnmatchedRow]:
        """Those that wait, or (`aside`) were put aside."""

    def count_unmatched(self, who: Principal, *, aside: bool = False) -> int: ...

    def unselected(self, who: Principal, *, most: int | None = None) -> list[UnselectedRow]:
        """Events that no contract selects, the most frequent first; among the newest `most` entries what they come near to."""

    def candidates(self, who: Principal, positions: Sequence[int], /) -> dict[int, list[CandidateRow]]:
        """What each event may belong to: what was open when it happened, the nearest first."""

    def settles(self, who: Principal, commitment: str, /) -> bool:
        """Whether they say where its unmatched events belong, or that they belong nowhere."""

    def matchable(self, who: Principal, commitments: Collection[str], /) -> frozenset[str]:
        """Of these, those where they may match an event to what is owed."""

    def matches(self, who: Principal) -> list[MatchRow]:
        """Newest first."""

    def history_weeks(self, zone: str, /) -> list[Week]:
        """The last weeks that anything was received in, ascending."""

    def history_position(self, moment: int, /) -> int:
        """The last position that had been received then."""

    def history_after(self, who: Principal, position: int, limit: int, kind: str, /) -> list[HistoryRow]:
        """The first entries beyond it, newest first."""

    def history_before(
        self, who: Principal, position: int, limit: int, kind: str, text: str, /
    ) -> tuple[list[HistoryRow], int]:
        """The last entries up to it, newest first, and the position to go on from; 0 at the beginning."""

    def figures_believed_at(self, who: Principal, contract: str, position: int, /) -> list[FigureRow]:
        """What was shown then: judged again from the history, cut there."""

    def review_pack(self, who: Principal, id: str, /) -> dict[str, Any]:
        """The pack as JSON; its shape is described in `dashboards.pages.pack`."""


class Deciding(Protocol):
    """What people decide. Each raises an EntenteError that says what is wrong and how to mend it."""

    def sign(self, who: Principal, contract: str, party: Party | None, proposal: int, /) -> object:
        """`proposal`, here and below: which one was read; another one is refused."""

    def refuse(self, who: Principal, contract: str, reason: str, proposal: int, /) -> object: ...

    def comment(self, who: Principal, contract: str, clause: str, text: str, proposal: int, /) -> object: ...

    def withdraw(self, who: Principal, contract: str, proposal: int, /) -> object: ...

    def check_file(self, who: Principal, file: str, language: str, /) -> Applied:
        """What proposing it would do; nothing is stored. Raises DocumentInvalid with every place that is wrong."""

    def propose_file(self, who: Principal, file: str, /) -> Applied:
        """Proposes the contract, or its amendment."""

    def try_file(self, who: Principal, file: str, first: date, last: date, /) -> tuple[list[Compared], list[Proposal]]:
        """Past events judged by it on those local days, beside what really was, and what that suggests."""

    def acknowledge(self, who: Principal, breach: str, /) -> object: ...

    def ask_excuse(
        self,
        who: Principal,
        scope: str,
        /,
        *,
        reason: str,
        text: str,
        keys: Sequence[str],
        since: int | None,
        until: int | None,
        party: Party | None,
    ) -> object:
        """The id of the excuse."""

    def doubts_of_excuse(
        self, who: Principal, scope: str, /, *, reason: str, keys: Sequence[str], since: int | None, until: int | None
    ) -> Sequence[Said]:
        """What who asks for it has to say is right: that nothing is owed of what it names, or not yet."""

    def accept_excuse(self, who: Principal, excuse: str, text: str, /) -> object: ...

    def refuse_excuse(self, who: Principal, excuse: str, text: str, /) -> object: ...

    def dispute_excuse(self, who: Principal, excuse: str, text: str, /) -> object: ...

    def explain_breach(self, who: Principal, breach: str, text: str, /) -> object: ...

    def progress(self, who: Principal, action: str, text: str, /) -> object: ...

    def close(self, who: Principal, action: str, text: str, /) -> object: ...

    def minutes(self, who: Principal, review: str, text: str, /) -> object: ...

    def decide(self, who: Principal, review: str, text: str, /) -> object: ...

    def sign_review(self, who: Principal, review: str, party: Party | None, seen: int | None, /) -> object:
        """`seen`: how many minutes and decisions were read."""

    def retry(self, who: Principal, quarantine: str, /) -> object: ...

    def discard(self, who: Principal, quarantine: str, reason: str, /) -> object: ...

    def set_aside(self, who: Principal, event: int, text: str, /) -> object: ...

    def take_back_aside(self, who: Principal, event: int, text: str, /) -> object: ...

    def match_event(self, who: Principal, event: int, commitment: str, key: str, text: str, /) -> object: ...

    def unmatch(self, who: Principal, match: str, text: str, /) -> object: ...

    def accept_match(self, who: Principal, match: str, text: str, /) -> object: ...

    def refuse_match(self, who: Principal, match: str, text: str, /) -> object: ...
