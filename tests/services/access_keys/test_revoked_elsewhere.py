"""A key that is revoked while several programs are asked with it: none lets it in a second later (trust §7, T-2)."""

from __future__ import annotations

import subprocess
import sys
import time

from services.access import ADMINISTRATOR
from tests.end_to_end.running import environment
from tests.entering import entered
from tests.forks import ROOT

PUSHING = """
import sys, time
from entente.settings import Settings
from entente.wiring import program
from services.errors import NotSignedIn
from tests.entering import NOW

with program(Settings(store=sys.argv[1], access="accounts"), clock=lambda: NOW) as opened:
    last = 0.0
    try:
        while True:
            began = time.monotonic()
            opened.access_keys.checked(sys.argv[2])
            if not last:
                print("let in", flush=True)
            last = began
    except NotSignedIn:
        print(last, flush=True)
"""


def test_no_program_lets_in_a_key_a_second_after_another_revoked_it(postgres_url: str) -> None:
    with entered(postgres_url) as house:
        given = house.program.access_keys.create(ADMINISTRATOR, "it", "push")
        pushing = [
            subprocess.Popen(
                [sys.executable, "-c", PUSHING, postgres_url, given.secret],
                cwd=ROOT,
                env=environment({}),
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(3)
        ]
        told = [one.stdout for one in pushing if one.stdout is not None]
        assert [one.readline() for one in told] == ["let in\n"] * len(pushing)
        house.program.access_keys.revoke(ADMINISTRATOR, given.terms.key)
        revoked = time.monotonic()
        last = [float(one.readline()) for one in told]
        for one in pushing:
            one.communicate()
    assert max(last) - revoked <= 1.0
