"""Packs are of the shape that is declared, to the last field."""

from __future__ import annotations

import json
from typing import Final

import jsonschema
import pytest
from pydantic import TypeAdapter

from services.breaches.following_up import FollowingUp
from services.excuses.excusing import Excusing
from services.reviews.fingerprints import signing_json
from services.reviews.pack_shapes import Pack, Signing
from services.reviews.packs import pack_bytes
from services.reviews.reviewing import Reviewing
from tests.dashboards.reviews.packs import legal_pack
from tests.services.api_case import opened
from tests.services.meeting import LAB, REVIEW, WARD, called, pack_of

PACK: Final = TypeAdapter(Pack)
SIGNING: Final = TypeAdapter(Signing)


@pytest.fixture(scope="module")
def signed() -> Pack:
    """An action and an excuse while they met, minutes, a decision, both signatures."""
    with called() as life:
        following_up, reviewing = life.store.use(FollowingUp), life.store.use(Reviewing)
        opened, _ = following_up.open_action(WARD, "c/d/on-time", "Look at the van", person="eve")
        life.store.use(Excusing).ask(LAB, "c/d/on-time", reason="client-fault", text="Late list.", keys=["2026-01-12"])
        life.judge()
        following_up.close(LAB, opened, "Looked.")
        reviewing.minutes(WARD, REVIEW, "We meet earlier.")
        reviewing.decide(LAB, REVIEW, "Keep the target.")
        life.judge()
        for party in (LAB, WARD):
            reviewing.sign_review(party, REVIEW)
            life.judge()
        return pack_of(life)


def test_a_pack_has_the_fields_of_its_shape_and_no_other(signed: Pack) -> None:
    assert len(signed["minutes"]) == 4
    for pack in (signed, legal_pack()):
        PACK.validate_python(pack, strict=True, extra="forbid")
        SIGNING.validate_python(signing_json(pack), strict=True, extra="forbid")


def test_so_has_one_of_a_review_to_come() -> None:
    with called() as life:
        pack = pack_of(life, "c@2026-03-03")
    PACK.validate_python(pack, strict=True, extra="forbid")
    assert signing_json(pack) == {"signing": None, "fingerprint": None}


def test_the_api_describes_it(signed: Pack) -> None:
    with opened("sqlite://:memory:") as case:
        described = case.http.get("/openapi.json").json()
    for address, made in (("pack", json.loads(pack_bytes(signed))), ("signing", signing_json(signed))):
        answer = described["paths"][f"/v1/reviews/{{id}}/{address}"]["get"]["responses"]["200"]["content"]
        jsonschema.validate(made, {**answer["application/json"]["schema"], "components": described["components"]})
    facts = described["components"]["schemas"]["PackFacts"]["properties"]
    assert facts["restated"]["description"] == "Figures that were final, and changed."
