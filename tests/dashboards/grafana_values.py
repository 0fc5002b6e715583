"""What Grafana makes of a query before it sends it: variables and macros put in, quoted as its documentation says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

Chosen = Mapping[str, Sequence[str]]
"""The values chosen for each variable."""

BUILT_IN = {"$__rate_interval": "4s", "$__range": "10s", "$__interval": "1s"}
SPECIAL = re.compile(r"[\\^$*+?.()|\[\]{}]")
LONG = ("2025-01-01T00:00:00Z", "2027-01-01T00:00:00Z")


def promql(expression: str, chosen: Chosen) -> str:
    """For Prometheus: one value with its backslashes and single quotes escaped, several as alternatives of a regular expression."""
    for name, value in BUILT_IN.items():
        expression = expression.replace(name, value)

    def put(found: re.Match[str]) -> str:
        values = chosen[found[1]]
        if len(values) == 1:
            return values[0].replace("\\", "\\\\").replace("'", "\\\\'")
        return "(" + "|".join(SPECIAL.sub(r"\\\\\g<0>", one) for one in values) + ")"

    return re.sub(r"\$(\w+)", put, expression)


def sql(statement: str, chosen: Chosen, shown: tuple[str, str] = LONG) -> str:
    """For PostgreSQL: `${name:sqlstring}` is a list of literals with their quotes doubled, `$__timeFilter(column)` the time shown."""
    statement = re.sub(r"\$__timeFilter\((\w+)\)", rf"\1 BETWEEN '{shown[0]}' AND '{shown[1]}'", statement)

    def put(found: re.Match[str]) -> str:
        return ",".join("'" + one.replace("'", "''") + "'" for one in chosen[found[1]])

    return re.sub(r"\$\{(\w+):sqlstring\}", put, statement)
