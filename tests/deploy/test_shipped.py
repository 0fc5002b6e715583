"""What ships beside the program reaches whoever installs it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from entente.samples import SHIPPED, shipped, write_shipped
from ingestion.webhooks import read_webhooks
from services.errors import Refused
from tests.forks import ROOT

PACKAGES = ("domain", "services", "ingestion", "dashboards", "entente")


def test_the_wheel_holds_every_part() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {place: f"entente/{part}_data" for part, place in SHIPPED.items()}
    deployed = {path.name for path in (ROOT / "deploy").iterdir() if path.is_dir()}
    assert deployed == {Path(place).name for place in SHIPPED.values() if place.startswith("deploy/")}


def test_every_document_that_the_program_names_ships() -> None:
    texts = [path.read_text("utf-8") for name in PACKAGES for path in (ROOT / name).rglob("*.py")]
    named = {found for text in texts for found in re.findall(r"docs/[a-z0-9/-]+\.md", text)}
    assert "docs/settings.md" in named
    assert named <= {str(path) for path, _ in shipped()}


def test_a_folder_gets_everything_once_and_nothing_of_somebody_else_is_replaced(tmp_path: Path) -> None:
    written = write_shipped(tmp_path)
    assert tmp_path / "samples" / "boston" / "mapping.yaml" in written
    assert "alertmanager" in read_webhooks(tmp_path / "webhooks")
    (tmp_path / "webhooks" / "form.yaml").unlink()
    assert write_shipped(tmp_path) == [tmp_path / "webhooks" / "form.yaml"]
    (tmp_path / "webhooks" / "jira-issues.yaml").write_text("mine")
    (tmp_path / "webhooks" / "form.yaml").unlink()
    with pytest.raises(Refused, match=r"jira-issues\.yaml is there"):
        write_shipped(tmp_path)
    assert not (tmp_path / "webhooks" / "form.yaml").exists()
