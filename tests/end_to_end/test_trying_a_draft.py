"""`entente what-if`: a draft against past events, from the command line."""

from __future__ import annotations

import re

from tests.end_to_end.agreements import contract, lines, report
from tests.end_to_end.running import Entente


def test_a_draft_is_tried_and_nothing_is_stored(entente_on_either: Entente) -> None:
    entente = entente_on_either
    entente.write("agreed.yaml", contract("to-a", "marketing"))
    entente.ok("apply", "agreed.yaml", "--sign", "supplier,client")
    days = [f"2026-{month:02d}-{day:02d}" for month, first in ((1, 5), (2, 2), (3, 2)) for day in (first, first + 7)]
    events = [report("marketing", day, f"{day}T09:40:00Z") for day in days]
    entente.folder.joinpath("events.jsonl").write_bytes(lines(events))
    entente.ok("import", "events.jsonl", "--advance", "2026-05-01T00:00:00Z")
    before = entente.ok("replay", "--dump")
    draft = contract("to-a", "marketing").replace('at: "10:00"', 'at: "11:00"').replace("90 %", "20 %")
    entente.write("draft.yaml", draft.replace("{from: 2026-01-05}", "{from: 2027-01-01}"))
    window = ("--from", "2026-01-05", "--until", "2026-03-31")
    found = entente.json("what-if", "draft.yaml", *window)
    on_time = [one for one in found["figures"] if one["draft"]["commitment"] == "to-a/report/on-time"]
    assert [(one["draft"]["status"], one["real"]["status"]) for one in on_time] == [("met", "breached")] * 3
    assert on_time[0]["draft"]["adjusted"] == {"good": 2, "total": 4}
    assert on_time[0]["counterpart"] == "to-a/report/on-time"
    shown = entente.ok("what-if", "draft.yaml", *window, "--language", "fr")
    assert "comme s’il avait été en vigueur" in shown
    assert shown.splitlines()[1].split().count("indéterminées") == 2
    assert re.search("\u202f% +tenu .*\u202f% +non tenu", shown)
    assert entente.ok("replay", "--dump") == before
    entente.write("wrong.yaml", draft.replace("kind: turnaround", "kind: turnarounds"))
    assert "unknown kind “turnarounds”" in entente.run("what-if", "wrong.yaml", *window).problem(2)
    assert "--language" in entente.run("what-if", "draft.yaml", *window, "--language", "de").problem(2)
