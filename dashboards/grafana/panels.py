"""The few kinds of panel that the dashboards are made of, and how they are laid out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from dashboards.grafana.queries import DATA_SOURCE, Annotation, Json, Query, Sql, Variable

Kind = Literal["stat", "timeseries", "bars", "table", "bargauge", "state-timeline", "text"]

GRID_WIDTH = 24
ROW_HEIGHT = 1

GREEN, AMBER, RED, GREY, BLUE, PURPLE = "green", "orange", "red", "text", "blue", "purple"


@dataclass(frozen=True)
class Link:
    """A way on: from a value of a column, or from the whole dashboard."""

    title: str
    url: str

    def to_json(self) -> Json:
        return {"title": self.title, "url": self.url, "targetBlank": False}


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
    """`words` shows numbers as words, `columns` renames the columns of a table (a name of None hides it), `links` leads on from
    columns, `units` gives columns a unit of their own, `colors` series a colour. A text has no query: `description` is its
    Markdown."""

    title: str
    kind: Kind
    queries: tuple[Query | Sql, ...]
    width: int
    height: int = 8
    unit: str = "none"
    steps: Steps = Steps(GREEN)
    description: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str | None] = field(default_factory=dict)
    links: Mapping[str, Sequence[Link]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    colors: Mapping[str, str] = field(default_factory=dict)

    def to_json(self, identity: int, x: int, y: int) -> Json:
        place: Json = {"x": x, "y": y, "w": self.width, "h": self.height}
        panel: Json = {"id": identity, "type": _TYPES.get(self.kind, self.kind), "title": self.title, "gridPos": place}
        if self.kind == "text":
            return panel | {"options": {"mode": "markdown", "content": self.description}}
        is_table = self.kind == "table"
        return panel | {
            "description": self.description,
            "datasource": self.queries[0].source if self.queries else DATA_SOURCE,
            "targets": [
                query.to_json(chr(ord("A") + index), is_table=is_table) for index, query in enumerate(self.queries)
            ],
            "fieldConfig": {"defaults": self._defaults(), "overrides": list(self._overrides())},
            "options": self._options(),
            "transformations": self._transformations(),
        }

    def _defaults(self) -> Json:
        words = {value: {"text": word, "index": index} for index, (value, word) in enumerate(self.words.items())}
        defaults: Json = {
            "unit": self.unit,
            "thresholds": self.steps.to_json(),
            "color": {"mode": "palette-classic" if self.kind in ("timeseries", "bars") else "thresholds"},
            "mappings": [{"type": "value", "options": words}] if words else [],
        }
        if self.kind == "bars":
            defaults["custom"] = {
                "drawStyle": "bars",
                "fillOpacity": 80,
                "lineWidth": 0,
                "stacking": {"mode": "normal", "group": "A"},
            }
        return defaults

    def _overrides(self) -> Iterable[Json]:
        """By the names that columns and series come with."""
        for name in dict.fromkeys((*self.links, *self.units, *self.colors)):
            properties: list[Json] = []
            if name in self.links:
                properties.append({"id": "links", "value": [link.to_json() for link in self.links[name]]})
            if name in self.units:
                properties.append({"id": "unit", "value": self.units[name]})
            if name in self.colors:
                properties.append({"id": "color", "value": {"mode": "fixed", "fixedColor": self.colors[name]}})
            yield {"matcher": {"id": "byName", "options": name}, "properties": properties}

    def _options(self) -> Json:
        last = {"calcs": ["lastNotNull"], "fields": "", "values": False}
        match self.kind:
            case "stat":
                return {"reduceOptions": last, "colorMode": "value", "graphMode": "area", "textMode": "auto"}
            case "bargauge":
                return {"reduceOptions": last, "orientation": "horizontal", "displayMode": "basic"}
            case "timeseries" | "bars":
                return {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}}
            case "state-timeline":
                return {"showValue": "never", "mergeValues": True, "legend": {"displayMode": "list"}}
            case "table":
                return {"showHeader": True, "cellHeight": "sm"}
            case "text":
                return {}

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


_TYPES: Mapping[str, str] = {"bars": "timeseries"}


TAG = "entente"
ALL_OURS: Json = {
    "type": "dashboards",
    "title": "Entente",
    "tags": [TAG],
    "asDropdown": True,
    "keepTime": True,
    "includeVars": True,
    "icon": "dashboard",
}
"""All our dashboards, in a list at the top of each."""


@dataclass(frozen=True)
class Dashboard:
    uid: str
    title: str
    items: Sequence[Panel | Row]
    variables: Sequence[Variable] = ()
    links: Sequence[Link] = ()
    since: str = "now-30d"
    annotations: Sequence[Annotation] = ()

    def to_json(self) -> Json:
        return {
            "uid": self.uid,
            "title": self.title,
            "tags": [TAG],
            "timezone": "browser",
            "schemaVersion": 39,
            "version": 1,
            "editable": False,
            "refresh": "1m",
            "time": {"from": self.since, "to": "now"},
            "templating": {"list": [variable.to_json() for variable in self.variables]},
            "links": [ALL_OURS, *({"type": "link", "icon": "external link", **link.to_json()} for link in self.links)],
            "annotations": {"list": [annotation.to_json() for annotation in self.annotations]},
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
