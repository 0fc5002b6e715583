"""Commands with `--as`: what is not theirs is answered as what does not exist, and stands in no byte that is printed (trust §4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import pytest
import typer

from entente.cli import app, main
from tests.isolation import matrix
from tests.isolation.planted import UNKNOWN, Matrix, planted, without

SAID: Final = ("--text", "Some words.")
AT: Final = ("--at", "2026-11-03T10:00:00Z")
THINGS: Final[Mapping[str, tuple[str, Sequence[str]]]] = {
    "contracts show": (matrix.CONTRACT, ()),
    "contracts sign": (matrix.CONTRACT, ()),
    "contracts refuse": (matrix.CONTRACT, ("--reason", "x")),
    "contracts withdraw": (matrix.CONTRACT, ()),
    "contracts comment": (matrix.CONTRACT, SAID),
    "contracts terminate": (matrix.CONTRACT, ("--until", "2027-12-31")),
    "occurrences": (matrix.COMMITMENT, ()),
    "explain": (matrix.COMMITMENT, ("2026-11-03",)),
    "actions open": (matrix.COMMITMENT, SAID),
    "excuses ask": (matrix.COMMITMENT, (*SAID, "--reason", "client-fault", "--keys", "2026-11-03")),
    "breaches show": (matrix.BREACH, ()),
    "breaches acknowledge": (matrix.BREACH, ()),
    "breaches explain": (matrix.BREACH, SAID),
    "breaches attribute": (matrix.BREACH, ("van-down",)),
    "breaches take-back": (matrix.BREACH, ("explanation", *AT)),
    "actions comment": (matrix.ACTION, SAID),
    "actions name": (matrix.ACTION, ("--title", "x")),
    "reviews take-back": (matrix.REVIEW, ("minutes", *AT)),
    "quarantine take-back": (matrix.QUARANTINED, ()),
    "actions show": (matrix.ACTION, ()),
    "actions effect": (matrix.ACTION, ()),
    "actions progress": (matrix.ACTION, SAID),
    "actions close": (matrix.ACTION, SAID),
    "actions step": (matrix.ACTION, ("a",)),
    "actions spend": (matrix.ACTION, (*SAID, "--amount", "1", "--currency", "EUR")),
    "actions evidence": (matrix.ACTION, ("--title", "x")),
    "actions reschedule": (matrix.ACTION, ("--due", "2027-12-31", "--reason", "x")),
    "actions reopen": (matrix.ACTION, ("--reason", "x")),
    "actions reassign": (matrix.ACTION, ("--reason", "x")),
    "actions ground": (matrix.ACTION, ("review:x@2026-11-03",)),
    "reviews show": (matrix.REVIEW, ()),
    "reviews pack": (matrix.REVIEW, ("--out", "pack.json")),
    "reviews minutes": (matrix.REVIEW, SAID),
    "reviews decide": (matrix.REVIEW, SAID),
    "reviews sign": (matrix.REVIEW, ()),
    "reviews agenda": (matrix.REVIEW, ()),
    "reviews attend": (matrix.REVIEW, ()),
    "reviews add": (matrix.REVIEW, SAID),
    "reviews settle": (matrix.REVIEW, ("--rest", "noted")),
    "reviews move": (matrix.REVIEW, ("--to", "2027-12-31T10:00:00Z", "--reason", "x")),
    "reviews invite": (matrix.REVIEW, ()),
    "reviews answer": (matrix.REVIEW, ("--answer", "accepted")),
    "reviews cancel": (matrix.REVIEW, ("--reason", "x")),
    "reviews submit": (matrix.REVIEW, ()),
    "reviews refuse": (matrix.REVIEW, ("--reason", "x")),
    "quarantine show": (matrix.QUARANTINED, ()),
    "quarantine retry": (matrix.QUARANTINED, ()),
    "quarantine discard": (matrix.QUARANTINED, ("--reason", "x")),
    "unmatched show": (matrix.POSITION, ()),
    "unmatched set-aside": (matrix.POSITION, SAID),
    "unmatched take-back": (matrix.POSITION, SAID),
    "unmatched match": (matrix.POSITION, ("none/none/none", "2026-11-03")),
    "unmatched unmatch": (matrix.MATCH, SAID),
    "unmatched accept": (matrix.MATCH, SAID),
    "unmatched refuse": (matrix.MATCH, SAID),
    "excuses show": (matrix.EXCUSE, ()),
    "excuses accept": (matrix.EXCUSE, SAID),
    "excuses refuse": (matrix.EXCUSE, SAID),
    "excuses dispute": (matrix.EXCUSE, SAID),
    "reminders send": (matrix.COMMITMENT, ("2026-11-03", *SAID)),
    "reminders answer": (matrix.REMINDER, SAID),
    "offers show": (matrix.OFFER, ()),
    "offers withdraw": (matrix.OFFER, ("--reason", "x")),
    "charters show": (matrix.CHARTER, ()),
    "charters sign": (matrix.CHARTER, ("--for", "client")),
    "charters refuse": (matrix.CHARTER, ("--reason", "x")),
    "charters withdraw": (matrix.CHARTER, ()),
    "charters terminate": (matrix.CHARTER, ("--until", "2027-12-31")),
    "repeats": (matrix.CONTRACT, ("--json",)),
    "consumption": (matrix.OFFER, ("--json",)),
    "offers clients": (matrix.OFFER, ("--json",)),
    "offers forecast": (matrix.OFFER, ("--json",)),
    "costs correct": (matrix.COST, ("--amount", "1.00", *SAID)),
    "offers costs": (matrix.OFFER, ("--json",)),
    "charges": (matrix.OFFER, ("--json",)),
    "charters cost": (matrix.CHARTER, ("--json",)),
}
"""Commands about one thing, which they name first."""
LISTS: Final[Mapping[str, Sequence[str]]] = {
    "figures": ("--json",),
    "contracts list": ("--json",),
    "breaches list": ("--json",),
    "causes list": ("--json",),
    "offers list": ("--json",),
    "charters list": ("--json",),
    "actions list": ("--json",),
    "actions escalated": ("--json",),
    "reviews list": ("--json",),
    "quarantine list": ("--json",),
    "unmatched list": ("--json",),
    "unmatched unselected": ("--json",),
    "unmatched matches": ("--json",),
    "excuses list": ("--json",),
    "outages list": ("--json",),
    "reminders list": ("--json",),
    "errands list": ("--json",),
    "costs list": ("--json",),
    "mail list": ("--json",),
    "checkpoints list": (),
    "people list": ("--json",),
    "people log": ("--json",),
    "access-keys list": ("--json",),
    "retention list": ("--json",),
    "retention where": ("--json",),
    "rules": (),
    "doctor": ("--json",),
    "replay": (),
}
"""Commands that list what is theirs, or are refused."""
NARROWED: Final[Mapping[str, tuple[str, ...]]] = {
    "figures": ("--contract", "--commitment"),
    "breaches list": ("--contract",),
    "actions list": ("--contract",),
    "reviews list": ("--contract",),
    "excuses list": ("--contract", "--commitment"),
    "reminders list": ("--contract",),
    "unmatched matches": ("--commitment",),
    "charters list": ("--offer",),
}
OTHERS: Final = frozenset(
    {
        "demo", "serve", "apply", "schema", "import", "advance",
        "consume", "what-if", "migrate", "export", "verify", "restore",
        "erase", "simulate", "samples", "calendar import", "reviews check", "outages withdraw", "actions plan",
        "checkpoints make", "keys create", "keys rewrap", "retention run", "people invite", "people suspend",
        "people resume", "access-keys create", "access-keys revoke", "grafana render", "grafana push",
        "costs book", "errands hand-on", "errands seen", "mail retry", "mail test",
    }
)  # fmt: skip
"""Commands that show nothing of a thing that exists: they make, send, run; or are the operator's, and refused to everybody else."""


class Ran(NamedTuple):
    code: int
    out: str
    err: str


def commands(command: object, before: tuple[str, ...] = ()) -> Iterator[str]:
    inner: Mapping[str, object] | None = getattr(command, "commands", None)
    if inner is None:
        yield " ".join(before)
        return
    for name, one in inner.items():
        yield from commands(one, (*before, name))


@pytest.fixture(scope="module")
def town() -> Iterator[Matrix]:
    with planted() as found:
        yield found


def ran(town: Matrix, capsys: pytest.CaptureFixture[str], service: str, *arguments: str) -> Ran:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--as", f"{service}/head.{service}", "--store", town.url])
    printed = capsys.readouterr()
    return Ran(int(ended.value.code or 0), printed.out, printed.err)


def test_every_command_has_its_row() -> None:
    assert {*commands(typer.main.get_command(app))} == THINGS.keys() | LISTS.keys() | OTHERS


def test_the_thing_of_others_is_answered_as_one_that_does_not_exist(
    town: Matrix, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger or the other client of the same supplier; nothing is stored, and no file is written."""
    monkeypatch.chdir(tmp_path)
    wrong: list[object] = []
    before = town.house.position()
    for number, (command, (of, more)) in enumerate(THINGS.items()):
        service = town.services()[number % len(town.services())]
        having = [one for one in town.not_of(service) if town.things[one].get(of)]
        if not having:
            service = next(one for one in town.services() if any(town.things[of_].get(of) for of_ in town.not_of(one)))
            having = [one for one in town.not_of(service) if town.things[one].get(of)]
        whose = having[number % len(having)]
        thing, none = town.things[whose][of][0], UNKNOWN[of]
        said, nowhere = (ran(town, capsys, service, *command.split(), one, *more) for one in (thing, none))
        if (said.code, without(said.out + said.err, thing)) != (nowhere.code, without(nowhere.out + nowhere.err, none)):
            wrong.append((command, service, thing, said, nowhere))
        elif said.code == 0 or town.canaries.get(whose, "no canary") in said.out + said.err:
            wrong.append((command, service, thing, said))
    assert wrong == [], "\n".join(map(str, wrong))
    assert town.house.position() == before
    assert [*tmp_path.iterdir()] == []


def test_no_list_says_what_is_not_ones_own(town: Matrix, capsys: pytest.CaptureFixture[str]) -> None:
    services = town.services()
    for number, (command, more) in enumerate(LISTS.items()):
        service = services[number % len(services)]
        said = ran(town, capsys, service, *command.split(), *more)
        for contract in town.hidden_from(service):
            assert town.canaries[contract] not in said.out + said.err, (command, service)
            assert f'"{contract}"' not in said.out, (command, service, contract)


def test_each_is_told_of_what_is_theirs(town: Matrix, capsys: pytest.CaptureFixture[str]) -> None:
    """Else the tests above would hold of commands that tell nobody anything."""
    for service in town.services():
        own = next(id for id, parties in town.parties.items() if service in parties)
        assert ran(town, capsys, service, "contracts", "show", own).code == 0
        listed = [name for name, more in LISTS.items() if ran(town, capsys, service, *name.split(), *more).code == 0]
        assert {"figures", "contracts list", "breaches list", "excuses list", "quarantine list"} <= {*listed}


def test_a_list_that_is_narrowed_to_others_is_that_of_nothing(town: Matrix, capsys: pytest.CaptureFixture[str]) -> None:
    services = town.services()
    for number, (command, options) in enumerate(NARROWED.items()):
        for option in options:
            of = option.removeprefix("--")
            whose, service = next(
                (one, each)
                for each in (*services[number % len(services) :], *services)
                for one in town.not_of(each)
                if town.things[one].get(of)
            )
            thing, none = town.things[whose][of][0], UNKNOWN[of]
            said, nowhere = (ran(town, capsys, service, *command.split(), option, one) for one in (thing, none))
            assert (said.code, without(said.out + said.err, thing)) == (
                nowhere.code,
                without(nowhere.out + nowhere.err, none),
            ), (command, service, said, nowhere)
