"""Rows made by hand, for what is made of rows alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from fractions import Fraction

from domain.durations import Elapsed
from domain.terms import (
    ContractTerms,
    Criterion,
    Deliverable,
    DueRule,
    Punctuality,
    Selector,
    Target,
    Text,
)
from services.contracts.rows import ContractRow, State
from services.figures.rows import CommitmentRow, FigureRow

SECOND = 1_000_000
NOON = 1_773_144_000 * SECOND
"""2026-03-10T12:00:00Z."""

QUARTERLY = Target("at_least", Fraction(95, 100), "quarter")
WAITING = Target("at_most", Fraction(180 * SECOND), "month", "time")
MONTHLY_MISSES = Target("max_misses", Fraction(1), "month")


def text(words: str) -> Text:
    return Text((("", words),))


def counts(**some: int) -> dict[str, int]:
    verdicts = ("pending", "met", "late", "missing", "failed", "excused", "unknown")
    return {verdict: some.get(verdict, 0) for verdict in verdicts}


def figure(commitment: str, target: Target = QUARTERLY, index: int = 0) -> FigureRow:
    """8 of 9 judged, one excused, three to come: below 95 %, so breached."""
    return FigureRow(
        commitment=commitment,
        target_index=index,
        period="2026-Q1",
        state="open",
        start=NOON - 60 * 86400 * SECOND,
        until=NOON + 30 * 86400 * SECOND,
        counts=counts(pending=3, met=8, late=1, excused=1),
        expected=13,
        judged=9,
        raw=(8, 10),
        adjusted=(8, 9),
        value="0.8889",
        target=str(target),
        status="breached",
        outlook="lost",
        segments=(),
        final=None,
        causes=(),
        position=41872,
        watermark=NOON,
        misses_left=0,
        exact=Fraction(8, 9),
    )


def contract_terms(
    contract: str, title: str, targets: tuple[Target, ...], *, each_miss: bool = False, criterion_title: str = ""
) -> ContractTerms:
    criterion = Criterion(
        id="on-time",
        title=text(criterion_title),
        owner="anna.martin",
        indicator=Punctuality(
            delivered=Selector(("report.delivered",)), due=DueRule("monday", (time(10),)), early=Elapsed(SECOND)
        ),
        targets=targets,
        each_miss_is_breach=each_miss,
    )
    return ContractTerms(
        id=contract,
        title=text(title),
        supplier="sales",
        client="marketing",
        timezone="Europe/Paris",
        valid_from=date(2026, 1, 1),
        valid_until=None,
        effective=date(2026, 1, 1),
        calendar=None,
        late_data=Elapsed(0),
        review=None,
        deliverables=(Deliverable("weekly-sales", text(f"{title}, weekly"), "supplier", (criterion,)),),
    )


def contract_row(terms: ContractTerms, state: State = "in force") -> ContractRow:
    return ContractRow(
        id=terms.id,
        title=terms.title,
        supplier=terms.supplier,
        client=terms.client,
        state=state,
        timezone=terms.timezone,
        valid_from=terms.valid_from,
        valid_until=terms.valid_until,
        versions=(),
        next_review=None,
        terms=terms,
    )


def commitment_row(
    contract: str = "sales-to-marketing",
    title: str = "Sales figures",
    targets: tuple[Target, ...] = (QUARTERLY,),
    *,
    each_miss: bool = False,
    criterion_title: str = "",
) -> CommitmentRow:
    terms = contract_terms(contract, title, targets, each_miss=each_miss, criterion_title=criterion_title)
    deliverable = terms.deliverables[0]
    identity = f"{contract}/{deliverable.id}/on-time"
    return CommitmentRow(
        id=identity,
        contract=contract,
        debtor=terms.debtor(deliverable),
        creditor=terms.creditor(deliverable),
        terms=terms,
        deliverable=deliverable,
        criterion=deliverable.criteria[0],
        current=tuple(figure(identity, target, index) for index, target in enumerate(targets)),
        next_due=NOON + 5 * 86400 * SECOND,
        pending=3,
        overdue=0,
        at_risk=1,
        breaches_open=2,
        actions_open=3,
        actions_overdue=1,
        last_event=NOON - 86400 * SECOND,
        is_monitored=True,
    )


def with_figure(row: CommitmentRow, changed: FigureRow) -> CommitmentRow:
    return replace(row, current=(changed,))
