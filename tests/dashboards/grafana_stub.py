"""A stand-in for Grafana that follows its published HTTP API for folders, dashboards and search, and fails where it is told to."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "glsa_stub"


class GrafanaStub:
    """`calls` are method and path; `fails` maps one of these to a status, or to `slow` or `cut`."""

    def __init__(self) -> None:
        self.folders: dict[str, dict[str, Any]] = {}
        self.boards: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, str]] = []
        self.fails: dict[tuple[str, str], int | str] = {}
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def _do(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                path = urlsplit(self.path)
                status, answer = stub.answer(
                    self.command, path.path, parse_qs(path.query), body, self.headers.get("Authorization")
                )
                if status == 0:
                    return
                content = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_DELETE = _do  # noqa: N815 - as the library names them

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/grafana"

    def __enter__(self) -> GrafanaStub:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [call for call in self.calls if call[0] != "GET"]

    def answer(
        self, method: str, path: str, query: dict[str, list[str]], body: Any, authorization: str | None
    ) -> tuple[int, Any]:
        path = path.removeprefix("/grafana/api")
        self.calls.append((method, path))
        failure = self.fails.get((method, path))
        if failure == "slow":
            time.sleep(1.5)
        if failure in ("slow", "cut"):
            return 0, None
        if isinstance(failure, int):
            return failure, {"message": f"told to fail with {failure}"}
        if authorization != f"Bearer {TOKEN}":
            return 401, {"message": "Invalid API key"}
        match method, path.strip("/").split("/"):
            case "GET", ["search"]:
                return 200, self._search(query)
            case "POST", ["folders"]:
                return self._create_folder(body)
            case _, ["folders", uid] if uid not in self.folders:
                return 404, {"message": "folder not found", "status": "not-found"}
            case "GET", ["folders", uid]:
                return 200, self.folders[uid]
            case "PUT", ["folders", uid]:
                return self._update_folder(uid, body)
            case "DELETE", ["folders", uid]:
                self.boards = {id: one for id, one in self.boards.items() if one["meta"]["folderUid"] != uid}
                return 200, self.folders.pop(uid)
            case "POST", ["dashboards", "db"]:
                return self._save(body)
            case _, ["dashboards", "uid", uid] if uid not in self.boards:
                return 404, {"message": "Dashboard not found"}
            case "GET", ["dashboards", "uid", uid]:
                return 200, self.boards[uid]
            case "DELETE", ["dashboards", "uid", uid]:
                gone = self.boards.pop(uid)
                return 200, {"title": gone["dashboard"]["title"], "message": "Dashboard deleted", "id": 1}
        return 404, {"message": "Not found"}

    def _search(self, query: dict[str, list[str]]) -> list[dict[str, Any]]:
        rows = [
            {"uid": uid, "title": one["dashboard"]["title"], "type": "dash-db", "tags": one["dashboard"].get("tags", []),
             "folderUid": one["meta"]["folderUid"]}
            for uid, one in sorted(self.boards.items())
        ]  # fmt: skip
        return rows[: int(query.get("limit", ["1000"])[0])]

    def _create_folder(self, body: Any) -> tuple[int, Any]:
        if body["uid"] in self.folders:
            return 409, {"message": "a folder with that UID already exists"}
        self.folders[body["uid"]] = {
            "uid": body["uid"],
            "title": body["title"],
            "version": 1,
            "id": len(self.folders) + 1,
        }
        return 200, self.folders[body["uid"]]

    def _update_folder(self, uid: str, body: Any) -> tuple[int, Any]:
        found = self.folders[uid]
        if body.get("version") != found["version"] and not body.get("overwrite"):
            return 412, {"message": "the folder has been changed by someone else", "status": "version-mismatch"}
        found |= {"title": body["title"], "version": found["version"] + 1}
        return 200, found

    def _save(self, body: Any) -> tuple[int, Any]:
        content, folder = dict(body["dashboard"]), body.get("folderUid", "")
        if folder and folder not in self.folders:
            return 400, {"message": "folder not found"}
        found = self.boards.get(content["uid"])
        if found is not None and not body["overwrite"] and content.get("version") != found["dashboard"]["version"]:
            return 412, {"message": "The dashboard has been changed by someone else", "status": "version-mismatch"}
        version = found["dashboard"]["version"] + 1 if found is not None else 1
        content |= {"id": len(self.boards) + 1, "version": version}
        self.boards[content["uid"]] = {"dashboard": content, "meta": {"folderUid": folder, "version": version}}
        return 200, {"uid": content["uid"], "version": version, "status": "success"}
