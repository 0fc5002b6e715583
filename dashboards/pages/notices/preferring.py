"""`/notices/preferences`: what somebody wants to be told, when, and in which language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, cast

import msgspec
from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from dashboards.language import LANGUAGES
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.notices.page import notices_page
from services.errors import EntenteError
from services.notices.hooking import FORMS
from services.notices.kinds import KINDS, WAYS, Kind, Way
from services.notices.noticing import Noticing
from services.notices.preferences import CLOSED, NEVER, NO_CALENDAR, Preferences

ADDRESS: Final = "/notices/preferences"
BETWEEN: Final = "between"
Typed = Annotated[str, Form(max_length=200)]


def add_preferences(router: APIRouter, pages: Pages) -> None:
    noticing = pages.store.use(Noticing)

    @router.get(ADDRESS)
    def preferences(request: Request, done: Annotated[str, Query(max_length=10)] = "") -> Response:
        view = View(pages, request)
        if view.who.person is None:
            return notices_page(view)  # a role is told nothing
        return _page(view, noticing.preferences(view.who), is_done=done == "yes")

    @router.post(ADDRESS)
    def prefer(
        request: Request,
        hour: Typed = "",
        calendar: Typed = "",
        quiet: Typed = CLOSED,
        since: Typed = "",
        until: Typed = "",
        language: Typed = "",
        way_morning: Typed = "mail",
        way_breach: Typed = "mail",
        way_excuse: Typed = "mail",
        way_sign: Typed = "mail",
        way_reminder: Typed = "mail",
        way_mention: Typed = "mail",
        way_action: Typed = "digest",
        way_silent: Typed = "digest",
        way_quarantine: Typed = "digest",
        hook: Annotated[str, Form(max_length=2000)] = "",
        hook_form: Typed = "cloudevent",
        hook_ends: Typed = "",
    ) -> Response:
        view = View(pages, request)
        ways = (
            way_morning,
            way_breach,
            way_excuse,
            way_sign,
            way_reminder,
            way_mention,
            way_action,
            way_silent,
            way_quarantine,
        )
        before = noticing.preferences(view.who)
        wanted = Preferences(
            hour.strip(),
            calendar.strip(),
            f"{since.strip()}-{until.strip()}" if quiet == BETWEEN else quiet,
            language,
            cast("Mapping[Kind, Way]", dict(zip(KINDS, ways, strict=True))),
            "" if hook_ends else hook.strip() or before.hook,
            before.hook_secret,
            hook_form if hook_form in FORMS else before.hook_form,
        )
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
        no_calendar=NO_CALENDAR,
        spoken=list(LANGUAGES),
        quiet=BETWEEN if dash else wanted.quiet,
        quiets=(CLOSED, BETWEEN, NEVER),
        since=since if dash else "20:00",
        until=until if dash else "07:00",
    )
