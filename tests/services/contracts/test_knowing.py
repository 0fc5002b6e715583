"""Names that nobody knows are warned of, and refused to nobody: services, people, what is depended on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from entente.cli import app as command_line
from entente.serving import web
from entente.settings import Settings
from entente.wiring import Program, program
from services.access import ADMINISTRATOR, principal
from services.contract_files import read_documents
from services.contracts.applied import Applied
from services.contracts.contracting import Contracting
from tests.browser.week import instant
from tests.end_to_end.agreements import REPORT, contract

NOW = instant("2026-01-02T09:00:00+01:00")
SALES = "entente: 1\nservice: sales\npeople: [{id: anna.martin, name: Anna Martin}]\n"
EDUCATION = "entente: 1\nservice: education\npeople: [{id: luc.petit, name: Luc Petit}]\n"
LIBRARY = "entente: 1\nservice: library\npeople: [{id: zoe.blanc, name: Zoé Blanc}]\n"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Program]:
    with program(Settings(store=f"sqlite:///{tmp_path / 'store.db'}"), clock=lambda: NOW) as running:
        yield running


def apply(opened: Program, text: str, who: str = "administrator", **more: object) -> Applied:
    documents = read_documents(text, "file")
    for one in documents:
        applied = opened.store.use(Contracting).apply(principal(who), one, beside=documents, **more)  # type: ignore[arg-type]
    opened.store.judging.catch_up()
    return applied


def described(opened: Program) -> None:
    for one in (SALES, EDUCATION, LIBRARY):
        apply(opened, one)


def test_where_nobody_is_described_nothing_is_compared(opened: Program) -> None:
    assert apply(opened, contract("reports", "educationn")).warnings == ()


def test_a_service_and_an_owner_whom_nobody_knows_are_warned_of_with_what_was_meant(opened: Program) -> None:
    described(opened)
    text = contract("reports", "educationn").replace("anna.martin", "anna.marin")
    for dry_run in (True, False, True):
        applied = apply(opened, text, dry_run=dry_run)
        assert [str(one) for one in applied.warnings] == [
            "“educationn” is no service that you know of (did you mean “education”?)",
            "owner of report/on-time: “anna.marin” is nobody that sales or educationn name among their people "
            "(did you mean “anna.martin”?)",
        ]


def test_of_a_right_contract_nothing_is_warned_of(opened: Program) -> None:
    described(opened)
    assert apply(opened, contract("reports", "education"), sign=("supplier", "client")).warnings == ()
    later = contract("reports", "education", effective="2026-03-01").replace("90 %", "91 %")
    assert apply(opened, later).warnings == ()


def test_somebody_of_a_third_service_owns_nothing_without_a_word(opened: Program) -> None:
    described(opened)
    [warning] = apply(opened, contract("reports", "education").replace("anna.martin", "zoe.blanc")).warnings
    assert warning.endswith("“zoe.blanc” is of library, and of neither sales nor education")


def test_an_amendment_does_not_warn_again_of_what_stood_before(opened: Program) -> None:
    described(opened)
    first = contract("reports", "education").replace("anna.martin", "somebody")
    assert len(apply(opened, first, sign=("supplier", "client")).warnings) == 1
    later = contract("reports", "education", effective="2026-03-01").replace("anna.martin", "somebody")
    assert apply(opened, later.replace("90 %", "91 %")).warnings == ()
    assert len(apply(opened, later.replace("owner: somebody", "owner: nobody", 1)).warnings) == 1


def test_what_is_applied_together_knows_each_other(opened: Program) -> None:
    apply(opened, LIBRARY)
    assert apply(opened, "---\n".join([SALES, EDUCATION, contract("reports", "education")])).warnings == ()


def test_what_is_depended_on_in_a_contract_that_nobody_knows(opened: Program) -> None:
    described(opened)
    apply(opened, contract("menus", "education"))
    text = contract("reports", "education").replace(
        "  - id: requests\n", "  - id: requests\n    depends_on: [menus/reports]\n"
    )
    [warning] = apply(opened, text).warnings
    assert warning == "depends_on: “menus/reports” is no deliverable that you know of (did you mean “menus/report”?)"
    assert apply(opened, text.replace("menus/reports", "menus/report")).warnings == ()


def test_a_service_that_is_a_part_of_what_nobody_knows(opened: Program) -> None:
    described(opened)
    [warning] = apply(opened, "entente: 1\nservice: school-meals\npart_of: educaton\n").warnings
    assert warning == "“educaton” is no service that you know of (did you mean “education”?)"


def test_what_a_member_may_not_see_is_as_unknown_as_what_is_not_there(opened: Program) -> None:
    described(opened)
    texts = [contract("reports", name) for name in ("library", "librari")]
    [[seen], [slip]] = [apply(opened, text, "sales/anna.martin", dry_run=True).warnings for text in texts]
    assert str(seen).replace("library", "X") == str(slip).replace("librari", "X")


def test_http_answers_with_warnings_and_gives_an_action_to_who_can_do_it(opened: Program) -> None:
    described(opened)
    with TestClient(web(opened), base_url="http://127.0.0.1") as client:
        answer = client.put("/v1/contracts/reports", content=contract("reports", "educationn"))
        assert answer.status_code == 200
        assert len(answer.json()["warnings"]) == 1
        apply(opened, contract("right", "education"), sign=("supplier", "client"))
        for person, status in (("anna.martin", 201), ("luc.petit", 400), ("luc.petti", 400), (None, 201)):
            said = {"commitment": f"right/{REPORT}", "text": f"Ask {person}.", "person": person}
            assert client.post("/v1/actions", json=said).status_code == status


def test_the_command_line_says_it_too(tmp_path: Path) -> None:
    files = {"a.yaml": SALES, "b.yaml": EDUCATION, "c.yaml": contract("reports", "educationn")}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    store = ["--store", f"sqlite:///{tmp_path / 'store.db'}"]
    said = CliRunner().invoke(command_line, [*store, "apply", str(tmp_path), "--dry-run"])
    assert "  warning: “educationn” is no service that you know of (did you mean “education”?)" in said.output
    made = CliRunner().invoke(command_line, [*store, "apply", str(tmp_path), "--json"])
    assert made.exit_code == 0
    assert [len(one["warnings"]) for one in json.loads(made.output)] == [0, 0, 1]


def test_who_asks_as_administrator_knows_everybody(opened: Program) -> None:
    described(opened)
    assert (
        opened.store.use(Contracting)
        .apply(ADMINISTRATOR, read_documents(contract("reports", "library"), "file")[0], dry_run=True)
        .warnings
        == ()
    )
