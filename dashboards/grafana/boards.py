"""The two dashboards: the portfolio of all contracts, and one contract from near.

They show what is so at this moment. What a closed period ended with is a contractual figure and is read from the
pages, never from here (DESIGN §6).
"""

from __future__ import annotations

from dashboards import metric_names as names
from dashboards.grafana.panels import (
    AMBER,
    GREEN,
    GREY,
    RED,
    Dashboard,
    Json,
    Panel,
    Query,
    Row,
    Steps,
    Variable,
)

PORTFOLIO_UID = "entente-portfolio"
CONTRACT_UID = "entente-contract"

SHARES, VALUES = f'target!~"{names.ABOUT_VALUES}"', f'target=~"{names.ABOUT_VALUES}"'
NEUTRAL = Steps(GREY)
BAD_FROM_ONE = Steps(GREEN, ((1, RED),))
WARN_FROM_ONE = Steps(GREEN, ((1, AMBER),))
PER_COMMITMENT = ", ".join(names.COMMITMENT_LABELS)
PARTIES = f'{names.COMMITMENT_INFO.name}{{supplier=~"$supplier", client=~"$client"}}'
OF_PARTIES = f"on ({PER_COMMITMENT}) group_left (debtor) max by ({PER_COMMITMENT}, debtor) ({PARTIES})"
IN_CONTRACT = 'contract="$contract", deliverable=~"$deliverable"'
LOST, RESTATED, OVERDUE, MISSING = 'state="breached"', 'state="restated"', 'overdue="true"', 'verdict="missing"'
COMMITMENT_LEGEND = "{{deliverable}} · {{criterion}}"
TARGET_LEGEND = "{{deliverable}} · {{criterion}} · {{target}}"
HIDDEN_COLUMNS: dict[str, str | None] = {"Time": None, "instance": None, "job": None, "__name__": None, "state": None}
COMMITMENT_COLUMNS: dict[str, str | None] = {
    "contract": "Contract",
    "deliverable": "Deliverable",
    "criterion": "Criterion",
    "target": "Target",
    "debtor": "Owed by",
}


def portfolio() -> Dashboard:
    return Dashboard(
        PORTFOLIO_UID,
        "Entente: all contracts",
        [*_portfolio_state(), *_portfolio_lists(), *_program()],
        variables=[
            Variable("supplier", "Supplier", f"label_values({names.COMMITMENT_INFO.name}, supplier)"),
            Variable("client", "Client", f"label_values({names.COMMITMENT_INFO.name}, client)"),
        ],
        links=[_link("One contract", CONTRACT_UID)],
    )


def contract() -> Dashboard:
    return Dashboard(
        CONTRACT_UID,
        "Entente: one contract",
        [*_contract_state(), *_contract_course()],
        variables=[
            Variable("contract", "Contract", f"label_values({names.COMMITMENT_INFO.name}, contract)", several=False),
            Variable(
                "deliverable",
                "Deliverable",
                f'label_values({names.COMMITMENT_INFO.name}{{contract="$contract"}}, deliverable)',
            ),
        ],
        links=[_link("All contracts", PORTFOLIO_UID)],
    )


def _portfolio_state() -> list[Panel | Row]:
    def statuses(state: str) -> str:
        one = f'state="{state}"'
        return f"sum({_of(names.COMMITMENT_STATUS, one)} * {OF_PARTIES})"

    overdue = _of(names.ACTIONS_OPEN, OVERDUE)
    return [
        Row("Now"),
        _stat("Commitments", f"count({names.once(PARTIES)})"),
        _stat("Targets kept so far", f"{statuses('open')} + {statuses('met')}"),
        _stat("Targets lost", statuses("breached"), BAD_FROM_ONE),
        _stat("Breaches open", f"sum({_of(names.BREACHES_OPEN)} * {OF_PARTIES})", WARN_FROM_ONE),
        _stat("Actions overdue", f"sum({overdue} * {OF_PARTIES})", BAD_FROM_ONE),
        _stat("Missing", f"sum({_of(names.OCCURRENCES, MISSING)} * {OF_PARTIES})", WARN_FROM_ONE),
    ]


def _portfolio_lists() -> list[Panel | Row]:
    lost = f"{_of(names.COMMITMENT_STATUS, LOST)} * {OF_PARTIES}"
    return [
        Row("Commitments"),
        Panel(
            "Every target, the lost ones first",
            "table",
            (Query(f"sort_desc({lost})", now=True),),
            width=12,
            height=10,
            steps=BAD_FROM_ONE,
            words={"0": "kept so far", "1": "lost"},
            columns={**COMMITMENT_COLUMNS, "Value": "State", **HIDDEN_COLUMNS},
        ),
        Panel(
            "Time until the next due",
            "table",
            (Query(f"sort(({_of(names.NEXT_DUE)} - time()) * {OF_PARTIES})", now=True),),
            width=12,
            height=10,
            unit="s",
            steps=Steps(RED, ((0, AMBER), (86400, GREEN))),
            columns={**COMMITMENT_COLUMNS, "Value": "Due in", **HIDDEN_COLUMNS},
        ),
        Panel(
            "Targets lost, by contract",
            "timeseries",
            (Query(f"sum by (contract) ({lost})", "{{contract}}"),),
            width=12,
        ),
        Panel(
            "Share kept in the current period, the worst target of each contract",
            "timeseries",
            (Query(f"min by (contract) ({_of(names.COMMITMENT_RATIO, SHARES)} * {OF_PARTIES})", "{{contract}}"),),
            width=12,
            unit="percentunit",
        ),
    ]


def _program() -> list[Panel | Row]:
    lag = f"{_of(names.HISTORY_POSITION)} - {_of(names.JUDGED_POSITION)}"
    buckets = f"sum by (le) (rate({names.JUDGING_SECONDS.name}_bucket[$__rate_interval]))"
    arrived = f"sum by (channel, result) (rate({names.EVENTS_RECEIVED.name}[$__rate_interval]))"
    return [
        Row("Entente itself"),
        _stat("Time behind now", f"time() - {_of(names.WATERMARK)}", Steps(GREEN, ((900, RED),)), unit="s"),
        _stat("Not judged yet", lag, Steps(GREEN, ((10_000, AMBER),))),
        _stat("In quarantine", _of(names.QUARANTINE_SIZE), WARN_FROM_ONE),
        _stat("Unmatched events", _of(names.UNMATCHED_SIZE), WARN_FROM_ONE),
        _stat("Events in the history", _of(names.HISTORY_POSITION), NEUTRAL, width=8),
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
            (Query(f"time() - {_of(names.SOURCE_LAST_EVENT)}", "{{source}}", now=True),),
            width=8,
            unit="s",
            steps=Steps(GREEN),
        ),
    ]


def _contract_state() -> list[Panel | Row]:
    status = _of(names.COMMITMENT_STATUS, IN_CONTRACT, LOST)
    overdue = _of(names.ACTIONS_OPEN, IN_CONTRACT, OVERDUE)
    return [
        Row("Now"),
        _stat("Targets lost", f"sum({status})", BAD_FROM_ONE),
        _stat("Breaches open", f"sum({_of(names.BREACHES_OPEN, IN_CONTRACT)})", WARN_FROM_ONE),
        _stat("Actions open", f"sum({_of(names.ACTIONS_OPEN, IN_CONTRACT)})", NEUTRAL),
        _stat("Actions overdue", f"sum({overdue})", BAD_FROM_ONE),
        _stat(
            "Next due",
            f"min({_of(names.NEXT_DUE, IN_CONTRACT)} - time())",
            Steps(RED, ((0, AMBER), (86400, GREEN))),
            unit="s",
        ),
        _stat(
            "Periods restated",
            f"sum({_of(names.PERIOD_STATE, IN_CONTRACT, RESTATED)})",
            WARN_FROM_ONE,
        ),
        Panel(
            "Every target",
            "table",
            (Query(f"sort_desc({status})", now=True),),
            width=12,
            steps=BAD_FROM_ONE,
            words={"0": "kept so far", "1": "lost"},
            columns={**COMMITMENT_COLUMNS, "Value": "State", "contract": None, **HIDDEN_COLUMNS},
        ),
        Panel(
            "Misses that the targets still allow",
            "bargauge",
            (Query(_of(names.MISSES_LEFT, IN_CONTRACT), TARGET_LEGEND, now=True),),
            width=12,
            steps=Steps(RED, ((1, AMBER), (2, GREEN))),
        ),
    ]


def _contract_course() -> list[Panel | Row]:
    ratio, target = (_of(metric, IN_CONTRACT, SHARES) for metric in (names.COMMITMENT_RATIO, names.COMMITMENT_TARGET))
    value, bound = (_of(metric, IN_CONTRACT, VALUES) for metric in (names.COMMITMENT_RATIO, names.COMMITMENT_TARGET))
    occurrences = f"sum by (verdict) ({_of(names.OCCURRENCES, IN_CONTRACT)})"
    return [
        Row("Course of the current periods"),
        Panel(
            "Share kept, beside what was agreed",
            "timeseries",
            (Query(ratio, TARGET_LEGEND), Query(f"{target} < 1", f"agreed: {TARGET_LEGEND}")),
            width=24,
            height=9,
            unit="percentunit",
        ),
        Panel(
            "Values, beside what was agreed",
            "timeseries",
            (Query(value, TARGET_LEGEND), Query(bound, f"agreed: {TARGET_LEGEND}")),
            width=24,
            height=9,
        ),
        Panel("Occurrences by verdict", "timeseries", (Query(occurrences, "{{verdict}}"),), width=12),
        Panel(
            "Lost or kept",
            "state-timeline",
            (
                Query(
                    f"max without (target) ({_of(names.COMMITMENT_STATUS, IN_CONTRACT, LOST)})",
                    COMMITMENT_LEGEND,
                ),
            ),
            width=12,
            steps=BAD_FROM_ONE,
            words={"0": "kept so far", "1": "lost"},
        ),
    ]


def _of(metric: names.Metric, *chosen: str) -> str:
    """The series of a metric with these labels, once."""
    return names.once(f"{metric.name}{{{', '.join(chosen)}}}" if chosen else metric.name)


def _stat(title: str, expression: str, steps: Steps = NEUTRAL, *, unit: str = "none", width: int = 4) -> Panel:
    return Panel(title, "stat", (Query(expression, now=True),), width=width, height=4, unit=unit, steps=steps)


def _link(title: str, uid: str) -> Json:
    return {"type": "link", "title": title, "url": f"/d/{uid}", "keepTime": True, "icon": "dashboard"}
