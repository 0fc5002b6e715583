"""The base that all models of files share: strict, closed, in words of the file; titles, selectors, conditions."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from domain.saying import said
from services.contract_files import bounds
from services.contract_files.languages import is_language
from services.contract_files.leaves import Entered, NameText, Operand, Ordered, PathText, Text
from services.contract_files.scalars import Complaint
from services.contract_files.suggesting import shown

TAG = "·"
"""Tags of unions start with this sign, so that they are never taken for a key of the file."""


class Strict(BaseModel):
    """An unknown key is refused, nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def need(description: str, **more: Any) -> Any:
    return Field(description=description, **more)


def may(description: str, **more: Any) -> Any:
    """A key that may be left out; giving it without a value is still refused."""
    return Field(default=None, description=description, **more)


def shape(value: object) -> str | None:
    """The tag of a union's branch by what the file holds there."""
    if isinstance(value, str):
        return "·text"
    if isinstance(value, list):
        return "·list"
    if isinstance(value, dict):
        return "·keys"
    return "·other" if isinstance(value, int | Decimal) else None


def by_shape(right: str, choose: Callable[[Any], Hashable] = shape) -> Discriminator:
    """Chooses the branch of a union; what fits none is refused with `right` as the example."""
    return Discriminator(choose, custom_error_type="shape", custom_error_message=right)


def exactly_one(*names: str) -> ConfigDict:
    """For the JSON Schema: one of these keys, and no other of them."""
    return ConfigDict(json_schema_extra={"oneOf": [{"required": [name]} for name in names]})


def require_one(given: BaseModel, *names: str) -> None:
    """Raises Complaint unless the file gives exactly one of these keys."""
    if len(given.model_fields_set & set(names)) != 1:
        raise Complaint(
            said("it has exactly one of {names}", names=", ".join(names)), said("one of the keys, and no other")
        )


def not_twice(values: list[Any]) -> list[Any]:
    """Raises Complaint if a value is listed twice."""
    seen = set()
    for value in values:
        if value in seen:
            raise Complaint(said("{value} is listed twice", value=shown(value)), said("once is enough"))
        seen.add(value)
    return values


def _languages(texts: dict[str, str]) -> dict[str, str]:
    """Raises Complaint for a tag that names no language."""
    for tag in texts:
        if not is_language(tag):
            raise Complaint(said("{tag} is not a language", tag=shown(tag)), said("such as en, fr or pt-BR"))
    return texts


Several = Annotated[list[Text], Field(min_length=1, max_length=bounds.TYPES), AfterValidator(not_twice)]
TextOrTexts = Annotated[
    Annotated[Text, Tag("·text")] | Annotated[Several, Tag("·list")],
    by_shape(said("a text, or a list of texts")),
    Entered("texts"),
]
Languages = Annotated[
    dict[Annotated[str, Field(pattern="^[a-z]{2}(-[A-Z]{2})?$")], NameText],
    Field(min_length=1, max_length=bounds.LANGUAGES),
    AfterValidator(_languages),
]
Title = Annotated[
    Annotated[NameText, Tag("·text")] | Annotated[Languages, Tag("·keys")],
    by_shape(said("a text, or texts by language such as {en: Sales, fr: Ventes}")),
    Entered("title"),
]


class Operators(Strict):
    """Comparisons that must all hold."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    eq: Operand = may("Equal, of the same type")
    ne: Operand = may("Another value")
    lt: Ordered = may("Less than")
    le: Ordered = may("Less than or equal")
    gt: Ordered = may("Greater than")
    ge: Ordered = may("Greater than or equal")
    in_: list[Operand] = may("Any of these", alias="in", min_length=1, max_length=bounds.TYPES)
    exists: bool = may("Whether there is a value")
    starts_with: Text = may("The text starts with this")

    @model_validator(mode="after")
    def _says_something(self) -> Operators:
        if not self.model_fields_set:
            raise Complaint(said("an empty condition says nothing"), said("such as {le: 0}"))
        return self


def _condition_shape(value: object) -> str:
    """Every scalar is a literal; also nothing, which the literal refuses."""
    return found if (found := shape(value)) in ("·list", "·keys") else "·literal"


ConditionValue = Annotated[
    Annotated[Operand, Tag("·literal")]
    | Annotated[list[Operand], Field(min_length=1, max_length=bounds.TYPES), Tag("·list")]
    | Annotated[Operators, Tag("·keys")],
    by_shape(said("a value, a list of values, or comparisons such as {le: 0}"), _condition_shape),
]
WhereMap = Annotated[
    dict[PathText, ConditionValue], Field(min_length=1, max_length=bounds.CONDITIONS), Entered("where")
]


class SelectorModel(Strict):
    """Which events are meant."""

    type: TextOrTexts = need("The type of the event; a list means any of them")
    source: TextOrTexts = may("Who sent it; a list means any of them")
    where: WhereMap = may("Conditions by path; all must hold")
