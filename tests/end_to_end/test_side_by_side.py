"""Commands, posts and a running `serve` on one store at once: every answered event is stored exactly once."""

from __future__ import annotations

import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
import psycopg

from tests.end_to_end.agreements import contract, event, lines, report, requests
from tests.end_to_end.running import Entente, Server, wait_until
from tests.patience import PATIENCE

NAME = "to-marketing"
COUNT = 1_500
UNTIL = "2026-02-10T00:00:00Z"


def agree(entente: Entente) -> None:
    entente.write("contract.yaml", contract(NAME, "marketing"))
    entente.ok("apply", "contract.yaml", "--sign", "supplier,client")


def opened(number: int) -> bytes:
    """A request that a tool posts; nobody owes it anything."""
    return event(f"posted-{number}", "request.noted", "2026-01-20T08:00:00Z", source="poster")


class Poster:
    """Posts events in small batches until told to stop, each again until it is answered, through restarts of the server."""

    def __init__(self, address: str):
        self.address = address
        self.answers: dict[str, set[int]] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Poster:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        number = 0
        while not self._stopping.is_set():
            batch = [opened(one) for one in range(number, number + 20)]
            if self._post(b"[" + b",".join(batch) + b"]"):
                number += 20
            self._stopping.wait(0.02)

    def _post(self, body: bytes) -> bool:
        headers = {"content-type": "application/cloudevents-batch+json"}
        try:
            answer = httpx2.post(f"{self.address}/v1/events", content=body, headers=headers, timeout=PATIENCE)
        except httpx2.TransportError:
            self._stopping.wait(0.1)
            return False
        assert answer.status_code == 202, answer.text
        for item in answer.json()["items"]:
            assert item["result"] in ("accepted", "duplicate"), item
            self.answers.setdefault(item["id"], set()).add(item["position"])
        return True


def stored(server: Server) -> dict[tuple[str, str], list[int]]:
    """The positions of every event of the history, by source and id."""
    found: dict[tuple[str, str], list[int]] = {}
    after = 0
    while page := server.json(f"/v1/history?after={after}&limit=1000"):
        for entry in page:
            if entry["topic"] == "entente.event":
                content = entry["content"]
                found.setdefault((content["source"], content["id"]), []).append(entry["position"])
        after = page[-1]["position"]
    return found


def each_once(server: Server, poster: Poster) -> None:
    assert poster.answers
    there = stored(server)
    assert {id: positions for id, positions in there.items() if len(positions) > 1} == {}
    for id, positions in poster.answers.items():
        assert set(there[("poster", id)]) == positions


def test_commands_and_posts_beside_a_running_serve(entente_on_either: Entente) -> None:
    """Two imports of overlapping files at once, posts meanwhile, then time: the answers add up, and replay agrees."""
    entente = entente_on_either
    with entente.serving("--time", "manual") as server:
        agree(entente)
        assert [one["id"] for one in server.json("/v1/contracts")] == [NAME]
        events = [*requests("marketing", COUNT), report("marketing", "2026-01-05", "2026-01-05T08:00:00Z")]
        (entente.folder / "one.jsonl").write_bytes(lines(events[: COUNT * 2 // 3 * 2]))
        (entente.folder / "two.jsonl").write_bytes(lines(events[COUNT // 3 * 2 :]))
        with (
            Poster(server.address) as poster,
            entente.started("import", "one.jsonl", "--json") as one,
            entente.started("import", "two.jsonl", "--json") as two,
        ):
            counts: Counter[str] = Counter()
            for ran in (one.ended(), two.ended()):
                assert ran.code == 0, ran
                counts.update(ran.json)
            assert (counts["accepted"], counts["quarantined"]) == (len(events), 0)
            assert counts["duplicates"] == COUNT // 3 * 2
            assert "has passed" in entente.ok("advance", UNTIL)
        by_command = entente.json("figures")
        assert figures(by_command)["requests/answered"] == (COUNT // 6 * 4, COUNT)
        assert figures(by_command)["report/on-time"] == (1, 4)
        assert figures(server.json("/v1/figures")) == figures(by_command)
        each_once(server, poster)
        assert "no difference" in entente.ok("replay")


def figures(rows: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    """(good, total) of January, by commitment."""
    january = [row for row in rows if row["period"] == "2026-01"]
    return {
        row["commitment"].removeprefix(f"{NAME}/"): (row["adjusted"]["good"], row["adjusted"]["total"])
        for row in january
    }


def test_a_serve_that_is_killed_and_started_again_has_lost_nothing_that_it_answered(entente_on_either: Entente) -> None:
    entente = entente_on_either
    agree(entente)
    with entente.serving("--time", "manual") as first:
        port = int(first.address.rpartition(":")[2])
        with Poster(first.address) as poster:
            wait_until(lambda: len(poster.answers) > 100)
            first.running.kill()
            with entente.started("serve", "--port", port, "--time", "manual") as running:
                again = Server(running, first.address)
                again.wait_until_ready()
                before = len(poster.answers)
                wait_until(lambda: len(poster.answers) > before + 100)
                assert entente.json("figures")
                poster.stop()
                each_once(again, poster)
                assert "no difference" in entente.ok("replay")
                running.process.terminate()
                assert running.ended().code == 0


def test_a_judge_that_loses_its_lock_writes_nothing_over_what_the_next_one_judged(
    postgres_url: str, tmp_path: Path
) -> None:
    """The server ends the connection that holds the judge's lock, again and again, while events come."""
    entente = Entente(postgres_url, tmp_path)
    agree(entente)
    (tmp_path / "e.jsonl").write_bytes(lines(requests("marketing", COUNT)))
    with entente.serving("--time", "manual") as one, entente.serving("--time", "manual"), Poster(one.address):
        with (
            entente.started("import", "e.jsonl") as importing,
            psycopg.connect(postgres_url, autocommit=True) as server,
        ):
            for _ in range(20):
                server.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted "
                    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                )
                time.sleep(0.1)
            assert importing.ended().code == 0
        assert "has passed" in entente.ok("advance", UNTIL)
        assert figures(entente.json("figures"))["requests/answered"] == (COUNT // 6 * 4, COUNT)
        assert "no difference" in entente.ok("replay")
