"""Every operation of /openapi.json, with requests that schemathesis makes of what it says and of what it does not: no fault."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.config import SchemathesisConfig

from entente.serving import web
from entente.settings import Settings
from entente.wiring import Program, program

NOW = 1_773_144_000_000_000
HOOKS = Path(__file__).parents[2] / "deploy" / "webhooks"
EXAMPLES = 6
"""Requests of each operation: a start of what somebody might try, the same at each run."""
ENDLESS = "/v1/stream"
MAY_BE_BUSY = 503
"""Others look back at the history: no fault."""


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Program]:
    settings = Settings(store=f"sqlite:///{tmp_path / 'entente.db'}", webhooks=str(HOOKS))
    with program(settings, clock=lambda: NOW) as one:
        one.store.judging.catch_up()
        yield one


@pytest.mark.filterwarnings("default")
def test_no_operation_answers_what_is_said_of_it_with_a_fault(opened: Program) -> None:
    config = SchemathesisConfig()
    schema = schemathesis.openapi.from_asgi("/openapi.json", web(opened), config=config, headers={"host": "127.0.0.1"})
    tried, faults = 0, []
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]  # what is no operation raises here
        if operation.path == ENDLESS:
            continue

        @given(case=operation.as_strategy())
        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: Any) -> None:
            nonlocal tried
            tried += 1
            case.headers = {**(case.headers or {}), "host": "127.0.0.1"}
            answer = case.call()
            if answer.status_code >= 500 and answer.status_code != MAY_BE_BUSY:
                faults.append(
                    f"{case.method} {case.formatted_path} {case.query} {case.body!r:.200}: {answer.status_code}"
                )

        ask()
    assert faults == []
    assert tried > 100
