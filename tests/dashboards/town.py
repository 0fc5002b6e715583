"""A small town's contracts with a year of life, by hand and by a fixed seed: what the pages are tested with."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from domain.durations import Elapsed, NominalDays, WorkingDays, WorkingHours
from domain.terms import (
    CalendarReference,
    Condition,
    Conformity,
    ContractTerms,
    Criterion,
    Deadline,
    Deliverable,
    DueRule,
    KeyRule,
    Party,
    Per,
    Punctuality,
    ReviewRule,
    Rolling,
    Selector,
    Target,
    TargetForm,
    Text,
    Turnaround,
)
from domain.times import from_local, zone
from services.reading.rows import (
    CommitmentRow,
    FigureRow,
    OccurrenceRow,
)
from tests.dashboards.twin import Rows

PARIS = zone("Europe/Paris")
MINUTE, HOUR = 60_000_000, 3_600_000_000
TODAY = date(2026, 11, 17)
NOW = from_local(datetime.combine(TODAY, time(10, 42)), PARIS)
POSITION = 41_872
MISSES = ("late", "missing", "failed")


def at(day: date, hour: int, minute: int = 0) -> int:
    return from_local(datetime.combine(day, time(hour, minute)), PARIS)


def text(en: str, fr: str) -> Text:
    return Text((("en", en), ("fr", fr)))


def target(form: TargetForm, bound: int, per: Per) -> Target:
    return Target(form, Fraction(bound, 100) if form == "at_least" else Fraction(bound), per)


SERVICES = {
    "kitchen": text("Central kitchen", "Cuisine centrale"),
    "education": text("Education", "Éducation"),
    "legal": text("Legal affairs", "Affaires juridiques"),
    "planning": text("Town planning", "Urbanisme"),
    "it": text("IT department", "Systèmes d'information"),
    "hr": text("HR", "Ressources humaines"),
    "sodalis": text("Sodalis (payroll)", "Sodalis (paie)"),
}
PEOPLE = {
    "kitchen": ("marc.olivier", "Marc Olivier"),
    "education": ("nadia.ferrand", "Nadia Ferrand"),
    "legal": ("hakim.benali", "Hakim Benali"),
    "planning": ("claire.roussel", "Claire Roussel"),
    "it": ("anna.martin", "Anna Martin"),
    "hr": ("luc.petit", "Luc Petit"),
    "sodalis": ("ida.blanc", "Ida Blanc"),
}


def selector(type: str) -> Selector:
    return Selector((type,))


def dated(every: str, hour: int, minute: int = 0, tolerance: Elapsed = Elapsed(0)) -> Punctuality:
    return Punctuality(
        selector("meal.delivered"), DueRule(every, (time(hour, minute),)), "skip", KeyRule("data.day"), None, tolerance
    )


def criterion(
    id: str, en: str, fr: str, indicator: Any, *targets: Target, owner: str | None = "marc.olivier"
) -> Criterion:
    return Criterion(id, text(en, fr), owner, indicator, targets, Decimal(1))


def contract(
    id: str,
    title: Text,
    supplier: str,
    client: str,
    deliverables: Sequence[Deliverable],
    *,
    effective: date = date(2026, 1, 1),
) -> ContractTerms:
    return ContractTerms(
        id,
        title,
        supplier,
        client,
        "Europe/Paris",
        date(2025, 11, 1),
        date(2026, 12, 31),
        effective,
        CalendarReference("office-fr"),
        NominalDays(3),
        ReviewRule("FREQ=MONTHLY;BYDAY=1TU", time(14)),
        tuple(deliverables),
    )


def deliverable(
    id: str, en: str, fr: str, *criteria: Criterion, owed_by: Party = "supplier", needs: tuple[str, ...] = ()
) -> Deliverable:
    return Deliverable(id, text(en, fr), owed_by, criteria, needs)


MEALS = contract(
    "school-meals",
    text("School meals", "Restauration scolaire"),
    "kitchen",
    "education",
    [
        deliverable(
            "midday-ferry",
            "Midday meals, Jules-Ferry",
            "Repas de midi, Jules-Ferry",
            criterion(
                "on-time",
                "delivered on time",
                "livrés à l'heure",
                dated("monday, tuesday, thursday, friday", 11, 0, Elapsed(10 * MINUTE)),
                target("at_least", 90, "month"),
            ),
            needs=("headcount",),
        ),
        deliverable(
            "menus",
            "Menus of the month",
            "Menus du mois",
            criterion(
                "on-time",
                "on time",
                "à l'heure",
                dated("FREQ=MONTHLY;BYMONTHDAY=20", 18),
                target("max_misses", 1, "quarter"),
            ),
            criterion(
                "complete",
                "complete",
                "complets",
                Conformity(selector("menu.published"), (("data.missing_days", (Condition("le", 0),)),)),
                target("max_misses", 1, "quarter"),
            ),
        ),
        deliverable(
            "headcount",
            "Headcount of the day",
            "Effectifs du jour",
            criterion(
                "on-time",
                "on time",
                "à l'heure",
                dated("monday, tuesday, thursday, friday", 9, 30),
                target("at_least", 95, "month"),
                target("max_consecutive_misses", 2, "month"),
                owner="nadia.ferrand",
            ),
            owed_by="client",
        ),
    ],
    effective=date(2026, 9, 1),
)
LEGAL = contract(
    "legal-opinions",
    text("Legal opinions on building permits", "Avis juridiques sur les permis de construire"),
    "legal",
    "planning",
    [
        deliverable(
            "opinion",
            "Opinion",
            "Avis",
            criterion(
                "in-ten-days",
                "within 10 working days",
                "rendu en 10 jours ouvrés",
                Turnaround(selector("opinion.asked"), selector("opinion.given"), WorkingDays(10)),
                target("at_least", 90, "month"),
                owner="hakim.benali",
            ),
        ),
        deliverable(
            "file",
            "File of the permit",
            "Dossier du permis",
            criterion(
                "complete",
                "complete when sent",
                "complet à l'envoi",
                Conformity(selector("file.sent"), (("data.missing_parts", (Condition("eq", 0),)),)),
                target("at_least", 95, "month"),
                owner=None,
            ),
            owed_by="client",
        ),
    ],
)
DESK = contract(
    "it-support",
    text("IT support for schools", "Support informatique des écoles"),
    "it",
    "education",
    [
        deliverable(
            "faults",
            "Blocking faults",
            "Pannes bloquantes",
            criterion(
                "fixed",
                "fixed in 4 working hours",
                "réparées en 4 heures ouvrées",
                Turnaround(selector("ticket.opened"), selector("ticket.closed"), WorkingHours(4 * HOUR)),
                target("at_least", 95, "month"),
                owner="anna.martin",
            ),
        ),
        deliverable(
            "orders",
            "Orders",
            "Commandes",
            criterion(
                "by-date",
                "by the promised date",
                "à la date promise",
                Deadline(selector("order.placed"), "data.due", selector("order.delivered")),
                target("at_least", 80, "month"),
                owner="anna.martin",
            ),
        ),
    ],
)
PAYROLL = contract(
    "payroll",
    text("Payroll", "Paie"),
    "sodalis",
    "hr",
    [
        deliverable(
            "slips",
            "Pay slips",
            "Bulletins",
            criterion(
                "on-time",
                "on time",
                "à l'heure",
                dated("last working day of the month", 17),
                target("max_misses", 1, "year"),
                owner="ida.blanc",
            ),
        )
    ],
)
HOSTILE = contract(
    "hostile",
    text("<script>alert(1)</script>", "<script>alert(1)</script>"),
    "hr",
    "it",
    [
        deliverable(
            "staff",
            "<b>Staff</b> & “changes”",
            "<b>Agents</b> & « mouvements »",
            criterion(
                "on-time",
                '"><img src=x onerror=alert(1)>',
                '"><img src=x onerror=alert(1)>',
                dated("monday", 10),
                target("at_least", 90, "month"),
                owner="luc.petit",
            ),
        )
    ],
)


def period_of(day: date, per: Per) -> tuple[str, date, date]:
    if per == "month":
        end = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        return f"{day:%Y-%m}", day.replace(day=1), end
    if per == "quarter":
        first = (day.month - 1) // 3 * 3 + 1
        start = date(day.year, first, 1)
        return f"{day.year}-Q{(first + 2) // 3}", start, date(day.year + (first + 3) // 13, (first + 2) % 12 + 1, 1)
    return str(day.year), date(day.year, 1, 1), date(day.year + 1, 1, 1)


def figure(
    id: str, index: int, target: Target, period: tuple[str, date, date], rows: Sequence[OccurrenceRow]
) -> FigureRow:
    """As the judging counts it, but for segments."""
    counts = {
        name: sum(row.verdict == name for row in rows) for name in ("pending", "met", *MISSES, "excused", "unknown")
    }
    good, misses, to_come = counts["met"], sum(counts[name] for name in MISSES), counts["pending"]
    total, start, until = good + misses, at(period[1], 0), at(period[2], 0)
    is_over = until <= NOW
    left = _misses_left(target, good, misses, to_come)
    status = "breached" if left < 0 else "open" if not is_over or to_come else "met" if total else "no_data"
    outlook = ("lost" if left < 0 else "tight" if left == 0 and to_come else "safe") if not is_over else None
    raw = (good, total + counts["excused"])
    return FigureRow(
        id,
        index,
        period[0],
        "final" if is_over else "open",
        start,
        until,
        counts,
        sum(counts.values()),
        total,
        raw,
        (good, total),
        f"{good / total:.4f}" if total else None,
        str(target),
        status,
        outlook,
        (),
        None,
        (),
        POSITION,
        NOW,
        max(0, left),
    )


def _misses_left(target: Target, good: int, misses: int, to_come: int) -> int:
    if target.form != "at_least":
        return int(target.bound) - misses
    return int((1 - target.bound) * (good + misses + to_come)) - misses


def life(
    id: str, days: Sequence[date], hour: int, per: Per, odds: Sequence[tuple[str, float]], seed: int
) -> list[OccurrenceRow]:
    """One occurrence a day, with verdicts by these odds; from today on they are to come."""
    chance, rows = random.Random(seed), []
    for n, day in enumerate(days):
        due = at(day, hour)
        verdict = "pending" if due > NOW else _drawn(chance, odds)
        late = {"met": -chance.randint(2, 40), "late": chance.randint(11, 90), "excused": 34}.get(verdict)
        closed = None if late is None else due + late * MINUTE + 8_000_000
        is_today = day == TODAY and verdict == "pending"
        evidence = () if verdict in ("pending", "missing") else (POSITION - 40 * (len(days) - n),)
        rows.append(
            OccurrenceRow(
                id,
                day.isoformat(),
                period_of(day, per)[0],
                due,
                due + 10 * MINUTE,
                closed,
                None,
                verdict,
                2,
                (),
                None,
                is_today,
                evidence,
            )
        )
    return rows


def _drawn(chance: random.Random, odds: Sequence[tuple[str, float]]) -> str:
    place = chance.random()
    for name, share in odds:
        place -= share
        if place < 0:
            return name
    return "met"


def days(first: date, last: date, weekdays: Sequence[int]) -> list[date]:
    every = (first + timedelta(n) for n in range((last - first).days + 1))
    closed = {(12, 25), (12, 26), (1, 1), (5, 1), (7, 14), (11, 11)}
    return [
        day
        for day in every
        if day.weekday() in weekdays and day.month not in (7, 8) and (day.month, day.day) not in closed
    ]


def cases(id: str, many: int, odds: Sequence[tuple[str, float]], seed: int) -> list[OccurrenceRow]:
    """Tickets spread over a year."""
    chance, rows = random.Random(seed), []
    first = at(date(2025, 11, 3), 9)
    for n in range(many):
        opened = first + int((NOW - first) * n / many)
        due = opened + 30 * HOUR
        verdict = "pending" if due > NOW else _drawn(chance, odds)
        closed = (
            None
            if verdict in ("pending", "missing")
            else due + (chance.randint(1, 20) * HOUR if verdict == "late" else -chance.randint(1, 25) * HOUR)
        )
        day = datetime.fromtimestamp(due / 1_000_000, PARIS).date()
        rows.append(
            OccurrenceRow(
                id,
                f"INC-{10_000 + n}",
                period_of(day, "month")[0],
                due,
                due,
                closed,
                opened,
                verdict,
                1,
                (),
                None,
                verdict == "pending" and n % 7 == 0,
                (n + 5, n + 9),
            )
        )
    return rows


def commitment(
    rows: Rows, terms: ContractTerms, owed: Deliverable, one: Criterion, occurrences: list[OccurrenceRow]
) -> None:
    id = f"{terms.id}/{owed.id}/{one.id}"
    rows.occurrence_rows[id] = occurrences
    current = []
    now_per = one.targets[0].per
    assert not isinstance(now_per, Rolling)
    for index, wanted in enumerate(one.targets):
        assert not isinstance(wanted.per, Rolling)
        spans = {period_of(_day(row), wanted.per)[0]: period_of(_day(row), wanted.per) for row in occurrences}
        if wanted.per == "month":
            for month in range(-1, 11):
                day = date(2026 if month >= 0 else 2025, month % 12 + 1, 5) if month >= 0 else date(2025, 12, 5)
                spans.setdefault(period_of(day, "month")[0], period_of(day, "month"))
        now = period_of(TODAY, wanted.per)
        spans.setdefault(now[0], now)
        grouped: dict[str, list[OccurrenceRow]] = {}
        for row in occurrences:
            grouped.setdefault(period_of(_day(row), wanted.per)[0], []).append(row)
        figures = [
            figure(id, index, wanted, span, grouped.get(span[0], []))
            for span in sorted(spans.values(), key=lambda span: span[1])
        ]
        rows.figure_rows += figures
        current += [one for one in figures if one.period == now[0]]
    ahead = [row.due for row in occurrences if row.verdict == "pending" and row.due]
    rows.commitment_rows.append(
        CommitmentRow(
            id,
            terms.id,
            terms.debtor(owed),
            terms.creditor(owed),
            terms,
            owed,
            one,
            tuple(current),
            min(ahead, default=None),
            len(ahead),
            sum(row.verdict == "missing" and row.period == period_of(TODAY, now_per)[0] for row in occurrences),
            sum(row.at_risk for row in occurrences),
            0,
            0,
            0,
            NOW - 40 * HOUR if occurrences else None,
            one.owner is not None,
            None if one.owner else "no owner",
        )
    )


def _day(row: OccurrenceRow) -> date:
    return datetime.fromtimestamp((row.due or NOW) / 1_000_000, PARIS).date()
