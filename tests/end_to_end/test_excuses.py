"""Excuses from the command line, through the pack of the review, to a replay without differences."""

from __future__ import annotations

import json
from typing import Any

from tests.end_to_end.agreements import contract, lines, report
from tests.end_to_end.running import Entente

NAME = "to-marketing"
COMMITMENT = f"{NAME}/report/on-time"
REVIEW = f"{NAME}@2026-02-03"


def asked(entente: Entente, *extent: str, who: str = "sales/ana") -> str:
    said = ("--reason", "client-fault", "--text", "You were closed.")
    return entente.ok("excuses", "ask", COMMITMENT, *extent, *said, who=who).strip()


def january(entente: Entente, *more: str) -> dict[str, Any]:
    [figure] = entente.json("figures", "--commitment", COMMITMENT, "--period", "2026-01", *more)
    return {name: figure[name] for name in ("state", "raw", "adjusted")}


def share(good: int, total: int) -> dict[str, int]:
    return {"good": good, "total": total}


def test_an_excuse_from_asking_to_the_pack_and_back(entente_on_either: Entente) -> None:
    entente = entente_on_either
    entente.write("contract.yaml", contract(NAME, "marketing"))
    entente.ok("apply", "contract.yaml", "--sign", "supplier,client")
    events = [
        report("marketing", "2026-01-12", "2026-01-12T11:00:00Z"),
        report("marketing", "2026-01-26", "2026-01-26T08:00:00Z"),
    ]
    (entente.folder / "e.jsonl").write_bytes(lines(events))
    entente.ok("import", "e.jsonl", "--advance", "2026-01-29T00:00:00Z")
    before = entente.json("figures", "--commitment", COMMITMENT)[0]["position"]
    assert january(entente)["adjusted"] == share(1, 4)

    accepted, waiting = (
        asked(entente, "--keys", "2026-01-12"),
        asked(entente, "--from", "2026-01-19", "--until", "2026-01-19"),
    )
    assert "accepting this excuse is for marketing" in entente.run("excuses", "accept", accepted, who="sales").problem(
        2
    )
    entente.ok("excuses", "accept", accepted, "--text", "True.", who="marketing/luc")
    assert "accepted for good" in entente.run("excuses", "accept", accepted, who="marketing/luc").problem(2)
    assert january(entente) == {"state": "open", "raw": share(1, 4), "adjusted": share(1, 3)}
    assert january(entente, "--believed-at", str(before))["adjusted"] == share(1, 4)
    assert january(entente, "--as-of", "2026-01-13T00:00:00Z")["adjusted"] == share(0, 1)
    assert "You were closed." in entente.ok("explain", COMMITMENT, "2026-01-12")
    entente.ok("excuses", "refuse", waiting, "--text", "We were open.", who="marketing/luc")
    entente.ok("excuses", "dispute", waiting, "--text", "The door was locked.", who="sales/ana")
    states = {one["id"]: (one["state"], one["waits_for"]) for one in entente.json("excuses", "list")}
    assert states == {accepted: ("accepted", None), waiting: ("disputed", "administrator")}
    assert [one["key"] for one in json.loads(entente.ok("excuses", "show", waiting))["covers"]] == ["2026-01-19"]
    assert [one["key"] for one in entente.json("occurrences", COMMITMENT, "--verdict", "excused")] == ["2026-01-12"]

    entente.ok("advance", "2026-02-04T00:00:00Z")
    pack = json.loads(entente.ok("reviews", "pack", REVIEW, who="marketing/luc"))
    assert {one["id"]: (one["state"], one["covers"]) for one in pack["excuses"]} == {
        accepted: ("accepted", 1), waiting: ("disputed", 1),
    }  # fmt: skip
    assert [one["excuse"] for one in pack["to_decide"] if one["code"] == "excuse"] == [waiting]
    [figure] = [one for side in pack["sides"] for one in side["figures"] if one["commitment"] == COMMITMENT]
    assert (figure["raw"], figure["adjusted"]) == (share(1, 4), share(1, 3))
    for language, words in (
        ("en", ("Excuses", "the client’s fault", "the arbiter", "1 excuse waits")),
        ("fr", ("fait du client", "l’arbitre")),
    ):
        entente.ok("reviews", "pack", REVIEW, "--out", f"{language}.html", "--language", language)
        page = (entente.folder / f"{language}.html").read_text()
        for each in words:
            assert each in page, each

    assert january(entente)["state"] == "final"
    assert "only both parties together" in entente.run("excuses", "accept", waiting).problem(2)
    entente.ok("excuses", "accept", waiting, who="marketing/luc")
    assert january(entente) == {"state": "restated", "raw": share(1, 4), "adjusted": share(1, 2)}
    then = json.loads(entente.ok("reviews", "pack", REVIEW, who="marketing/luc"))
    assert [one["kind"] for one in then["minutes"]] == ["excuse-accepted"]
    assert {**then, "minutes": []} == pack
    assert "no difference" in entente.ok("replay")


def test_a_wrong_excuse_is_one_line_that_says_how_to_mend_it(entente: Entente) -> None:
    entente.write("contract.yaml", contract(NAME, "marketing"))
    entente.ok("apply", "contract.yaml", "--sign", "supplier,client")
    asking = ("excuses", "ask", COMMITMENT, "--text", "x")
    for wrong, says in (
        (("--reason", "rain", "--keys", "2026-01-12"), "client-fault, supplier-fault"),
        (("--reason", "other"), "either keys, or from and until"),
        (("--reason", "other", "--keys", "2026-01-13"), "has no occurrence “2026-01-13”"),
        (("--reason", "other", "--from", "2026-01-12T10:00", "--until", "2026-01-13"), "has no offset"),
        (("--reason", "other", "--from", "2026-01-13", "--until", "2026-01-12"), "ends before it begins"),
        (("--reason", "other", "--keys", "2026-01-12", "--evidence", "one"), "is no position"),
        (("--reason", "other", "--keys", "2026-01-12", "--for", "nobody"), "supplier or client"),
    ):
        assert says in entente.run(*asking, *wrong, who="sales").problem(2), wrong
    assert "there is no excuse" in entente.run("excuses", "accept", "none", who="marketing").problem(2)
    assert "accepted, refused" in entente.run("excuses", "list", "--state", "open").problem(2)
    assert entente.json("excuses", "list") == []
