from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from services.contract_files import check, json_schema, kind_of, read_bytes, read_documents
from services.contract_files.to_terms import canonical
from services.errors import Invalid

KINDS = ["contract", "calendar", "service", "mapping", "event"]
SAMPLES = sorted((Path(__file__).parents[3] / "deploy" / "samples").rglob("*.yaml"))
EVENT = {"specversion": "1.0", "id": "1", "source": "crm", "type": "t", "time": "2026-01-05T09:00:00+01:00"}


def errors_of(kind: str, instance: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(json_schema(kind)).iter_errors(instance)]


@pytest.mark.parametrize("kind", KINDS)
def test_each_schema_is_one_of_2020_12_with_its_name_and_descriptions(kind: str) -> None:
    schema = json_schema(kind)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:entente:schema:{kind}:1"
    assert schema["title"] == f"Entente {kind}"
    assert all("description" in one for one in schema["properties"].values())
    assert json.loads(json.dumps(schema)) == schema


def test_an_unknown_schema_is_refused() -> None:
    with pytest.raises(Invalid, match="there is no schema “contracts”"):
        json_schema("contracts")


def test_the_example_follows_the_schema(example: str) -> None:
    [document] = read_documents(example, "f.yaml")
    assert errors_of("contract", document.tree) == []


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_samples_and_their_stored_texts_follow_their_schemas(path: Path) -> None:
    for document in read_bytes(path.read_bytes(), path.name):
        kind = kind_of(document)
        assert kind is not None
        assert errors_of(kind, document.tree) == []
        assert errors_of(kind, json.loads(canonical(document))) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tolerance", "tolerence"),
        ("supplier: sales", "supplier: Sales"),
        ("95 %", "many"),
        ("at_least: 95 %, ", ""),
        ("max_misses: 1,", "max_misses: 1, at_least: 95 %,"),
        ("per: quarter", "per: 28"),
        ("kind: punctuality", "kind: availability"),
        ("until: 2026-12-31", "until: soon"),
        ("criteria:", "criterias:"),
    ],
)
def test_what_the_schema_refuses_the_check_refuses(old: str, new: str, example: str) -> None:
    [document] = read_documents(example.replace(old, new, 1), "f.yaml")
    assert errors_of("contract", document.tree) != []
    assert check(document) != []


def test_events_may_carry_extensions_and_need_their_time() -> None:
    assert errors_of("event", {**EVENT, "data": {"a": [1]}, "tenant": "x", "voids": "0"}) == []
    assert errors_of("event", {name: value for name, value in EVENT.items() if name != "time"}) != []
    assert errors_of("event", {**EVENT, "Not-A-Name": "x"}) != []
    assert errors_of("event", {**EVENT, "specversion": "0.3"}) != []
