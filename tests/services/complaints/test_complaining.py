"""What people decide about complaints: who may, in which order, and when it happened (SHARED §7)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.times import instant
from services.access import ADMINISTRATOR, AUDITOR, Grade, Principal, signed_in
from services.complaints.reading import read_complaint, read_complaints, read_words
from services.errors import EntenteError, Invalid, NotAllowed, NotFound, Refused, TimeInFuture
from services.seeing.past import replay
from tests.given import contract, criterion, punctuality
from tests.services.complained import CLIENT, OTHER, SUPPLIER, complaining, complaint, receive, then, use
from tests.services.judged import Life


def texts(life: Life, id: str, who: Principal = ADMINISTRATOR) -> list[str | None]:
    with life.store.seen(who) as seen:
        return [one.text if one is not None else None for one in read_words(seen, read_complaint(seen, id))]


def test_a_complaint_goes_from_the_client_to_the_supplier_and_back() -> None:
    with complaining() as life:
        id = receive(life, "The results came too late")
        acts = use(life)
        with pytest.raises(Refused, match="a complaint that is received cannot be answered"):
            acts.answer(SUPPLIER, id, "too early")
        with pytest.raises(Refused, match="cannot be contested"):
            acts.contest(CLIENT, id, "too early")
        acts.acknowledge(SUPPLIER, id, time=then("2026-05-04T09:00+02:00"))
        with pytest.raises(Refused, match="a complaint that is acknowledged cannot be acknowledged"):
            acts.acknowledge(SUPPLIER, id)
        acts.assign(SUPPLIER, id, "ann", time=then("2026-05-04T09:30+02:00"))
        acts.answer(SUPPLIER, id, "The courier was late", time=then("2026-05-05T09:00+02:00"))
        acts.contest(CLIENT, id, "It was not", time=then("2026-05-06T09:00+02:00"))
        acts.answer(SUPPLIER, id, "It was, twice", time=then("2026-05-07T09:00+02:00"))
        assert complaint(life, id).waits_for == "ward"
        acts.accept(CLIENT, id, time=then("2026-05-08T09:00+02:00"))
        row = complaint(life, id)
        assert (row.state, row.reason, row.waits_for, row.person) == ("closed", "accepted", None, "ann")
        assert [(one.verb, one.by) for one in row.steps] == [
            ("received", "ward/bob"), ("acknowledged", "lab/ann"), ("assigned", "lab/ann"), ("answered", "lab/ann"),
            ("contested", "ward/bob"), ("answered", "lab/ann"), ("accepted", "ward/bob"), ("closed", "entente"),
        ]  # fmt: skip
        with pytest.raises(Refused, match="a complaint that is closed cannot be contested"):
            acts.contest(CLIENT, id, "no")
        acts.classify(SUPPLIER, id, 1, time=then("2026-06-01T09:00+02:00"))
        assert complaint(life, id).severity == 1, "why it came to it may be found out later"
        assert replay(life.store.history, life.store.history.database).is_same


@pytest.mark.parametrize("verb", ["acknowledge", "classify", "assign", "answer", "accept", "contest", "link"])
def test_each_does_what_is_theirs_alone(verb: str) -> None:
    with complaining() as life:
        id = receive(life)
        more = {"classify": (2,), "assign": ("ann",), "answer": ("x",), "contest": ("x",), "link": ("x",)}.get(verb, ())
        theirs = CLIENT if verb in ("accept", "contest") else SUPPLIER
        other = SUPPLIER if theirs is CLIENT else CLIENT
        act = getattr(use(life), verb)
        for who in (other, AUDITOR):
            with pytest.raises(NotAllowed):
                act(who, id, *more)
        with pytest.raises(NotFound):
            act(OTHER, id, *more)


def test_it_is_seen_by_its_two_services_and_who_sees_everything() -> None:
    with complaining() as life:
        id = receive(life, "Their words")
        for who in (SUPPLIER, CLIENT, AUDITOR, ADMINISTRATOR):
            assert [one.id for one in life.store.read(who, read_complaints)] == [id]
            assert texts(life, id, who) == ["Their words"]
        assert life.store.read(OTHER, read_complaints) == []
        with pytest.raises(NotFound):
            life.store.read(OTHER, read_complaint, id)


def test_the_supplier_writes_it_down_on_its_clients_behalf_and_that_is_shown() -> None:
    with complaining() as life:
        with pytest.raises(Refused, match="it is not said which client"):
            receive(life, who=SUPPLIER, channel="phone")
        id = receive(life, who=SUPPLIER, channel="phone", client="ward")
        row = complaint(life, id)
        assert (row.on_behalf, row.channel, row.client, row.by) == (True, "phone", "ward", "lab/ann")
        with pytest.raises(NotFound):
            receive(life, "another", who=OTHER, client="ward")
        with pytest.raises(Refused, match="library has no charter of tests"):
            receive(life, "another", who=SUPPLIER, client="library")
        with pytest.raises(NotAllowed):
            receive(life, "another", who=AUDITOR, client="ward")


def test_it_may_be_about_a_commitment_of_a_contract() -> None:
    with complaining() as life:
        id = receive(life, about="c/d/answered")
        row = complaint(life, id)
        assert (row.about, row.offer, row.supplier, row.client) == ("c/d/answered", "tests", "lab", "ward")
        assert complaint(life, receive(life, about="c/d")).about == "c/d"
        life.sign(contract(criterion(punctuality()), id="other"))
        assert complaint(life, receive(life, about="other/d")).offer is None
        for about in ("c/d/nothing", "c", "c/", "nothing/d"):
            with pytest.raises(NotFound):
                receive(life, about=about)


def test_a_form_that_is_sent_twice_makes_one() -> None:
    with complaining() as life:
        receive(life, "It was  late")
        with pytest.raises(Refused, match="the same was said already"):
            receive(life, "it was late", time="2026-04-30T17:00+02:00")
        receive(life, "It was late", time="2026-05-02T17:00+02:00")


def test_a_time_is_neither_to_come_nor_before_what_was_before_it() -> None:
    with complaining() as life:
        with pytest.raises(TimeInFuture):
            receive(life, time="2026-06-30T12:03:00+02:00")
        receive(life, "within what clocks differ", time="2026-06-30T12:02:00+02:00")
        id = receive(life, time="2026-04-30T16:00+02:00")
        acts = use(life)
        each: list[Callable[[int], int]] = [
            lambda time: acts.acknowledge(SUPPLIER, id, time=time),
            lambda time: acts.classify(SUPPLIER, id, 1, time=time),
            lambda time: acts.assign(SUPPLIER, id, "ann", time=time),
        ]
        for act in each:
            with pytest.raises(Refused, match="2026-04-30T13:59:59Z lies before 2026-04-30T14:00:00Z"):
                act(instant("2026-04-30T15:59:59+02:00"))
            act(instant("2026-04-30T16:00:00+02:00"))
        acts.answer(SUPPLIER, id, "so", time=then("2026-05-05T09:00+02:00"))
        with pytest.raises(Refused, match="lies before"):
            acts.accept(CLIENT, id, time=then("2026-05-05T08:59+02:00"))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"severity": 4}, "4 is no severity"),
        ({"severity": 1, "feature": "day"}, "the offer has no feature “day”"),
        ({"severity": 1, "root_cause": "weather"}, "no list has the cause “weather”"),
    ],
)
def test_it_is_classified_by_what_there_is(given: dict[str, object], says: str) -> None:
    with complaining() as life:
        id = receive(life)
        with pytest.raises(Invalid, match=says):
            use(life).classify(SUPPLIER, id, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "given",
    [
        {"channel": "pigeon"},
        {"text": " "},
        {"text": "x" * 10_001},
        {"complainant": "x" * 201},
        {"about": "x\0y"},
        {"client": "nobody"},
    ],
)
def test_every_input_has_a_bound(given: dict[str, str]) -> None:
    with complaining() as life, pytest.raises(EntenteError):
        receive(life, **given)


def test_it_is_linked_to_an_action_of_the_same_two() -> None:
    with complaining() as life:
        id = receive(life)
        life.advance("05-07")
        action = next(one for one in life.actions() if one.commitment == "c/d/acknowledged")
        use(life).link(SUPPLIER, id, f"action:{action.id}")
        assert complaint(life, id).actions == (action.id,)
        with pytest.raises(Refused, match="the same was said already"):
            use(life).link(SUPPLIER, id, action.id)
        with pytest.raises(NotFound):
            use(life).link(SUPPLIER, id, "nothing")


def test_a_reader_of_the_service_sees_it_without_what_people_wrote() -> None:
    with complaining() as life:
        id = receive(life, "Their words")
        reader = signed_in("ron", {"ward": Grade.READER})
        member = signed_in("mia", {"ward": Grade.MEMBER})
        assert texts(life, id, reader) == [None]
        assert texts(life, id, member) == ["Their words"]
        with pytest.raises(NotAllowed):
            receive(life, "another", who=reader)
