"""Beside a pack stands the first checkpoint that covers it; what people sign stays the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboards.pages import pack_html
from domain.signed_notes import read_note
from services.access import ADMINISTRATOR
from services.reviews.pack_checking import check_file, pack_of_file
from services.reviews.packs import pack_bytes, review_pack
from tests.services.api_case import opened, report
from tests.services.proving.bundled import checkpointed

SAYS = {
    "en": ("Not checkpointed yet.", "Checkpoint of"),
    "fr": ("Pas encore de point de contrôle.", "Point de contrôle de"),
}


@pytest.mark.parametrize("language", SAYS)
def test_a_pack_carries_the_first_checkpoint_that_covers_it_outside_its_fingerprint(
    tmp_path: Path, language: str
) -> None:
    with opened(f"sqlite:///{tmp_path}/town.db") as case:
        case.lived()
        review = next(one["id"] for one in case.get("/v1/reviews") if one["state"] != "planned")
        not_yet, covered = SAYS[language]
        before = review_pack(case.store.seeing, ADMINISTRATOR, review)
        assert "checkpoint" not in before
        assert not_yet in pack_html(before, language)
        note = checkpointed(case)
        case.push("sales/crm", report("marketing", "2026-02-02", "2026-02-02T08:00:00Z"))
        checkpointed(case)
        after = review_pack(case.store.seeing, ADMINISTRATOR, review)
        assert after["checkpoint"]["note"] == note
        assert after["checkpoint"]["position"] >= after["position"]
        found, _ = read_note(note)
        assert covered in (shown := pack_html(after, language))
        assert str(found.size) in shown
        assert after["fingerprint"] == before["fingerprint"]
        assert check_file(pack_of_file(pack_bytes(after), "pack.json")).is_same
        assert case.get(f"/v1/reviews/{review}/pack")["checkpoint"]["note"] == note
