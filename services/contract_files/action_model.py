"""The model of an action file, and of a plan alone (INTERFACE §1, MEETING §4)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, Tag

from domain.references import parse_reference
from domain.saying import said
from services.contract_files import bounds
from services.contract_files import leaf_checks as check
from services.contract_files.contract_model import EffectModel
from services.contract_files.leaves import DateText, Id, Line, NameText, PersonId
from services.contract_files.model_base import Languages, Strict, Title, by_shape, may, need, not_twice
from services.contract_files.offer_leaves import money


def _reference(value: object) -> str:
    return check.readable(parse_reference, said("a reference"), said("such as breach:ID or review:ID#2"))(value)


Commitment = Annotated[str, BeforeValidator(check.line)]
Weight = Annotated[int, BeforeValidator(check.whole(1, bounds.STEP_WEIGHT))]
Year = Annotated[int, BeforeValidator(check.whole(bounds.FIRST_DAY.year, bounds.LAST_DAY.year))]
Hours = Annotated[int, BeforeValidator(check.whole(0, bounds.HOURS))]
Reference = Annotated[str, BeforeValidator(_reference)]
Url = Annotated[str, BeforeValidator(check.web_address)]
Sha256 = Annotated[str, BeforeValidator(check.sha256)]


class DocumentModel(Strict):
    """A document beside the program: it is named, and never fetched."""

    title: Line = need("What it is called")
    date: DateText = may("Of when it is")
    page: Line = may("Where in it")
    url: Url = may("Where it is: https: or http:")
    sha256: Sha256 = may("The SHA-256 of its bytes")


class CitedModel(Strict):
    """A document that is cited."""

    document: DocumentModel = need("The document")


def _ground_shape(value: Any) -> str | None:
    return "·text" if isinstance(value, str) else "·keys" if isinstance(value, dict) else None


Ground = Annotated[
    Annotated[Reference, Tag("·text")] | Annotated[CitedModel, Tag("·keys")],
    by_shape(said("a reference such as breach:ID, or {document: {title: …}}"), _ground_shape),
]


class StepModel(Strict):
    """A step of an action."""

    id: Id = need("Its name among the steps")
    text: Annotated[
        Annotated[NameText, Tag("·text")] | Annotated[Languages, Tag("·keys")],
        by_shape(said("a text, or texts by language such as {en: Sales, fr: Ventes}")),
    ] = need("What is done")
    weight: Weight = may("How much of the whole it is; default 1")
    due: DateText = may("Its day")


class MoneyModel(Strict):
    """Money of a year."""

    year: Year = need("The year")
    amount: Annotated[str, BeforeValidator(money)] = need('Without tax, as a text such as "1800.00"')
    currency: Line = need("Three letters of ISO 4217, such as EUR")


class MeansModel(Strict):
    """What it takes."""

    hours: Hours = may("Hours of work")
    money: Annotated[list[MoneyModel], Field(min_length=1, max_length=bounds.MONEY_LINES)] = may("Money, by year")


Steps = Annotated[list[StepModel], Field(max_length=bounds.STEPS)]


class PlanModel(Strict):
    """The plan of an action: what it leaves out is none."""

    steps: Steps = may("What is done, in order")
    means: MeansModel = may("What it takes")
    effect: EffectModel = may("How its effect is looked for")


class ActionModel(PlanModel):
    """An action with its plan."""

    entente: Literal[1] = need("The version of the format")
    action: Id = need("The name of the action, one for its commitment")
    of: Commitment = need("The commitment: contract/deliverable/criterion")
    title: Title = need("What is to be done")
    owner: Id = may("The service that owns it; default who owes")
    person: PersonId = may("Who does it")
    due: DateText = may("Its day")
    because: Annotated[list[Ground], Field(min_length=1, max_length=bounds.GROUNDS), AfterValidator(not_twice)] = may(
        "What it rests on"
    )
