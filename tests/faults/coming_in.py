"""Signing in and taking somebody out, killed in the middle: nobody is half in, nobody is shut out, nothing is good twice."""

from __future__ import annotations

import json
import random
import signal
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.access import ADMINISTRATOR
from services.checkpoints.keeping import Keeping
from services.checkpoints.signing import create_key
from services.checkpoints.verifying import verify
from services.contracts.contracting import Contracting
from services.errors import NotAllowed, NotFound, NotSignedIn, Refused
from services.opening import system_clock
from services.sign_in.signing_in import Opened
from tests.end_to_end.running import environment
from tests.faults.steps import POINTS
from tests.forks import Forks
from tests.given import document
from tests.patience import PATIENCE
from tests.services.sign_in.lying_provider import CLIENT, SECRET, lying_provider
from tests.services.sign_in.test_oidc_sessions import BACK, BROWSER, GROUPS, PEOPLE
from tests.services.sign_in.test_oidc_sessions import Town as OidcTown
from tests.services.sign_in.test_signing_in import PASSWORD, Town

LATER = 60_000_000
"""After which the app shows another code, and no attempt waits."""
FALLS = 4
"""Of one run."""
Note = Callable[[str], None]


@dataclass(frozen=True)
class Run:
    """One run: what forks the programs that die, a store, a folder, and what chooses where they do."""

    forks: Forks
    url: str
    folder: Path
    seed: int
    note: Note

    def falls(self, step: str) -> list[str]:
        """Where this run dies, one after the other: the runs of few seeds together die everywhere."""
        points = [*POINTS[step]]
        random.Random(step).shuffle(points)
        return [points[((self.seed - 1) * FALLS + at) % len(points)] for at in range(FALLS)]

    def dies(self, now: int, step: str, point: str, *words: str) -> None:
        """A program on the same store takes the step, and dies there."""
        self.note(f"killed at `{point}` of `{step}`")
        said = self.folder / "killed.log"
        told = [point, self.url, str(now), step, *words]
        code = self.forks.start("tests.faults.steps", told, self.folder, environment(), said, said).wait(PATIENCE)
        assert code == -signal.SIGKILL, (step, point, code, said.read_text())


def _sessions(town: Town, person: str) -> int:
    """Those that are in: who has given a password alone is not."""
    return sum(one.stage == "in" for one in town.sign_in.sessions.of_person(person))


def _entries(town: Town) -> list[bytes]:
    return [bytes(entry.state) for entry in town.store.history.read(0, 10_000)]


def between_password_and_code(run: Run, town: Town) -> None:
    """A password was given, and its answer, or that of the code after it, never came."""
    app, handed = town.with_factor("luc")
    for step in ("password", "code"):
        for number, point in enumerate(run.falls(step)):
            town.now += LATER
            code = handed.pop() if number % 2 else town.code(app)
            if step == "password":
                before = _sessions(town, "luc")
                run.dies(town.now, step, point, "luc", PASSWORD)
                assert _sessions(town, "luc") == before
            else:
                _code_is_good_once(run, town, point, code)
            town.now += LATER
            begun = town.sign_in.by_password("luc", PASSWORD)
            assert town.who(begun) is None
            assert town.who(town.sign_in.by_code(begun.secret, town.code(app))) is not None


def _code_is_good_once(run: Run, town: Town, point: str, code: str) -> None:
    begun, other = (town.sign_in.by_password("luc", PASSWORD) for _ in range(2))
    run.dies(town.now, "code", point, begun.secret, code)
    assert town.who(begun) is None
    if point in ("taking", "held"):  # it was not used
        assert town.who(town.sign_in.by_code(begun.secret, code)) is not None
    for one in (begun, other):
        with pytest.raises(NotSignedIn):
            town.sign_in.by_code(one.secret, code)


def while_the_factor_is_set_up(run: Run, town: Town) -> None:
    """The code of the app was sent, and its answer never came: the app is the factor, or is not yet, and nobody came in."""
    for point in run.falls("factor"):
        town.now += LATER
        begun = town.let_in("luc")
        _, app = town.sign_in.seed(begun.secret)
        run.dies(town.now, "factor", point, begun.secret, town.code(app))
        assert town.who(begun) is None
        is_set_up = town.sign_in.accounts.has_factor("luc")
        assert is_set_up == (point in ("noting", "noted"))
        assert _sessions(town, "luc") == is_set_up  # one of which nobody was told
        if is_set_up:
            again = town.sign_in.by_password("luc", PASSWORD)
            with pytest.raises(NotSignedIn):
                town.sign_in.by_code(again.secret, town.code(app))
            town.now += LATER
            assert town.who(town.sign_in.by_code(again.secret, town.code(app))) is not None
        else:
            assert town.sign_in.seed(begun.secret) == ("luc", app)  # the page shows the same again
            opened, _ = town.sign_in.confirm_seed(begun.secret, town.code(app))
            assert town.who(opened) is not None


def while_the_provider_vouches(run: Run, _: Town) -> None:
    """Between the exchange of the code and our answer: it is begun anew, by the link where that was not used up."""
    with lying_provider() as lying, closing(OidcTown(run.url, lying)) as ours:
        for point in run.falls("provider"):
            link = ours.sign_in.inviting.invite(ADMINISTRATOR, "anna")
            answer = ours.begin(invitation=link)
            told = (lying.issuer, CLIENT, SECRET, BROWSER, BACK, json.dumps(answer))
            run.dies(ours.now(), "provider", point, *told)
            assert all(one.provider for one in ours.sign_in.sessions.of_person("anna"))  # none that lacks its tokens
            if point == "begun":  # nothing of it was kept: the browser may send it again
                assert ours.oidc.finish(BROWSER, BACK, answer)
            with pytest.raises(NotAllowed):
                ours.oidc.finish(BROWSER, BACK, answer)
            is_bound = point not in ("exchanging", "exchanged", "used up", "bound")
            session = ours.of(ours.come(invitation="" if is_bound else link).opened.secret)
            assert session is not None
            assert session.person == "anna"


def while_somebody_is_taken_out(run: Run, town: Town) -> None:
    """Who is out stays out, wherever it fell; what was open does not come back with who is let in again."""
    for point in run.falls("suspend"):
        opened = town.let_in("anna")
        link = town.sign_in.inviting.invite(ADMINISTRATOR, "anna")
        run.dies(town.now, "suspend", point, "anna")
        if point == "deciding":
            assert town.who(opened) is not None
            town.sign_in.suspending.suspend(ADMINISTRATOR, "anna")
        with closing(Town(run.url)) as again:
            for one in (town, again):
                _is_out(one, opened, link)
        town.sign_in.suspending.resume(ADMINISTRATOR, "anna")
        assert town.who(opened) is None
        town.now += LATER
        assert town.who(town.sign_in.by_password("anna", PASSWORD)) is not None


def _is_out(town: Town, opened: Opened, link: str) -> None:
    assert town.who(opened) is None
    with pytest.raises(NotSignedIn):
        town.sign_in.by_password("anna", PASSWORD)
    with pytest.raises(NotFound):
        town.sign_in.redeem(link, PASSWORD)
    with pytest.raises(Refused):
        town.sign_in.suspending.suspend(ADMINISTRATOR, "anna")


TAKING_OUT = "killed while somebody is taken out"
ACTS: dict[str, Callable[[Run, Town], None]] = {
    "killed between password and code": between_password_and_code,
    "killed while a second factor is set up": while_the_factor_is_set_up,
    "killed while a provider vouches": while_the_provider_vouches,
    TAKING_OUT: while_somebody_is_taken_out,
}


def fall(name: str, run: Run) -> None:
    """On a store of its own. What was recorded before is the same afterwards, under the same checkpoints: signing in records
    nothing, and taking out and letting in again one entry each."""
    key = run.folder / "key"
    create_key(key, "ville.example/entente")
    with closing(Town(run.url)) as town:
        tree = {"entente": 1, "access": "town", "people": [*PEOPLE], "groups": GROUPS}
        town.store.use(Contracting).apply(ADMINISTRATOR, document(tree))
        keeping = Keeping(town.store.history, system_clock, town.store.judging.leading, keys=[key])
        assert keeping.make() is not None
        before = _entries(town)
        ACTS[name](run, town)
        after = _entries(town)
        assert after[: len(before)] == before
        assert len(after) - len(before) == (2 * FALLS if name == TAKING_OUT else 0)
        keeping.make()
        assert verify(town.store.history).problems == ()
