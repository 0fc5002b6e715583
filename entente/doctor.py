"""Finds what is wrong here: settings, the store, its rights and its time, Kafka, clocks, time zone data, disk space, calendars.

Nothing is changed, and nothing created. Every finding that is not well says how to mend it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from dashboards import print_condition
from dashboards.language import Language, language
from domain.saying import heard, said
from domain.terms import CalendarReference, CalendarTerms
from domain.times import Clock, tzdata_version, zone
from entente.doctor_access import access_findings, announced_key
from entente.doctor_events import event_findings, unshown_findings
from entente.doctor_keys import key_findings
from entente.doctor_notices import notice_findings
from entente.doctor_store import APART, SECOND, TOO_FAR_APART, is_free, store_findings
from entente.doctor_time import time_findings
from entente.findings import Finding, State
from entente.settings import Settings, unknown_settings
from services.access import ADMINISTRATOR
from services.adopting import adopted_rules, own_rules
from services.checkpoints.signing import read_key
from services.contracts.calendar_rows import SOON
from services.directory.reading import declared_twice
from services.errors import EntenteError, Invalid, Unavailable
from services.history.databases import Database
from services.history.history import History, open_history
from services.history.opening import open_database
from services.history.received import received_at
from services.history.sqlite_files import BESIDE
from services.judging.catalogue import Catalogue
from services.judging.layouts import in_force
from services.seeing.known import Known
from services.seeing.seen import Seeing, Seen

ENGLISH = language("en")
SMALL, TOO_SMALL = 1 << 30, 100 << 20
"""Bytes of a disk: to be warned of, and to be mended."""


def examine(
    settings: Settings, clock: Clock, environment: Mapping[str, str] = os.environ, words: Language = ENGLISH
) -> Iterator[Finding]:
    """Finding by finding, as they are made. `words`: what is said of events is made in that language; all else can be said in any."""
    yield from _settings(environment)
    yield _checkpoint_key(settings)
    yield _tzdata()
    yield _pdf()
    yield from _disks(settings)
    yield from _readers(settings)
    with _opened(settings) as opened:
        if isinstance(opened, Finding):
            yield opened
            yield from _kafka(settings, None)
            return
        if not (yield from store_findings(opened, clock)):
            yield from _kafka(settings, None)
            return
        history = open_history(opened)
        try:
            yield from announced_key(history, settings)
            yield from _content(history, settings, clock, words)
            yield from _kafka(settings, history)
        finally:
            history.close()


def _settings(environment: Mapping[str, str]) -> Iterator[Finding]:
    unknown = unknown_settings(environment)
    for name, close in unknown:
        mend = said("did you mean {close}?", close=close) if close else said("docs/settings.md lists them; unset it")
        yield Finding("settings", "warning", said("{name} is no setting", name=name), mend)
    if not unknown:
        yield Finding("settings", "ok", said("all that are set are known"))


def _checkpoint_key(settings: Settings) -> Finding:
    """Looks for the key by which changes of what is stored would be noticed."""
    files = [Path(one.strip()) for one in settings.checkpoint_key.split(",") if one.strip()]
    if not files:
        says = said("no key for checkpoints: nobody would notice that what is stored was altered")
        return Finding("checkpoints", "warning", says, said("`entente keys create FILE --checkpoint` makes one"))
    try:
        found = [read_key(file) for file in files]
    except Invalid as error:
        return Finding("checkpoints", "wrong", error.line, said("`entente keys create FILE --checkpoint` makes one"))
    for file in files:
        if file.stat().st_mode & 0o077:
            says = said("{file} can be read by other accounts of this machine", file=file)
            return Finding("checkpoints", "warning", says, said("chmod 600 {names}", names=str(file)))
    return Finding("checkpoints", "ok", said("signed as {name}", name=found[0].name))


def _tzdata() -> Finding:
    zone("Europe/Paris")
    return Finding(
        "time zones", "ok", said("tzdata {tzdata_version}, from the package", tzdata_version=tzdata_version())
    )


def _pdf() -> Finding:
    if says := print_condition.condition():
        return Finding("pdf", "warning", says, print_condition.MEND)
    return Finding("pdf", "ok", said("packs can be printed"))


def _disks(settings: Settings) -> Iterator[Finding]:
    places = {"disk for what is judged aside": Path(tempfile.gettempdir())}
    if (file := _file(settings)) is not None:
        places["disk of the store"] = file.parent
    for check, folder in places.items():
        if not folder.is_dir():
            yield Finding(
                check,
                "wrong",
                said("there is no folder {folder}", folder=folder),
                said("create it, or name another --store"),
            )
            continue
        free = shutil.disk_usage(folder).free
        says = said("{free} GiB are free in {folder}", free=Decimal(f"{free / (1 << 30):.1f}"), folder=folder)
        state: State = "wrong" if free < TOO_SMALL else "warning" if free < SMALL else "ok"
        yield Finding(check, state, says, "" if state == "ok" else said("make room: nothing is stored on a full disk"))


def _file(settings: Settings) -> Path | None:
    if not settings.store.startswith("sqlite:///"):
        return None
    return Path(settings.store.removeprefix("sqlite:///")).absolute()


def _readers(settings: Settings) -> Iterator[Finding]:
    """Stores of older versions were created readable by everybody."""
    file = _file(settings)
    if file is not None and file.exists() and file.stat().st_mode & 0o044:
        names = " ".join(f"{file}{suffix}" for suffix in BESIDE if Path(f"{file}{suffix}").exists())
        yield Finding(
            "rights",
            "warning",
            said("{file} can be read by other accounts of this machine", file=file),
            said("chmod 600 {names}", names=names),
        )


@contextmanager
def _opened(settings: Settings) -> Iterator[Database | Finding]:
    """The store's database, or why there is none."""
    file = _file(settings)
    if file is not None and not file.exists():
        says, mend = (
            said("there is no store at {file} yet", file=file),
            said("any command creates it; `entente migrate` does nothing else"),
        )
        yield Finding("store", "warning", says, mend)
        return
    if file is not None and not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)):
        yield Finding(
            "rights", "wrong", said("{file} or its folder cannot be written", file=file), said("chown or chmod both")
        )
        return
    try:
        database = open_database(settings.store)
    except EntenteError as error:
        is_there = error.slug == "store-damaged" or not isinstance(error, Unavailable)
        yield Finding(
            "store", "wrong" if is_there else "unreachable", _where(error), error.mend or said("check --store")
        )
        return
    try:
        yield database
    finally:
        database.close()


def _content(history: History, settings: Settings, clock: Clock, words: Language) -> Iterator[Finding]:
    now, last = clock(), history.last_position()
    entries = history.read(last - 1, 1) if last else []
    if entries and (ahead := received_at(history, entries[0]) - now) > APART:
        says = said(
            "the last entry was received {ahead} s from now: this clock is behind, or was set back",
            ahead=f"{ahead / SECOND:.0f}",
        )
        yield Finding("clock", "wrong" if ahead > TOO_FAR_APART else "warning", says, said("set the clock"))
    if (followed := adopted_rules(history)) not in (None, own_rules()):
        says = said(
            "the store follows {followed}, this program would judge by {own_rules}",
            followed=followed,
            own_rules=own_rules(),
        )
        yield Finding("rules", "warning", says, said("entente migrate --adopt-rules --dry-run shows what would change"))
    else:
        yield Finding("rules", "ok", heard(str(followed or own_rules())))
    seeing = Seeing(history)
    yield _judge(history, seeing.known(), last)
    yield from time_findings(history, seeing, settings, now)
    yield from access_findings(history, settings, clock)
    yield from notice_findings(history, settings)
    yield from key_findings(history, settings, now)
    with seeing.seen(ADMINISTRATOR) as seen:
        findings = [*_sources(seen), *unshown_findings(seen), *event_findings(seen, words)]
    yield from findings
    yield from _calendars(seeing.catalogue(), datetime.fromtimestamp(now / SECOND, UTC))


def _judge(history: History, known: Known, last: int) -> Finding:
    behind = last - known.position
    layout = in_force(history.database)
    free = [shard for shard in range(layout.shards) if is_free(history.database.judge_lock(layout.lock(shard)))]
    if behind > 0 and free:
        whose = (
            said("no judge runs")
            if len(free) == layout.shards
            else said("nobody judges shard {free}", free=", ".join(map(str, free)))
        )
        return Finding(
            "judge",
            "warning",
            said("entries that are not judged: {behind}; {whose}", behind=behind, whose=whose),
            said("entente serve"),
        )
    who = said("no judge runs: commands judge by themselves") if free else said("a judge runs")
    if layout.shards > 1 and not free:
        who = said("all {shards} shards have a judge", shards=layout.shards)
    return Finding(
        "judge", "ok", said("{who}; it has reached {last} of {last_2}", who=who, last=last - behind, last_2=last)
    )


def _sources(seen: Seen) -> Iterator[Finding]:
    twice = declared_twice(seen)
    for source, owner, others in twice:
        says = said(
            "{source} belongs to {owner}, which declared it first; {others} declares it too",
            source=source,
            owner=owner,
            others=", ".join(others),
        )
        yield Finding("sources", "warning", says, said("take it out of the other service file: entente apply"))
    if not twice:
        yield Finding("sources", "ok", said("each is declared by one service at most"))


def _calendars(catalogue: Catalogue, now: datetime) -> Iterator[Finding]:
    today = now.date()
    ends: dict[tuple[str, date, str], list[str]] = {}
    for contract in catalogue.contracts.values():
        if (calendar := contract.newest.calendar) is None or (last := calendar.last_day) is None:
            continue
        if contract.last_day is None or contract.last_day > last:
            ends.setdefault((calendar.id, last, _later_years(contract.newest.terms.calendar)), []).append(contract.id)
    for (calendar_id, last, mend), contracts in sorted(ends.items()):
        if last - today <= SOON:
            says = said(
                "{calendar_id} ends with {last}, and {contracts} goes on: what is due then is unknown",
                calendar_id=calendar_id or said("a calendar of its own"),
                last=last,
                contracts=", ".join(sorted(contracts)),
            )
            yield Finding("calendars", "wrong" if last < today else "warning", says, mend)
    if not any(last - today <= SOON for _, last, _ in ends):
        yield Finding("calendars", "ok", said("none that is used ends within {days} day{days:s}", days=SOON.days))


def _later_years(calendar: CalendarReference | CalendarTerms | None) -> str:
    """Says how contracts with such a calendar get later years. One that does not follow it keeps the version that both
    signed."""
    if not isinstance(calendar, CalendarReference):
        return said(
            "propose the contract with later years in its calendar and a later `effective`, and sign it by both"
        )
    if calendar.follow:
        return said("publish a version with later years (entente apply, or entente calendar import)")
    return said(
        "publish a version with later years (entente apply, or entente calendar import), then propose the contract again with a "
        "later `effective`, and sign it by both: it then takes that version (with `follow: true`, each one after it too)"
    )


def _kafka(settings: Settings, history: History | None) -> Iterator[Finding]:
    """Without a history, only whether the topic can be read."""
    if not settings.kafka_servers:
        yield Finding("Kafka", "ok", said("not used: ENTENTE_KAFKA_SERVERS is not set"))
        return
    from ingestion.kafka.broker import CODECS, install, missing_codecs  # its client is loaded only where it is used

    yield _topic(settings, history)
    if missing := missing_codecs():
        says = said(
            "batches compressed with {missing} cannot be read, and would stop the worker", missing=" or ".join(missing)
        )
        yield Finding("Kafka's codecs", "warning", says, install(missing))
    else:
        yield Finding("Kafka's codecs", "ok", said("none, {codecs} can be read", codecs=", ".join(CODECS)))


def _topic(settings: Settings, history: History | None) -> Finding:
    from entente.kafka_wiring import kafka_of
    from ingestion.kafka.broker import Topic, hush_client
    from ingestion.kafka.progress import Progress

    hush_client()
    topic: Topic | None = None
    try:
        topic = Topic(kafka_of(settings))
        partitions = topic.partitions()
        says = said(
            "{topic} at {kafka_servers} has {count} partition{count:s}",
            topic=topic.name,
            kafka_servers=settings.kafka_servers,
            count=len(partitions),
        )
        if history is not None:
            progress = Progress(history, topic)
            for partition in partitions:
                progress.start(partition)
            left = sum(progress.lags().values())
            says = said("{says}, messages still to be read: {count}", says=says, count=left)
        return Finding("Kafka", "ok", says)
    except EntenteError as error:
        state: State = "unreachable" if isinstance(error, Unavailable) else "wrong"
        return Finding("Kafka", state, _where(error), error.mend or said("check ENTENTE_KAFKA_…"))
    finally:
        if topic is not None:
            topic.close()


def _where(error: EntenteError) -> str:
    return said("{place}: {what}", place=error.place, what=error.message) if error.place else error.message
