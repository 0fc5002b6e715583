"""What happens reaches those whom it is for, by a real mail server, in words, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from itertools import pairwise
from typing import Any

import pytest

from entente.posting import Posting
from services.access import ADMINISTRATOR, Grade, signed_in
from services.breaches.following_up import FollowingUp
from services.breaches.reading import read_breaches
from services.contracts.contracting import Contracting
from services.excuses.excusing import Excusing
from services.history.entries import NOTICE_FAILED, NOTICE_SENT, header_of
from services.notices.kinds import DAY, HOUR, MINUTE, SECOND
from services.notices.outbox import GIVES_UP, LEASE, UNSURE
from services.notices.reading import read_letters
from services.reminders.reminding import Reminding
from services.sealing.erasing import Erasing
from tests.given import at, document
from tests.notices.post_office import PostOffice
from tests.notices.town import Town, agreed, town


def by_mail(office: PostOffice, **settings: Any) -> Any:
    return town(mail_url=office.url, mail_from="entente@example.org", **settings)


def words(mail: EmailMessage, form: str = "plain") -> str:
    body = mail.get_body((form,))
    assert body is not None
    return str(body.get_content()).replace("\xa0", " ").replace("\u202f", " ").replace("\r\n", "\n")


def told(here: Town, topic: str = NOTICE_SENT) -> list[dict[str, Any]]:
    """What the history says."""
    return [header_of(entry.state) for entry in here.program.store.history.read(0, 10_000, [topic])]


def states(here: Town) -> list[tuple[str, str, int]]:
    letters = read_letters(here.program.store.history.database, ADMINISTRATOR)
    return [(one.row.state, one.row.why, one.row.tries) for one in letters]


def test_a_breach_reaches_who_answers_for_it_and_nobody_else(office: PostOffice) -> None:
    with by_mail(office) as here:
        here.pass_to("2026-06-01 12:00")
        assert here.tell() == 1
        [mail] = office.mails()
        assert (mail["To"], mail["From"]) == ("ann@example.org", "Valmoray <entente@example.org>")
        assert mail["Subject"] == "2 things to look at"
        for form in ("plain", "html"):
            assert "A deliverable · on-time" in words(mail, form)
            assert "Missing, Mon 1 Jun 2026" in words(mail, form)
            assert "https://entente.example.org/breaches/" in words(mail, form)
        assert mail["Auto-Submitted"] == "auto-generated"
        assert here.tell() == 0


def test_where_nobody_owns_it_the_heads_of_who_owes_are_told(office: PostOffice) -> None:
    with by_mail(office) as here:
        tree = agreed(id="unowned")
        tree["deliverables"][0]["criteria"][0]["owner"] = "gone"
        here.apply(tree, sign=True)
        here.pass_to("2026-06-01 12:00")
        here.tell()
        assert {mail["To"] for mail in office.mails()} == {"ann@example.org"}
        assert words(office.mails()[0]).count("lab owes ward") == 4


def test_the_history_says_that_it_was_sent_and_names_no_address(office: PostOffice) -> None:
    with by_mail(office) as here:
        here.pass_to("2026-06-01 12:00")
        here.tell()
        [one, other] = told(here)
        [mail] = office.mails()
        assert (one["person"], one["message_id"]) == ("ann", mail["Message-ID"])
        assert one["what"] != other["what"]
        assert len(one["fingerprint"]) == 64
        store = here.program.store.history
        for topic in (NOTICE_SENT, NOTICE_FAILED):
            assert all(b"example.org>" in one.state or b"@" not in one.state for one in store.read(0, 1_000, [topic]))
            assert all(b"ann@" not in one.state for one in store.read(0, 1_000, [topic]))


def test_no_table_of_notices_holds_an_address(office: PostOffice) -> None:
    with by_mail(office) as here:
        here.pass_to("2026-06-01 12:00")
        here.tell()
        with here.program.store.history.database.connect() as reads:
            for table in ("notice", "notice_letter", "notice_told", "notice_preference"):
                assert "ann@" not in repr(reads.query(f"SELECT * FROM {table}"))


def test_what_is_older_than_seven_days_is_told_to_nobody(office: PostOffice) -> None:
    with by_mail(office) as here:
        here.pass_to(at("2026-06-01 10:00") + 7 * DAY + HOUR)
        here.tell()
        assert "Mon 1 Jun" not in "".join(words(one) for one in office.mails())


def test_several_within_five_minutes_are_one_mail_and_then_one_an_hour(office: PostOffice) -> None:
    with by_mail(office) as here:
        here.apply(agreed(id="second"), sign=True)
        here.pass_to("2026-06-01 12:00")
        assert here.posting.round() == 0
        here.clock[0] += 5 * MINUTE - SECOND
        assert here.posting.round() == 0
        here.clock[0] += SECOND
        assert here.posting.round() == 1
        here.apply(agreed(id="third"), sign=True)
        late = agreed(id="fourth")
        late["valid"] = {"from": "2026-05-25"}
        here.apply(late, sign=True)
        assert len(office.mails()) == 1


def test_of_one_contract_at_most_one_mail_an_hour_comes(office: PostOffice) -> None:
    with by_mail(office) as here:
        here.prefer("ann", kinds={"morning": "none"})
        here.pass_to("2026-06-01 09:59")
        here.pass_to("2026-06-01 10:10")
        here.tell()
        before = len(office.mails())
        assert before == 1
        from services.notices.telling import NoticeRow

        database = here.program.store.history.database
        again = NoticeRow("more", "ann", "breach", "breach:none", "opened", "c", here.clock[0], here.clock[0], "waits")
        with database.transaction() as writes:
            writes.insert("notice", NoticeRow._fields, [again])
        here.posting.round()
        assert read_letters(database, ADMINISTRATOR)[0].notices == 2
        here.clock[0] += HOUR
        here.posting.round()
        assert [one.notices for one in read_letters(database, ADMINISTRATOR)] == [1, 2]


def test_in_quiet_time_nothing_goes_and_at_its_end_one_mail_does(office: PostOffice) -> None:
    with by_mail(office) as here:
        here.prefer("ann", kinds={"morning": "none"}, quiet="08:00-14:00")
        here.pass_to("2026-06-01 12:00")
        assert here.tell() == 0
        here.clock[0] = at("2026-06-01 13:59")
        assert here.posting.round() == 0
        here.clock[0] = at("2026-06-01 14:00")
        assert here.posting.round() == 1


def test_who_wants_none_of_a_kind_is_told_none_of_it(office: PostOffice) -> None:
    with by_mail(office) as here:
        here.prefer("ann", kinds={"morning": "none", "breach": "none"})
        here.pass_to("2026-06-01 12:00")
        assert here.tell() == 0


def test_a_head_is_told_of_what_waits_for_his_signature_and_in_his_language(office: PostOffice) -> None:
    with by_mail(office) as here:
        here.prefer("luc", kinds={"morning": "none"}, language="fr")
        here.apply(agreed(id="new", title={"en": "New one", "fr": "Le nouveau"}))
        here.tell()
        [mail] = office.mails("luc@example.org")
        assert mail["Subject"].replace("\xa0", " ") == "Signature : Le nouveau"
        assert "Lire et signer : https://" in words(mail)
        assert mail["Content-Language"] == "fr"
        assert office.mails("ben@example.org") == office.mails("eve@example.org") == []


def test_who_has_chosen_no_language_is_told_in_that_of_the_organisation(office: PostOffice) -> None:
    with by_mail(office, mail_language="fr") as here:
        here.prefer("luc", kinds={"morning": "none"}, language="en")
        here.apply(agreed(id="new", title={"en": "New one", "fr": "Le nouveau"}))
        here.tell()
        assert {mail["Content-Language"] for mail in office.mails("luc@example.org")} == {"en"}
        here.pass_to("2026-06-01 12:00")
        here.tell()
        assert {mail["Content-Language"] for mail in office.mails("ann@example.org")} == {"fr"}


def test_a_mail_names_no_address_of_anybody_and_loads_nothing(office: PostOffice) -> None:
    with by_mail(office) as here:
        here.pass_to("2026-06-01 12:00")
        here.tell()
        html = words(office.mails()[0], "html")
        for absent in ("<script", "<img", "url(", "src=", "http://", "ann@"):
            assert absent not in html


@pytest.mark.parametrize("pages", ["", "http://entente.example.org", "ftp://entente.example.org"])
def test_links_lead_by_https_or_nowhere(office: PostOffice, pages: str) -> None:
    with by_mail(office, pages_url=pages) as here:
        here.pass_to("2026-06-01 12:00")
        here.tell()
        [mail] = office.mails()
        assert "://" not in words(mail)
        assert "href" not in words(mail, "html")
        assert mail["List-Unsubscribe"] is None


# Never twice


def test_what_was_told_is_not_told_again_by_a_second_program_a_rebuild_or_lost_tables(
    office: PostOffice, tmp_path: Any
) -> None:
    url = f"sqlite:///{tmp_path / 'town.db'}"
    with by_mail(office, url=url) as here:
        here.pass_to("2026-06-01 12:00")
        here.tell()
        assert len(office.mails()) == 1
        database = here.program.store.history.database

        beside = Posting(here.program)
        beside.round()
        here.clock[0] += HOUR
        beside.round()
        assert len(office.mails()) == 1
        with database.transaction() as writes:
            for table in ("notice", "notice_letter", "notice_told"):
                writes.execute(f"DELETE FROM {table}")
        here.posting = Posting(here.program)
        here.tell()
        assert len(office.mails()) == 1, "the history says that it was sent"


def test_what_was_handed_over_when_the_program_ended_goes_again_only_where_somebody_says_so(office: PostOffice) -> None:
    with by_mail(office) as here:
        here.pass_to("2026-06-01 12:00")
        here.posting.round()
        here.clock[0] += 5 * MINUTE
        here.posting._sending._settle = _killed
        with pytest.raises(KeyboardInterrupt):
            here.posting.round()
        assert len(office.mails()) == 1

        after = Posting(here.program)
        for _ in range(5):
            here.clock[0] += LEASE
            after.round()
        assert len(office.mails()) == 1
        [(state, why, _)] = states(here)
        assert (state, why) == ("failed", UNSURE)
        [failed, _] = told(here, NOTICE_FAILED)
        assert failed["person"] == "ann"
        [letter] = read_letters(here.program.store.history.database, ADMINISTRATOR)
        assert after.outbox.retry(letter.row, here.clock[0])
        after.round()
        first, second = office.mails()
        assert first["Message-ID"] == second["Message-ID"]


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_an_answer_that_does_not_come_after_the_letter_is_not_asked_for_again(office: PostOffice) -> None:
    office.answer = lambda _: ""
    with by_mail(office) as here:
        here.pass_to("2026-06-01 12:00")
        here.tell()
        for _ in range(5):
            here.clock[0] += HOUR
            here.posting.round()
        assert office.came == 1
        [(state, why, _)] = states(here)
        assert state == "failed"
        assert why.startswith(UNSURE)


# Refusals


def test_what_is_busy_is_asked_again_after_a_minute_doubling_to_an_hour_for_two_days(office: PostOffice) -> None:
    office.answer = lambda _: "451 busy"
    with by_mail(office) as here:
        here.pass_to("2026-06-01 12:00")
        here.tell()
        tried = [here.clock[0]]
        end = here.clock[0] + GIVES_UP + 2 * HOUR
        while here.clock[0] < end:
            here.clock[0] += MINUTE
            before = office.came
            here.posting.round()
            tried += [here.clock[0]] * (office.came - before)
        pauses = [(b - a) // MINUTE for a, b in pairwise(tried)]
        assert pauses[:8] == [1, 2, 4, 8, 16, 32, 60, 60]
        [(state, why, _)] = states(here)
        assert (state, why) == ("failed", "451 busy")
        assert tried[-1] - tried[0] <= GIVES_UP + HOUR


def test_what_is_refused_for_good_fails_at_once_and_is_told(office: PostOffice) -> None:
    office.recipient = lambda _: "550 no such person"
    with by_mail(office) as here:
        here.pass_to("2026-06-01 12:00")
        here.tell()
        assert states(here) == [("failed", "550 no such person", 1)]
        here.clock[0] += DAY
        here.posting.round()
        assert office.named == 1
        assert {one["person"] for one in told(here, NOTICE_FAILED)} == {"ann"}


def test_a_receiver_that_fails_three_times_of_ten_gets_each_letter_once(office: PostOffice) -> None:
    office.answer = lambda n: "451 not now" if n % 10 in (2, 5, 9) else "250 taken"
    with by_mail(office) as here:
        for person in ("ann", "ben", "luc"):
            for _ in range(4):
                here.posting.outbox.test(person, here.clock[0])
        for _ in range(40):
            here.clock[0] += MINUTE
            here.posting.round()
        ids = [mail["Message-ID"] for mail in office.mails()]
        assert (len(ids), len(set(ids))) == (12, 12)
        assert {state for state, _, _ in states(here)} == {"sent"}


@pytest.mark.parametrize(
    "address",
    [
        "ann@example.org\r\nBcc: eve@example.org",
        "ann@example.org, eve@example.org",
        "a" * 290 + "@example.org",
        "a" * 65 + "@example.org",
        "ann",
        "ann@",
        "ann@exa mple.org",
        "<ann@example.org>",
        '"ann\n"@example.org',
    ],
)
def test_an_address_that_is_none_or_more_than_one_gets_nothing(office: PostOffice, address: str) -> None:
    with by_mail(office) as here:
        with here.program.store.history.database.transaction() as writes:
            writes.execute("UPDATE directory_person SET email = ? WHERE person = 'ann'", [address])
            writes.execute("UPDATE directory_changes SET changes = changes + 1")
        here.pass_to("2026-06-01 12:00")
        here.tell()
        assert office.came == 0
        assert [state for state, _, _ in states(here)] == ["failed"]
        assert address not in repr(states(here))


def test_a_title_with_line_ends_adds_no_header(office: PostOffice) -> None:
    from services.notices.carrying import Written
    from services.notices.composing import packet
    from services.notices.outbox import LetterRow

    letter = LetterRow("l", "mail", "ann", "breach", 0, 0, 0, "waits", "", 0)
    written = Written("en", "One\r\nBcc: eve@example.org\u2028two", "text\n.\nRCPT", "<p></p>")
    made = packet(letter, written, sender="e@example.org", name="Val\r\nX: y", to="ann@example.org")
    head = made.content.partition(b"\r\n\r\n")[0]
    assert b"\r\nBcc" not in head
    assert b"\r\nX:" not in head


# Forgetting


def test_whoever_is_forgotten_is_told_nothing_and_nothing_of_it_is_kept(office: PostOffice) -> None:
    with by_mail(office) as here:
        here.pass_to("2026-06-01 12:00")
        here.posting.round()
        program = here.program
        also = [program.leaving, program.untold]
        erasing = Erasing(program.store.history, None, program.store.clock, None, also)
        erasing.erase(ADMINISTRATOR, "ann", "asked for")
        with program.store.history.database.connect() as reads:
            for table in ("notice", "notice_letter", "notice_preference"):
                assert reads.query(f"SELECT 1 FROM {table} WHERE person = 'ann'") == []
        assert here.tell() == 0


def test_who_is_reminded_is_told_until_it_is_answered(office: PostOffice) -> None:
    with by_mail(office) as here:
        here.prefer("ann", kinds={"morning": "none", "breach": "none", "action": "none"})
        here.pass_to("2026-06-01 12:00")
        store = here.program.store
        luc = signed_in("luc", {"ward": Grade.HEAD})
        store.use(Reminding).remind(luc, "c/d/on-time", "2026-06-01", "Where is it?")
        here.judge()
        assert here.tell() == 1
        [mail] = office.mails("ann@example.org")
        assert "Reminder" in mail["Subject"]
        assert "ward asks where it is" in words(mail)
        assert "Mon 1 Jun 2026 · Luc: “Where is it?”" in words(mail)


def know_each_other(here: Town) -> None:
    """Service files name people to both parties, so that either may name them."""
    for service, person in (("lab", "ann"), ("ward", "luc")):
        here.apply(
            {"entente": 1, "service": service, "title": service, "people": [{"id": person, "name": person.title()}]}
        )


def test_who_has_reminded_is_told_the_answer_once_also_where_it_names_them(office: PostOffice) -> None:
    with by_mail(office) as here:
        for person in ("ann", "luc"):
            here.prefer(person, kinds={"morning": "none", "breach": "none", "action": "none"})
        here.pass_to("2026-06-01 12:00")
        know_each_other(here)
        reminding = here.program.store.use(Reminding)
        ann, luc = signed_in("ann", {"lab": Grade.HEAD}), signed_in("luc", {"ward": Grade.HEAD})
        id, _ = reminding.remind(luc, "c/d/on-time", "2026-06-01", "Where is it, @ann?")
        here.judge()
        here.tell()
        [asked] = office.mails("ann@example.org")
        assert (asked["Subject"], words(asked).count("Where is it")) == ("Reminder: A deliverable · on-time", 1)
        reminding.answer(ann, id, "At noon, @luc")
        here.judge()
        here.tell()
        [answered] = office.mails("luc@example.org")
        assert answered["Subject"] == "Answer: A deliverable · on-time"
        assert "lab answers your reminder" in words(answered)
        assert words(answered).count("Ann: “At noon, @luc”") == 1
        here.clock[0] += HOUR
        assert here.tell() == 0


def test_who_answered_an_excuse_and_why_stands_in_its_mail(office: PostOffice) -> None:
    with by_mail(office) as here:
        for person in ("ann", "luc"):
            here.prefer(person, kinds={"morning": "none", "breach": "none", "action": "none"})
        here.pass_to("2026-06-01 12:00")
        know_each_other(here)
        excusing = here.program.store.use(Excusing)
        ann, luc = signed_in("ann", {"lab": Grade.HEAD}), signed_in("luc", {"ward": Grade.HEAD})
        id, _ = excusing.ask(ann, "c/d/on-time", reason="other", text="Snow, @luc", keys=["2026-06-01"])
        here.judge()
        here.tell()
        excusing.refuse(luc, id, "There was <b>none</b>, @ann")
        here.judge()
        here.tell()
        [asked], [refused] = office.mails("luc@example.org"), office.mails("ann@example.org")
        assert words(asked).count("Ann: “Snow, @luc”") == 1
        assert words(refused).count("Luc: “There was <b>none</b>, @ann”") == 1
        assert "There was &lt;b&gt;none&lt;/b&gt;" in words(refused, "html")
        assert refused["Subject"].startswith("Excuse: ")


def test_a_refusal_is_called_one_and_says_why_and_a_mention_what_was_said(office: PostOffice) -> None:
    with by_mail(office) as here:
        for person in ("ann", "ben"):
            here.prefer(person, kinds={"morning": "none", "breach": "none", "action": "none"})
        here.pass_to("2026-06-01 12:00")
        ann, luc = signed_in("ann", {"lab": Grade.HEAD}), signed_in("luc", {"ward": Grade.HEAD})
        store = here.program.store
        store.use(Contracting).apply(ann, document(agreed(late_data="3 days", effective="2026-07-01")))
        store.use(Contracting).refuse(luc, "c", "Three days are <b>too long</b>")
        breach, *_ = store.read(ADMINISTRATOR, read_breaches)
        store.use(FollowingUp).explain_breach(ann, breach.id, "ask @ben")
        here.judge()
        here.tell()
        [refusal], [mention] = office.mails("ann@example.org"), office.mails("ben@example.org")
        assert refusal["Subject"] == "Refused: A contract"
        assert "Luc: “Three days are <b>too long</b>”\n  Version 2 refused" in words(refusal)
        assert "Three days are &lt;b&gt;too long&lt;/b&gt;" in words(refusal, "html")
        assert mention["Subject"] == "Mention: A deliverable · on-time"
        assert "Ann: “ask @ben”\n  Ann names you" in words(mention)


def test_a_letter_that_cannot_be_written_keeps_back_no_other(office: PostOffice) -> None:
    with by_mail(office) as here:
        here.pass_to("2026-06-01 12:00")
        assert here.tell() == 1
        for person in ("luc", "ben"):
            here.posting.outbox.test(person, here.clock[0])
        write = here.posting._sending._write
        here.posting._sending._write = lambda letter, notices: {"ben": write}[letter.person](letter, notices)
        here.clock[0] += 5 * MINUTE
        assert here.posting.round() == 1
        assert len(office.mails("ben@example.org")) == 1
        assert ("waits", "a fault of the program; its log says more", 1) in states(here)
        here.posting._sending._write = write
        here.clock[0] += 5 * MINUTE
        assert here.posting.round() == 1
        assert len(office.mails("luc@example.org")) == 1


def test_what_is_taken_back_is_told_again(office: PostOffice) -> None:
    with by_mail(office) as here:
        here.prefer("ann", kinds={"morning": "none", "action": "none"})
        here.pass_to("2026-06-01 12:00")
        assert here.tell() == 1
        following_up, ben = here.program.store.use(FollowingUp), signed_in("ben", {"lab": Grade.MEMBER})
        breach, *_ = [one for one in here.program.store.read(ADMINISTRATOR, read_breaches) if one.key == "2026-06-01"]
        following_up.explain_breach(ben, breach.id, "the line was down")
        said_at = here.clock[0]
        here.judge()
        assert here.tell() == 0
        following_up.take_back(ben, breach.id, "explanation", said_at)
        here.judge()
        here.pass_to(here.clock[0] + HOUR)
        assert here.tell() == 1
        assert "Missing, Mon 1 Jun 2026" in words(office.mails("ann@example.org")[-1])


def test_two_programs_at_once_send_each_letter_once(office: PostOffice, store_url: str) -> None:
    with by_mail(office, url=store_url) as here:
        here.pass_to("2026-06-01 12:00")
        here.posting.round()
        for person in ("ann", "ben", "luc") * 4:
            here.posting.outbox.test(person, here.clock[0])
        here.clock[0] += 5 * MINUTE
        both = [Posting(here.program), Posting(here.program)]
        with ThreadPoolExecutor(2) as threads:
            assert sum(threads.map(Posting.round, both)) == 13
        ids = [mail["Message-ID"] for mail in office.mails()]
        assert (len(ids), len(set(ids))) == (13, 13)
        assert len({(one["person"], one["what"]) for one in told(here)}) == len(told(here))
