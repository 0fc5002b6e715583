"""What `entente import` says besides its counts, and what `--dry-run` says instead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.entente.test_command_line import ran

CONTRACT = """
entente: 1
contract: meals
title: Meals
supplier: kitchen
client: schools
timezone: Europe/Paris
valid: {from: 2026-01-01}
deliverables:
  - id: meals
    title: Meals
    criteria:
      - id: warm
        owner: anna
        indicator:
          kind: conformity
          each: {type: meal.served, where: {data.service: Éducation}}
          good: {data.temperature: {ge: 63}}
        target: {at_least: 95 %, per: quarter}
"""
MAPPING = """
entente: 1
mapping: meals
read: {format: csv, delimiter: ";", timezone: Europe/Paris}
events:
  - type: meal.served
    id: "{Id}"
    source: kitchen
    time: "{At}"
    data: {service: "{Service}", temperature: "{Temp}"}
"""
ROWS = "Id;At;Service;Temp\n1;2026-01-05T11:00;Éducation;66.8\n2;2026-01-05T11:00;Education;66.8\n"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("c.yaml", CONTRACT), ("m.yaml", MAPPING), ("r.csv", ROWS)):
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_a_dry_run_shows_what_an_import_would_come_to_and_stores_nothing(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = ran(capsys, "import", "--dry-run", "r.csv", "--map", "m.yaml", "--contract", "c.yaml")
    assert (code, out.splitlines()[0]) == (0, "would be accepted 2, duplicates 0, quarantined 0: nothing was stored")
    assert "meals/meals/warm, kitchen#1: unknown: temperature is the text “66.8”" in out.replace("\u00a0", " ")
    assert "    no contract selects it" in out.splitlines()
    code, out, _ = ran(capsys, "import", "--dry-run", "r.csv", "--map", "m.yaml", "--contract", "c.yaml", "--json")
    said = json.loads(out)
    assert (code, said["accepted"], said["stored"], said["selected"]) == (0, 2, False, {"meals/meals/warm": 1})
    assert said["first"][0]["commitments"][0]["verdict"] == "unknown"
    assert said["unselected"][0]["near"][0]["asked"] == ["Éducation"]
    assert ran(capsys, "import", "r.csv", "--map", "m.yaml")[1].startswith("accepted 2, duplicates 0")


@pytest.mark.parametrize("first", ["0", "1", "2"])
def test_verdicts_of_a_dry_run_are_those_of_all_events_however_few_are_shown(
    first: str, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("r.csv").write_text(f"{ROWS}3;2026-01-05T11:00;Éducation;64\n4;2026-01-05T11:00;Éducation;\n", "utf-8")
    line = ("import", "--dry-run", "r.csv", "--map", "m.yaml", "--contract", "c.yaml", "--first", first)
    _, out, _ = ran(capsys, *line)
    said = out.replace("\u00a0", " ").splitlines()
    assert "meals/meals/warm selects 3 of 4: 3 unknown" in said
    assert said[-1].startswith("meals/meals/warm: 3 are unknown: temperature is the text “66.8”")
    _, out, _ = ran(capsys, *line, "--json")
    told = json.loads(out)
    assert told["verdicts"] == {"meals/meals/warm": {"unknown": 3}}
    assert [(one["commitment"], one["occurrences"]) for one in told["unread"]] == [("meals/meals/warm", 3)]


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("import --dry-run r.csv --map m.yaml --advance 2026-01-06T00:00:00Z", "--advance"),
        ("import r.csv --map m.yaml --contract c.yaml", "--contract"),
        ("import --dry-run r.csv --map m.yaml --contract nowhere", "there is no contract “nowhere”"),
        ("import --dry-run r.csv", "r.csv: a .csv needs a mapping"),
    ],
)
def test_a_dry_run_is_refused_as_an_import_is(
    files: Path, capsys: pytest.CaptureFixture[str], line: str, place: str
) -> None:
    code, out, err = ran(capsys, *line.split())
    assert (code, out) == (2, "")
    assert place in err


def test_an_import_names_what_no_contract_selects_and_what_cannot_be_read(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran(capsys, "apply", "c.yaml", "--sign", "supplier,client")
    _, out, _ = ran(capsys, "import", "r.csv", "--map", "m.yaml")
    lines = out.replace("\u00a0", " ").splitlines()
    assert lines[:3] == [
        "accepted 2, duplicates 0, quarantined 0",
        "No contract selects 1 event:",
        "  1 meal.served from kitchen: service: Education — contracts select Éducation",
    ]
    assert lines[3].startswith("meals/meals/warm: 1 is unknown: temperature is the text “66.8”")
    listed = ran(capsys, "unmatched", "list")[1]
    assert "Every event found what it belongs to" not in listed
    assert "service: Education — contracts select Éducation" in listed
    assert ran(capsys, "unmatched", "unselected", "--language", "fr")[1].startswith(
        "Aucun contrat ne retient 1 événement"
    )
    figures = ran(capsys, "figures")[1].split()
    assert figures[figures.index("open") + 3] == "1"  # unknown, beside 0 of 0
    again = ran(capsys, "import", "r.csv", "--map", "m.yaml", "--json")[1]
    assert json.loads(again) == {"accepted": 0, "duplicates": 2, "quarantined": 0}


def test_what_doctor_says_is_text_to_programs_too(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran(capsys, "apply", "c.yaml", "--sign", "supplier,client")
    found = json.loads(ran(capsys, "doctor", "--json")[1])
    assert {"events", "time", "rules"} <= {one["check"] for one in found}


def test_doctor_says_what_is_wrong_with_events_in_the_language_that_is_spoken(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran(capsys, "apply", "c.yaml", "--sign", "supplier,client")
    ran(capsys, "import", "r.csv", "--map", "m.yaml")
    french = ran(capsys, "doctor", "--language", "fr")[1].replace("\u00a0", " ")
    assert "événements : Aucun contrat ne retient 1 événement" in french
    assert "règles : jugement " in french
    assert "valeurs : meals/meals/warm : 1 est indéterminée : temperature est le texte « 66.8 »" in french
    told = json.loads(ran(capsys, "doctor", "--json", "--language", "fr")[1])
    [values] = [one["says"] for one in told if one["check"] == "values"]
    assert values.replace("\u00a0", " ").startswith("meals/meals/warm: 1 is unknown")


def test_a_reader_whom_the_service_does_not_name_is_told_so_and_reads(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("s.yaml").write_text("entente: 1\nservice: kitchen\ntitle: K\npeople: [{id: anna, name: Anna}]\n")
    ran(capsys, "apply", "s.yaml", "c.yaml", "--sign", "supplier,client")
    code, out, err = ran(capsys, "--as", "kitchen/eve", "contracts", "list")
    assert (code, "meals" in out) == (0, True)
    assert "warning: kitchen names nobody “eve” among its people (act as one of anna" in err
    for who in ("kitchen/anna", "kitchen", "schools/eve"):
        assert ran(capsys, "--as", who, "contracts", "list")[2] == ""
    assert ran(capsys, "--as", "kitchen/eve", "contracts", "sign", "meals")[0] == 2
