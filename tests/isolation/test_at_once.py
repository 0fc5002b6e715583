"""Several who ask at the same moment, right after a change, are each answered as when they ask alone: nothing kept for one is shown to
another (trust §4)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.access import principal
from services.breaches.following_up import FollowingUp
from tests.isolation import matrix
from tests.isolation.planted import TOKEN, Matrix, planted

ROUNDS = int(os.environ.get("ENTENTE_ROUNDS", "6"))
ADDRESSES = (
    "/v1/contracts",
    "/v1/figures",
    "/v1/breaches",
    "/v1/excuses",
    "/v1/actions",
    "/portfolio",
    "/breaches",
    "/",
)


@pytest.fixture(scope="module")
def town() -> Iterator[Matrix]:
    with planted() as found:
        yield found


def test_what_is_kept_while_several_ask_at_once_is_shown_to_nobody_else(town: Matrix) -> None:
    asking = [(kind, service) for kind in ("head", "key") for service in town.services()]
    browsers = {one: town.who(*one) for one in asking}
    having = [of for of in town.parties if town.things[of][matrix.BREACH]]

    def ask(one: tuple[str, str], address: str) -> str:
        browser, headers = browsers[one]
        answer = browser.http.get(address, headers={"Accept": "text/html", **headers}, follow_redirects=False)
        return f"{answer.status_code} {TOKEN.sub('', answer.text)}"

    with ThreadPoolExecutor(len(asking)) as at_once:
        for number in range(ROUNDS):
            of, address = having[number % len(having)], ADDRESSES[number % len(ADDRESSES)]
            who = principal(sorted(town.parties[of])[0])
            said = f"{town.canaries[of]} {number}"
            town.house.program.store.use(FollowingUp).explain_breach(who, town.things[of][matrix.BREACH][0], said)
            town.house.program.store.judging.catch_up()
            answers = dict(zip(asking, at_once.map(ask, asking, [address] * len(asking)), strict=True))
            for one, answer in answers.items():
                hidden = [town.canaries[id] for id in town.hidden_from(one[1])]
                assert [canary for canary in hidden if canary in answer] == [], (one, address)
                assert answer == ask(one, address), (one, address)
