"""Publishing and withdrawing an offer, and who sees it, over a store that lives."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.access import ADMINISTRATOR, AUDITOR, Grade, principal, signed_in
from services.errors import DocumentInvalid, NotAllowed, NotFound, Refused
from services.offers.offering import Offering
from services.offers.reading import read_offers
from tests.services.judged import Life
from tests.services.offered import (
    CHARTER,
    HR,
    LEGAL,
    OFFER,
    SYNDICATE,
    agree,
    changed,
    offer,
    offering,
    propose,
    publish,
)

NEWER = changed(OFFER, "levels", 0, "prices", 0, "unit_price", to="49.00")


@pytest.fixture
def life() -> Iterator[Life]:
    with offering() as life:
        yield life


def test_each_publication_is_a_version_and_the_same_again_is_none(life: Life) -> None:
    assert publish(life).outcome == "unchanged"
    done = publish(life, NEWER)
    assert (done.kind, done.outcome, done.version) == ("offer", "published", 2)
    assert done.changes == ("levels / standard / prices / 1 / unit_price: 48.00 → 49.00",)
    row = offer(life)
    assert [one.number for one in row.versions] == [1, 2]
    assert [one.terms.level("standard").prices[0].unit_price for one in row.versions] == [4800, 4900]
    assert row.terms == row.version(2).terms


def test_looking_at_it_only_publishes_nothing(life: Life) -> None:
    assert publish(life, NEWER, dry_run=True).outcome == "published"
    assert len(offer(life).versions) == 1


def test_what_was_withdrawn_is_offered_again_by_publishing_it(life: Life) -> None:
    life.store.use(Offering).withdraw(SYNDICATE, "it-support", "nobody wants it")
    assert offer(life).state == "withdrawn"
    with pytest.raises(Refused, match="withdrawn already"):
        life.store.use(Offering).withdraw(SYNDICATE, "it-support", "again")
    assert publish(life).outcome == "published"
    assert offer(life).state == "offered"


def test_only_who_binds_the_supplier_publishes_and_withdraws(life: Life) -> None:
    reader = signed_in("rea.der", {"digital-syndicate": Grade.READER})
    for who in (HR, reader, AUDITOR):
        with pytest.raises(NotAllowed):
            publish(life, NEWER, who)
    agree(life)
    with pytest.raises(NotAllowed):
        life.store.use(Offering).withdraw(HR, "it-support", "too dear")
    with pytest.raises(NotFound):
        life.store.use(Offering).withdraw(LEGAL, "it-support", "too dear")
    with pytest.raises(NotFound):
        life.store.use(Offering).withdraw(SYNDICATE, "printing", "too dear")


def test_its_supplier_and_its_currency_never_change(life: Life) -> None:
    with pytest.raises(Refused, match="the id it-support is taken"):
        publish(life, changed(OFFER, "supplier", to="legal"), LEGAL)
    with pytest.raises(DocumentInvalid, match="its money was in EUR, and is not converted"):
        publish(life, changed(OFFER, "currency", to="CHF"))


def test_it_is_seen_by_its_supplier_its_clients_and_who_sees_everything(life: Life) -> None:
    def seen_by(name: str) -> list[str]:
        return [one.id for one in life.store.read(principal(name), read_offers)]

    assert [seen_by(one) for one in ("digital-syndicate", "auditor", "human-resources")] == [
        ["it-support"],
        ["it-support"],
        [],
    ]
    propose(life)
    assert seen_by("human-resources") == ["it-support"]
    assert seen_by("legal") == []
    with pytest.raises(NotFound):
        offer(life, who=LEGAL)


def test_a_client_learns_of_no_other_client_in_it(life: Life) -> None:
    agree(life)
    agree(life, changed(changed(CHARTER, "client", to="legal"), "charter", to="it-support-legal"))
    assert offer(life, who=ADMINISTRATOR).clients == ("human-resources", "legal")
    row = offer(life, who=HR)
    assert (row.clients, row.is_own) == (("human-resources",), False)
