"""What the two parties of a charter decide, over a store that lives."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from hashlib import sha256

import pytest

from services.access import ADMINISTRATOR, Grade, Principal, principal, signed_in
from services.charters.chartering import Chartering
from services.charters.reading import read_charters
from services.contracts.contracting import Contracting
from services.errors import DocumentInvalid, NotAllowed, NotFound, Refused
from services.offers.offering import Offering
from tests.given import Tree, contract, criterion, document, punctuality
from tests.services.judged import Life
from tests.services.offered import (
    CHARTER,
    HR,
    LEGAL,
    OFFER,
    SYNDICATE,
    agree,
    changed,
    charter,
    offer,
    offering,
    propose,
    publish,
)

ID = "it-support-hr"
NEWER = changed(OFFER, "levels", 0, "prices", 0, "unit_price", to="49.00")
LATER = changed(changed(CHARTER, "effective", to="2026-04-15"), "level", to="extended")


@pytest.fixture
def life() -> Iterator[Life]:
    with offering() as life:
        yield life


@pytest.fixture
def chartering(life: Life) -> Chartering:
    return life.store.use(Chartering)


def refused(slug: str, act: Callable[[], object]) -> None:
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.slug == slug


def test_both_sign_and_it_is_in_force_from_its_day_however_late(life: Life, chartering: Chartering) -> None:
    assert propose(life).outcome == "proposed"
    assert (charter(life).state, charter(life).begins) == ("proposed", None)
    chartering.sign(SYNDICATE, ID)
    assert charter(life).state == "proposed"
    chartering.sign(HR, ID)
    row = charter(life)
    assert (row.state, row.begins) == ("in force", date(2026, 1, 1))
    assert row.on(date(2025, 12, 31)) is None
    in_force = row.on(date(2026, 1, 1))
    assert in_force is not None
    assert [(one.party, one.service) for one in in_force.signatures] == [
        ("supplier", "digital-syndicate"),
        ("client", "human-resources"),
    ]
    assert in_force.fingerprint == sha256(offer(life).versions[0].document.encode()).hexdigest()


def test_nobody_signs_twice_and_nothing_is_signed_that_does_not_wait(life: Life, chartering: Chartering) -> None:
    propose(life)
    chartering.sign(HR, ID)
    with pytest.raises(Refused, match="has signed it already"):
        chartering.sign(HR, ID)
    chartering.sign(SYNDICATE, ID)
    for act in (chartering.sign, chartering.withdraw):
        with pytest.raises(Refused, match="no wording of the charter waits"):
            act(HR, ID)


def test_a_client_proposes_too_once_it_was_proposed_one_and_opens_nothing_by_itself(life: Life) -> None:
    with pytest.raises(DocumentInvalid, match="no offer “it-support” is published"):
        propose(life, CHARTER, HR)
    propose(life)
    propose(life, changed(CHARTER, "level", to="extended"), HR)
    assert [(one.party, one.state) for one in charter(life).proposals] == [
        ("supplier", "replaced"),
        ("client", "proposed"),
    ]
    assert offer(life, who=HR).id == "it-support"


def test_the_same_again_changes_nothing(life: Life) -> None:
    propose(life)
    assert (propose(life).outcome, len(charter(life).proposals)) == ("unchanged", 1)


def test_the_other_party_refuses_with_a_reason_and_who_proposed_withdraws(life: Life, chartering: Chartering) -> None:
    propose(life)
    with pytest.raises(Refused, match="withdrawn, not refused"):
        chartering.refuse(SYNDICATE, ID, "no")
    with pytest.raises(Refused, match="you can refuse it"):
        chartering.withdraw(HR, ID)
    chartering.refuse(HR, ID, "too dear")
    row = charter(life)
    assert (row.state, row.proposals[0].state, row.proposals[0].refusal) == ("not agreed", "refused", "too dear")
    propose(life)
    chartering.withdraw(SYNDICATE, ID)
    assert [one.state for one in charter(life).proposals] == ["refused", "withdrawn"]


def test_of_a_newer_offer_it_is_proposed_again_before_it_is_signed(life: Life, chartering: Chartering) -> None:
    propose(life)
    publish(life, NEWER)
    refused("offer-moved", lambda: chartering.sign(HR, ID))
    assert propose(life).outcome == "proposed"
    chartering.sign(HR, ID)
    chartering.sign(SYNDICATE, ID)
    [agreed] = charter(life).agreed
    assert agreed.offer_version == 2
    assert agreed.offer.level("standard").prices[0].unit_price == 4900


def test_what_was_signed_keeps_the_version_of_its_offer(life: Life) -> None:
    agree(life)
    publish(life, NEWER)
    assert charter(life).agreed[0].offer_version == 1


def test_who_read_another_wording_decides_nothing(life: Life, chartering: Chartering) -> None:
    propose(life)
    propose(life, changed(CHARTER, "level", to="extended"))
    for act in (
        lambda: chartering.sign(HR, ID, proposal=1),
        lambda: chartering.refuse(HR, ID, "no", proposal=1),
        lambda: chartering.withdraw(SYNDICATE, ID, proposal=1),
    ):
        refused("proposal-moved", act)
    chartering.sign(HR, ID, proposal=2)


def test_of_a_withdrawn_offer_nothing_new_is_agreed_and_what_is_agreed_stays(
    life: Life, chartering: Chartering
) -> None:
    agree(life)
    other = {**CHARTER, "charter": "it-support-legal", "client": "legal"}
    propose(life, other)
    life.store.use(Offering).withdraw(SYNDICATE, "it-support", "too much work")
    refused("offer-withdrawn", lambda: chartering.sign(LEGAL, "it-support-legal"))
    refused("offer-withdrawn", lambda: propose(life, {**other, "charter": "anew"}))
    assert charter(life).state == "in force"


def test_a_later_version_counts_from_its_day_and_of_one_day_the_later(life: Life) -> None:
    agree(life)
    agree(life, LATER)
    agree(life, changed(LATER, "level", to="standard"))
    row = charter(life)
    levels = [one.terms.level for day in ("04-14", "04-15") if (one := row.on(date.fromisoformat(f"2026-{day}")))]
    assert levels == ["standard", "standard"]
    assert [one.version for one in row.agreed] == [1, 2, 3]
    assert row.begins == date(2026, 1, 1)


def test_a_day_that_has_passed_needs_a_reason_and_none_is_before_the_first(life: Life) -> None:
    agree(life)
    past = changed(LATER, "effective", to="2026-02-15")
    with pytest.raises(DocumentInvalid, match="2026-02-15 has passed"):
        propose(life, past)
    assert propose(life, {**past, "rebaseline": {"reason": "the prices were wrong"}}).outcome == "proposed"
    earlier = {**past, "effective": "2025-12-01", "rebaseline": {"reason": "the prices were wrong"}}
    with pytest.raises(DocumentInvalid, match="the charter begins on 2026-01-01"):
        propose(life, earlier)
    assert propose(life, changed(LATER, "effective", to="2026-02-16")).outcome == "proposed"


def test_it_ends_with_the_last_day_that_either_says(life: Life, chartering: Chartering) -> None:
    propose(life)
    with pytest.raises(Refused, match="nothing was signed"):
        chartering.terminate(HR, ID, date(2026, 6, 30))
    chartering.withdraw(SYNDICATE, ID)
    agree(life)
    with pytest.raises(Refused, match="time has passed 2026-02-14"):
        chartering.terminate(HR, ID, date(2026, 2, 14))
    chartering.terminate(HR, ID, date(2026, 6, 30))
    with pytest.raises(Refused, match="it ends on 2026-06-30 already"):
        chartering.terminate(SYNDICATE, ID, date(2026, 7, 31))
    with pytest.raises(Refused, match="the charter ends on 2026-06-30"):
        propose(life, changed(CHARTER, "effective", to="2026-07-01"))
    row = charter(life)
    assert (row.on(date(2026, 6, 30)) is not None, row.on(date(2026, 7, 1))) == (True, None)
    life.advance("2026-07-01")
    assert charter(life).state == "ended"


@pytest.mark.parametrize("who", [LEGAL, principal("auditor"), signed_in("rea.der", {"human-resources": Grade.READER})])
def test_nobody_else_decides(life: Life, chartering: Chartering, who: Principal) -> None:
    propose(life)
    acts: list[Callable[[], object]] = [
        lambda: chartering.sign(who, ID),
        lambda: chartering.refuse(who, ID, "no"),
        lambda: chartering.withdraw(who, ID),
        lambda: chartering.terminate(who, ID, date(2026, 6, 30)),
    ]
    for act in acts:
        with pytest.raises((NotAllowed, NotFound)):
            act()
    with pytest.raises((NotAllowed, DocumentInvalid)):
        propose(life, CHARTER, who)


def test_it_is_seen_by_its_two_parties(life: Life) -> None:
    propose(life)
    seen = {
        one: len(life.store.read(principal(one), read_charters)) for one in ("digital-syndicate", "human-resources")
    }
    assert seen == {"digital-syndicate": 1, "human-resources": 1}
    assert life.store.read(LEGAL, read_charters) == []
    with pytest.raises(NotFound):
        charter(life, who=LEGAL)
    propose(life, {**CHARTER, "charter": "it-support-legal", "client": "legal"})
    with pytest.raises(Refused, match="the id it-support-hr is taken"):
        propose(life, {**CHARTER, "client": "legal"}, LEGAL)


def test_who_sees_no_offer_learns_of_none(life: Life) -> None:
    known, unknown = CHARTER, changed(CHARTER, "offer", to="printing")
    said = []
    for tree in (known, unknown):
        with pytest.raises(DocumentInvalid) as caught:
            propose(life, tree, LEGAL)
        said.append(re.sub("printing|it-support(?!-)", "…", str(caught.value)))
    assert said[0] == said[1]


def test_a_person_who_is_both_signs_by_two_acts(life: Life, chartering: Chartering) -> None:
    propose(life)
    both = signed_in("bo.th", {"digital-syndicate": Grade.HEAD, "human-resources": Grade.HEAD})
    with pytest.raises(Refused, match="for which party"):
        chartering.sign(both, ID)
    chartering.sign(both, ID, "client")
    chartering.sign(both, ID, "supplier")
    assert charter(life).state == "in force"


def test_its_offer_and_client_never_change(life: Life) -> None:
    agree(life)
    with pytest.raises(Refused, match="of another offer or client"):
        propose(life, {**LATER, "client": "legal"})


def test_its_contract_is_one_of_the_same_two(life: Life) -> None:
    between: Tree = {"supplier": "digital-syndicate", "client": "human-resources"}
    ours, others = (contract(criterion(punctuality()), id=id) for id in ("ours", "others"))
    for tree in ({**ours, **between}, others):
        life.store.use(Contracting).apply(ADMINISTRATOR, document(tree))
    for name in ("others", "none"):
        with pytest.raises(DocumentInvalid, match=f"{name} is no contract of digital-syndicate and human-resources"):
            propose(life, {**CHARTER, "contract": name})
    assert propose(life, {**CHARTER, "contract": "ours"}).outcome == "proposed"


def test_a_client_that_is_counted_in_another_has_no_charter_of_its_own(life: Life) -> None:
    publish(life, changed(OFFER, "clients", to="top"))
    life.store.use(Contracting).apply(
        ADMINISTRATOR, document({"entente": 1, "service": "human-resources", "title": "HR", "part_of": "town"})
    )
    with pytest.raises(DocumentInvalid, match="what human-resources uses is counted as use of town"):
        propose(life)


def test_with_its_offer_beside_it_is_only_looked_at(life: Life) -> None:
    tree, printing = changed(CHARTER, "offer", to="printing"), changed(OFFER, "offer", to="printing")
    with pytest.raises(DocumentInvalid, match="no offer “printing” is published"):
        propose(life, tree)
    assert propose(life, tree, SYNDICATE, printing, dry_run=True).outcome == "proposed"
    with pytest.raises(NotFound):
        charter(life)


def test_the_tables_are_made_again_from_the_history(life: Life) -> None:
    agree(life)
    assert life.judged_again(3) == life.dump()
