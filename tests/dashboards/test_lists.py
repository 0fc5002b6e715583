"""Lists that are sorted, narrowed and exported by their address, on the pages of the town."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from html.parser import HTMLParser
from itertools import groupby

import pytest
from httpx2 import Response

from dashboards.pages.house import lists
from dashboards.pages.house.lists import Listing, wanted
from dashboards.pages.parts import PARTS
from dashboards.pages.sign_in.listing import KEYS, PEOPLE
from tests.dashboards.town import MEALS_ON_TIME
from tests.dashboards.visiting import Site

LISTS = [one for part in PARTS for one in part.lists if one not in (PEOPLE, KEYS)]
"""Those of a program where nobody signs in (of others: sign_in/test_lists_of_people.py)."""
OF_ONE = {"/repeats": {"contract": "school-meals", "since": "2026-01-01", "until": "2027-01-01"}}
"""What lists need that are of one contract."""
MARC = "kitchen/marc.olivier"
BLOCKS = ("quarantined",)
"""Places of lists that are no tables: their order is in their links alone."""


class Cells(HTMLParser):
    """The words of each row of the first list of a page, and what its headings say of the order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.orders: list[str] = []
        self.feed(html.partition('<table class="list')[2].partition("</table>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag == "td" and ("class", "pick") not in attrs:
            self.rows[-1].append("")
        elif tag == "th":
            self.orders += [str(value) for name, value in attrs if name == "aria-sort"]

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] = f"{self.rows[-1][-1]} {data}".strip()


def of_list(listing: Listing, html: str) -> Cells:
    """The list on its page, where others may stand before it."""
    return Cells(html.partition(f'id="{listing.place[1:]}"')[2] if listing.place else html)


def rows_of(found: Cells) -> list[list[str]]:
    return [row for row in found.rows if row]


def rows(html: str) -> list[list[str]]:
    return [row for row in Cells(html).rows if row]


def exported(answer: Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def headings() -> list[tuple[Listing, str]]:
    return [(one, column.name) for one in LISTS for column in one.columns if column.is_sorted]


@pytest.mark.parametrize(
    ("listing", "column"), headings(), ids=lambda one: one if isinstance(one, str) else one.address
)
def test_each_column_sorts_its_list_both_ways(shown: Site, listing: Listing, column: str) -> None:
    """No row comes or goes, and the heading says how they stand."""
    needed = OF_ONE.get(listing.address, {})
    up, down = (
        shown.get(listing.address, params={**needed, listing.named("sort"): way}) for way in (column, f"-{column}")
    )
    assert (up.status_code, down.status_code) == (200, 200)
    found = [of_list(listing, one.text) for one in (up, down)]
    if listing.place[1:] not in BLOCKS:
        assert [one.orders for one in found] == [["ascending"], ["descending"]]
    assert sorted(rows_of(found[0])) == sorted(rows_of(found[1]))


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    ("listing", "column"), headings(), ids=lambda one: one if isinstance(one, str) else one.address
)
def test_a_column_sorts_by_what_it_shows(shown: Site, listing: Listing, column: str, language: str) -> None:
    """Rows that say the same there stand together."""
    every = f"{listing.named('state')}=all&" if listing.otherwise else ""
    every += "".join(f"{name}={value}&" for name, value in OF_ONE.get(listing.address, {}).items())
    html = shown.page(f"{listing.address}?{every}{listing.named('sort')}={column}", language)
    said = cells_sorted_by(html.partition(f'id="{listing.place.removeprefix("#")}"')[2] if listing.place else html)
    assert len([cell for cell, _ in groupby(said)]) == len(set(said)) > 0, said


def cells_sorted_by(html: str) -> list[str]:
    """What the first list of a page says in the column that it is sorted by, signs included, but for what is small and where
    links lead to."""
    head, _, body = html.partition('<table class="list')[2].partition("</table>")[0].partition("</thead>")
    ways = [" aria-sort=" in tag for tag in re.findall("<th [^>]*>", head)]
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.S) for row in re.findall("<tr>.*?</tr>", body, re.S)]
    return [re.sub('<span class="sub.*|<a [^>]*>', "", row[ways.index(True)], flags=re.S) for row in rows]


@pytest.mark.parametrize("listing", LISTS, ids=[one.address for one in LISTS])
def test_a_column_that_is_not_there_leaves_the_list_in_its_order(shown: Site, listing: Listing) -> None:
    usual = shown.page(listing.address)
    for sort in ("nothing", "-", "--since", "ORDER BY", "%27"):
        asked = shown.page(f"{listing.address}?{listing.named('sort')}={sort}")
        assert rows(asked) == rows(usual)


@pytest.mark.parametrize("listing", LISTS, ids=[one.address for one in LISTS])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_value_that_is_not_there_shows_nothing_and_says_so(shown: Site, listing: Listing, language: str) -> None:
    said = {"en": "or not for you to see", "fr": "ou n’est pas à voir pour vous"}
    for name in set(listing.filters) - {"commitment", "person", "since", "until"}:
        answer = shown.get(f"{listing.address}?{listing.named(name)}=<b>zz", language)
        assert (answer.status_code, said[language] in answer.text, "<b>zz" in answer.text) == (200, True, False), name
        assert "&lt;b&gt;zz" in answer.text


@pytest.mark.parametrize("listing", LISTS, ids=[one.address for one in LISTS])
def test_what_an_address_holds_is_bounded(shown: Site, listing: Listing) -> None:
    for name in listing.parameters:
        assert shown.get(listing.address, params={name: "9" * 301}).status_code in (400, 422), name
    for page in ("0", "-1", "99999999"):
        assert shown.get(listing.address, params={listing.named("page"): page}).status_code == 200


def test_the_filters_leave_what_they_say(shown: Site) -> None:
    every = rows(shown.page("/breaches?state=all", who=MARC))
    ours, theirs = (rows(shown.page(f"/breaches?state=all&side={one}", who=MARC)) for one in ("by-us", "to-us"))
    assert (len(ours) + len(theirs), ours != [], theirs != []) == (len(every), True, True)
    assert all("Central kitchen owes" in row[1] for row in ours)
    late = rows(shown.page("/breaches?state=all&kind=late&period=2026-11", who=MARC))
    assert late == [row for row in every if row[0] == "late" and row[2].startswith("November 2026")] != []
    mine = rows(shown.page("/breaches?state=all&mine=mine", who=MARC))
    assert 0 < len(mine) < len(every)
    actions = rows(shown.page("/actions?mine=mine", who=MARC))
    assert actions
    assert all("Marc Olivier" in row[2] for row in actions)


def test_tabs_count_what_they_lead_to(shown: Site) -> None:
    html = shown.page("/breaches?kind=missing", who=MARC)
    tabs = re.findall(r'<a href="([^"]*)"[^>]*>[^<]* <span class="second">(\d+)</span></a>', html)
    assert len(tabs) == 5
    for address, count in tabs:
        assert len(rows(shown.page(unescape(address), who=MARC))) == int(count)


@pytest.mark.parametrize(
    ("path", "column"),
    [
        ("/breaches?state=all&kind=late&sort=period", "breach"),
        (f"/breaches?commitment={MEALS_ON_TIME}&sort=-cause", "breach"),
        ("/breaches?state=withdrawn", "breach"),
        ("/actions?state=all&sort=-owner", "action"),
        ("/contracts?sort=-contract", "contract"),
    ],
)
def test_the_file_holds_what_the_page_lists_in_the_same_order(shown: Site, path: str, column: str) -> None:
    html = shown.page(path)
    [address] = re.findall(r'href="(/exports/[^"]*\.csv[^"]*)"', html)
    address = unescape(address) + ("&" if "?" in address else "?") + "headers=stable"
    things = re.findall(r'<td><a class="strong" href="/[a-z]+/([^"]*)"', html)
    assert [row[column] for row in exported(shown.get(address))] == things != []


def test_a_file_that_is_narrowed_by_nothing_holds_everything(shown: Site) -> None:
    every = {row["state"] for row in exported(shown.get("/exports/breaches.csv?headers=stable"))}
    assert {"open", "withdrawn"} <= every


def test_a_file_is_not_narrowed_by_what_its_table_has_not(shown: Site) -> None:
    for path in ("figures.csv?kind=late", "contracts.csv?mine=mine", "breaches.csv?kind=zz", "breaches.csv?page=2&x=1"):
        assert shown.get(f"/exports/{path}").status_code == 400, path


def test_what_an_address_asks_of_a_list_is_read_in_one_way() -> None:
    [breaches] = (one for one in LISTS if one.address == "/breaches")
    asked = wanted(breaches, {"sort": "-period", "page": "3", "kind": " late "})
    assert (asked.column, asked.is_down, asked.page, asked.value("kind")) == ("period", True, 3, "late")
    assert (asked.value("state"), wanted(breaches, {"state": "all"}).value("state")) == ("answer", "")
    assert wanted(breaches, {}, is_file=True).value("state") == ""


def test_of_many_contracts_the_title_is_typed_and_of_few_one_is_chosen(
    shown: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("/breaches", "/portfolio"):
        assert '<select id="narrow-contract"' in shown.page(path)
        chosen = rows(shown.page(f"{path}?contract=school-meals"))
        for typed in ("School meals", "school MEALS", "Restauration scolaire"):
            language = "fr" if typed.startswith("Rest") else "en"
            found = shown.page(f"{path}?contract={typed.replace(' ', '+')}", language)
            assert len(rows(found)) == len(chosen) > 0, typed
        monkeypatch.setattr(lists, "MOST_CHOICES", 1)
        narrowed = shown.page(f"{path}?contract=school-meals")
        assert re.search(r'<input id="narrow-contract"[^>]* value="School meals"[^>]*data-words="contracts"', narrowed)
        assert rows(narrowed) == chosen
        nothing = shown.page(f"{path}?contract=School")
        assert "There is no “School” here" in nothing
        assert not rows(nothing)
        monkeypatch.undo()


def test_a_title_that_is_typed_counts_as_the_contract_of_that_id(shown: Site) -> None:
    tabs = [
        re.findall(r'<span class="second">(\d+)</span>', shown.page(f"/breaches?contract={one}"))
        for one in ("school-meals", "School+meals")
    ]
    assert tabs[0] == tabs[1] != []


def test_a_column_that_is_not_there_is_told_and_refused_for_a_file(shown: Site) -> None:
    page = shown.page("/breaches?sort=nonsense")
    assert "no column “nonsense” to sort by" in page
    assert rows(page) == rows(shown.page("/breaches"))
    assert "to sort by" not in shown.page("/breaches?sort=-root")
    assert "to sort by" not in shown.page("/breaches")
    assert shown.get("/exports/breaches.csv?sort=nonsense").status_code == 400
