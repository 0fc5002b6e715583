"""What one takes home proves what was recorded, to whoever trusts neither the program nor who runs it."""

from __future__ import annotations

import errno
import json
import shutil
import zipfile
from base64 import b64decode
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from domain.signed_notes import verifier
from services.access import ADMINISTRATOR
from services.checkpoints.signing import SigningKey
from services.checkpoints.verifying import given
from services.errors import Invalid, NotFound, Unavailable
from services.figures.reading import read_figures
from services.figures.shown import figure_json
from services.proving import verify as alone
from services.proving.reading import VerifiedBundle, verify_bundle
from services.reviews.fingerprints import pack_fingerprint
from services.reviews.packs import pack_bytes, review_pack
from tests.services.proving.bundled import (
    KEY,
    PROGRAM,
    VKEY,
    Entries,
    Town,
    changed,
    forged,
    lines_of,
    ran_alone,
    town,
    with_state,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """What is only read."""
    with town(tmp_path_factory.mktemp("town")) as made:
        yield made


@pytest.fixture(scope="module")
def bundle(made: Town) -> Path:
    return made.export()


def problems(path: Path, *notes: str, key: str | None = VKEY) -> list[str]:
    trusted = [verifier(key)] if key else []
    found = verify_bundle(path, [given(one, is_kept=True) for one in notes], trusted)
    return [str(one) for one in found.problems]


def test_it_agrees_with_its_checkpoints_and_its_figures_are_those_that_were_shown(made: Town, bundle: Path) -> None:
    found = verify_bundle(bundle, [given(one, is_kept=True) for one in made.notes], [verifier(VKEY)])
    assert found.problems == ()
    assert found.shown == found.tree.size == made.case.store.history.count(0, 1 << 62)
    assert "judging" in found.needs
    with zipfile.ZipFile(bundle) as archive:
        shown = json.loads(archive.read("figures.json"))
    rows = made.case.store.read(ADMINISTRATOR, read_figures)
    assert len(rows) > 2
    expected = json.loads(json.dumps([figure_json(row, "Europe/Paris") for row in rows], default=float))
    assert [_without_position(one) for one in shown] == [_without_position(one) for one in expected]


def _without_position(figure: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in figure.items() if name not in ("position", "watermark")}


def test_it_is_the_same_bytes_each_time(made: Town, bundle: Path) -> None:
    assert made.export("again.zip").read_bytes() == bundle.read_bytes()
    with zipfile.ZipFile(bundle) as archive:
        every = archive.infolist()
        assert [one.filename for one in every[:5]] == [
            *("manifest.json", "entries.jsonl", "leaves.bin", "checkpoints.txt", "verifiers.txt")
        ]
        assert [one.filename for one in every[-3:]] == ["verify.py", "README.md", "LISEZMOI.md"]
        assert {one.date_time for one in every} == {(1980, 1, 1, 0, 0, 0)}
        assert {one.compress_type for one in every} == {zipfile.ZIP_STORED}
        assert archive.read("verify.py") == PROGRAM.read_bytes()


def test_the_program_in_it_needs_nothing_but_python_and_is_short(made: Town, bundle: Path) -> None:
    assert len(PROGRAM.read_text(encoding="utf-8").splitlines()) < 300
    assert ran_alone(bundle)[0] == 0
    assert "only you can tell" in ran_alone(bundle)[1]
    code, told = ran_alone(bundle, "--key", VKEY, "--checkpoint", made.kept(0, 1, 2))
    assert code == 0, told
    assert "agree with" in told


def test_of_a_party_it_shows_its_own_entries_only_and_proves_the_same_root(made: Town, bundle: Path) -> None:
    own = made.export("finance.zip", "finance")
    assert problems(own, *made.notes) == []
    assert ran_alone(own, "--key", VKEY)[0] == 0
    shown, every = lines_of(own), lines_of(bundle)
    assert 0 < len(shown) < len(every)
    by_index = {one["index"]: one for one in every}
    assert all(by_index[one["index"]] == one for one in shown)
    with zipfile.ZipFile(own) as archive:
        texts = b"".join(archive.read(name) for name in archive.namelist() if name != "entries.jsonl")
        figures = json.loads(archive.read("figures.json"))
    states = b"".join(b64decode(one["state"]) for one in shown)
    assert b"marketing" not in texts + states
    assert {one["commitment"].partition("/")[0] for one in figures} == {"to-finance"}
    whole = json.loads(zipfile.ZipFile(bundle).read("figures.json"))
    of_finance = [_without_position(one) for one in whole if one["commitment"].startswith("to-finance/")]
    assert [_without_position(one) for one in figures] == of_finance


def test_of_one_contract_it_shows_that_alone(made: Town) -> None:
    own = made.export("contract.zip", contracts=["to-marketing"])
    assert problems(own) == []
    assert b"finance" not in b"".join(b64decode(one["state"]) for one in lines_of(own))
    with pytest.raises(NotFound):
        made.export("none.zip", "finance", contracts=["to-marketing"])
    assert not (made.folder / "none.zip").exists()


def test_it_ends_at_the_first_checkpoint_that_covers_what_was_asked_for(made: Town) -> None:
    first = given(made.notes[0]).checkpoint
    exported = made.exported("first.zip", until=1)
    assert exported.size == first.size
    assert problems(made.folder / "first.zip", made.notes[0]) == []


def altered(entries: Entries) -> None:
    [one] = [one for one in entries if b'"id": "marketing/2026-02-02"' in b64decode(one["state"])]
    with_state(one, b"2026-02-02T08:00", b"2026-02-02T10:30")


def test_t_4_a_forged_bundle_is_found_by_an_old_checkpoint_or_by_the_key(made: Town, bundle: Path) -> None:
    bad = forged(bundle, "forged.zip", altered)
    first, second, last = (given(one).checkpoint.size for one in made.notes)
    assert second < last
    of_the_first = f"altered among the first {first} entries"
    assert problems(bad, made.notes[0], key=None)[0] == of_the_first
    assert "trust" in problems(bad)[0]
    assert "altered among the first" in problems(bad, made.notes[1], key=None)[0]
    assert ran_alone(bad, "--checkpoint", made.kept(0)) == (1, f"{of_the_first}\n")
    assert ran_alone(bad, "--key", VKEY) == (1, "signed by no key that you trust\n")
    # Consistent in itself but for the figures, which do not follow: that much is said without any key.
    assert problems(bad, key=None) == [
        "the figure of to-marketing/report/on-time in 2026-02 does not follow from the entries"
    ]


def test_with_two_old_checkpoints_the_interval_is_said(made: Town, bundle: Path) -> None:
    def later(entries: Entries) -> None:
        [one] = [one for one in entries if b'"id": "finance/2026-02-09"' in b64decode(one["state"])]
        with_state(one, b"2026-02-09T08:00", b"2026-02-09T10:30")

    bad = forged(bundle, "later.zip", later)
    first, second = (given(made.notes[at]).checkpoint.size for at in (0, 1))
    told = f"altered among the entries {first + 1} to {second}"
    assert problems(bad, made.notes[0], made.notes[1], key=None)[0] == told
    assert ran_alone(bad, "--checkpoint", made.kept(0, 1)) == (1, f"{told}\n")


def _entries(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[dict[str, bytes]], None]:
    def changes(files: dict[str, bytes]) -> None:
        files["entries.jsonl"] = b"".join(change(files["entries.jsonl"].splitlines(keepends=True)))

    return changes


WRONG: dict[str, Callable[[dict[str, bytes]], None]] = {
    "a missing entry": _entries(lambda lines: lines[:7] + lines[8:]),
    "a repeated entry": _entries(lambda lines: [*lines[:7], lines[6], *lines[7:]]),
    "entries in another order": _entries(lambda lines: [*lines[:6], lines[7], lines[6], *lines[8:]]),
    "an index of its own": _entries(lambda lines: [*lines[:-1], lines[-1].replace(b'"index":', b'"index":9')]),
    "no entry": _entries(lambda lines: [*lines[:7], b"[]\n", *lines[8:]]),
    "a negative position": _entries(lambda lines: [*lines[:-1], lines[-1].replace(b'"position":', b'"position":-')]),
    "a leaf too many": lambda files: files.update({"leaves.bin": bytes(32)}),
    "half a leaf": lambda files: files.update({"leaves.bin": bytes(7)}),
    "no checkpoint": lambda files: files.update({"checkpoints.txt": b""}),
    "no note": lambda files: files.update({"checkpoints.txt": b"x\n\ny\n"}),
    "a size of its own": lambda files: files.update(
        {"manifest.json": files["manifest.json"].replace(b'"size": ', b'"size": 1')}
    ),
    "no manifest": lambda files: files.update({"manifest.json": b"{}"}),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_as_it_was_made_is_refused(bundle: Path, name: str) -> None:
    bad = changed(bundle, "wrong.zip", WRONG[name], mends="manifest" not in name and name != "a size of its own")
    try:
        told = problems(bad, key=None)
    except Invalid:
        told = ["refused"]
    assert told
    assert ran_alone(bad)[0] == 1


@pytest.mark.parametrize(
    "name", ["a repeated entry", "entries in another order", "an index of its own", "a negative position"]
)
def test_entries_stand_in_their_order(bundle: Path, name: str) -> None:
    [told, *_] = problems(changed(bundle, "placed.zip", WRONG[name]), key=None)
    assert told.endswith("is not in its place")


@pytest.mark.parametrize("name", ["figures.json", "documents/contracts/to-finance/1.yaml", "packs"])
def test_what_does_not_follow_from_the_entries_is_named(bundle: Path, name: str) -> None:
    with zipfile.ZipFile(bundle) as archive:
        [file, *_] = [one for one in archive.namelist() if one.startswith(name)]

    def change(files: dict[str, bytes]) -> None:
        files[file] = files[file].replace(b"report", b"repart", 1)

    told = problems(changed(bundle, "other.zip", change))
    assert told
    assert file in told[0] or "figure of" in told[0] or "does not follow" in told[0]
    assert problems(changed(bundle, "other.zip", change, mends=False))[0] == f"{file} is not what it was"


def test_packs_are_those_that_were_signed_and_follow_from_what_is_shown(made: Town, bundle: Path) -> None:
    own = made.export("finance-packs.zip", "finance")
    for path in (bundle, own):
        with zipfile.ZipFile(path) as archive:
            packs = {one: json.loads(archive.read(one)) for one in archive.namelist() if one.startswith("packs/")}
        assert packs
        for pack in packs.values():
            shown = review_pack(made.case.store.seeing, ADMINISTRATOR, pack["review"]["id"])
            assert pack["fingerprint"] == shown["fingerprint"]
            assert pack["signatures"] == json.loads(pack_bytes(shown))["signatures"]


@pytest.mark.parametrize("harm", ["other figures", "left out", "another's"])
def test_a_pack_that_does_not_follow_is_named_though_it_agrees_with_itself(bundle: Path, harm: str) -> None:
    with zipfile.ZipFile(bundle) as archive:
        first, second, *_ = [one for one in archive.namelist() if one.startswith("packs/")]

    def change(files: dict[str, bytes]) -> None:
        if harm == "left out":
            del files[first]
        elif harm == "another's":
            files[first] = files[second]
        else:
            pack = json.loads(files[first])
            pack["contract"]["title"] = {"en": "Mine"}
            pack["fingerprint"] = pack_fingerprint(pack)
            files[first] = pack_bytes(pack)

    assert problems(changed(bundle, "pack.zip", change)) == [f"{first} does not follow from the entries"]


def archived(path: Path, *files: tuple[str, bytes], compressed: bool = False) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return path


def test_an_archive_that_was_made_to_harm_is_refused_before_it_is_read(bundle: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        sound = [(name, archive.read(name)) for name in archive.namelist()]
    bad = [
        archived(tmp_path / "climbs.zip", *sound, ("../../outside", b"x")),
        archived(tmp_path / "root.zip", *sound, ("/etc/outside", b"x")),
        archived(tmp_path / "windows.zip", *sound, ("c:\\outside", b"x")),
        archived(tmp_path / "bomb.zip", *sound, ("packs/a.json", bytes(50_000_000)), compressed=True),
        archived(tmp_path / "few.zip", *sound[:3]),
        archived(tmp_path / "none.zip"),
    ]
    with pytest.warns(UserWarning, match="Duplicate"):
        bad.append(archived(tmp_path / "twice.zip", *sound, ("packs/a.json", b"1"), ("packs/a.json", b"2")))
    (tmp_path / "no.zip").write_bytes(b"no archive")
    before = sorted(tmp_path.parent.iterdir())
    for path in (*bad, tmp_path / "no.zip", tmp_path / "absent.zip", tmp_path):
        with pytest.raises(Invalid):
            verify_bundle(path)
    assert sorted(tmp_path.parent.iterdir()) == before


def test_no_half_file_is_left_when_the_disk_is_full(made: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = made.folder / "kept.zip"
    kept.write_bytes(b"what stood there before")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(Unavailable, match="full"):
        made.export("kept.zip")
    assert kept.read_bytes() == b"what stood there before"
    assert list(made.folder.glob("*.part")) == []


def test_without_a_checkpoint_there_is_nothing_to_end_at(made: Town, bundle: Path) -> None:
    with pytest.raises(Invalid, match="no checkpoint"):
        made.export("beyond.zip", until=10**9)


def test_a_bundle_of_another_program_says_which_one_it_needs(bundle: Path) -> None:
    def change(files: dict[str, bytes]) -> None:
        manifest = json.loads(files["manifest.json"]) | {"program": "9.9", "judging": 99}
        files["manifest.json"] = json.dumps(manifest).encode()
        files["figures.json"] = files["figures.json"].replace(b"met", b"mot", 1)

    told = problems(changed(bundle, "newer.zip", change))
    assert any("entente 9.9 (judging rules 99" in one for one in told)


def test_what_a_store_on_postgresql_exports_is_verified_too(tmp_path: Path, postgres_url: str) -> None:
    with town(tmp_path, postgres_url) as made:
        for who in (None, "marketing"):
            path = made.export("bundle.zip", who)
            found: VerifiedBundle = verify_bundle(path, [given(made.notes[1], is_kept=True)], KEY.verifiers)
            assert found.problems == ()
            assert ran_alone(path, "--key", VKEY, "--checkpoint", made.kept(1))[0] == 0
            path.unlink()


def test_the_signatures_are_those_of_the_rfc() -> None:
    """RFC 8032 §7.1, tests 1 to 3, and what must not pass."""
    vectors = [
        ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
        ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
        ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
    ]  # fmt: skip
    for key, message, signature in vectors:
        sound = [bytes.fromhex(one) for one in (key, message, signature)]
        assert alone.is_valid(*sound)
        for at in range(3):
            for flip in (0, -1):
                bad = [bytearray(one) for one in sound]
                if bad[at]:
                    bad[at][flip] ^= 1
                    assert not alone.is_valid(*map(bytes, bad))
        beyond = int.from_bytes(sound[2][32:], "little") + alone.ORDER
        assert not alone.is_valid(sound[0], sound[1], sound[2][:32] + beyond.to_bytes(32, "little"))
    mine = SigningKey("x.example", b"\x03" * 32)
    assert alone.verifier(mine.verifiers[0].text)[1] == mine.verifiers[0].key


@pytest.mark.parametrize("page", ["docs/auditor.md", "docs/fr/auditeur.md"])
def test_the_pages_for_auditors_say_which_program_to_trust(page: str) -> None:
    text = (PROGRAM.parents[2] / page).read_text(encoding="utf-8")
    assert sha256(PROGRAM.read_bytes()).hexdigest() in text
