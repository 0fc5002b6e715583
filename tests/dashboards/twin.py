"""In-memory twins of what services give the pages: hand-made rows behind the same methods."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar, cast

from dashboards.pages.ports import Deciding, Reading
from domain.excuses import is_within
from domain.figures import Status
from domain.occurrences import Verdict
from domain.saying import Said
from domain.scores import Part, score_of
from domain.slicing import BY_TIME, time_group
from domain.terms import CalendarTerms, Party, Target
from domain.times import local_date, zone
from services.access import Principal
from services.contract_files import calendar_terms, check_contract, contract_terms, read_documents
from services.contracting import Applied
from services.errors import DocumentInvalid, NotFound, Refused
from services.knowing import Directory, unknown_names
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
from services.reading.slice_rows import SliceRow, Sums
from services.reading.trying import Compared
from services.reading.unselected import UnselectedRow

Row = TypeVar("Row")


def _is_open(row: OccurrenceRow) -> bool:
    return row.verdict in ("pending", "missing", "failed")


def _part(row: CommitmentRow, figures: list[FigureRow]) -> Part:
    statuses = tuple(cast(Status, one.status) for one in figures)
    return Part(row.id, row.criterion.weight, statuses, row.criterion.when_no_data)


COUNTED = Target("max_misses", Fraction(0), "month")
"""What no value is compared with."""


@dataclass
class Rows(Reading):
    """All rows; a member sees those of contracts that its services are in."""

    position: int = 0
    watermark: int | None = None
    service_rows: dict[str, ServiceRow] = field(default_factory=dict)
    source_rows: list[SourceRow] = field(default_factory=list)
    awaited_rows: list[Awaited] = field(default_factory=list)
    calendar_rows: list[CalendarRow] = field(default_factory=list)
    contract_rows: list[ContractRow] = field(default_factory=list)
    commitment_rows: list[CommitmentRow] = field(default_factory=list)
    figure_rows: list[FigureRow] = field(default_factory=list)
    rolling_rows: list[FigureRow] = field(default_factory=list)
    occurrence_rows: dict[str, list[OccurrenceRow]] = field(default_factory=dict)
    breach_rows: list[BreachRow] = field(default_factory=list)
    action_rows: list[ActionRow] = field(default_factory=list)
    excuse_rows: list[ExcuseRow] = field(default_factory=list)
    review_rows: list[ReviewRow] = field(default_factory=list)
    quarantine_rows: list[QuarantineRow] = field(default_factory=list)
    unmatched_rows: list[UnmatchedRow] = field(default_factory=list)
    candidate_rows: list[CandidateRow] = field(default_factory=list)
    match_rows: list[MatchRow] = field(default_factory=list)
    explanations: dict[tuple[str, str], ExplanationRow] = field(default_factory=dict)
    week_rows: list[Week] = field(default_factory=list)
    history_rows: list[HistoryRow] = field(default_factory=list)
    believed_rows: list[FigureRow] = field(default_factory=list)
    packs: dict[str, dict[str, Any]] = field(default_factory=dict)

    def one_state(self) -> AbstractContextManager[None]:
        return nullcontext()

    def known(self) -> Known:
        return Known(self.position, self.watermark)

    def services(self, who: Principal) -> dict[str, ServiceRow]:
        return self.service_rows

    def sources(self, who: Principal) -> list[SourceRow]:
        return self.source_rows

    def awaited(self, who: Principal) -> list[Awaited]:
        return self.awaited_rows

    def calendars(self, who: Principal, now: int | None, /) -> list[CalendarRow]:
        return self.calendar_rows

    def contracts(self, who: Principal) -> list[ContractRow]:
        return [row for row in self.contract_rows if who.sees(row.supplier, row.client)]

    def contract(self, who: Principal, id: str, /) -> ContractRow:
        return _the([row for row in self.contracts(who) if row.id == id], id)

    def commitments(self, who: Principal, contract: str | None = None, /) -> list[CommitmentRow]:
        rows = [row for row in self.commitment_rows if who.sees(row.debtor, row.creditor)]
        return [row for row in rows if contract in (None, row.contract)]

    def commitment(self, who: Principal, id: str, /) -> CommitmentRow:
        return _the([row for row in self.commitments(who) if row.id == id], id)

    def figures(
        self, who: Principal, *, contract: str | None = None, commitment: str | None = None, period: str | None = None
    ) -> list[FigureRow]:
        seen = {row.id for row in self.commitments(who, contract)}
        rows = [row for row in self.figure_rows if row.commitment in seen]
        return [row for row in rows if commitment in (None, row.commitment) and period in (None, row.period)]

    def rolling_trend(self, who: Principal, commitment: str, /) -> list[FigureRow]:
        self.commitment(who, commitment)
        return [row for row in self.rolling_rows if row.commitment == commitment]

    def scores(self, who: Principal, contract: str, /) -> list[ScoreRow]:
        rows = {row.id: row for row in self.commitments(who, contract)}
        found: dict[tuple[str, int, int | None], dict[str, list[FigureRow]]] = {}
        for figure in self.figures(who, contract=contract):
            held = found.setdefault((figure.period, figure.start, figure.until), {})
            held.setdefault(figure.commitment, []).append(figure)
        scores = []
        for (period, start, until), held in sorted(found.items(), key=lambda item: item[0][1]):
            parts = [_part(rows[id], figures) for id, figures in sorted(held.items())]
            scores.append(ScoreRow(period, start, until, score_of(parts), {}, tuple(parts)))
        return scores

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
        figures = self.figures(who, contract=contract, commitment=commitment, period=period)
        found: dict[tuple[int, str | None], SliceRow] = {}
        for place, figure in enumerate(figures):
            for row in self.occurrence_rows.get(figure.commitment, []):
                if row.period == figure.period and row.due is not None:
                    group = time_group(by, row.due, zone("Europe/Paris")) if by in BY_TIME else None
                    cut = found.setdefault((place, group), SliceRow(figure, by, group, Sums(), COUNTED))
                    cut.tally.counts[Verdict(row.verdict)] += 1
        return list(found.values())

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
        rows = [
            row
            for row in self.occurrence_rows.get(self.commitment(who, commitment).id, [])
            if period in (None, row.period) and verdict in (None, row.verdict)
        ]
        return rows[offset:] if limit is None else rows[offset : offset + limit]

    def occurrences_between(
        self, who: Principal, commitments: Sequence[str], since: int, until: int, /, *, settled: tuple[int, int]
    ) -> dict[str, list[OccurrenceRow]]:
        return {
            id: [
                row
                for row in self.occurrences(who, id)
                if row.due is not None
                and (since <= row.due < until if _is_open(row) else settled[0] <= row.due < settled[1])
            ]
            for id in commitments
        }

    def verdicts_between(
        self, who: Principal, commitments: Sequence[str], since: int, until: int, /, *, opened_since: int
    ) -> list[tuple[int, str]]:
        return [
            (row.due, row.verdict)
            for id in commitments
            for row in self.occurrences(who, id)
            if row.due is not None and since <= row.due < until and not _is_open(row)
        ]

    def occurrences_named(self, who: Principal, keys: Sequence[str], /) -> list[OccurrenceRow]:
        seen = {row.id for row in self.commitments(who)}
        return [one for id, rows in self.occurrence_rows.items() if id in seen for one in rows if one.key in keys]

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
        rows = self.occurrences(who, commitment, period=period, verdict=verdict)
        keys = [row.key for row in rows]
        return keys.index(through) + 1 if through in keys else 0 if through else len(rows)

    def pressing(
        self, who: Principal, commitments: Sequence[str], /, *, missing_since: int, due_before: int
    ) -> dict[str, list[OccurrenceRow]]:
        return {
            id: [
                row
                for row in self.occurrences(who, id)
                if (row.verdict == "missing" and (row.due or 0) >= missing_since)
                or (row.verdict == "pending" and row.at_risk and (row.due or 0) < due_before)
            ]
            for id in commitments
        }

    def explain_figure(self, who: Principal, commitment: str, period: str | None = None, /) -> list[FigureExplanation]:
        rows = self.figures(who, commitment=commitment, period=period)[:1]
        return [FigureExplanation(row, (), (), 0, 0, Fraction(0), "punctuality") for row in rows]

    def explain(self, who: Principal, commitment: str, key: str, /) -> ExplanationRow:
        occurrence = _the([row for row in self.occurrences(who, commitment) if row.key == key], key)
        return self.explanations.get((commitment, key)) or ExplanationRow(
            occurrence, occurrence.version, {}, None, None, None, None
        )

    def breaches(
        self, who: Principal, *, contract: str | None = None, commitment: str | None = None, state: str | None = None
    ) -> list[BreachRow]:
        return [row for row in self.breach_rows if self._fits(who, row, contract, commitment, state)]

    def unexplained(
        self, who: Principal, commitments: Collection[str], /, *, most: int
    ) -> tuple[list[tuple[BreachRow, int]], int]:
        found: dict[str, list[BreachRow]] = {}
        for row in sorted(self.breaches(who, state="open"), key=lambda one: (one.opened_position, one.id)):
            if row.commitment in commitments and not row.explanations and who.acts_for(row.debtor):
                found.setdefault(row.commitment, []).append(row)
        newest = sorted(found.values(), key=lambda rows: (-rows[-1].opened_position, rows[-1].commitment))
        return [(rows[-1], len(rows)) for rows in newest[:most]], len(newest)

    def breach(self, who: Principal, id: str, /) -> BreachRow:
        return _the([row for row in self.breaches(who) if row.id == id], id)

    def actions(
        self, who: Principal, *, contract: str | None = None, commitment: str | None = None, state: str | None = None
    ) -> list[ActionRow]:
        return [row for row in self.action_rows if self._fits(who, row, contract, commitment, state)]

    def overdue(self, who: Principal, commitments: Collection[str], /, *, most: int) -> tuple[list[ActionRow], int]:
        found = [
            row
            for row in self.actions(who, state="open")
            if row.is_overdue and row.commitment in commitments and who.acts_for(row.owner)
        ]
        return found[:most], len(found)

    def action(self, who: Principal, id: str, /) -> ActionRow:
        return _the([row for row in self.actions(who) if row.id == id], id)

    def excuses(
        self, who: Principal, *, contract: str | None = None, commitment: str | None = None, state: str | None = None
    ) -> list[ExcuseRow]:
        return [
            row
            for row in self.excuse_rows
            if who.sees(row.supplier, row.client)
            and contract in (None, row.contract)
            and (commitment is None or is_within(row.scope, commitment))
            and state in (None, row.state)
        ]

    def excuse(self, who: Principal, id: str, /) -> ExcuseRow:
        return _the([row for row in self.excuses(who) if row.id == id], id)

    def excuse_touches_final(self, row: ExcuseRow, /) -> bool:
        return False

    def excused_by(self, who: Principal, id: str, /) -> list[OccurrenceRow]:
        row = self.excuse(who, id)
        return [one for one in self.occurrence_rows.get(row.scope, []) if one.key in row.keys]

    def _fits(
        self,
        who: Principal,
        row: BreachRow | ActionRow,
        contract: str | None,
        commitment: str | None,
        state: str | None,
    ) -> bool:
        seen = {one.id for one in self.commitments(who, contract)}
        return row.commitment in seen and commitment in (None, row.commitment) and state in (None, row.state)

    def reviews(self, who: Principal, *, contract: str | None = None) -> list[ReviewRow]:
        seen = {row.id for row in self.contracts(who)}
        rows = [row for row in self.review_rows if row.contract in seen and contract in (None, row.contract)]
        return sorted(rows, key=lambda row: row.starts)

    def review(self, who: Principal, id: str, /) -> ReviewRow:
        return _the([row for row in self.reviews(who) if row.id == id], id)

    def quarantine(self, who: Principal, *, limit: int = 100, offset: int = 0) -> list[QuarantineRow]:
        return self.quarantine_rows[offset : offset + limit]

    def count_quarantine(self, who: Principal) -> int:
        return len(self.quarantine_rows)

    def unmatched(
        self, who: Principal, *, limit: int = 100, offset: int = 0, aside: bool = False
    ) -> list[UnmatchedRow]:
        return [row for row in self.unmatched_rows if bool(row.asides) == aside][offset : offset + limit]

    def count_unmatched(self, who: Principal, *, aside: bool = False) -> int:
        return len(self.unmatched(who, limit=2**31, aside=aside))

    def unselected(self, who: Principal, *, most: int | None = None) -> list[UnselectedRow]:
        return []

    def settles(self, who: Principal, commitment: str, /) -> bool:
        return any(row.id == commitment and who.acts_for(row.debtor) for row in self.commitments(who))

    def matchable(self, who: Principal, commitments: Collection[str], /) -> frozenset[str]:
        return frozenset(one for one in commitments if self.settles(who, one))

    def candidates(self, who: Principal, positions: Sequence[int], /) -> dict[int, list[CandidateRow]]:
        return dict.fromkeys(positions, self.candidate_rows)

    def matches(self, who: Principal) -> list[MatchRow]:
        return self.match_rows

    def history_weeks(self, zone: str, /) -> list[Week]:
        return self.week_rows

    def history_position(self, moment: int, /) -> int:
        return max((row.position for row in self.history_rows if (row.received or 0) <= moment), default=0)

    def history_after(self, who: Principal, position: int, limit: int, kind: str, /) -> list[HistoryRow]:
        rows = [row for row in self.history_rows if row.position > position and kind in ("", row.kind)]
        return list(reversed(rows[:limit]))

    def history_before(
        self, who: Principal, position: int, limit: int, kind: str, text: str, /
    ) -> tuple[list[HistoryRow], int]:
        rows = [row for row in self.history_rows if row.position <= position and kind in ("", row.kind)]
        rows = [row for row in rows if text.casefold() in f"{row.subject} {row.text}".casefold()][::-1]
        return rows[:limit], rows[limit - 1].position - 1 if len(rows) > limit else 0

    def figures_believed_at(self, who: Principal, contract: str, position: int, /) -> list[FigureRow]:
        self.contract(who, contract)
        return self.believed_rows

    def review_pack(self, who: Principal, id: str, /) -> dict[str, Any]:
        return self.packs[self.review(who, id).id]


def _calendars() -> dict[str, CalendarTerms]:
    """Those of the samples."""
    text = (Path(__file__).parents[2] / "deploy" / "samples" / "calendars.yaml").read_text("utf-8")
    return {one.id: one for one in map(calendar_terms, read_documents(text, "calendars"))}


def _day(instant: int) -> date:
    return local_date(instant, zone("Europe/Paris"))


def _the(rows: list[Row], id: str) -> Row:
    if not rows:
        raise NotFound(f"there is no {id}")
    return rows[0]


@dataclass
class Decisions(Deciding):
    """Remembers what was decided; a text that says `no` is refused."""

    rows: Rows
    done: list[tuple[str, str, str, str]] = field(default_factory=list)
    known: Directory = field(default_factory=lambda: Directory({}))
    doubted: Sequence[Said] = ()

    def _note(self, verb: str, who: Principal, id: str, text: str = "") -> None:
        if text == "no":
            raise Refused(f"{id} cannot take that", mend="say something else")
        self.done.append((verb, str(who), id, text))

    def sign(self, who: Principal, contract: str, party: Party | None, proposal: int, /) -> None:
        self._note(f"sign {party or ''}".strip(), who, contract)

    def refuse(self, who: Principal, contract: str, reason: str, proposal: int, /) -> None:
        self._note("refuse", who, contract, reason)

    def comment(self, who: Principal, contract: str, clause: str, text: str, proposal: int, /) -> None:
        self._note(f"comment {clause}".strip(), who, contract, text)

    def withdraw(self, who: Principal, contract: str, proposal: int, /) -> None:
        self._note("withdraw", who, contract)

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
    ) -> str:
        extent = ",".join(keys) or f"{since}..{until}"
        self._note(" ".join(["ask", reason, extent, party or ""]).strip(), who, scope, text)
        return "e-1"

    def doubts_of_excuse(
        self, who: Principal, scope: str, /, *, reason: str, keys: Sequence[str], since: int | None, until: int | None
    ) -> Sequence[Said]:
        return self.doubted

    def check_file(self, who: Principal, file: str, language: str, /) -> Applied:
        [document] = read_documents(file, "contract")
        if problems := check_contract(document, _calendars()):
            raise DocumentInvalid(problems)
        warnings = unknown_names(contract_terms(document), None, self.known)
        changes = ("the report comes earlier",)
        return Applied("contract", str(document.tree["contract"]), "proposed", 4, changes, warnings=warnings)

    def propose_file(self, who: Principal, file: str, /) -> Applied:
        applied = self.check_file(who, file, "en")
        self._note("propose", who, applied.id, file)
        return applied

    def try_file(self, who: Principal, file: str, first: date, last: date, /) -> tuple[list[Compared], list[Proposal]]:
        self.check_file(who, file, "en")
        now = [row for row in self.rows.figure_rows if first <= _day(row.start) <= last][:3]
        return [Compared(row, row.commitment, row, True) for row in now], []

    def accept_excuse(self, who: Principal, excuse: str, text: str, /) -> None:
        self._note("accept", who, self.rows.excuse(who, excuse).id, text)

    def refuse_excuse(self, who: Principal, excuse: str, text: str, /) -> None:
        self._note("refuse", who, self.rows.excuse(who, excuse).id, text)

    def dispute_excuse(self, who: Principal, excuse: str, text: str, /) -> None:
        self._note("dispute", who, self.rows.excuse(who, excuse).id, text)

    def acknowledge(self, who: Principal, breach: str, /) -> None:
        who.require(self.rows.breach(who, breach).debtor, "to acknowledge")
        self._note("acknowledge", who, breach)

    def explain_breach(self, who: Principal, breach: str, text: str, /) -> None:
        self._note("explain", who, breach, text)
        self.rows.breach_rows = [
            replace(row, explanations=(*row.explanations, (str(who), self.rows.watermark or 0, text)))
            if row.id == breach
            else row
            for row in self.rows.breach_rows
        ]

    def progress(self, who: Principal, action: str, text: str, /) -> None:
        self._note("progress", who, action, text)

    def close(self, who: Principal, action: str, text: str, /) -> None:
        self._note("close", who, action, text)

    def minutes(self, who: Principal, review: str, text: str, /) -> None:
        self._note("minutes", who, review, text)

    def decide(self, who: Principal, review: str, text: str, /) -> None:
        self._note("decide", who, review, text)

    def sign_review(self, who: Principal, review: str, party: Party | None, seen: int | None, /) -> None:
        self._note(f"sign review {party or ''}".strip(), who, review)

    def retry(self, who: Principal, quarantine: str, /) -> None:
        self._note("retry", who, quarantine)

    def discard(self, who: Principal, quarantine: str, reason: str, /) -> None:
        self._note("discard", who, quarantine, reason)

    def set_aside(self, who: Principal, event: int, text: str, /) -> None:
        self._note("set aside", who, str(event), text)

    def take_back_aside(self, who: Principal, event: int, text: str, /) -> None:
        self._note("take back aside", who, str(event), text)

    def match_event(self, who: Principal, event: int, commitment: str, key: str, text: str, /) -> None:
        self._note(f"match {commitment} {key}", who, str(event), text)

    def unmatch(self, who: Principal, match: str, text: str, /) -> None:
        self._note("unmatch", who, match, text)

    def accept_match(self, who: Principal, match: str, text: str, /) -> None:
        self._note("accept", who, match, text)

    def refuse_match(self, who: Principal, match: str, text: str, /) -> None:
        self._note("refuse", who, match, text)
