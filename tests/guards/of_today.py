"""What guards what somebody reads first: one state a page, both sides, and each row leading to what it is about."""

from __future__ import annotations

from tests.guards.streaming import Guarding

ONE_STATE = "tests/entente/test_one_state.py::test_no_page_is_torn_by_what_is_judged_while_it_is_read"

GUARDING = (
    Guarding("a page is read in one state", "services/api/one_state.py", "        with one_state():", "        if True:",
             ONE_STATE),
    Guarding("metrics are read in one state", "dashboards/metrics.py", "        with self._reading.one_state():",
             "        if True:", ONE_STATE),
)  # fmt: skip
