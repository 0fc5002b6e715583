"""Whether events come in, are accepted, and are judged."""

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
    if not around.has_reports:
        return closed.text("Sources, quarantine, unmatched events", around, "/quarantine")
    return [
        Row("Sources, quarantine, unmatched events"),
        Panel(
            "Sources",
            "table",
            (
                Sql(
                    "SELECT source, type, events, unclaimed, last_at, service, expected_every FROM report_sources "
                    "ORDER BY last_at DESC NULLS FIRST, source, type LIMIT 500"
                ),
            ),
            width=12,
            height=10,
            description="Unclaimed: selected by no commitment.",
        ),
        Panel(
            "Set aside, by problem",
            "bars",
            (
                Sql(
                    "SELECT date_trunc('day', received_at) AS time, problem AS metric, COUNT(*) AS value FROM report_quarantine "
                    "WHERE $__timeFilter(received_at) GROUP BY 1, 2 ORDER BY 1, 2",
                    over_time=True,
                ),
            ),
            width=12,
            height=10,
        ),
        Panel(
            "Waiting in quarantine",
            "table",
            (
                Sql(
                    "SELECT problem, COUNT(*) AS items, MIN(received_at) AS oldest FROM report_quarantine WHERE state = 'waiting' "
                    "GROUP BY problem ORDER BY items DESC, problem"
                ),
            ),
            width=8,
            links={"problem": around.page("Quarantine", "/quarantine")},
        ),
        Panel(
            "Unmatched",
            "table",
            (
                Sql(
                    "SELECT received_at, position, array_to_string(commitments, ', ') AS commitments, reason FROM report_unmatched "
                    "ORDER BY position DESC LIMIT 500"
                ),
            ),
            width=16,
            links={"position": around.page("In the history", "/history?position=${__value.raw}")},
        ),
        Panel(
            "How far reports go",
            "table",
            (Sql("SELECT position, watermark, rules, surface FROM report_about"),),
            width=24,
            height=3,
        ),
    ]


def _outages() -> Annotation:
    said = Sql(
        "SELECT from_at AS time, until_at AS timeend, 'Our own ingestion was down' AS text, 'outage' AS tags "
        "FROM report_outages WHERE $__timeFilter(from_at) ORDER BY from_at"
    )
    return Annotation("Outages", said, RED)
