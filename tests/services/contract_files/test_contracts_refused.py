from __future__ import annotations

from collections.abc import Callable

import pytest

from services.contract_files import Document, check, check_contract, contract_terms, read_documents
from services.errors import DocumentInvalid

Edited = Callable[..., Document]

REFUSALS: list[tuple[str, str, list[str]]] = [
    (
        "tolerance: 0 min",
        "tolerence: 0 min",
        [
            "f.yaml:27:11: deliverables[0].criteria[0].indicator.tolerence: unknown key “tolerence” (did you mean “tolerance”?)"
        ],
    ),
    (
        "supplier: sales\n",
        "",
        ["f.yaml:1:1: document: the key “supplier” is missing (supplier: the service that supplies)"],
    ),
    (
        "supplier: sales",
        "supplier: Sales",
        [
            "f.yaml:4:11: supplier: “Sales” is not an id (small letters a-z, digits and “-”, first a letter or digit, at most 63)"
        ],
    ),
    (
        "supplier: sales",
        "supplier: marketing",
        ["f.yaml:5:9: client: supplier and client are the same service (two services)"],
    ),
    (
        "supplier: sales",
        "supplier: auditor",
        ["f.yaml:4:11: supplier: the name “auditor” is reserved (another name for the service)"],
    ),
    ("supplier: sales", "supplier: 12", ['f.yaml:4:11: supplier: must be a text, not the number 12 (in quotes: "12")']),
    ("supplier: sales", "supplier:", ["f.yaml:4:1: supplier: must be a text, not nothing"]),
    (
        "timezone: Europe/Paris",
        "timezone: Europe/Pariss",
        ["f.yaml:6:11: timezone: “Europe/Pariss” is not a time zone (an IANA name such as Europe/Paris)"],
    ),
    (
        "until: 2026-12-31",
        "until: 2025-12-31",
        [
            "f.yaml:7:34: valid.until: the contract ends on 2025-12-31, before it begins on 2026-01-01 (2026-01-01 or later)"
        ],
    ),
    (
        "until: 2026-12-31",
        "until: 2026-02-30",
        ["f.yaml:7:34: valid.until: “2026-02-30” is not a date (such as 2026-01-31)"],
    ),
    (
        "effective: 2026-01-01",
        "effective: 2025-01-01",
        ["f.yaml:8:12: effective: 2025-01-01 lies outside the validity (from 2026-01-01 until 2026-12-31)"],
    ),
    (
        "effective: 2026-01-01",
        "effective: 2027-01-01",
        ["f.yaml:8:12: effective: 2027-01-01 lies outside the validity (from 2026-01-01 until 2026-12-31)"],
    ),
    ("entente: 1", "entente: 2", ["f.yaml:1:10: entente: the number 2 is not known here (1)"]),
    (
        "95 %",
        "195 %",
        [
            "f.yaml:29:28: deliverables[0].criteria[0].target.at_least: 195 % can never be judged: a share lies between 0 % and 100 % (a share such as 95 %)"
        ],
    ),
    (
        "95 %",
        "-5 %",
        [
            "f.yaml:29:28: deliverables[0].criteria[0].target.at_least: -5 % can never be judged: a share lies between 0 % and 100 % (a share such as 95 %)"
        ],
    ),
    (
        "95 %",
        "95",
        [
            "f.yaml:29:28: deliverables[0].criteria[0].target.at_least: the number 95 is no share; targets for measures are not built yet (a share is written 95 %)"
        ],
    ),
    (
        "95 %",
        "4.2",
        [
            "f.yaml:29:28: deliverables[0].criteria[0].target.at_least: the number 4.2 is no share; targets for measures are not built yet (a share is written 4.2 %)"
        ],
    ),
    (
        "95 %",
        "many",
        ["f.yaml:29:28: deliverables[0].criteria[0].target.at_least: “many” is not a share (a share such as 95 %)"],
    ),
    (
        "at_least: 95 %",
        "at_most: 4 h",
        [
            "f.yaml:29:18: deliverables[0].criteria[0].target.at_most: targets for measures (“at_most”) are not built yet (available: at_least, max_misses, max_consecutive_misses)"
        ],
    ),
    (
        "{at_least: 95 %, per: quarter}",
        "{at_least: 95 %, max_misses: 1, per: quarter}",
        [
            "f.yaml:29:17: deliverables[0].criteria[0].target: a target has exactly one form (one of at_least, max_misses, max_consecutive_misses)"
        ],
    ),
    (
        "{at_least: 95 %, per: quarter}",
        "{per: quarter}",
        [
            "f.yaml:29:17: deliverables[0].criteria[0].target: a target has exactly one form (one of at_least, max_misses, max_consecutive_misses)"
        ],
    ),
    (
        "per: quarter}",
        "per: 28 days}",
        [
            "f.yaml:29:39: deliverables[0].criteria[0].target.per: rolling periods are not built yet (“28 days”) (available: week, month, quarter, half, year, contract)"
        ],
    ),
    (
        "per: quarter}",
        "per: quater}",
        [
            "f.yaml:29:39: deliverables[0].criteria[0].target.per: “quater” is not a period (did you mean “quarter”? One of: week, month, quarter, half, year, contract)"
        ],
    ),
    (
        "at_least: 95 %, per: quarter",
        "at_least: 95 %",
        ["f.yaml:29:17: deliverables[0].criteria[0].target: the key “per” is missing (per: the period)"],
    ),
    (
        "max_misses: 1,",
        "max_misses: 1.5,",
        [
            "f.yaml:34:30: deliverables[0].criteria[1].target.max_misses: must be a whole number, not the number 1.5 (such as 1)"
        ],
    ),
    (
        "max_misses: 1,",
        "max_misses: -1,",
        ["f.yaml:34:30: deliverables[0].criteria[1].target.max_misses: -1 is too small (0 or more)"],
    ),
    (
        "max_misses: 1,",
        "max_misses: one,",
        ["f.yaml:34:30: deliverables[0].criteria[1].target.max_misses: must be a whole number, not “one” (such as 1)"],
    ),
    (
        "kind: punctuality\n",
        "kind: availability\n",
        [
            "f.yaml:22:17: deliverables[0].criteria[0].indicator.kind: the kind “availability” is not built yet; available: punctuality, deadline, turnaround, conformity"
        ],
    ),
    (
        "kind: punctuality\n",
        "kind: punctualty\n",
        [
            "f.yaml:22:17: deliverables[0].criteria[0].indicator.kind: unknown kind “punctualty” (did you mean “punctuality”? available: punctuality, deadline, turnaround, conformity)"
        ],
    ),
    (
        "          kind: punctuality\n",
        "",
        [
            "f.yaml:22:11: deliverables[0].criteria[0].indicator: the key “kind” is missing (one of punctuality, deadline, turnaround, conformity)"
        ],
    ),
    (
        "          key: data.week\n",
        "",
        [
            "f.yaml:22:11: deliverables[0].criteria[0].indicator: nothing says which due date a delivery is for (key: data.week, the producer's own name for the due date, or early: 3 days to match by time)"
        ],
    ),
    (
        "early: 5 days",
        "early: 8 days",
        [
            "f.yaml:41:120: deliverables[1].criteria[0].indicator.early: the windows overlap: the one of 2026-01-08T17:00:00+01:00 begins before the due of 2026-01-01T17:00:00+01:00 (no longer than the shortest time between two dues, 7 days)"
        ],
    ),
    (
        "key: data.week",
        "key: week",
        [
            "f.yaml:26:16: deliverables[0].criteria[0].indicator.key: “week” is neither a CloudEvents attribute nor a path into data (such as subject, or data.week)"
        ],
    ),
    (
        "key: data.week",
        "key: data..week",
        [
            "f.yaml:26:16: deliverables[0].criteria[0].indicator.key: “data..week” is neither a CloudEvents attribute nor a path into data (such as subject, or data.a.b)"
        ],
    ),
    (
        "key: data.week",
        "key: [data.week]",
        [
            "f.yaml:26:16: deliverables[0].criteria[0].indicator.key: a list is not what stands here (a path such as data.week, or {path: data.week, plus: 1 week})"
        ],
    ),
    (
        "every: monday",
        "every: mondays-ish",
        [
            "f.yaml:24:24: deliverables[0].criteria[0].indicator.due.every: 'mondays-ish' is not a day rule; write monday, [monday, thursday], day, working day, first working day of the month, last working day of the quarter, or an RFC 5545 rule such as FREQ=MONTHLY;BYDAY=1TU"
        ],
    ),
    (
        "every: monday",
        'every: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"',
        [
            "f.yaml:24:24: deliverables[0].criteria[0].indicator.due.every: the rule gives no date between 2026-01-01 and 2026-12-31 (another rule, or a longer validity)"
        ],
    ),
    (
        "every: monday",
        'every: "FREQ=MONTHLY;COUNT=2;BYHOUR=3"',
        [
            "f.yaml:24:24: deliverables[0].criteria[0].indicator.due.every: COUNT is not allowed in 'FREQ=MONTHLY;COUNT=2;BYHOUR=3': it ends with the contract's validity"
        ],
    ),
    (
        'at: "10:00"',
        'at: "25:00"',
        [
            "f.yaml:24:36: deliverables[0].criteria[0].indicator.due.at: “25:00” is not a time of day (such as 09:30, from 00:00 to 23:59)"
        ],
    ),
    (
        'at: "10:00"',
        'at: ["10:00", "10:00"]',
        ["f.yaml:24:36: deliverables[0].criteria[0].indicator.due.at: “10:00” is listed twice (once is enough)"],
    ),
    (
        'at: "10:00"',
        "at: 10",
        [
            'f.yaml:24:36: deliverables[0].criteria[0].indicator.due.at: the number 10 is not what stands here (a time of day such as "10:00", or a list of them)'
        ],
    ),
    (
        "id: complete",
        "id: on-time",
        ["f.yaml:31:13: deliverables[0].criteria[1].id: the id “on-time” is taken already (each id once)"],
    ),
    (
        "id: promo-calendar",
        "id: weekly-sales",
        [
            "f.yaml:16:18: deliverables[0].depends_on[0]: this contract has no deliverable “promo-calendar” (one of weekly-sales, or contract/deliverable)",
            "f.yaml:35:9: deliverables[1].id: the id “weekly-sales” is taken already (each id once)",
        ],
    ),
    (
        "id: complete",
        "id: Complete!",
        [
            "f.yaml:31:13: deliverables[0].criteria[1].id: “Complete!” is not an id (small letters a-z, digits and “-”, first a letter or digit, at most 63)"
        ],
    ),
    (
        "[promo-calendar]",
        "[promo-calender]",
        [
            "f.yaml:16:18: deliverables[0].depends_on[0]: this contract has no deliverable “promo-calender” (did you mean “promo-calendar”?)"
        ],
    ),
    (
        "[promo-calendar]",
        "[weekly-sales]",
        [
            "f.yaml:16:18: deliverables[0].depends_on[0]: it depends on itself: weekly-sales → weekly-sales (break the circle)"
        ],
    ),
    (
        "owed_by: client",
        "owed_by: client\n    depends_on: [sales-to-marketing/weekly-sales]",
        [
            "f.yaml:16:18: deliverables[0].depends_on[0]: it depends on itself: weekly-sales → promo-calendar → weekly-sales (break the circle)",
            "f.yaml:38:18: deliverables[1].depends_on[0]: it depends on itself: promo-calendar → weekly-sales → promo-calendar (break the circle)",
        ],
    ),
    (
        "[promo-calendar]",
        "[other/x/y]",
        [
            "f.yaml:16:18: deliverables[0].depends_on[0]: “other/x/y” names no deliverable (deliverable, or contract/deliverable)"
        ],
    ),
    (
        "{le: 0}",
        "{le: true}",
        [
            "f.yaml:33:142: deliverables[0].criteria[1].indicator.good[data.missing_products].le: must be a number or a text to compare with, not true (such as {le: 0})"
        ],
    ),
    (
        "{le: 0}",
        "{}",
        [
            "f.yaml:33:137: deliverables[0].criteria[1].indicator.good[data.missing_products]: an empty condition says nothing (such as {le: 0})"
        ],
    ),
    (
        "{le: 0}",
        "{le: 0, starts_with: a}",
        [
            "f.yaml:33:137: deliverables[0].criteria[1].indicator.good[data.missing_products]: it compares with values of different types, so it never holds (one type)"
        ],
    ),
    (
        "{le: 0}",
        "{ge: 4, le: 0}",
        [
            "f.yaml:33:137: deliverables[0].criteria[1].indicator.good[data.missing_products]: no value lies between these bounds (the lower bound comes first)"
        ],
    ),
    (
        "{le: 0}",
        "{in: 3}",
        [
            "f.yaml:33:142: deliverables[0].criteria[1].indicator.good[data.missing_products].in: must be a list, not the number 3 (such as [one, another])"
        ],
    ),
    (
        "{le: 0}",
        "{exists: 1}",
        [
            "f.yaml:33:146: deliverables[0].criteria[1].indicator.good[data.missing_products].exists: must be true or false, not the number 1"
        ],
    ),
    (
        "{le: 0}",
        "{lee: 1}",
        [
            "f.yaml:33:138: deliverables[0].criteria[1].indicator.good[data.missing_products].lee: unknown key “lee” (did you mean “le”?)"
        ],
    ),
    (
        "{le: 0}",
        "[]",
        [
            "f.yaml:33:137: deliverables[0].criteria[1].indicator.good[data.missing_products]: there is nothing in it (give at least one)"
        ],
    ),
    (
        "{le: 0}",
        "{exists: false, le: 0}",
        [
            "f.yaml:33:137: deliverables[0].criteria[1].indicator.good[data.missing_products]: what is absent cannot be compared (exists: false stands alone)"
        ],
    ),
    (
        "{le: 0}",
        "~",
        [
            "f.yaml:33:137: deliverables[0].criteria[1].indicator.good[data.missing_products]: nothing can never be matched ({exists: false} asks that it be absent)"
        ],
    ),
    (
        "{le: 0}",
        "{in: [1, ~]}",
        [
            "f.yaml:33:146: deliverables[0].criteria[1].indicator.good[data.missing_products].in[1]: nothing can never be matched ({exists: false} asks that it be absent)"
        ],
    ),
    (
        "where: {data.report: weekly-sales}",
        "where: {subject: 12}",
        [
            'f.yaml:23:64: deliverables[0].criteria[0].indicator.delivered.where.subject: the attribute subject is a text, never the number 12 (quote it: "12")'
        ],
    ),
    (
        "where: {data.report: weekly-sales}",
        "where: {report: weekly-sales}",
        [
            "f.yaml:23:55: deliverables[0].criteria[0].indicator.delivered.where.report: “report” is neither a CloudEvents attribute nor a path into data (such as subject, or data.report)"
        ],
    ),
    (
        "where: {data.report: weekly-sales}",
        "where: 3",
        [
            "f.yaml:23:54: deliverables[0].criteria[0].indicator.delivered.where: must be a set of keys, not the number 3"
        ],
    ),
    (
        "type: promo.published",
        "types: promo.published",
        [
            "f.yaml:41:51: deliverables[1].criteria[0].indicator.delivered: the key “type” is missing (type: the type of the event; a list means any of them)",
            "f.yaml:41:52: deliverables[1].criteria[0].indicator.delivered.types: unknown key “types” (did you mean “type”?)",
        ],
    ),
    (
        "type: promo.published",
        "type: []",
        [
            "f.yaml:41:58: deliverables[1].criteria[0].indicator.delivered.type: there is nothing in it (give at least one)"
        ],
    ),
    (
        "warn: 2 h",
        "warn: 2 moons",
        [
            "f.yaml:28:17: deliverables[0].criteria[0].indicator.warn: “2 moons” is not a duration (a duration such as 15 min, 4 h, 2 days, 1 week, 8 working hours, 3 working days)"
        ],
    ),
    (
        "warn: 2 h",
        "warn: 2000000 days",
        [
            "f.yaml:28:17: deliverables[0].criteria[0].indicator.warn: “2000000 days” is longer than a century (a shorter one)"
        ],
    ),
    (
        "warn: 2 h",
        "warn: 2",
        ['f.yaml:28:17: deliverables[0].criteria[0].indicator.warn: must be a text, not the number 2 (in quotes: "2")'],
    ),
    (
        "on_closed_day: next",
        "on_closed_day: netx",
        [
            "f.yaml:25:26: deliverables[0].criteria[0].indicator.on_closed_day: “netx” is not known here (did you mean “next”? One of: previous, next, same, skip)"
        ],
    ),
    (
        "weight: 3",
        "weight: -3",
        ["f.yaml:20:17: deliverables[0].criteria[0].weight: the weight -3 is negative (0 or more)"],
    ),
    (
        "weight: 3",
        "weight: three",
        ["f.yaml:20:17: deliverables[0].criteria[0].weight: must be a number, not “three” (such as 2 or 0.5)"],
    ),
    (
        "each_miss: breach",
        "each_miss: yes",
        ["f.yaml:30:20: deliverables[0].criteria[0].each_miss: “yes” is not known here (breach)"],
    ),
    (
        "each_miss: breach",
        "each_miss: breach\n        targets: [{max_misses: 1, per: month}]",
        [
            "f.yaml:18:9: deliverables[0].criteria[0]: it says both target and targets (one of them, such as target: {at_least: 95 %, per: month})"
        ],
    ),
    (
        "target: {at_least: 95 %, per: quarter}",
        "min_count: 1",
        [
            "f.yaml:18:9: deliverables[0].criteria[0]: it says no target (one of them, such as target: {at_least: 95 %, per: month})"
        ],
    ),
    (
        "calendar: office-fr",
        "calendar: {name: office-fr, folow: true}",
        ["f.yaml:9:29: calendar.folow: unknown key “folow” (did you mean “follow”?)"],
    ),
    (
        "calendar: office-fr",
        "calendar: {follow: true}",
        ["f.yaml:9:11: calendar: the key “name” is missing (name: the calendar)"],
    ),
    (
        "calendar: office-fr",
        "calendar: 3",
        [
            "f.yaml:9:11: calendar: the number 3 is not what stands here (a calendar's name, {name: …, follow: true}, or {open: …})"
        ],
    ),
    (
        "calendar: office-fr",
        "calendar: {open: {mon-fri: []}}",
        ['f.yaml:9:18: calendar.open: the calendar is never open (such as {mon-fri: ["09:00-18:00"]})'],
    ),
    (
        "calendar: office-fr",
        'calendar: {open: {mon-fri: ["09:00-12:00"], fri: ["09:00-12:00"]}}',
        ["f.yaml:9:45: calendar.open.fri: friday is said twice: in “mon-fri” and here (once, with all its hours)"],
    ),
    (
        "calendar: office-fr",
        'calendar: {open: {mon-fry: ["09:00-12:00"]}}',
        [
            "f.yaml:9:19: calendar.open.mon-fry: “mon-fry” is not a day or span of days (such as mon-fri, sat, or mon,wed)"
        ],
    ),
    (
        "calendar: office-fr",
        'calendar: {open: {mon: ["12:00-09:00"]}}',
        [
            "f.yaml:9:25: calendar.open.mon[0]: “12:00-09:00” ends before it starts (a span stays in one day; 24:00 ends a day)"
        ],
    ),
    (
        "calendar: office-fr",
        'calendar: {open: {mon: ["09:00-12:00", "11:00-13:00"]}}',
        [
            "f.yaml:9:24: calendar.open.mon: “11:00-13:00” overlaps the span before it, or comes before it (ascending spans)"
        ],
    ),
    (
        "calendar: office-fr",
        'calendar: {open: {mon: "09:00-12:00"}, holidays: {country: XX, years: 2026}}',
        [
            "f.yaml:9:60: calendar.holidays.country: the holidays of “XX” are not known (an ISO 3166 code such as FR, and years the library knows)"
        ],
    ),
    (
        "calendar: office-fr",
        'calendar: {open: {mon: "09:00-12:00"}, holidays: {country: FR, years: 2025}}',
        [
            "f.yaml:24:24: deliverables[0].criteria[0].indicator.due.every: the calendar ends before 2026-01-05, and dues go on after it (add years to it)"
        ],
    ),
    (
        "title: {en: Sales figures for marketing, fr: Chiffres de vente pour le marketing}",
        "title: {english: Sales}",
        ["f.yaml:3:9: title.english: “english” is not a language (two small letters such as en or fr)"],
    ),
    (
        "title: {en: Sales figures for marketing, fr: Chiffres de vente pour le marketing}",
        "title: [a]",
        [
            "f.yaml:3:8: title: a list is not what stands here (a text, or texts by language such as {en: Sales, fr: Ventes})"
        ],
    ),
    (
        "deliverables:",
        "deliverables: []\nx:",
        [
            "f.yaml:12:15: deliverables: there is nothing in it (give at least one)",
            "f.yaml:13:1: x: unknown key “x” (also known here: rebaseline)",
        ],
    ),
    (
        "duration: 1 h",
        "duration: 1 day",
        ["f.yaml:11:66: review.duration: a meeting is measured in hours (such as 1 h or 90 min)"],
    ),
    (
        "late_data: 3 days",
        "late_data: end of day",
        [
            "f.yaml:10:12: late_data: “end of day” is not a duration (a duration such as 15 min, 4 h, 2 days, 1 week, 8 working hours, 3 working days)"
        ],
    ),
    (
        "owner: anna.martin",
        "owner: 017",
        [
            "f.yaml:19:16: deliverables[0].criteria[0].owner: the number 017 has a leading zero (quote it if it is a text: '017')"
        ],
    ),
    (
        "contract: sales-to-marketing",
        "contract: a\nmapping: b",
        ["f.yaml:3:1: mapping: unknown key “mapping” (also known here: rebaseline)"],
    ),
    (
        "contract: sales-to-marketing\n",
        "",
        ["f.yaml:1:1: document: the key “contract” is missing (contract: the name of the contract)"],
    ),
]


@pytest.mark.parametrize(("old", "new", "problems"), REFUSALS)
def test_each_refusal_says_where_what_and_what_would_be_right(
    old: str, new: str, problems: list[str], example: str
) -> None:
    try:
        [document] = read_documents(example.replace(old, new, 1), "f.yaml")
    except DocumentInvalid as error:
        assert error.problems == problems
    else:
        assert check(document) == problems
        with pytest.raises(DocumentInvalid) as raised:
            contract_terms(document)
        assert raised.value.problems == problems
