"""The queries of panels, and whom they ask: PromQL for what is so now, SQL for what closed periods ended with."""

from __future__ import annotations

from dataclasses import dataclass

Json = dict[str, object]

DATA_SOURCE_UID = "entente-prometheus"
DATA_SOURCE: Json = {"type": "prometheus", "uid": DATA_SOURCE_UID}
REPORTS_UID = "entente-postgresql"
REPORTS: Json = {"type": "grafana-postgresql-datasource", "uid": REPORTS_UID}
"""Grafana's built-in PostgreSQL data source, as the role that reads the views report_* (docs/reporting.md)."""


@dataclass(frozen=True)
class Query:
    """One PromQL expression. `now` asks for its last value only, as tables and single figures want it."""

    expression: str
    legend: str = ""
    now: bool = False

    @property
    def source(self) -> Json:
        return DATA_SOURCE

    def to_json(self, letter: str, *, is_table: bool) -> Json:
        return {
            "refId": letter,
            "datasource": DATA_SOURCE,
            "expr": self.expression,
            "legendFormat": self.legend or "__auto",
            "instant": self.now,
            "range": not self.now,
            "format": "table" if is_table else "time_series",
        }


@dataclass(frozen=True)
class Sql:
    """One statement over the reports. Variables stand in it as `${name:sqlstring}` only, which Grafana quotes. `over_time`: it gives
    `time`, ascending, and numbers, with texts as the names of series."""

    statement: str
    over_time: bool = False

    @property
    def source(self) -> Json:
        return REPORTS

    def to_json(self, letter: str, *, is_table: bool) -> Json:
        return {
            "refId": letter,
            "datasource": REPORTS,
            "rawSql": self.statement,
            "rawQuery": True,
            "editorMode": "code",
            "format": "time_series" if self.over_time else "table",
        }


@dataclass(frozen=True)
class Variable:
    """A choice at the top of a dashboard, filled from the values that a label has, or from the rows of a statement. With
    `several` all may be chosen; they are written one by one, so that they can be quoted."""

    name: str
    label: str
    query: str | Sql
    several: bool = True

    def to_json(self) -> Json:
        everything: Json = {"text": ["All"], "value": ["$__all"]}
        asked: object
        if isinstance(self.query, Sql):
            asked, definition, source = self.query.statement, self.query.statement, REPORTS
        else:
            asked, definition = {"query": self.query, "refId": f"variable-{self.name}"}, self.query
            source = DATA_SOURCE
        return {
            "type": "query",
            "name": self.name,
            "label": self.label,
            "datasource": source,
            "query": asked,
            "definition": definition,
            "refresh": 2,
            "sort": 1,
            "multi": self.several,
            "includeAll": self.several,
            "allValue": None,
            "current": everything if self.several else {},
        }


@dataclass(frozen=True)
class Annotation:
    """Marks on every graph: the statement gives `time`, `text` and `tags`."""

    name: str
    query: Sql
    color: str

    def to_json(self) -> Json:
        return {
            "name": self.name,
            "enable": True,
            "iconColor": self.color,
            "datasource": REPORTS,
            "target": self.query.to_json("Anno", is_table=True),
        }
