"""What a kind answers about itself is what its rules do."""

from __future__ import annotations

import pytest

from domain.commitments import Commitment
from domain.kinds.face import Face
from domain.kinds.faces import FACES
from domain.terms import KINDS, Kind
from tests import given
from tests.given import at, criterion, due, event


def _of(kind: Kind) -> tuple[Commitment, Face[object]]:  # type: ignore[type-var]
    target = {"at_most": 9, "per": "month"} if kind == "measure" else {"at_least": "90 %", "per": "month"}
    clause = criterion(getattr(given, kind)(), targets=[target])
    return given.commitment(given.contract(clause)), FACES[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_says_of_itself_what_its_rules_do(kind: Kind) -> None:
    found, face = _of(kind)
    assert {rule.is_known_ahead for rule in found.rules} == {face.is_known_ahead}
    assert {rule.is_of_items for rule in found.rules} == {face.is_of_items}
    assert found.all_are_known is face.is_known_ahead
    assert found.is_of_time is (face.counts == "seconds")
    assert found.is_of_sums is (face.counted_per(found.newest.criterion.indicator) is not None)
    assert bool(found.ahead(None, at("2026-04-01"))) is face.is_known_ahead


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_names_the_selectors_that_its_rules_have(kind: Kind) -> None:
    found, face = _of(kind)
    indicator = found.newest.criterion.indicator
    named = face.selectors(indicator)
    assert tuple(selector for _, selector in named) == found.selectors
    assert [getattr(indicator, name) for name, _ in named] == list(found.selectors)


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_has_a_limit_gives_its_occurrences_one_to_reach(kind: Kind) -> None:
    found, face = _of(kind)
    happened = event("opened", "03-02 09:30", "case", **due("03-02 12:00"))
    ahead = found.ahead(None, at("2026-04-01"))[:1]
    keys = ahead or [route.key for route in found.route(happened) if route.key is not None]
    evidence = [route.evidence for route in found.route(happened) if route.key in keys]
    judged = [found.judge(key, evidence, None) for key in keys if not found.is_of_time]
    assert any(one.risk_from is not None for one in judged) is face.has_limit
