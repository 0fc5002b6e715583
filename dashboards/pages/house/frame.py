"""The parts that every page has: who asks, in which language, how far the figures know, and the frame around the content."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup, escape

from dashboards.grafana.addresses import dashboard_of
from dashboards.language import LANGUAGES, Language, choose
from dashboards.messages import messages
from dashboards.moments import Moments
from dashboards.names_said import with_names
from dashboards.naming import change_words
from dashboards.near import Near
from dashboards.pages.house.assets import font_name, script_name, style_name
from dashboards.pages.house.given import Choice, Pages
from dashboards.pages.house.looking_back import AT, Looked, as_it_was, asked_of, has_past, looked_of
from dashboards.pages.house.posting import SENT, Done, Outcome, Sent, ticket
from dashboards.pages.house.templates import EMPTY, GO, LOST, breakable, environment, link, marked
from domain.terms import Text
from domain.unseen import as_it_looks
from services.access import PLATFORM, PLATFORM_NAME, Principal, Right
from services.access_keys.pages import is_of_now
from services.api.cookies import chosen, known_from_here_on
from services.api.cross_site import FIELD
from services.api.unsaid import without_secrets
from services.breaches.following_up import FollowingUp
from services.contracts.calendar_rows import CalendarRow
from services.contracts.reading import read_calendars, read_contracts
from services.contracts.rows import ContractRow, VersionRow
from services.directory.reading import read_alike, read_names, read_services
from services.directory.rows import ServiceRow
from services.errors import EntenteError
from services.figures.reading import read_commitments
from services.figures.rows import CommitmentRow
from services.seeing.kept_looks import LOOKING_BACK
from services.seeing.known import Known
from services.seeing.seen import Seeing, Seen
from services.sign_in.oidc_renewing import SILENT

T = TypeVar("T")
P = ParamSpec("P")
THEMES = ("light", "dark")
"""The palettes that one may choose; else it is the system's."""
OF_THE_PROGRAM = frozenset({PLATFORM_NAME, str(PLATFORM)})
NOTHING_TYPED = dict.fromkeys(
    ("first", "last", "one", "reason", "party", "to", "key", "sure", "has_read", "draft", "revision"), ""
)
FIELDS_OF = {
    "names-unknown": "sure",
    "nothing-owed": "sure",
    "edited-meanwhile": "has_read",
    "contract-taken": "f.contract",
}
"""Where a refusal is mended, if not in the form that was sent."""
WORDS = ("file", "text")
"""Fields that people write in."""


@dataclass
class View:
    """One request: everything a page needs to be written."""

    pages: Pages
    request: Request
    typed: Mapping[str, str] = field(default_factory=dict)
    problem: EntenteError | None = None
    breaks: bool = True
    """Words that no line has room for may be broken: on pages, not in files."""
    outcome: Outcome | None = None
    """What came of the form that led here, where it did the same to several things."""
    done: Done | None = None
    """What the form has done that led here."""
    address: str = ""
    """The address where this page can be opened again; empty where that is the one that was asked for."""

    def __post_init__(self) -> None:
        """A page that is opened by the name of what was sent from it shows that, and why it was refused. Secrets are not typed again,
        nor kept."""
        self.typed = without_secrets(self.typed)
        name = self.request.query_params.get(SENT, "") if self.request.method == "GET" else ""
        if name and not self.typed and (sent := self.pages.sent.of(name, self.who)) is not None:
            self.typed, self.problem, self.outcome, self.done = sent.typed, sent.refusal, sent.outcome, sent.done

    def keep(self, page: str, refusal: EntenteError | None = None) -> None:
        """Keeps what was typed and not done, and why not, so that it also stands at an address of that page from now on."""
        self.problem = refusal
        self.address = self.leading(page, Sent(str(self.who), self.typed, refusal))

    def leading(self, page: str, sent: Sent) -> str:
        """The address of that page where it also shows what was sent."""
        name = self.pages.sent.keep(sent)
        address, place, heading = page.partition("#")
        return f"{address}{'&' if '?' in address else '?'}{urlencode({SENT: name})}{place}{heading}"

    @cached_property
    def language(self) -> Language:
        return choose(chosen(self.request, "language"), self.request.headers.get("accept-language"))

    @property
    def theme(self) -> str:
        """The palette that was chosen; empty: as the system has it."""
        name = chosen(self.request, "theme")
        return name if name in THEMES else ""

    @cached_property
    def chosen(self) -> Choice | None:
        return self.pages.choice(self.request)

    @cached_property
    def who(self) -> Principal:
        return self.chosen.who if self.chosen else self.pages.resolve(self.request)

    @property
    def seen(self) -> Seen:
        """The state that this page is written in, as far as the reader sees it."""
        return self.seeing.here(self.who)

    @property
    def seeing(self) -> Seeing:
        """The store as it is, or was at the moment that the address asks for."""
        return (
            self._past.seeing if self._past is not None and self._past.seeing is not None else self.pages.store.seeing
        )

    @property
    def _past(self) -> Looked | None:
        """The moment that this page shows; None: it shows what is true now."""
        looked = looked_of(self.request)
        return looked if looked is not None and looked.seeing is not None else None

    def state(self) -> AbstractContextManager[None]:
        """A page that answers what was sent is written within one: it shows what came of that."""
        return self.pages.store.seeing.state()

    def look(self, read: Callable[Concatenate[Seen, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """A read by itself, before something is decided."""
        return self.pages.store.read(self.who, read, *args, **kwargs)

    @property
    def known(self) -> Known:
        return self.seen.known

    @cached_property
    def now(self) -> int:
        """The time by the clock, never before the watermark, which it is without a clock; what was due between the two is not judged
        yet."""
        told = self.known.watermark or 0
        if self._past is not None:
            return max(told, self._past.moment.at)
        return max(told, self.pages.clock()) if self.pages.clock is not None else told

    @property
    def is_of_no_service(self) -> bool:
        """Somebody who signed in with an office alone: there may be much, and it is shown to others."""
        return self.who.person is not None and not self.who.sees_everything and not self.who.services

    def administrators(self) -> list[str]:
        """The names of those who let people in everywhere; nobody where nobody signs in."""
        sign_in = self.pages.sign_in
        return (
            []
            if sign_in is None
            else [self.person(one) for one in sign_in.roles.holders("administrator", sign_in.today())]
        )

    @property
    def services(self) -> dict[str, ServiceRow]:
        return self.seen.once(read_services)

    @property
    def commitments(self) -> list[CommitmentRow]:
        """All that the reader sees."""
        return self.seen.once(read_commitments)

    @property
    def contracts(self) -> dict[str, ContractRow]:
        return self.seen.once(_contracts_by_id)

    @property
    def calendars(self) -> list[CalendarRow]:
        return self.seen.once(_calendars)

    def moments(self, zone: str | None = None) -> Moments:
        return Moments.of(self.language, zone or self.pages.zone, self.known.watermark)

    def near(self, zone: str | None = None) -> Near:
        """Days as people say them who read this now."""
        return Near(self.moments(zone), self.now)

    def to(self, text: Text) -> str:
        said = text.to(self.language.code)
        return breakable(said) if self.breaks else said

    @cached_property
    def people(self) -> dict[str, str]:
        """The names of people by id, as `read_names` says."""
        return read_names(self.seen)

    def service(self, id: str) -> str:
        """The name that people have for the service."""
        row = self.services.get(id)
        if row is None:
            return breakable(id)
        title = self.to(row.title)
        return f"{title} ({breakable(id)})" if self._titles[as_it_looks(title)] > 1 else title

    @cached_property
    def _titles(self) -> Counter[str]:
        """How many services that the reader sees are called alike: of those the id is shown, too."""
        return Counter(as_it_looks(self.to(row.title)) for row in self.services.values())

    def changes(self, version: VersionRow) -> list[str]:
        """The changes of a version from the one before, with titles for ids."""
        code = self.language.code
        said = [change_words(one, version.terms, code) for one in version.differences_in(code)]
        said = [self._named(one) if " / owner" in one or " / responsable" in one else one for one in said]
        return [breakable(one) if self.breaks else one for one in said]

    def _named(self, change: str) -> str:
        """A change of who owns an indicator, with the names of people."""
        clause, colon, people = change.rpartition(":")
        return clause + colon + re.sub(r"[a-z0-9][a-z0-9.-]*", lambda id: self.people.get(id[0], id[0]), people)

    def person(self, id: str | None) -> str:
        """The name of a person or of whoever decided: `sales/anna.martin` is Anna Martin where sales says so."""
        if not id:
            return ""
        if id in OF_THE_PROGRAM:
            return "Entente"
        service, _, name = id.rpartition("/")
        if "administrator" in (service, id):
            office = self.language.text("frame.administration")
            return f"{breakable(name)}, {office}" if service else office
        if (shown := self.people.get(id) or self.people.get(name)) is not None:
            return f"{breakable(shown)} ({breakable(name)})" if name in self.seen.once(read_alike) else breakable(shown)
        return f"{breakable(name)}, {self.service(service)}" if service else self.service(id)

    def with_names(self, text: str) -> str:
        """What the program says, with names for the ids of people and services."""
        return with_names(text, self.person, self.service)

    def people_of(self, *parties: str) -> list[str]:
        """The ids of those whom the reader may name between these services."""
        return self.pages.store.use(FollowingUp).people(self.seen, *parties)

    def render(self, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
        """The page, in its frame."""
        if self.problem is not None and self.request.method != "GET":
            status = self.problem.status
        html = environment().get_template(template).render({**self._common(), **values})
        html = self._with_what_was_typed(html)
        if looked := looked_of(self.request):
            html = as_it_was(html, looked.moment.asked, is_past=looked.seeing is not None)
        return HTMLResponse(html, status)

    def form_token(self) -> Markup:
        """The field of a form that proves that this page was made for who sends it."""
        token = self.pages.forms.token(known_from_here_on(self.request))
        return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token)

    def _besides(self) -> dict[str, str]:
        """What the address says besides the moment, and what was sent from it."""
        return {name: value for name, value in self.request.query_params.items() if name not in (AT, SENT)}

    def _looked_back(self) -> dict[str, object] | None:
        """What the band says of a page whose address asks for another moment; None of all others."""
        looked = looked_of(self.request)
        if looked is None:
            return None
        now = link(self.request.url.path, **self._besides())
        moment = self.moments().long(looked.moment.at) if looked.seeing is not None else ""
        day = self.moments().local_date(looked.moment.at).isoformat()
        return {"now": now, "moment": moment, "position": looked.moment.position, "day": day}

    @property
    def _here(self) -> str:
        """Where the reader comes back to who takes another language; a feed is no page, and its address holds a key."""
        url = self.request.url
        return "/" if url.path.startswith(("/feeds/", "/s/")) else url.path + (f"?{url.query}" if url.query else "")

    def _with_what_was_typed(self, html: str) -> str:
        """A way to its field; in the refusal itself, where the page has no form for it any more."""
        if self.problem is None or LOST not in html:
            return html
        field = f"f-{escape(self.typed.get('verb', ''))}{escape(self.typed.get('id', ''))}"
        is_there = f'id="{field}"' in html
        text = marked(self.language.text)
        target = FIELDS_OF.get(self.problem.slug, field)
        way = Markup('<a href="#{}">{}</a>').format(target, text("problem.go"))
        way = way if f'id="{target}"' in html else Markup()
        empty = text("problem.text-empty" if is_there else "problem.form-gone")
        said = "" if is_there else what_was_typed(self)
        return html.replace(GO, way).replace(EMPTY, empty).replace(LOST, said)

    def _common(self) -> dict[str, object]:
        language = self.language
        return {
            "view": self,
            "t": marked(language.text),
            "n": marked(language.counted),
            "language": language,
            "other_languages": [(code, name) for code, name in LANGUAGES.items() if code != language.code],
            "themes": ("", *THEMES),
            "choices": self.pages.choices,
            "menu": self.pages.menu,
            "chosen": self.chosen,
            "is_signed_in": self.pages.sign_in is not None,
            "provider_silent": getattr(self.request.state, SILENT, None),
            "of_office": _of_office(self),
            "path": self.request.url.path,
            "here": self.address or self._here,
            "is_elsewhere": bool(self.address),
            "ticket": partial(ticket, self.who),
            "form_token": self.form_token,
            "organisation": self.pages.organisation,
            "style_sheet": f"/static/{style_name()}",
            "font": f"/static/{font_name()}",
            "editor_script": f"/static/{script_name('editor')}",
            "keys_script": f"/static/{script_name('keys')}",
            "live_script": f"/static/{script_name('live')}",
            "is_live": is_live(self.request),
            "looked_back": self._looked_back(),
            "has_past": self.request.method == "GET" and has_past(self.request.url.path),
            "besides": self._besides(),
            "clock": self.moments(),
            "query": "",
            "problem": self.problem,
            "said": lambda text, **how: messages(self.language.code).html(self.with_names(text), **how),
            "told": partial(messages(self.language.code).refusal, named=self.with_names),
            "dashboard": dashboard_of(self.pages.grafana, self.request.url.path),
            "typed": {"text": "", "verb": "", "id": "", "clause": "", "file": "", **NOTHING_TYPED, **self.typed},
        }


def _of_office(view: View) -> list[tuple[str, str]]:
    """The pages of what the reader may do besides what services agree, in no menu of everybody: addresses, and the keys of what they
    are called."""
    who, is_admitting = view.who, view.pages.sign_in is not None and view.who.may(Right.ADMIT)
    places = (
        ("/people", "frame.people", is_admitting),
        ("/access-keys", "access_keys.title", is_admitting),
        ("/new-service", "service_form.add", who.may(Right.DESCRIBE, "") and not asked_of(view.request)),
        ("/calendars", "calendars.title", who.may(Right.ADMINISTER)),
        ("/causes", "causes.title", who.may(Right.ADMINISTER)),
        ("/notices", "notices.title", who.may(Right.ADMINISTER)),
        ("/access-log", "access_log.title", who.may(Right.AUDIT)),
        ("/kept", "kept.title", who.may(Right.FORGET) or who.holds("protection")),
    )
    return [(place, key) for place, key, is_theirs in places if is_theirs]


def _contracts_by_id(seen: Seen) -> dict[str, ContractRow]:
    return {row.id: row for row in read_contracts(seen)}


def _calendars(seen: Seen) -> list[CalendarRow]:
    return read_calendars(seen, seen.known.watermark)


def is_live(request: Request) -> bool:
    """Says whether the page shows what is true now: no form that was sent, no editor, no other moment."""
    return request.method == "GET" and is_of_now(request.url.path) and not asked_of(request)


def error_page(view: View, error: EntenteError, back: str = "") -> HTMLResponse:
    """The refusal as a page in the same frame, which leads `back` to where the form stands."""
    with view.state():
        answer = view.render("error.html", status=error.status, error=error, written=what_was_typed(view), back=back)
    if error.slug == LOOKING_BACK:
        answer.headers["Refresh"] = "1"
    return answer


def what_was_typed(view: View) -> Markup:
    """Words that no form of the page holds, to be copied from it."""
    texts = [value for name, value in view.typed.items() if name in WORDS and value.strip()]
    return Markup(environment().get_template("typed.html").render(texts=texts, t=marked(view.language.text)))
