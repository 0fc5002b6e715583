"""Why nothing can be read or stored just now: said as long as it lasts, and no longer."""

from __future__ import annotations

from ingestion.kafka.health import Health


def test_a_trouble_is_said_until_a_round_went_well_as_a_whole() -> None:
    health = Health()
    health.begin_round()
    health.troubled("no store")
    health.end_round()
    assert health.trouble == "no store"
    health.begin_round()
    assert health.trouble == "no store"
    health.troubled("no broker")
    health.end_round()
    assert health.trouble == "no broker"
    health.begin_round()
    health.end_round()
    assert health.trouble is None


def test_who_is_to_end_does_not_wait() -> None:
    health = Health()
    health.stopping.set()
    health.wait("no broker")
    assert health.trouble == "no broker"
