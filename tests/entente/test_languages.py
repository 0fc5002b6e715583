"""The command line speaks English and French: help, refusals, tables, answers."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import typer
from typer import _click as click

from dashboards.messages import of_commands
from domain.saying import PLACE, heard
from entente.cli import command, main
from entente.cli.helping import one_line, texts
from entente.cli.session import print_table
from entente.voice import LOCALES, language_of, speak
from tests.entente import test_command_line
from tests.services.api_case import contract, report

SAME = {"action", "excuse", "minutes", "POSITION", "(administrator)"}
"""The same in both languages."""
SAME_WORDS = {
    *(
        "action",
        "cause",
        "client",
        "clients",
        "excuse",
        "id",
        "minutes",
        "position",
        "service",
        "source",
        "sources",
        "total",
        "type",
        "version",
        "versions",
    ),
    *("Kafka", "migrations", "pdf"),
}
ROOT = Path(__file__).parents[2]
NAMES = re.compile(r"--?[a-z-]+|`[^`]*`|ENTENTE_[A-Z_]+|\S*[/.<=_]\S*|[A-Z]{3,}\S*|« [^»]* »|\b\w+(?:-\w+)+")
"""Options, code, addresses: what is typed or stands in files keeps its letters."""
ENGLISH = re.compile(
    r"\b(the|of|and|is|are|was|with|this|that|for|from|to|not|no|only|when|who|what|its|it|file|files|time|"
    r"received|required|default|such|invalid|commands|path|str|int|range|list of|cannot)\b",
    re.IGNORECASE,
)


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """With plain blanks where French has others."""
    code, *told = test_command_line.ran(capsys, *arguments)
    printed, said = (re.sub("[\u00a0\u202f]", " ", one) for one in told)
    return code, printed, said


@pytest.fixture(autouse=True)
def english_again(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in LOCALES:
        monkeypatch.delenv(name, raising=False)
    speak("en")
    yield
    speak("en")


def commands(found: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(found, typer.core.TyperGroup):
        for name, below in found.commands.items():
            yield from commands(below, (*path, name))


def first_arguments(name: str) -> set[str]:
    """The words of ours that calls of that name in the program begin with."""
    calls = [
        one
        for file in (ROOT / "entente").rglob("*.py")
        for one in ast.walk(ast.parse(file.read_text()))
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == name and one.args
    ]
    parts = [part for call in calls for part in ast.walk(call.args[0])]
    return {one.value for one in parts if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value}


@pytest.mark.parametrize(("name", "of"), [("print_table", "column"), ("Finding", "")])
def test_each_column_and_each_finding_has_its_french(name: str, of: str) -> None:
    french = of_commands("fr")
    told = {word: french.say(heard(word, of=of)) for word in first_arguments(name)}
    assert len(told) > 20
    assert {word for word, said in told.items() if word == said} <= SAME_WORDS
    assert told.get("to", "au") == "au"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("ENTENTE_ACCESS", "account", "pas d’accès de ce nom : accounts, oidc, proxy, ou loopback seul"),
        ("ENTENTE_SESSION_IDLE", "0", "il faut au moins 1"),
        ("ENTENTE_SESSION_IDLE", "x", "il faut un nombre entier"),
        ("ENTENTE_PORT", "70000", "il faut au plus 65535"),
        ("ENTENTE_LOOK_BACK", "0", "il faut plus de 0"),
        ("ENTENTE_TOTP", "never", "il faut 'needed' ou 'all'"),
        ("ENTENTE_ORIGIN", "a b", "une adresse sans protocole, sans blancs ni plus"),
    ],
)
def test_what_is_wrong_with_a_setting_is_said_in_french(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    code, _, said = ran(capsys, "doctor")
    assert code == 2
    assert told in said.replace("`", "")
    assert "Input" not in said
    assert "Value error" not in said


def english_in(shown: str) -> list[str]:
    return [line for line in shown.splitlines() if ENGLISH.search(NAMES.sub("", line))]


def test_every_text_of_every_help_has_its_french() -> None:
    known = of_commands("fr").entries
    assert [one for one in texts(command()) if one not in known and one not in SAME] == []


@pytest.mark.parametrize("path", list(commands(command())), ids=" ".join)
def test_help_in_french_has_no_english(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    code, shown, _ = ran(capsys, *path, "--help", "--language", "fr")
    assert code == 0
    assert shown.startswith("Usage :")
    names = re.sub(r"^  (\w[\w-]*) ", "  ", shown.replace(" ".join(("entente", *path)), ""), flags=re.MULTILINE)
    assert english_in(names) == []


def test_wordings_keep_the_places_of_their_templates() -> None:
    for template, wordings in of_commands("fr").entries.items():
        for wording in wordings:
            assert {one[1] for one in PLACE.finditer(wording)} <= {one[1] for one in PLACE.finditer(template)}, template


WRONG = {
    "frobnicate": "pas de commande",
    "import": "il manque l’argument",
    "apply --frobnicate": "pas d’option --frobnicate",
    "apply x.yaml --sign": "demande une valeur",
    "figures list": "argument de trop : list",
    "serve --port abc": "il faut un nombre entier",
    "serve --port 70000": "il faut au plus 65535",
    "actions close 3": "il manque l’option '--text'",
    "doctor --json=yes": "ne prend pas de valeur",
}


@pytest.mark.parametrize("line", WRONG)
def test_a_line_that_is_wrong_is_told_in_french(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, shown, problem = ran(capsys, *line.split(), "--language=fr")
    assert (code, shown) == (2, "")
    assert WRONG[line] in problem
    assert english_in(problem.replace("entente", "")) == []


@pytest.mark.parametrize(
    ("header", "encoding", "mend"),
    [
        ("Numero;Été", "utf-8", "vouliez-vous dire Numero pour Numéro ? ses colonnes sont Numero, Été"),
        ("Numéro,Été", "utf-8", 'sa première ligne est une seule colonne, Numéro,Été : read: {delimiter: ","}'),
        ("Numéro;Été", "cp1252", "il l’a dans un autre encodage : read: {encoding: cp1252} ; ses colonnes sont"),
        ('"no"header', "utf-8", "sa première ligne nomme les colonnes : elle est vide"),
    ],
)
def test_what_may_be_wrong_with_a_header_is_told_in_french(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], header: str, encoding: str, mend: str
) -> None:
    (tmp_path / "t.csv").write_bytes(f"{header}\n1;2\n".encode(encoding))
    (tmp_path / "t.yaml").write_text(
        "entente: 1\nmapping: t\nread: {format: csv, delimiter: ';'}\n"
        "events: [{type: a, id: '{Numéro}', source: s, time: '{Été}'}]\n"
    )
    line = ["import", str(tmp_path / "t.csv"), "--map", str(tmp_path / "t.yaml"), "--dry-run"]
    code, _, problem = ran(capsys, *line, f"--store=sqlite:///{tmp_path}/t.db", "--language=fr")
    assert code == 2
    assert mend in problem.replace("`", "")


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr"}, "fr"),
        ({"LANG": "fr_CA@euro"}, "fr"),
        ({"LC_ALL": "C", "LANG": "fr_FR.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "fr_BE", "LANG": "en_GB.UTF-8"}, "fr"),
        ({"LC_MESSAGES": "POSIX", "LANG": "fr"}, "en"),
        ({"LC_CTYPE": "fr_FR"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "frp"}, "en"),
        ({}, "en"),
    ],
)
def test_the_locale_says_the_language(environment: Mapping[str, str], code: str) -> None:
    assert language_of(environment) == code


def test_the_line_goes_before_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    assert ran(capsys, "figures", "--help")[1].startswith("Usage :")
    assert ran(capsys, "figures", "--help", "--language", "en")[1].startswith("Usage: ")
    code, _, said = ran(capsys, "figures", "--language", "de")
    assert (code, "“de” is not spoken here" in said or "de" in said) == (2, True)


@pytest.fixture
def town(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Commands on a store with a contract that is some weeks old, and one line of a file that is none."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "contract.yaml").write_text(contract("to-marketing", "marketing"), encoding="utf-8")
    came = [
        report("marketing", "2026-01-05", "2026-01-05T08:00:00Z"),
        report("marketing", "2026-01-12", "2026-01-12T11:00:00Z"),
        report("marketing", "2026-01-27", "2026-01-27T08:00:00Z"),
        report("marketing", "2026-01-26", "2026-01-26T08:00:00"),
    ]
    (tmp_path / "came.jsonl").write_bytes(b"\n".join(came))
    for line in ("apply contract.yaml --sign supplier,client", IMPORT):
        with pytest.raises(SystemExit) as ended:
            main(line.split())
        assert not ended.value.code
    capsys.readouterr()
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    return lambda line: ran(capsys, *line.split())


IMPORT = "import came.jsonl --advance 2026-02-20T00:00:00Z"
TYPICAL = (
    "contracts list",
    "contracts show to-marketing",
    "occurrences to-marketing/report/on-time",
    "occurrences to-marketing/report/on-time --verdict excused",
    "figures",
    "figures --period 2020-01",
    "explain to-marketing/report/on-time 2026-01-12",
    "explain to-marketing/report/on-time",
    "breaches list",
    "breaches list --state withdrawn",
    "actions list",
    "reviews list",
    "excuses list",
    "quarantine list",
    "unmatched list",
    "doctor",
    "unmatched matches",
    "outages list",
    "replay",
    "apply contract.yaml",
    "apply contract.yaml --dry-run",
    "advance 2026-02-20T00:00:00Z",
)


def test_typical_answers_are_french(town: Callable[[str], tuple[int, str, str]]) -> None:
    for line in TYPICAL:
        code, shown, said = town(line)
        assert code == 0, (line, said)
        assert english_in(shown) == [], line
    assert "acceptés 0, doublons 3, en quarantaine 1" in town(IMPORT)[1]


def test_what_programs_read_is_the_same_in_every_language(town: Callable[[str], tuple[int, str, str]]) -> None:
    for line in (
        "figures",
        "contracts list",
        "occurrences to-marketing/report/on-time",
        "breaches list",
    ):
        french, english = (json.loads(town(f"{line} --json --language {code}")[1]) for code in ("fr", "en"))
        assert french == english, line
    assert town("schema event")[1] == town("schema event --language en")[1]
    assert town("rules")[1] == town("rules --language en")[1]


def test_one_line_is_one_line() -> None:
    assert one_line("a\n  b  c ") == "a b c"


def test_the_words_in_a_table_agree_with_what_the_table_is_of(capsys: pytest.CaptureFixture[str]) -> None:
    speak("fr")
    try:
        print_table(("excuse", "state"), [("e-1", "asked")], empty="", words={"state": "excuse"})
        print_table(("action", "state"), [("a-1", "closed")], empty="", words={"state": "action"})
    finally:
        speak("en")
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["excuse", "état"], ["e-1", "demandée"], ["action", "état"], ["a-1", "close"]
    ]  # fmt: skip
