"""A page for somebody who has not signed in: nothing of what is shown inside stands on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from secrets import token_urlsafe
from typing import Final

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from dashboards.language import LANGUAGES, Language, choose
from dashboards.messages import messages
from dashboards.pages.house.assets import font_name, style_name
from dashboards.pages.house.frame import THEMES
from dashboards.pages.house.given import Pages
from dashboards.pages.house.templates import environment, link, marked
from services.api.cookies import before_cookie, chosen, forget, keep, known_from_here_on, session_cookie
from services.api.cross_site import FIELD
from services.api.own_paths import own_path
from services.errors import EntenteError
from services.sign_in.signing_in import Opened, SignIn

AGENT: Final = "user-agent"


@dataclass
class Outside:
    """One request of somebody who is not known yet. `problem`: why what was sent did not let them in."""

    pages: Pages
    request: Request
    problem: EntenteError | None = None

    @property
    def sign_in(self) -> SignIn:
        found = self.pages.sign_in
        assert found is not None  # the pages are there only where people sign in
        return found

    @cached_property
    def language(self) -> Language:
        return choose(chosen(self.request, "language"), self.request.headers.get("accept-language"))

    @property
    def address(self) -> str:
        return self.request.client.host if self.request.client is not None else ""

    @property
    def agent(self) -> str:
        return self.request.headers.get(AGENT, "")

    @property
    def secret(self) -> str:
        """What the session's cookie holds."""
        return self.request.cookies.get(session_cookie(self.request), "")

    @cached_property
    def _before(self) -> str:
        """A cookie for who has none that this page could be made for; empty where there is one."""
        return "" if known_from_here_on(self.request) else token_urlsafe(32)

    @cached_property
    def browser(self) -> str:
        """The secret by which this browser is known while it signs in elsewhere; a new one where it has none: see `known`."""
        return self.known_browser or token_urlsafe(32)

    @property
    def known_browser(self) -> str:
        return self.request.cookies.get(before_cookie(self.request), "")[:200]

    def known(self, answer: Response) -> Response:
        """The answer, with the cookie of `browser`."""
        keep(answer, self.request, before_cookie(self.request), self.browser)
        return answer

    def render(self, template: str, *, status: int = 200, **values: object) -> Response:
        """The page; the first sets a cookie that its form belongs to, so that nobody signs somebody else in."""
        if self.problem is not None:
            status = self.problem.status
        code = self.language.code
        html = (
            environment()
            .get_template(f"sign_in/{template}")
            .render(
                {
                    "view": self,
                    "t": marked(self.language.text),
                    "language": self.language,
                    "other_languages": [(one, name) for one, name in LANGUAGES.items() if one != code],
                    "theme": self._theme(),
                    "organisation": self.pages.organisation,
                    "style_sheet": f"/static/{style_name()}",
                    "font": f"/static/{font_name()}",
                    "here": self.here,
                    "problem": self.problem,
                    "told": messages(code).refusal,
                    "form_token": self.form_token,
                    **values,
                }
            )
        )
        answer = HTMLResponse(html, status)
        if self.problem is not None and self.problem.can_retry:
            answer.headers["Retry-After"] = str(self.problem.retry_after)
        if self._before:
            keep(answer, self.request, before_cookie(self.request), self._before)
        return answer

    @property
    def here(self) -> str:
        query = self.request.url.query
        return self.request.url.path + (f"?{query}" if query else "")

    def form_token(self) -> Markup:
        cookie = f"{before_cookie(self.request)}={self._before}" if self._before else known_from_here_on(self.request)
        token = self.pages.forms.token(cookie)
        return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token)

    def entered(self, opened: Opened, back: str, stay: str = "") -> Response:
        """Leads on with a session of its own: to the next step of signing in, or to where somebody wanted to go. `stay`: whether
        they asked to be kept signed in, which the next step is told."""
        return self.with_session(RedirectResponse(next_step(opened, own_path(back), stay), 303), opened)

    def with_session(self, answer: Response, opened: Opened) -> Response:
        keep(answer, self.request, session_cookie(self.request), opened.secret, seconds=opened.seconds)
        forget(answer, self.request, before_cookie(self.request))
        return answer

    def _theme(self) -> str:
        theme = chosen(self.request, "theme")
        return theme if theme in THEMES else ""


def next_step(opened: Opened, back: str, stay: str = "") -> str:
    told = {"next": back, **({"stay": "yes"} if stay else {})}
    match opened.stage:
        case "password":
            return link("/sign-in/code", **told)
        case "factor":
            return link("/sign-in/factor", **told)
        case "in":
            return back
