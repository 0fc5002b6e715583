"""What is known now about a moment, what was shown at one, and both: against figures worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.end_to_end.agreements import COMPLETE, REPORT, contract, lines, report
from tests.end_to_end.running import Entente

NAME = "to-marketing"


class Story:
    """Three Mondays, of which the last was reported in time and told too late; then the rest, and something later still."""

    def __init__(self, entente: Entente):
        self.entente = entente
        entente.write("contract.yaml", contract(NAME, "marketing"))
        entente.ok("apply", "contract.yaml", "--sign", "supplier,client")
        self._push(
            report("marketing", "2026-01-05", "2026-01-05T08:00:00Z"),
            report("marketing", "2026-01-12", "2026-01-12T11:00:00Z"),
            until="2026-01-20T00:00:00Z",
        )
        self.before_the_late_news = self._position()
        self.at = datetime.now(UTC).isoformat()
        self._push(report("marketing", "2026-01-19", "2026-01-19T08:00:00Z"))
        self._push(report("marketing", "2026-01-26", "2026-01-26T08:00:00Z"), until="2026-02-10T00:00:00Z")
        self.when_closed = self._position()
        self._push(report("marketing", "2026-01-27", "2026-01-27T08:00:00Z", missing=3))
        self.now = self._position()

    def _push(self, *events: bytes, until: str | None = None) -> None:
        (self.entente.folder / "e.jsonl").write_bytes(lines(events))
        self.entente.ok("import", "e.jsonl", *(("--advance", until) if until else ()))

    def _position(self) -> int:
        position: int = self.entente.json("figures")[0]["position"]
        return position


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("story")
    return Story(Entente(f"sqlite:///{folder / 'entente.db'}", folder))


def january(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {row["commitment"].removeprefix(f"{NAME}/"): row for row in rows if row["period"] == "2026-01"}


def counts(row: dict[str, Any]) -> dict[str, int]:
    return {verdict: count for verdict, count in row["counts"].items() if count}


def test_the_command_line_looks_back(story: Story) -> None:
    entente = story.entente
    now = january(entente.json("figures"))
    assert counts(now[REPORT]) == {"met": 3, "late": 1}
    assert (now[REPORT]["state"], now[REPORT]["value"]) == ("final", "0.7500")
    assert (now[COMPLETE]["state"], now[COMPLETE]["adjusted"]) == ("restated", {"good": 4, "total": 5})
    assert (now[COMPLETE]["final"]["good"], now[COMPLETE]["final"]["total"]) == (4, 4)
    assert now[COMPLETE]["causes"] == [story.now]

    for moment in (story.before_the_late_news, story.at):
        believed = january(entente.json("figures", "--believed-at", moment, "--contract", NAME))
        assert counts(believed[REPORT]) == {"met": 1, "late": 1, "missing": 1, "pending": 1}
        assert (believed[REPORT]["state"], believed[REPORT]["value"]) == ("open", "0.3333")
        assert believed[REPORT]["position"] == story.before_the_late_news
        assert believed[REPORT]["watermark"] == "2026-01-20T00:00:00Z"

    known = january(entente.json("figures", "--as-of", "2026-01-20T00:00:00Z"))
    assert counts(known[REPORT]) == {"met": 2, "late": 1, "pending": 1}
    assert (known[REPORT]["position"], known[REPORT]["watermark"]) == (story.now, "2026-01-20T00:00:00Z")

    both = ("--as-of", "2026-01-13T00:00:00Z", "--believed-at", story.before_the_late_news)
    assert counts(january(entente.json("figures", *both))[REPORT]) == {"met": 1, "late": 1, "pending": 2}
    ledger = entente.json("occurrences", f"{NAME}/{REPORT}", "--period", "2026-01", *both)
    assert [one["verdict"] for one in ledger] == ["met", "late", "pending", "pending"]
    assert "missing" in entente.ok("explain", f"{NAME}/{REPORT}", "2026-01-19", "--believed-at", story.at)
    assert "judged to position" in entente.ok("figures", "--as-of", "2026-01-20T00:00:00Z", "--contract", NAME)


def test_http_looks_back_to_the_instant(story: Story) -> None:
    """The report of the 12th was due at 09:00 UTC, and came at 11:00."""
    expected: dict[tuple[tuple[str, object], ...], dict[str, int]] = {
        (("as_of", "2026-01-12T08:59:59.999999Z"),): {"met": 1, "pending": 3},
        (("as_of", "2026-01-12T09:00:00Z"),): {"met": 1, "missing": 1, "pending": 2},
        (("as_of", "2026-01-12T10:59:59.999999Z"),): {"met": 1, "missing": 1, "pending": 2},
        (("as_of", "2026-01-12T11:00:00Z"),): {"met": 1, "late": 1, "pending": 2},
        (("as_of", "2026-03-01T00:00:00Z"),): {"met": 3, "late": 1},
        (("believed_at", story.before_the_late_news),): {"met": 1, "late": 1, "missing": 1, "pending": 1},
        (("believed_at", story.at),): {"met": 1, "late": 1, "missing": 1, "pending": 1},
        (("believed_at", story.before_the_late_news + 1),): {"met": 2, "late": 1, "pending": 1},
        (("as_of", "2026-01-12T10:00:00Z"), ("believed_at", story.at)): {"met": 1, "missing": 1, "pending": 2},
        (("believed_at", story.when_closed),): {"met": 3, "late": 1},
    }
    with story.entente.serving("--time", "manual") as server:
        for asked, verdicts in expected.items():
            rows = server.json(f"/v1/figures?{urlencode(asked)}")
            figure = january(rows)[REPORT]
            assert counts(figure) == verdicts, asked
            assert all(isinstance(row["position"], int) and row["watermark"].endswith("Z") for row in rows)
            said = dict(asked)
            if "as_of" in said:
                assert figure["watermark"] == said["as_of"]
            if isinstance(position := said.get("believed_at"), int):
                assert figure["position"] == position
        closed = january(server.json(f"/v1/figures?believed_at={story.when_closed}"))[COMPLETE]
        assert (closed["state"], closed["adjusted"], closed["final"]) == ("final", {"good": 4, "total": 4}, None)
        nothing = server.json("/v1/figures?believed_at=0")
        assert nothing == []
        assert server.get(f"/v1/figures?believed_at={story.now + 100}").status_code == 422
