"""Settings: read once, from the command line or the environment (`ENTENTE_…`), each a row of name, default and meaning."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.times import zone


class Settings(BaseSettings):
    """What the operator decides. Wrong values stop the start."""

    model_config = SettingsConfigDict(env_prefix="ENTENTE_", extra="ignore")

    store: str = Field(
        default="sqlite:///entente.db", description="where the history is: sqlite:///FILE or postgresql://…"
    )
    host: str = Field(default="127.0.0.1", description="the address that the program listens on; loopback only")
    port: int = Field(default=8000, ge=0, le=65535, description="the port that the program listens on")
    time: Literal["live", "manual"] = Field(default="live", description="whether `serve` lets time pass by itself")
    settle: float = Field(
        default=120, ge=0, description="seconds that an event may need to arrive, before time passes it"
    )
    outage: float = Field(
        default=900,
        ge=0,
        description="seconds that producers have to repeat, after an outage of ours, before time goes on",
    )
    organisation: str = Field(default="Entente", description="the name that the pages and packs show")
    zone: str = Field(default="Europe/Paris", description="the zone of pages that belong to no contract")

    @field_validator("zone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        zone(name)
        return name


def settings_rows() -> list[tuple[str, str, str]]:
    """(environment variable, default, meaning) of every setting."""
    return [
        (f"ENTENTE_{name.upper()}", str(field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    ]
