"""What producers send otherwise than ours: compressed in any way that Kafka knows, deleted keys, batches that nobody can read."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import kafka.codec  # type: ignore[import-untyped]
import pytest
from kafka import KafkaProducer

from entente.doctor import examine
from entente.kafka_wiring import kafka_of
from entente.settings import Settings
from entente.wiring import program
from ingestion.kafka.broker import hush_client
from ingestion.kafka.worker import Worker
from services.access import PLATFORM
from services.errors import EntenteError
from services.history.entries import QUARANTINED
from tests.end_to_end.running import Entente
from tests.forks import ROOT
from tests.kafka.test_consume import DAY, entries, told
from tests.kafka.topics import STRUCTURED, Topic, binary
from tests.patience import PATIENCE

NOW = 1_773_144_000_000_000
CODECS = (None, "gzip", "snappy", "lz4", "zstd")


def compressed(topic: Topic, codec: str | None, *ids: str, headers: Any = STRUCTURED) -> None:
    """As one batch of a producer that compresses so."""
    producer: Any = KafkaProducer(bootstrap_servers=topic.servers, compression_type=codec, linger_ms=50)
    values = [json.dumps({**DAY, "id": one, "data": {"text": "again " * 50}}).encode() for one in ids]
    sent = [producer.send(topic.name, value, b"k", [*headers], 0) for value in values]
    for future in sent:
        future.get(timeout=PATIENCE)
    producer.close()


def read(entente: Entente, topic: Topic) -> dict[Any, int]:
    """Takes what the topic has; how it was answered."""
    settings = Settings(store=entente.store, **told(topic.settings()))
    hush_client()
    with program(settings) as opened:
        Worker(kafka_of(settings), opened.store.history, opened.door, PLATFORM).run(until_drained=True)
        return {**opened.door.answered()}


@pytest.mark.real_broker
def test_every_codec_of_kafka_is_read(entente: Entente, topic: Topic) -> None:
    for codec in CODECS:
        compressed(topic, codec, *(f"{codec}-{number}" for number in range(20)))
    assert read(entente, topic) == {("kafka", "accepted"): 20 * len(CODECS)}


@pytest.mark.real_broker
@pytest.mark.parametrize(("codec", "library"), [("snappy", "snappy"), ("lz4", "lz4"), ("zstd", "zstd")])
def test_a_codec_that_is_missing_is_named_and_no_reason_to_try_again(
    entente: Entente, topic: Topic, monkeypatch: pytest.MonkeyPatch, codec: str, library: str
) -> None:
    compressed(topic, None, "before")
    compressed(topic, codec, "1", "2")
    with monkeypatch.context() as without:
        without.setattr(kafka.codec, library, None)
        with pytest.raises(EntenteError) as found:
            read(entente, topic)
        assert found.value.exit_code == 2
        assert f"a batch is compressed with {codec}" in found.value.message
        assert found.value.mend == f"pip install 'kafka-python[{codec}]'"
        assert found.value.place == f"{topic.name}[0]:1 or {topic.name}[1]:0"
        [said] = [
            one for one in examine(Settings(kafka_servers=topic.servers), lambda: NOW, {}) if "codecs" in one.check
        ]
        assert (said.state, said.mend) == ("warning", f"pip install 'kafka-python[{codec}]'")
    assert len(entries(entente.store)) == 1
    assert read(entente, topic) == {("kafka", "accepted"): 2}


class _NoText(str):
    """The name of a header as a client in C may send it: any bytes."""

    def encode(self, *_: Any) -> bytes:
        return b"\xff\xfe"


@pytest.mark.real_broker
def test_a_batch_that_nobody_can_take_apart_ends_the_worker_with_where_it_is(entente: Entente, topic: Topic) -> None:
    compressed(topic, None, "before")
    compressed(topic, None, "odd", headers=[(_NoText("x"), b"y")])
    with pytest.raises(EntenteError, match="a batch cannot be read") as found:
        read(entente, topic)
    assert (found.value.exit_code, f"{topic.name}[0]:1" in str(found.value)) == (2, True)
    assert len(entries(entente.store)) == 1


@pytest.mark.real_broker
def test_a_batch_whose_compression_is_damaged_is_no_traceback(
    entente: Entente, topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(_: bytes) -> bytes:
        raise RuntimeError("LZ4F_decompress failed with code: ERROR_frameType_unknown")

    compressed(topic, "lz4", "1")
    monkeypatch.setattr("kafka.record.default_records.lz4_decode", damaged)
    with pytest.raises(EntenteError, match="a batch cannot be read: LZ4F_decompress failed") as found:
        read(entente, topic)
    assert found.value.exit_code == 2


def test_a_tombstone_is_passed_over_and_counted(entente: Entente, topic: Topic) -> None:
    good = json.dumps({**DAY, "id": "1"}).encode()
    topic.send(good, None, None, partition=0)
    topic.send(None, headers=[], partition=1)
    topic.send(None, headers=binary({**DAY, "id": "2"}), partition=1)
    assert read(entente, topic) == {("kafka", "accepted"): 2, ("kafka", "tombstone"): 3}
    assert entries(entente.store, QUARANTINED) == []
    assert read(entente, topic) == {}


def test_the_program_is_installed_with_every_codec() -> None:
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    [client] = [one for one in asked if one.startswith("kafka-python[")]
    extras = client.removeprefix("kafka-python[").partition("]")[0].split(",")
    assert set(extras) >= {one for one in CODECS if one not in (None, "gzip")}
