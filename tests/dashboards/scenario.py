"""The town as rows: contracts with versions, breaches, actions, reviews, a pack, and what waits in quarantine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from domain.terms import ContractTerms
from services.reading.history_rows import HistoryRow, Week
from services.reading.outside_rows import CalendarRow, SourceRow
from services.reading.rows import (
    ActionRow,
    AnswerRow,
    AsideRow,
    BreachRow,
    CandidateRow,
    CommentRow,
    ContractRow,
    ExcuseRow,
    ExplanationRow,
    MatchRow,
    OccurrenceRow,
    QuarantineRow,
    ReviewRow,
    ServiceRow,
    SignatureRow,
    UnmatchedRow,
    VersionRow,
)
from tests.dashboards.packs import legal_pack
from tests.dashboards.town import (
    DESK,
    HOSTILE,
    LEGAL,
    MEALS,
    MINUTE,
    NOW,
    PAYROLL,
    PEOPLE,
    POSITION,
    SERVICES,
    TODAY,
    at,
    cases,
    commitment,
    days,
    life,
)
from tests.dashboards.twin import Rows

MEALS_ON_TIME = "school-meals/midday-ferry/on-time"
FAULTS = "it-support/faults/fixed"
HOSTILE_ON_TIME = "hostile/staff/on-time"
HOUR = 60 * MINUTE
START, END = date(2025, 11, 3), date(2026, 11, 27)
OFTEN = (("late", 0.045), ("missing", 0.012), ("excused", 0.03))
SELDOM = (("late", 0.006), ("excused", 0.01))


def town(faults: int = 600) -> Rows:
    """A year of the town, seen on a November morning."""
    rows = Rows(POSITION, NOW)
    rows.week_rows = [
        Week(NOW - n * 7 * 24 * HOUR, NOW - (n - 1) * 7 * 24 * HOUR, 40 + n % 7, POSITION - n * 100)
        for n in range(52, -1, -1)
    ]
    rows.history_rows = history()
    rows.service_rows = {
        id: ServiceRow(id, title, id == "sodalis", None, ((PEOPLE[id][0], PEOPLE[id][1], ""),))
        for id, title in SERVICES.items()
    }
    school = days(START, END, (0, 1, 3, 4))
    _add(rows, MEALS, "midday-ferry", "on-time", life(MEALS_ON_TIME, school, 11, "month", OFTEN, 3))
    twentieths = [date(2025, 11, 20), date(2025, 12, 20), *(date(2026, month, 20) for month in range(1, 13))]
    _add(
        rows,
        MEALS,
        "menus",
        "on-time",
        life("school-meals/menus/on-time", twentieths, 18, "quarter", (("late", 0.2),), 8),
    )
    checks = [day for day in twentieths if day < TODAY]
    _add(
        rows,
        MEALS,
        "menus",
        "complete",
        life("school-meals/menus/complete", checks, 18, "quarter", (("failed", 0.3),), 5),
    )
    _add(rows, MEALS, "headcount", "on-time", life("school-meals/headcount/on-time", school, 9, "month", SELDOM, 9))
    _add(
        rows,
        LEGAL,
        "opinion",
        "in-ten-days",
        cases("legal-opinions/opinion/in-ten-days", 290, (("late", 0.05), ("excused", 0.03)), 4),
    )
    _add(rows, LEGAL, "file", "complete", [])
    _add(rows, DESK, "faults", "fixed", cases(FAULTS, faults, (("late", 0.025), ("missing", 0.01)), 12))
    _add(rows, DESK, "orders", "by-date", cases("it-support/orders/by-date", 90, (("late", 0.1),), 21))
    ends = [date(2025 + (10 + n) // 12, (10 + n) % 12 + 1, 27) for n in range(14)]
    _add(rows, PAYROLL, "slips", "on-time", life("payroll/slips/on-time", ends, 17, "year", (("late", 0.1),), 2))
    mondays = days(START, END, (0,))
    _add(rows, HOSTILE, "staff", "on-time", life(HOSTILE_ON_TIME, mondays, 10, "month", (("late", 0.03),), 6))
    rows.contract_rows = [_meals(), *(_contract(terms) for terms in (LEGAL, DESK, PAYROLL, HOSTILE))]
    _decided(rows)
    _explained(rows)
    _queues(rows)
    _around(rows)
    rows.packs = {"legal-opinions@2026-11-10": legal_pack()}
    return rows


def _add(rows: Rows, terms: ContractTerms, deliverable: str, criterion: str, life: list[OccurrenceRow]) -> None:
    [owed] = [one for one in terms.deliverables if one.id == deliverable]
    [one] = [one for one in owed.criteria if one.id == criterion]
    commitment(rows, terms, owed, one, life)


def _version(
    terms: ContractTerms, number: int, state: str, effective: date, *signers: str, differences: tuple[str, ...] = ()
) -> VersionRow:
    signed = tuple(
        SignatureRow(
            "supplier" if service == terms.supplier else "client",
            service,
            f"{service}/{PEOPLE[service][0]}",
            at(effective - timedelta(days=12), 10),
        )
        for service in signers
    )
    return VersionRow(
        number,
        state,
        effective,
        replace(terms, effective=effective),
        "entente: 1\ncontract: " + terms.id,
        f"{terms.supplier}/{PEOPLE[terms.supplier][0]}",
        at(effective - timedelta(days=15), 9),
        12 * number,
        signed,
        (),
        differences,
    )


def _contract(terms: ContractTerms) -> ContractRow:
    version = _version(terms, 1, "in force", date(2026, 1, 1), terms.supplier, terms.client)
    return ContractRow(
        terms.id,
        terms.title,
        terms.supplier,
        terms.client,
        "in force",
        terms.timezone,
        terms.valid_from,
        terms.valid_until,
        (version,),
        at(date(2026, 12, 1), 14),
        terms,
    )


def _meals() -> ContractRow:
    first = _version(MEALS, 1, "past", date(2025, 11, 1), "kitchen", "education")
    second = _version(
        MEALS,
        2,
        "in force",
        date(2026, 9, 1),
        "kitchen",
        "education",
        differences=("midday-ferry on-time: target at_least 85 % → at_least 90 %",),
    )
    third = _version(
        MEALS,
        3,
        "proposed",
        date(2026, 12, 1),
        "kitchen",
        differences=("menus on-time: due 18:00 → 17:00", "headcount on-time: due 09:30 → 09:15"),
    )
    comment = CommentRow(
        "deliverables.headcount.on-time",
        "The buses arrive at 9:10.\nA quarter past is too early.",
        "education/nadia.ferrand",
        NOW - 20 * 60 * MINUTE,
    )
    third = replace(third, comments=(comment,))
    return replace(_contract(MEALS), versions=(first, second, third))


def _decided(rows: Rows) -> None:
    late = [row for row in rows.occurrence_rows[MEALS_ON_TIME] if row.verdict in ("late", "missing")][-2:]
    refused = AnswerRow("refused", "client", "schools/ines", late[0].limit or 0, "We were open.")
    asked = ExcuseRow(
        "e-1",
        MEALS_ON_TIME,
        "kitchen",
        "schools",
        (late[0].key,),
        None,
        None,
        "client-fault",
        "The school was closed.",
        (40_600,),
        "supplier",
        "asked",
        "kitchen/paul",
        late[0].limit or 0,
        40_710,
    )
    disputed = AnswerRow("disputed", "supplier", "kitchen/paul", late[0].limit or 0, "It was not.")
    rows.excuse_rows = [
        asked,
        replace(
            asked,
            id="e-2",
            keys=(),
            since=late[0].limit,
            until=late[1].limit,
            scope="school-meals",
            reason="other",
            answers=(refused,),
            state="refused",
        ),
        replace(
            asked, id="e-3", keys=(late[1].key,), state="disputed", answers=(refused, disputed), asked_by="entente"
        ),
    ]
    rows.breach_rows = [
        BreachRow(
            "b-2026-031",
            MEALS_ON_TIME,
            late[0].period,
            late[0].verdict,
            late[0].key,
            None,
            "open",
            40_702,
            late[0].limit,
            "kitchen",
            "a-14",
        ),
        BreachRow(
            "b-2026-032",
            "legal-opinions/opinion/in-ten-days",
            "2026-10",
            "target-lost",
            None,
            0,
            "open",
            40_911,
            NOW - 9 * 24 * 60 * MINUTE,
            "legal",
            "a-15",
            "legal/hakim.benali",
            NOW - 8 * 24 * 60 * MINUTE,
            (
                (
                    "legal/hakim.benali",
                    NOW - 8 * 24 * 60 * MINUTE,
                    "Two lawyers were absent from 12 to 23 October; nobody stood in.",
                ),
            ),
        ),
        BreachRow(
            "b-2026-027", HOSTILE_ON_TIME, "2026-10", "late", "2026-10-05", None, "withdrawn", 39_000, None, "hr", None
        ),
    ]
    rows.action_rows = [
        ActionRow(
            "a-14",
            MEALS_ON_TIME,
            "2026-11",
            "late",
            "Move Monday's loading to Friday evening",
            "kitchen",
            "marc.olivier",
            date(2026, 11, 13),
            "open",
            NOW - 7 * 24 * 60 * MINUTE,
            True,
        ),
        ActionRow(
            "a-15",
            "legal-opinions/opinion/in-ten-days",
            "2026-10",
            "target-lost",
            "Name a stand-in for every absence of 5 days or more",
            "legal",
            "hakim.benali",
            date(2026, 12, 1),
            "open",
            NOW - 8 * 24 * 60 * MINUTE,
            False,
            (("legal/hakim.benali", NOW - 24 * 60 * MINUTE, "The list goes to the directors on Thursday."),),
        ),
        ActionRow(
            "a-11",
            "school-meals/headcount/on-time",
            "2026-09",
            "late",
            "Send the headcount from the tablets",
            "education",
            None,
            None,
            "closed",
            NOW - 60 * 24 * 60 * MINUTE,
            False,
            (),
            "education/nadia.ferrand",
            NOW - 30 * 24 * 60 * MINUTE,
            "Done in all schools.",
        ),
    ]
    rows.commitment_rows = [
        replace(
            row,
            breaches_open=sum(one.commitment == row.id and one.state == "open" for one in rows.breach_rows),
            actions_open=sum(one.commitment == row.id and one.state == "open" for one in rows.action_rows),
            actions_overdue=sum(one.commitment == row.id and one.is_overdue for one in rows.action_rows),
        )
        for row in rows.commitment_rows
    ]
    rows.review_rows = [
        ReviewRow(
            "legal-opinions@2026-11-10",
            "legal-opinions",
            at(date(2026, 11, 10), 14),
            at(date(2026, 11, 10), 15),
            "held",
            41_200,
            (("legal/hakim.benali", at(date(2026, 11, 10), 15), "Both sides went through the three late opinions."),),
            (("planning/claire.roussel", at(date(2026, 11, 10), 15), "The opinion PC 26 00199 is excused."),),
            (SignatureRow("supplier", "legal", "legal/hakim.benali", at(date(2026, 11, 10), 16)),),
        ),
        *(
            ReviewRow(f"{id}@2026-12-01", id, at(date(2026, 12, 1), 14), at(date(2026, 12, 1), 15), "planned", None)
            for id in ("school-meals", "legal-opinions", "it-support")
        ),
    ]


def _explained(rows: Rows) -> None:
    [late] = [row for row in rows.occurrence_rows[MEALS_ON_TIME] if row.verdict == "late"][-1:]
    closed = late.closed or 0
    rows.explanations[(MEALS_ON_TIME, late.key)] = ExplanationRow(
        late,
        2,
        {"every": "monday, tuesday, thursday, friday", "at": "11:00", "tolerance": "10 min", "on_closed_day": "skip"},
        "office-fr 3",
        "2026-11-09T11:00:00+01:00",
        "2026-11-09T10:00:00Z",
        "2026-11-09T11:10:00+01:00",
        (
            {
                "position": 40_702,
                "role": "delivered",
                "type": "meal.delivered",
                "source": "gate-scanner/ferry",
                "id": "g-8812",
                "time": closed,
                "recorded": closed + 3_000_000,
                "received": closed + 9_000_000,
                "decided": True,
            },
            {
                "position": 40_715,
                "role": "delivered",
                "type": "meal.delivered",
                "source": "gate-scanner/ferry",
                "id": "g-8813",
                "time": closed + 20 * MINUTE,
                "recorded": None,
                "received": closed + 21 * MINUTE,
                "decided": False,
            },
        ),
        (
            {"code": "delivered_by", "limit": late.limit},
            {"code": "closure"},
            {"code": "a-rule-of-tomorrow", "days": 3},
        ),
    )


def _around(rows: Rows) -> None:
    """Tools that were heard, that were not, and that nobody declared; calendars with and without an end."""
    week = 7 * 24 * HOUR
    rows.source_rows = [
        SourceRow("desk/tickets", "it", 24 * HOUR, ("ticket.closed", "ticket.opened"), 8_412, 0, NOW - HOUR),
        SourceRow("gate-scanner/ferry", "kitchen", week, ("meal.delivered",), 61, 3, NOW - 2 * week, is_silent=True),
        SourceRow("kitchen/erp", "kitchen", week, is_silent=True),
        SourceRow("<script>alert(5)</script>", None, None, ("x",), 1, 1, NOW - week),
    ]
    office = (((540, 720), (780, 1020)),) * 5 + ((), ())
    rows.calendar_rows = [
        CalendarRow(
            "city-office", "Europe/Paris", office, date(2026, 11, 17), ((date(2026, 12, 25), "holiday", ()),
            (date(2026, 12, 19), "opening", ((540, 720),)), (date(2026, 12, 28), "closure", ())),
            date(2026, 12, 31), ("school-meals", "it-support"),
        ),
        CalendarRow("", "UTC", (((0, 1440),),) * 7, date(2026, 11, 17), (), None, ("legal-opinions",)),
    ]  # fmt: skip


def _queues(rows: Rows) -> None:
    rows.quarantine_rows = [
        QuarantineRow(
            "q-1",
            41_700,
            NOW - 300 * MINUTE,
            "http",
            "kitchen",
            "time-without-offset",
            "“2026-11-17T08:00:00” has no offset from UTC",
            "10.1.4.7",
            b'{"specversion": "1.0", "id": "g-9001", "source": "gate-scanner/ferry", "time": "2026-11-17T08:00:00"}',
            "waiting",
        ),
        QuarantineRow(
            "q-2",
            41_701,
            NOW - 290 * MINUTE,
            "file",
            "it",
            "malformed-json",
            "line 1: <script>alert(2)</script> is not JSON",
            "tickets.jsonl:1",
            b"<script>alert(2)</script>\xff" * 60,
            "waiting",
        ),
    ]
    rows.unmatched_rows = [
        UnmatchedRow(
            41_655, "desk/tickets", "t-77", "ticket.closed", "INC-99999", NOW - 90 * MINUTE, (FAULTS,), "no-opening"
        ),
        UnmatchedRow(
            41_652, "desk/tickets", "t-78", "ticket.closed", "INC-77777", NOW - 80 * MINUTE, (FAULTS,), "no-opening",
            asked=("m-2",),
        ),
        UnmatchedRow(
            41_656, "desk/tickets", "t-79", "ticket.closed", "INC-88888", NOW - 70 * MINUTE, (FAULTS,), "no-opening",
            asides=(AsideRow(FAULTS, "it/jane.doe", NOW - 60 * MINUTE, "<i>a drill</i>"),),
        ),
    ]  # fmt: skip
    rows.candidate_rows = [CandidateRow(FAULTS, "INC-9999", NOW, "missing")]
    made = AnswerRow("matched", "supplier", "it/jane.doe", NOW - 60 * MINUTE, "its number <b>changed</b>")
    rows.match_rows = [
        MatchRow("m-1", FAULTS, "it", "kitchen", 41_650, "INC-1", ("closed",), "matched", "supplier", 41_651, (made,)),
        MatchRow("m-2", FAULTS, "it", "kitchen", 41_652, "INC-2", ("closed",), "asked", "supplier", 41_653, (made,)),
    ]


def history() -> list[HistoryRow]:
    """The last entries, a late telling and a hostile name among them."""
    event = HistoryRow(
        POSITION - 5, "events", "entente.event", NOW - 4 * HOUR, NOW - 240 * HOUR, "kitchen/erp", "gate-scanner/ferry",
        "meal.delivered", "ferry", "g-8812", about=((MEALS_ON_TIME, "2026-11-03"), (FAULTS, None)),
    )  # fmt: skip
    hostile = replace(
        event, position=POSITION - 4, subject="<script>alert(3)</script>", happened=NOW - 4 * HOUR, about=()
    )
    time = HistoryRow(POSITION - 3, "time", "entente.time", NOW - 3 * HOUR, NOW - 3 * HOUR, "entente")
    said = HistoryRow(
        POSITION - 2, "decisions", "entente.excuse.accepted", NOW - 2 * HOUR, NOW - 2 * HOUR, "education/nadia.ferrand",
        text="The road was closed.", about=((MEALS_ON_TIME, None),), thing=("excuse", "e-1"), contract="school-meals",
    )  # fmt: skip
    agreed = HistoryRow(
        POSITION, "contracts", "entente.contract.signed", NOW - HOUR, NOW - HOUR, "kitchen/marc.olivier",
        thing=("contract", "school-meals"), contract="school-meals",
    )  # fmt: skip
    return [event, hostile, time, said, agreed]
