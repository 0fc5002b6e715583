"""What no contract selects is counted, and the value that was meant is named; so is what cannot be read."""

from __future__ import annotations

from typing import Any

import pytest

from dashboards.language import language
from dashboards.unselected import unread_words, unselected_words
from domain.events import OperationalEvent
from entente.doctor_events import event_findings
from services.access import ADMINISTRATOR, principal
from services.arrivals import unselected
from services.arrivals.reading import read_unselected, unselected_counts
from services.explaining.unread import unread
from tests.given import conformity, contract, criterion, event
from tests.services.judged import Life, living

EACH = {"type": "mail", "where": {"data.service": "Éducation"}}
AGREED = contract(criterion(conformity(each=EACH, good={"data.temperature": {"ge": 63}})))


def mail(day: int, service: str = "Éducation", **data: Any) -> OperationalEvent:
    return event("mail", f"01-{day:02d} 10:00", id=f"m{day}", source="ged", service=service, **data)


def said(life: Life, code: str = "en", who: str = "administrator") -> list[str]:
    rows = life.store.read(principal(who), read_unselected)
    return [unselected_words(row, language(code)).replace("\u00a0", " ") for row in rows]


def test_a_service_without_its_accent_is_named_with_the_one_that_contracts_select(store_url: str) -> None:
    with living(store_url) as life:
        life.sign(AGREED)
        life.happen(
            mail(2, temperature=66), *(mail(day, "Education") for day in (3, 4)), event("deploy", "01-05", source="ci")
        )
        assert said(life) == ["2 mail from ged: service: Education — contracts select Éducation", "1 deploy from ci"]
        assert said(life, "fr")[0] == "2 mail de ged : service : Education — les contrats retiennent Éducation"
        assert [
            one.state for one in life.store.read(ADMINISTRATOR, lambda seen: list(event_findings(seen, language("en"))))
        ] == ["warning"]


def test_of_an_import_only_what_came_with_it_is_told() -> None:
    with living() as life:
        life.sign(AGREED)
        life.happen(mail(2, "Education"))
        store = life.store
        before, since = store.read(ADMINISTRATOR, unselected_counts), store.history.last_position()
        life.happen(mail(3, "Educations"))
        [row] = store.read(ADMINISTRATOR, read_unselected, before=before, since=since)
        assert (row.events, [one.value for one in row.near]) == (1, ["Educations"])


def test_what_comes_first_is_told_without_an_example_where_much_came_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unselected, "LOOKED_AT", 2)
    with living() as life:
        life.sign(AGREED)
        life.happen(mail(1, "Education"), mail(2), mail(3))
        assert said(life) == ["1 mail from ged"]


def test_a_member_is_told_of_its_own_sources_alone() -> None:
    with living() as life:
        life.sign(AGREED)
        life.publish({"entente": 1, "service": "lab", "title": "Lab", "sources": [{"source": "ged"}]})
        life.happen(mail(2, "Education"), event("mail", "01-05", source="other"))
        assert said(life, who="lab") == ["1 mail from ged: service: Education — contracts select Éducation"]
        assert said(life, who="ward") == []
        assert len(said(life)) == 2


def test_numbers_that_came_as_texts_are_told_of_each_commitment() -> None:
    with living() as life:
        life.sign(AGREED)
        life.happen(
            mail(2, temperature="66.8"),
            mail(3, temperature="61"),
            mail(4, temperature=70),
            mail(5, "Education"),
            mail(6),
        )
        [row] = life.store.read(ADMINISTRATOR, unread)
        words = unread_words(row, language("en"))
        assert words.startswith(
            "c/d/on-time: 3 are unknown: temperature is the text “61”, and the contract reads a number"
        )
        assert life.store.read(ADMINISTRATOR, unread, since=life.position()) == []
        assert [
            one.check for one in life.store.read(ADMINISTRATOR, lambda seen: list(event_findings(seen, language("en"))))
        ] == [
            "events",
            "values",
        ]
