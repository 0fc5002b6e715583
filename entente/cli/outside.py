"""For Prometheus and Grafana, and for trying things out: rules, grafana render, simulate."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import psycopg
import typer
from psycopg.conninfo import conninfo_to_dict

from dashboards.grafana.live import Around
from dashboards.grafana.provisioning import MOUNTED_AT, PROMETHEUS_ADDRESS, Reports, render
from dashboards.rules import render_rules
from domain.saying import heard, said
from domain.terms import CalendarTerms, ContractTerms
from entente.cli.contracts import day
from entente.cli.session import moment, out, session, write_file
from entente.samples import write_shipped
from entente.simulation.stream import simulate as simulated
from services.contract_files import calendar_terms, contract_terms, kind_of, read_bytes, read_published_calendar
from services.contracts.reading import read_contracts
from services.directory.reading import read_services
from services.errors import Invalid
from services.figures.reading import read_commitments

POSTGRES = ("postgresql:", "postgres:")
REPORTS_ROLE = "entente_reports"

grafana = typer.Typer(no_args_is_help=True, help="Dashboards for Grafana.")


def add_to(app: typer.Typer) -> None:
    app.command("rules")(rules)
    app.add_typer(grafana, name="grafana")
    app.command("simulate")(simulate)
    app.command("samples")(samples)


def samples(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="where to write them")],
) -> None:
    """Write what ships beside the program into a folder: sample contracts, mappings for webhooks, documents."""
    session(context).ignores("--as", "--store", because=said("samples come with the program, not from a store"))
    for path in write_shipped(folder):
        out.print(str(path), markup=False)


def rules(
    context: typer.Context,
    target: Annotated[Path | None, typer.Option("--out", help="write to this file instead of printing")] = None,
) -> None:
    """Prometheus alerting rules for the contracts in force."""
    here = session(context)
    with here.read() as opened:
        text = render_rules(
            opened.store.read(here.who, read_commitments),
            language=here.language,
            pages=opened.settings.pages_url,
            grafana=opened.settings.grafana_url,
        )
    if target is None:
        sys.stdout.write(text)
    else:
        write_file(target, text.encode())


@grafana.command("render")
def render_(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="the folder for the provisioning files")] = Path("grafana"),
    prometheus: Annotated[str, typer.Option(help="where Grafana finds Prometheus")] = PROMETHEUS_ADDRESS,
    mounted_at: Annotated[str, typer.Option(help="where Grafana sees the folder")] = MOUNTED_AT,
    reports: Annotated[
        str | None,
        typer.Option(
            help="where Grafana finds the reports, postgresql://ROLE@HOST/NAME; default: the store, as entente_reports"
        ),
    ] = None,
) -> None:
    """Write provisioning files: the data sources and all dashboards. Where there are reports (a store on PostgreSQL), closed
    periods are read from them, with the password in Grafana's own ENTENTE_REPORTS_PASSWORD."""
    here = session(context)
    settings = here.settings
    try:
        written = render(
            folder,
            prometheus=prometheus,
            mounted_at=mounted_at,
            pages=settings.pages_url,
            reports=_reports(reports, settings.store),
            language=here.language,
        )
    except OSError as error:
        raise Invalid(
            error.strerror or said("cannot be written"),
            place=str(error.filename),
            mend=said("a folder that can be written"),
        ) from error
    for path in written:
        out.print(str(path), markup=False)


@grafana.command()
def push(
    context: typer.Context,
    url: Annotated[str, typer.Option(help="where Grafana is; default ENTENTE_GRAFANA_URL")] = "",
) -> None:
    """Put the dashboards into a running Grafana, in folders by service; ENTENTE_GRAFANA_TOKEN is its token. Nothing that somebody else
    made is touched."""
    from dashboards.grafana.pushing import Grafana, services_of, wanted  # what talks HTTP is loaded only here

    here = session(context)
    code = here.language
    with here.read() as opened:
        settings = opened.settings
        rows = opened.store.read(here.who, read_commitments)
        titles = {id: row.title.to(code) for id, row in opened.store.read(here.who, read_services).items()}
    address, token = url or settings.grafana_url, settings.grafana_token.get_secret_value()
    if not address or not token:
        raise Invalid(said("where is Grafana?"), place="--url", mend=said("--url and ENTENTE_GRAFANA_TOKEN"))
    around = Around(settings.pages_url, has_reports=settings.store.startswith(POSTGRES), language=code)
    plan = wanted(services_of(((row.debtor, row.creditor) for row in rows), titles), around)
    done = Grafana(address, token).push(plan)
    for what, uids in (("created", done.created), ("changed", done.changed), ("removed", done.removed)):
        for uid in uids:
            out.print(said("{what} {uid}", what=heard(what), uid=uid), markup=False)
    out.print(said("unchanged: {count}", count=len(done.unchanged)), markup=False)


def _reports(given: str | None, store: str) -> Reports | None:
    """Finds the address that the store's reports are read from; None for a store in a file, which has none. Raises Invalid."""
    address = given or store
    if not address.startswith(POSTGRES):
        if given:
            raise Invalid(
                said("“{given}” is no PostgreSQL", given=given),
                place="--reports",
                mend=said("postgresql://ROLE@HOST/NAME"),
            )
        return None
    try:
        parts = conninfo_to_dict(address)
    except psycopg.ProgrammingError as error:
        raise Invalid(str(error).strip(), place="--reports", mend=said("postgresql://ROLE@HOST/NAME")) from error
    user = str(parts.get("user") or REPORTS_ROLE) if given else REPORTS_ROLE
    host, port = parts.get("host") or "127.0.0.1", parts.get("port") or 5432
    return Reports(f"{host}:{port}", str(parts.get("dbname") or user), user, str(parts.get("sslmode") or "require"))


def simulate(
    context: typer.Context,
    files: Annotated[
        list[Path] | None, typer.Argument(help="contract and calendar files; default: the contracts of the store")
    ] = None,
    seed: Annotated[int, typer.Option(help="the same seed gives the same events")] = 1,
    start: Annotated[
        str | None, typer.Option("--from", help="first arrival, a time with offset or YYYY-MM-DD (UTC)")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", help="end of arrivals, excluded")] = None,
    corrupt: Annotated[bool, typer.Option("--corrupt", help="add lines that no door accepts")] = False,
) -> None:
    """A realistic stream of events for given contracts, one JSON line each."""
    here = session(context)
    contracts: list[ContractTerms] = []
    calendars: dict[str, CalendarTerms] = {}
    if files:
        here.ignores(
            "--as", "--store", because=said("the contracts of these files are simulated, not those of a store")
        )
        _read(files, contracts, calendars)
    else:
        with here.read() as opened:
            contracts = [row.terms for row in opened.store.read(here.who, read_contracts)]
            with opened.store.history.database.connect() as reads:
                calendars = published_calendars(reads.query("SELECT id, document FROM view_calendar"))
    if not contracts:
        raise Invalid(said("no contract to simulate"), mend=said("name contract files, or apply some to the store"))
    first = _instant(start, "--from") if start else min(_instant(one.valid_from.isoformat(), "") for one in contracts)
    last = _instant(until, "--until") if until else first + 365 * 86_400_000_000
    for line in simulated(contracts, calendars, seed=seed, start=first, until=last, corrupt=corrupt):
        sys.stdout.buffer.write(line.rstrip(b"\n") + b"\n")


def published_calendars(rows: list[tuple[str, str]]) -> dict[str, CalendarTerms]:
    """The newest version of each published calendar."""
    return {id: read_published_calendar(msgspec.json.decode(text)["versions"][-1]["document"]) for id, text in rows}


def _instant(text: str, option: str) -> int:
    if len(text) == 10:
        return moment(f"{day(text, option).isoformat()}T00:00:00Z", option)
    return moment(text, option)


def _read(files: list[Path], contracts: list[ContractTerms], calendars: dict[str, CalendarTerms]) -> None:
    for path in files:
        try:
            documents = read_bytes(path.read_bytes(), str(path))
        except OSError as error:
            raise Invalid(error.strerror or said("cannot be read"), place=str(path)) from error
        for document in documents:
            if kind_of(document) == "calendar":
                terms = calendar_terms(document)
                calendars[terms.id] = terms
            elif kind_of(document) == "contract":
                contracts.append(contract_terms(document))
