"""An answer is of one state of the store: what it says of a contract belongs to what it says of its figures, though judging goes on
between two reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Any, ParamSpec, TypeVar

from services.seeing.seen import Seeing

P = ParamSpec("P")
Answer = TypeVar("Answer")

OF_ANOTHER_MOMENT = ("as_of", "believed_at")
"""The parameters with which the history is judged aside, which takes long: its entries are never changed, and nothing
is held meanwhile."""


def in_one_state(seeing: Seeing, answer: Callable[P, Answer]) -> Callable[P, Answer]:
    @wraps(answer)
    def answered(*args: P.args, **kwargs: P.kwargs) -> Answer:
        if any(kwargs.get(name) for name in OF_ANOTHER_MOMENT):
            return answer(*args, **kwargs)
        with seeing.state():
            return answer(*args, **kwargs)

    return answered


def reading_in(seeing: Seeing, endpoint: Callable[..., Any], methods: Iterable[str] | None) -> Callable[..., Any]:
    """The endpoint of a route of these methods, in one state if it only reads. Streams, which wait, read each time anew."""
    waits = iscoroutinefunction(endpoint) or isasyncgenfunction(endpoint)
    only_reads = set(methods or ()) <= {"GET", "HEAD"}
    return in_one_state(seeing, endpoint) if only_reads and not waits else endpoint
