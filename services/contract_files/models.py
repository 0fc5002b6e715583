"""The kinds of documents: their models, their JSON Schemas, and the check of a document's form."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.json_schema import GenerateJsonSchema

from domain.saying import said
from services.contract_files.access_model import AccessModel
from services.contract_files.action_model import ActionModel, PlanModel
from services.contract_files.calendar_model import CalendarModel
from services.contract_files.causes_model import CausesModel
from services.contract_files.charter_model import CharterModel
from services.contract_files.contract_model import ContractModel
from services.contract_files.documents import MAX_PROBLEMS, Document, by_place
from services.contract_files.event_model import EventModel
from services.contract_files.mapping_model import MappingModel
from services.contract_files.offer_model import OfferModel
from services.contract_files.service_model import ServiceModel
from services.contract_files.wording import problem
from services.errors import Invalid

MODELS: dict[str, type[BaseModel]] = {
    "contract": ContractModel,
    "calendar": CalendarModel,
    "service": ServiceModel,
    "access": AccessModel,
    "causes": CausesModel,
    "action": ActionModel,
    "offer": OfferModel,
    "charter": CharterModel,
    "mapping": MappingModel,
    "event": EventModel,
}
_TELLING = {
    "offer": ("meters", "levels", "costs"),
    "charter": ("intention", "quota", "profile", "level"),
    "contract": ("contract", "deliverables", "supplier", "client"),
    "mapping": ("mapping", "events", "read"),
    "access": ("access", "groups"),
    "causes": ("causes", "list"),
    "action": ("action", "of", "steps"),
    "service": ("service", "people", "sources"),
    "calendar": ("calendar", "open"),
}
"""The key that names each kind, and others that tell what is meant when it was forgotten. In this order, for a contract
has a key `calendar` too, and a charter a key `offer` and perhaps `contract`."""


_NAMED = ("charter", "offer", "contract", "mapping", "service", "access", "causes", "action")


def kind_of(document: Document) -> str | None:
    """The kind by the key that names it, else by what the document holds; None if none."""
    named = next((kind for kind in _NAMED if kind in document.tree), None)
    return named or next((kind for kind, keys in _TELLING.items() if any(key in document.tree for key in keys)), None)


def form_problems(document: Document, kind: str | None = None) -> list[str]:
    """Lists what is wrong with the form of a document, each with its place, in the order of the file."""
    kind = kind or kind_of(document)
    if kind is None:
        return [
            document.problem(
                (),
                said("it says none of contract, calendar, service, access, causes, action, offer, charter, mapping"),
                said("such as contract: my-id"),
            )
        ]
    return _problems_of(document, MODELS[kind])


def plan_form_problems(document: Document) -> list[str]:
    """Lists what is wrong with the form of a plan that stands by itself."""
    return _problems_of(document, PlanModel)


def _problems_of(document: Document, model: type[BaseModel]) -> list[str]:
    try:
        model.model_validate(document.tree)
    except ValidationError as error:
        return by_place([problem(document, model, one) for one in error.errors(include_url=False)[:MAX_PROBLEMS]])
    return []


def json_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a kind of document. Raises Invalid for an unknown kind."""
    if kind not in MODELS:
        raise Invalid(
            said("there is no schema “{kind}”", kind=kind), mend=said("one of {models}", models=", ".join(MODELS))
        )
    schema = _without_null_defaults(MODELS[kind].model_json_schema(by_alias=True))
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": f"urn:entente:schema:{kind}:1",
        **schema,
        "title": f"Entente {kind}",
    }


def _without_null_defaults(schema: Any) -> Any:
    """A key that may be left out has no default to show."""
    if isinstance(schema, dict):
        kept = {name: value for name, value in schema.items() if not (name == "default" and value is None)}
        return {name: _without_null_defaults(value) for name, value in kept.items()}
    if isinstance(schema, list):
        return [_without_null_defaults(one) for one in schema]
    return schema
