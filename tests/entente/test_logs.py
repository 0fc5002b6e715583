"""What the program logs goes where standard error is when it is said."""

from __future__ import annotations

import io
import json
import logging
from contextlib import redirect_stderr

import pytest
import structlog

from entente.logs import Form, log_as


def test_a_standard_error_that_was_closed_meanwhile_is_not_written_to() -> None:
    gone, now = io.StringIO(), io.StringIO()
    with redirect_stderr(gone):
        log_as("text")
    gone.close()
    with redirect_stderr(now):
        structlog.get_logger().warning("a body did not come in time")
    assert "a body did not come in time" in now.getvalue()


@pytest.mark.parametrize(
    "broken", ["a\nwarning  forged", "a\r\n{}", "a\x1b[2K\x1b[1Aforged", "a\x00b", "a\u2028forged", "a\x85forged"]
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_what_is_quoted_makes_no_line_of_its_own(form: Form, broken: str) -> None:
    now = io.StringIO()
    with redirect_stderr(now):
        log_as(form)
        structlog.get_logger().warning("refused", who=broken, count=1)
        structlog.get_logger().warning(broken)
        logging.getLogger("a library").warning("it said %s", broken)
    log_as("text")
    lines = now.getvalue().removesuffix("\n").split("\n")
    assert len(lines) == 3
    if form == "json":
        assert [json.loads(line)["event"] for line in lines] == ["refused", broken, f"it said {broken}"]
        assert json.loads(lines[0])["who"] == broken
    else:
        assert all(line.isprintable() for line in lines)


def test_a_fault_is_shown_in_lines_of_its_own() -> None:
    now = io.StringIO()
    with redirect_stderr(now):
        log_as("text")
        try:
            raise ValueError("a")
        except ValueError:
            structlog.get_logger().error("a fault", exc_info=True)
    assert "\nValueError: a" in now.getvalue()
