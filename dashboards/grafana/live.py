"""Panels and expressions for the state of commitments at this moment, which several dashboards ask Prometheus for.

What a closed period ended with is a contractual figure and is never asked here (DESIGN §6).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards import metric_names as names
from dashboards.grafana.panels import AMBER, GREEN, GREY, RED, Link, Panel, Steps
from dashboards.grafana.queries import Query

PORTFOLIO_UID = "entente-portfolio"
CONTRACT_UID = "entente-contract"
SUPPLIER_UID = "entente-supplier"
CLIENT_UID = "entente-client"
COMMITMENT_UID = "entente-commitment"
INGESTION_UID = "entente-ingestion"
REVIEW_UID = "entente-review"

SHARES, VALUES = f'target!~"{names.ABOUT_VALUES}"', f'target=~"{names.ABOUT_VALUES}"'
NEUTRAL = Steps(GREY)
BAD_FROM_ONE = Steps(GREEN, ((1, RED),))
WARN_FROM_ONE = Steps(GREEN, ((1, AMBER),))
SOON = Steps(RED, ((0, AMBER), (86400, GREEN)))
PER_COMMITMENT = ", ".join(names.COMMITMENT_LABELS)
LOST, RESTATED, OVERDUE, MISSING = 'state="breached"', 'state="restated"', 'overdue="true"', 'verdict="missing"'
COMMITMENT_LEGEND = "{{deliverable}} · {{criterion}}"
TARGET_LEGEND = "{{deliverable}} · {{criterion}} · {{target}}"
KEPT_OR_LOST = {"0": "kept so far", "1": "lost"}
HIDDEN_COLUMNS: dict[str, str | None] = {"Time": None, "instance": None, "job": None, "__name__": None, "state": None}
COMMITMENT_COLUMNS: dict[str, str | None] = {
    "contract": "Contract",
    "deliverable": "Deliverable",
    "criterion": "Criterion",
    "target": "Target",
    "debtor": "Owed by",
}


@dataclass(frozen=True)
class Around:
    """The surroundings of Grafana. `pages`: the address where people open them, empty for no links there; `has_reports`: closed periods
    can be read from reports, which is so on PostgreSQL; `language`: that of who looks at the dashboards."""

    pages: str = ""
    has_reports: bool = False
    language: str = "en"

    def page(self, title: str, path: str) -> list[Link]:
        return [Link(title, f"{self.pages.rstrip('/')}{path}")] if self.pages else []


NOTHING = Around()
"""No pages, no reports."""


def of(metric: names.Metric, *chosen: str) -> str:
    """The series of a metric with these labels, once."""
    return names.once(f"{metric.name}{{{', '.join(chosen)}}}" if chosen else metric.name)


def joined(parties: str, *labels: str) -> str:
    """PromQL that follows `*`: only the commitments of these series of `entente_commitment_info`, with these labels of theirs;
    a commitment may have several targets."""
    return f"on ({PER_COMMITMENT}) group_left ({', '.join(labels)}) max by ({', '.join((PER_COMMITMENT, *labels))}) ({parties})"


def stat(title: str, expression: str, steps: Steps = NEUTRAL, *, unit: str = "none", width: int = 4) -> Panel:
    return Panel(title, "stat", (Query(expression, now=True),), width=width, height=4, unit=unit, steps=steps)


def board(title: str, uid: str, **chosen: str) -> Link:
    """A link to another of our dashboards, with these variables chosen there."""
    parts = [f"var-{name}={value}" for name, value in chosen.items()]
    return Link(title, f"/d/{uid}" + (f"?{'&'.join(parts)}" if parts else ""))


def of_row(name: str) -> str:
    """The value of another column of the row, for a link."""
    return f"${{__data.fields.{name}:percentencode}}"


def row_links(around: Around) -> dict[str, Sequence[Link]]:
    """The links from a row of Prometheus to its contract and its commitment, by column."""
    contract, deliverable, criterion = of_row("contract"), of_row("deliverable"), of_row("criterion")
    near = board("This commitment", COMMITMENT_UID, contract=contract, deliverable=deliverable, criterion=criterion)
    page = around.page("Its page", f"/commitments/{contract}/{deliverable}/{criterion}")
    return {
        "contract": [
            board("This contract", CONTRACT_UID, contract=contract),
            *around.page("Its page", f"/contracts/{contract}"),
        ],
        "deliverable": [near, *page],
        "criterion": [near, *page],
    }


def summary(parties: str) -> list[Panel]:
    """Seven figures about these commitments."""

    def statuses(state: str) -> str:
        chosen = f'state="{state}"'
        return f"sum({of(names.COMMITMENT_STATUS, chosen)} * {joined(parties)})"

    return [
        stat("Commitments", f"count({names.once(parties)})", width=3),
        stat("Targets kept so far", f"{statuses('open')} + {statuses('met')}"),
        stat("Targets lost", statuses("breached"), BAD_FROM_ONE, width=3),
        stat(
            "Targets with something unknown", f"sum(({of(names.UNKNOWN)} > bool 0) * {joined(parties)})", WARN_FROM_ONE
        ),
        stat("Breaches open", f"sum({of(names.BREACHES_OPEN)} * {joined(parties)})", WARN_FROM_ONE, width=3),
        stat("Actions overdue", f"sum({of(names.ACTIONS_OPEN, OVERDUE)} * {joined(parties)})", BAD_FROM_ONE),
        stat("Missing", f"sum({of(names.OCCURRENCES, MISSING)} * {joined(parties)})", WARN_FROM_ONE, width=3),
    ]


def lists(parties: str, around: Around, *labels: str, hidden: Sequence[str] = ()) -> list[Panel]:
    """Every target of these commitments, the lost ones first; and when each is due next."""
    lost = f"{of(names.COMMITMENT_STATUS, LOST)} * {joined(parties, *labels)}"
    due = f"sort(({of(names.NEXT_DUE)} - time()) * {joined(parties, *labels)})"
    shown = {**COMMITMENT_COLUMNS, **({"creditor": "Owed to"} if "creditor" in labels else {}), **dict.fromkeys(hidden)}
    links = row_links(around)
    return [
        Panel(
            "Every target, the lost ones first",
            "table",
            (Query(f"sort_desc({lost})", now=True),),
            width=12,
            height=10,
            steps=BAD_FROM_ONE,
            words=KEPT_OR_LOST,
            columns={**shown, "Value": "State", **HIDDEN_COLUMNS},
            links=links,
        ),
        Panel(
            "Time until the next due",
            "table",
            (Query(due, now=True),),
            width=12,
            height=10,
            steps=SOON,
            columns={**shown, "Value": "Due in", **HIDDEN_COLUMNS},
            links=links,
            units={"Value": "s"},
        ),
    ]
