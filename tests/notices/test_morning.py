"""The morning mail: what stands on its person's Today, at their hour, if there is anything; mail into a folder."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from entente.posting import Posting
from entente.serving import web
from services.notices.kinds import MINUTE
from tests.given import at, contract, criterion, punctuality
from tests.notices.post_office import PostOffice
from tests.notices.test_mail import words
from tests.notices.town import Town, town


def mornings(office: PostOffice, **settings: Any) -> Any:
    return town(mail_url=office.url, mail_from="entente@example.org", **settings)


def go_to(here: Town, moment: str) -> int:
    """The clock alone is there."""
    here.clock[0] = at(moment)
    return here.posting.round()


def test_it_comes_at_the_persons_hour_once_with_what_stands_on_today(office: PostOffice) -> None:
    with mornings(office) as here:
        here.prefer("ann", kinds={"breach": "digest"}, hour="08:15", language="fr")
        here.pass_to("2026-06-01 13:00")
        here.posting.round()
        assert go_to(here, "2026-06-02 08:14") == 0
        assert go_to(here, "2026-06-02 08:15") == 1
        assert go_to(here, "2026-06-02 08:16") == 0
        assert Posting(here.program).round() == 0
        [mail] = office.mails("ann@example.org")
        assert mail["Subject"].replace("\xa0", " ") == "Aujourd’hui, mardi 2 juin 2026"
        for form in ("plain", "html"):
            assert "Manquantes" in words(mail, form)
            assert "À signer, à répondre" in words(mail, form)
            assert "Depuis le dernier message : Manquement" in words(mail, form)
            assert "A deliverable · on-time" in words(mail, form)
        assert go_to(here, "2026-06-03 08:20") == 0, "nothing changed since"


def test_what_stood_in_it_and_did_not_change_is_no_reason_for_another_until_monday(office: PostOffice) -> None:
    """What is new is told with a count of the rest; on Monday all of it is listed again."""
    with mornings(office) as here:
        here.prefer("ann", kinds={"breach": "none"}, hour="08:15")
        here.pass_to("2026-06-01 13:00")
        assert go_to(here, "2026-06-02 08:15") == 1
        for day in ("03", "04", "05"):
            assert go_to(here, f"2026-06-{day} 08:15") == 0
            assert Posting(here.program).round() == 0
        assert go_to(here, "2026-06-08 08:15") == 1
        first, monday = (words(mail) for mail in office.mails("ann@example.org"))
        leads = [set(re.findall(r"/(?:breaches|commitments|contracts)/\S*", one)) for one in (first, monday)]
        assert leads[0] <= leads[1]
        here.pass_to("2026-06-09 06:00")
        assert go_to(here, "2026-06-09 08:15") == 1, "more is missing by then"
        last = words(office.mails("ann@example.org")[-1])
        assert "\n1 more\n" in last
        assert "\n1 more\n" not in monday


def test_what_stands_in_it_is_not_said_again_as_what_happened_since(office: PostOffice) -> None:
    """Of Ann's two breaches the newer one waits for her word; the other one is told of below it."""
    with mornings(office) as here:
        here.prefer("ann", kinds={"breach": "digest"})
        here.pass_to("2026-06-01 13:00")
        here.posting.round()
        go_to(here, "2026-06-02 07:30")
        [mail] = office.mails("ann@example.org")
        leads = re.findall("Explain: (.*/breaches/.*)", words(mail))
        assert (len(leads), len(set(leads))) == (2, 2)
        assert words(mail).count("Since the last mail: ") == 1


def test_where_nothing_stands_nothing_comes(office: PostOffice) -> None:
    with mornings(office) as here:
        here.prefer("eve")
        here.pass_to("2026-06-01 12:00")
        assert go_to(here, "2026-06-02 07:30") == 0
        assert office.mails("eve@example.org") == []


def test_on_mondays_it_has_the_week(office: PostOffice) -> None:
    with mornings(office) as here:
        here.prefer("luc", kinds={"breach": "none"})
        here.pass_to("2026-06-01 12:00")
        here.pass_to("2026-06-08 06:00")
        assert go_to(here, "2026-06-08 07:30") == 1
        [mail] = office.mails("luc@example.org")
        assert "This week" in words(mail)
        assert "Mon 8 Jun: 1" in words(mail)


@pytest.mark.parametrize(("day", "comes"), [("2026-06-05", 1), ("2026-06-06", 0), ("2026-06-07", 0)])
def test_it_comes_on_open_days_of_the_calendar_of_most_contracts(office: PostOffice, day: str, comes: int) -> None:
    with mornings(office) as here:
        office_hours = {"open": {"mon-fri": ["09:00-17:00"]}}
        here.apply(
            contract(criterion(punctuality()), id="office", valid={"from": "2026-06-01"}, calendar=office_hours),
            sign=True,
        )
        here.prefer("luc", kinds={"breach": "none"})
        here.pass_to("2026-06-01 12:00")
        assert go_to(here, f"{day} 07:30") == comes


def letters(folder: Path) -> list[EmailMessage]:
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(folder.glob("*.eml"))]


def test_into_a_folder_mail_goes_by_the_time_that_the_store_has_reached(tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    with town(mail_to=str(folder), pages_url="") as here:
        here.pass_to("2026-06-01 12:00")
        here.clock[0] += 3 * MINUTE
        assert here.posting.round() == 1, "it happened at 10:00, and has gathered"
        [mail] = letters(folder)
        assert mail["To"] == "ann@example.org"
        assert "http://127.0.0.1:8000/breaches/" in words(mail)
        assert folder.stat().st_mode & 0o077 == 0
        [file] = folder.glob("*.eml")
        assert file.stat().st_mode & 0o077 == 0
        before = file.read_bytes()
        with here.program.store.history.database.transaction() as writes:
            writes.execute("UPDATE notice_letter SET state = 'handing', due = 0")
        assert here.posting.round() == 0, "the history says that it was sent"
        assert [one.read_bytes() for one in folder.glob("*.eml")] == [before]


def test_the_post_in_the_folder_is_a_page_where_nobody_signs_in(tmp_path: Path) -> None:
    with town(mail_to=str(tmp_path / "mails"), access="loopback") as here:
        here.pass_to("2026-06-01 12:00")
        here.posting.round()
        http = TestClient(web(here.program), base_url="http://127.0.0.1")
        for who, is_theirs in (("administrator", True), ("lab/ann", True), ("ward/luc", False), ("lab", False)):
            page = http.get("/post", headers={"Accept": "text/html", "Entente-As": who})
            assert (page.status_code, "2 things to look at" in page.text) == (200, is_theirs), who
    with town(mail_to=str(tmp_path / "mails")) as here:
        http = TestClient(web(here.program), base_url="http://127.0.0.1")
        assert http.get("/post", headers={"Accept": "text/html"}, follow_redirects=False).status_code != 200


def test_a_demonstration_begins_with_the_mail_of_its_day(tmp_path: Path) -> None:
    with town(mail_to=str(tmp_path / "mails")) as here:
        here.prefer("ann", kinds={"breach": "digest"})
        here.pass_to("2026-06-01 15:00")
        here.posting.greet()
        here.posting.greet()
        assert [mail["To"] for mail in letters(tmp_path / "mails")].count("ann@example.org") == 1
