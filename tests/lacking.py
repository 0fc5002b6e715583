"""What a machine lacks: a laptop leaves the test out and says so; in continuous integration it is a failure."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

from dashboards.print_condition import why_not


def lacking(what: str) -> NoReturn:
    """`what` is missing here, and how to have it."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


def well(path: str) -> tuple[int, ...]:
    """What an address that a link leads to may answer: a PDF is refused, with how to mend it, by a laptop that can make none."""
    is_refused = path.endswith(".pdf") and why_not() and not os.environ.get("CI")
    return (200, 503) if is_refused else (200,)
