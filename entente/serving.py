"""`entente serve`: API, judging and pages in one process, on loopback only."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import uvicorn
from fastapi import FastAPI
from starlette.requests import Request
from starlette.types import Scope

from dashboards.language import choose
from dashboards.messages import messages
from dashboards.metrics import metrics_registry, metrics_routes
from dashboards.pages import (
    MENU,
    ROUTES,
    THINGS,
    Choices,
    Pages,
    pack_html,
    page_before_any,
    page_for_error,
    pages_router,
)
from dashboards.pages.house.given import Doors
from dashboards.pages.house.posting import Tickets
from domain.saying import heard, said
from domain.times import Clock
from entente.ahead import ready_packs, ready_rows
from entente.doors import doors_of, webhooks_of
from entente.forgetting import Forgetting
from entente.kafka_wiring import Watch, kafka_holds, kafka_waits
from entente.kept_where import places
from entente.listening import config, run_http
from entente.posting import Posting
from entente.settings import Settings
from entente.soundness import DailyLook
from entente.supervising import Beat, Supervised
from entente.timekeeping import LiveTime
from entente.wiring import Program
from ingestion.events_api import events_router
from ingestion.hall import Hall
from ingestion.webhooks import Webhook, webhooks_router
from services.access import Principal, Right
from services.access_keys.asker import KeyAsker, is_key, key_of
from services.access_keys.keeping import OF_A_KEY, PREFIX
from services.api.asking import chosen
from services.api.bodies import Bodies
from services.api.cross_site import CrossSiteRule, FormTokens
from services.api.describing import describe
from services.api.headers import HeadedApp
from services.api.hosts import Hosts
from services.api.joining import join
from services.api.ports import Api
from services.api.problems import problem_handlers
from services.api.speaking import Speaking, Voice
from services.api.strangers import Strangers
from services.api.waiting import Waiting
from services.errors import Invalid, NotAllowed
from services.history.secret import secret_of
from services.holding import Held
from services.notices.hook import hosts_allowed
from services.patience import Patience, waiting
from services.protection.noting import Noting
from services.pulse import Pulse
from services.serving.health import health_routes
from services.serving.router import api_router
from services.sign_in.around import Forwarded, OnlyEncrypted, SessionCookies, is_within, networks_of
from services.sign_in.asker import Asker, Proxy
from services.sign_in.oidc_renewing import Renewing

LEAST_SECRET: Final = 32


def web(
    program: Program,
    *,
    choices: Choices | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
    troubles: Callable[[], Mapping[str, str]] = dict,
    held: Callable[[], Held | None] = lambda: None,
) -> FastAPI:
    """The application: /v1, /metrics, /healthz, /readyz and the pages. Where nobody signs in it is made for loopback, and believes who
    one says one is."""
    who = who_asks(program)
    app = HeadedApp(title="Entente", version="1", docs_url=None, redoc_url=None)
    pulse = Pulse(program.store.seeing.known, is_stopping)
    api = Api(
        store=program.store,
        pack_html=partial(pack_html, organisation=program.settings.organisation),
        quarantine=program.quarantine,
        who_asks=who,
        is_still=still(who),
        is_stopping=is_stopping,
        pulse=pulse,
        places=places(program.settings),
    )
    hooks = webhooks_of(program.settings)
    _add_doors(app, program, who, hooks)
    pages = _pages(program, who, choices, held, pulse, doors_of(program.settings, hooks))
    join(app, pages_router(pages))
    join(app, api_router(api, ROUTES))
    join(app, health_routes(program.store, troubles, held, names=not program.settings.ways))
    join(app, metrics_routes(metrics_registry(program.store.seeing, program.metrics), _metrics_of(program)))
    problem_handlers(app, partial(page_for_error, pages), partial(_administrators, program))
    describe(app)
    _stand_before(app, program, is_stopping=is_stopping)
    return app


def _pages(
    program: Program,
    who: Callable[[Request], Principal],
    choices: Choices | None,
    held: Callable[[], Held | None],
    pulse: Pulse,
    doors: Doors,
) -> Pages:
    """What the pages are given: ways in where people sign in, else whom one may choose to be."""
    settings = program.settings
    return Pages(
        store=program.store,
        quarantine=program.quarantine,
        organisation=settings.organisation,
        zone=settings.zone,
        resolve=who,
        choices=None if settings.ways else choices,
        sign_in=program.sign_in if settings.ways else None,
        ways=settings.ways,
        oidc=program.oidc,
        feeds=program.feeds if settings.ways else None,
        walls=program.walls if settings.ways else None,
        access_keys=program.access_keys if settings.ways else None,
        is_still=still(who),
        grafana=settings.grafana_url,
        pulse=pulse,
        tickets=Tickets(store=program.store.history.lineage),
        held=held,
        forms=FormTokens(secret_of(program.store.history.database, "form tokens")),
        clock=program.store.clock,
        places=places(settings),
        post=Path(settings.mail_to) if settings.mail_to and not settings.ways else None,
        notify_hosts=hosts_allowed(settings.notify_hosts),
        doors=doors,
        menu=MENU,
        things=THINGS,
    )


def _administrators(program: Program, request: Request) -> list[str]:
    """The names of those who let people in everywhere, for somebody who has signed in; nobody for a key, which is nobody's."""
    who = getattr(request.state, "who", None)
    if not (program.settings.ways and isinstance(who, Principal) and who.person) or who.person.startswith(OF_A_KEY):
        return []
    sign_in = program.sign_in
    return [sign_in.directory.named(one).name or one for one in sign_in.roles.holders("administrator", sign_in.today())]


def who_asks(program: Program) -> Callable[[Request], Principal]:
    """Says who makes a request: who has signed in, or, where nobody signs in, whom it names. Raises Invalid for a way in that
    lacks what it needs."""
    settings = program.settings
    if not settings.ways:
        return chosen
    proxy = _proxy(settings) if "proxy" in settings.ways else None
    return Asker(program.sign_in, settings.ways, by_key=KeyAsker(program.access_keys), proxy=proxy)


def _scrapes(scope: Scope) -> bool:
    """A Prometheus in a cluster asks by the address of a machine, and brings a key."""
    return bool(scope["path"] == "/metrics" and _brings_key(Request(scope)))


def _brings_key(request: Request) -> bool:
    return (key_of(request) or "").startswith(PREFIX)


def _metrics_of(program: Program) -> Callable[[Request], str | None] | None:
    """Whose metrics a request may have: those of the service of its key, or all (None). None where nobody signs in. Raises
    NotSignedIn, NotAllowed."""
    who = who_asks(program)
    if not isinstance(who, Asker):
        return None

    def allowed(request: Request) -> str | None:
        known = who(request)
        if known.may(Right.AUDIT) or known.may(Right.ADMINISTER):
            return None
        if not is_key(known):
            raise NotAllowed(
                said("metrics are for keys that can read them, the administrator and the auditor"),
                mend=said("entente access-keys create SERVICE --can metrics"),
            )
        return next(iter(known.services), None)

    return allowed


def still(who: Callable[[Request], Principal]) -> Callable[[Request, Principal], bool]:
    """Says whether somebody who has asked is still let in; everybody is where nobody signs in."""
    return who.is_still if isinstance(who, Asker) else lambda request, known: True


def _proxy(settings: Settings) -> Proxy:
    networks = networks_of(settings.proxy_from)
    try:
        secret = Path(settings.proxy_secret_file).read_bytes().strip() if settings.proxy_secret_file else b""
    except OSError as error:
        raise Invalid(
            heard(error.strerror or ""),
            place="ENTENTE_PROXY_SECRET_FILE",
            mend=said("the path of a file that can be read"),
        ) from error
    if not networks or len(secret) < LEAST_SECRET:
        raise Invalid(
            said("a proxy that signs people in has to be known by its network and by a secret"),
            place="ENTENTE_PROXY_FROM, ENTENTE_PROXY_SECRET_FILE",
            mend=said("its network, and a file with at least {least} random characters", least=LEAST_SECRET),
        )
    return Proxy(secret, partial(is_within, networks=networks))


def _add_doors(
    app: FastAPI, program: Program, who: Callable[[Request], Principal], webhooks: Mapping[str, Webhook]
) -> None:
    """Adds the routes through which events come in; what comes waits in one hall."""
    hall = Hall(program.door)
    join(app, events_router(program.door, who, hall))
    if program.settings.webhooks:
        join(app, webhooks_router(program.door, who, webhooks, program.store.clock, hall))


def _stand_before(app: FastAPI, program: Program, *, is_stopping: Callable[[], bool]) -> None:
    """Adds what each request passes before it is answered, the innermost first."""
    settings = program.settings
    app.add_middleware(Noting, log=program.sign_in.log)
    app.add_middleware(Bodies)
    app.add_middleware(Waiting, seconds=settings.look_back, is_stopping=is_stopping)
    app.add_middleware(CrossSiteRule, page=page_before_any)
    app.add_middleware(Strangers)
    app.add_middleware(Hosts, names=settings.names(), page=page_before_any, is_known=_scrapes)
    if settings.ways:
        if program.oidc is not None:
            app.add_middleware(Renewing, sign_in=program.oidc)
        app.add_middleware(SessionCookies, sessions=program.sign_in.sessions)
        app.add_middleware(OnlyEncrypted, is_by_key=_brings_key)
    app.add_middleware(Speaking, choose=_voice)
    app.add_middleware(Forwarded, networks=networks_of(settings.proxy_from))


def _voice(accepted: str) -> Voice:
    """In which language problems are told to who accepts these."""
    spoken = choose(None, accepted)
    return Voice(spoken.code, messages(spoken.code).say)


def state_alone(
    program: Program,
    troubles: Callable[[], Mapping[str, str]],
    held: Callable[[], Held | None] = lambda: None,
    *,
    needs_judge: bool,
) -> FastAPI:
    """/healthz, /readyz and the program's own metrics, for processes that show nothing else."""
    app = HeadedApp(title="Entente", version="1", docs_url=None, redoc_url=None, openapi_url=None)
    names = not program.settings.ways
    join(app, health_routes(program.store, troubles, held, needs_judge=needs_judge, names=names))
    join(app, metrics_routes(program.metrics.registry, _metrics_of(program)))
    problem_handlers(app)
    app.add_middleware(Bodies)
    app.add_middleware(Hosts, names=program.settings.names())
    app.add_middleware(Speaking, choose=_voice)
    return app


SWITCH_SECONDS = 0.0005
"""Seconds that a thread may keep the interpreter from the others: judging, which calculates, is not to hold up answers."""


def serve(
    program: Program,
    bound: socket.socket,
    *,
    now: Clock,
    choices: Choices | None = None,
    live: bool = True,
    accepts_clock: bool = False,
    role: str = "all",
    started: Callable[[], None] = lambda: None,
    also: Sequence[Callable[[threading.Event], None]] = (),
) -> None:
    """Serves until a signal ends it. `started` is called when pages can be asked for; `also` are loops of the caller,
    each told when to stop."""
    sys.setswitchinterval(SWITCH_SECONDS)
    beside = _Beside(program, _live_time(program, now, accepts_clock=accepts_clock) if live else None)
    if role != "judge":
        also = [*also, ready_packs(program.store), ready_rows(program.store)]
    beside.add_loops(also, judges=role in ("all", "judge"))
    with beside.running():
        if role == "judge":
            app = state_alone(program, beside.troubles, beside.held, needs_judge=True)
        else:
            is_stopping = beside.stopping.is_set
            app = web(program, choices=choices, is_stopping=is_stopping, troubles=beside.troubles, held=beside.held)
        run_http(app, bound, beside.stopping, started)


class _Beside:
    """The loops beside HTTP in a process that serves: judging, time, and looks at Kafka and at the store, each of them
    looked after. `live_time`: None where time does not pass by itself."""

    def __init__(self, program: Program, live_time: LiveTime | None):
        self._program = program
        self._live_time = live_time
        self._watch = Watch(program.settings, program.store.history) if program.settings.kafka_servers else None
        self._look = DailyLook(program.store.history.database)
        self._posting = Posting(program)
        self._loops = Supervised()
        self.stopping = self._loops.stopping
        self._measure()

    def add_loops(self, also: Sequence[Callable[[threading.Event], None]], *, judges: bool) -> None:
        """The loops, in the order in which they start; without `also` the process can do its work."""
        if judges:
            judging = self._program.store.judging
            self._loops.add("judge", lambda beat: judging.serve(beat=beat))
            if self._program.checkpoints.has_key:
                self._program.checkpoints.keys()  # what is wrong with them stops the start
                self._loops.add("checkpoints", self._keep_checkpoints, is_vital=False)
        if self._live_time is not None:
            self._loops.add("time", self._live_time.run)
        if self._watch is not None:
            self._loops.add("kafka-watch", partial(self._watch.run, self.stopping))
        self._loops.add("soundness", partial(self._look.run, self.stopping), is_vital=False)
        if judges and self._program.keys is not None:
            forgetting = Forgetting(self._program)
            self._loops.add("forgetting", partial(_without_beat, forgetting.run, self.stopping), is_vital=False)
        if judges and self._posting.is_on and (self._live_time is not None or self._program.settings.mail_to):
            self._loops.add("notices", partial(self._posting.run, self.stopping), is_vital=False)
            self._program.metrics.notices = self._posting.measured
        for loop in also:
            self._loops.add(loop.__name__, partial(_without_beat, loop, self.stopping), is_vital=False)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Runs the loops until the end of the block, and then ends each of them."""
        self._loops.start()
        try:
            yield
        finally:
            self.stopping.set()
            if self._live_time is not None:
                self._live_time.stop()
            self._program.store.judging.stop()
            self._loops.join()

    def _keep_checkpoints(self, beat: Beat) -> None:
        judging = self._program.store.judging
        with waiting(Patience(is_stopping=self.stopping.is_set)):
            self._program.checkpoints.keep(lambda: judging.leads, self.stopping, beat)

    def troubles(self) -> dict[str, str]:
        """Why the process cannot do its work, by what is in trouble."""
        told = {"kafka": self._watch.trouble() if self._watch is not None else None, "store": self._look.trouble()}
        return self._loops.troubles() | {name: why for name, why in told.items() if why is not None}

    def held(self) -> Held | None:
        """Says what keeps time from passing; None where nothing does."""
        return self._live_time.held() if self._live_time is not None else None

    def _measure(self) -> None:
        metrics = self._program.metrics
        if self._live_time is not None:
            metrics.held, metrics.awaited = self._live_time.held, self._live_time.awaited
        if self._watch is not None:
            metrics.kafka = self._watch
        metrics.damage = lambda: self._look.found
        metrics.ending_keys = lambda: len(self._program.access_keys.ending())
        metrics.restarts = self._loops.restarts


@contextmanager
def telling_state(program: Program, bound: socket.socket, worker_trouble: Callable[[], str | None]) -> Iterator[None]:
    """Beside a Kafka worker: its state over HTTP, until the end of the block."""
    loops = Supervised()
    watch = Watch(program.settings, program.store.history)
    program.metrics.kafka, program.metrics.restarts = watch, loops.restarts

    def troubles() -> dict[str, str]:
        told = {"kafka": watch.trouble(), "worker": worker_trouble()}
        return loops.troubles() | {name: why for name, why in told.items() if why is not None}

    answering = config(state_alone(program, troubles, needs_judge=False))
    server = uvicorn.Server(answering)
    loops.add("kafka-watch", partial(watch.run, loops.stopping))
    loops.add("state", lambda beat: _in_thread(server, bound, beat))
    loops.start()
    try:
        yield
    finally:
        loops.stopping.set()
        server.should_exit = True
        loops.join()


def _in_thread(server: uvicorn.Server, bound: socket.socket, beat: Beat) -> None:
    beat()
    server.run(sockets=[bound])


def _without_beat(loop: Callable[[threading.Event], None], stopping: threading.Event, beat: Beat) -> None:
    beat()
    with waiting(Patience(is_stopping=stopping.is_set)):
        loop(stopping)


def _live_time(program: Program, now: Clock, *, accepts_clock: bool) -> LiveTime:
    settings = program.settings
    history = program.store.history
    return LiveTime(
        program,
        now,
        settle=settings.settle,
        outage=settings.outage,
        holds=kafka_holds(settings, history),
        waits=kafka_waits(history),
        accepts_clock=accepts_clock,
    )
