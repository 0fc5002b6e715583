"""The excuse of one ticket, from the page of its commitment."""

from __future__ import annotations

import re
from datetime import date

from fastapi.testclient import TestClient

from domain.saying import said
from tests.dashboards.scenario import FAULTS, town
from tests.dashboards.serving import application

HERE = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
PAGE = f"/commitments/{FAULTS}"
SENT = {"scope": FAULTS, "reason": "client-fault", "text": "They were away."}


def test_one_case_is_named_on_the_form_of_its_commitment() -> None:
    app, decisions = application(town())
    with TestClient(app, follow_redirects=False) as client:
        assert 'name="one"' in client.get(PAGE).text
        client.post("/excuses/ask", data={**SENT, "one": " INC-77777 ", "party": "supplier"}, headers=HERE)
        assert decisions.done[-1][0] == "ask client-fault INC-77777 supplier"
        assert 'name="one"' not in client.get("/excuses/ask", params={"scope": FAULTS, "key": "INC-77777"}).text
        refused = client.post("/excuses/ask", data={**SENT, "one": "INC-1", "text": ""}, headers=HERE).text
        assert 'value="INC-1"' in refused


def test_a_miss_that_is_explained_offers_its_excuse() -> None:
    app, _ = application(town())
    with TestClient(app) as client:
        page = "/commitments/school-meals/midday-ferry/on-time"
        html = client.get(page, params={"period": "all", "verdict": "late"}).text
        [key, *_] = [part.partition('"')[0] for part in html.split("why=")[1:]]
        key = key.partition("#")[0].partition("&")[0]
        opened = client.get(page, params={"period": "all", "verdict": "late", "why": key}).text
        assert f"/excuses/ask?scope=school-meals%2Fmidday-ferry%2Fon-time&amp;key={key}" in opened


def test_what_is_missing_is_named_as_the_form_names_it() -> None:
    app, decisions = application(town())
    with TestClient(app, cookies={"language": "fr"}) as client:
        refused = client.post("/excuses/ask", data=SENT | {"party": "supplier"}, headers=HERE).text
        assert "Il manque un des deux jours" in refused
        assert "first day" not in refused
        dated = SENT | {"first": "soon", "last": "2026-11-17", "party": "supplier"}
        assert "soon\u00a0» n’est pas une date" in client.post("/excuses/ask", data=dated, headers=HERE).text
        unchosen = client.post("/excuses/ask", data=SENT | {"one": "INC-1", "reason": ""}, headers=HERE).text
        assert "Aucun motif n’est choisi" in unchosen
        assert not decisions.done


def test_days_in_which_nothing_is_owed_have_to_be_confirmed_and_again_when_they_are_others() -> None:
    app, decisions = application(town())
    decisions.doubted = (said("nothing is owed there yet: what falls due is known up to {day}", day=date(2027, 1, 31)),)
    far = SENT | {"first": "2030-11-20", "last": "2030-11-21", "party": "supplier"}
    with TestClient(app, cookies={"language": "fr"}, follow_redirects=False) as client:
        refused = client.post("/excuses/ask", data=far, headers=HERE)
        assert refused.status_code == 409
        assert (
            "Rien n’y est encore dû\u00a0: les échéances sont connues jusqu’au 31\u00a0janv.\u00a02027" in refused.text
        )
        [sure] = re.findall(r'name="sure" value="([^"]+)"', refused.text)
        assert "Ces jours sont les bons." in refused.text
        assert refused.text.count('id="p-ask"') == 1
        assert 'aria-invalid="true"' not in refused.text
        assert (
            client.post("/excuses/ask", data=far | {"last": "2030-11-22", "sure": sure}, headers=HERE).status_code
            == 409
        )
        assert decisions.done == []
        assert client.post("/excuses/ask", data=far | {"sure": sure}, headers=HERE).status_code == 303
    assert len(decisions.done) == 1
