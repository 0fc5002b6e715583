"""The pages over the town, as an application: for tests, and to look at them (`python -m tests.dashboards.serving`)."""

from __future__ import annotations

import sys
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from dashboards.pages import Choice, Choices, Pages, page_for_error, pages_router
from domain.terms import Text
from services.access import ADMINISTRATOR, principal
from services.errors import NotFound
from services.pulse import Pulse
from tests.dashboards.scenario import town
from tests.dashboards.twin import Decisions, Rows


def choices() -> tuple[Choice, ...]:
    people = {
        "administrator": (("en", "Administrator"), ("fr", "Administrateur")),
        "kitchen/marc.olivier": (("", "Marc Olivier, Central kitchen"),),
        "education/nadia.ferrand": (("", "Nadia Ferrand, Education"),),
        "auditor": (("en", "Auditor"), ("fr", "Auditeur")),
    }
    return tuple(Choice(value, Text(label), principal(value)) for value, label in people.items())


def application(
    rows: Rows, *, has_choices: bool = True, clock: Callable[[], int] | None = None
) -> tuple[FastAPI, Decisions]:
    decisions = Decisions(rows)
    pages = Pages(
        rows,
        decisions,
        "Ville de Valmoray",
        "Europe/Paris",
        lambda request: ADMINISTRATOR,
        Choices(choices) if has_choices else None,
        pulse=Pulse(rows.known),
        clock=clock,
    )
    app = FastAPI()
    app.include_router(pages_router(pages))

    @app.exception_handler(HTTPException)
    def unknown(request: Request, error: HTTPException) -> Response:
        return page_for_error(pages, request, NotFound(f"nothing stands at {request.url.path}"))

    return app, decisions


if __name__ == "__main__":
    uvicorn.run(application(town())[0], port=int(sys.argv[1]), log_level="warning")
