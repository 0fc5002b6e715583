"""What every command does with what stands on every line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from entente.choosing import choices
from entente.cli import main
from entente.listening import require_known
from entente.serving import web
from entente.settings import Settings
from entente.wiring import Program, program
from services.access import ADMINISTRATOR, Principal, principal
from services.contract_files import read_documents
from services.contracts.contracting import Contracting
from services.contracts.reading import read_contract
from services.errors import Invalid, NotAllowed
from services.history.entries import RULES
from tests.dashboards.visiting import send_form
from tests.services.api_case import contract
from tests.services.test_people import SERVICES


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """One command of this process: its exit code, what it printed, what it said."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


IGNORED = {
    "schema contract --as sales": "--as",
    "schema event --store sqlite:///other.db": "--store",
    "samples out --as sales": "--as",
    "samples out --store sqlite:///other.db": "--store",
    "simulate contract.yaml --as sales": "--as",
    "simulate contract.yaml --store sqlite:///other.db": "--store",
    "demo --as sales": "--as",
    "serve --role judge --as sales": "--as",
    "serve --role api --time live": "--time",
    "serve --time manual --accept-clock": "--accept-clock",
    "import events.jsonl --ahead": "--ahead",
}


@pytest.mark.parametrize("line", IGNORED)
def test_what_means_nothing_to_a_command_is_refused(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code, printed, said = ran(capsys, *line.split())
    assert (code, printed) == (2, "")
    assert said.startswith(f"entente: {IGNORED[line]}: ")
    assert list(tmp_path.iterdir()) == []


def test_an_environment_for_all_commands_is_refused_by_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENTENTE_STORE", "sqlite:///other.db")
    assert ran(capsys, "schema", "event")[0] == 0


def test_where_people_sign_in_nobody_is_named_on_the_line_of_what_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ENTENTE_ACCESS", "accounts")
    code, _, said = ran(capsys, "serve", "--port", "0", "--as", "sales")
    assert (code, "ENTENTE_ACCESS" in said) == (2, True)


def test_a_wrong_way_in_is_refused_in_the_readers_language(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENTENTE_ACCESS", "anybody")
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    code, _, said = ran(capsys, "contracts", "list")
    assert code == 2
    assert "pas d’accès de ce nom" in said.replace("\N{NO-BREAK SPACE}", " ")
    assert "no such ways in" not in said
    assert "Value error" not in said


@pytest.mark.parametrize(
    ("host", "ways", "proxies", "slug"),
    [
        ("0.0.0.0", (), "", "not-loopback"),
        ("::", (), "10.0.0.0/8", "not-loopback"),
        ("entente.example", ("accounts",), "", "not-encrypted"),
        ("10.0.0.7", ("accounts", "oidc"), "", "not-encrypted"),
    ],
)
def test_an_address_that_others_reach_needs_a_way_in_and_a_proxy(
    host: str, ways: tuple[str, ...], proxies: str, slug: str
) -> None:
    with pytest.raises(Invalid) as refused:
        require_known(host, ways, proxies)
    assert refused.value.slug == slug
    require_known(host, ("accounts",), "10.0.0.0/8")
    for here in ("127.0.0.1", "::1", "localhost"):
        require_known(here, (), "")


def test_a_store_is_brought_forward_by_its_administrator(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, said = ran(capsys, "migrate", "--store", f"sqlite:///{tmp_path}/x.db", "--as", "sales")
    assert (code, "administrator" in said) == (2, True)


def test_of_files_one_of_which_is_wrong_none_is_applied(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All that is wrong is said, of every file."""
    (tmp_path / "calendar.yaml").write_text(
        "entente: 1\ncalendar: office\ntimezone: Europe/Paris\nopen: {mon-fri: '09:00-17:00'}\n"
    )
    (tmp_path / "contract.yaml").write_text(
        contract("to-marketing", "marketing").replace("entente: 1", "entente: 1\nbogus: 1")
    )
    (tmp_path / "services.yaml").write_text("entente: 1\nservice: sales\ncolour: blue\n")
    store = f"sqlite:///{tmp_path}/town.db"
    code, printed, said = ran(capsys, "apply", str(tmp_path), "--store", store)
    assert (code, printed) == (2, "")
    assert "bogus" in said
    assert "colour" in said
    with program(Settings(store=store)) as opened:
        assert [one.topic for one in opened.store.history.read(0, 10)] == [RULES]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Program]:
    with program(Settings(store=f"sqlite:///{tmp_path}/town.db")) as opened:
        for text in (SERVICES, contract("to-marketing", "marketing"), contract("to-finance", "finance")):
            for document in read_documents(text, "file.yaml"):
                opened.store.use(Contracting).apply(ADMINISTRATOR, document)
        opened.store.judging.catch_up()
        yield opened


def pages(opened: Program, first: Principal) -> TestClient:
    return TestClient(web(opened, choices=choices(opened.store.seeing, first)), base_url="http://127.0.0.1")


def test_served_as_a_party_the_pages_are_its_own_until_another_is_chosen(opened: Program) -> None:
    with pages(opened, principal("marketing/lea.roy")) as browser:
        shown = browser.get("/contracts").text
        assert "Léa Roy, Marketing</summary>" in shown
        assert "Report for marketing" in shown
        assert "Report for finance" not in shown
        for name, sees in (("finance", "finance"), ("administrator", "finance"), ("marketing/luc.petit", "marketing")):
            assert send_form(browser, "/as", {"value": name}, follow_redirects=False).status_code == 303
            assert f"Report for {sees}" in browser.get("/contracts").text
        assert "Luc Petit, Marketing</summary>" in browser.get("/contracts").text


def test_what_a_party_signs_on_its_pages_bears_its_name(opened: Program) -> None:
    with pages(opened, principal("marketing/lea.roy")) as browser:
        answer = send_form(
            browser, "/contracts/to-marketing/versions/1/sign", {"proposal": "1"}, follow_redirects=False
        )
        assert answer.status_code == 303, answer.text
    [version] = opened.store.read(ADMINISTRATOR, read_contract, "to-marketing").versions
    assert [one.by for one in version.signatures] == ["marketing/lea.roy"]


def test_nobody_is_who_does_not_exist(opened: Program) -> None:
    with pytest.raises(NotAllowed, match="names nobody “eve”"):
        choices(opened.store.seeing, principal("marketing/eve"))
    with pages(opened, ADMINISTRATOR) as browser:
        for name in ("payroll", "marketing/eve", "marketing/", "", "/"):
            assert send_form(browser, "/as", {"value": name}).status_code == 404, name
        stranger = browser.get("/contracts", headers={"cookie": "as=payroll"}).text
        assert "Administrator</summary>" in stranger


def test_a_program_says_itself_who_asks(opened: Program) -> None:
    with pages(opened, ADMINISTRATOR) as browser:
        shown = browser.get("/contracts", headers={"entente-as": "finance", "cookie": "as=marketing"}).text
        assert "Report for finance" in shown
        assert "Report for marketing" not in shown


def test_each_is_offered_once_and_the_first_first(opened: Program) -> None:
    offered = [one.value for one in choices(opened.store.seeing, principal("marketing")).shown()]
    assert offered == ["marketing", "administrator", "auditor", "finance", "sales"]
    assert next(one.value for one in choices(opened.store.seeing, ADMINISTRATOR).shown()) == "administrator"
