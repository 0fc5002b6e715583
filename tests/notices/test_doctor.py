"""What `doctor`, the metrics and the command line say of letters."""

from __future__ import annotations

import json
from pathlib import Path

from prometheus_client import generate_latest

from entente.doctor_notices import notice_findings
from tests.end_to_end.running import Entente
from tests.notices.post_office import PostOffice
from tests.notices.town import PEOPLE, town


def test_doctor_and_metrics_say_what_failed(office: PostOffice) -> None:
    office.recipient = lambda _: "550 no"
    with town(mail_url=office.url, mail_from="entente@example.org", pages_url="http://example.org") as here:
        metrics = here.program.metrics
        metrics.notices = here.posting.measured
        here.pass_to("2026-06-01 12:00")
        here.tell()
        said = [
            (one.state, str(one.says)) for one in notice_findings(here.program.store.history, here.program.settings)
        ]
        assert said == [
            ("warning", "mails hold no links, and no way to end their kind by one click"),
            ("warning", "letters with notices that failed: 1"),
        ]
        written = generate_latest(metrics.registry)
        assert b"entente_notices_waiting 0.0" in written
        assert b'entente_notices_total{channel="mail",result="failed"} 1.0' in written


def test_doctor_says_what_a_setting_lacks(office: PostOffice) -> None:
    with town() as here:
        history, settings = here.program.store.history, here.program.settings
        [quiet] = notice_findings(history, settings)
        assert quiet.state == "ok"
        for wrong in ({"mail_url": office.url}, {"mail_url": "smtps://u:secret@h", "mail_from": "e@example.org"}):
            [found] = notice_findings(history, settings.model_copy(update=wrong))
            assert found.state == "wrong"
            assert "secret" not in found.says


def test_the_command_line_sends_a_test_and_lists_it(tmp_path: Path) -> None:
    entente = Entente("sqlite:///town.db", tmp_path, {"ENTENTE_MAIL_TO": str(tmp_path / "mails")})
    people = [{"person": one, "email": f"{one}@example.org", "services": of} for one, of in PEOPLE.items()]
    entente.write("people.yaml", json.dumps({"entente": 1, "access": "town", "people": people}))
    entente.ok("apply", "people.yaml")
    entente.ok("mail", "test", "ann")
    [letter] = entente.json("mail", "list")
    assert (letter["person"], letter["kind"], letter["state"]) == ("ann", "test", "sent")
    assert len(list((tmp_path / "mails").glob("*.eml"))) == 1
    assert "nobody" in entente.run("mail", "test", "nobody").problem(2)
