"""The ways by which tools send, beside `/v1/events`: what the settings say of webhooks and of Kafka."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dashboards.pages.house.given import Doors, Hook, Topic
from entente.settings import Settings
from ingestion.webhooks import Webhook, read_webhooks, require_owned


def webhooks_of(settings: Settings) -> Mapping[str, Webhook]:
    """What other tools may call, by name. Raises Invalid."""
    if not settings.webhooks:
        return {}
    secrets = Path(settings.webhook_secrets) if settings.webhook_secrets else None
    webhooks = read_webhooks(Path(settings.webhooks), secrets)
    if settings.ways:
        require_owned(webhooks)
    return webhooks


def doors_of(settings: Settings, webhooks: Mapping[str, Webhook]) -> Doors:
    """The ways in, as whoever connects a tool is told of them: no secret is among it."""
    topic = None
    if settings.kafka_servers and settings.kafka_topic:
        topic = Topic(
            settings.kafka_servers,
            settings.kafka_topic,
            settings.kafka_security,
            settings.kafka_mechanism,
            settings.topic_owner,
        )
    hooks = tuple(Hook(one.id, one.service, one.sources) for one in webhooks.values())
    return Doors(settings.pages_url.rstrip("/"), topic, hooks)
