"""Whatever the manifest of a bundle claims is compared with what is there, or said to be its word alone; and how old it is is said."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from entente.cli import main
from entente.cli.checkpoints import in_words_how_old
from services.checkpoints.signing import SigningKey
from services.errors import Invalid
from services.proving.reading import VerifiedBundle, verify_bundle
from tests.lacking import lacking
from tests.services.api_case import contract
from tests.services.proving.bundled import VKEY, Town, changed, forged, ran_alone, town

VERIFIER = Path(__file__).with_name("verify.mjs")
Manifest = dict[str, Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("town")) as made:
        yield made


@pytest.fixture(scope="module")
def bundles(made: Town) -> dict[str, Path]:
    """Of everybody, of a party, of one contract, and one that ends with what is not shown."""
    return {
        "all": made.export("all.zip"),
        "own": made.export("own.zip", "finance"),
        "one": made.export("one.zip", contracts=["to-marketing"]),
        "hidden": made.export("hidden.zip", "marketing", until=36),
    }


def claiming(bundle: Path, change: Callable[[Manifest], object]) -> Path:
    def changes(files: dict[str, bytes]) -> None:
        manifest = json.loads(files["manifest.json"])
        change(manifest)
        files["manifest.json"] = json.dumps(manifest).encode()

    return changed(bundle, f"claims-{bundle.name}", changes, mends=False)


def in_other_words(bundle: Path) -> tuple[int, str]:
    if shutil.which("node") is None:
        lacking("Node: `apt-get install nodejs`; left out is that another verifier comes to the same")
    done = subprocess.run(
        ["node", str(VERIFIER), str(bundle)], capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr


def verified(bundle: Path) -> VerifiedBundle:
    return verify_bundle(bundle, computes=True)


WRONG: dict[str, tuple[str, Manifest]] = {
    "origin": ("all", {"origin": "other.example"}),
    "root": ("all", {"root": base64.b64encode(bytes(32)).decode()}),
    "a position too far": ("all", {"position": 10**6}),
    "a position that is not shown, too near": ("hidden", {"position": 3}),
    "a position beyond all": ("hidden", {"position": 2**63}),
    "shown": ("own", {"shown": 38}),
    "contracts": ("own", {"contracts": ["to-marketing"]}),
    "no contracts": ("own", {"contracts": []}),
}


@pytest.mark.parametrize("title", WRONG)
def test_what_a_manifest_says_wrongly_is_refused_by_all_three(bundles: dict[str, Path], title: str) -> None:
    name, claims = WRONG[title]
    [member] = claims
    bad = claiming(bundles[name], lambda manifest: manifest.update(claims))
    told = f"what the manifest says of {member} is not so"
    assert told in [str(one) for one in verified(bad).problems]
    assert ran_alone(bad) == (1, f"{told}\n")
    assert in_other_words(bad) == (1, f"{told}\n")


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.update(size=manifest["size"] - 1),
        lambda manifest: manifest.update(size=manifest["size"] + 1),
        lambda manifest: manifest.update(bundle=2),
        lambda manifest: manifest.update(bundle=True),
        lambda manifest: manifest.pop("root"),
        lambda manifest: manifest.pop("contracts"),
        lambda manifest: manifest["files"].update({"packs/none.json": "0" * 64}),
        lambda manifest: manifest["files"].update({"figures.json": "0" * 64}),
        lambda manifest: manifest["files"].pop("verify.py"),
    ],
)
def test_what_it_says_of_its_form_and_its_files_is_too(
    bundles: dict[str, Path], change: Callable[[Manifest], object]
) -> None:
    bad = claiming(bundles["own"], change)
    with suppress(Invalid):
        assert verified(bad).problems
    assert ran_alone(bad)[0] == 1
    assert in_other_words(bad)[0] in (1, 2)


CLAIMS: dict[str, tuple[str, Manifest, str]] = {
    "whose": ("all", {"as": "finance"}, "made for finance, with all that is theirs"),
    "all contracts": ("one", {"contracts": None}, "made for administrator, with all that is theirs"),
    "the program": ("all", {"program": "9.9"}, "entente 9.9 ("),
    "its rules": ("all", {"judging": 99}, "judging rules 99,"),
    "time zones": ("all", {"tzdata": "1970a"}, "time zone data 1970a)"),
    "a position that is not shown": ("hidden", {"position": 4_000}, "its last entry stands at position 4000"),
    "contracts that are none": (
        "one",
        {"contracts": ["to-marketing", "to-nobody"]},
        "nothing of contract to-nobody, which the manifest names, is shown",
    ),
}


@pytest.mark.parametrize("title", CLAIMS)
def test_what_nothing_in_it_shows_is_said_to_be_its_word(bundles: dict[str, Path], title: str) -> None:
    name, claims, told = CLAIMS[title]
    [(member, value)] = claims.items()
    bad = claiming(bundles[name], lambda manifest: manifest.update(claims))
    found = verified(bad)
    assert any(told in str(one) for one in (*found.problems, *found.claims, found.needs))
    code, says = ran_alone(bad)
    assert code == 0
    [line] = [line for line in says.splitlines() if line.startswith("the manifest says, and nothing here shows: ")]
    assert f"{member} {json.dumps(value)}" in line


def test_what_nobody_says_in_a_manifest_is_not_read(bundles: dict[str, Path]) -> None:
    bad = claiming(bundles["all"], lambda manifest: manifest.update(complete=True))
    with pytest.raises(Invalid, match="no bundle"):
        verify_bundle(bad)
    assert ran_alone(bad) == (1, "it cannot be read as a bundle\n")
    assert in_other_words(bad)[0] in (1, 2)


ESCAPES = "\x1b[1A\x1b[2Kall is signed\x1b[8m\r\x9b2J\u202e"


def in_a_member(bundle: Path) -> Path:
    return claiming(bundle, lambda manifest: manifest.update({ESCAPES: 1}))


def in_a_file(bundle: Path) -> Path:
    return claiming(bundle, lambda manifest: manifest["files"].update({ESCAPES: "0" * 64}))


def in_a_claim(bundle: Path) -> Path:
    return claiming(bundle, lambda manifest: manifest.update(program=ESCAPES))


def in_an_origin(bundle: Path) -> Path:
    name = "ville" + ESCAPES.replace("\r", "").replace(" ", "")
    return forged(bundle, "origin.zip", lambda entries: None, SigningKey(name, b"\x09" * 32))


@pytest.mark.parametrize("forge", [in_a_member, in_a_file, in_a_claim, in_an_origin])
def test_nothing_that_a_forger_writes_rules_the_terminal_of_who_verifies(
    bundles: dict[str, Path], forge: Callable[[Path], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    bad = forge(bundles["all"])
    _, says = ran_alone(bad)
    assert says.replace("\n", "").isprintable()
    assert not says.startswith("all is signed")
    with suppress(SystemExit):
        main(["verify", str(bad), "--tree"])
    assert "".join(capsys.readouterr()).replace("\n", "").isprintable()


def test_what_nobody_compares_is_named(bundles: dict[str, Path]) -> None:
    """Figures and a README that a forger has made, and a manifest that agrees with them."""

    def forge(files: dict[str, bytes]) -> None:
        files["README.md"] = files["figures.json"] = b"[]"

    bad = changed(bundles["all"], "figures.zip", forge)
    code, says = ran_alone(bad, "--key", VKEY)
    assert code == 0
    assert "\nnot compared with entries: LISEZMOI.md, README.md, documents, figures.json, packs, verify.py\n" in says
    assert verified(bad).problems
    bad = changed(bundles["all"], "readme.zip", lambda files: files.update({"README.md": b"All is well."}))
    found = verified(bad)
    assert found.problems == ()
    assert "README.md is not that of this version: nothing vouches for what it says" in map(str, found.claims)
    assert not any("of this version" in str(one) for one in verified(bundles["all"]).claims)


def test_a_contract_that_began_later_is_in_no_bundle_that_names_it(made: Town) -> None:
    assert made.case.put_contract(contract("later", "marketing")).status_code == 200
    with pytest.raises(Invalid, match="began behind this end"):
        made.export("early.zip", contracts=["later"], until=1)


def test_how_old_it_is_is_said(bundles: dict[str, Path]) -> None:
    assert verified(bundles["own"]).tree.dated == 1_773_144_002
    assert "newest checkpoint signed on 2026-03-10, " in ran_alone(bundles["own"])[1]
    told = str(in_words_how_old(1_773_144_000, 1_773_144_000 + 400 * 86_400))
    assert told.startswith("newest checkpoint signed on 2026-03-10")
    assert "400 days ago: what came later is not in it" in told
    assert "later than it is here" in in_words_how_old(1_773_144_001, 1_773_144_000)


def test_where_no_signature_says_when_it_is_not_made_up(bundles: dict[str, Path]) -> None:
    def undated(files: dict[str, bytes]) -> None:
        lines = files["checkpoints.txt"].decode().splitlines(keepends=True)
        files["checkpoints.txt"] = "".join(one for one in lines if len(one) < 122).encode()

    bare = changed(bundles["own"], "undated.zip", undated)
    assert verified(bare).tree.dated == 0
    assert "newest checkpoint signed on ?, ? days ago" in ran_alone(bare)[1]
    assert "does not say when" in in_words_how_old(0, 1)


def test_large_archives_are_read_in_one_way_too(
    made: Town, bundles: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From 2 GB on, places and lengths have 64 bits; here from 1,000 bytes on."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1_000)
    large = made.export("large.zip", "finance")
    assert large.read_bytes() != bundles["own"].read_bytes()
    assert large.read_bytes()[-98:-94] == b"PK\x06\x06"
    assert verified(large).problems == ()
    large.write_bytes(large.read_bytes().replace(b"PK\x06\x06,", b"PK\x06\x06-"))
    with pytest.raises(Invalid):
        verified(large)
