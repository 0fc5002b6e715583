"""Whom what happens is for: by the rights and rows that each may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from domain.times import Instant
from services.notices.kinds import OLDEST
from services.notices.news import FINDERS, Finder, News
from services.notices.telling import Telling
from services.roles.following import Roles
from services.seeing.seen import Seen
from tests.notices.town import PEOPLE, Town, agreed, town


def people_told(here: Town, kind: str) -> set[str]:
    with here.program.store.history.database.connect() as reads:
        return {person for (person,) in reads.query("SELECT person FROM notice WHERE kind = ?", [kind])}


def found(here: Town, finders: tuple[Finder, ...] = FINDERS) -> int:
    telling = Telling(here.program.store.seeing, Roles(here.program.store.history), finders)
    day = here.program.sign_in.today()
    return telling.look(here.clock[0], day, {}).notices


def _sees(commitment: str) -> Callable[[Seen], bool]:
    return lambda state: state.sees_commitment(commitment)


def test_nobody_is_told_what_he_may_not_see() -> None:
    def for_all(seen: Seen, since: Instant, people: frozenset[str]) -> Iterator[News]:
        """News that a slip has made everybody's."""
        for commitment in seen.catalogue.commitments:
            yield News(
                "breach", "breach:1", "opened", since, "c", lambda _: True,
                _sees(commitment),
            )  # fmt: skip

    with town() as here:
        assert found(here, (for_all,)) == 3
        assert people_told(here, "breach") == {"ann", "ben", "luc"}


def test_the_same_is_found_once() -> None:
    with town() as here:
        here.pass_to("2026-06-01 12:00")
        assert found(here) == 2
        assert found(here) == 0


def test_an_import_of_a_past_year_tells_nobody() -> None:
    def of_ages(seen: Seen, since: Instant, people: frozenset[str]) -> Iterator[News]:
        for late in (-1, 0, 1):
            yield News("breach", f"breach:{late}", "opened", since + late, "c", lambda _: True, lambda _: True)
        yield News("breach", "breach:ahead", "opened", since + OLDEST + 1, "c", lambda _: True, lambda _: True)

    with town() as here:
        tree = agreed(id="past")
        tree["valid"] = {"from": "2025-01-01"}
        here.apply(tree, sign=True)
        here.pass_to("2026-05-30 12:00")
        assert found(here) == 0
        assert found(here, (of_ages,)) == 2 * len(PEOPLE)
        with here.program.store.history.database.connect() as reads:
            assert {subject for (subject,) in reads.query("SELECT subject FROM notice")} == {"breach:0", "breach:1"}
