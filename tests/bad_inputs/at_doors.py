"""What each door answers to an input of the catalogue, in one process: the whole application, and the doors of Kafka and files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from entente.serving import web
from entente.settings import Settings
from entente.wiring import Program, program
from ingestion.door import Answer, Door, Submission
from ingestion.files import import_files
from ingestion.kafka.messages import decode_message, place_of
from services.access import ADMINISTRATOR
from services.api.cross_site import FormTokens
from services.contract_files import calendar_terms, contract_terms, mapping_terms, read_bytes, service_terms
from services.errors import EntenteError
from services.history.history import open_history
from services.history.secret import secret_of
from tests.bad_inputs.catalogue import BadInput, catalogue
from tests.records import Record

NOW = 1_773_144_000_000_000
HOOKS = Path(__file__).parents[2] / "deploy" / "webhooks"
MEDIA = {
    "events": "application/cloudevents+json",
    "batches": "application/cloudevents-batch+json",
    "webhooks": "application/json",
}
LISTS = ("history", "quarantine", "unmatched")
LOOKS = ("/", "/quarantine", "/history", "/search?q=a", "/readyz", "/metrics", *(f"/v1/{one}" for one in LISTS))
"""What shows, or counts, what came in."""
TERMS: dict[str, Callable[[Any], object]] = {
    "contract": contract_terms,
    "calendar": calendar_terms,
    "service": service_terms,
    "mapping": mapping_terms,
}


class Heard(Door):
    """Keeps what was answered."""

    answers: list[Answer]

    def submit_all(self, submissions: Sequence[Submission], *, offset: Any = None) -> list[list[Answer]]:
        found = super().submit_all(submissions, offset=offset)
        self.answers = [*getattr(self, "answers", []), *(one for each in found for one in each)]
        return found


class Doors:
    """Each with a history of its own: what is set aside twice is stored once."""

    def __init__(self, opened: Program, http: TestClient, kafka: Heard, file: Heard, folder: Path):
        self._opened = opened
        self._http = http
        self._kafka = kafka
        self._file = file
        self._folder = folder

    def warm(self) -> None:
        """What is loaded once is loaded, and what is as large as the largest input once has been so."""
        few = catalogue()[:: len(catalogue()) // 40]
        large = [one for one in catalogue() if len(one.body) > 900_000]
        for one in [*(one for one in few if len(one.body) < 10_000), *large[::3]]:
            if one.kind != "requests":
                self.answers(one)
        self.looks()

    def looks(self) -> list[str]:
        """The pages and lists that do not show what has come in, once it is judged."""
        self._opened.store.judging.catch_up()
        found = [path for path in LOOKS if self._http.get(path).status_code != 200]
        return [*found, *([] if self._opened.door.is_drained else ["the door holds time"])]

    def answers(self, one: BadInput) -> dict[str, str]:
        """By door, of those that the input names."""
        doors: dict[str, Callable[[BadInput], str]] = {"http": self.http, "kafka": self.kafka, "file": self.file}
        return {door: doors[door](one) for door in one.expected}

    def http(self, one: BadInput) -> str:
        method, path, headers = _request(one)
        token = FormTokens(secret_of(self._opened.store.history.database, "form tokens")).token("")
        body = one.body.replace(b"FORM_TOKEN", token.encode())
        answer = self._http.request(method, path, content=body, headers=headers)
        status = str(answer.status_code)
        if answer.headers.get("content-type", "") == "application/problem+json":
            return f"{status} {answer.json()['type'].rpartition(':')[2]}"
        if one.kind in ("batches", "webhooks") and answer.status_code == 202:
            slugs = [item["problem"]["type"].rpartition(":")[2] for item in answer.json()["items"] if "problem" in item]
            return " ".join([status, *slugs])
        return status

    def kafka(self, one: BadInput) -> str:
        headers = [(f"ce_{name}", str(value).encode()) for name, value in one.said.get("headers", {}).items()]
        if one.kind == "binary" and "media" in one.said:
            headers.append(("content-type", str(one.said["media"]).encode()))
        record = Record(one.body, headers)
        [answer] = self._kafka.submit(
            [decode_message(record)], ADMINISTRATOR, "kafka", place=lambda _: place_of(record)
        )
        return answer.slug or "accepted"

    def file(self, one: BadInput) -> str:
        try:
            if one.kind == "documents":
                for document in read_bytes(one.body, "bad.yaml"):
                    TERMS[one.said["as"]](document)
                return "accepted"
            self._file.answers = []
            mapping = one.said.get("mapping")
            terms = mapping_terms(read_bytes(str(mapping).encode(), "m.yaml")[0]) if mapping else None
            path = self._folder / ("bad.csv" if terms else "bad.jsonl")
            path.write_bytes(one.body)
            import_files(self._file, [path], terms, ADMINISTRATOR)
        except EntenteError as error:
            return f"refused {error.slug}"
        return " ".join(answer.slug or "accepted" for answer in self._file.answers) or "nothing"


def _request(one: BadInput) -> tuple[str, str, dict[str, str]]:
    said = one.said
    headers = {str(name): str(value) for name, value in said.get("headers", {}).items()}
    if one.kind == "binary":
        headers = {f"ce-{name}": value for name, value in headers.items()}
    if (media := said.get("media", MEDIA.get(one.kind))) is not None:
        headers["content-type"] = str(media)
    match one.kind:
        case "webhooks":
            return "POST", f"/v1/webhooks/{said['hook']}", headers
        case "documents":
            return "PUT", f"/v1/{said['as']}s/{said.get('id', 'c')}", {"content-type": "application/yaml", **headers}
        case "requests":
            method, path = said["request"].split(" ", 1)
            return method, path, headers
    return "POST", "/v1/events", headers


@contextmanager
def doors(folder: Path) -> Iterator[Doors]:
    kafka, file = (open_history(f"sqlite:///{folder / name}.db") for name in ("kafka", "file"))
    settings = Settings(store=f"sqlite:///{folder / 'bad.db'}", webhooks=str(HOOKS))
    with (
        program(settings, clock=lambda: NOW) as opened,
        TestClient(
            web(opened), base_url="http://127.0.0.1", raise_server_exceptions=False, follow_redirects=False
        ) as http,
    ):
        opened.store.judging.catch_up()
        yield Doors(opened, http, Heard(kafka, lambda: NOW), Heard(file, lambda: NOW), folder)
    kafka.close()
    file.close()
