"""Nothing reads what is personal: neither may a contract begin to, nor may what one reads become personal."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, get_args

import pytest

from domain.personal import Personal, overlap, readings, take_out
from domain.terms import Indicator, Party
from services.access import ADMINISTRATOR, Principal
from services.contract_files import check, contract_terms, service_terms
from services.contract_files.kinds.faces import FACES
from services.contract_files.leaves import PathText
from services.contracts.contracting import Contracting
from services.directory.declaring import Declared
from services.errors import DocumentInvalid, Refused
from tests.given import (
    Tree,
    conformity,
    contract,
    criterion,
    deadline,
    document,
    measure,
    pausable,
    punctuality,
    satisfaction,
    turnaround,
    volume,
)
from tests.services.sealing.sealed import Sealed, lab

READS = {
    "where": turnaround(opened={"type": "opened", "where": {"data.comment": "x"}}),
    "where of another selector": turnaround(cancelled={"type": "gone", "where": {"data.requester.id": "x"}}),
    "where of a child": turnaround(closed={"type": "closed", "where": {"data.requester.name.first": "x"}}),
    "key": turnaround(key="data.requester.id"),
    "due": deadline(due="data.comment"),
    "key of a date": punctuality(key="data.comment"),
    "key and later": punctuality(key={"path": "data.comment", "plus": "1 week"}),
    "value": measure(value="data.comment"),
    "score": satisfaction(score="data.comment"),
    "good": conformity(good={"data.comment": "fine"}),
    "volume": volume(value="data.comment"),
    "within": turnaround(within={"by": "data.requester.id", "1": "4 h"}),
    "under": turnaround(under={"by": "data.requester", "1": "4 h"}),
    "pause_causes": pausable(pause_causes={"path": "data.comment", "client": ["x"]}),
}


def reading(name: str) -> Tree:
    """A contract that reads something personal."""
    target: Tree = {"targets": [{"at_most": 4, "per": "month"}]} if name == "value" else {}
    return contract(criterion(READS[name], **target))


LAB, WARD = (Principal("member", frozenset({name})) for name in ("lab", "ward"))


def apply(sealed: Sealed, tree: Tree, who: Principal = ADMINISTRATOR, sign: tuple[Party, ...] = ()) -> None:
    sealed.store.use(Contracting).apply(who, document(tree), sign=sign)


@pytest.mark.parametrize("name", READS)
def test_a_contract_that_reads_something_personal_anywhere_is_refused(sealed: Sealed, name: str) -> None:
    with pytest.raises(DocumentInvalid, match="is personal in events of desk") as refused:
        apply(sealed, reading(name))
    assert refused.value.slug == "personal-path"


@pytest.mark.parametrize("name", READS)
def test_what_a_contract_reads_does_not_become_personal(sealed: Sealed, name: str) -> None:
    sealed.describe({**lab(), "sources": [{"source": "desk"}]})
    apply(sealed, reading(name), sign=("supplier",))
    with pytest.raises(DocumentInvalid, match="c reads") as refused:
        sealed.describe(lab())
    assert refused.value.slug == "personal-path"


def test_a_slice_reads_too_and_those_of_time_do_not(sealed: Sealed) -> None:
    with pytest.raises(DocumentInvalid, match=r"slices\[1\].*personal"):
        apply(sealed, contract(criterion(turnaround(), slices=["weekday", "data.requester.floor"])))
    apply(sealed, contract(criterion(turnaround(), slices=["weekday", "data.priority"])))


def test_a_contract_that_names_other_sources_is_free(sealed: Sealed) -> None:
    elsewhere = {"opened": {"type": "opened", "source": "crm"}, "closed": {"type": "closed", "source": ["crm", "erp"]}}
    apply(sealed, contract(criterion(turnaround(**elsewhere, key="data.requester.id"))))
    mixed = {**elsewhere, "opened": {"type": "opened", "source": ["crm", "desk"]}}
    with pytest.raises(DocumentInvalid):
        apply(sealed, contract(criterion(turnaround(**mixed, key="data.requester.id")), id="other"))


def test_who_does_not_see_the_contract_is_not_told_its_name(sealed: Sealed) -> None:
    sealed.describe({**lab(), "sources": [{"source": "desk"}]})
    sealed.describe({"entente": 1, "service": "other", "sources": [{"source": "theirs"}]})
    sealed.sign(reading("key"))
    source = {"source": "theirs", "personal": lab()["sources"][0]["personal"]}
    other = Principal("member", frozenset({"other"}))
    with pytest.raises(DocumentInvalid, match="a contract that you do not see reads") as refused:
        apply(sealed, {"entente": 1, "service": "other", "sources": [{**source, "shown_to": ["lab"]}]}, other)
    assert "c reads" not in str(refused.value)
    apply(sealed, {"entente": 1, "service": "other", "sources": [source]}, other)


def test_what_others_merely_propose_keeps_nobody_from_declaring_and_is_refused_when_it_is_signed(
    sealed: Sealed,
) -> None:
    sealed.describe({**lab(), "sources": [{"source": "desk"}]})
    apply(sealed, reading("key"), WARD, sign=("client",))
    apply(sealed, reading("key") | {"contract": "strange", "supplier": "any"}, WARD)
    sealed.describe(lab())
    with pytest.raises(Refused, match="is personal in events of desk") as refused:
        sealed.store.use(Contracting).sign(LAB, "c")
    assert refused.value.slug == "personal-path"
    sealed.store.use(Contracting).sign(WARD, "strange")


def test_a_contract_that_reads_any_source_is_told_of_none_that_does_not_reach_it(sealed: Sealed) -> None:
    apply(sealed, {**reading("key"), "supplier": "any"})
    with pytest.raises(DocumentInvalid, match="desk"):
        apply(sealed, {**reading("key"), "contract": "own"})


def test_what_holds_no_more_keeps_nothing_from_becoming_personal(sealed: Sealed) -> None:
    sealed.describe({**lab(), "sources": [{"source": "desk"}]})
    sealed.sign(reading("key"))
    with pytest.raises(DocumentInvalid, match="personal"):
        sealed.describe(lab())
    sealed.sign(contract(criterion(turnaround()), effective="2026-05-01", rebaseline={"reason": "personal"}))
    sealed.describe(lab())
    assert "desk" in Declared(sealed.store.history).personal()


def test_sources_of_the_platform_are_declared_by_nobody(sealed: Sealed) -> None:
    with pytest.raises(DocumentInvalid, match="the platform's own") as refused:
        sealed.describe({"entente": 1, "service": "ward", "sources": [{"source": "entente/surveys/x"}]})
    assert refused.value.slug == "reserved-source"
    sealed.describe({"entente": 1, "service": "ward", "sources": [{"source": "ententes"}]})


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"personal": {"subject": "subject", "values": ["data.a"]}}, "subject: personal"),
        ({"personal": {"subject": "data.a", "values": []}}, "values"),
        ({"personal": {"subject": "time", "values": ["data.a"]}}, "no path into data"),
        ({"personal": {"subject": "data.a", "values": ["data.a", "id"]}}, "no path into data"),
        ({"retention": "24 months"}, "P24M"),
        ({"stored_in": "France"}, "no country"),
    ],
)
def test_a_declaration_that_cannot_be_meant_is_refused(changes: dict[str, Any], says: str) -> None:
    assert any(says in one for one in check(document(lab(**changes)))), check(document(lab(**changes)))


def test_what_is_said_of_persons_where_nothing_is_personal_is_refused() -> None:
    bare = {"entente": 1, "service": "lab", "sources": [{"source": "desk", "subject": "personal", "retention": "P2Y"}]}
    assert len([one for one in check(document(bare)) if "nothing of it is personal" in one]) == 2


def test_a_declaration_is_read_as_it_is_written() -> None:
    [source] = service_terms(document(lab(subject="personal"))).sources
    assert source.personal == Personal("data.requester.id", ("data.requester", "data.comment"), hides_names=True)
    assert (source.retention, source.stored_in) == ("P3M", "FR")


def test_paths_overlap_by_whole_names() -> None:
    assert overlap("data.a", "data.a.b")
    assert overlap("data.a.b", "data.a")
    assert overlap("data.a", "data.a")
    assert not overlap("data.a", "data.ab")
    assert not overlap("data.a.b", "data.a.c")


def test_what_is_taken_out_leaves_what_stands_beside_it() -> None:
    told = {"data": {"a": {"b": 1, "c": 2}, "d": 3}, "x": 4}
    take_out(told, ["data.a.b", "data.nothing.here"])
    assert told == {"data": {"a": {"c": 2}, "d": 3}, "x": 4}


def test_every_path_that_a_kind_of_indicator_may_name_is_known_to_be_read() -> None:
    """A field of a model that is a path, and is none of those that are looked at, would let something personal be read."""
    named = {
        name
        for face in FACES.values()
        for name, field in face.model.model_fields.items()
        if PathText.__metadata__[0] in field.metadata or any(PathText == one for one in get_args(field.annotation))  # type: ignore[attr-defined]
    }
    texts = {
        one.name
        for kind in get_args(Indicator)
        for one in fields(kind)
        if one.type in ("str", "str | None") and one.name != "kind"
    }
    assert texts <= {"key", "due", "value", "score"}, texts
    assert named <= texts | {"good"}, named
    for name in READS:
        found = contract_terms(document(reading(name)))
        assert any(one.path.startswith("data.") for one in readings(found)), name


def test_what_a_contract_that_one_does_not_see_reads_is_not_told(sealed: Sealed) -> None:
    sealed.describe({**lab(), "sources": [{"source": "desk", "shown_to": "everybody"}]})
    apply(
        sealed,
        contract(criterion(turnaround(key="data.requester.secret")), supplier="north", client="south"),
        sign=("supplier", "client"),
    )
    declared = {**lab()["sources"][0], "shown_to": "everybody"}
    with pytest.raises(DocumentInvalid) as refused:
        apply(sealed, {**lab(), "sources": [declared]}, Principal("member", frozenset({"lab"})))
    assert "secret" not in str(refused.value)
    assert "a contract that you do not see reads “data.requester" in str(refused.value)
