"""Whatever somebody sends as a bundle, each of the three who verify it ends with a sentence in words."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.signed_notes import NotANote, notes_in, verifier
from services.errors import Invalid
from services.proving import verify as alone
from services.proving.reading import verify_bundle
from tests.lacking import lacking
from tests.services.proving.bundled import FORGED, VKEY, Entries, forged, ran_alone, town
from tests.services.proving.hostile import HARMS

VERIFIER = Path(__file__).with_name("verify.mjs")
NODE_AT_ONCE = """
import { readdirSync } from "node:fs";
import { told } from %s;
for (const name of readdirSync(%s)) console.log(JSON.stringify([name, ...told([%s + "/" + name, "--key", %s])]));
"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with town(tmp_path_factory.mktemp("town")) as made:
        yield made.export()


def is_a_sentence(text: str) -> bool:
    lines = text.strip().splitlines()
    return len(lines) == 1 and len(lines[0]) < 300 and "Error" not in text and lines[0].isprintable()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_each_harm_is_refused_in_words(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One test for hundreds of small cases: each says its title when it fails."""
    path = tmp_path / "bad.zip"
    wrong = []
    for title, harm in HARMS.items():
        path.unlink(missing_ok=True)
        harm(bundle, path)
        try:
            told = [str(one) for one in verify_bundle(path, (), [verifier(VKEY)], computes=False).problems]
        except Invalid as error:
            told = [str(error)]
        monkeypatch.setattr(sys, "argv", ["verify.py", str(path), "--key", VKEY])
        code = alone.main()
        said_alone = capsys.readouterr().err
        if not told or not all(map(is_a_sentence, told)) or code not in (1, 2) or not is_a_sentence(said_alone):
            wrong.append((title, told, code, said_alone))
    assert wrong == []


def test_somebody_elses_verifier_refuses_each_too(bundle: Path, tmp_path: Path) -> None:
    if shutil.which("node") is None:
        lacking("Node: `apt-get install nodejs`; left out is that another verifier refuses what is forged")
    (tmp_path / "bundles").mkdir()
    for number, harm in enumerate(HARMS.values()):
        harm(bundle, tmp_path / "bundles" / f"{number:03}.zip")
    script = tmp_path / "each.mjs"
    places = [json.dumps(str(one)) for one in (VERIFIER, tmp_path / "bundles", tmp_path / "bundles", VKEY)]
    script.write_text(NODE_AT_ONCE % tuple(places), encoding="utf-8")
    done = subprocess.run(["node", str(script)], capture_output=True, text=True, timeout=120, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(HARMS)
    titles = list(HARMS)
    assert [
        (titles[at], code, told)
        for at, (_, code, told) in enumerate(answers)
        if code not in (1, 2) or not is_a_sentence(told)
    ] == []


def test_notes_without_end_are_not_read() -> None:
    with pytest.raises(NotANote, match="too long"):
        notes_in("x\n" * 10_000)


def _each(state: bytes, topic: str | None = None) -> dict[str, str]:
    return {"state": base64.b64encode(state).decode()} | ({"topic": topic} if topic else {})


MADE_UP = {
    "states that are none": lambda one: one.update(_each(b"")),
    "states of another form": lambda one: one.update(_each(b"\x09{}\n")),
    "states without a header": lambda one: one.update(_each(b"\x01null\nnull")),
    "deep states": lambda one: one.update(_each(b"\x01{}\n" + b"[" * 100_000)),
    "other topics": lambda one: one.update(topic="entente.time"),
    "topics that nobody knows": lambda one: one.update(topic="nobody:Knows"),
    "keys that are none": lambda one: one.update(_each(b"\x01{}\n", "entente.checkpoint-key")),
    "restored from nothing": lambda one: one.update(_each(b'\x01{"checkpoint":7}\n', "entente.restored")),
    "restored in another form": lambda one: one.update(_each(b"\x09", "entente.restored")),
}


@pytest.mark.parametrize("title", MADE_UP)
def test_entries_that_nobody_could_have_stored_are_no_accident_of_the_program(bundle: Path, title: str) -> None:
    """With a tree and a key of the forger's own, so that all but what follows from the entries agrees."""

    def alter(entries: Entries) -> None:
        for one in entries[3:]:
            MADE_UP[title](one)

    bad = forged(bundle, "made-up.zip", alter)
    told = [str(one) for one in verify_bundle(bad).problems]
    assert told
    assert all(map(is_a_sentence, told)), told
    code, _ = ran_alone(bad, "--key", VKEY)
    assert code == 1
    assert ran_alone(bad, "--key", FORGED.verifiers[0].text)[0] in (0, 1)


def test_an_entry_that_is_there_twice_under_two_positions_is_named(bundle: Path) -> None:
    def alter(entries: Entries) -> None:
        entries[7] |= {name: entries[6][name] for name in ("stream", "version")}

    told = [str(one) for one in verify_bundle(forged(bundle, "twice.zip", alter)).problems]
    assert told == ["an entry of one stream and version stands there twice"]


@pytest.mark.parametrize("arguments", [["--key", "nobody"], ["--checkpoint", "absent.txt"], ["--key", "a+b+c"]])
def test_what_one_gives_wrongly_is_said_too(bundle: Path, arguments: list[str]) -> None:
    code, told = ran_alone(bundle, *arguments)
    assert code == 2
    assert is_a_sentence(told)
    for other in (bundle.with_name("absent.zip"), bundle.parent):
        code, told = ran_alone(other)
        assert code in (1, 2)
        assert is_a_sentence(told)
