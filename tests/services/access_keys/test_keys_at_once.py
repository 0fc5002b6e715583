"""Several who make keys of a service at once, each in a program of its own on one store: no more are live than may be (trust §3)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from services.access import ADMINISTRATOR
from services.access_keys.keeping import LIVE_AT_ONCE, LIVE_IN_ALL
from services.errors import EntenteError
from tests.services.access_keys.test_access_keys import HEAD, Keys
from tests.services.sign_in.test_at_once import PROGRAMS, held_rows


@pytest.fixture
def programs(store_url: str) -> Iterator[list[Keys]]:
    programs = [Keys(store_url) for _ in range(PROGRAMS)]
    try:
        programs[0].keeping.create(ADMINISTRATOR, "elsewhere", "read")
        yield programs
    finally:
        for one in programs:
            one.store.close()


def refusals(programs: list[Keys], sources: list[list[str]]) -> list[str]:
    """Why keys for these sources were refused that all programs make at once, after each has looked."""

    def make(number: int) -> str:
        try:
            programs[number].keeping.create(HEAD, "it", "push", sources[number])
        except EntenteError as error:
            return error.slug
        return ""

    with ThreadPoolExecutor(PROGRAMS) as threads:
        with held_rows(programs[0].url, "stored_events") as wait_for:
            made: list[Future[object]] = [threads.submit(make, number) for number in range(PROGRAMS)]
            wait_for(len(set(map(id, programs))), made)
        return [found for one in made if (found := str(one.result()))]


def test_of_keys_for_the_same_that_are_made_at_once_two_are_live(programs: list[Keys]) -> None:
    refused = refusals(programs, [["helpdesk/*"]] * PROGRAMS)
    assert refused == ["keys-two"] * (PROGRAMS - LIVE_AT_ONCE)
    assert sum(one.service == "it" for one in programs[0].keeping.live()) == LIVE_AT_ONCE


def test_of_keys_that_are_made_at_once_no_more_are_live_than_a_service_has(programs: list[Keys]) -> None:
    for number in range(LIVE_IN_ALL - 1):
        programs[0].keeping.create(HEAD, "it", "push", [f"it/{number}"])
    refused = refusals(programs, [[f"other/{number}"] for number in range(PROGRAMS)])
    assert refused == ["keys-many"] * (PROGRAMS - 1)


def test_of_one_program_too(programs: list[Keys]) -> None:
    refused = refusals(programs[:1] * PROGRAMS, [[]] * PROGRAMS)
    assert refused == ["keys-two"] * (PROGRAMS - LIVE_AT_ONCE)
