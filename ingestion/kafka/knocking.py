"""Why a broker that listens lets nobody in.

The client library only says that nobody answered: a broker sends its refusal together with the end of the connection, and the
library then looks at the end alone. So each broker is asked once more, with a plain socket and the library's own messages.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, NamedTuple

from kafka.errors import KafkaError, KafkaProtocolError, for_code  # type: ignore[import-untyped]
from kafka.net.sasl import get_sasl_mechanism  # type: ignore[import-untyped]
from kafka.protocol.parser import KafkaProtocol  # type: ignore[import-untyped]
from kafka.protocol.sasl import SaslAuthenticateRequest, SaslHandshakeRequest  # type: ignore[import-untyped]

from domain.saying import said, said_by

UNSUPPORTED_MECHANISM: Final = 33
NO_SASL_HERE: Final = 34
SIGN_IN: Final = said("check ENTENTE_KAFKA_MECHANISM, ENTENTE_KAFKA_USERNAME and ENTENTE_KAFKA_PASSWORD")
ENCRYPT: Final = said("check ENTENTE_KAFKA_CA, ENTENTE_KAFKA_CERTIFICATE and ENTENTE_KAFKA_KEY")
SECURITY: Final = said("check ENTENTE_KAFKA_SECURITY")


class Refusal(NamedTuple):
    """One reason why the broker lets nobody in, and how to mend it."""

    what: str
    mend: str


def refusal(told: Mapping[str, Any], seconds: float) -> Refusal | None:
    """Asks the first broker that listens why it refuses a client that is told this; None where it takes such a client, or nobody
    listens. `seconds`: how long each answer may take."""
    for server in told["bootstrap_servers"]:
        host, _, port = server.rpartition(":")
        try:
            with socket.create_connection((host, int(port)), timeout=seconds) as plain:
                return _at_the_door(plain, host, told)
        except (OSError, ValueError):
            continue
    return None


def _at_the_door(plain: socket.socket, host: str, told: Mapping[str, Any]) -> Refusal | None:
    if "SSL" not in told["security_protocol"]:
        return _inside(plain, host, told)
    try:
        with _context(told).wrap_socket(plain, server_hostname=host) as sealed:
            return _inside(sealed, host, told)
    except ssl.SSLError as error:
        why = str(error.reason or error).lower().replace("_", " ")
        return Refusal(said("no encrypted way to Kafka: {why}", why=why), ENCRYPT)


def _context(told: Mapping[str, Any]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=told.get("ssl_cafile"))
    if (certificate := told.get("ssl_certfile")) is not None:
        context.load_cert_chain(certificate, told.get("ssl_keyfile"), told.get("ssl_password"))
    return context


def _inside(way: socket.socket, host: str, told: Mapping[str, Any]) -> Refusal | None:
    asks = _Asking(way)
    signs_in = "SASL" in told["security_protocol"]
    mechanism = told.get("sasl_mechanism", "PLAIN")
    answer = asks(SaslHandshakeRequest(mechanism=mechanism, version=1))
    if answer is None:
        is_sealed = "SSL" not in told["security_protocol"] and _speaks_tls(way.getpeername(), way.gettimeout())
        return Refusal(said("the broker takes encrypted connections only"), SECURITY) if is_sealed else None
    known = ", ".join(answer.mechanisms)
    if answer.error_code == NO_SASL_HERE:
        return Refusal(said("nobody signs in at this address of the broker"), SECURITY) if signs_in else None
    if not signs_in:
        return Refusal(said("the broker wants one to sign in ({known})", known=known), SECURITY)
    if answer.error_code == UNSUPPORTED_MECHANISM:
        return Refusal(
            said("the broker does not know {mechanism}, but {known}", mechanism=mechanism, known=known), SIGN_IN
        )
    try:
        return _signing_in(asks, get_sasl_mechanism(mechanism)(host=host, **told))
    except KafkaError as error:  # no name, no password, or a server that cannot show that it knows the password
        return Refusal(said("signing in failed: {error}", error=said_by(error)), SIGN_IN)


def _signing_in(asks: _Asking, mechanism: Any) -> Refusal | None:
    while not mechanism.is_done():
        answer = asks(SaslAuthenticateRequest(mechanism.auth_bytes(), version=0))
        if answer is None:
            return Refusal(said("signing in failed: the broker ended the connection"), SIGN_IN)
        if answer.error_code:
            why = answer.error_message or for_code(answer.error_code).__name__
            return Refusal(said("signing in failed: {why}", why=why), SIGN_IN)
        mechanism.receive(answer.auth_bytes)
    return None


class _Asking:
    """One question after the other; None where the broker ends the connection instead of answering."""

    def __init__(self, way: socket.socket):
        self._way = way
        self._protocol: Any = KafkaProtocol(client_id="entente")

    def __call__(self, request: Any) -> Any:
        self._protocol.send_request(request)
        self._way.sendall(self._protocol.send_bytes())
        with suppress(KafkaProtocolError):  # what answers is no Kafka, or not in the clear
            while data := self._received():
                for _, answer in self._protocol.receive_bytes(data):
                    return answer
        return None

    def _received(self) -> bytes:
        try:
            return self._way.recv(4096)
        except (ConnectionError, ssl.SSLEOFError):
            return b""


def _speaks_tls(address: tuple[Any, ...], seconds: float | None) -> bool:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection(address[:2], timeout=seconds) as plain, context.wrap_socket(plain):
            return True
    except OSError:
        return False
