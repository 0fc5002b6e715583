"""Events in, and time: import, consume, advance."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from domain.saying import Said, said
from domain.times import Instant, show
from entente.cli.rehearsing import print_rehearsed, print_rehearsed_json, rehearsed
from entente.cli.running import address
from entente.cli.session import Session, err, judged, moment, out, print_json, session, steps
from entente.cli.unselected import beside_counts, print_unread, print_unselected
from entente.logs import say
from entente.voice import spoken
from entente.wiring import Program
from ingestion.door import Counted
from ingestion.files import ImportCount, import_files
from services.access import Principal, Right
from services.arrivals.reading import count_quarantine, read_unselected, unselected_counts
from services.arrivals.unselected import UnselectedRow
from services.contract_files import MappingTerms, kind_of, mapping_terms, read_bytes
from services.directory.feeding import pass_for_fed
from services.errors import Invalid, NotAllowed
from services.explaining.unread import UnreadRow, unread
from services.timekeeping import Advanced

MOST_FIRST = 1_000
"""Events that a dry run shows."""
AHEAD = "the time may lie beyond the clock, by up to ten years: what comes in until then is late news"


def add_to(app: typer.Typer) -> None:
    app.command("import")(import_)
    app.command("advance")(advance)
    app.command("consume")(consume)


def import_(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help=".jsonl or .csv files, also .gz and .xz")],
    map_: Annotated[Path | None, typer.Option("--map", help="mapping file, for .csv")] = None,
    advance: Annotated[str | None, typer.Option(help="then declare all events up to this time received")] = None,
    ahead: Annotated[bool, typer.Option("--ahead", help=AHEAD)] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="store nothing: show the first events, and what contracts would make of them"),
    ] = False,
    contract: Annotated[
        list[str] | None,
        typer.Option(
            help="with --dry-run: the id of a contract, or the file of a draft; default all contracts in force"
        ),
    ] = None,
    first: Annotated[int, typer.Option(min=0, max=MOST_FIRST, help="with --dry-run: how many events are shown")] = 5,
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Import events through the same door as HTTP. Importing alone never moves time."""
    here = session(context)
    if not here.who.may(Right.PUSH):
        raise NotAllowed(said("an auditor pushes no events"), mend=said("act as a service"))
    _require_together(advance, ahead=ahead, dry_run=dry_run, contract=contract)
    to = moment(advance, "--advance") if advance is not None else None
    mapping = _mapping(map_)
    if dry_run:
        with here.read() as opened:
            rehearsal = rehearsed(opened.store, here.who, files, mapping, contract or (), first)
        if json:
            print_rehearsed_json(rehearsal)
        else:
            print_rehearsed(rehearsal, spoken())
        return
    with here.read() as opened:
        imported = _imported(opened, here.who, files, mapping, to, ahead=ahead)
    if json:
        print_json(asdict(imported.counts) | beside_counts(imported.lost, imported.misread))
    else:
        _print_imported(imported)


class _Imported(NamedTuple):
    """The result of an import. `waiting`: items in quarantine, whenever they came; `lost`: events that no contract
    selects; `misread`: those that contracts select and cannot read."""

    counts: ImportCount
    waiting: int
    lost: list[UnselectedRow]
    misread: list[UnreadRow]


def _imported(
    opened: Program,
    who: Principal,
    files: Sequence[Path],
    mapping: MappingTerms | None,
    to: Instant | None,
    *,
    ahead: bool,
) -> _Imported:
    """Imports the files, then declares all events up to `to` received where that is said, and has everything judged."""
    store = opened.store
    if to is not None:
        store.timekeeping.require_may(who, to, ahead=ahead)
    since, before = store.history.last_position(), store.read(who, unselected_counts)
    with steps(said("importing")) as step:
        counts = import_files(opened.door, files, mapping, who, lambda so_far: step(_met(so_far), 0))
    if to is not None:
        _say_ahead(store.timekeeping.advance(who, to, ahead=ahead))
        judged(opened)
        pass_for_fed(store, who, to, since)
    judged(opened)
    if to is not None:
        _post(opened)
    return _Imported(
        counts,
        waiting=store.read(who, count_quarantine),
        lost=store.read(who, read_unselected, before=before, since=since),
        misread=store.read(who, unread, since=since) if counts.accepted else [],
    )


def _print_imported(imported: _Imported) -> None:
    (counts, waiting, lost, misread), words = imported, spoken()
    out.print(_counted(counts.accepted, counts.duplicates, counts.quarantined))
    if counts.quarantined:
        items = said("{count} items wait" if waiting != 1 else "{count} item waits", count=waiting)
        err.print(said("{items} in quarantine: `entente quarantine list` shows why", items=items))
    print_unselected(lost, words)
    print_unread(misread, words)


def _require_together(advance: str | None, *, ahead: bool, dry_run: bool, contract: list[str] | None) -> None:
    """Raises Invalid for options that mean nothing beside the others."""
    if ahead and advance is None:
        raise Invalid(said("time is not moved"), place="--ahead", mend=said("leave it out, or say --advance T"))
    if dry_run and advance is not None:
        raise Invalid(said("nothing is stored, no time either"), place="--advance", mend=said("leave out one of both"))
    if contract and not dry_run:
        raise Invalid(
            said("events are for all contracts"), place="--contract", mend=said("leave it out, or say --dry-run")
        )


def advance(
    context: typer.Context,
    to: Annotated[str, typer.Argument(help="a time with offset: all events up to it have been received")],
    contract: Annotated[
        str, typer.Option(help="only the events of this contract; it may be held by `apply --backfill`")
    ] = "",
    ahead: Annotated[bool, typer.Option("--ahead", help=AHEAD)] = False,
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Declare all events up to a time received: what was due and did not come is missing."""
    here = session(context)
    time = moment(to, "T")
    with here.open() as opened:
        done = opened.store.timekeeping.advance(here.who, time, contract or None, ahead=ahead)
        _say_ahead(done)
        judged(opened)
        _post(opened)
    if json:
        print_json({"watermark": show(done.watermark), "moved": done.has_moved, "position": done.position})
    else:
        out.print(done.line, markup=False)


def _post(opened: Program) -> None:
    """What people are told by the time that has passed, where mail goes into a folder (ENTENTE_MAIL_TO)."""
    if opened.settings.mail_to:
        from entente.posting import Posting  # what writes letters is loaded only where there are any

        Posting(opened).round()


def _say_ahead(done: Advanced) -> None:
    if done.is_ahead:
        says = said(
            "{time} is beyond the clock: time stands there until the clock has reached it (--ahead)",
            time=show(done.watermark),
        )
        err.print(says, markup=False)


def consume(
    context: typer.Context,
    until_drained: Annotated[
        bool, typer.Option("--until-drained", help="end when everything that the topic has is stored")
    ] = False,
    begin_anew: Annotated[
        bool,
        typer.Option(
            "--begin-anew", help="go on although the topic was created again, or lost messages before they were read"
        ),
    ] = False,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="show /healthz, /readyz and /metrics here; 0: any free port")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """The Kafka worker: events from a topic into the history, until a signal ends it. Start as many as there is work for."""
    from entente.kafka_wiring import kafka_of  # Kafka's client is loaded only by programs that use it
    from ingestion.kafka.broker import hush_client
    from ingestion.kafka.worker import Worker

    here = replace(session(context), renews=True)  # it stays, as `serve` does, and an older program gives way
    if not here.who.may(Right.PUSH):
        raise NotAllowed(said("an auditor pushes no events"), mend=said("act as a service"))
    kafka = kafka_of(here.settings)
    hush_client()
    with here.open() as opened:
        worker = Worker(
            kafka,
            opened.store.history,
            opened.door,
            _speaking(here),
            batch=here.settings.kafka_batch,
            attempts=here.settings.kafka_attempts,
            begins_anew=begin_anew,
        )
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: worker.stop())
        say(
            said(
                "Entente reads {topic} from {servers} as {group} (ctrl-C ends it)",
                topic=kafka.topic,
                servers=str(kafka.servers),
                group=kafka.group,
            )
        )
        with _state(opened, port, lambda: worker.trouble):
            worker.run(until_drained=until_drained)
        answered = opened.door.answered()
    _print_read(answered, json=json)


def _speaking(here: Session) -> Principal | None:
    """Whoever speaks through the topic: the service whose it is, for its own sources alone; else who starts the worker. None where
    people sign in and nobody is named: then each speaks for the sources that a service declares."""
    owner = here.settings.topic_owner
    if owner is None:
        return None if here.settings.ways and here.who.sees_everything and here.who.granted is None else here.who
    here.ignores("--as", because=said("the topic is that of {service} (ENTENTE_KAFKA_TOPICS)", service=owner))
    name = f"topic:{here.settings.kafka_topic}"
    return Principal("member", frozenset({owner}), name, frozenset({(Right.PUSH, owner)}))


def _print_read(answered: Mapping[tuple[str, Counted], int], *, json: bool) -> None:
    """Prints how many messages of Kafka were answered how. `answered`: by channel and result."""
    of_kafka = {str(result): times for (channel, result), times in answered.items() if channel == "kafka"}
    names = {"accepted": "accepted", "duplicates": "duplicate", "quarantined": "quarantined", "tombstones": "tombstone"}
    counts = {name: of_kafka.get(result, 0) for name, result in names.items()}
    if json:
        print_json(counts)
        return
    out.print(_counted(counts["accepted"], counts["duplicates"], counts["quarantined"]))
    if counts["tombstones"]:
        out.print(said("passed over {count} tombstone{count:s} (messages without a value)", count=counts["tombstones"]))


@contextmanager
def _state(opened: Program, port: int | None, trouble: Callable[[], str | None]) -> Iterator[None]:
    if port is None:
        yield
        return
    from entente.listening import listening
    from entente.serving import telling_state  # the web framework is loaded only by programs that serve

    settings = opened.settings
    with listening(settings.host, port, ways=settings.ways, proxies=settings.proxy_from) as bound:
        say(said("Entente shows {address} (the worker's state)", address=address(*bound.getsockname()[:2])))
        with telling_state(opened, bound, trouble):
            yield


def _counted(accepted: int, duplicates: int, quarantined: int) -> Said:
    return said(
        "accepted {accepted}, duplicates {duplicates}, quarantined {quarantined}",
        accepted=accepted,
        duplicates=duplicates,
        quarantined=quarantined,
    )


def _mapping(path: Path | None) -> MappingTerms | None:
    if path is None:
        return None
    try:
        documents = read_bytes(path.read_bytes(), str(path))
    except OSError as error:
        raise Invalid(
            error.strerror or said("cannot be read"), place=str(path), mend=said("the path of a mapping file")
        ) from error
    found = [one for one in documents if kind_of(one) == "mapping"]
    if len(found) != 1:
        raise Invalid(
            said("{count} mappings in this file", count=len(found)),
            place=str(path),
            mend=said("exactly one document with `mapping:`"),
        )
    return mapping_terms(found[0])


def _met(count: ImportCount) -> int:
    return count.accepted + count.duplicates + count.quarantined
