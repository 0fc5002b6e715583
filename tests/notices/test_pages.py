"""The pages of notices: one's own letters, what one wants to be told, the link that ends a kind without signing in."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from entente.posting import Posting
from services.notices.kinds import KINDS
from services.notices.preferences import PreferenceBook
from services.notices.stopping import Stopping
from tests.entering import ADDRESS, House, entered
from tests.notices.post_office import PostOffice


@pytest.fixture
def house(office: PostOffice) -> Iterator[House]:
    given = {"mail_url": office.url, "mail_from": "entente@example.org", "pages_url": ADDRESS}
    with entered(**given) as found:
        found.admit(
            {"person": "ann", "name": "Ann", "email": "ann@example.org", "services": {"lab": "head"}},
            {"person": "luc", "name": "Luc", "email": "luc@example.org", "services": {"ward": "head"}},
            {"person": "root", "name": "Root", "administrator": True},
        )
        yield found


def book(house: House) -> PreferenceBook:
    return PreferenceBook(house.program.store.history.database)


def test_a_test_mail_is_asked_for_on_the_page_and_arrives(house: House, office: PostOffice) -> None:
    ann = house.as_("ann")
    assert ann.send("/notices/test").headers["location"] == "/notices?done=test"
    assert "waits" in ann.page("/notices")
    assert Posting(house.program).round() == 1
    [mail] = office.mails("ann@example.org")
    assert mail["Subject"] == "Test: mails arrive"
    assert "sent" in ann.page("/notices")
    assert ann.get("/v1/notices", Accept="application/json").json()[0]["state"] == "sent"


def test_no_more_than_five_tests_an_hour_go(house: House) -> None:
    ann = house.as_("ann")
    assert [ann.send("/notices/test").status_code for _ in range(6)] == [303] * 5 + [409]


def test_letters_of_others_are_neither_shown_nor_sent_again(house: House, office: PostOffice) -> None:
    office.recipient = lambda _: "550 no"
    ann, luc, root = house.as_("ann"), house.as_("luc"), house.as_("root")
    ann.send("/notices/test")
    Posting(house.program).round()
    [letter] = ann.get("/v1/notices", Accept="application/json").json()
    assert letter["state"] == "failed"
    assert luc.get("/v1/notices", Accept="application/json").json() == []
    assert luc.send(f"/notices/{letter['id']}/again").status_code == 404
    assert root.get("/v1/notices", Accept="application/json").json() == [letter]
    office.clear()
    assert root.send(f"/notices/{letter['id']}/again").status_code == 303
    assert Posting(house.program).round() == 1
    assert root.send(f"/notices/{letter['id']}/again").status_code == 409


def test_a_page_shows_no_language_as_chosen_that_nobody_has_chosen(house: House) -> None:
    """Which would be that of the page, while letters go in that of the organisation."""
    ann = house.as_("ann")
    assert '<option value="">that of the organisation</option>' in ann.page("/notices/preferences")
    ann.send("/notices/preferences", hour="06:15", language="")
    assert book(house).of("ann").language == ""
    assert 'value="fr" selected' not in ann.page("/notices/preferences")


def test_preferences_are_kept_as_they_were_chosen(house: House) -> None:
    ann = house.as_("ann")
    chosen = {"hour": "06:15", "quiet": "between", "since": "19:00", "until": "06:00", "language": "fr"}
    answer = ann.send("/notices/preferences", **chosen, way_breach="digest", way_silent="none")
    assert answer.headers["location"] == "/notices/preferences?done=yes"
    found = book(house).of("ann")
    assert (found.hour, found.quiet, found.language) == ("06:15", "19:00-06:00", "fr")
    assert (found.way("breach"), found.way("silent"), found.way("sign")) == ("digest", "none", "mail")
    page = ann.page("/notices/preferences")
    assert ("at its hour, by mail" in page, page.count("at once, by mail"), "no morning mail" in page) == (
        True,
        len(KINDS) - 1,
        False,
    )
    assert 'value="06:15"' in page
    assert re.search(r'<option value="digest" selected>', page)
    assert not book(house).of("luc").kinds
    ann.send("/notices/preferences", **chosen, way_breach="digest", way_morning="none")
    assert "You get no morning mail" in ann.page("/notices/preferences")


@pytest.mark.parametrize(
    "wrong", [{"hour": "25:00"}, {"hour": ""}, {"quiet": "sometimes"}, {"way_breach": "pigeon"}, {"language": "xx"}]
)
def test_what_cannot_be_followed_is_refused_and_nothing_changes(house: House, wrong: dict[str, str]) -> None:
    answer = house.as_("ann").send("/notices/preferences", **{"hour": "07:30", **wrong})
    assert answer.status_code == 400
    assert book(house).all() == {}


def test_the_link_in_a_mail_ends_its_kind_by_one_post_without_signing_in(house: House, office: PostOffice) -> None:
    path = Stopping(house.program.store.history.database).path("ann", ["breach"])
    nobody = house.browser()
    assert "breaches" in nobody.page(path)
    in_french = nobody.http.get(path, headers={"Accept-Language": "fr", "Accept": "text/html"}).text
    assert ('lang="fr"' in in_french, "manquements" in in_french) == (True, True)
    assert book(house).of("ann").way("breach") == "mail", "looking at it changes nothing"
    answer = nobody.http.post(path, data={"List-Unsubscribe": "One-Click"}, headers={"Origin": "null"})
    assert answer.status_code == 200
    found = book(house).of("ann")
    assert (found.way("breach"), found.way("excuse")) == ("none", "mail")
    assert "ann" not in answer.text


@pytest.mark.parametrize("change", [lambda it: it[:-1], lambda it: it + "0", lambda it: "x" + it, lambda it: "é" * 700])
def test_a_link_that_was_not_made_here_ends_nothing(house: House, change: object) -> None:
    path = Stopping(house.program.store.history.database).path("ann", ["breach"])
    front, _, token = path.rpartition("/")
    wrong = change(token)  # type: ignore[operator]
    assert house.browser().http.post(f"{front}/{wrong}").status_code == 404
    forged = path.replace(token.partition(".")[0], "YnJlYWNoL2x1Yw")
    assert house.browser().http.post(forged).status_code == 404
    assert book(house).all() == {}


def test_a_webhook_is_entered_on_the_page_and_its_address_is_not_shown_again(house: House, office: PostOffice) -> None:
    given = {"mail_url": office.url, "mail_from": "entente@example.org", "notify_hosts": "hooks.example.org"}
    with entered(**given) as here:
        here.admit({"person": "ann", "name": "Ann", "email": "ann@example.org", "services": {"lab": "head"}})
        ann = here.as_("ann")
        wrong = ann.send("/notices/preferences", hour="07:30", hook="https://other.example.org/secret-wxyz")
        assert (wrong.status_code, "secret-wxyz" in wrong.text) == (400, False)
        answer = ann.send(
            "/notices/preferences", hour="07:30", hook="https://hooks.example.org/secret-wxyz", hook_form="slack"
        )
        assert (answer.status_code, "whsec_" in answer.text, "secret-wxyz" in answer.text) == (200, True, False)
        page = ann.page("/notices/preferences")
        assert "…wxyz" in page
        assert "secret" not in page.replace("secret that", "")
        assert book(here).of("ann").hook_form == "slack"
        ann.send("/notices/preferences", hour="07:30")
        assert book(here).of("ann").hook, "an empty field changes nothing"
        ann.send("/notices/preferences", hour="07:30", hook_ends="yes")
        assert (book(here).of("ann").hook, book(here).of("ann").hook_secret) == ("", "")
