"""Notices by webhook: signed, as a CloudEvent or as chats take them, to hosts that are allowed and public, by a real receiver."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from domain.times import Instant
from entente.posting import Posting
from ingestion.signatures import Secrets
from services.access import ADMINISTRATOR, Grade, signed_in
from services.errors import Invalid
from services.notices.hook import Hook, checked_address, hosts_allowed, is_public, new_hook_secret, signature
from services.notices.hooking import FORMS
from services.notices.noticing import Noticing
from services.notices.preferences import PreferenceBook, Preferences
from services.notices.reading import read_letters
from services.notices.telling import GATHERS
from tests.certificates import certificate
from tests.notices.town import Town, town

ADDRESS = "https://localhost/hooks/secret-wxyz"


class Receiver:
    """Answers as it is told, and keeps what came."""

    def __init__(self, folder: Path):
        self.came: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 204
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.came.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(receiver.status)
                if receiver.status == 302:
                    self.send_header("Location", "https://localhost/elsewhere")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        made = certificate(folder / "tls")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made, made.with_suffix(".key"))
        self.trust = ssl.create_default_context(cafile=str(made))
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    found = Receiver(tmp_path)
    thread = threading.Thread(target=found.server.serve_forever, daemon=True)
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join(30)


def told_by(receiver: Receiver, here: Town, form: str = "cloudevent", **more: Any) -> None:
    """Ann is told by webhook alone of what happened."""
    carrier = Hook(
        {"localhost"}, **{"may_call": lambda _: True, "trust": receiver.trust, "port": receiver.port, **more}
    )
    here.posting = Posting(here.program, {"hook": carrier})
    here.prefer("ann", kinds={"morning": "none"}, hook=ADDRESS, hook_secret=new_hook_secret(), hook_form=form)
    here.pass_to("2026-06-01 12:00")
    here.posting.round()
    here.clock[0] += GATHERS
    here.posting.round()


def test_it_is_a_signed_cloudevent(receiver: Receiver) -> None:
    with town() as here:
        told_by(receiver, here)
        [(path, headers, body)] = receiver.came
        assert path == "/hooks/secret-wxyz"
        secret = PreferenceBook(here.program.store.history.database).of("ann").hook_secret
        at: Instant = int(headers["webhook-timestamp"]) * 1_000_000
        Secrets("standard", [secret]).check(headers, body, at)
        said = json.loads(body)
        assert (said["specversion"], said["type"], said["data"]["person"]) == ("1.0", "entente.notice", "ann")
        assert headers["webhook-id"] == f"msg_{said['id']}"
        [letter] = read_letters(here.program.store.history.database, ADMINISTRATOR)
        assert (letter.row.channel, letter.row.state) == ("hook", "sent")


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of standardwebhooks.com."""
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    assert signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


@pytest.mark.parametrize("form", [one for one in FORMS if one != "cloudevent"])
def test_chats_get_their_shape_with_the_words_in_it(receiver: Receiver, form: str) -> None:
    with town() as here:
        told_by(receiver, here, form)
        [(_, headers, body)] = receiver.came
        assert headers["content-type"] == "application/json"
        text = json.dumps(json.loads(body), ensure_ascii=False)
        assert "2 things to look at" in text
        assert "{{" not in text


@pytest.mark.parametrize(("status", "state"), [(503, "waits"), (429, "waits"), (404, "failed"), (302, "failed")])
def test_what_is_refused_is_tried_again_or_fails_and_no_redirect_is_followed(
    receiver: Receiver, status: int, state: str
) -> None:
    receiver.status = status
    with town() as here:
        told_by(receiver, here)
        assert [path for path, _, _ in receiver.came] == ["/hooks/secret-wxyz"]
        [letter] = read_letters(here.program.store.history.database, ADMINISTRATOR)
        assert letter.row.state == state


def test_an_address_that_is_not_public_is_not_called(receiver: Receiver) -> None:
    with town() as here:
        told_by(receiver, here, may_call=is_public)
        assert receiver.came == []
        [letter] = read_letters(here.program.store.history.database, ADMINISTRATOR)
        assert letter.row.state == "failed"
        assert "secret" not in letter.row.why


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "2002:7f00:1::", "64:ff9b:1::1",
    ],
)  # fmt: skip
def test_no_address_of_these_is_public(address: str) -> None:
    assert not is_public(address)


def test_others_are_public() -> None:
    assert is_public("93.184.215.14")
    assert is_public("2606:2800:21f:cb07:6820:80da:af6b:8b2c")


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.example.org/x", "https://other.example.org/x", "https://hooks.example.org:8443/x",
        "https://hooks.example.org@other.example.org/x", "https://user:word@hooks.example.org/x", "ftp://hooks.example.org",
        "https://hooks.example.org/x y", "https://hooks.example.org/\r\nHost: x", "https://", "", "https://[::1", "https://127.0.0.1/",
    ],
)  # fmt: skip
def test_only_https_to_hosts_that_are_allowed(address: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_address(address, hosts_allowed("hooks.example.org, Chat.example.org"))
    assert "word" not in str(refused.value)
    assert checked_address("https://chat.example.org/x", hosts_allowed("hooks.example.org, Chat.example.org"))


def test_an_address_is_shown_by_its_last_four_letters_and_stands_in_no_history() -> None:
    with town() as here:
        noticing, who = here.program.store.use(Noticing), signed_in("ann", {"lab": Grade.HEAD})
        with pytest.raises(Invalid):
            noticing.prefer(who, Preferences(hook=ADDRESS))
        secret = noticing.prefer(who, Preferences(hook=ADDRESS), {"localhost"})
        assert secret.startswith("whsec_")
        assert noticing.preferences(who).hook_shown == "…wxyz"
        assert noticing.prefer(who, Preferences(hook=ADDRESS), {"localhost"}) == "", "the same keeps its secret"
        assert noticing.preferences(who).hook_secret == secret
        every = here.program.store.history.read(0, 10_000)
        assert not any(b"secret-wxyz" in one.state for one in every)
