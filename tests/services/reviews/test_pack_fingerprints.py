"""One fingerprint for one pack: of what its position pins, and of nothing else."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from dashboards.pages import pack_html
from services.errors import Invalid
from services.reviews.fingerprints import canonical, of_form_1, pack_fingerprint, signing, signing_fingerprint
from services.reviews.pack_checking import check, check_file, pack_of_file
from services.reviews.pack_shapes import Pack
from services.reviews.packs import Held, KeptPacks, pack_bytes
from services.reviews.reviewing import Reviewing
from tests.services.api_case import opened
from tests.services.judged import Life
from tests.services.meeting import LAB, REVIEW, WARD, agreement, called, pack_of

PINNED = "31efea6682bcc668bbf7f0c521f94a8197137995cffa014e21ead42ed59ae76d"
"""Of the pack of `called`. Where it changes, packs that were signed cannot be checked any more: a new form of packs needs a new
number, and a way to write the former one (`services.reviews.fingerprints`)."""
FORMER = "5a28262c938321a4510bd4089f953553"
"""What a program before printed on the same pack, minutes and a decision in it, once both had signed."""


def meet(life: Life) -> None:
    reviewing = life.store.use(Reviewing)
    reviewing.minutes(WARD, REVIEW, "Read together; é, “quoted”.")
    reviewing.decide(LAB, REVIEW, "Keep the target.")
    life.judge()


def sign(life: Life, *parties: Any) -> None:
    for party in parties:
        life.store.use(Reviewing).sign_review(party, REVIEW)
        life.judge()


@pytest.fixture(scope="module")
def packs() -> tuple[Pack, Pack]:
    """Before anything was said, and once both have signed."""
    with called() as life:
        unsigned = pack_of(life)
        meet(life)
        sign(life, LAB, WARD)
        return unsigned, pack_of(life)


def test_a_pack_has_the_fingerprint_that_it_had_before_minutes_signatures_and_later_news() -> None:
    with called() as life:
        assert pack_of(life)["fingerprint"] == PINNED
        meet(life)
        sign(life, LAB)
        assert pack_of(life)["fingerprint"] == PINNED
        sign(life, WARD)
        longer = {"every": "FREQ=MONTHLY;BYDAY=1TU", "at": "14:00", "duration": "3 h"}
        again = {"reason": "as agreed"}
        life.sign(agreement(effective="2026-02-01", title="Renamed", rebaseline=again) | {"review": longer})
        life.advance("03-10")
        assert pack_of(life)["fingerprint"] == PINNED


def test_it_is_what_anybody_computes_from_the_file(packs: tuple[Pack, Pack]) -> None:
    file = json.loads(pack_bytes(packs[1]))
    for name in ("fingerprint", "minutes", "decisions", "signatures"):
        del file[name]
    del file["review"]["state"]
    text = json.dumps(file, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == PINNED


def test_paper_in_both_languages_and_under_any_name_bears_it(packs: tuple[Pack, Pack]) -> None:
    made = packs[1]
    for language, organisation in (("en", "Valmoray"), ("fr", "")):
        page = pack_html(made, language, organisation=organisation)
        assert " ".join(PINNED[at : at + 4] for at in range(0, 64, 4)) in page


def test_numbers_have_one_form_whatever_they_were_computed_with(packs: tuple[Pack, Pack]) -> None:
    made = packs[0]
    text = pack_bytes(made).decode()
    kept = pack_of_file(text.replace('"expected":4', '"expected":4.0').encode(), "pack.json")
    assert pack_fingerprint(kept) == PINNED


def test_what_is_signed_names_the_pack_and_what_the_meeting_added(packs: tuple[Pack, Pack]) -> None:
    signed = packs[1]
    found = signing(signed)
    assert found["pack"] == {"position": signed["position"], "fingerprint": PINNED}
    assert [one["text"] for one in found["decisions"]] == ["Keep the target."]
    text = json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert {one["fingerprint"] for one in signed["signatures"]} == {hashlib.sha256(text.encode()).hexdigest()}


def test_a_fingerprint_is_checked_as_it_is_copied_from_paper(packs: tuple[Pack, Pack]) -> None:
    made = packs[1]
    assert check(made, f" {PINNED[:4].upper()} {PINNED[4:]}", "").of == "pack"
    assert check(made, PINNED[:16], "").is_same
    assert check(made, made["signatures"][0]["fingerprint"], "").of == "signed"
    assert not check(made, "0" * 64, "").is_same
    for wrong in ("", PINNED[:15], f"{PINNED}0", "zz" * 8):
        with pytest.raises(Invalid):
            check(made, wrong, "")


def test_packs_that_were_signed_before_stay_checkable(packs: tuple[Pack, Pack]) -> None:
    made = packs[1]
    assert check(made, FORMER, "Entente").of == "former"
    assert not check(made, FORMER, "Another name").is_same


def test_a_file_of_before_is_checked_against_its_paper(packs: tuple[Pack, Pack]) -> None:
    """An amendment waits in it, whose sentences stand there."""
    unsigned = packs[0]
    written = of_form_1(unsigned, "Entente", [])
    kept = pack_of_file(canonical({**written, "fingerprint": pack_fingerprint(written)}), "pack.json")
    assert check_file(kept).of == check_file(kept, unsigned).of == "former"
    assert check(kept, kept["fingerprint"], "").is_same
    assert not check(kept, "0" * 32, "").is_same


def test_a_file_is_checked_alone_and_against_the_history(packs: tuple[Pack, Pack]) -> None:
    unsigned, made = packs
    kept = pack_of_file(pack_bytes(made), "pack.json")
    assert check_file(kept).is_same
    assert check_file(kept, made).is_same
    assert check_file(pack_of_file(pack_bytes(unsigned), "pack.json"), made).is_same
    assert kept["entente"] == 2
    altered: Pack = {**kept, "facts": {**kept["facts"], "breaches": 0}}
    assert check_file(altered).of is None
    assert not check(altered, PINNED, "").is_same, "it names a fingerprint that is not its own"
    assert not check(altered, signing_fingerprint(altered), "").is_same
    [note] = [one for one in kept["minutes"] if "kind" not in one]
    altered = {**kept, "minutes": [{**note, "text": "Nothing was said."}]}
    assert check_file(altered).differs == check(altered, PINNED, "").differs == ("signatures",)
    assert not check(altered, PINNED, "").is_same
    assert check_file(altered, made).differs == ("signatures", "minutes")
    for wrong in (b"", b"[]", b"{}", b'{"entente": 2}', b"\xff", b"[" * 100_000):
        with pytest.raises(Invalid):
            pack_of_file(wrong, "pack.json")


def test_what_is_signed_is_answered_over_http(sqlite_url: str) -> None:
    with called(sqlite_url) as life:
        meet(life)
        sign(life, LAB, WARD)
        pack = pack_of(life)
    with opened(sqlite_url) as case:
        assert case.get(f"/v1/reviews/{REVIEW}/signing") == {
            "signing": signing(pack), "fingerprint": pack["signatures"][0]["fingerprint"]
        }  # fmt: skip


def test_a_pack_that_could_not_be_made_is_made_again_and_nothing_is_held(packs: tuple[Pack, Pack]) -> None:
    kept, held = KeptPacks(), Held(packs[0], ())
    for _ in range(2):
        with pytest.raises(LookupError):
            kept.get("a", _fails)
    assert kept.get("a", lambda: held) is held
    assert not kept._making


def _fails() -> Held:
    raise LookupError
