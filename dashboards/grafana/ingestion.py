"""The dashboard that shows whether events come in, are accepted, and are judged."""

from __future__ import annotations

from dashboards import metric_names as names
from dashboards.grafana import closed
from dashboards.grafana.live import INGESTION_UID, NEUTRAL, NOTHING, WARN_FROM_ONE, Around, of, stat
from dashboards.grafana.panels import AMBER, GREEN, RED, Dashboard, Panel, Row, Steps
from dashboards.grafana.queries import Annotation, Query, Sql


def ingestion(around: Around = NOTHING) -> Dashboard:
    return Dashboard(
        INGESTION_UID,
        "Entente: what arrives",
        [*program(), *_more(), *_reports(around)],
        links=[*around.page("Sources", "/quarantine"), *around.page("History", "/history")],
        annotations=[_outages()] if around.has_reports else [],
        since="now-24h",
    )


def program() -> list[Panel | Row]:
    lag = f"{of(names.HISTORY_POSITION)} - {of(names.JUDGED_POSITION)}"
    buckets = f"sum by (le) (rate({names.JUDGING_SECONDS.name}_bucket[$__rate_interval]))"
    arrived = f"sum by (channel, result) (rate({names.EVENTS_RECEIVED.name}[$__rate_interval]))"
    return [
        Row("Entente itself"),
        stat("Time behind now", f"time() - {of(names.WATERMARK)}", Steps(GREEN, ((900, RED),)), unit="s"),
        stat("Not judged yet", lag, Steps(GREEN, ((10_000, AMBER),))),
        stat("In quarantine", of(names.QUARANTINE_SIZE), WARN_FROM_ONE),
        stat("Unmatched events", of(names.UNMATCHED_SIZE), WARN_FROM_ONE),
        stat("Events in the history", of(names.HISTORY_POSITION), NEUTRAL, width=8),
        Panel(
            "Events received per second",
            "timeseries",
            (Query(arrived, "{{channel}} {{result}}"),),
            width=8,
            unit="cps",
        ),
        Panel(
            "Judging one batch: 95th percentile",
            "timeseries",
            (Query(f"histogram_quantile(0.95, {buckets})", "seconds"),),
            width=8,
            unit="s",
        ),
        Panel(
            "Since the last event of each source",
            "bargauge",
            (Query(f"time() - {of(names.SOURCE_LAST_EVENT)}", "{{source}}", now=True),),
            width=8,
            unit="s",
            steps=Steps(GREEN),
        ),
    ]


def _more() -> list[Panel | Row]:
    every = f"(time() - {of(names.SOURCE_LAST_EVENT)}) / {of(names.SOURCE_EXPECTED_EVERY)}"
    oldest = f"(time() - {of(names.OLDEST_UNJUDGED)}) or vector(0)"
    restarts = f"sum by (loop) (increase({names.LOOP_RESTARTS.name}[$__range])) or vector(0)"
    refused = f'sum(increase({names.EVENTS_RECEIVED.name}{{result="quarantined"}}[$__range])) or vector(0)'
    lag = f"sum by (partition) ({of(names.KAFKA_LAG)}) or vector(0)"
    return [
        Row("Arrival and judging"),
        stat("Oldest that waits to be judged", oldest, Steps(GREEN, ((60, AMBER), (900, RED))), unit="s"),
        stat("Refused in the time shown", refused, WARN_FROM_ONE),
        stat("Loops that were started again", restarts, WARN_FROM_ONE),
        Panel(
            "Silence of each source, in units of what is expected of it",
            "bargauge",
            (Query(every, "{{source}}", now=True),),
            width=12,
            height=8,
            steps=Steps(GREEN, ((1, AMBER), (2, RED))),
        ),
        Panel("Waiting in Kafka, by partition", "timeseries", (Query(lag, "{{partition}}"),), width=12, unit="short"),
    ]


def _reports(around: Around) -> list[Panel | Row]:
    title = "Sources, quarantine, unmatched events"
    if not around.has_reports:
        return closed.text(title, around, "/quarantine")
    return [Row(title), _sources(), _set_aside(), _in_quarantine(around), _unmatched(around), _reach()]


def _sources() -> Panel:
    statement = (
        "SELECT source, type, events, unclaimed, last_at, service, expected_every FROM report_sources "
        "ORDER BY last_at DESC NULLS FIRST, source, type LIMIT 500"
    )
    unclaimed = "Unclaimed: selected by no commitment."
    return Panel("Sources", "table", (Sql(statement),), width=12, height=10, description=unclaimed)


def _set_aside() -> Panel:
    statement = (
        "SELECT date_trunc('day', received_at) AS time, problem AS metric, COUNT(*) AS value FROM report_quarantine "
        "WHERE $__timeFilter(received_at) GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return Panel("Set aside, by problem", "bars", (Sql(statement, over_time=True),), width=12, height=10)


def _in_quarantine(around: Around) -> Panel:
    statement = (
        "SELECT problem, COUNT(*) AS items, MIN(received_at) AS oldest FROM report_quarantine WHERE state = 'waiting' "
        "GROUP BY problem ORDER BY items DESC, problem"
    )
    links = {"problem": around.page("Quarantine", "/quarantine")}
    return Panel("Waiting in quarantine", "table", (Sql(statement),), width=8, links=links)


def _unmatched(around: Around) -> Panel:
    statement = (
        "SELECT received_at, position, array_to_string(commitments, ', ') AS commitments, reason FROM report_unmatched "
        "ORDER BY position DESC LIMIT 500"
    )
    links = {"position": around.page("In the history", "/history?position=${__value.raw}")}
    return Panel("Unmatched", "table", (Sql(statement),), width=16, links=links)


def _reach() -> Panel:
    statement = "SELECT position, watermark, rules, surface FROM report_about"
    return Panel("How far reports go", "table", (Sql(statement),), width=24, height=3)


def _outages() -> Annotation:
    said = Sql(
        "SELECT from_at AS time, until_at AS timeend, 'Our own ingestion was down' AS text, 'outage' AS tags "
        "FROM report_outages WHERE $__timeFilter(from_at) ORDER BY from_at"
    )
    return Annotation("Outages", said, RED)
