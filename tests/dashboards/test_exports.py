"""What leaves the pages: tables, feeds, badges, packs as PDF and CSV; nothing in them is run by who opens them."""

from __future__ import annotations

import csv
import io
import os
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient
from icalendar import Calendar

from dashboards import print_condition
from dashboards.tables import Cell, table_bytes
from services.access import ADMINISTRATOR
from tests.dashboards.scenario import FAULTS, MEALS_ON_TIME, town
from tests.dashboards.serving import application
from tests.given import at, contract, criterion, punctuality
from tests.lacking import lacking
from tests.services.judged import living

TABLES = (
    "commitments",
    "figures",
    f"occurrences?commitment={FAULTS}",
    "breaches",
    "actions",
    "excuses",
    "contracts",
    "reviews",
    "sources",
    "quarantine",
    "unmatched",
    f"slices?commitment={FAULTS}&by=weekday",
)
REVIEW = "/reviews/legal-opinions@2026-11-10"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(application(town())[0]) as opened:
        yield opened


def lines(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_there_for_spreadsheets(client: TestClient, table: str) -> None:
    name, _, query = table.partition("?")
    answer = client.get(f"/exports/{name}.csv?{query}")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"].startswith("attachment;")
    header, *rows = lines(answer.content)
    assert rows
    assert all(len(row) == len(header) for row in rows)
    book = client.get(f"/exports/{name}.xlsx?{query}")
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(book.content)).read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@sum", "\tx", "\rx", "=cmd|' /C calc'!A0"])
def test_a_cell_that_begins_like_a_formula_is_a_text(cell: str) -> None:
    assert lines(table_bytes("csv", ["a"], [[cell]]))[1] == ["'" + cell]
    sheet = zipfile.ZipFile(io.BytesIO(table_bytes("xlsx", ["a"], [[cell]]))).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert 't="s"' in sheet


def test_numbers_stay_numbers_and_the_same_table_gives_the_same_bytes() -> None:
    rows: list[list[Cell]] = [[-3, Decimal("0.5"), None, "x"]]
    assert lines(table_bytes("csv", ["a", "b", "c", "d"], rows))[1] == ["-3", "0.5", "", "x"]
    assert table_bytes("xlsx", ["a"], rows) == table_bytes("xlsx", ["a"], rows)


def test_a_name_that_would_run_is_harmless_in_an_export() -> None:
    rows = town()
    rows.action_rows = [replace(row, text='=HYPERLINK("https://evil.example")') for row in rows.action_rows]
    with TestClient(application(rows)[0]) as client:
        assert '\'=HYPERLINK("https://evil.example")' in lines(client.get("/exports/actions.csv").content)[1]


def test_a_member_exports_its_own_contracts_only(client: TestClient) -> None:
    member = {"Cookie": "as=kitchen/marc.olivier"}
    found = lines(client.get("/exports/contracts.csv", headers=member).content)
    assert "payroll" not in {row[0] for row in found}
    assert client.get("/exports/occurrences.csv?commitment=payroll/slips/on-time", headers=member).status_code == 404
    assert client.get("/exports/nothing.csv").status_code == 404
    assert client.get("/exports/actions.pdf").status_code == 404


def test_a_service_subscribes_to_what_falls_due_and_to_its_reviews(client: TestClient) -> None:
    answer = client.get("/calendars/kitchen.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert any("Midday meals" in str(one["summary"]) for one in events)
    assert any("Review" in str(one["summary"]) for one in events)
    assert len({str(one["uid"]) for one in events}) == len(events)
    assert [
        str(one["uid"]) for one in Calendar.from_ical(client.get("/calendars/kitchen.ics").content).walk("VEVENT")
    ] == [str(one["uid"]) for one in events]
    assert client.get("/calendars/nobody.ics").status_code == 404


ZONES = ("Europe/Paris", "Asia/Tokyo", "America/St_Johns", "Pacific/Apia")


@pytest.mark.parametrize("now", ["2026-03-02 00:00", "2026-10-01 00:00"])
def test_a_feed_read_back_gives_the_instants_that_are_owed_in_whatever_zone_across_nights_of_change(now: str) -> None:
    """02:30 is in the gap or the overlap of Paris; 10:00 is the same on two walls and two instants."""
    rule = punctuality(due={"every": "day", "at": ["02:30", "10:00"]}, early="1 h")
    review = {"every": "FREQ=WEEKLY;BYDAY=SU", "at": "02:30", "duration": "1 h"}
    with living() as life:
        for number, place in enumerate(ZONES):
            life.sign(contract(criterion(rule), contract=f"c{number}", timezone=place, review=review))
        life.advance(now)
        reading = life.store.reading
        owed = {
            one.due
            for number in range(len(ZONES))
            for one in reading.occurrences(ADMINISTRATOR, f"c{number}/d/on-time", verdict="pending", limit=100)
        }
        met = [one for one in reading.reviews(ADMINISTRATOR) if one.starts >= at(now) - 31 * 24 * 3_600_000_000]
        calendar = feed_of(reading)
    events: list[Any] = list(Calendar.from_ical(calendar).walk("VEVENT"))
    dues = [one for one in events if not str(one["summary"]).startswith("Review")]
    assert {_instant(one["dtstart"].dt) for one in dues} == owed
    meetings = [one for one in events if str(one["summary"]).startswith("Review")]
    assert {(_instant(one["dtstart"].dt), _instant(one["dtend"].dt)) for one in meetings} == {
        (one.starts, one.ends) for one in met
    }
    assert {_instant(one["dtstamp"].dt) for one in events} == {at(now)}


def feed_of(reading: Any) -> bytes:
    with TestClient(application(reading)[0]) as client:
        return client.get("/calendars/lab.ics").content


def _instant(moment: datetime) -> int:
    """Of a time that says its zone."""
    assert moment.tzinfo is not None
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


@pytest.mark.parametrize("table", [one for one in TABLES if one != "quarantine"])
def test_every_time_in_a_table_says_its_offset(client: TestClient, table: str) -> None:
    name, _, query = table.partition("?")
    times = re.findall(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S{0,13}", client.get(f"/exports/{name}.csv?{query}").text)
    assert all(re.search(r"(Z|[+-]\d\d:\d\d)", one[19:]) for one in times), times


def test_a_badge_says_in_one_line_how_a_commitment_stands(client: TestClient) -> None:
    answer = client.get(f"/badges/{MEALS_ON_TIME}.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "<title>Midday meals, Jules-Ferry · delivered on time: " in answer.text
    assert "&lt;b&gt;Staff" in client.get("/badges/hostile/staff/on-time.svg").text
    assert "<script" not in client.get("/badges/hostile/staff/on-time.svg").text


def pdf_can_be_made() -> None:
    """HarfBuzz-Subset may be missing, but in continuous integration."""
    said = print_condition.condition()
    if said.startswith("no PDF") or (said and os.environ.get("CI")):
        lacking(f"{said}; {print_condition.MEND}")


def test_without_what_cuts_fonts_a_pdf_is_made_all_the_same_and_doctor_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf_can_be_made()
    monkeypatch.setattr("weasyprint.text.ffi.harfbuzz_subset", None)
    assert print_condition.condition() == "HarfBuzz-Subset is missing: PDFs are made, and take longer"
    monkeypatch.setitem(sys.modules, "weasyprint.text.ffi", None)
    assert print_condition.condition().startswith("no PDF can be made here")


def test_a_pack_is_there_as_pdf_csv_and_xlsx(client: TestClient) -> None:
    pdf_can_be_made()
    made = client.get(f"{REVIEW}/pack.pdf")
    assert made.content.startswith(b"%PDF-")
    assert made.content == client.get(f"{REVIEW}/pack.pdf").content
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made.content, re.DOTALL)
    said = b"".join(zlib.decompress(one) for one in streams if one.startswith(b"x"))
    assert set(re.findall(rb"/FontFamily \(([^)]+)\)", said)) == {b"Entente Inter"}
    header, *rows = lines(client.get(f"{REVIEW}/pack.csv").content)
    assert rows
    assert all(len(row) == len(header) for row in rows)
    assert client.get(f"{REVIEW}/pack.xlsx").content.startswith(b"PK")
    assert client.get(f"{REVIEW}/pack.doc").status_code == 404
