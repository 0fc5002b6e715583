"""Writes what the program says beside its answers, on stderr: text for people, or one JSON object a line for machines.

Of each line in JSON: `timestamp` (UTC), `level`, `event`, and what belongs to it; `exception` where a fault of the program is
told. What libraries log goes the same way. Keys, passwords and codes are blotted out of all of it.
"""

from __future__ import annotations

import logging
import sys
from typing import Literal

import structlog

from entente.voice import Voice
from services.api.unsaid import unsaid_within

err = Voice(stderr=True, highlight=False, soft_wrap=True)

Form = Literal["text", "json"]
_form: Form = "text"


def log_as(form: Form) -> None:
    """From now on; may be called again."""
    global _form
    _form = form
    shown: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,  # before it is shown: what a fault quotes may be secret
            _without_secrets,
            *([] if form == "json" else [_on_one_line]),
            shown,
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # the one of that moment: it may be redirected
    )
    logging.getLogger().handlers = [_Library()]


def _without_secrets(
    logger: structlog.typing.WrappedLogger, name: str, line: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Whoever wrote the line: no key, password or code stands in it."""
    return {name: unsaid_within(value) for name, value in line.items()}


def _on_one_line(
    logger: structlog.typing.WrappedLogger, name: str, line: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Nobody whose text is quoted writes a line of the log, or moves the cursor of who reads it. A fault has lines of its own."""
    return {
        name: "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in value)
        if isinstance(value, str) and name != "exception"
        else value
        for name, value in line.items()
    }


def say(text: str, *, level: Literal["info", "warning", "error"] = "info") -> None:
    """One line to whoever started the program."""
    if _form == "json":
        getattr(structlog.get_logger(), level)(text)
    else:
        err.print(text, markup=False, style="bold red" if level == "warning" else None)


class _Library(logging.Handler):
    """Writes what a library logs as one of our lines."""

    def emit(self, record: logging.LogRecord) -> None:
        level = (
            "error" if record.levelno >= logging.ERROR else "warning" if record.levelno >= logging.WARNING else "info"
        )
        getattr(structlog.get_logger(), level)(record.getMessage(), logger=record.name, exc_info=record.exc_info)
