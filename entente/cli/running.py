"""Programs that stay: demo, serve."""

from __future__ import annotations

import os
import socket
import webbrowser
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.saying import said
from entente.cli.session import Session, session, steps
from entente.logs import err, say
from entente.settings import Settings, unknown_settings
from entente.wiring import program
from services.errors import Invalid
from services.opening import system_clock

IN_A_FILE = "sqlite:///"
DEMO_STORE = "sqlite:///entente-demo.db"


def add_to(app: typer.Typer) -> None:
    app.command("demo")(demo)
    app.command("serve")(serve)


def demo(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="loopback address to listen on")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="port to listen on")] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="begin a new store instead of going on with the last one")
    ] = False,
    show: Annotated[bool, typer.Option("--open", help="open the first page in your browser")] = False,
) -> None:
    """Sample contracts, a year of lively history, then `serve`, with events going on arriving. At the top of every page you choose
    who you are: who may do everything, a service, an auditor, or one of nine people by name, each with what they would see and
    may do where people sign in."""
    from entente import demo as demonstration  # the web framework is loaded only by programs that serve
    from entente.demo_town import choices
    from entente.listening import listening
    from entente.serving import serve as serve_program

    here = session(context)
    here.ignores("--as", because=said("in the demo you choose at the top of every page who you are"))
    settings = _of_demo(here.settings, host)
    if fresh:
        _remove(settings.store)
        for mail in Path(settings.mail_to).glob("*.eml") if settings.mail_to else ():
            mail.unlink()
    clock = demonstration.DemoClock()
    wanted = settings.port if port is None else port
    with (
        listening(settings.host, wanted) as bound,
        program(_at(settings, bound), clock=clock) as opened,
    ):
        where = settings.store.rpartition("@")[2]
        is_fresh = opened.store.timekeeping.watermark() is None
        making = said("making a year of history in {store} …", store=where)
        say(making if is_fresh else said("going on with the history in {store} …", store=where))
        with steps(said("a year of events")) as step:
            agreed = demonstration.build(opened, clock, step)
        shown = address(*bound.getsockname()[:2])

        def started() -> None:
            _say(shown)
            if show:
                webbrowser.open(shown)

        sending = demonstration.keep_sending(opened, clock, agreed)
        serve_program(opened, bound, now=clock, choices=choices(opened, clock), started=started, also=[sending])


def _of_demo(settings: Settings, host: str | None) -> Settings:
    """Those of the demo: a town, on loopback, in a store of its own unless another is named, with its mail in a folder beside it."""
    update: dict[str, Any] = {"organisation": "Ville de Valmoray", "outage": 0, "settle": 1, "access": "loopback"}
    settings = settings.model_copy(update={**update, "host": host or settings.host})
    if settings.store == type(settings).model_fields["store"].default:
        settings = settings.model_copy(update={"store": DEMO_STORE})
    if not settings.mail_to and settings.store.startswith(IN_A_FILE):
        settings = settings.model_copy(update={"mail_to": f"{settings.store.removeprefix(IN_A_FILE)}-post"})
    return settings


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="loopback address to listen on (ENTENTE_HOST)")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="port to listen on (ENTENTE_PORT)")] = None,
    role: Annotated[str, typer.Option(help="api, judge or all")] = "all",
    time: Annotated[str | None, typer.Option(help="live: time passes by itself; manual: only by `advance`")] = None,
    accept_clock: Annotated[
        bool,
        typer.Option("--accept-clock", help="the clock is right, though more than 7 days passed, or less than none"),
    ] = False,
) -> None:
    """API, judging and pages, on port 8000; a judge alone shows its state, on any free port if none is named. Commands
    work beside it on the same store. With --as the pages open as that one; on loopback anybody may be chosen there."""
    from entente.choosing import choices
    from entente.listening import listening
    from entente.serving import serve as serve_program

    here = session(context)
    for name, close in unknown_settings(os.environ):
        meant = said("did you mean {close}?", close=close) if close else said("docs/settings.md lists them; unset it")
        err.print(
            said("warning: {what}", what=said("{name} is no setting ({mend})", name=name, mend=meant)), markup=False
        )
    settings = here.settings.model_copy(update={"host": host} if host else {})
    mode = time or settings.time
    for value, known, option in ((role, ("api", "judge", "all"), "--role"), (mode, ("live", "manual"), "--time")):
        if value not in known:
            raise Invalid(said("“{value}” is not known", value=value), place=option, mend=" or ".join(known))
    _require_heeded(here, role, time, accept_clock=accept_clock)
    default = 0 if role == "judge" and "port" not in settings.model_fields_set else settings.port
    wanted = default if port is None else port
    if settings.ways:
        here.ignores("--as", because=said("people sign in here (ENTENTE_ACCESS)"))
    with (
        listening(settings.host, wanted, ways=settings.ways, proxies=settings.proxy_from) as bound,
        program(_at(settings, bound)) as opened,
    ):
        shown = address(*bound.getsockname()[:2])
        live = mode == "live" and role != "api"
        serve_program(
            opened,
            bound,
            now=system_clock,
            choices=None if settings.ways else choices(opened.store.seeing, here.who),
            live=live,
            accepts_clock=accept_clock,
            role=role,
            started=lambda: _say(shown),
        )


def _at(settings: Settings, bound: socket.socket) -> Settings:
    """The settings with the port that is listened on, which links in mails lead to."""
    _, port = bound.getsockname()[:2]
    return settings.model_copy(update={"port": port})


def _require_heeded(here: Session, role: str, time: str | None, *, accept_clock: bool) -> None:
    """Raises Invalid for options that would mean nothing to this process."""
    if role == "judge":
        here.ignores("--as", because=said("a judge shows no pages"))
    if role == "api" and time is not None:
        raise Invalid(
            said("the process that judges lets time pass"), place="--time", mend=said("leave it out, or --role all")
        )
    if accept_clock and (role == "api" or (time or here.settings.time) != "live"):
        raise Invalid(
            said("time does not pass by itself here"), place="--accept-clock", mend=said("leave it out, or --time live")
        )


def _say(address: str) -> None:
    say(said("Entente shows {address} (ctrl-C ends it)", address=address))


def address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _remove(store: str) -> None:
    if not store.startswith("sqlite:///"):
        raise Invalid(
            said("only a store in a file can be begun anew"), place="--fresh", mend=said("drop the database yourself")
        )
    path = Path(store.removeprefix("sqlite:///"))
    for suffix in ("", "-wal", "-shm", ".lock"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
