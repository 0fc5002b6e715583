"""The few kinds of panel that the dashboards are made of, and how they are laid out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Json = dict[str, object]
Kind = Literal["stat", "timeseries", "table", "bargauge", "state-timeline"]

DATA_SOURCE_UID = "entente-prometheus"
DATA_SOURCE: Json = {"type": "prometheus", "uid": DATA_SOURCE_UID}
GRID_WIDTH = 24
ROW_HEIGHT = 1

GREEN, AMBER, RED, GREY = "green", "orange", "red", "text"


@dataclass(frozen=True)
class Query:
    """One PromQL expression. `now` asks for its last value only, as tables and single figures want it."""

    expression: str
    legend: str = ""
    now: bool = False


@dataclass(frozen=True)
class Steps:
    """Colours by value: the first holds from the bottom, each next one from its value on."""

    first: str
    then: tuple[tuple[float, str], ...] = ()

    def to_json(self) -> Json:
        steps: list[Json] = [{"color": self.first, "value": None}]
        return {"mode": "absolute", "steps": [*steps, *({"color": color, "value": at} for at, color in self.then)]}


@dataclass(frozen=True)
class Panel:
    """`words` shows numbers as words, `columns` renames the columns of a table (a name of None hides it)."""

    title: str
    kind: Kind
    queries: tuple[Query, ...]
    width: int
    height: int = 8
    unit: str = "none"
    steps: Steps = Steps(GREEN)
    description: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str | None] = field(default_factory=dict)

    def to_json(self, identity: int, x: int, y: int) -> Json:
        return {
            "id": identity,
            "type": self.kind,
            "title": self.title,
            "description": self.description,
            "datasource": DATA_SOURCE,
            "gridPos": {"x": x, "y": y, "w": self.width, "h": self.height},
            "targets": [self._target(index, query) for index, query in enumerate(self.queries)],
            "fieldConfig": {"defaults": self._defaults(), "overrides": []},
            "options": self._options(),
            "transformations": self._transformations(),
        }

    def _target(self, index: int, query: Query) -> Json:
        return {
            "refId": chr(ord("A") + index),
            "datasource": DATA_SOURCE,
            "expr": query.expression,
            "legendFormat": query.legend or "__auto",
            "instant": query.now,
            "range": not query.now,
            "format": "table" if self.kind == "table" else "time_series",
        }

    def _defaults(self) -> Json:
        words = {value: {"text": word, "index": index} for index, (value, word) in enumerate(self.words.items())}
        return {
            "unit": self.unit,
            "thresholds": self.steps.to_json(),
            "color": {"mode": "palette-classic" if self.kind == "timeseries" else "thresholds"},
            "mappings": [{"type": "value", "options": words}] if words else [],
        }

    def _options(self) -> Json:
        last = {"calcs": ["lastNotNull"], "fields": "", "values": False}
        match self.kind:
            case "stat":
                return {"reduceOptions": last, "colorMode": "value", "graphMode": "area", "textMode": "auto"}
            case "bargauge":
                return {"reduceOptions": last, "orientation": "horizontal", "displayMode": "basic"}
            case "timeseries":
                return {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}}
            case "state-timeline":
                return {"showValue": "never", "mergeValues": True, "legend": {"displayMode": "list"}}
            case "table":
                return {"showHeader": True, "cellHeight": "sm"}

    def _transformations(self) -> list[Json]:
        if not self.columns:
            return []
        hidden = {column: True for column, name in self.columns.items() if name is None}
        renamed = {column: name for column, name in self.columns.items() if name is not None}
        order = {column: index for index, column in enumerate(renamed)}
        arranged: Json = {"excludeByName": hidden, "renameByName": renamed, "indexByName": order}
        return [{"id": "organize", "options": arranged}]


@dataclass(frozen=True)
class Row:
    """A heading; the panels after it begin on a new line."""

    title: str

    def to_json(self, identity: int, y: int) -> Json:
        place: Json = {"x": 0, "y": y, "w": GRID_WIDTH, "h": ROW_HEIGHT}
        return {"id": identity, "type": "row", "title": self.title, "collapsed": False, "gridPos": place, "panels": []}


@dataclass(frozen=True)
class Variable:
    """A choice at the top of a dashboard, filled from the values that a label has."""

    name: str
    label: str
    query: str
    several: bool = True

    def to_json(self) -> Json:
        everything: Json = {"text": ["All"], "value": ["$__all"]}
        return {
            "type": "query",
            "name": self.name,
            "label": self.label,
            "datasource": DATA_SOURCE,
            "query": {"query": self.query, "refId": f"variable-{self.name}"},
            "definition": self.query,
            "refresh": 2,
            "sort": 1,
            "multi": self.several,
            "includeAll": self.several,
            "allValue": ".*" if self.several else None,
            "current": everything if self.several else {},
        }


@dataclass(frozen=True)
class Dashboard:
    uid: str
    title: str
    items: Sequence[Panel | Row]
    variables: Sequence[Variable] = ()
    links: Sequence[Json] = ()
    since: str = "now-30d"

    def to_json(self) -> Json:
        return {
            "uid": self.uid,
            "title": self.title,
            "tags": ["entente"],
            "timezone": "browser",
            "schemaVersion": 39,
            "version": 1,
            "editable": False,
            "refresh": "1m",
            "time": {"from": self.since, "to": "now"},
            "templating": {"list": [variable.to_json() for variable in self.variables]},
            "links": list(self.links),
            "annotations": {"list": []},
            "panels": list(laid_out(self.items)),
        }


def laid_out(items: Iterable[Panel | Row]) -> Iterable[Json]:
    """Places panels from left to right, on a new line where one no longer fits, so that none can overlap another."""
    x = y = line_height = 0
    for identity, item in enumerate(items, start=1):
        width = GRID_WIDTH if isinstance(item, Row) else item.width
        if x + width > GRID_WIDTH:
            x, y, line_height = 0, y + line_height, 0
        if isinstance(item, Row):
            yield item.to_json(identity, y)
            x, line_height = GRID_WIDTH, ROW_HEIGHT
        else:
            yield item.to_json(identity, x, y)
            x, line_height = x + width, max(line_height, item.height)
