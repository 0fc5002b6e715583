"""Who is to be at a review is asked by mail, answers by a link or here, and gets its pack; an arbiter hears of a third refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

import icalendar
import ics  # type: ignore[import-untyped]
import pytest
import vobject  # type: ignore[import-untyped]

from domain.times import Instant
from entente.posting import Posting
from services.access import ADMINISTRATOR, Grade, signed_in
from services.errors import Refused
from services.notices.preferences import PreferenceBook, Preferences
from services.notices.telling import GATHERS
from services.reviews.reading import read_review
from services.reviews.reviewing import Reviewing
from services.reviews.rows import ReviewRow
from tests.entering import ADDRESS, House, entered
from tests.given import at, contract, criterion, punctuality
from tests.notices.post_office import PostOffice

REVIEW = "c@2026-07-14"
RULE = {
    "every": "FREQ=MONTHLY;BYDAY=2TU",
    "at": "14:00",
    "duration": "45 min",
    "place": {"en": "Town hall, room 3", "fr": "Mairie, salle 3"},
    "pack": "5 days",
    "present": {"supplier": ["ben", "gone"], "client": ["lea"]},
}
PEOPLE = {
    "ann": {"lab": "head"},
    "ben": {"lab": "member"},
    "luc": {"ward": "head"},
    "lea": {"ward": "member"},
    "max": {"lab": "member"},
    "eve": {"other": "head"},
}
INVITED = {"ann", "ben", "luc", "lea"}


@contextmanager
def house(office: PostOffice, **rule: Any) -> Iterator[House]:
    given = {"mail_url": office.url, "mail_from": "entente@example.org", "pages_url": ADDRESS}
    with entered(**given) as found:
        people = [
            {"person": one, "name": one.title(), "email": f"{one}@example.org", "services": of}
            for one, of in PEOPLE.items()
        ]
        found.admit(*people, {"person": "umpire", "email": "umpire@example.org", "arbiter": True})
        for one in (*PEOPLE, "umpire"):
            kinds: dict[Any, Any] = {"morning": "none", "breach": "none", "action": "none"}
            language = "fr" if one == "lea" else "en"
            book = PreferenceBook(found.program.store.history.database)
            book.set(one, Preferences(quiet="never", kinds=kinds, language=language))
        review = {name: one for name, one in {**RULE, **rule}.items() if one is not None}
        reports = criterion(punctuality(), each_miss="breach")
        found.apply(
            contract(
                reports,
                valid={"from": "2026-06-01"},
                review=review,
            ),
            sign=True,
        )
        pass_to(found, "2026-07-01 09:00")
        yield found


def pass_to(here: House, moment: str | Instant) -> None:
    here.clock[0] = moment if isinstance(moment, int) else at(moment)
    here.program.store.timekeeping.advance(ADMINISTRATOR, here.clock[0])
    here.program.store.judging.catch_up()


def post(here: House) -> int:
    """A round that finds what happened, and one when it has gathered."""
    posting = Posting(here.program)
    first = posting.round()
    here.clock[0] += GATHERS
    return first + posting.round()


def reviewing(here: House) -> Reviewing:
    return here.program.store.use(Reviewing)


def row(here: House) -> ReviewRow:
    return here.program.store.read(ADMINISTRATOR, read_review, REVIEW)


def to(office: PostOffice, person: str, subject: str = "") -> EmailMessage:
    """The last mail to that person whose subject says that."""
    return [one for one in office.mails(f"{person}@example.org") if subject in one["Subject"]][-1]


def calendar_of(mail: EmailMessage) -> bytes:
    [found] = [one for one in mail.walk() if one.get_content_type() == "text/calendar" and one.get_filename() is None]
    content = found.get_content()
    return content if isinstance(content, bytes) else str(content).encode()


def event_of(content: bytes) -> Any:
    [found] = icalendar.Calendar.from_ical(content).walk("VEVENT")
    return found


def words(mail: EmailMessage, form: str = "plain") -> str:
    body = mail.get_body((form,))
    assert body is not None
    return str(body.get_content()).replace("\xa0", " ").replace("\u202f", " ")


def link_of(mail: EmailMessage) -> str:
    return str(re.findall(r"https?://\S+(/answer/\S+)", words(mail))[0])


def test_those_who_are_to_be_there_are_invited_and_nobody_else(office: PostOffice) -> None:
    with house(office) as here:
        post(here)
        assert {one["To"].partition("@")[0] for one in office.mails()} == INVITED
        assert post(here) == 0, "never twice"
        mail = to(office, "ben")
        assert mail["Subject"] == "Invitation: Review of A contract"
        assert "Tuesday 14 July 2026, 14:00 to 14:45 · Town hall, room 3" in words(mail)
        assert "Mardi 14 juillet 2026, 14 h à 14 h 45 · Mairie, salle 3" in words(to(office, "lea"))
        assert mail["Reply-To"] == "ann@example.org"


def test_an_invitation_is_what_three_calendars_read(office: PostOffice) -> None:
    with house(office) as here:
        post(here)
        content = calendar_of(to(office, "ben"))
        assert b"METHOD:REQUEST" in content
        event = event_of(content)
        assert (event["UID"], event["SEQUENCE"], event["LOCATION"]) == (f"{REVIEW}@valmoray", 0, "Town hall, room 3")
        assert str(event["ORGANIZER"]) == "mailto:entente@example.org"
        asked = {str(one): one.params["RSVP"] for one in event["ATTENDEE"]}
        assert asked == {
            "mailto:ben@example.org": "TRUE", "mailto:ann@example.org": "FALSE", "mailto:luc@example.org": "FALSE",
        }  # fmt: skip
        read = vobject.readOne(content.decode())
        assert read.method.value == "REQUEST"
        assert read.vevent.dtstart.value.isoformat() == "2026-07-14T12:00:00+00:00"
        assert {one.value for one in read.vevent.attendee_list} == set(asked)
        [other] = ics.Calendar(content.decode()).events
        assert (other.uid, other.begin.isoformat(), other.end.isoformat()) == (
            f"{REVIEW}@valmoray", "2026-07-14T12:00:00+00:00", "2026-07-14T12:45:00+00:00",
        )  # fmt: skip


def test_moved_it_is_the_same_event_with_a_higher_number_and_cancelled_it_is_taken_off(office: PostOffice) -> None:
    with house(office) as here:
        post(here)
        old = link_of(to(office, "ben"))
        reviewing(here).move(ADMINISTRATOR, REVIEW, at("2026-07-16 10:00"), "the room is taken")
        pass_to(here, here.clock[0] + 1_000_000)
        post(here)
        event = event_of(calendar_of(to(office, "ben")))
        assert (event["UID"], event["SEQUENCE"]) == (f"{REVIEW}@valmoray", 1)
        assert event["DTSTART"].dt.isoformat() == "2026-07-16T08:00:00+00:00"
        assert to(office, "ben")["Subject"] == "New time: Review of A contract"
        assert "It has another time." in words(to(office, "ben"))
        nobody = here.browser()
        assert "The review was moved since that mail." in nobody.page(old)
        assert nobody.http.post(old, data={"answer": "accepted"}).status_code == 409
        with pytest.raises(Refused) as refused:
            reviewing(here).answer(signed_in("ben", {"lab": Grade.MEMBER}), REVIEW, "accepted", sequence=0)
        assert refused.value.slug == "old-invitation"
        reviewing(here).cancel(ADMINISTRATOR, REVIEW, "nobody can come")
        pass_to(here, here.clock[0] + 1_000_000)
        post(here)
        content = calendar_of(to(office, "ben", "Cancelled"))
        event = event_of(content)
        assert (event["STATUS"], event["SEQUENCE"], b"METHOD:CANCEL" in content) == ("CANCELLED", 2, True)


def test_the_link_shows_the_meeting_and_answers_by_a_post_without_signing_in(office: PostOffice) -> None:
    with house(office) as here:
        post(here)
        path, nobody = link_of(to(office, "ben")), here.browser()
        page = nobody.page(path)
        for said in ("Review of A contract", "Tuesday 14", "Town hall, room 3", "I come", "I do not come"):
            assert said in page
        assert row(here).answers == (), "looking at it changes nothing"
        answer = nobody.http.post(path, data={"answer": "declined"}, headers={"Origin": "null"})
        assert (answer.status_code, "You do not come." in answer.text) == (200, True)
        assert answer.headers["referrer-policy"] == "no-referrer"
        [one] = row(here).answers
        assert (one.person, one.answer, one.sequence, one.way, one.by) == ("ben", "declined", 0, "link", "lab/ben")
        nobody.http.post(path, data={"answer": "declined"})
        assert len(row(here).answers) == 1, "said twice it is said once"
        answers = [("accepted", "declined")[one % 2] for one in range(21)]
        codes = [nobody.http.post(path, data={"answer": one}).status_code for one in answers]
        assert codes == [200] * 19 + [409] * 2, "a link that many have does not fill the history"
        assert row(here).answer_of("ben") == "accepted"
        for change in ({"answer": "perhaps"}, {}):
            assert nobody.http.post(path, data=change).status_code == 400
        french = nobody.http.get(path, headers={"Accept-Language": "fr", "Accept": "text/html"}).text
        assert ("Vous venez." in french, 'lang="fr"' in french) == (True, True)
        assert nobody.get(f"/reviews/{REVIEW}").status_code != 200


@pytest.mark.parametrize("change", [lambda it: it[:-1], lambda it: it + "0", lambda it: "x" + it, lambda it: "é" * 700])
def test_a_link_that_was_not_made_here_answers_nothing(office: PostOffice, change: Any) -> None:
    with house(office) as here:
        post(here)
        path = link_of(to(office, "ben"))
        front, _, token = path.rpartition("/")
        assert here.browser().http.post(f"{front}/{change(token)}", data={"answer": "accepted"}).status_code == 404
        other = link_of(to(office, "luc")).rpartition("/")[2]
        forged = f"{other.partition('.')[0]}.{token.partition('.')[2]}"
        assert here.browser().http.post(f"{front}/{forged}", data={"answer": "accepted"}).status_code == 404
        assert row(here).answers == ()


def test_who_tries_one_address_after_the_other_waits(office: PostOffice) -> None:
    with house(office) as here:
        post(here)
        good, nobody = link_of(to(office, "ben")), here.browser()
        tried = [nobody.http.post(f"/answer/abcdefabcdef{one}", data={"answer": "accepted"}) for one in range(8)]
        assert [one.status_code for one in tried] == [404] * 5 + [429] * 3
        assert nobody.get(good).status_code == 200, "whoever has a good one is not kept out by others"


def test_a_link_ends_with_the_start_and_with_who_it_is_of(office: PostOffice) -> None:
    with house(office) as here:
        post(here)
        late, gone = link_of(to(office, "ben")), link_of(to(office, "lea"))
        pass_to(here, "2026-07-14 14:00")
        assert here.browser().http.post(late, data={"answer": "accepted"}).status_code == 409
        assert "It is too late to answer" in here.browser().page(late)
        here.admit({"person": "ann", "services": {"lab": "head"}})
        assert here.browser().http.post(gone, data={"answer": "accepted"}).status_code == 404


def test_answers_stand_on_the_page_and_come_by_it_too(office: PostOffice) -> None:
    with house(office) as here:
        ben = here.as_("ben")
        page = ben.page(f"/reviews/{REVIEW}")
        assert "has not answered" in page
        assert ben.send(f"/reviews/{REVIEW}/answer", answer="accepted", sequence="0").status_code == 303
        assert "You come." in ben.page(f"/reviews/{REVIEW}")
        assert ben.send(f"/reviews/{REVIEW}/answer", answer="declined", sequence="3").status_code == 409
        found = ben.get(f"/v1/reviews/{REVIEW}", Accept="application/json").json()
        assert [(one["person"], one["answer"], one["way"]) for one in found["answers"]] == [("ben", "accepted", None)]
        file = ben.get(f"/reviews/{REVIEW}/invitation.ics")
        assert (b"METHOD:PUBLISH" in file.content, b"ATTENDEE" in file.content) == (True, False)
        assert here.as_("eve").send(f"/reviews/{REVIEW}/answer", answer="accepted", sequence="0").status_code == 404


def test_where_the_contract_names_nobody_nobody_is_invited(office: PostOffice) -> None:
    with house(office, present=None) as here:
        post(here)
        assert office.mails() == []


def test_the_pack_comes_when_it_is_issued_with_sentence_agenda_and_files(office: PostOffice) -> None:
    with house(office) as here:
        post(here)
        office.clear()
        reviewing(here).add(ADMINISTRATOR, REVIEW, "What of the printer?", 5, "supplier")
        here.program.store.judging.catch_up()
        pass_to(here, "2026-07-09 14:30")
        post(here)
        packs = [one for one in office.mails() if one["Subject"].startswith(("Pack", "Dossier"))]
        assert {one["To"].partition("@")[0] for one in packs} == INVITED
        mail = to(office, "ben", "Pack")
        assert {one.get_content_type() for one in mail.iter_attachments()} == {"application/pdf", "text/csv"}
        for form in ("plain", "html"):
            assert "target" in words(mail, form)
            assert "What of the printer?" in words(mail, form)
            assert f"/reviews/{REVIEW}/pack?issued=true" in words(mail, form).replace("%40", "@")
        [table] = [one for one in mail.iter_attachments() if one.get_content_type() == "text/csv"]
        assert (table.get_filename(), table.get_content_charset()) == (f"{REVIEW}.csv", "utf-8")
        assert "Ordre du jour" in words(to(office, "lea", "Dossier"))
        office.clear()
        pass_to(here, "2026-07-14 14:00")
        post(here)
        assert not [one for one in office.mails() if one["Subject"].startswith(("Pack", "Dossier"))], "never twice"


def test_where_it_is_not_issued_early_it_comes_when_the_review_is_called_and_not_a_week_later(
    office: PostOffice,
) -> None:
    with house(office, pack=None) as here:
        pass_to(here, "2026-07-14 14:00")
        post(here)
        assert {one["To"].partition("@")[0] for one in office.mails() if "Pack" in one["Subject"]} == INVITED - {"lea"}
    office.clear()
    with house(office, pack=None) as here:
        pass_to(here, "2026-07-22 14:00")
        post(here)
        assert not [one for one in office.mails() if "Pack" in one["Subject"]]


def test_an_arbiter_is_told_once_after_the_third_refusal(office: PostOffice) -> None:
    with house(office, pack=None) as here:
        pass_to(here, "2026-07-14 15:00")
        do = reviewing(here)
        for number in range(4):
            if number == 0:
                do.settle_rest(ADMINISTRATOR, REVIEW, "noted")
            do.submit(ADMINISTRATOR, REVIEW)
            do.refuse(ADMINISTRATOR, REVIEW, ["that was not said"], party="client")
            here.program.store.judging.catch_up()
            here.clock[0] += GATHERS * 13
            post(here)
            assert len(office.mails("umpire@example.org")) == int(number >= 2)
        mail = to(office, "umpire")
        assert "The third revision of the minutes of 2026-07-14 was refused" in words(mail)
        assert "that was not said" not in words(mail)
