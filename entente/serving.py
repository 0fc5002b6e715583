"""`entente serve`: API, judging and pages in one process, on loopback only."""

from __future__ import annotations

import gc
import ipaddress
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType

import structlog
import uvicorn
from fastapi import APIRouter, FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware

from dashboards.language import choose
from dashboards.messages import messages
from dashboards.metrics import metrics_registry, metrics_routes
from dashboards.pages import MENU, Choices, Pages, pack_html, page_for_error, pages_router, prepare_pages
from dashboards.pages.posting import Tickets
from domain.saying import heard, said
from domain.times import Instant
from entente.connections import BoundedConnection
from entente.kafka_wiring import Watch, kafka_holds, kafka_waits
from entente.soundness import DailyLook
from entente.supervising import Beat, Supervised
from entente.timekeeping import LiveTime
from entente.wiring import Program, explained
from ingestion.events_api import events_router
from ingestion.hall import Hall
from ingestion.webhooks import read_webhooks, webhooks_router
from services.access import ADMINISTRATOR
from services.api.asking import asking
from services.api.bodies import Bodies
from services.api.describing import describe
from services.api.health import add_health
from services.api.ports import Api
from services.api.problems import problem_handlers
from services.api.router import api_router
from services.api.speaking import Speaking, Voice
from services.api.strangers import Strangers
from services.api.waiting import Waiting
from services.errors import EntenteError, Invalid, Unavailable
from services.holding import Held
from services.parts import PARTS
from services.patience import Patience, waiting
from services.pulse import Pulse
from services.reading.reading_contracts import read_commitments, read_contracts
from services.reading.reading_decisions import read_reviews
from services.reading.reviewing import review_pack
from services.seeing.known import Known
from services.store import Store

LOCAL_HOSTS = ["127.0.0.1", "localhost", "*.localhost", "["]
"""What a browser may call this machine: a name of somebody else's that leads here is refused. "[" is every IPv6 address."""


def web(
    program: Program,
    *,
    choices: Choices | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
    troubles: Callable[[], Mapping[str, str]] = dict,
    held: Callable[[], Held | None] = lambda: None,
) -> FastAPI:
    """The application: /v1, /metrics, /healthz, /readyz and the pages. Made for loopback, and for networks that are trusted:
    it believes who one says one is."""
    trusts = program.settings.trust_network == "yes"
    who = asking(allows_as_header=True, trusts_network=trusts)
    app = FastAPI(title="Entente", version="1", docs_url=None, redoc_url=None)
    pulse = Pulse(program.store.seeing.known, is_stopping)
    pages = Pages(
        store=program.store,
        quarantine=program.quarantine,
        organisation=program.settings.organisation,
        zone=program.settings.zone,
        resolve=who,
        choices=choices,
        grafana=program.settings.grafana_url,
        pulse=pulse,
        tickets=Tickets(store=program.store.history.lineage),
        held=held,
        clock=program.store.clock,
        menu=MENU,
    )
    api = Api(
        store=program.store,
        explain=explained,
        pack_html=partial(pack_html, organisation=program.settings.organisation),
        quarantine=program.quarantine,
        allows_as_header=True,
        trusts_network=trusts,
        is_stopping=is_stopping,
        troubles=troubles,
        held=held,
        pulse=pulse,
    )
    hall = Hall(program.door)
    app.include_router(events_router(program.door, who, hall))
    if program.settings.webhooks:
        secrets = Path(program.settings.webhook_secrets) if program.settings.webhook_secrets else None
        webhooks = read_webhooks(Path(program.settings.webhooks), secrets)
        app.include_router(webhooks_router(program.door, who, webhooks, program.store.clock, hall))
    app.include_router(api_router(api, [part.routes for part in PARTS if part.routes is not None]))
    app.include_router(metrics_routes(metrics_registry(program.store.seeing, program.metrics)))
    app.include_router(pages_router(pages))
    problem_handlers(app, partial(page_for_error, pages))
    describe(app)
    app.add_middleware(Bodies)
    app.add_middleware(Waiting, seconds=program.settings.look_back, is_stopping=is_stopping)
    app.add_middleware(Strangers)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["*"] if trusts else LOCAL_HOSTS)
    app.add_middleware(Speaking, choose=_voice)
    return app


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
    app = FastAPI(title="Entente", version="1", docs_url=None, redoc_url=None, openapi_url=None)
    router = APIRouter()
    add_health(router, program.store, troubles, held, needs_judge=needs_judge)
    app.include_router(router)
    app.include_router(metrics_routes(program.metrics.registry))
    problem_handlers(app)
    app.add_middleware(Bodies)
    if program.settings.trust_network != "yes":
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=LOCAL_HOSTS)
    app.add_middleware(Speaking, choose=_voice)
    return app


log = structlog.get_logger()
BETWEEN_PACKS = 10
"""Seconds from one pack that is made ahead to the next: whoever asks for a page comes first."""
BETWEEN_ROWS = 1.0
"""Seconds between two looks whether the judging has moved."""
SWITCH_SECONDS = 0.0005
"""How long a thread may keep the interpreter from the others: judging, which calculates, is not to hold up answers."""


def require_loopback(host: str) -> None:
    """Raises Invalid for an address that others could reach: there is no access control yet."""
    if not is_loopback(host):
        raise Invalid(
            said("{host} can be reached by others, and nothing checks yet who asks", host=host),
            place="--host",
            mend=said(
                "127.0.0.1, behind a proxy that signs people in; or ENTENTE_TRUST_NETWORK=yes where all may do "
                "everything"
            ),
            slug="not-loopback",
        )


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def listening(host: str, port: int, *, trusts_network: bool = False) -> Iterator[socket.socket]:
    """A socket bound to the address; one that others could reach only where the operator trusts them. Raises Invalid,
    Unavailable."""
    if not trusts_network:
        require_loopback(host)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((host, port))
        except OSError as error:
            raise Unavailable(
                said("port {port} of {host} is taken ({why})", port=port, host=host, why=heard(error.strerror or "")),
                place="--port",
                mend=said("another --port"),
            ) from error
        bound.listen()  # whoever is told of the address may come at once, and is answered as soon as anybody answers
        yield bound


def serve(
    program: Program,
    bound: socket.socket,
    *,
    now: Callable[[], Instant],
    choices: Choices | None = None,
    live: bool = True,
    accepts_clock: bool = False,
    role: str = "all",
    started: Callable[[], None] = lambda: None,
    also: Sequence[Callable[[threading.Event], None]] = (),
) -> None:
    """Until a signal ends it. `started` is called when pages can be asked for; `also` are loops of the caller, each told
    when to stop."""
    sys.setswitchinterval(SWITCH_SECONDS)
    loops = Supervised()
    stopping = loops.stopping
    if role in ("all", "judge"):
        loops.add("judge", lambda beat: program.store.judging.serve(beat=beat))
    live_time = _live_time(program, now, accepts_clock=accepts_clock) if live else None
    if live_time is not None:
        loops.add("time", live_time.run)
        program.metrics.held, program.metrics.awaited = live_time.held, live_time.awaited
    watch: Watch | None = None
    if program.settings.kafka_servers:
        watch = Watch(program.settings, program.store.history)
        program.metrics.kafka = watch
        loops.add("kafka-watch", partial(watch.run, stopping))
    look = DailyLook(program.store.history.database)
    program.metrics.damage = lambda: look.found
    loops.add("soundness", partial(look.run, stopping), is_vital=False)
    if role != "judge":
        also = [*also, _ready_packs(program.store), _ready_rows(program.store)]
    for loop in also:
        loops.add(loop.__name__, partial(_without_beat, loop, stopping), is_vital=False)
    program.metrics.restarts = loops.restarts

    def troubles() -> dict[str, str]:
        told = {"kafka": watch.trouble() if watch is not None else None, "store": look.trouble()}
        return loops.troubles() | {name: why for name, why in told.items() if why is not None}

    def held() -> Held | None:
        return live_time.held() if live_time is not None else None

    loops.start()
    try:
        if role == "judge":
            app = state_alone(program, troubles, held, needs_judge=True)
        else:
            app = web(program, choices=choices, is_stopping=stopping.is_set, troubles=troubles, held=held)
        _http(app, bound, stopping, started)
    finally:
        stopping.set()
        if live_time is not None:
            live_time.stop()
        program.store.judging.stop()
        loops.join()


@contextmanager
def telling_state(program: Program, bound: socket.socket, worker_trouble: Callable[[], str | None]) -> Iterator[None]:
    """Beside a Kafka worker: its state over HTTP, until the end of the block."""
    loops = Supervised()
    watch = Watch(program.settings, program.store.history)
    program.metrics.kafka, program.metrics.restarts = watch, loops.restarts

    def troubles() -> dict[str, str]:
        told = {"kafka": watch.trouble(), "worker": worker_trouble()}
        return loops.troubles() | {name: why for name, why in told.items() if why is not None}

    config = _config(state_alone(program, troubles, needs_judge=False))
    server = uvicorn.Server(config)
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


def _ready_packs(store: Store) -> Callable[[threading.Event], None]:
    """A loop that makes the pack of each contract's last review before somebody asks for it."""

    def packs(stopping: threading.Event) -> None:
        made: set[str] = set()
        while not stopping.wait(BETWEEN_PACKS):
            called = {row.contract: row for row in store.read(ADMINISTRATOR, read_reviews) if row.position is not None}
            waiting = [row.id for row in called.values() if row.id not in made]
            if waiting:
                made.add(waiting[0])
                try:
                    store.read(ADMINISTRATOR, review_pack, waiting[0])
                except EntenteError:
                    log.info("a pack is not ready yet", review=waiting[0])

    return packs


def _ready_rows(store: Store) -> Callable[[threading.Event], None]:
    """A loop that makes the rows of the first pages at once, and again as soon as the judging has moved: at most a tenth of the
    time, for whoever asks for a page comes first."""

    def rows(stopping: threading.Event) -> None:
        made: Known | None = None
        pause, why = 0.0, ""
        while not stopping.wait(pause):
            pause = BETWEEN_ROWS
            try:
                known = store.seeing.known()
                if known == made:
                    continue
                began = time.monotonic()
                with store.seen(ADMINISTRATOR) as seen:
                    read_commitments(seen)
                    read_contracts(seen)
                    read_reviews(seen)
            except EntenteError as error:
                if str(error) != why:  # once: what is wrong may be so for hours
                    log.info("the rows of the first pages are not ready yet", because=str(error))
                why = str(error)
                continue
            why = ""
            if made is None:
                prepare_pages()
                keep_what_stays()
            made, pause = known, max(BETWEEN_ROWS, 9 * (time.monotonic() - began))

    return rows


def keep_what_stays() -> None:
    """What a program that stays has loaded by now (itself, the contracts in force, the rows of the first pages) is looked at no
    more in search of garbage: with 500 contracts each such search is a pause of 0.1 s and more, in the middle of some page. What
    is replaced later goes as always, when nothing refers to it."""
    gc.collect()
    gc.freeze()


def _live_time(program: Program, now: Callable[[], Instant], *, accepts_clock: bool) -> LiveTime:
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


class _Server(uvicorn.Server):
    """Says when it listens, and tells the streams to end as soon as a signal comes, not when all connections are gone."""

    def __init__(self, config: uvicorn.Config, stopping: threading.Event, started: Callable[[], None]):
        super().__init__(config)
        self._told = stopping
        self._say = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._say()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """As uvicorn does it, but that the signal is not raised again at the end: it would end the process before `serve`
        has stopped its threads and closed the store."""
        self._told.set()
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True


def _http(app: FastAPI, bound: socket.socket, stopping: threading.Event, started: Callable[[], None]) -> None:
    _Server(_config(app), stopping, started).run(sockets=[bound])


def _config(app: FastAPI) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
        http=BoundedConnection,
        ws="none",
    )
