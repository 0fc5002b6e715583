"""An event of a declared source is evidence only where its service is a party, or has opened it (TRUST §3 "Whose event")."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.service import Service
from entente.doctor_events import unshown_findings
from ingestion.rehearsing import rehearse
from services.access import ADMINISTRATOR, Principal
from services.contract_files import canonical
from services.contracts.contracting import Contracting
from services.directory.reading import read_sources
from services.errors import DocumentInvalid, Refused
from services.history.entries import EVENT, event_stream, header_of
from services.matches.matching import Matching
from services.matches.reading import read_unmatched
from services.proving.own import Own
from tests.given import (
    Tree,
    commitment,
    conformity,
    contract,
    criterion,
    document,
    event,
    punctuality,
    structured,
    turnaround,
)
from tests.services.judged import Life, living

LAB, THIRD, STRANGER = (Principal("member", frozenset({name})) for name in ("lab", "third", "x"))


@pytest.fixture
def life(store_url: str) -> Iterator[Life]:
    with living(store_url) as life:
        yield life


def describe(life: Life, id: str, *sources: Tree, **more: Any) -> None:
    tree = {"entente": 1, "service": id, "sources": list(sources), **more}
    life.store.use(Contracting).apply(ADMINISTRATOR, document(tree))


def items(*sources: str, id: str = "c", **changes: Any) -> Tree:
    """A contract of `lab` and `ward` that judges each item, of these sources or of any."""
    each = {"type": "item", **({"source": list(sources)} if sources else {})}
    return contract(criterion(conformity(each=each)), id=id, **changes)


def came(life: Life, id: str, source: str) -> None:
    life.happen(event("item", "01-10 10:00", id=id, source=source, errors=0))


def counted(life: Life, contract: str = "c") -> set[str]:
    return {key.rpartition("#")[2] for key in life.occurrences(f"{contract}/d/on-time")}


def test_events_of_a_stranger_are_no_evidence_and_those_of_a_party_and_of_nobody_are(life: Life) -> None:
    life.sign(items())
    describe(life, "lab", {"source": "own"})
    describe(life, "third", {"source": "theirs"})
    for id, source in (("a", "own"), ("b", "theirs"), ("c", "nobodys")):
        came(life, id, source)
    assert counted(life) == {"a", "c"}
    assert life.dump() == life.judged_again() == life.judged_again(1)


def test_what_its_service_opens_is_evidence_from_then_on(life: Life) -> None:
    life.sign(items())
    describe(life, "third", {"source": "some"}, {"source": "all"})
    came(life, "early", "some")
    describe(life, "third", {"source": "some", "shown_to": ["ward"]}, {"source": "all", "shown_to": "everybody"})
    came(life, "b", "some")
    came(life, "c", "all")
    describe(life, "third", {"source": "some", "shown_to": ["other"]}, {"source": "all"})
    came(life, "late", "some")
    assert counted(life) == {"b", "c"}
    assert life.dump() == life.judged_again()


def test_a_contract_signed_later_is_filled_with_the_same_events(life: Life) -> None:
    describe(life, "third", {"source": "theirs"})
    came(life, "a", "theirs")
    came(life, "b", "nobodys")
    life.sign(items())
    life.sign(items(id="k", supplier="third", client="ward"))
    assert (counted(life), counted(life, "k")) == ({"b"}, {"a", "b"})


def test_what_was_stored_before_stays_as_it_was_judged(life: Life) -> None:
    life.sign(items())
    came(life, "a", "theirs")
    describe(life, "third", {"source": "theirs"})
    came(life, "b", "theirs")
    assert counted(life) == {"a"}


def test_a_service_has_the_events_of_its_parts_and_a_part_not_those_of_what_it_is_part_of(life: Life) -> None:
    describe(life, "hospital", {"source": "of hospital"}, part_of="region")
    describe(life, "lab", {"source": "of lab"}, part_of="hospital")
    life.sign(items(supplier="region", client="other"))
    life.sign(items(id="k"))
    came(life, "a", "of hospital")
    came(life, "b", "of lab")
    assert (counted(life), counted(life, "k")) == ({"a", "b"}, {"b"})


def test_services_that_are_part_of_each_other_do_not_hold_the_door(life: Life) -> None:
    for id, above in (("one", "other"), ("other", "one")):
        found = Service(service=id)
        tree = {"entente": 1, "service": id, "part_of": above, "sources": [{"source": id}]}
        found.describe(canonical(document(tree)), by="administrator", at=1)
        life.store.history.save(found)
    came(life, "a", "one")
    entry = life.store.history.find(event_stream("one", "a"))
    assert entry is not None
    assert header_of(entry.state)["shown_to"] == ["one", "other"]


def test_a_correction_takes_out_what_was_evidence(life: Life) -> None:
    life.sign(items())
    describe(life, "lab", {"source": "own"})
    came(life, "a", "own")
    gone = event("item", "01-10 11:00", id="v", source="own")
    gone.voids = "a"
    life.happen(gone)
    assert counted(life) == set()
    assert life.dump() == life.judged_again()


def test_a_proposal_names_no_source_that_is_not_shown_to_a_party(life: Life) -> None:
    describe(life, "third", {"source": "theirs"}, {"source": "open", "shown_to": ["lab"]})
    propose = life.store.use(Contracting).apply
    with pytest.raises(DocumentInvalid, match="“theirs” is a source of another service") as refused:
        propose(LAB, document(items("own", "theirs", "open")))
    assert refused.value.slug == "foreign-source"
    assert "third" not in str(refused.value)
    assert propose(LAB, document(items("own", "open"))).outcome == "proposed"
    assert propose(LAB, document(items(id="any"))).outcome == "proposed"
    assert propose(THIRD, document(items("theirs", id="own", client="third"))).outcome == "proposed"


def test_what_was_proposed_before_its_source_was_declared_is_refused_when_it_is_signed(life: Life) -> None:
    contracting = life.store.use(Contracting)
    contracting.apply(LAB, document(items("theirs")))
    describe(life, "third", {"source": "theirs"})
    with pytest.raises(Refused) as refused:
        contracting.sign(LAB, "c")
    assert refused.value.slug == "foreign-source"
    with pytest.raises(DocumentInvalid):
        contracting.apply(LAB, document(items("theirs")), sign=("supplier",))
    describe(life, "third", {"source": "theirs", "shown_to": "everybody"})
    contracting.sign(LAB, "c")


def test_doctor_names_contracts_of_which_a_source_was_declared_by_somebody_else_later(life: Life) -> None:
    life.sign(items("theirs", "own"))
    describe(life, "third", {"source": "theirs"})
    describe(life, "lab", {"source": "own"})
    [found] = life.store.read(ADMINISTRATOR, lambda seen: list(unshown_findings(seen)))
    assert "c names theirs, which third shows to neither party" in str(found.says)
    describe(life, "third", {"source": "theirs", "shown_to": ["ward"]})
    assert life.store.read(ADMINISTRATOR, lambda seen: list(unshown_findings(seen))) == []


def test_nobody_matches_an_event_by_hand_that_is_not_shown_to_a_party(life: Life) -> None:
    life.sign(contract(criterion(turnaround())))
    describe(life, "third", {"source": "theirs"})
    life.happen(event("opened", "01-10 10:00", "case"), event("closed", "01-10 11:00", "x", id="z", source="theirs"))
    entry = life.store.history.find(event_stream("theirs", "z"))
    assert entry is not None
    with pytest.raises(Refused, match="not shown to the parties") as refused:
        life.store.use(Matching).match(ADMINISTRATOR, entry.position, "c/d/on-time", "case", role="closed")
    assert refused.value.slug == "foreign-source"


def test_what_is_own_has_the_events_that_its_contracts_take_and_no_others(life: Life) -> None:
    life.sign(items())
    life.sign(items(id="k", supplier="third", client="ward"))
    describe(life, "third", {"source": "theirs"})
    came(life, "a", "theirs")
    entries = life.store.history.read(0, 1_000, [EVENT])
    with life.store.seen(LAB) as seen:
        assert Own(seen).of(entries) == []
    with life.store.seen(Principal("member", frozenset({"ward"}))) as seen:
        assert [len(Own(seen, one).of(entries)) for one in (None, ["c"], ["k"])] == [1, 0, 1]


def test_the_list_of_tools_shows_of_anothers_what_a_contract_with_it_takes(life: Life) -> None:
    life.sign(items())
    life.sign(contract(criterion(turnaround()), id="k", client="third"))
    describe(life, "third", {"source": "theirs"})
    came(life, "a", "theirs")
    life.happen(event("opened", "01-10 10:00", source="theirs"))
    [row] = life.store.read(LAB, read_sources)
    assert (row.types, row.events) == (("opened",), 1)


def test_why_an_event_is_unmatched_is_said_as_ones_own_contract_has_it(life: Life) -> None:
    """Others, who come first, have another reason."""
    life.sign(
        contract(criterion(turnaround(opened={"type": "report"}, key="data.ref")), id="a", supplier="x", client="y")
    )
    life.sign(contract(criterion(punctuality())))
    life.happen(event("report", "01-10 10:00", None))
    for who, where, reason in (
        (LAB, "c/d/on-time", "key-absent-or-unreadable"),
        (STRANGER, "a/d/on-time", "no-key"),
    ):
        [row] = life.store.read(who, read_unmatched)
        assert (row.commitments, row.reason) == ((where,), reason)


def test_a_file_looked_through_is_foreseen_as_it_would_be_judged(life: Life, tmp_path: Path) -> None:
    describe(life, "third", {"source": "theirs"})
    path = tmp_path / "some.jsonl"
    some = [event("item", "01-10 10:00", id=source, source=source) for source in ("theirs", "nobodys")]
    path.write_bytes(b"\n".join(structured(one) for one in some))
    found = commitment(items())
    taken = []
    rehearse(life.store.history, [path], None, lambda _, one: taken.append((one.source, bool(found.route(one)))))
    assert taken == [("theirs", False), ("nobodys", True)]
