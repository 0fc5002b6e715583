"""Guards beside those of the rules and of the way of an event: a module `of_*.py` for each thing, with a tuple GUARDING."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from tests.guards.streaming import Guarding

OTHERS: dict[str, tuple[Guarding, ...]] = {
    path.stem.removeprefix("of_"): import_module(f"tests.guards.{path.stem}").GUARDING
    for path in sorted(Path(__file__).parent.glob("of_*.py"))
}
"""By what they are about."""
