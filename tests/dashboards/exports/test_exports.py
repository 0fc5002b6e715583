"""What leaves the pages: tables, feeds, badges, packs as PDF and CSV; nothing in them is run by who opens them."""

from __future__ import annotations

import csv
import io
import os
import re
import string
import subprocess
import sys
import zipfile
import zlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from dashboards import print_condition
from dashboards.language import language
from dashboards.pages.exports.spoken_tables import spoken, written
from dashboards.tables import Cell, Moment, Share, Written, table_bytes
from domain.times import instant
from services.access import ADMINISTRATOR
from services.figures.reading import read_occurrences
from services.reviews.reading import read_reviews
from tests.dashboards.town import FAULTS, MEALS_ON_TIME, empty_town
from tests.dashboards.visiting import Site, visited
from tests.given import at, contract, criterion, punctuality
from tests.lacking import lacking
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[3]
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


def lines(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_there_for_spreadsheets(shown: Site, table: str) -> None:
    name, _, query = table.partition("?")
    answer = shown.get(f"/exports/{name}.csv?{query}")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"].startswith("attachment;")
    header, *rows = lines(answer.content)
    assert rows
    assert all(len(row) == len(header) for row in rows)
    book = shown.get(f"/exports/{name}.xlsx?{query}")
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(book.content)).read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@sum", "\tx", "\rx", "\n=1+1", "＝1+1", "＋1", "－1", "＠sum", "=cmd|' /C calc'!A0"]
)
def test_a_cell_that_begins_like_a_formula_is_a_text(cell: str) -> None:
    assert lines(table_bytes("csv", ["a"], [[cell]]))[1] == ["'" + cell]
    sheet = zipfile.ZipFile(io.BytesIO(table_bytes("xlsx", ["a"], [[cell]]))).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert 't="s"' in sheet


def test_numbers_stay_numbers_and_the_same_table_gives_the_same_bytes() -> None:
    rows: list[list[Cell]] = [[-3, Decimal("0.5"), None, "x"]]
    assert lines(table_bytes("csv", ["a", "b", "c", "d"], rows))[1] == ["-3", "0.5", "", "x"]
    assert table_bytes("xlsx", ["a", "b", "c", "d"], rows) == table_bytes("xlsx", ["a", "b", "c", "d"], rows)


def test_a_name_that_would_run_is_harmless_in_an_export(site: Site) -> None:
    formula = '=HYPERLINK("https://evil.example")'
    site.post("/actions/{open}/close", {"text": formula})
    sent = site.http.post("/v1/actions", json={"commitment": MEALS_ON_TIME, "text": formula})
    assert sent.status_code < 300, sent.text
    rows = lines(site.get("/exports/actions.csv").content)
    assert f"'{formula}" in [cell for row in rows for cell in row]
    assert formula not in [cell for row in rows for cell in row]


def test_what_actions_came_to_is_a_table(site: Site) -> None:
    action = site.town.names["open"]
    assert site.post(f"/actions/{action}/close", {"text": "Done."}).status_code == 303
    header, *rows = lines(site.get("/exports/effects.csv?headers=stable").content)
    assert header[:4] == ["action", "commitment", "check", "effect"]
    assert [row[3] for row in rows if row[0] == action] == ["waiting"]
    assert ";en attente;" in site.get("/exports/effects.csv", "fr").text


def test_a_member_exports_its_own_contracts_only(shown: Site) -> None:
    member = "kitchen/marc.olivier"
    found = lines(shown.get("/exports/contracts.csv", who=member).content)
    assert "payroll" not in {row[0] for row in found}
    assert shown.get("/exports/occurrences.csv?commitment=payroll/slips/on-time", who=member).status_code == 404
    assert shown.get("/exports/nothing.csv").status_code == 404
    assert shown.get("/exports/actions.pdf").status_code == 404


def test_a_service_subscribes_to_what_falls_due_and_to_its_reviews(shown: Site) -> None:
    answer = shown.get("/calendars/kitchen.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert any("Midday meals" in str(one["summary"]) for one in events)
    assert any("Review" in str(one["summary"]) for one in events)
    assert len({str(one["uid"]) for one in events}) == len(events)
    assert [
        str(one["uid"]) for one in Calendar.from_ical(shown.get("/calendars/kitchen.ics").content).walk("VEVENT")
    ] == [str(one["uid"]) for one in events]
    assert shown.get("/calendars/nobody.ics").status_code == 404


ZONES = ("Europe/Paris", "Asia/Tokyo", "America/St_Johns", "Pacific/Apia")


@pytest.mark.parametrize("now", ["2026-03-02 00:00", "2026-10-01 00:00"])
def test_a_feed_read_back_gives_the_instants_that_are_owed_in_whatever_zone_across_nights_of_change(now: str) -> None:
    """02:30 is in the gap or the overlap of Paris; 10:00 is the same on two walls and two instants."""
    rule = punctuality(due={"every": "day", "at": ["02:30", "10:00"]}, early="1 h")
    review = {"every": "FREQ=WEEKLY;BYDAY=SU", "at": "02:30", "duration": "1 h"}
    with empty_town() as town, visited(town) as site:
        for number, place in enumerate(ZONES):
            town.agree(
                contract(criterion(rule), contract=f"c{number}", timezone=place, review=review), "supplier", "client"
            )
        town.advance(at(now))
        store = town.program.store
        owed = {
            one.due
            for number in range(len(ZONES))
            for one in store.read(ADMINISTRATOR, read_occurrences, f"c{number}/d/on-time", verdict="pending", limit=100)
        }
        met = [
            one for one in store.read(ADMINISTRATOR, read_reviews) if one.starts >= at(now) - 31 * 24 * 3_600_000_000
        ]
        calendar = site.get("/calendars/lab.ics").content
    events: list[Any] = list(Calendar.from_ical(calendar).walk("VEVENT"))
    dues = [one for one in events if not str(one["summary"]).startswith("Review")]
    assert {_instant(one["dtstart"].dt) for one in dues} == owed
    meetings = [one for one in events if str(one["summary"]).startswith("Review")]
    assert {(_instant(one["dtstart"].dt), _instant(one["dtend"].dt)) for one in meetings} == {
        (one.starts, one.ends) for one in met
    }
    assert {_instant(one["dtstamp"].dt) for one in events} == {at(now)}


def _instant(moment: datetime) -> int:
    """Of a time that says its zone."""
    assert moment.tzinfo is not None
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


@pytest.mark.parametrize("table", [one for one in TABLES if one != "quarantine"])
def test_every_time_in_a_table_says_its_offset(shown: Site, table: str) -> None:
    name, _, query = table.partition("?")
    times = re.findall(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S{0,13}", shown.get(f"/exports/{name}.csv?{query}").text)
    assert all(re.search(r"(Z|[+-]\d\d:\d\d)", one[19:]) for one in times), times


def test_a_badge_says_in_one_line_how_a_commitment_stands(shown: Site) -> None:
    answer = shown.get(f"/badges/{MEALS_ON_TIME}.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "<title>Midday meals, Jules-Ferry · delivered on time: " in answer.text
    assert "&lt;b&gt;Staff" in shown.get("/badges/hostile/staff/on-time.svg").text
    assert "<script" not in shown.get("/badges/hostile/staff/on-time.svg").text


def pdf_can_be_made() -> None:
    """HarfBuzz-Subset may be missing, but in continuous integration."""
    said = print_condition.condition()
    if said.startswith("no PDF") or (said and os.environ.get("CI")):
        lacking(f"{said}; {print_condition.MEND}")


def test_without_what_cuts_fonts_a_pdf_is_made_all_the_same_and_doctor_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf_can_be_made()
    monkeypatch.setattr("weasyprint.text.ffi.harfbuzz_subset", None)
    assert print_condition.condition() == "HarfBuzz-Subset is missing: PDFs are made, and take longer"


def test_what_cannot_be_loaded_is_said_each_time_that_a_pdf_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "weasyprint").mkdir()
    fails_otherwise = "raise KeyError('weasyprint') if vars(sys).setdefault('tried', []) else OSError('no pango')"
    says = f"import sys\nprint('follow the steps')\ntry:\n    {fails_otherwise}\nfinally:\n    sys.tried.append(1)\n"
    (tmp_path / "weasyprint" / "__init__.py").write_text(says)
    code = (
        f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(ROOT)!r}]\n"
        "import dashboards.pages\n"
        "from dashboards import print_condition\n"
        "from dashboards.pages.reviews import printing\n"
        "for _ in range(2):\n"
        "    assert print_condition.condition() == 'no PDF can be made here: no pango'\n"
        "    try:\n"
        "        printing.pack_pdf({}, 'en')\n"
        "    except printing.Unavailable as error:\n"
        "        assert error.slug == 'no-pdf'\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, timeout=PATIENCE, capture_output=True)
    assert ran.stdout == b""


def test_a_pack_is_there_as_pdf_csv_and_xlsx(shown: Site) -> None:
    pdf_can_be_made()
    made = shown.get(f"{REVIEW}/pack.pdf")
    assert made.content.startswith(b"%PDF-")
    assert made.content == shown.get(f"{REVIEW}/pack.pdf").content
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made.content, re.DOTALL)
    said = b"".join(zlib.decompress(one) for one in streams if one.startswith(b"x"))
    assert set(re.findall(rb"/FontFamily \(([^)]+)\)", said)) == {b"Entente Inter"}
    header, *rows = lines(shown.get(f"{REVIEW}/pack.csv").content)
    assert rows
    assert all(len(row) == len(header) for row in rows)
    assert shown.get(f"{REVIEW}/pack.xlsx").content.startswith(b"PK")
    assert shown.get(f"{REVIEW}/pack.doc").status_code == 404


def cells(content: bytes, sheet: int = 1) -> list[dict[str, tuple[str | float, str]]]:
    """The rows of a sheet by column: each cell's value, and how it is shown (of a text: nothing)."""
    book = zipfile.ZipFile(io.BytesIO(content))
    texts = re.findall(r"<si><t[^>]*>(.*?)</t></si>", book.read("xl/sharedStrings.xml").decode(), re.DOTALL)
    styles = book.read("xl/styles.xml").decode()
    forms = dict(re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]*)"', styles))
    used = re.findall(r'<xf numFmtId="(\d+)"', styles.partition("<cellXfs")[2])
    rows = re.findall(r"<row [^>]*>(.*?)</row>", book.read(f"xl/worksheets/sheet{sheet}.xml").decode(), re.DOTALL)
    found: list[dict[str, tuple[str | float, str]]] = []
    for row in rows:
        read: dict[str, tuple[str | float, str]] = {}
        for column, attributes, value in re.findall(r'<c r="([A-Z]+)\d+"([^>]*)><v>(.*?)</v>', row):
            style = re.search(r's="(\d+)"', attributes)
            form = forms.get(used[int(style[1])], "") if style else ""
            read[column] = (texts[int(value)], "") if 't="s"' in attributes else (float(value), form)
        found.append(read)
    return found


def test_in_a_spreadsheet_numbers_shares_days_and_moments_are_what_they_are() -> None:
    at = instant("2026-03-29T10:30:00Z")
    headers = ["n", "share", "day", "moment", "text"]
    rows: list[list[Cell]] = [
        [Decimal("12.5"), Share("0.8889"), date(2026, 3, 29), Moment(at, "Europe/Paris"), "=1+1"],
        [-3, None, None, Moment(at, "Asia/Tokyo"), "2026"],
        [1, None, date(1815, 6, 18), Moment(instant("1815-06-18T10:00:00Z"), "UTC"), None],
    ]
    header, first, second, third = cells(table_bytes("xlsx", headers, rows))
    assert [text for text, _ in header.values()] == [*headers, "time zone"]
    day = (date(2026, 3, 29) - date(1899, 12, 30)).days
    moment = "yyyy-mm-dd hh:mm:ss"
    assert first == {
        "A": (12.5, ""),
        "B": (0.8889, "0.00 %"),
        "C": (day, "yyyy-mm-dd"),
        "D": (pytest.approx(day + 12.5 / 24), moment),
        "E": ("'=1+1", ""),
        "F": ("Europe/Paris", ""),
    }
    assert second == {
        "A": (-3, ""),
        "D": (pytest.approx(day + 19.5 / 24), moment),
        "E": ("2026", ""),
        "F": ("Asia/Tokyo", ""),
    }
    assert (third["C"], third["D"]) == (("1815-06-18", ""), ("1815-06-18T10:00:00+00:00", ""))
    assert lines(table_bytes("csv", headers, rows))[1][:4] == [
        "12.5",
        "0.8889",
        "2026-03-29",
        "2026-03-29T12:30:00+02:00",
    ]


@pytest.mark.parametrize("table", TABLES)
def test_no_column_of_numbers_or_moments_is_text(shown: Site, table: str) -> None:
    """What reads as a number or a moment in the CSV is one in the XLSX; keys and versions of names are texts on purpose."""
    name, _, query = table.partition("?")
    plain = lines(shown.get(f"/exports/{name}.csv?{query}").content)
    sheet = cells(shown.get(f"/exports/{name}.xlsx?{query}").content)
    numeric = {"good", "of", "raw good", "raw of", "expected", "judged", "position", "events", "pending", "versions"}
    moments = {"from", "until", "due", "starts", "received", "happened", "next due", "opened at", "last event"}
    for index, header in enumerate(plain[0]):
        for told, cell in zip(plain[1:], sheet[1:], strict=True):
            is_moment = header in moments and "T" in told[index]
            if told[index] and (header in numeric or is_moment):
                value, form = cell[string.ascii_uppercase[index]]
                assert isinstance(value, float), (header, value)
                assert form == ("yyyy-mm-dd hh:mm:ss" if is_moment else ""), header


def test_a_share_that_misses_its_bound_by_little_does_not_read_as_at_it_in_a_spreadsheet() -> None:
    rows: list[list[Cell]] = [[Share("0.999999")], [Share("0.9500")], [Share(1)]]
    _, *shown = cells(table_bytes("xlsx", ["share"], rows))
    assert [one["A"] for one in shown] == [(0.999999, "0.0000 %"), (0.95, "0.00 %"), (1, "0.00 %")]


def test_a_state_of_two_words_is_said_in_french_too() -> None:
    said = spoken(language("fr"), "contracts")
    assert [said.value("state", state) for state in ("in force", "signed")] == [
        "en vigueur",
        "signé, commence plus tard",
    ]
    assert spoken(language("fr"), "actions").value("state", "not needed") == "Sans objet"


def test_a_table_speaks_french_to_who_reads_french_and_stable_names_to_programs(shown: Site) -> None:
    said = shown.get("/exports/figures.csv", "fr").content.decode("utf-8-sig")
    header, first, *_ = list(csv.reader(io.StringIO(said), delimiter=";"))
    assert header[:5] == ["engagement", "objectif", "période", "de", "jusqu’à"]
    values = dict(zip(header, first, strict=True))
    assert values["état"] in ("provisoire", "définitif", "rectifié")
    assert "," in values["valeur"]
    assert "." not in values["valeur"]
    stable = lines(shown.get("/exports/figures.csv?headers=stable&separator=,", "fr").content)
    assert stable[0][:3] == ["commitment", "target", "period"]
    assert dict(zip(stable[0], stable[1], strict=True))["state"] in ("open", "final", "restated")
    book = shown.get("/exports/figures.xlsx", "fr").content
    assert (cells(book)[0]["A"][0], cells(book, 2)[0]["A"][0]) == ("engagement", "commitment")


@pytest.mark.parametrize(
    ("language", "query", "expected"),
    [
        ("en", "", Written(",", ".")),
        ("fr", "", Written(";", ",")),
        ("en", "separator=;&decimal=,", Written(";", ",")),
        ("fr", "separator=,", Written(",", ".")),
        ("en", "decimal=,", Written(";", ",")),
        ("fr", "separator=tab", Written("\t", ",")),
    ],
)
def test_a_csv_is_written_as_its_reader_reads_it(shown: Site, language: str, query: str, expected: Written) -> None:
    asked = dict(one.split("=") for one in query.split("&") if one)
    assert written(language, **asked) == expected
    answer = shown.get("/exports/figures.csv", language, params=asked)
    assert expected.separator in answer.text.splitlines()[0]


@pytest.mark.parametrize("query", ["separator=x", "separator=,&decimal=,", "decimal=;", "headers=mine"])
def test_signs_that_make_no_table_are_refused(shown: Site, query: str) -> None:
    assert shown.get(f"/exports/figures.csv?{query}").status_code in (400, 422)
