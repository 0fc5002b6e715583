"""`/notices/preferences`: what somebody wants to be told, when, and in which language."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from dashboards.language import LANGUAGES
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.notices.page import notices_page
from services.errors import EntenteError
from services.notices.hooking import FORMS
from services.notices.kinds import DEFAULTS, KINDS, WAYS, Kind, Way
from services.notices.noticing import Noticing
from services.notices.preferences import CLOSED, NEVER, NO_CALENDAR, Preferences

ADDRESS: Final = "/notices/preferences"
BETWEEN: Final = "between"
Typed = Annotated[str, Field(max_length=200)]


class Asked(BaseModel):
    """The form as it is sent: a kind that it does not say keeps its usual way."""

    hour: Typed = ""
    calendar: Typed = ""
    quiet: Typed = CLOSED
    since: Typed = ""
    until: Typed = ""
    language: Typed = ""
    way_morning: Typed = DEFAULTS["morning"]
    way_breach: Typed = DEFAULTS["breach"]
    way_excuse: Typed = DEFAULTS["excuse"]
    way_sign: Typed = DEFAULTS["sign"]
    way_reminder: Typed = DEFAULTS["reminder"]
    way_mention: Typed = DEFAULTS["mention"]
    way_invitation: Typed = DEFAULTS["invitation"]
    way_pack: Typed = DEFAULTS["pack"]
    way_action: Typed = DEFAULTS["action"]
    way_silent: Typed = DEFAULTS["silent"]
    way_quarantine: Typed = DEFAULTS["quarantine"]
    hook: Annotated[str, Field(max_length=2_000)] = ""
    hook_form: Typed = "cloudevent"
    hook_ends: Typed = ""

    @property
    def ways(self) -> dict[Kind, Way]:
        return {kind: getattr(self, f"way_{kind}") for kind in KINDS}

    def preferences(self, before: Preferences) -> Preferences:
        """What it asks for; an address that it does not say stays what it was."""
        return Preferences(
            self.hour.strip(),
            self.calendar.strip(),
            f"{self.since.strip()}-{self.until.strip()}" if self.quiet == BETWEEN else self.quiet,
            self.language,
            self.ways,
            "" if self.hook_ends else self.hook.strip() or before.hook,
            before.hook_secret,
            self.hook_form if self.hook_form in FORMS else before.hook_form,
        )


def add_preferences(router: APIRouter, pages: Pages) -> None:
    noticing = pages.store.use(Noticing)

    @router.get(ADDRESS)
    def preferences(request: Request, done: Annotated[str, Query(max_length=10)] = "") -> Response:
        view = View(pages, request)
        if view.who.person is None:
            return notices_page(view)  # a role is told nothing
        return _page(view, noticing.preferences(view.who), is_done=done == "yes")

    @router.post(ADDRESS)
    def prefer(request: Request, form: Annotated[Asked, Form()]) -> Response:
        view = View(pages, request)
        before = noticing.preferences(view.who)
        wanted = form.preferences(before)
        try:
            secret = noticing.prefer(view.who, wanted, pages.notify_hosts)
        except EntenteError as error:
            view.keep(ADDRESS, error)
            with view.state():
                return _page(view, msgspec.structs.replace(wanted, hook=before.hook))
        if secret:
            with view.state():
                return _page(view, wanted, is_done=True, secret=secret)
        return RedirectResponse(f"{ADDRESS}?done=yes", 303)


def _page(view: View, wanted: Preferences, *, is_done: bool = False, secret: str = "") -> Response:
    since, dash, until = wanted.quiet.partition("-")
    return view.render(
        "notices/preferences.html",
        wanted=wanted,
        is_done=is_done,
        secret=secret,
        forms=FORMS,
        hosts=sorted(view.pages.notify_hosts),
        kinds=KINDS,
        ways={kind: [way for way in WAYS if (kind, way) != ("morning", "digest")] for kind in KINDS},
        calendars=sorted({row.id for row in view.calendars if row.id}),
        lacks_morning=wanted.way("morning") == "none" and any(wanted.way(kind) == "digest" for kind in KINDS),
        no_calendar=NO_CALENDAR,
        spoken=list(LANGUAGES),
        quiet=BETWEEN if dash else wanted.quiet,
        quiets=(CLOSED, BETWEEN, NEVER),
        since=since if dash else "20:00",
        until=until if dash else "07:00",
    )
