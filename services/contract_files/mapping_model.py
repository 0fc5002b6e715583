"""The model of a mapping file: how the rows of a CSV become events (INTERFACE §2)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, Tag

from domain.saying import said, said_by
from services.contract_files import bounds
from services.contract_files.leaves import Id, Line, Text, ZoneText
from services.contract_files.mapping_terms import TEMPLATE_FORM, UNIX_FORMS, Signed, template
from services.contract_files.model_base import ConditionValue, Strict, by_shape, may, need
from services.contract_files.scalars import Complaint
from services.contract_files.suggesting import shown

LONGEST_FORM = 100
_DIRECTIVES = frozenset("aAbBdfGHIjmMpSuUVwWyYz%")
_DIRECTIVE = re.compile(r"%(.?)", re.DOTALL)


def _template(written: str) -> str:
    try:
        template(written)
    except ValueError as error:
        raise Complaint(
            said("{written} is not a template: {error}", written=shown(written), error=said_by(error)), TEMPLATE_FORM
        ) from None
    return written


def _strptime(written: str) -> str:
    if written in UNIX_FORMS:
        return written
    moment = datetime(2026, 11, 28, 17, 45, 59, tzinfo=UTC)
    if len(written) > LONGEST_FORM:
        raise Complaint(
            said("{written} is longer than {longest_form} letters", written=shown(written), longest_form=LONGEST_FORM),
            said('such as "%d/%m/%Y %H:%M:%S"'),
        )
    if "Z" in _DIRECTIVE.findall(written):  # strptime reads the name, and gives the time as if it were of any zone
        stated = said("{written} reads the name of a zone and passes it over", written=shown(written))
        raise Complaint(
            stated, said("%z for an offset, or the name as it stands there, such as UTC, with read.timezone")
        )
    if not set(_DIRECTIVE.findall(written)) <= _DIRECTIVES:
        known = " ".join(f"%{one}" for one in sorted(_DIRECTIVES))
        raise Complaint(
            said("{written} is not a form of times", written=shown(written)),
            said("of these signs: {known}", known=known),
        )
    try:
        read = datetime.strptime(moment.strftime(written), written)  # noqa: DTZ007 - only its date is read
    except (ValueError, re.error) as error:  # the same part twice makes a pattern that is none
        raise Complaint(
            said("{written} is not a form of times: {error}", written=shown(written), error=said_by(error)),
            said('such as "%d/%m/%Y %H:%M:%S"'),
        ) from None
    if read.date() != moment.date():
        raise Complaint(
            said("{written} does not give a whole date", written=shown(written)), said('such as "%d/%m/%Y %H:%M:%S"')
        )
    return written


TemplateText = Annotated[Text, AfterValidator(_template)]
FormText = Annotated[Text, AfterValidator(_strptime)]


class ReadModel(Strict):
    """How the file is read."""

    format: Literal["csv", "json"] = need("The format of the file; json: of a webhook's calls")
    each: Line = may("Of JSON: the path of the list whose items are rows; default the whole is one")
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = may("Between columns; default a comma")
    encoding: Line = may("Default utf-8")
    decimal: Annotated[str, Field(min_length=1, max_length=1)] = may("The decimal sign of numbers; default a point")
    timezone: ZoneText = may("The zone of times without offset")
    times: Annotated[
        Annotated[FormText, Tag("·text")]
        | Annotated[list[FormText], Field(min_length=1, max_length=bounds.FORMS_OF_TIMES), Tag("·list")],
        by_shape(said('a form such as "%d/%m/%Y %H:%M:%S", or a list of them')),
    ] = may("How times are written, as strptime reads them, or unix s, unix ms; ISO 8601 is always tried last")


class MappedEventModel(Strict):
    """One event that a row gives."""

    if_: Annotated[dict[Text, ConditionValue], Field(min_length=1, max_length=bounds.CONDITIONS)] = may(
        "Conditions by column", alias="if"
    )
    type: TemplateText = need("The type of the event")
    id: TemplateText = need("Its id, unique in its source")
    source: TemplateText = need("Its source")
    subject: TemplateText = may("The case or thing")
    time: TemplateText = need("When it happened")
    recordedtime: TemplateText = may("When the tool noted it")
    sequence: TemplateText = may("Its order among events of the same time")
    voids: TemplateText = may("The id of an event that it takes out")
    replaces: TemplateText = may("The id of an event that it stands in place of")
    data: dict[str, Any] = may("What it says; {time|number|text: …} convert")


class MappingModel(Strict):
    """How the rows of a file become events."""

    entente: Literal[1] = need("The version of the format")
    mapping: Id = need("The name of the mapping")
    read: ReadModel = need("How the file is read")
    signed: Signed = may(
        "Of JSON: how a webhook's calls are signed; the secret is in a file of ENTENTE_WEBHOOK_SECRETS"
    )
    service: Id = may(
        "Of a webhook that is signed: the service whose calls these are; needed where a call says its `source`"
    )
    events: list[MappedEventModel] = need("What each row gives", min_length=1, max_length=bounds.MAPPED_EVENTS)
