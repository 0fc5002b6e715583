"""What could not be judged stands beside its figure wherever the figure does: on pages, in packs, tables, metrics."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from entente.serving import web
from entente.settings import Settings
from entente.wiring import program
from services.access import ADMINISTRATOR
from services.contracts.contracting import Contracting
from tests.given import availability, conformity, contract, criterion, document, event, structured
from tests.services.judged import Life

WARM = "c/d/on-time"
GOOD = {"data.temperature": {"ge": 63}}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The first quarter so far: 29 meals warm, one without its temperature; of the web site nothing was heard before the 6th."""
    folder: Path = tmp_path_factory.mktemp("store")
    with program(Settings(store=f"sqlite:///{folder / 'entente.db'}")) as opened:
        life = Life(opened.store, opened.door)
        target = {"at_least": "90 %", "per": "quarter"}
        clauses = [
            criterion(one, id, target=target)
            for one, id in ((conformity(good=GOOD), "on-time"), (availability(), "up"))
        ]
        agreed = contract(*clauses, review={"every": "FREQ=MONTHLY;BYDAY=1MO", "at": "14:00", "duration": "1 h"})
        opened.store.use(Contracting).apply(ADMINISTRATOR, document(agreed), sign=("supplier", "client"))
        meals = [event("item", f"01-{day:02d} 12:00", f"m{day}", temperature=66.8) for day in range(2, 31)]
        others = [event("item", "01-31 12:00"), event("up", "01-06 00:00", "web"), event("itm", "01-20 12:00")]
        life.append([structured(one) for one in (*meals, *others)])
        life.advance("2026-02-10")
        with TestClient(web(opened), base_url="http://127.0.0.1") as http:
            yield http


def shown(client: TestClient, address: str, language: str = "en") -> str:
    answer = client.get(address, headers={"accept-language": language})
    assert answer.status_code == 200, answer.text
    return answer.text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("language", "said", "figure", "time"),
    [("en", "1 unknown", "29 of 29", "120 h unknown"), ("fr", "1 indéterminée", "29 sur 29", "120 h sans mesure")],
)
def test_on_every_page_it_stands_beside_the_figure(
    client: TestClient, language: str, said: str, figure: str, time: str
) -> None:
    for address in ("/portfolio", "/contracts/c", "/search?q=deliverable"):
        page = shown(client, address, language)
        assert f"{figure} · {said}" in page, address
        assert time in page, address
    page = shown(client, f"/commitments/{WARM}", language)
    assert f"29/29 · {said}" in page  # in the table of periods
    assert f"{figure} ({said})" in page  # in the sentence
    assert "29/29 · 1 ?" in page  # in the chart
    sentence = {
        "en": "In 2 of them something could not be judged.",
        "fr": "Dans 2 d’entre eux, quelque chose n’a pas pu",
    }
    for address in ("/portfolio", "/?scope=all"):
        assert sentence[language] in shown(client, address, language)
    badge = shown(client, f"/badges/{WARM}.svg", language)
    assert f"{figure} · {said}" in badge


@pytest.mark.parametrize(
    ("language", "said", "kept"),
    [
        ("en", "1 unknown", "None of 2 targets is missed, as far as they could be judged. In 2 of them something is unknown."),
        ("fr", "1 indéterminée", "Aucun des 2 objectifs n’est manqué, pour autant qu’on ait pu en juger. Pour 2 d’entre eux"),
    ],
)  # fmt: skip
def test_no_pack_says_that_all_is_kept(client: TestClient, language: str, said: str, kept: str) -> None:
    page = shown(client, "/reviews/c@2026-02-02/pack", language)
    assert said in page
    assert kept in page
    pack = client.get("/v1/reviews/c@2026-02-02/pack").json()
    assert [one["unknown"] for side in pack["sides"] for one in side["figures"]] == [1, 432_000]
    assert pack["facts"]["unknown"] == 2


def test_programs_and_tables_are_told_too(client: TestClient) -> None:
    warm, up = client.get("/v1/figures").json()
    assert (warm["unknown"], warm["judged"], warm["counts"]["unknown"]) == (1, 29, 1)
    assert (up["unknown"], up["outlook"]) == (432_000, "safe")
    for address in ("/exports/figures.csv?", "/reviews/c@2026-02-02/pack.csv?"):
        head, first, *_ = shown(client, f"{address}headers=stable").splitlines()
        assert dict(zip(head.split(","), first.split(","), strict=True))["unknown"] == "1", address
    lines = [one for one in shown(client, "/metrics").splitlines() if one.startswith("entente_commitment_unknown{")]
    assert [(one.partition('criterion="')[2].partition('"')[0], one.rpartition(" ")[2]) for one in lines] == [
        ("on-time", "1.0"),
        ("up", "432000.0"),
    ]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "type: itm — contracts select item"),
        ("fr", "type : itm — les contrats retiennent item"),
    ],
)
def test_the_page_of_tools_names_what_no_contract_selects(client: TestClient, language: str, said: str) -> None:
    assert said in shown(client, "/quarantine", language)
