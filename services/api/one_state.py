"""An answer is of one state of the store: what it says of a contract belongs to what it says of its figures, though judging goes on
between two reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import wraps
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
Answer = TypeVar("Answer")

OneState = Callable[[], AbstractContextManager[None]]
"""Within it a thread reads one state, and writes nothing."""

OF_ANOTHER_MOMENT = ("as_of", "believed_at")
"""What says that the history is judged aside, which takes long: its entries are never changed, and nothing is held meanwhile."""


def in_one_state(one_state: OneState, answer: Callable[P, Answer]) -> Callable[P, Answer]:
    @wraps(answer)
    def answered(*args: P.args, **kwargs: P.kwargs) -> Answer:
        if any(kwargs.get(name) for name in OF_ANOTHER_MOMENT):
            return answer(*args, **kwargs)
        with one_state():
            return answer(*args, **kwargs)

    return answered


def reading_in(one_state: OneState, endpoint: Callable[..., Any], methods: Iterable[str] | None) -> Callable[..., Any]:
    """The endpoint of a route of these methods, in one state if it only reads. Streams, which wait, read each time anew."""
    waits = iscoroutinefunction(endpoint) or isasyncgenfunction(endpoint)
    only_reads = set(methods or ()) <= {"GET", "HEAD"}
    return in_one_state(one_state, endpoint) if only_reads and not waits else endpoint
