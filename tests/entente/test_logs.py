"""What the program logs goes where standard error is when it is said."""

from __future__ import annotations

import io
from contextlib import redirect_stderr

import structlog

from entente.logs import log_as


def test_a_standard_error_that_was_closed_meanwhile_is_not_written_to() -> None:
    gone, now = io.StringIO(), io.StringIO()
    with redirect_stderr(gone):
        log_as("text")
    gone.close()
    with redirect_stderr(now):
        structlog.get_logger().warning("a body did not come in time")
    assert "a body did not come in time" in now.getvalue()
