"""The way to Kafka: who may go it, what the broker says of the topic, and errors as one line for people.

The only module, with the worker beside it, that knows the client library. Passwords are handed to it and shown nowhere.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from kafka import KafkaAdminClient, TopicPartition, codec  # type: ignore[import-untyped]
from kafka.admin import OffsetSpec  # type: ignore[import-untyped]
from kafka.errors import (  # type: ignore[import-untyped]
    AuthorizationError,
    IllegalSaslStateError,
    InconsistentGroupProtocolError,
    InvalidGroupIdError,
    InvalidSessionTimeoutError,
    InvalidTopicError,
    KafkaConfigurationError,
    KafkaError,
    KafkaTimeoutError,
    SaslAuthenticationFailedError,
    SecurityDisabledError,
    UnknownTopicOrPartitionError,
    UnsupportedCodecError,
    UnsupportedForMessageFormatError,
    UnsupportedSaslMechanismError,
    UnsupportedVersionError,
)
from kafka.protocol.consumer import IsolationLevel  # type: ignore[import-untyped]

from domain.saying import said, said_by
from ingestion.kafka.knocking import refusal
from services.errors import EntenteError, Invalid, Unavailable, first_line

log = structlog.get_logger()

WAIT_SECONDS: Final = 10
"""How long a broker may take to answer at the start, and to a question later."""

CODECS: Final = {"gzip": codec.has_gzip, "snappy": codec.has_snappy, "lz4": codec.has_lz4, "zstd": codec.has_zstd}
"""How batches may be compressed, and whether that can be read here."""

_HOPELESS: Final = (
    AuthorizationError,
    IllegalSaslStateError,
    InconsistentGroupProtocolError,
    InvalidGroupIdError,
    InvalidSessionTimeoutError,
    InvalidTopicError,
    KafkaConfigurationError,
    SaslAuthenticationFailedError,
    SecurityDisabledError,
    UnsupportedForMessageFormatError,
    UnsupportedSaslMechanismError,
    UnsupportedVersionError,
)
"""The errors that a broker goes on to answer with until somebody changes a setting, here or there."""


def missing_codecs() -> list[str]:
    return [name for name, is_there in CODECS.items() if not is_there()]


def install(names: Iterable[str]) -> str:
    """Says what to do about codecs that are missing."""
    return f"pip install 'kafka-python[{','.join(names)}]'"


@dataclass(frozen=True, slots=True)
class Kafka:
    """How to reach a topic, as settings say it (docs/settings.md). `session` is in seconds."""

    servers: str
    topic: str
    group: str
    dead_letter: str = ""
    session: float = 45
    security: str = "PLAINTEXT"
    mechanism: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    ca: str = ""
    certificate: str = ""
    key: str = ""
    key_password: str = field(default="", repr=False)

    def client(self) -> dict[str, Any]:
        """Gives the settings that all clients of kafka-python are told."""
        told = {
            "bootstrap_servers": [server.strip() for server in self.servers.split(",")],
            "client_id": "entente",
            "bootstrap_timeout_ms": WAIT_SECONDS * 1_000,
            "reconnect_backoff_max_ms": 5_000,
            "security_protocol": self.security,
            "sasl_mechanism": self.mechanism,
            "sasl_plain_username": self.username,
            "sasl_plain_password": self.password,
            "ssl_cafile": self.ca,
            "ssl_certfile": self.certificate,
            "ssl_keyfile": self.key,
            "ssl_password": self.key_password,
        }
        return {name: value for name, value in told.items() if value != ""}

    @contextmanager
    def understood_errors(self) -> Iterator[None]:
        """Raises Unavailable, or Invalid where trying again cannot help."""
        try:
            yield
        except KafkaError as error:
            raise self._understood(error) from error
        except (OSError, ValueError) as error:
            raise Unavailable(
                said("no way to Kafka: {error}", error=said_by(error)),
                place=self.servers,
                mend=said("check the settings"),
            ) from error

    def _understood(self, error: KafkaError) -> EntenteError:
        cause = error.__cause__ if isinstance(error.__cause__, KafkaError) else error
        match cause:
            case UnsupportedCodecError():
                return self.unreadable(cause)
            case UnknownTopicOrPartitionError():
                mend = said("create it, or set ENTENTE_KAFKA_TOPIC")
                return Unavailable(said("there is no topic {topic}", topic=self.topic), place=self.servers, mend=mend)
            case KafkaTimeoutError() if (refused := refusal(self.client(), WAIT_SECONDS)) is not None:
                return Invalid(refused.what, place=self.servers, mend=refused.mend, slug="kafka-refuses")
            case KafkaTimeoutError():
                mend = said("check that Kafka runs, and ENTENTE_KAFKA_SERVERS")
                return Unavailable(
                    said("no broker has answered for {wait_seconds} s", wait_seconds=WAIT_SECONDS),
                    place=self.servers,
                    mend=mend,
                )
        if isinstance(cause, _HOPELESS):
            return Invalid(
                first_line(cause), place=self.servers, mend=said("check ENTENTE_KAFKA_…"), slug="kafka-refuses"
            )
        return Unavailable(
            said("Kafka says {line}", line=first_line(cause)), place=self.servers, mend=said("look at the broker's log")
        )

    def unreadable(self, error: Exception, where: str = "") -> Invalid:
        """The error about a batch that cannot be taken apart, now or later. `where` names the partitions and offsets that it
        may be of."""
        absent = [name for name in missing_codecs() if name in str(error).lower()]
        if isinstance(error, UnsupportedCodecError) and absent:
            what, mend = (
                said("a batch is compressed with {absent}, which cannot be read here", absent=absent[0]),
                install(absent),
            )
        else:
            what = said("a batch cannot be read: {line}", line=first_line(error))
            mend = said("look at what was sent there; records deleted from the topic are passed over with --begin-anew")
        return Invalid(what, place=where or self.topic, mend=mend, slug="kafka-unreadable")


class Topic:
    """The topic, as the broker describes it at each call, over a client of its own. Every call raises Unavailable, Invalid."""

    def __init__(self, kafka: Kafka):
        self.name = kafka.topic
        self._kafka = kafka
        with kafka.understood_errors():
            self._admin = KafkaAdminClient(**kafka.client(), request_timeout_ms=WAIT_SECONDS * 1_000)

    def id(self) -> str:
        """The broker's id of the topic: another one after it was deleted and created again."""
        return str(self._described()["topic_id"])

    def partitions(self) -> list[int]:
        return sorted(partition["partition_index"] for partition in self._described()["partitions"])

    def ends(self) -> dict[int, int]:
        """The offset that each partition's next message gets; what an open transaction holds back is not there yet."""
        return self._offsets(self.partitions(), OffsetSpec.LATEST)

    def reach(self, partition: int) -> tuple[int, int]:
        """The oldest offset that is still kept, and the next one."""
        [first] = self._offsets([partition], OffsetSpec.EARLIEST).values()
        [end] = self._offsets([partition], OffsetSpec.LATEST).values()
        return first, end

    def given_to_nobody(self) -> set[int]:
        """Gives the partitions that the settled group has given to no member; none while it is not settled. The library's
        leader gives none of a topic that it has just not heard of, and does not notice when it hears of it at that moment."""
        with self._kafka.understood_errors():
            group = self._admin.describe_groups([self._kafka.group])[self._kafka.group]
        if group["group_state"] != "Stable":
            return set()
        assigned = [one for member in group["members"] for one in member["member_assignment"]["assigned_partitions"]]
        return {*self.partitions()} - {at for one in assigned if one["topic"] == self.name for at in one["partitions"]}

    def close(self) -> None:
        self._admin.close()

    def _described(self) -> dict[str, Any]:
        with self._kafka.understood_errors():
            [described] = self._admin.describe_topics([self.name])
            if described["error_code"] != 0:
                raise UnknownTopicOrPartitionError(self.name)
        return dict(described)

    def _offsets(self, partitions: list[int], which: Any) -> dict[int, int]:
        wanted = {TopicPartition(self.name, partition): which for partition in partitions}
        with self._kafka.understood_errors():
            found = self._admin.list_partition_offsets(wanted, IsolationLevel.READ_COMMITTED, WAIT_SECONDS * 1_000)
        return {place.partition: answer.offset for place, answer in found.items()}


def hush_client() -> None:
    """Keeps the client library silent while connections are made: what goes wrong then is an error of ours."""
    logger = logging.getLogger("kafka")
    logger.propagate = False
    logger.handlers = [logging.NullHandler()]


def tell_troubles() -> None:
    """Makes one line of each thing that the client library warns of, at most twice a minute: it repeats itself, and shows the
    insides of the program."""
    logger = logging.getLogger("kafka")
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    logger.handlers = [_Lines()]


class _Lines(logging.Handler):
    EVERY: Final = 30.0

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        now = time.monotonic()
        if now - self._said.get(record.msg, -self.EVERY) >= self.EVERY:
            self._said[record.msg] = now
            log.warning("Kafka's client", says=record.getMessage().splitlines()[0])
