"""Judging in shards (DESIGN §5): any number of them makes the same read models, and whoever reads sees the whole."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest

from domain.events import OperationalEvent
from services.access import ADMINISTRATOR
from services.breaches.reading import read_breaches
from services.contracts.contracting import Contracting
from services.contracts.reading import read_contracts
from services.errors import Invalid
from services.excuses.excusing import Excusing
from services.excuses.reading import read_excuses
from services.figures.reading import read_commitments, read_figures, read_occurrences
from services.history.history import grant_rights
from services.judging.judge import Judge
from services.judging.layouts import Layout, in_force, layouts, reached
from services.judging.reshaping import alone
from services.judging.shares import Share, shard_of
from services.matches.matching import Matching
from services.report_readers import grant_reports
from services.report_views import create_reports
from services.seeing.past import replay
from tests.given import (
    Tree,
    at,
    conformity,
    contract,
    criterion,
    deadline,
    document,
    due,
    event,
    punctuality,
    structured,
)
from tests.services.judged import Life, living
from tests.services.sharded import judged_in_shards

PROMO = punctuality(delivered={"type": "promo"}, due={"every": "thursday", "at": "17:00"})


@pytest.fixture
def life(postgres_url: str) -> Iterator[Life]:
    with living(postgres_url) as life:
        yield life


def test_a_commitment_belongs_to_the_same_shard_for_ever() -> None:
    ids = [f"c{number}/d/on-time" for number in range(8)]
    assert [shard_of(id, 2) for id in ids] == [0, 0, 1, 0, 1, 1, 1, 1]
    assert [shard_of(id, 4) for id in ids] == [2, 0, 1, 2, 1, 1, 3, 1]
    assert {shard_of(id, 1) for id in ids} == {0}


def agreement(id: str, depends_on: tuple[str, ...] = ()) -> Tree:
    tree = contract(
        criterion(punctuality(delivered={"type": "report", "where": {"data.of": id}}), each_miss="breach"),
        criterion(conformity(each={"type": "report", "where": {"data.of": id}}), "right"),
        id=id,
    )
    tree["deliverables"][0]["depends_on"] = list(depends_on)
    tree["deliverables"].append(
        {
            "id": "first",
            "title": "F",
            "owed_by": "client",
            "criteria": [criterion(PROMO), criterion(deadline(), "done")],
        }
    )
    return tree


def happenings(seed: int) -> list[OperationalEvent]:
    """Reports, promises and cases of two months, in no order; some of them of nobody's."""
    drawn = random.Random(seed)
    found = []
    for number in range(160):
        day = drawn.randrange(1, 28)
        hour = f"{drawn.randrange(1, 3):02}-{day:02} {drawn.randrange(8, 18):02}:00"
        kind = drawn.choice(["report", "report", "promo", "opened", "closed", "noise"])
        monday = drawn.choice(["02-02", "02-09", "02-16", "01-12", "01-05", "02-30"])
        said: Tree = {"date": f"2026-{monday}", "of": drawn.choice(["a", "b", "c"]), "errors": drawn.randrange(2)}
        said |= due(hour) if kind == "opened" else {}
        found.append(event(kind, hour, f"s{number % 20}", **said))
    return found


def live(life: Life, seed: int) -> None:
    """Contracts that depend on each other, one of them only from an amendment on."""
    life.sign(agreement("a", ("first",)))
    life.sign(agreement("b"))
    events = happenings(seed)
    life.happen(*events[:60])
    life.advance("01-31")
    life.happen(*events[60:90])
    life.sign(agreement("c", ("a/first", "first")))
    life.sign(
        {**agreement("b", ("c/first", "a/first")), "effective": "2026-01-15", "rebaseline": {"reason": "forgotten"}}
    )
    life.happen(*events[90:])
    life.advance("03-05")
    for excuse in life.store.read(ADMINISTRATOR, read_excuses)[:2]:
        life.store.use(Excusing).accept(ADMINISTRATOR, excuse.id, "yes")
    life.judge()


@pytest.mark.parametrize("seed", range(4))
def test_any_number_of_shards_makes_the_same_read_models(seed: int) -> None:
    with living() as life:
        live(life, seed)
        whole = sorted(life.dump())
        assert sum(line.startswith("view_outbox") and "propose-excuse" in line for line in whole) > 2
        for shards in (1, 2, 3, 5):
            assert judged_in_shards(life.store.history, shards) == whole
        assert judged_in_shards(life.store.history, 4, limit=7) == whole


def test_what_another_shard_judges_is_known_from_its_first_day_on_where_one_comes_to_depend_on_it() -> None:
    """`b` depends on `a` only from its amendment on; by then `a` has been judged, and matched by hand."""
    with living() as life:
        life.sign(agreement("a"))
        life.sign(agreement("b"))
        life.happen(event("promo", "02-06 09:00", None, date="2026-02-05"))
        [stray] = life.happen(event("promo", "02-13 09:00", None, date="2026-02-30"))
        assert stray.position is not None
        life.store.use(Matching).match(ADMINISTRATOR, stray.position, "a/first/on-time", "2026-02-12")
        life.advance("02-20")
        later = {**agreement("b", ("a/first",)), "effective": "2026-01-15", "rebaseline": {"reason": "forgotten"}}
        life.sign(later)
        life.happen(event("report", "02-16 12:00", None, date="2026-02-16", of="b", errors=0))
        life.advance("03-01")
        whole = sorted(life.dump())
        assert any("a/first/on-time 2026-02-12: late" in line for line in whole)
        for shards in (2, 3, 7):
            assert judged_in_shards(life.store.history, shards) == whole


def test_a_store_is_cut_and_cut_again_and_shows_the_same(life: Life) -> None:
    live(life, 5)
    whole, figures = life.dump(), life.store.read(ADMINISTRATOR, read_figures)
    for shards in (2, 4, 3, 1):
        assert life.store.judging.divide(shards)
        assert not life.store.judging.divide(shards)
        assert in_force(life.store.history.database).shards == shards
        assert life.dump() == whole
        assert life.store.read(ADMINISTRATOR, read_figures) == figures
        life.happen(event("noise", "03-06 09:00", f"n{shards}"))
        whole = life.judged_again()
        assert life.dump() == whole
        figures = life.store.read(ADMINISTRATOR, read_figures)
    assert replay(life.store.history, life.store.history.database).is_same


def test_time_and_decisions_go_on_in_shards(life: Life) -> None:
    life.store.judging.divide(3)
    live(life, 6)
    assert life.dump() == life.judged_again()
    life.drop_views()
    life.judge()
    assert life.dump() == life.judged_again()


def test_reports_go_on_showing_what_is_served(life: Life, postgres_url: str) -> None:
    live(life, 7)
    database = life.store.history.database
    create_reports(database)
    with psycopg.connect(postgres_url, autocommit=True) as other:
        other.execute("CREATE ROLE looker_of_shards")
        grant_reports(database, "looker_of_shards")
        other.execute("SET ROLE looker_of_shards")
        shown = [other.execute(query).fetchall() for query in REPORTS]
        try:
            for shards in (2, 1):
                life.store.judging.divide(shards)
                assert [other.execute(query).fetchall() for query in REPORTS] == shown
        finally:
            other.execute("RESET ROLE")
            other.execute("DROP OWNED BY looker_of_shards")
            other.execute("DROP ROLE looker_of_shards")


REPORTS = (
    "SELECT days.* FROM report_contracts, report_days(contract) AS days ORDER BY commitment, day, verdict",
    "SELECT * FROM report_unmatched ORDER BY position",
    "SELECT position, watermark FROM report_about",
)


def test_what_somebody_built_on_a_table_is_not_dropped_with_it(life: Life, postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as other:
        other.execute("CREATE VIEW mine AS SELECT key FROM view_occurrence")
        with pytest.raises(Invalid, match="cannot drop table view_occurrence because other objects depend on it"):
            life.store.judging.divide(2)
        assert in_force(life.store.history.database).shards == 1
        other.execute("DROP VIEW mine")
        assert life.store.judging.divide(2)
        other.execute("CREATE VIEW mine AS SELECT key FROM view_occurrence")
        assert life.store.judging.divide(3)


def test_a_new_cut_does_not_take_over_before_it_is_level(life: Life) -> None:
    live(life, 8)
    database = life.store.history.database
    with alone(database) as change:
        new = change.begin(2)
        whole = life.dump()
        assert not change.take_over(new)
        for share in new.shares[:1]:
            _judge(life, new.schema(share.shard), share)
        assert not change.take_over(new)
        assert life.dump() == whole
        _judge(life, new.schema(1), Share(1, 2))
        assert change.take_over(new)
    assert [one.shards for one in layouts(database)] == [2]
    assert life.dump() == whole


def _judge(life: Life, schema: str, share: Share) -> None:
    tables = life.store.history.database.schema(schema)
    try:
        Judge(life.store.history, tables, share=share).catch_up()
    finally:
        tables.close()


def test_who_reads_is_told_the_least_that_all_shards_have_reached(life: Life) -> None:
    life.sign(agreement("a"))
    life.store.judging.divide(2)
    life.append([structured(event("report", "02-02 09:00", None, date="2026-02-02", of="a", errors=0))])
    life.append_time("02-03")
    before = life.store.seeing.known()
    layout = in_force(life.store.history.database)
    _judge(life, layout.schema(1), Share(1, 2))
    with life.store.history.database.connect() as reads:
        found = reached(reads, layout)
    assert [(one.position, one.watermark) for one in found] == [(before.position, None), (life.position(), at("02-03"))]
    known = life.store.seeing.known()
    assert (known.position, known.watermark) == (before.position, None)
    life.judge()
    assert (life.store.seeing.known().position, life.store.seeing.known().watermark) == (life.position(), at("02-03"))


@pytest.mark.parametrize("ahead", [0, 1])
def test_each_commitment_is_shown_as_its_shard_knows_it(life: Life, ahead: int) -> None:
    """One shard has read an amendment and another contract, the other one has not yet."""
    live(life, 9)
    life.store.judging.divide(2)
    before = life.store.read(ADMINISTRATOR, read_figures)
    amended = agreement("a")
    amended["deliverables"][0]["criteria"][0]["target"] = {"max_misses": 1, "per": "week"}
    amended["deliverables"][1]["criteria"].append(criterion(conformity(), "more"))
    for tree in ({**amended, "effective": "2026-02-01", "rebaseline": {"reason": "late"}}, agreement("d")):
        life.store.use(Contracting).apply(ADMINISTRATOR, document(tree), sign=("supplier", "client"))
    life.append_time("03-20")
    layout = in_force(life.store.history.database)
    _judge(life, layout.schema(ahead), Share(ahead, 2))
    store = life.store
    between = store.read(ADMINISTRATOR, read_figures)
    explained = [
        store.read(ADMINISTRATOR, read_occurrences, one.id) for one in store.read(ADMINISTRATOR, read_commitments)
    ]
    assert any(explained)
    assert store.read(ADMINISTRATOR, read_contracts)
    assert store.read(ADMINISTRATOR, read_breaches)
    life.judge()
    after = store.read(ADMINISTRATOR, read_figures)
    own = [one for one in after if shard_of(one.commitment, 2) == ahead]
    own += [one for one in before if shard_of(one.commitment, 2) != ahead]
    shown = {one.commitment for one in between}
    expected = [replace(one, position=0) for one in own if one.commitment in shown]
    assert sorted((replace(one, position=0) for one in between), key=repr) == sorted(expected, key=repr)
    assert {one.commitment for one in before} < shown
    assert any(one.startswith("d/") for one in shown) is (ahead == 0)  # contracts are those that the first shard knows
    assert len({one.position for one in between}) == 2


def begun(life: Life, shards: int) -> Layout:
    """A change that ended on its way."""
    with alone(life.store.history.database) as change:
        return change.begin(shards)


def test_a_number_that_was_begun_is_given_up_for_another(life: Life, postgres_url: str) -> None:
    life.sign(agreement("a"))
    begun(life, 2)
    assert life.store.judging.divide(3)
    assert life.dump() == life.judged_again()
    begun(life, 2)
    assert not life.store.judging.divide(3)
    with psycopg.connect(postgres_url) as server:
        rows = server.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'entente%' ORDER BY nspname"
        ).fetchall()
    assert rows == [("entente_2_0",), ("entente_2_1",), ("entente_2_2",)]


def test_a_role_that_may_create_nothing_judges_in_shards(life: Life, postgres_url: str) -> None:
    database = life.store.history.database
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute("CREATE ROLE judge_of_shards LOGIN")
        try:
            grant_rights(database, "judge_of_shards")
            for shards in (2, 3):
                life.store.judging.divide(shards)
                with living(postgres_url.replace("//entente@", "//judge_of_shards@")) as other:
                    live(other, 10) if shards == 2 else other.advance("03-20")
                    assert other.dump() == other.judged_again()
                    with pytest.raises(Invalid, match="permission denied"):
                        other.store.judging.divide(4)
        finally:
            owner.execute("DROP OWNED BY judge_of_shards")
            owner.execute("DROP ROLE judge_of_shards")


def test_a_store_in_a_file_is_judged_in_one_shard(sqlite_url: str) -> None:
    with living(sqlite_url) as life:
        assert not life.store.judging.divide(1)
        with pytest.raises(Invalid, match="a store in a file is judged in one shard"):
            life.store.judging.divide(2)


def test_more_shards_than_there_may_be_are_refused(life: Life) -> None:
    with pytest.raises(Invalid, match="65 shards are not possible"):
        life.store.judging.divide(65)
    with pytest.raises(Invalid, match="0 shards are not possible"):
        life.store.judging.divide(0)
