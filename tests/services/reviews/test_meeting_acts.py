"""What people do while they meet stands in what they sign."""

from __future__ import annotations

import re
from datetime import date

import pytest

from dashboards.pages import pack_html
from services.access import ADMINISTRATOR
from services.breaches.following_up import FollowingUp
from services.contracts.contracting import Contracting
from services.errors import Refused
from services.excuses.excusing import Excusing
from services.reviews.reviewing import Reviewing
from tests.given import document
from tests.services.judged import Life
from tests.services.meeting import LAB, REVIEW, WARD, agreement, called, pack_of

COMMITMENT = "c/d/on-time"


def kinds(life: Life) -> list[str]:
    return [str(one.get("kind", "said")) for one in pack_of(life)["minutes"]]


def test_what_was_done_since_the_pack_was_made_is_in_what_is_signed() -> None:
    with called() as life:
        store = life.store
        assert kinds(life) == []
        opened, _ = store.use(FollowingUp).open_action(
            WARD, COMMITMENT, "Look at the van", person="eve", due=date(2026, 2, 20)
        )
        life.judge()
        store.use(FollowingUp).progress(LAB, opened, "Looked.")
        excuse, _ = store.use(Excusing).ask(
            LAB, COMMITMENT, reason="client-fault", text="The list came late.", keys=["2026-01-12"]
        )
        life.judge()
        store.use(Excusing).accept(WARD, excuse, "So it was.")
        breach = next(one for one in life.breaches() if one.key == "2026-01-26")
        store.use(FollowingUp).explain_breach(LAB, breach.id, "Nobody was there.")
        store.use(Contracting).sign(WARD, "c")
        store.use(Reviewing).minutes(WARD, REVIEW, "We meet earlier.")
        life.judge()
        made = pack_of(life)
        expected = ["said", "action-opened", "action-progressed", "excuse-asked", "excuse-accepted", "breach-explained",
                    "contract-signed"]  # fmt: skip
        assert kinds(life) == expected
        store.use(Reviewing).sign_review(LAB, REVIEW)
        store.use(FollowingUp).open_action(WARD, COMMITMENT, "Afterwards")
        store.use(Contracting).apply(ADMINISTRATOR, document(agreement(effective="2026-08-01", title="Renamed")))
        life.judge()
        signed = pack_of(life)
    assert signed["minutes"] == made["minutes"]
    assert signed["fingerprint"] == made["fingerprint"]
    action = next(one for one in made["minutes"] if "kind" in one)
    assert action["subject"] == f"action:{opened}"
    assert action["arguments"] == {"cause": "opened-by-hand", "owner": "lab", "person": "eve", "due": "2026-02-20"}
    english, french = (re.sub(r"<[^>]+>", "", pack_html(made, code)) for code in ("en", "fr"))
    for words in ("Action opened: A deliverable · on-time eve · due 20 Feb 2026 Look at the van", "Look at the van Looked.",
                  "The list came late.", "Nobody was there.", "Version signed by one party in force from 1 Jul 2026"):  # fmt: skip
        assert words in re.sub(r"\s+", " ", english), words
    assert "Action ouverte\u00a0: A deliverable" in french
    assert "Fait depuis l’établissement du dossier" in french


def test_the_same_action_does_not_stand_twice_while_it_is_open() -> None:
    with called() as life:
        following_up = life.store.use(FollowingUp)
        opened, _ = following_up.open_action(WARD, COMMITMENT, "Look at the van")
        with pytest.raises(Refused) as refused:
            following_up.open_action(WARD, COMMITMENT, " look  at the van\n")  # sent again before it was judged
        assert (refused.value.slug, refused.value.place) == ("already-open", opened)
        life.judge()
        with pytest.raises(Refused):
            following_up.open_action(LAB, COMMITMENT, "Look at the van")
        following_up.close(LAB, opened, "Done.")
        life.judge()
        again, _ = following_up.open_action(LAB, COMMITMENT, "Look at the van")
        assert again != opened


def test_nothing_that_is_said_stands_twice() -> None:
    with called() as life:
        following_up = life.store.use(FollowingUp)
        opened, _ = following_up.open_action(WARD, COMMITMENT, "Look at the van")
        life.judge()
        breach = life.breaches()[0]
        reviewing = life.store.use(Reviewing)
        verbs = (reviewing.minutes, REVIEW), (reviewing.decide, REVIEW), (following_up.progress, opened), (
            following_up.explain_breach, breach.id,
        )  # fmt: skip
        for say, id in verbs:
            say(WARD, id, "The van is old.")
            with pytest.raises(Refused):
                say(WARD, id, "The van is old.")
            say(LAB, id, "The van is old.")
            say(WARD, id, "The van is new.")
