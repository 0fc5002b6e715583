"""With ENTENTE_LOG=json every line on stderr is one JSON object, whatever happens."""

from __future__ import annotations

import json
import signal
from typing import Any

from tests.end_to_end.running import Entente, wait_until
from tests.end_to_end.test_readiness import execute, ready
from tests.patience import PATIENCE


def lines(shown: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in shown.splitlines()]
    assert all(one["level"] in ("info", "warning", "error") for one in found)
    assert all(one["timestamp"].endswith("Z") for one in found)
    return found


def test_every_line_of_a_server_is_json_a_fault_of_the_program_too(entente: Entente) -> None:
    entente.env["ENTENTE_LOG"] = "json"
    with entente.serving("--time", "manual") as server:
        execute(entente.store, "ALTER TABLE view_position RENAME TO elsewhere")
        wait_until(lambda: "judge failed" in server.running.shown(), server.running.shown)
        execute(entente.store, "ALTER TABLE elsewhere RENAME TO view_position")
        wait_until(lambda: ready(server)[0] == 200, server.running.shown)
        server.running.process.send_signal(signal.SIGTERM)
        assert server.running.process.wait(PATIENCE) == 0
        told = lines(server.running.shown())
    assert "Entente shows http://" in told[0]["event"]
    [failed] = [one for one in told if one["event"].startswith("judge failed")][:1]
    assert (failed["level"], failed["seconds"]) == ("error", 0.5)
    assert "no such table: view_position" in failed["exception"]
    assert any(one["event"] == "judge is at work again" for one in told)


def test_an_error_of_a_command_is_json_too_and_its_answer_is_not(entente: Entente) -> None:
    entente.env["ENTENTE_LOG"] = "json"
    [told] = lines(entente.run("contracts", "show", "absent").problem(2))
    assert told["event"].startswith("entente: there is no contract")
    assert entente.json("contracts", "list") == []
