"""Puts the dashboards into a running Grafana, through `grafana-api` and only by calls that name things by uid.

What was pushed carries the tag MADE and a uid that begins with `entente`. Pushing again changes nothing; what was made before and is
not wanted any more is removed; what somebody else made is never touched, even under a uid of ours: that is refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import requests
from grafana_api.grafana_api import GrafanaClientError, GrafanaServerError
from grafana_api.grafana_face import GrafanaFace

from dashboards.grafana.boards import boards, client, supplier
from dashboards.grafana.live import NOTHING, Around
from dashboards.grafana.queries import Json
from dashboards.grafana.speaking import phrase, spoken
from domain.saying import said
from services.errors import Invalid, NotAllowed, NotFound, Refused, Unavailable

MADE: Final = "entente-made"
FOLDER: Final = "entente"
SECONDS: Final = 10.0
LONGEST_UID: Final = 40
MOST: Final = 5_000
OF_GRAFANA: Final = ("id", "version", "iteration")
"""The keys that Grafana adds to a dashboard."""
PLAIN: Final = re.compile("[a-z0-9-]+")
NOT_PLAIN: Final = re.compile("[^a-z0-9-]")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Board:
    folder: str
    content: Json

    @property
    def uid(self) -> str:
        return str(self.content["uid"])


@dataclass(frozen=True, slots=True)
class Wanted:
    """Folders by uid with their titles, and the dashboards in them."""

    folders: Mapping[str, str]
    boards: tuple[Board, ...]


@dataclass(slots=True)
class Pushed:
    """The uids of folders and dashboards, by what was done with them."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


def wanted(services: Mapping[str, str], around: Around = NOTHING) -> Wanted:
    """All dashboards in one folder; for each service (id → title) a folder with what it owes and what it is owed."""
    folders = {FOLDER: "Entente"}
    made = [Board(FOLDER, _made(spoken(board.to_json(), around.language))) for board in boards(around).values()]
    for id, title in sorted(services.items()):
        folder = folder_of(id)
        folders[folder] = phrase("Entente: {service}", around.language, service=title)
        for side, board, stated in (("supplier", supplier(around), "owes"), ("client", client(around), "is owed")):
            content: dict[str, Any] = _made(spoken(board.to_json(), around.language))
            named = phrase(f"Entente: what {{service}} {stated}", around.language, service=title)
            content |= {"uid": uid_of(f"entente-{side}", id), "title": named}
            [chosen] = content["templating"]["list"]
            chosen["current"] = {"text": id, "value": id, "selected": True}
            made.append(Board(folder, content))
    return Wanted(folders, tuple(made))


def uid_of(sort: str, id: str) -> str:
    """At most 40 letters, digits and dashes, as Grafana takes them; an id that is longer, or holds something else, by its
    beginning and its hash."""
    uid = f"{sort}-{id}"
    return uid if len(uid) <= LONGEST_UID and PLAIN.fullmatch(uid) else _hashed(uid)


def folder_of(id: str) -> str:
    """The uid of a service's folder. Grafana keeps the uids of folders and dashboards in one table: one that a
    dashboard has is not given."""
    uid = uid_of(FOLDER, id)
    is_taken = uid in {board.uid for board in boards().values()} or id.startswith(("supplier-", "client-"))
    return _hashed(f"{FOLDER}-{id}") if is_taken else uid


def _hashed(uid: str) -> str:
    return f"{NOT_PLAIN.sub('-', uid)[:27]}-{hashlib.sha256(uid.encode()).hexdigest()[:12]}"


def _made(content: dict[str, Any]) -> Json:
    return {**content, "tags": sorted({*content.get("tags", ()), MADE})}


class Grafana:
    """One Grafana. Every call raises NotAllowed (401, 403), NotFound, Refused (409, 412), Invalid (other 4xx) or Unavailable (5xx,
    time-outs, nobody there)."""

    def __init__(self, address: str, token: str, *, timeout: float = SECONDS):
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Invalid(
                said("“{address}” is no address of a Grafana", address=address),
                place="--url",
                mend=said("https://grafana.example"),
            )
        prefix = f"{parts.path.strip('/')}/" if parts.path.strip("/") else ""
        self._address = address
        self._api = GrafanaFace(
            auth=token,
            host=parts.hostname,
            port=parts.port,
            protocol=parts.scheme,
            url_path_prefix=prefix,
            timeout=timeout,
        )

    def push(self, plan: Wanted) -> Pushed:
        """Folders first, then dashboards; last of all what is no longer wanted goes."""
        done = Pushed()
        ours = {str(board["uid"]): board for board in self._search() if MADE in board.get("tags", ())}
        for uid, title in plan.folders.items():
            self._folder(uid, title, done)
        for board in plan.boards:
            self._board(board, done)
        kept = {board.uid for board in plan.boards}
        for uid in sorted(ours):
            if uid.startswith(FOLDER) and uid not in kept:
                self._call(lambda uid=uid: self._api.dashboard.delete_dashboard(uid), f"dashboard {uid}")  # type: ignore[misc]
                done.removed.append(uid)
        left = {str(one.get("folderUid")) for one in self._search()}
        gone = {str(one.get("folderUid")) for uid, one in ours.items() if uid in done.removed}
        for uid in sorted(gone - set(plan.folders) - left):
            if uid.startswith(f"{FOLDER}-"):
                self._call(lambda uid=uid: self._api.folder.delete_folder(uid), f"folder {uid}")  # type: ignore[misc]
                done.removed.append(uid)
        return done

    def _search(self) -> list[dict[str, Any]]:
        answer = self._call(lambda: self._api.search.search_dashboards(type_="dash-db", limit=MOST), "the search")
        return [board for board in answer if isinstance(board, dict)]

    def _folder(self, uid: str, title: str, done: Pushed) -> None:
        try:
            folder = self._call(lambda: self._api.folder.get_folder(uid), f"folder {uid}")
        except NotFound:
            self._call(lambda: self._api.folder.create_folder(title, uid), f"folder {uid}")
            done.created.append(uid)
            return
        if folder.get("title") == title:
            done.unchanged.append(uid)
            return
        version = folder.get("version")
        self._call(lambda: self._api.folder.update_folder(uid, title, version=version), f"folder {uid}")
        done.changed.append(uid)

    def _board(self, board: Board, done: Pushed) -> None:
        what = f"dashboard {board.uid}"
        try:
            answer = self._call(lambda: self._api.dashboard.get_dashboard(board.uid), what)
        except NotFound:
            self._put(board, None, what)
            done.created.append(board.uid)
            return
        there: dict[str, Any] = answer["dashboard"]
        if MADE not in there.get("tags", ()):
            mend = "rename or remove it, or give it the tag " + MADE
            raise Refused(
                said("{what} was made by somebody else", what=what), place=self._address, mend=mend, slug="not-ours"
            )
        is_same = _plain(there) == _plain(board.content) and answer["meta"].get("folderUid") == board.folder
        if is_same:
            done.unchanged.append(board.uid)
            return
        self._put(board, there.get("version"), what)
        done.changed.append(board.uid)

    def _put(self, board: Board, version: int | None, what: str) -> None:
        """Never over what changed meanwhile: Grafana answers 412 then."""
        content = {**_plain(board.content), "id": None}
        if version is not None:
            content["version"] = version
        body = {"dashboard": content, "folderUid": board.folder, "overwrite": False, "message": "pushed by Entente"}
        self._call(lambda: self._api.dashboard.update_dashboard(body), what)

    def _call(self, call: Callable[[], Any], what: str) -> Any:
        try:
            return call()
        except GrafanaClientError as error:
            raise _refusal(error, what, self._address) from error
        except GrafanaServerError as error:
            raise Unavailable(
                said("Grafana fails with {status_code} at {what}", status_code=error.status_code, what=what),
                place=self._address,
            ) from error
        except requests.Timeout as error:
            raise Unavailable(
                said("Grafana does not answer in time at {what}", what=what), place=self._address
            ) from error
        except (requests.RequestException, ValueError) as error:
            raise Unavailable(
                said("no Grafana answers at {what}", what=what), place=self._address, mend=said("is the address right?")
            ) from error


def _refusal(error: GrafanaClientError, what: str, place: str) -> Exception:
    match error.status_code:
        case 401:
            return NotAllowed(
                said("Grafana does not take this token"),
                place=place,
                mend=said("a token of a service account that is valid"),
            )
        case 403:
            mend = said("its service account needs the role Editor, or the right to write folders and dashboards")
            return NotAllowed(said("this token may not touch {what}", what=what), place=place, mend=mend)
        case 404:
            return NotFound(said("there is no {what}", what=what), place=place)
        case 409 | 412:
            return Refused(
                said("{what} was changed meanwhile", what=what),
                place=place,
                mend=said("push again"),
                slug="changed-meanwhile",
            )
    return Invalid(said("Grafana refuses {what}: {message}", what=what, message=error.message), place=place)


def _plain(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name not in OF_GRAFANA}


def services_of(pairs: Iterable[tuple[str, str]], titles: Mapping[str, str]) -> dict[str, str]:
    """The services of these (debtor, creditor), with what people call them."""
    return {id: titles.get(id, id) for pair in pairs for id in pair}
