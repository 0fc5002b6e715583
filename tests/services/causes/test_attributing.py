"""To which root cause a breach is due: who says so, which one counts, and what is refused (MEETING §3)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.times import Instant
from services.access import ADMINISTRATOR, Principal, principal
from services.breaches.following_up import FollowingUp
from services.breaches.reading import read_breach
from services.breaches.taking_back import own_attributions
from services.causes.attributing import Attributing, decided_attributions
from services.causes.reading import read_causes
from services.contracts.contracting import Contracting
from services.errors import DocumentInvalid, EntenteError
from services.history.history import History
from services.reviews.reviewing import Reviewing
from tests.given import Tree, document, event
from tests.services.causes.attributed import ANN, BOB, CAUSES, attribute, breach_of, mondays
from tests.services.judged import Life, living

MONDAY = "2026-01-05"
MEETING = {"every": "FREQ=MONTHLY;BYMONTHDAY=10", "at": "14:00"}


def refused(act: Callable[[], object], slug: str = "") -> str:
    with pytest.raises(EntenteError) as found:
        act()
    assert slug in ("", found.value.slug)
    return found.value.message


def begun(life: Life, until: str = "01-06 00:00", **changes: object) -> None:
    life.publish(CAUSES)
    life.sign(mondays(**changes))
    life.advance(until)


def take_back(life: Life, who: Principal, said_at: Instant) -> None:
    life.store.use(FollowingUp).take_back(who, breach_of(life, MONDAY).id, "attribution", said_at)
    life.judge()


def own(life: Life, who: Principal) -> frozenset[Instant]:
    found = life.store.read(who, lambda seen: own_attributions(seen, read_breach(seen, breach_of(life, MONDAY).id)))
    return frozenset(one.at for one in found)


def test_each_party_has_one_cause_its_last_and_the_debtors_counts() -> None:
    with living() as life:
        begun(life)
        attribute(life, MONDAY, "weather", BOB)
        assert breach_of(life, MONDAY).root_cause == "weather", "only the creditor has said one"
        attribute(life, MONDAY, "van-down", ANN)
        attribute(life, MONDAY, "headcount-late", BOB)
        row = breach_of(life, MONDAY)
        assert row.root_cause == "van-down"
        assert [(one.side, one.root_cause, one.by) for one in row.attributed] == [
            ("debtor", "van-down", "lab/ann"),
            ("creditor", "headcount-late", "ward/bob"),
        ]
        assert row.handling == "open", "a cause is no explanation"
        attribute(life, MONDAY, "headcount-late", ANN)
        assert breach_of(life, MONDAY).root_cause == "headcount-late"
        assert "said already" in refused(lambda: attribute(life, MONDAY, "headcount-late", ANN))
        assert life.judged_again() == life.dump(), "a judge that begins anew comes to the same"


def test_who_may_act_for_both_speaks_as_the_debtor_or_as_it_says() -> None:
    with living() as life:
        begun(life)
        attribute(life, MONDAY, "weather", ADMINISTRATOR)
        attribute(life, MONDAY, "van-down", ADMINISTRATOR, "client")
        assert [(one.side, one.root_cause) for one in breach_of(life, MONDAY).attributed] == [
            ("debtor", "weather"),
            ("creditor", "van-down"),
        ]
        id = breach_of(life, MONDAY).id
        refused(lambda: life.store.use(Attributing).attribute(principal("elsewhere"), id, "weather"), "not-found")
        refused(lambda: life.store.use(Attributing).attribute(principal("auditor"), id, "weather"), "not-allowed")
        refused(lambda: life.store.use(Attributing).attribute(ANN, id, "weather", "client"), "not-allowed")


def test_a_cause_that_no_list_has_is_refused_and_one_that_is_taken_out_keeps_what_was_said() -> None:
    with living() as life:
        begun(life)
        refused(lambda: attribute(life, MONDAY, "van-dwon"), "unknown-cause")
        attribute(life, MONDAY, "weather")
        life.publish({**CAUSES, "list": CAUSES["list"][:2]})
        assert breach_of(life, MONDAY).root_cause == "weather"
        refused(lambda: attribute(life, MONDAY, "weather", BOB), "unknown-cause")
        assert list(life.store.read(BOB, read_causes)) == ["van-down", "headcount-late"]


def test_of_what_is_withdrawn_no_cause_is_said_and_of_what_is_dealt_with_it_is() -> None:
    with living() as life:
        begun(life)
        life.store.use(FollowingUp).explain_breach(ANN, breach_of(life, MONDAY).id, "the tool stood")
        life.store.use(FollowingUp).close(ANN, life.actions()[0].id, "mended")
        life.judge()
        assert breach_of(life, MONDAY).handling == "dealt-with"
        attribute(life, MONDAY, "weather")
        assert breach_of(life, MONDAY).root_cause == "weather"
        life.happen(event("report", "01-05 09:30", date=MONDAY))
        assert breach_of(life, MONDAY).state == "withdrawn"
        refused(lambda: attribute(life, MONDAY, "van-down"), "nothing-waits")


def test_it_is_taken_back_by_who_said_it_until_the_other_party_has_said_one_since() -> None:
    with living() as life:
        begun(life)
        attribute(life, MONDAY, "weather")
        [at] = own(life, ANN)
        assert not own(life, BOB)
        assert "only who said it" in refused(lambda: take_back(life, BOB, at))
        take_back(life, ANN, at)
        assert (breach_of(life, MONDAY).root_cause, own(life, ANN)) == (None, frozenset())
        assert "taken back already" in refused(lambda: take_back(life, ANN, at))
        attribute(life, MONDAY, "weather")
        attribute(life, MONDAY, "van-down", BOB)
        assert not own(life, ANN)
        assert "answered since" in refused(lambda: take_back(life, ANN, at))


def test_it_stays_once_a_review_of_its_contract_was_signed() -> None:
    with living() as life:
        begun(life, "01-11 00:00", review=MEETING)
        attribute(life, MONDAY, "weather")
        [at] = own(life, ANN)
        life.store.use(Reviewing).sign_review(BOB, "c@2026-01-10")
        life.judge()
        assert not own(life, ANN)
        refused(lambda: take_back(life, ANN, at), "acted-on")


def decided(life: Life, cause: str, review: str, *keys: str) -> None:
    with life.store.seen(ADMINISTRATOR) as seen:
        ids = [breach_of(life, key).id for key in keys]
        files = decided_attributions(seen, ids, cause, review, by="lab/ann", at=1)
    life.store.history.save(*files)
    life.judge()


def test_what_a_review_decides_counts_for_both_until_a_later_one_decides_otherwise() -> None:
    with living() as life:
        begun(life, "01-13 00:00")
        attribute(life, MONDAY, "weather")
        decided(life, "van-down", "c@2026-01-10", MONDAY, "2026-01-12")
        row = breach_of(life, MONDAY)
        assert (row.root_cause, row.decided_in) == ("van-down", "c@2026-01-10")
        assert breach_of(life, "2026-01-12").root_cause == "van-down"
        assert "c@2026-01-10 decided it" in refused(lambda: attribute(life, MONDAY, "weather", BOB))
        assert "decided it" in refused(lambda: take_back(life, ANN, row.attributed[0].at))
        assert not own(life, ANN)
        refused(lambda: decided(life, "van-down", "c@2026-01-10", MONDAY))
        refused(lambda: decided(life, "nothing", "c@2026-02-10", MONDAY), "unknown-cause")
        decided(life, "headcount-late", "c@2026-02-10", MONDAY)
        assert breach_of(life, MONDAY).root_cause == "headcount-late"


def published(life: Life, tree: Tree, who: Principal = ADMINISTRATOR) -> str:
    return life.store.use(Contracting).apply(who, document(tree)).outcome


def test_a_list_is_published_by_the_administrator_and_a_cause_stands_in_one_list() -> None:
    with living() as life:
        refused(lambda: published(life, CAUSES, ANN), "not-allowed")
        assert [published(life, CAUSES), published(life, CAUSES)] == ["published", "unchanged"]
        life.judge()
        other: Tree = {**CAUSES, "causes": "other"}
        with pytest.raises(DocumentInvalid, match="stands in the list house already"):
            published(life, other)
        with pytest.raises(DocumentInvalid, match="described already"):
            published(life, {**CAUSES, "list": [CAUSES["list"][0]] * 2})
        with pytest.raises(DocumentInvalid, match="party"):
            published(life, {**CAUSES, "list": [{"id": "x", "party": "third"}]})
        both = [document({**CAUSES, "causes": name, "list": [{"id": "x", "party": "none"}]}) for name in ("a", "b")]
        contracting = life.store.use(Contracting)
        contracting.apply(ADMINISTRATOR, both[0], beside=both)
        with pytest.raises(DocumentInvalid, match="stands in the list a already"):
            contracting.apply(ADMINISTRATOR, both[1], beside=both)


def test_the_history_says_who_said_which_cause() -> None:
    with living() as life:
        begun(life)
        attribute(life, MONDAY, "weather", BOB)
        history: History = life.store.history
        [last] = history.read(history.last_position() - 1, 1)
        said = history.decode(last)
        assert (said.root_cause, said.side, said.by) == ("weather", "creditor", "ward/bob")  # type: ignore[attr-defined]
