"""`serve` is killed while it sends: whatever moment that is, nobody is told twice, and what may not have arrived is said."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from entente.posting import Posting
from entente.settings import Settings
from entente.wiring import program
from services.access import ADMINISTRATOR
from services.notices.outbox import LEASE, UNSURE
from services.notices.reading import read_letters
from tests.end_to_end.running import Entente, wait_until
from tests.notices.post_office import TAKEN, PostOffice
from tests.notices.town import town

LETTERS = 12
KILLED_AT = 5


@pytest.mark.parametrize(("moment", "unsure"), [("answer", 1), ("recipient", 0)])
def test_a_serve_that_is_killed_has_told_nobody_twice(
    tmp_path: Path, office: PostOffice, moment: str, unsure: int
) -> None:
    """At a letter's last line, which the server took and could answer no more; before it was handed over."""
    now = time.time_ns() // 1_000
    store = f"sqlite:///{tmp_path / 'town.db'}"
    given: dict[str, Any] = {"mail_url": office.url, "mail_from": "entente@example.org"}
    with town(store, **given) as here:
        for _ in range(LETTERS):
            here.posting.outbox.test("ann", now)
    said = {"ENTENTE_MAIL_URL": office.url, "ENTENTE_MAIL_FROM": "entente@example.org", "ENTENTE_ACCESS": "accounts"}
    said["ENTENTE_PAGES_URL"] = "https://entente.example.org"
    with Entente(store, tmp_path, said).started("serve", "--port", 0, "--accept-clock") as running:

        def kill(number: int) -> str:
            if number == KILLED_AT:
                os.kill(running.process.pid, signal.SIGKILL)
            return TAKEN

        setattr(office, moment, kill)
        wait_until(lambda: not running.is_alive(), running.shown)
    setattr(office, moment, lambda _: TAKEN)
    later = now + 2 * LEASE
    with program(Settings(store=store, access="accounts", **given), clock=lambda: later) as opened:
        posting = Posting(opened)
        while posting.send():
            pass
        letters = [one.row for one in read_letters(opened.store.history.database, ADMINISTRATOR)]
    states = Counter((one.state, one.why) for one in letters)
    sent = [mail["Message-ID"] for mail in office.mails("ann@example.org")]
    assert len(sent) == len({*sent}) == LETTERS
    assert states[("failed", UNSURE)] == unsure
    assert states[("sent", "")] == LETTERS - unsure
