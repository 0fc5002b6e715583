from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from domain.durations import Elapsed, EndOfDay, NominalDays, WorkingDays, WorkingHours
from domain.terms import (
    CalendarReference,
    CalendarTerms,
    Condition,
    Conformity,
    ContractTerms,
    Criterion,
    Deadline,
    Deliverable,
    DueRule,
    DurationTable,
    KeyRule,
    PauseCauses,
    Punctuality,
    ReviewRule,
    Selector,
    Target,
    Text,
    Turnaround,
)
from services.contract_files import (
    Document,
    calendar_terms,
    canonical,
    check,
    contract_terms,
    kind_of,
    read_bytes,
    read_documents,
    says_effective,
    terms_from_canonical,
    tree_from_canonical,
)

One = Callable[[str], Document]
Edited = Callable[[str, str], Document]
SAMPLES = sorted((Path(__file__).parents[3] / "deploy" / "samples").rglob("*.yaml"))
CALENDARS = next(path for path in SAMPLES if path.name == "calendars.yaml")
HOUR = 3_600_000_000
REPORTS = Selector(("report.delivered",), (), (("data.report", (Condition("eq", "weekly-sales"),)),))


def test_the_example_says_these_terms(one: One, example: str) -> None:
    assert contract_terms(one(example)) == ContractTerms(
        id="sales-to-marketing",
        title=Text((("en", "Sales figures for marketing"), ("fr", "Chiffres de vente pour le marketing"))),
        supplier="sales",
        client="marketing",
        timezone="Europe/Paris",
        valid_from=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
        effective=date(2026, 1, 1),
        calendar=CalendarReference("office-fr"),
        late_data=NominalDays(3),
        review=ReviewRule("FREQ=MONTHLY;BYDAY=1TU", time(14), Elapsed(HOUR)),
        deliverables=(
            Deliverable(
                id="weekly-sales",
                title=Text((("en", "Sales per product"), ("fr", "Ventes par produit"))),
                owed_by="supplier",
                depends_on=("promo-calendar",),
                criteria=(
                    Criterion(
                        id="on-time",
                        title=Text((("", "on-time"),)),
                        owner="anna.martin",
                        weight=Decimal(3),
                        indicator=Punctuality(
                            delivered=REPORTS,
                            due=DueRule("monday", (time(10),)),
                            on_closed_day="next",
                            key=KeyRule("data.week"),
                            tolerance=Elapsed(0),
                            warn=Elapsed(2 * HOUR),
                        ),
                        targets=(Target("at_least", Fraction(95, 100), "quarter"),),
                        each_miss_is_breach=True,
                    ),
                    Criterion(
                        id="complete",
                        title=Text((("", "complete"),)),
                        owner="anna.martin",
                        indicator=Conformity(REPORTS, (("data.missing_products", (Condition("le", 0),)),)),
                        targets=(Target("max_misses", Fraction(1), "month"),),
                    ),
                ),
            ),
            Deliverable(
                id="promo-calendar",
                title=Text((("en", "Planned promotions"), ("fr", "Calendrier des promotions"))),
                owed_by="client",
                criteria=(
                    Criterion(
                        id="on-time",
                        title=Text((("", "on-time"),)),
                        owner="luc.petit",
                        indicator=Punctuality(
                            delivered=Selector(("promo.published",)),
                            due=DueRule("thursday", (time(17),)),
                            early=NominalDays(5),
                        ),
                        targets=(Target("max_misses", Fraction(2), "quarter"),),
                    ),
                ),
            ),
        ),
    )


def the_indicator(terms: ContractTerms) -> object:
    return terms.deliverables[0].criteria[0].indicator


CASES = """
entente: 1
contract: support
supplier: it
client: schools
timezone: Europe/Paris
valid: {from: 2026-01-01}
calendar: {name: office-fr, follow: true}
deliverables:
  - id: tickets
    criteria:
      - id: solved
        indicator: %s
        targets: [{at_least: 99.5%%, per: month}, {max_consecutive_misses: 0, per: contract}]
        weight: 0.5
        min_count: 20
        when_no_data: ignore
        slices: [weekday, hour, data.product]
"""
OPENED, CLOSED = Selector(("t.opened",), ("a", "b")), Selector(("t.closed", "t.done"))
SELECTED = "opened: {type: t.opened, source: [a, b]}, closed: {type: [t.closed, t.done]}"


def test_a_turnaround_says_its_limits_and_pauses(one: One) -> None:
    indicator = f"""
          {{kind: turnaround, {SELECTED},
           under: {{by: data.priority, "2": 2 days, "1": 4 working hours, else: 5 working days}},
           paused: {{type: t.waiting}}, resumed: {{type: t.resumed}}, key: data.id,
           on_cancel: failed, cancelled: {{type: t.gone}},
           pause_causes: {{path: data.reason, supplier: [], none: [strike], client: [info, access]}}}}"""
    terms = contract_terms(one(CASES % indicator))
    assert the_indicator(terms) == Turnaround(
        opened=OPENED,
        closed=CLOSED,
        limit=DurationTable(
            "data.priority", (("1", WorkingHours(4 * HOUR)), ("2", NominalDays(2))), otherwise=WorkingDays(5)
        ),
        under=True,
        paused=Selector(("t.waiting",)),
        resumed=Selector(("t.resumed",)),
        pause_causes=PauseCauses(
            "data.reason", (("client", ("info", "access")), ("none", ("strike",)), ("supplier", ()))
        ),
        cancelled=Selector(("t.gone",)),
        on_cancel="failed",
        key="data.id",
    )
    criterion = terms.deliverables[0].criteria[0]
    assert criterion.targets == (
        Target("at_least", Fraction(995, 1000), "month"),
        Target("max_consecutive_misses", Fraction(0), "contract"),
    )
    assert (criterion.weight, criterion.min_count, criterion.when_no_data) == (Decimal("0.5"), 20, "ignore")
    assert criterion.slices == ("weekday", "hour", "data.product")
    assert terms.calendar == CalendarReference("office-fr", follow=True)
    assert terms.valid_until is None
    assert terms.late_data == Elapsed(0)


def test_a_deadline_says_where_its_due_stands(one: One) -> None:
    indicator = (
        f"{{kind: deadline, {SELECTED}, due: data.due, without_due: met, tolerance: end of day, changed: {{type: c}}}}"
    )
    assert the_indicator(contract_terms(one(CASES % indicator))) == Deadline(
        opened=OPENED,
        due="data.due",
        closed=CLOSED,
        changed=Selector(("c",)),
        without_due="met",
        tolerance=EndOfDay(),
    )


def test_conditions_are_values_lists_and_comparisons_in_one_order(one: One) -> None:
    good = "{data.z: {lt: 1.5, ge: 0}, data.a: [x, 2, true], data.m: {exists: false}}"
    indicator = f"{{kind: conformity, each: {{type: t}}, good: {good}}}"
    assert the_indicator(contract_terms(one(CASES % indicator))) == Conformity(
        Selector(("t",)),
        (
            ("data.a", (Condition("in", ("x", 2, True)),)),
            ("data.m", (Condition("exists", False),)),
            ("data.z", (Condition("ge", 0), Condition("lt", Decimal("1.5")))),
        ),
    )


def test_several_days_and_times_become_one_rule(edited: Edited) -> None:
    document = edited('{every: monday, at: "10:00"}', '{every: [monday, thursday], at: ["16:00", "09:30"]}')
    indicator = the_indicator(contract_terms(document))
    assert isinstance(indicator, Punctuality)
    assert indicator.due == DueRule("monday, thursday", (time(9, 30), time(16)))


def test_a_key_may_name_an_earlier_week(edited: Edited) -> None:
    indicator = the_indicator(contract_terms(edited("key: data.week", "key: {path: data.week, plus: 2 weeks}")))
    assert isinstance(indicator, Punctuality)
    assert indicator.key == KeyRule("data.week", 2, "week")


def test_a_version_is_in_force_from_the_first_day_unless_it_says_otherwise(edited: Edited) -> None:
    document = edited("effective: 2026-01-01\n", "")
    assert contract_terms(document).effective == date(2026, 1, 1)
    assert not says_effective(document)


def test_a_calendar_inside_a_contract_has_its_zone_and_keeps_its_holidays(edited: Edited) -> None:
    written = 'calendar: {open: {mon-fri: "09:00-17:00"}, holidays: {country: FR, years: 2026}}'
    document = edited("calendar: office-fr", written)
    terms = contract_terms(document)
    assert isinstance(terms.calendar, CalendarTerms)
    assert (terms.calendar.id, terms.calendar.timezone) == ("sales-to-marketing", "Europe/Paris")
    assert date(2026, 7, 14) in terms.calendar.holidays
    stored = tree_from_canonical(canonical(document))
    assert "2026-07-14" in stored["calendar"]["holidays"]["dates"]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_samples_are_right_and_their_stored_texts_say_the_same(path: Path) -> None:
    published = read_bytes(CALENDARS.read_bytes(), CALENDARS.name)
    calendars = {document.tree["calendar"]: calendar_terms(document) for document in published}
    for document in read_bytes(path.read_bytes(), path.name):
        assert check(document, calendars) == []
        if kind_of(document) == "contract":
            assert terms_from_canonical(canonical(document)) == contract_terms(document)


def test_the_stored_text_depends_on_what_is_said_not_on_its_order(one: One) -> None:
    first = one("entente: 1\nservice: a\ntitle: {fr: é, en: e}\nexternal: true")
    second = one('{"external": true, "title": {"en": "e", "fr": "é"}, "service": "a", "entente": 1}')
    assert (
        canonical(first)
        == canonical(second)
        == '{"entente":1,"external":true,"service":"a","title":{"en":"e","fr":"é"}}'
    )


def test_exact_numbers_survive_storing(edited: Edited) -> None:
    document = edited("weight: 3", "weight: 0.1")
    terms = terms_from_canonical(canonical(document))
    assert terms.deliverables[0].criteria[0].weight == Decimal("0.1")


def test_what_was_stored_stays_readable_when_checks_are_tightened(edited: Edited) -> None:
    document = edited("max_misses: 1,", "max_misses: 1, kept_for: later,")
    assert check(document) != []
    assert terms_from_canonical(canonical(document)) == replace(
        contract_terms(edited("max_misses: 1,", "max_misses: 1,"))
    )


def test_documents_of_one_file_are_told_apart_by_their_keys() -> None:
    texts = ["contract: a\ncalendar: b", "calendar: b", "service: s", "mapping: m", "x: 1", "deliverables: []"]
    text = "\n---\n".join(texts)
    assert [kind_of(document) for document in read_documents(text, "f.yaml")] == [
        "contract",
        "calendar",
        "service",
        "mapping",
        None,
        "contract",
    ]
