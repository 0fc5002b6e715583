"""One supplier, two clients: nothing that belongs to the one may be seen by the other, in no command, page or answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.agreements import contract, event, lines, report, request
from tests.end_to_end.running import Entente, Server
from tests.lacking import well
from tests.services.costs.charged import between

ME = "marketing/luc"
OTHER = "finance"
"""Whatever belongs to the other client has this word in it."""
LINK = re.compile(r'href="(/[^"#]*)')
PUBLIC = (
    "/metrics",
    "/healthz",
    "/readyz",
    "/openapi.json",
    "/v1/stream",
    "/v1/history",
    "/v1/access-log",
    "/v1/kept",
    "/v1/notices",  # one's own: tests/notices
    "/v1/costs/{id}",  # the supplier's alone: tests/services/costs
    "/v1/events/{position}/personal",  # nothing is sealed here: tests/services/protection
    "/v1/proof",
    "/v1/consistency",
)
"""Tells no contract, or is for those who run the program."""


class Two:
    """Both contracts with everything that there can be: breaches, actions, reviews, comments, what was set aside."""

    def __init__(self, entente: Entente):
        self.entente = entente
        for client in ("marketing", OTHER):
            entente.write(f"{client}.yaml", contract(f"to-{client}", client).replace("anna.martin", f"anna.{client}"))
        entente.write("services.yaml", SERVICES)
        offers = [tree for client in ("marketing", OTHER) for tree in between("sales", client, client)]
        entente.write("offers.yaml", "\n---\n".join(map(json.dumps, offers)))
        files = ("services.yaml", "marketing.yaml", f"{OTHER}.yaml", "offers.yaml")
        entente.ok("apply", *files, "--sign", "supplier,client")
        for client in ("marketing", OTHER):
            (entente.folder / f"{client}.jsonl").write_bytes(lines(events(client)))
            entente.ok("import", f"{client}.jsonl", who=f"{client}/crm")
        entente.ok("advance", "2026-02-10T00:00:00Z")
        amended = contract(f"to-{OTHER}", OTHER, effective="2026-06-01").replace("at_least 90", "at_least 70")
        entente.write("amended.yaml", amended)
        entente.ok("apply", "amended.yaml", who="sales")
        entente.ok("contracts", "comment", f"to-{OTHER}", "--text", f"{OTHER} says no", who=f"{OTHER}/eve")
        breaches = {one["commitment"].partition("/")[0]: one for one in entente.json("breaches", "list")}
        self.theirs = self._things(OTHER, breaches)
        self.mine = self._things("marketing", breaches)
        entente.ok("breaches", "explain", self.theirs.breach, "--text", f"{OTHER} knows why", who=f"{OTHER}/eve")
        entente.ok("actions", "progress", self.theirs.action, "--text", f"for {OTHER}", who="sales")
        entente.ok("reviews", "minutes", self.theirs.review, "--text", f"{OTHER} was heard", who=f"{OTHER}/eve")

    def _things(self, client: str, breaches: dict[str, dict[str, Any]]) -> Things:
        stray = str(self.entente.json("unmatched", "list", who=f"{client}/crm")[0]["position"])
        where = (f"to-{client}/requests/answered", f"{client}-1", "--role", "closed", "--text", f"for {client}")
        self.entente.ok("unmatched", "match", stray, *where, who="sales")
        match = str(
            next(one["id"] for one in self.entente.json("unmatched", "matches") if one["commitment"] == where[0])
        )
        return Things(
            breaches[f"to-{client}"],
            f"to-{client}@2026-02-03",
            self._item(client),
            self._excuse(client),
            stray,
            match,
            self._reminder(client),
        )

    def _reminder(self, client: str) -> str:
        """Handed on as well, which is the client's own."""
        person = "eve" if client == OTHER else "mia"
        late, who = (f"to-{client}/report/on-time", "2026-01-12"), f"{client}/{person}"
        thing = f"occurrence:{late[0]}:{late[1]}"
        self.entente.ok("errands", "hand-on", thing, person, "--text", f"for {client}", who=who)
        return self.entente.ok("reminders", "send", *late, "--text", f"{client} waits", who=who).strip()

    def _item(self, client: str) -> str:
        return str(self.entente.json("quarantine", "list", who=f"{client}/crm")[0]["id"])

    def _excuse(self, client: str) -> str:
        asking = ("--keys", "2026-01-12", "--reason", "client-fault", "--text", f"{client} was closed")
        return self.entente.ok("excuses", "ask", f"to-{client}/report/on-time", *asking, who="sales").strip()


class Things:
    """What one client has with the supplier, by id."""

    def __init__(
        self, breach: dict[str, Any], review: str, item: str, excuse: str, stray: str, match: str, reminder: str
    ):
        self.breach = str(breach["id"])
        self.action = str(breach["action"])
        self.review = review
        self.item = item
        self.excuse = excuse
        self.stray = stray
        self.match = match
        self.reminder = reminder


SERVICES = f"""
entente: 1
service: {OTHER}
title: {OTHER} department
people: [{{id: eve, name: Eve of {OTHER}, email: eve@{OTHER}.example}}]
sources: [{{source: {OTHER}/tool, expected_every: 1 day}}]
"""


def events(client: str) -> Iterator[bytes]:
    yield report(client, "2026-01-05", "2026-01-05T08:00:00Z")
    yield report(client, "2026-01-12", "2026-01-12T11:00:00Z")
    yield report(client, "2026-01-13", "2026-01-13T11:00:00Z")
    yield from request(client, 1, "2026-01-20T08:00:00Z", "2026-01-20T13:00:00Z")
    yield request(client, 2, "2026-01-20T08:00:00Z", "2026-01-20T13:00:00Z")[1]
    yield report(client, "2026-01-19", "2026-01-19T08:00:00")
    yield event(f"{client}/unclaimed", f"{client}.noted", "2026-01-20T08:00:00Z", source=f"{client}/tool")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Two:
    folder: Path = tmp_path_factory.mktemp("two")
    return Two(Entente(f"sqlite:///{folder / 'entente.db'}", folder))


def test_no_command_shows_another_clients_data(two: Two) -> None:
    commitment = f"to-{OTHER}/report/on-time"
    seen = (
        "contracts list --json", "figures --json", "breaches list --json", "actions list --json", "reviews list --json",
        "excuses list --json", "quarantine list --json", "unmatched list --json", "rules", "simulate --until 2026-02-01",
        "figures --believed-at 12", "reviews pack to-marketing@2026-02-03", "contracts show to-marketing --json",
    )  # fmt: skip
    for said in seen:
        ran = two.entente.run(*said.split(), who=ME)
        assert ran.code == 0, (said, ran)
        assert OTHER not in ran.out.lower(), (said, ran.out)
        assert ran.out.strip(), said
    refused = (
        f"contracts show to-{OTHER}", f"figures --contract to-{OTHER}", f"figures --commitment {commitment}",
        f"occurrences {commitment}", f"explain {commitment} 2026-01-12", f"explain {commitment}",
        f"breaches show {two.theirs.breach}", f"actions show {two.theirs.action}", f"reviews show {two.theirs.review}",
        f"reviews pack {two.theirs.review}", f"quarantine show {two.theirs.item}", f"contracts sign to-{OTHER}",
        f"actions close {two.theirs.action} --text x", f"quarantine discard {two.theirs.item} --reason x",
        f"offers show offer-of-{OTHER}", f"charters show charter-of-{OTHER}", f"charters sign charter-of-{OTHER}",
        f"excuses show {two.theirs.excuse}", f"excuses accept {two.theirs.excuse}", "replay", "replay --dump",
    )  # fmt: skip
    for said in refused:
        problem = two.entente.run(*said.split(), who=ME).problem(2)
        assert OTHER not in unnamed(problem), (said, problem)
    two.entente.write("taken.yaml", contract(f"to-{OTHER}", "marketing"))
    taken = two.entente.run("apply", "taken.yaml", "--dry-run", who=ME).problem(2)
    assert "taken" in taken
    assert OTHER not in unnamed(taken)


def test_no_page_and_no_answer_shows_another_clients_data(two: Two) -> None:
    with two.entente.serving("--time", "manual") as server:
        assert len(crawled(server)) > 15
        for path, status in refused_pages(two).items():
            answer = server.get(path, ME, accept="text/html")
            assert answer.status_code == status, (path, answer.status_code)
            assert OTHER not in unnamed(answer.text), path
        paths = server.json("/openapi.json")["paths"]
        reads = [path for path, verbs in paths.items() if "get" in verbs and path not in PUBLIC]
        assert len(reads) > 12
        for path in reads:
            mine = filled(path, two, is_mine=True)
            answer = server.get(mine, ME)
            assert answer.status_code == 200, (mine, answer.text)
            assert OTHER not in answer.text.lower(), mine
            theirs = filled(path, two, is_mine=False)
            if theirs != mine:
                answer = server.get(theirs, ME)
                assert answer.status_code == 404, (theirs, answer.status_code)
                assert OTHER not in unnamed(answer.text), theirs
        assert server.get("/v1/history", ME).status_code == 403
        for said in writes(two):
            path, body = said
            answer = server.post(path, json.dumps(body).encode(), "application/json", ME)
            assert answer.status_code in (403, 404), (path, answer.status_code, answer.text)
            assert OTHER not in unnamed(answer.text), path


def unnamed(text: str) -> str:
    """Without the ids that were asked for."""
    return re.sub(f"(to|of)-{OTHER}", "", text)


def crawled(server: Server) -> set[str]:
    """Every page that links lead to, as the one client."""
    found, waiting = {"/"}, ["/"]
    while waiting:
        path = waiting.pop()
        answer = server.get(path, ME, accept="text/html")
        was_not_there = re.search(r"[?&]at=", path) is not None and answer.status_code == 404  # at that moment
        assert was_not_there or answer.status_code in well(path), path
        assert OTHER not in answer.text.lower(), path
        for link in LINK.findall(answer.text):
            link = link.replace("&amp;", "&")
            in_another_order = "sort=" in link  # of the same rows, as the list of each column's test has it
            in_that_moment = "at=" in path  # where not all is there yet
            if (
                link not in found
                and not in_another_order
                and not in_that_moment
                and not link.startswith(("/static", "/language", "/theme"))
            ):
                found.add(link)
                waiting.append(link)
        assert len(found) < 450
    return found


def refused_pages(two: Two) -> dict[str, int]:
    commitment = f"/commitments/to-{OTHER}/report/on-time"
    paths = (
        f"/contracts/to-{OTHER}", f"/contracts/to-{OTHER}/versions/1", commitment, f"{commitment}/explain?key=2026-01-12",
        f"/breaches/{two.theirs.breach}", f"/actions/{two.theirs.action}", f"/reviews/{two.theirs.review}",
        f"/reviews/{two.theirs.review}/pack", f"/excuses/{two.theirs.excuse}", f"/reminders/{two.theirs.reminder}",
        f"/errands/hand-on?thing=excuse:{two.theirs.excuse}", f"/new-action?commitment=to-{OTHER}/report/on-time",
    )  # fmt: skip
    return dict.fromkeys(paths, 404)


def filled(path: str, two: Two, *, is_mine: bool) -> str:
    """The address with the names of things that are mine, or the other's."""
    client = "marketing" if is_mine else OTHER
    things = two.mine if is_mine else two.theirs
    ids = {
        "contracts": f"to-{client}",
        "breaches": things.breach,
        "actions": things.action,
        "excuses": things.excuse,
        "reviews": things.review,
        "quarantine": things.item,
        "unmatched": things.stray,
        "match": things.match,
        "reminders": things.reminder,
        "offers": f"offer-of-{client}",
        "charters": f"charter-of-{client}",
    }
    section = path.split("/")[2]
    assert "{" not in path or section in ids, f"{path}: which of its things are whose is to be entered in `filled`"
    path = re.sub(r"{\w+}", lambda _: ids[section], path)
    if section in ("occurrences", "explain"):
        path += f"?commitment=to-{client}/report/on-time"
    if section == "consumption":
        path += f"?offer=offer-of-{client}"
    if section == "repeats":
        path += f"?contract=to-{client}"
    if section == "explain":
        path += "&key=2026-01-12"
    return path


def writes(two: Two) -> list[tuple[str, dict[str, Any]]]:
    text = {"text": "x"}
    return [
        (f"/v1/contracts/to-{OTHER}/sign", {}),
        (f"/v1/contracts/to-{OTHER}/refuse", {"reason": "x"}),
        (f"/v1/contracts/to-{OTHER}/withdraw", {}),
        (f"/v1/contracts/to-{OTHER}/comment", {"clause": "", "text": "x"}),
        (f"/v1/contracts/to-{OTHER}/terminate", {"until": "2027-01-01"}),
        (f"/v1/offers/offer-of-{OTHER}/withdraw", {"reason": "x"}),
        (f"/v1/charters/charter-of-{OTHER}/sign", {}),
        (f"/v1/charters/charter-of-{OTHER}/refuse", {"reason": "x"}),
        (f"/v1/charters/charter-of-{OTHER}/withdraw", {}),
        (f"/v1/charters/charter-of-{OTHER}/terminate", {"until": "2027-01-01"}),
        (f"/v1/breaches/{two.theirs.breach}/acknowledge", {}),
        (f"/v1/breaches/{two.theirs.breach}/explain", text),
        (f"/v1/breaches/{two.theirs.breach}/attribute", {"root_cause": "x"}),
        ("/v1/actions", {"commitment": f"to-{OTHER}/report/on-time", **text}),
        (f"/v1/actions/{two.theirs.action}/progress", text),
        (f"/v1/actions/{two.theirs.action}/close", text),
        (
            "/v1/excuses",
            {"commitment": f"to-{OTHER}/report/on-time", "reason": "other", "keys": ["2026-01-12"], **text},
        ),
        ("/v1/reminders", {"commitment": f"to-{OTHER}/report/on-time", "key": "2026-01-12"}),
        (f"/v1/reminders/{two.theirs.reminder}/answer", text),
        ("/v1/costs", {"offer": f"offer-of-{OTHER}", "pool": "staff", "month": "2026-01", "amount": "1.00"}),
        ("/v1/errands/hand-on", {"thing": f"excuse:{two.theirs.excuse}", "person": "eve"}),
        ("/v1/errands/seen", {"thing": f"refusal:{two.theirs.excuse}"}),
        (f"/v1/excuses/{two.theirs.excuse}/accept", {}),
        (f"/v1/excuses/{two.theirs.excuse}/refuse", text),
        (f"/v1/excuses/{two.theirs.excuse}/dispute", text),
        (f"/v1/reviews/{two.theirs.review}/minutes", text),
        (f"/v1/reviews/{two.theirs.review}/decisions", text),
        (f"/v1/reviews/{two.theirs.review}/sign", {}),
        (f"/v1/unmatched/{two.theirs.stray}/set-aside", text),
        (f"/v1/unmatched/{two.theirs.stray}/take-back", {}),
        (f"/v1/quarantine/{two.theirs.item}/retry", {}),
        (f"/v1/quarantine/{two.theirs.item}/discard", {"reason": "x"}),
    ]
