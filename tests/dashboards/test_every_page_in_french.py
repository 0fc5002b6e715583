"""Everything that the pages show in French, over a store that lives: no English, nothing as files or programs write it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

import ingestion
from dashboards.language import language
from dashboards.messages import messages
from dashboards.pages import WAYS_BACK
from entente.serving import web
from entente.settings import Settings
from entente.wiring import Program, program
from services.causes.attributing import Attributing
from services.contract_files import read_documents
from services.errors import DocumentInvalid
from tests.dashboards.test_forms import _routes
from tests.dashboards.test_pages_of_every_kind import KINDS
from tests.given import Tree, contract, criterion, due, event, structured
from tests.services.causes.attributed import ANN, BOB, CAUSES
from tests.services.judged import Life

FRENCH = {"Cookie": "language=fr", "Accept": "text/html"}
FILES = re.compile(r"/(static|favicon|language|theme|live|exports|badges|calendars/)|\.(pdf|csv|xlsx|ics|\{form\})")
"""What is no page."""
MOST = 2
"""Pages that differ only in what they are about."""
ENGLISH = re.compile(
    r"\b(the|of|and|is|are|was|were|which|with|from|has|have|been|this|that|by|not|for|nothing|since|until|before|kept|"
    r"missed|late|missing|failed|pending|breached|open|opening|than|day|days|month|week|judging)\b"
)
WRITTEN = {
    "a decimal point": re.compile(r"\d\.\d"),
    "a fraction": re.compile(r"[≤≥=<>] ?\d+/\d"),
    "a name of programs": re.compile(r"\b[a-z]+_[a-z_]+\b|\b(None|True|False|nan)\b|Fraction\(|Decimal\("),
    "an empty place": re.compile(r"\{\w*\}"),
    "an entity": re.compile(r"&(lt|gt|amp|#\d+);"),
    "two full stops": re.compile(r"\.\.(?=\s|$)"),
    "a sign without its space": re.compile(r"[^\s\u00a0\u202f]:(?=\s|$)|[^\W\d][;!?](?=\s|$)|\d%| [:;!?%]"),
    "a straight apostrophe": re.compile(r"\w'\w"),
}
EXCEPT = {
    "/accessibility": {"a decimal point"},
    "/style": {"a decimal point", "a sign without its space", "English"},
}
"""Both speak of what is written: numbers of criteria, names of tokens, marks and numbers in the other language."""
TYPES = frozenset({"closed", "opened", "updated", "answer", "up", "down"})
"""Of the events in the store."""


class Shown(HTMLParser):
    """What a page says to people: its texts and the names of its parts, but for what is marked as foreign or as code."""

    VOID = frozenset({"meta", "link", "input", "br", "img", "circle", "path", "rect"})
    UNSEEN = frozenset({"script", "style", "pre", "code", "textarea"})

    def __init__(self, source: str) -> None:
        super().__init__()
        self.inside: list[bool] = []
        self.texts: list[str] = []
        self.links: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        is_foreign = tag in self.UNSEEN or values.get("lang", "fr") != "fr" or values.get("translate") == "no"
        if tag not in self.VOID:
            self.inside.append(is_foreign)
        if not any(self.inside) and not is_foreign:
            self.texts += [values[name] for name in ("aria-label", "title", "alt", "placeholder") if values.get(name)]
        if tag == "a":
            self.links.append(values["href"])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Parts of drawings, which say nothing."""

    def handle_endtag(self, tag: str) -> None:
        self.inside.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(self.inside):
            self.texts.append(data.replace("\u200b", "").strip(" \n"))


@cache
def english() -> dict[str, str]:
    """The texts of the English pages that are no French ones too, by themselves."""
    french = set(language("fr").texts.values())
    return {
        text: key for key, text in language("en").texts.items() if not {text} & (french | TYPES) and "{" not in text
    }


def faults(path: str, texts: list[str]) -> Iterator[str]:
    allowed = EXCEPT.get(path.partition("?")[0], set())
    for text in texts:
        if "English" not in allowed:
            if text in english():
                yield f"{path}: {english()[text]} in English: {text}"
            if found := ENGLISH.search(text):
                yield f"{path}: English ({found[0]}): {text}"
        for what, form in WRITTEN.items():
            if what not in allowed and (found := form.search(text)):
                yield f"{path}: {what} ({found[0]!r}): {text}"


def said(**titles: str) -> Tree:
    return {"fr": titles["fr"], "en": titles["en"]}


def lived(opened: Program) -> Life:
    """A contract with a criterion of every kind, twenty days of March, two of its decisions, and what nobody could read."""
    life = Life(opened.store, opened.door)
    clauses = []
    for id, kind in KINDS.items():
        target = {"at_most": 9} if id == "measures" else {"at_least": "90 %"}
        targets = [{**target, "per": per} for per in ("month", "28 days")]
        each = {} if id in ("measures", "up", "fresh", "amounts") else {"each_miss": "breach"}
        title = said(fr=f"Critère {id}", en=id)
        clauses.append(criterion(kind, id, title=title, targets=targets, slices=["data.team"], **each))
    agreed = contract(
        *clauses,
        title=said(fr="Analyses du laboratoire", en="Laboratory tests"),
        review={"every": "FREQ=MONTHLY;BYMONTHDAY=10", "at": "14:00", "duration": "1 h"},
    )
    agreed["deliverables"][0]["title"] = said(fr="Résultats", en="Results")
    life.sign(agreed)
    data: Tree = {"minutes": 30, "score": 2, "errors": 3, "team": "a", "date": "2026-03-02"}
    for type in ("report", "call", "answer", "meal", "item", "updated", "up", "down"):
        life.append([structured(event(type, "03-02 09:40", f"{type}-1", **data))])
    life.append([structured(event("opened", "03-02 09:30", "case", **data, **due("03-02 12:00")))])
    life.append([structured(event("closed", "03-03 09:30", "nobody", **data)), b"{", b'{"specversion": "1.0"}'])
    life.advance("2026-03-20")
    return life


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder: Path = tmp_path_factory.mktemp("french")
    with program(Settings(store=f"sqlite:///{folder / 'entente.db'}")) as opened:
        life = lived(opened)
        life.sign(contract(criterion(KINDS["dated"]), id="later", valid={"from": "2026-06-01"}))
        causes = [{**one, "id": f"cause-{at}"} for at, one in enumerate(CAUSES["list"][:2])]
        life.publish({**CAUSES, "list": causes})
        for who, cause in ((ANN, "cause-0"), (BOB, "cause-1")):
            life.store.use(Attributing).attribute(who, life.breaches()[0].id, cause)
        life.judge()
        with TestClient(web(opened), base_url="http://127.0.0.1") as http:
            yield http


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder: Path = tmp_path_factory.mktemp("empty")
    with (
        program(Settings(store=f"sqlite:///{folder / 'entente.db'}")) as opened,
        TestClient(web(opened), base_url="http://127.0.0.1") as http,
    ):
        yield http


@dataclass
class Walk:
    """The pages that links lead to, from the first one on, a few of each sort."""

    http: TestClient
    seen: dict[str, list[str]] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=lambda: ["/"])

    def pages(self) -> Iterator[tuple[str, list[str]]]:
        while self.waiting:
            path = self.waiting.pop(0)
            answer = self.http.get(path, headers=FRENCH)
            assert answer.status_code == 200, f"{path}: {answer.status_code}"
            shown = Shown(answer.text)
            yield path, shown.texts
            for link in shown.links:
                self.note(unescape(link).partition("#")[0])

    def note(self, link: str) -> None:
        if link.startswith("/") and not FILES.match(link) and not FILES.search(link):
            sort = re.sub(r"(?<=/)[^/?]*[0-9@][^/?]*|=[^&]*", "", link)
            sort = re.sub(r"^(/commitments/\w+/\w+)/\w+\?", r"\1?", sort)
            met = self.seen.setdefault(sort, [])
            if len(met) < MOST and link not in met:
                met.append(link)
                self.waiting.append(link)


def pages_routes(client: TestClient) -> list[APIRoute]:
    """All that are asked for and answered by a page."""
    found = [one for one in _routes(client.app) if "GET" in (one.methods or ()) and not one.include_in_schema]
    back = {path for path, _ in WAYS_BACK}
    # Of a sealed event, which this town has none of: tests/services/protection/test_looking.py reads its page in French;
    # behind a signed link of a mail: tests/notices/test_pages.py; of a tool that somebody declares, below; what search completes with
    # is no page.
    other = re.compile(
        r"/(v1|metrics|healthz|readyz|docs|openapi|feeds|personal|notices/stop|answer|search/words|sources/edit)"
    )
    return [one for one in found if one.path not in back and not other.match(one.path) and not FILES.search(one.path)]


def test_no_page_that_links_lead_to_has_english_or_what_programs_write(client: TestClient) -> None:
    of_what_is_missing = "commitment=c/d/dated&key=2026-03-09"
    given = client.post(
        "/v1/reminders", json={"commitment": "c/d/dated", "key": "2026-03-09"}, headers={"Entente-As": "ward"}
    )
    [review, *_] = [one["id"] for one in client.get("/v1/reviews").json()]
    asked = (
        "/", "/search?q=resultats", "/excuses/ask?scope=c", "/history?q=rien", "/new-contract", "/notices",
        "/notices/preferences", f"/reminders/new?{of_what_is_missing}", f"/reminders/{given.json()['id']}",
        "/errands/hand-on?thing=breaches:c/d/dated", "/new-service", f"/reviews/{review}/together",
    )  # fmt: skip
    walk = Walk(client, waiting=list(asked))
    wrong: list[str] = []
    paths: list[str] = []
    for path, texts in walk.pages():
        paths.append(path)
        wrong += faults(path, texts)
    assert not wrong, "\n".join(dict.fromkeys(wrong))
    known = [route.path_regex for route in pages_routes(client)]
    assert len(known) > 20
    gone = [one.pattern for one in known if not any(one.match(path.partition("?")[0]) for path in paths)]
    assert not gone, "\n".join(gone)


def test_the_form_of_a_tool_is_in_french(client: TestClient) -> None:
    client.put("/v1/services/labo", json={"entente": 1, "service": "labo", "sources": [{"source": "labo/x"}]})
    answer = client.get("/sources/edit?source=labo/x", headers=FRENCH)
    assert (answer.status_code, list(faults("/sources/edit", Shown(answer.text).texts))) == (200, [])


def test_a_store_without_anything_says_so_in_french(empty: TestClient) -> None:
    walk = Walk(empty)
    wrong = [fault for path, texts in walk.pages() for fault in faults(path, texts)]
    assert not wrong, "\n".join(dict.fromkeys(wrong))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/contracts/nowhere", 404),
        ("/rien", 404),
        ("/commitments/c/d/nowhere", 404),
        ("/commitments/c/d/dated/explain?key=never", 404),
        ("/breaches/none", 404),
        ("/reviews/none", 404),
        ("/calendars/nobody.ics", 404),
        ("/breaches?bogus=1", 400),
        ("/history?position=many", 400),
        ("/history?date=yesterday", 400),
        ("/commitments/c/d/dated?slice=nothing", 200),
        ("/commitments/c/d/up?slice=data.team", 200),
        ("/excuses/ask?scope=nowhere", 404),
    ],
)
def test_what_cannot_be_shown_is_refused_in_french(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path, headers=FRENCH)
    assert answer.status_code == status
    assert not list(faults(path, Shown(answer.text).texts))


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/breaches/none/explain", {"text": "Une panne."}),
        ("/excuses/ask", {"scope": "c", "reason": "other"}),
        ("/contracts/c/edit", {"file": "contract: [", "verb": "propose"}),
        ("/contracts/c/edit", {"file": "entente: 1\ncontract: c", "verb": "propose"}),
        ("/quarantine/none/discard", {"text": "Rien."}),
    ],
)
def test_what_cannot_be_done_is_refused_in_french(client: TestClient, path: str, form: dict[str, str]) -> None:
    answer = client.post(
        path, data=form, headers={**FRENCH, "Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code >= 400
    assert not list(faults(path, Shown(answer.text).texts))


UNREADABLE = (
    *(
        "a: [",
        "a: {",
        "- a\nb: 1",
        "a: @x",
        "%a",
        "a: [1, 2\nb: 3",
        "a: {b: 1\nc: 2",
        'a: "\\q"',
        "a: ]",
        "a: }",
        "a: >x",
    ),
    *(
        "a: b\n- c",
        "a: - b",
        "a: b: c",
        "a:\n\tb: 1",
        "a: 'x",
        "a: 1\n b: 2",
        "a: *x",
        "a: |\nb",
        "a: 1\na: 2",
    ),
)


@pytest.mark.parametrize("file", UNREADABLE)
def test_what_is_wrong_with_the_form_of_a_file_is_said_in_french(file: str) -> None:
    """By the library that reads YAML, in words that it does not translate."""
    with pytest.raises(DocumentInvalid) as refused:
        read_documents(f"{file}\n", "contract")
    pieces = [one for problem in refused.value.problems for one in messages("fr").pieces(problem)]
    assert not [one.text for one in pieces if one.is_foreign and one.text.strip()]


@pytest.mark.parametrize("id", KINDS)
def test_every_explanation_is_french(client: TestClient, id: str) -> None:
    """Of figures and of an occurrence of each verdict; the same sentences as the command line's."""
    explained = client.get("/v1/explain", params={"commitment": f"c/d/{id}"}).json()
    seen = set()
    for row in client.get("/v1/occurrences", params={"commitment": f"c/d/{id}"}).json():
        if row["verdict"] not in seen:
            seen.add(row["verdict"])
            explained.append(client.get("/v1/explain", params={"commitment": f"c/d/{id}", "key": row["key"]}).json())
    assert seen
    assert len(explained) > len(seen)
    for one in explained:
        assert not list(faults(f"/v1/explain {id}", one["words"]["fr"]))


def test_every_reason_of_the_quarantine_has_its_french() -> None:
    """Pages head an item with it; a slug that they do not know is shown as programs know it."""
    known, french = set(), language("fr").texts
    for file in Path(ingestion.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "Problem"
                and node.args
            ):
                known |= {str(one.value) for one in node.args[:1] if isinstance(one, ast.Constant)}
    assert len(known) > 8
    assert not {slug for slug in known if f"slug.{slug}" not in french}


def test_no_french_is_left_of_a_refusal_that_is_said_no_more() -> None:
    sources = "".join(
        file.read_text("utf-8")
        for package in ("domain", "services", "ingestion", "dashboards", "entente")
        for file in (Path(__file__).parents[2] / package).rglob("*.py")
    )
    words = {"title", "go", "typed"}
    keys = [key for key in language("fr").texts if key.startswith(("problem.", "slug."))]
    said = {key for key in keys if any(f'"{name}"' in sources for name in (key, key.partition(".")[2]))}
    assert not {key for key in keys if key not in said and key.partition(".")[2] not in words}
