"""A source belongs to the service that declared it first, until that one gives it up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from domain.service import Service
from services.access import ADMINISTRATOR, Principal
from services.contract_files import canonical
from services.contracts.applied import Applied
from services.contracts.contracting import Contracting
from services.directory.declaring import Declared
from services.directory.reading import declared_twice, read_sources
from services.directory.source_rows import SourceRow
from services.errors import DocumentInvalid, Refused
from services.history.history import History
from tests.given import at, contract, criterion, document, event, punctuality, turnaround
from tests.services.judged import Life, living

ALPHA, BETA, GAMMA = (Principal("member", frozenset({name})) for name in ("alpha", "beta", "gamma"))
HOUR = 3_600_000_000


def service(id: str, *sources: str, **every: str) -> dict[str, Any]:
    declared = [{"source": one, **({"expected_every": every[one]} if one in every else {})} for one in sources]
    return {"entente": 1, "service": id, "title": id, "sources": declared}


@pytest.fixture
def life(store_url: str) -> Iterator[Life]:
    with living(store_url) as life:
        yield life


def declare(life: Life, id: str, *sources: str, **every: str) -> Applied:
    found = life.store.use(Contracting).apply(ADMINISTRATOR, document(service(id, *sources, **every)))
    life.judge()
    return found


def of_old(history: History, id: str, *sources: str, **every: str) -> None:
    """As service files were stored before anybody was refused."""
    found = Service(service=id)
    found.describe(canonical(document(service(id, *sources, **every))), by="administrator", at=1)
    history.save(found)


def shown(life: Life, who: Principal = ADMINISTRATOR) -> dict[str, SourceRow]:
    return {one.source: one for one in life.store.read(who, read_sources)}


def test_who_declares_a_source_first_has_it_and_others_are_refused(life: Life) -> None:
    declare(life, "beta", "crm", "erp")
    with pytest.raises(DocumentInvalid, match="“erp” belongs to another service") as refused:
        life.store.use(Contracting).apply(ALPHA, document(service("alpha", "own", "erp")))
    assert refused.value.slug == "source-taken"
    with pytest.raises(DocumentInvalid, match="belongs to beta"):
        life.store.use(Contracting).apply(ADMINISTRATOR, document(service("alpha", "erp")), dry_run=True)
    assert declare(life, "alpha", "own").outcome == "described"
    assert {source: row.service for source, row in shown(life).items()} == {
        "crm": "beta",
        "erp": "beta",
        "own": "alpha",
    }


def test_what_its_service_takes_out_of_its_file_is_free_for_another(life: Life) -> None:
    declare(life, "beta", "crm", "erp")
    declare(life, "beta", "crm")
    declare(life, "alpha", "erp")
    assert shown(life)["erp"].service == "alpha"
    with pytest.raises(DocumentInvalid, match="belongs to alpha"):
        declare(life, "beta", "crm", "erp")


def test_of_two_that_declare_it_at_once_one_is_first(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second has looked whose it is before the first was stored."""
    looked = Declared.owner

    def late(self: Declared, source: str) -> str | None:
        found = looked(self, source)
        monkeypatch.undo()
        declare(life, "beta", "crm")
        return found

    monkeypatch.setattr(Declared, "owner", late)
    with pytest.raises(Refused) as refused:
        declare(life, "alpha", "crm")
    assert refused.value.slug == "conflict"
    assert shown(life)["crm"].service == "beta"


def test_of_two_that_declared_it_of_old_the_first_has_it_and_the_other_after_it(life: Life) -> None:
    of_old(life.store.history, "zeta", "crm", crm="1 h")
    of_old(life.store.history, "alpha", "crm", "own", crm="1 week")
    life.advance("01-11 10:00")
    assert (shown(life)["crm"].service, shown(life)["crm"].expected_every) == ("zeta", HOUR)
    assert shown(life, ALPHA).keys() == {"own"}
    assert life.store.read(ADMINISTRATOR, declared_twice) == [("crm", "zeta", ["alpha"])]
    declare(life, "zeta", "crm", "erp")
    assert (shown(life)["crm"].service, shown(life)["erp"].service) == ("zeta", "zeta")
    with pytest.raises(DocumentInvalid, match="belongs to zeta"):
        declare(life, "alpha", "crm")
    declare(life, "zeta")
    assert shown(life)["crm"].service == "alpha"
    with pytest.raises(DocumentInvalid, match="belongs to alpha"):
        declare(life, "zeta", "crm")
    assert life.dump() == life.judged_again()


def test_a_member_is_shown_of_a_source_what_its_own_commitments_select(life: Life) -> None:
    life.sign(contract(criterion(turnaround()), id="c", supplier="alpha", client="gamma"))
    only = turnaround(
        opened={"type": "asked", "where": {"data.for": "gamma"}}, closed={"type": "done", "source": "desk"}
    )
    life.sign(contract(criterion(only), id="d", supplier="beta", client="gamma"))
    life.happen(
        *(
            event(kind, "01-10 10:00", source=source)
            for source in ("tool", "desk")
            for kind in ("opened", "asked", "done")
        )
    )
    declare(life, "alpha", "tool")
    declare(life, "beta", "desk")
    assert (shown(life, ALPHA)["tool"].types, shown(life, ALPHA)["tool"].events) == (("opened",), 1)
    assert (shown(life, BETA)["desk"].types, shown(life, BETA)["desk"].events) == (("asked", "done"), 2)
    gamma = shown(life, GAMMA)
    assert (gamma["tool"].types, gamma["desk"].types) == (("opened",), ("asked", "done"))
    assert (gamma["desk"].is_counted, gamma["desk"].events, gamma["desk"].last) == (False, 0, None)
    assert (shown(life)["desk"].events, shown(life)["desk"].last) == (3, at("01-10 10:00"))


def test_what_came_before_a_source_was_opened_is_counted_for_nobody_else(life: Life) -> None:
    life.sign(contract(criterion(turnaround()), id="c", supplier="beta", client="gamma"))
    life.sign(contract(criterion(turnaround()), id="d", supplier="alpha", client="beta"))
    declare(life, "alpha", "tool")
    life.happen(event("opened", "01-10 10:00", source="tool"))
    assert shown(life, GAMMA) == {}
    opened = service("alpha") | {"sources": [{"source": "tool", "shown_to": ["gamma"]}]}
    life.store.use(Contracting).apply(ADMINISTRATOR, document(opened))
    life.sign(contract(criterion(punctuality()), id="e", supplier="alpha", client="gamma"))
    life.judge()
    assert (shown(life, GAMMA)["tool"].is_counted, shown(life, GAMMA)["tool"].events) == (False, 0)
    assert (shown(life, BETA)["tool"].is_counted, shown(life, BETA)["tool"].events) == (True, 1)
