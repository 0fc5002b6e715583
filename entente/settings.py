"""Settings: read once, from the command line or the environment (`ENTENTE_…`), each a row of name, default and meaning."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.saying import said
from domain.times import zone
from services.api.host_names import LOOPBACK, hosts_named


class Settings(BaseSettings):
    """What the operator decides. Wrong values stop the start."""

    model_config = SettingsConfigDict(env_prefix="ENTENTE_", extra="ignore")

    store: str = Field(
        default="sqlite:///entente.db", description="where the history is: sqlite:///FILE or postgresql://…"
    )
    host: str = Field(
        default="127.0.0.1",
        description="the address that the program listens on; beyond loopback people sign in (ENTENTE_ACCESS)",
    )
    port: int = Field(default=8000, ge=0, le=65535, description="the port that the program listens on")
    hosts: str = Field(
        default="",
        description="the names that the program answers to, several with commas; none: those of loopback, ENTENTE_HOST and "
        "the one of ENTENTE_PAGES_URL",
    )
    access: str = Field(
        default="loopback",
        description="the ways in, several with commas: accounts (with passwords), oidc, proxy; loopback: nobody signs in, "
        "and only this machine is answered",
    )
    totp: Literal["needed", "all"] = Field(
        default="needed",
        description="who needs a second factor: needed: heads, administrators, arbiters, auditors; all: everybody",
    )
    session_idle: int = Field(
        default=30,
        ge=1,
        le=720,
        description="minutes without a change after which a session asks for the password again",
    )
    session_hours: int = Field(default=12, ge=1, le=720, description="hours that a session lasts in all")
    session_days: int = Field(
        default=0,
        ge=0,
        le=90,
        description="days for which somebody may ask to be kept signed in; 0: not at all",
    )
    log_days: int = Field(
        default=365, ge=1, le=3_660, description="days for which sign-ins, refusals, exports and reads are noted"
    )
    proxy_from: str = Field(
        default="",
        description="networks of the proxies whose X-Forwarded-For and -Proto are believed, several with commas",
    )
    proxy_secret_file: str = Field(
        default="", description="for the way proxy: file with what Entente-Proxy-Secret has to say beside Remote-User"
    )
    time: Literal["live", "manual"] = Field(default="live", description="whether `serve` lets time pass by itself")
    settle: float = Field(
        default=120, ge=0, description="seconds that an event may need to arrive, before time passes it"
    )
    outage: float = Field(
        default=900,
        ge=0,
        description="seconds that producers have to repeat, after an outage of ours, before time goes on",
    )
    look_back: float = Field(
        default=120,
        gt=0,
        description="seconds that one answer over HTTP may take: looking back judges the history anew",
    )
    log: Literal["text", "json"] = Field(
        default="text", description="what is said on stderr: text for people, or one JSON object a line"
    )
    organisation: str = Field(default="Entente", description="the name that the pages and packs show")
    zone: str = Field(default="Europe/Paris", description="the zone of pages that belong to no contract")

    origin: str = Field(
        default="",
        description="the name under which this store signs checkpoints: an address without a scheme, blanks or plus; "
        "none: that of ENTENTE_PAGES_URL, else a random one",
    )
    checkpoint_key: str = Field(
        default="",
        description="file with the key that signs checkpoints, and behind a comma that of the one before; none: none are made",
    )
    checkpoints_to: str = Field(
        default="", description="file, best on another machine, that each checkpoint is appended to; none: none is"
    )

    oidc_issuer: str = Field(
        default="",
        description="the identity provider of OpenID Connect, as it names itself: https://…; none: there is none",
    )
    oidc_client: str = Field(default="", description="the client id that the identity provider knows this program by")
    oidc_secret_file: str = Field(
        default="", description="file with the secret of that client; none: it is a public client"
    )
    oidc_groups: str = Field(
        default="groups", description="the claim that names somebody's groups; with dots where it lies in another"
    )
    oidc_person: str = Field(
        default="",
        description="a claim that holds the id of a person, and that people cannot change at the provider; none: invitations say "
        "who somebody is",
    )
    oidc_create: Literal["", "yes"] = Field(
        default="", description="yes: whom nobody knows is made a person with a neutral id, with what the groups give"
    )

    kek_file: str = Field(
        default="",
        description="file with the keys that wrap data keys; none: nothing is sealed, and what is personal is not taken",
    )
    keys: str = Field(
        default="", description="where data keys are: sqlite:///FILE or postgresql://…; none: beside the store"
    )
    erased_to: str = Field(
        default="",
        description="file, apart from every backup, that names the keys that were destroyed; none: a restore may bring them back",
    )

    mail_url: str = Field(
        default="",
        description="the server that mail goes through: smtps://user@host:465, or smtp:// with STARTTLS; none: no mail is sent",
    )
    mail_password_file: str = Field(default="", description="file with the password of that user; none: it has none")
    mail_from: str = Field(default="", description="the address that mail comes from, which needs one")
    mail_language: Literal["en", "fr"] = Field(
        default="en", description="the language of mail to whoever has chosen none: en or fr"
    )
    mail_to: str = Field(
        default="",
        description="folder that mail is written to as .eml files instead of being sent, whatever moves time; none: it is sent",
    )
    notify_hosts: str = Field(
        default="",
        description="hosts that people may have their notices sent to by webhook, several with commas; none: nobody may",
    )

    pages_url: str = Field(
        default="",
        description="where people open the pages, for links from dashboards and alerts; none: there are no such links",
    )
    grafana_url: str = Field(
        default="", description="the Grafana that `grafana push` writes to, and that pages lead to; none: they do not"
    )
    grafana_token: SecretStr = Field(
        default=SecretStr(""), description="of a service account of that Grafana, with the role Editor; shown nowhere"
    )
    webhooks: str = Field(
        default="", description="folder with mappings for `POST /v1/webhooks/NAME`; none: there are no webhooks"
    )

    webhook_secrets: str = Field(
        default="",
        description="folder with a file for each webhook that is signed, named as it: a secret a line; none: none is",
    )

    kafka_servers: str = Field(
        default="", description="brokers to begin with, host:port, several with commas; none: no Kafka"
    )
    kafka_topic: str = Field(default="entente", description="the topic that `consume` reads")
    kafka_topics: str = Field(
        default="",
        description="whose a topic is, as topic:service, several with commas: what it brings is taken of that service's sources "
        "alone; a topic that is not named is the operator's, or, where people sign in, of whichever services declare its sources",
    )
    kafka_group: str = Field(default="entente", description="the consumer group that shares its partitions")
    kafka_dead_letter: str = Field(
        default="", description="a topic that gets a copy of what goes to quarantine; none: nothing is sent"
    )
    kafka_batch: int = Field(default=1000, ge=1, le=50_000, description="messages stored in one transaction, at most")
    kafka_attempts: int = Field(
        default=3, ge=1, description="how often a message may end the worker's process before it is set aside unread"
    )
    kafka_session: float = Field(
        default=45,
        ge=0.5,
        description="seconds without a sign of life after which the group takes a worker's partitions",
    )
    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT", description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL"
    )
    kafka_mechanism: Literal["", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="", description="for SASL: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"
    )
    kafka_username: str = Field(default="", description="for SASL")
    kafka_password: SecretStr = Field(default=SecretStr(""), description="for SASL; shown nowhere")
    kafka_ca: str = Field(default="", description="for SSL: file with the certificates that are trusted")
    kafka_certificate: str = Field(default="", description="for SSL: file with the worker's own certificate")
    kafka_key: str = Field(default="", description="for SSL: file with its private key")
    kafka_key_password: SecretStr = Field(default=SecretStr(""), description="of that key; shown nowhere")

    @field_validator("hosts")
    @classmethod
    def _are_names(cls, names: str) -> str:
        hosts_named(names)
        return names

    @property
    def signs_as(self) -> str:
        """The name that the operator gives the store's checkpoints; empty where that is the store's own."""
        return self.origin or re.sub(r"^[a-z]+://|/+$", "", self.pages_url)

    @field_validator("origin")
    @classmethod
    def _is_a_name(cls, name: str) -> str:
        if re.search(r"[\s+]|://", name):
            raise ValueError(said("an address without a scheme, blanks or plus"))
        return name

    @property
    def ways(self) -> frozenset[str]:
        """The ways in; none: nobody signs in."""
        return frozenset(one.strip() for one in self.access.split(",")) - {"loopback"}

    @property
    def topic_owner(self) -> str | None:
        """The service whose the topic of Kafka is; None: the operator's."""
        pairs = (one.strip().rpartition(":") for one in self.kafka_topics.split(",") if one.strip())
        return {topic: service for topic, _, service in pairs}.get(self.kafka_topic)

    @field_validator("kafka_topics")
    @classmethod
    def _have_owners(cls, named: str) -> str:
        for one in (each.strip() for each in named.split(",") if each.strip()):
            topic, _, service = one.rpartition(":")
            if not topic or not service:
                raise ValueError(said("no such owners of topics: orders:sales,tickets:legal"))
        return named

    @field_validator("access")
    @classmethod
    def _are_ways(cls, named: str) -> str:
        ways = [one.strip() for one in named.split(",")]
        if not set(ways) <= {"loopback", "accounts", "oidc", "proxy"} or ("loopback" in ways and len(ways) > 1):
            raise ValueError(said("no such ways in: accounts, oidc, proxy, or loopback alone"))
        return named

    @field_validator("zone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        zone(name)
        return name

    def names(self) -> tuple[str, ...]:
        """What the program answers to, as `Hosts` takes it."""
        if self.hosts:
            return hosts_named(self.hosts)
        shown_at = urlsplit(self.pages_url).hostname
        return (LOOPBACK, self.host.lower(), *([shown_at] if shown_at else []))


def unknown_settings(environment: Mapping[str, str]) -> list[tuple[str, str]]:
    """The names in the environment that look like settings and are none, each with the setting that may have been meant."""
    known = {f"ENTENTE_{name.upper()}" for name in Settings.model_fields}
    found = sorted(name for name in environment if name.startswith("ENTENTE_") and name not in known)
    return [(name, next(iter(difflib.get_close_matches(name, known, 1)), "")) for name in found]


def settings_rows() -> list[tuple[str, str, str]]:
    """(environment variable, default, meaning) of every setting."""
    return [
        (f"ENTENTE_{name.upper()}", str(field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    ]
