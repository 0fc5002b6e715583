"""The dashboards in French: everything said, nothing else changed."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from dashboards.grafana.boards import boards
from dashboards.grafana.live import Around
from dashboards.grafana.provisioning import Reports, render
from dashboards.grafana.pushing import wanted
from dashboards.grafana.speaking import phrases, spoken, texts

EVERY = [
    board.to_json()
    for pages, has_reports in product(("", "https://entente.example"), (False, True))
    for board in boards(Around(pages, has_reports)).values()
]
OF_PUSHING = {"Entente: {service}", "Entente: what {service} owes", "Entente: what {service} is owed"}


def without_texts(content: Any) -> Any:
    """The dashboard with every text gone that `spoken` may exchange."""
    if isinstance(content, dict):
        gone = {"title", "description", "label", "content", "legendFormat", "text", "name", "renameByName"}
        return {name: without_texts(inside) for name, inside in content.items() if name not in gone}
    if isinstance(content, list):
        return [without_texts(one) for one in content]
    return content


def test_every_phrase_is_said_in_french_and_none_is_left_over() -> None:
    assert {text for board in EVERY for text in texts(board)} | OF_PUSHING == set(phrases("fr"))


@pytest.mark.parametrize("board", EVERY, ids=lambda board: board["uid"])
def test_in_french_a_dashboard_asks_the_same(board: dict[str, Any]) -> None:
    french = spoken(board, "fr")
    assert spoken(board, "en") == board
    said = json.dumps(french, ensure_ascii=False)
    for english in ("Targets lost", "Owed by", "kept so far", "Closed periods", "agreed:", "on the pages"):
        assert english not in said
    for query in ("expr", "rawSql", "definition"):
        assert said.count(f'"{query}"') == json.dumps(board).count(f'"{query}"')
    assert without_texts(french) == without_texts(board)


def test_a_markdown_text_leads_where_it_led() -> None:
    [text] = [
        panel["options"]["content"]
        for panel in spoken(boards(Around("https://entente.example"))["portfolio"].to_json(), "fr")["panels"]  # type: ignore[attr-defined]
        if panel["type"] == "text"
    ]
    assert text.startswith("[Périodes closes](https://entente.example/portfolio)\u00a0: sur les pages d’Entente.")


def test_files_and_what_is_pushed_are_in_the_language_that_was_asked_for(tmp_path: Path) -> None:
    reports = Reports("db:5432", "entente", "entente_reports")
    render(tmp_path, reports=reports, language="fr")
    written = json.loads((tmp_path / "dashboards/entente/contract.json").read_text("utf-8"))
    assert written["title"] == "Entente\u00a0: un contrat"
    plan = wanted({"sales": "Ventes {0}"}, Around(language="fr"))
    assert plan.folders["entente-sales"] == "Entente\u00a0: Ventes {0}"
    titles = {str(board.content["title"]) for board in plan.boards if board.folder == "entente-sales"}
    assert titles == {"Entente\u00a0: ce que doit Ventes {0}", "Entente\u00a0: ce qui est dû à Ventes {0}"}
