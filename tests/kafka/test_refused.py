"""A broker that lets nobody in: exit 2 and what to mend, since starting again cannot help."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from kafka.errors import (  # type: ignore[import-untyped]
    GroupAuthorizationFailedError,
    InvalidTopicError,
    KafkaConnectionError,
    NodeNotReadyError,
    TopicAuthorizationFailedError,
    UnsupportedVersionError,
)

from entente.doctor import examine
from entente.kafka_wiring import kafka_of
from entente.settings import Settings
from ingestion.kafka.broker import Topic as Reached
from ingestion.kafka.broker import hush_client
from services.errors import EntenteError, Invalid, Unavailable
from tests.kafka.broker import PASSWORD, USER, Broker
from tests.kafka.test_consume import told
from tests.kafka.topics import Topic

NOW = 1_773_144_000_000_000
GUESS = "a guess"
LOGIN = {"security": "SASL_PLAINTEXT", "mechanism": "PLAIN", "username": USER, "password": PASSWORD}


pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def _sockets_left_open() -> Iterator[None]:
    """The client leaves one for each try: they are found missing here, and not in whatever test comes next."""
    yield
    gc.collect()


def refused(topic: Topic, monkeypatch: pytest.MonkeyPatch, **changed: str) -> EntenteError:
    """What is said to a client with these settings, which does not try for long."""
    monkeypatch.setattr("ingestion.kafka.broker.WAIT_SECONDS", 1)
    hush_client()
    with pytest.raises(EntenteError) as found:
        Reached(kafka_of(Settings(**told(topic.settings(**changed)))))
    return found.value


@pytest.mark.parametrize(
    ("at", "changed", "says", "mend"),
    [
        ("signed_in", {**LOGIN, "password": GUESS}, "signing in failed: Authentication failed", "PASSWORD"),
        ("signed_in", {**LOGIN, "username": "nobody"}, "signing in failed: Authentication failed", "USERNAME"),
        ("signed_in", {**LOGIN, "mechanism": "SCRAM-SHA-256"}, "does not know SCRAM-SHA-256, but PLAIN", "MECHANISM"),
        ("signed_in", {**LOGIN, "username": "", "password": ""}, "is not set", "SECURITY"),
        ("signed_in", {}, "wants one to sign in (PLAIN)", "SECURITY"),
        ("servers", LOGIN, "nobody signs in at this address", "SECURITY"),
        ("servers", {"security": "SSL"}, "no encrypted way", "CA"),
        ("sealed", {}, "takes encrypted connections only", "SECURITY"),
    ],
)
def test_who_is_let_in_nowhere_is_told_why(
    topic: Topic,
    broker: Broker,
    monkeypatch: pytest.MonkeyPatch,
    at: str,
    changed: dict[str, str],
    says: str,
    mend: str,
) -> None:
    error = refused(topic, monkeypatch, servers=getattr(broker, at), **changed)
    assert (type(error), error.exit_code) == (Invalid, 2)
    assert says in error.message
    assert f"ENTENTE_KAFKA_{mend}" in (error.mend or "")
    assert GUESS not in str(error)


def test_without_its_certificate_a_client_is_told_so(
    topic: Topic, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = refused(topic, monkeypatch, servers=broker.sealed, security="SSL", ca=str(broker.authority))
    assert error.exit_code == 2
    assert "certificate required" in error.message


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TopicAuthorizationFailedError(), Invalid),
        (GroupAuthorizationFailedError(), Invalid),
        (UnsupportedVersionError(), Invalid),
        (InvalidTopicError(), Invalid),
        (KafkaConnectionError("gone"), Unavailable),
        (NodeNotReadyError(), Unavailable),
    ],
)
def test_what_only_a_setting_mends_is_not_to_be_tried_again(error: Exception, kind: type[EntenteError]) -> None:
    with pytest.raises(kind), kafka_of(Settings(kafka_servers="x:1")).understood_errors():
        raise error


def test_a_wrong_password_is_found_by_doctor(topic: Topic, broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.kafka.broker.WAIT_SECONDS", 1)
    login = topic.settings(servers=broker.signed_in, **{**LOGIN, "password": GUESS})
    found = {one.check: one for one in examine(Settings(**told(login)), lambda: NOW, {})}
    assert (found["Kafka"].state, found["Kafka's codecs"].state) == ("wrong", "ok")
    assert "signing in failed" in found["Kafka"].says
