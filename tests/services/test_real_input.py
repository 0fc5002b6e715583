"""Two public records, whole, through the door and a real store: what the organisations wrote down must come out."""

from __future__ import annotations

import csv
import lzma
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from domain.times import Instant, from_local, instant, zone
from entente.samples import shipped_folder
from ingestion.door import Door
from ingestion.files import import_files
from services.access import ADMINISTRATOR
from services.contract_files import mapping_terms, read_documents
from services.contract_files.documents import Document
from services.contracts.contracting import Contracting
from services.figures.reading import read_figures, read_occurrences
from services.matches.reading import count_unmatched
from services.opening import open_store
from services.store import Store

DATA = Path(__file__).parents[3] / "shared" / "data"
BOSTON = DATA / "boston311_2015" / "boston311_2015.csv.xz"
PERMITS = DATA / "dutch_receipt_permits" / "receipt.csv.gz"


def needed(path: Path) -> Path:
    if not path.exists():
        pytest.fail(f"the public records are not here: {path.parent.name} is looked for in ../shared/data")
    return path


def sample(name: str, file: str) -> Document:
    text = (shipped_folder("samples") / name / file).read_text(encoding="utf-8")
    return read_documents(text, f"{name}/{file}")[0]


def judged(url: str, name: str, path: Path, until: Instant) -> Store:
    """The sample contract signed, the whole file imported, everything received up to that moment."""
    store = open_store(url)
    store.use(Contracting).apply(ADMINISTRATOR, sample(name, "contract.yaml"), sign=("supplier", "client"))
    mapping = mapping_terms(sample(name, "mapping.yaml"))
    count = import_files(Door(store.history, store.clock), [needed(path)], mapping, ADMINISTRATOR)
    assert count.quarantined == 0
    store.timekeeping.advance(ADMINISTRATOR, until)
    store.judging.catch_up()
    return store


def verdicts(store: Store, commitment: str) -> dict[str, str]:
    return {one.key: one.verdict for one in store.read(ADMINISTRATOR, read_occurrences, commitment)}


def totals(store: Store, commitment: str) -> Counter[str]:
    """The sum of all periods."""
    figures = store.read(ADMINISTRATOR, read_figures, commitment=commitment)
    return Counter(
        {name: sum(one.counts[name] for one in figures) for name in figures[0].counts}
        | {"without_due": sum(one.without_due for one in figures)}
    )


# Boston

AMERICA = zone("America/New_York")
EXTRACT = instant("2016-01-13T00:00:00-05:00")
REQUESTS = "boston-311/requests/on-time"


@pytest.fixture(scope="module")
def boston(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path_factory.mktemp('boston') / 'entente.db'}"
    store = judged(url, "boston", BOSTON, EXTRACT)
    yield store
    store.close()


@pytest.fixture(scope="module")
def recorded() -> dict[str, dict[str, str]]:
    """What the city wrote down, by case."""
    with lzma.open(needed(BOSTON), "rt", encoding="utf-8", newline="") as file:
        return {row["CASE_ENQUIRY_ID"]: row for row in csv.DictReader(file)}


def test_boston_every_closed_case_has_the_verdict_that_the_city_recorded(
    boston: Store, recorded: dict[str, dict[str, str]]
) -> None:
    found = verdicts(boston, REQUESTS)
    closed = {
        key: row["OnTime_Status"]
        for key, row in recorded.items()
        if row["TARGET_DT"] and row["CLOSED_DT"] and row["OnTime_Status"]
    }
    assert len(closed) == 79_126
    expected = {"ONTIME": "met", "OVERDUE": "late"}
    assert [key for key, status in closed.items() if found[key] != expected[status]] == []
    assert Counter(found[key] for key in closed) == {"met": 60_054, "late": 19_072}


def test_boston_every_open_case_has_the_verdict_that_the_city_recorded(
    boston: Store, recorded: dict[str, dict[str, str]]
) -> None:
    found = verdicts(boston, REQUESTS)
    still = {
        key: row["OnTime_Status"]
        for key, row in recorded.items()
        if row["TARGET_DT"] and not row["CLOSED_DT"] and row["OnTime_Status"]
    }
    expected = {"OVERDUE": "missing", "ONTIME": "pending"}
    assert [key for key, status in still.items() if found[key] != expected[status]] == []
    assert Counter(found[key] for key in still) == {"missing": 11_374, "pending": 3_501}


def test_boston_all_periods_together_hold_every_case_once(boston: Store) -> None:
    together = totals(boston, REQUESTS)
    assert together == {
        "met": 60_054, "late": 19_072 + 82, "missing": 11_374 + 71, "pending": 3_501,
        "failed": 0, "excused": 0, "unknown": 0, "without_due": 26_991,
    }  # fmt: skip
    assert together.total() == 121_145


def test_boston_197_cases_were_closed_before_they_were_opened_and_are_judged_and_shown(
    boston: Store, recorded: dict[str, dict[str, str]]
) -> None:
    def moment(text: str) -> Instant:
        return from_local(datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p"), AMERICA)  # noqa: DTZ007

    before = {
        key for key, row in recorded.items() if row["CLOSED_DT"] and moment(row["CLOSED_DT"]) < moment(row["OPEN_DT"])
    }
    assert len(before) == 197
    flagged = {
        one.key for one in boston.read(ADMINISTRATOR, read_occurrences, REQUESTS) if "closed-before-opened" in one.flags
    }
    assert flagged == {key for key in before if recorded[key]["TARGET_DT"]}
    assert boston.read(ADMINISTRATOR, count_unmatched) == 0


# Permits

END_OF_THE_LOG = instant("2012-01-23T23:59:59+01:00")


@pytest.fixture(scope="module")
def permits(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path_factory.mktemp('permits') / 'entente.db'}"
    store = judged(url, "dutch-permits", PERMITS, END_OF_THE_LOG)
    yield store
    store.close()


@pytest.mark.parametrize(("criterion", "met"), [("by-the-instant", 952), ("by-end-of-day", 1_020)])
def test_permits_on_time_by_the_instant_and_by_the_end_of_the_local_day(
    permits: Store, criterion: str, met: int
) -> None:
    together = totals(permits, f"dutch-permits/permits/{criterion}")
    assert (together["met"], together["late"]) == (met, 1_329 - met)
    assert together["missing"] + together["pending"] == 105


def test_39_open_permits_were_past_their_deadline_at_the_end_of_the_log(permits: Store) -> None:
    assert totals(permits, "dutch-permits/permits/by-the-instant")["missing"] == 39
