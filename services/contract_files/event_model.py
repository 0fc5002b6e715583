"""The model of an operational event in its JSON form, for its schema (INTERFACE §2, CloudEvents 1.0)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.contract_files.model_base import may, need

NonEmpty = Annotated[str, Field(min_length=1)]


class EventModel(BaseModel):
    """What a service's tool pushes; further attributes are CloudEvents extensions."""

    model_config = ConfigDict(
        extra="allow", json_schema_extra={"propertyNames": {"pattern": "^([a-z0-9]+|data_base64)$"}}
    )

    specversion: Literal["1.0"] = need("The version of CloudEvents")
    id: NonEmpty = need("Unique within the source")
    source: NonEmpty = need("The tool that sends")
    type: NonEmpty = need("What happened")
    time: AwareDatetime = need("When it happened, with its offset")
    subject: NonEmpty = may("The case or thing that it concerns")
    recordedtime: AwareDatetime = may("When the tool noted it")
    sequence: str = may("Its order among events of the same time")
    voids: NonEmpty = may("The id of an earlier event of this source to take out")
    replaces: NonEmpty = may("The id of an earlier event of this source to stand in place of")
    datacontenttype: NonEmpty = may("The media type of data; default application/json")
    dataschema: NonEmpty = may("Where the form of data is described")
    data: Any = may("What it says")
    data_base64: str = may("The same, for data that is not text")
