from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest

from domain.durations import NominalDays
from domain.terms import Condition, Text
from services.contract_files import (
    Document,
    MappingTerms,
    ServiceTerms,
    canonical,
    check,
    mapping_terms,
    service_from_canonical,
    service_terms,
)
from services.contract_files.mapping_terms import Column, Converted, MappedEvent, ReadOptions, Template
from services.contract_files.service_terms import Person, Source

One = Callable[[str], Document]

SERVICE = """entente: 1
service: sales
title: {en: Sales, fr: Ventes}
part_of: company
people: [{id: anna.martin, name: Anna Martin, email: anna@example.org}, {id: x, name: X}]
sources: [{source: crm/reports, expected_every: 1 day}, {source: crm/tickets}]
"""
MAPPING = """entente: 1
mapping: boston-311
read: {format: csv, delimiter: ",", timezone: America/New_York, times: "%m/%d/%Y %I:%M:%S %p"}
events:
  - type: request.opened
    id: "{CASE_ENQUIRY_ID}/opened"
    source: boston/311
    subject: "{CASE_ENQUIRY_ID}"
    time: "{OPEN_DT}"
    data: {due: {time: "{TARGET_DT}"}, kind: "{TYPE}", count: {number: "{N}"}, deep: {fixed: 1.5, on: true}}
  - type: request.closed
    if: {CLOSED_DT: {exists: true}, "case:status": [closed, done]}
    id: "{{{CASE_ENQUIRY_ID}}}/closed"
    source: boston/311
    time: "{CLOSED_DT}"
    sequence: "{ROW}"
"""


def test_a_service_says_its_people_and_sources(one: One) -> None:
    terms = service_terms(one(SERVICE))
    assert terms == ServiceTerms(
        id="sales",
        title=Text((("en", "Sales"), ("fr", "Ventes"))),
        part_of="company",
        people=(Person("anna.martin", "Anna Martin", "anna@example.org"), Person("x", "X")),
        sources=(Source("crm/reports", NominalDays(1)), Source("crm/tickets")),
    )
    assert service_from_canonical(canonical(one(SERVICE))) == terms


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "service: sales",
            "service: entente",
            "2:10: service: the name “entente” is reserved (another name for the service)",
        ),
        (
            "part_of: company",
            "part_of: sales",
            "4:10: part_of: a service is not a part of itself (another service, or leave it out)",
        ),
        ("id: x", "id: anna.martin", "5:78: people[1].id: “anna.martin” is described already (each once)"),
        ("crm/tickets", "crm/reports", "6:66: sources[1].source: “crm/reports” is described already (each once)"),
        (
            "anna@example.org",
            "anna",
            "5:54: people[0].email: “anna” is not an e-mail address (such as name@example.org)",
        ),
        (
            "id: x",
            "id: Anna Martin",
            "5:78: people[1].id: “Anna Martin” is not the id of a person (such as anna.martin: small letters a-z, digits, "
            "“.”, “-” and “_”, at most 63)",
        ),
        ("part_of", "external", "4:11: external: must be true or false, not “company”"),
    ],
)
def test_services_that_cannot_be_are_refused(one: One, old: str, new: str, problem: str) -> None:
    assert check(one(SERVICE.replace(old, new, 1))) == [f"f.yaml:{problem}"]


def test_a_mapping_says_how_rows_become_events(one: One) -> None:
    case = Column("CASE_ENQUIRY_ID")
    assert mapping_terms(one(MAPPING)) == MappingTerms(
        id="boston-311",
        read=ReadOptions("csv", ",", "utf-8", "America/New_York", ("%m/%d/%Y %I:%M:%S %p",)),
        events=(
            MappedEvent(
                type=Template(("request.opened",)),
                id=Template((case, "/opened")),
                source=Template(("boston/311",)),
                time=Template((Column("OPEN_DT"),)),
                subject=Template((case,)),
                data=(
                    ("count", Converted("number", Template((Column("N"),)))),
                    ("deep", (("fixed", Decimal("1.5")), ("on", True))),
                    ("due", Converted("time", Template((Column("TARGET_DT"),)))),
                    ("kind", Template((Column("TYPE"),))),
                ),
            ),
            MappedEvent(
                type=Template(("request.closed",)),
                id=Template(("{", case, "}/closed")),
                source=Template(("boston/311",)),
                time=Template((Column("CLOSED_DT"),)),
                condition=(
                    ("CLOSED_DT", (Condition("exists", True),)),
                    ("case:status", (Condition("in", ("closed", "done")),)),
                ),
                extensions=(("sequence", Template((Column("ROW"),))),),
            ),
        ),
    )


def test_a_template_is_filled_from_a_row_unless_a_cell_is_empty() -> None:
    template = Template((Column("A"), "/", Column("B")))
    assert template.filled({"A": "1", "B": "2"}) == "1/2"
    assert template.filled({"A": "1", "B": ""}) is None
    assert template.filled({"A": "1"}) is None
    assert template.columns == ("A", "B")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"{OPEN_DT}"', '"{OPEN_DT"', "9:11: events[0].time: “{OPEN_DT” is not a template: a brace is open or alone"),
        ('"{OPEN_DT}"', '"{}"', "9:11: events[0].time: “{}” is not a template: a brace is open or alone"),
        ('"{TARGET_DT}"', '"TARGET_DT}"', "10:24: events[0].data.due.time: “TARGET_DT}” is not a template: a brace is"),
        ('"{CASE_ENQUIRY_ID}/opened"', "opened", "6:9: events[0].id: every row would give the same id"),
        (
            "{exists: true}",
            "{ge: 4}",
            "12:26: events[1].if.CLOSED_DT.ge: a column is a text, never the number 4 (quote it",
        ),
        ("format: csv", "format: xls", "3:16: read.format: “xls” is not known here (csv, json)"),
        ('delimiter: ","', 'delimiter: ", "', "3:32: read.delimiter: “, ” is not one sign"),
        ('delimiter: ","', "delimiter: '\"'", "3:32: read.delimiter: this sign cannot divide columns"),
        (", timezone: America/New_York", "", "3:44: read.times: these times have no offset (add read.timezone, or %z)"),
        ("%m/%d/%Y %I:%M:%S %p", "%H:%M", "3:72: read.times: “%H:%M” does not give a whole date"),
        ("%m/%d/%Y %I:%M:%S %p", "%Q", "3:72: read.times: “%Q” is not a form of times"),
        (
            "format: csv",
            "format: csv, encoding: utf-88",
            "3:31: read.encoding: unknown encoding “utf-88” (such as utf-8)",
        ),
        (
            "%m/%d/%Y %I:%M:%S %p",
            "%Y-%m-%d %H:%M %Z",
            "3:72: read.times: “%Y-%m-%d %H:%M %Z” reads the name of a zone and passes it over (%z for an offset",
        ),
        ('kind: "{TYPE}"', "kind: [a]", "10:46: events[0].data.kind: must be a template or a fixed value"),
        ('    time: "{OPEN_DT}"\n', "", "5:5: events[0]: the key “time” is missing (time: when it happened)"),
        (
            'count: {number: "{N}"}',
            'count: {number: "{N}", decimal: ","}',
            "10:79: events[0].data.count.decimal: unknown key “decimal” beside `number` (read: {decimal: ",
        ),
        (
            'count: {number: "{N}"}',
            'count: {decimal: ",", number: "{N}"}',
            "10:64: events[0].data.count.decimal: unknown key “decimal” beside `number`",
        ),
        (
            'count: {number: "{N}"}',
            'count: {number: "{N}", text: "{N}"}',
            "10:79: events[0].data.count.text: unknown key “text” beside `number` (a column is converted once)",
        ),
        (
            'count: {number: "{N}"}',
            'deeper: {count: {time: "{N}", unit: h}}',
            "10:86: events[0].data.deeper.count.unit: unknown key “unit” beside `time` (a conversion stands alone; a name",
        ),
        (
            'count: {number: "{N}"}',
            "count: {number: 12}",
            "10:72: events[0].data.count.number: `number` converts what stands in a column, not the number 12 (such as {n",
        ),
        (
            'count: {number: "{N}"}',
            'count: {number: "N"}',
            "10:72: events[0].data.count.number: no column stands in “N”, so that every row would give the same (such as",
        ),
        (
            'count: {number: "{N}"}',
            'count: {numbr: "{N}"}',
            "10:64: events[0].data.count.numbr: unknown key “numbr” (did you mean “number”? A name that is called so is",
        ),
        (
            'due: {time: "{TARGET_DT}"}',
            'due: {Time: "{TARGET_DT}"}',
            "10:18: events[0].data.due.Time: unknown key “Time” (did you mean “time”?",
        ),
        (
            "{exists: true}",
            "{exsits: true}",
            "12:22: events[1].if.CLOSED_DT.exsits: unknown key “exsits” (did you mean “exists”?)",
        ),
        ("timezone:", "time_zone:", "3:37: read.time_zone: unknown key “time_zone” (did you mean “timezone”?)"),
        ('delimiter: ","', 'decimal: ";"', "3:30: read.decimal: “;” is no decimal sign"),
    ],
)
def test_mappings_that_cannot_be_are_refused(one: One, old: str, new: str, problem: str) -> None:
    [found] = check(one(MAPPING.replace(old, new, 1)))
    assert found.startswith(f"f.yaml:{problem}")


def test_a_name_that_is_called_like_a_conversion_is_said_by_a_conversion_of_its_own(one: One) -> None:
    written = MAPPING.replace('kind: "{TYPE}"', 'at: {number: {text: "{NO}"}, street: "{STREET}"}, time: "{TYPE}"')
    assert check(one(written)) == []
    data = dict(mapping_terms(one(written)).events[0].data)
    number, street = Converted("text", Template((Column("NO"),))), Template((Column("STREET"),))
    assert (data["at"], data["time"]) == ((("number", number), ("street", street)), Template((Column("TYPE"),)))


@pytest.mark.parametrize(
    "key",
    ["entente", "mapping", "read", "format", "delimiter", "timezone", "times", "events", "type", "id", "source", "subject",
     "time", "data", "if", "sequence", "number"],
)  # fmt: skip
def test_any_key_that_is_misspelt_is_refused_where_it_stands_with_the_right_one(one: One, key: str) -> None:
    """With its first two letters the other way round."""
    wrong = key[1] + key[0] + key[2:]
    written = re.sub(rf"(?<![\w]){key}:", f"{wrong}:", MAPPING, count=1)
    [found] = [problem for problem in check(one(written)) if f"“{wrong}”" in problem]
    assert f"did you mean “{key}”" in found
