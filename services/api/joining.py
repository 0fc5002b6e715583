"""How the routes of parts come into the application."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI


def join(app: FastAPI, router: APIRouter) -> None:
    """Adds the routes of a router as they are. `FastAPI.include_router` would describe each of them to the framework once more, when
    the first request comes: half of the time that a start takes."""
    app.router.routes.extend(router.routes)
