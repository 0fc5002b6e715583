"""What a machine lacks: a laptop leaves the test out and says so; in continuous integration it is a failure."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def lacking(what: str) -> NoReturn:
    """`what` is missing here, and how to have it."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)
