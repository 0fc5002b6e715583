"""The model of an indicator in a file: one of those of its kinds."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Tag

from services.contract_files.kinds.availability import AvailabilityModel
from services.contract_files.kinds.conformity import ConformityModel
from services.contract_files.kinds.deadline import DeadlineModel
from services.contract_files.kinds.faces import FACES
from services.contract_files.kinds.freshness import FreshnessModel
from services.contract_files.kinds.measure import MeasureModel
from services.contract_files.kinds.punctuality import PunctualityModel
from services.contract_files.kinds.satisfaction import SatisfactionModel
from services.contract_files.kinds.turnaround import TurnaroundModel
from services.contract_files.kinds.volume import VolumeModel
from services.contract_files.model_base import TAG


def _kind(value: Any) -> str | None:
    kind = value.get("kind") if isinstance(value, dict) else None
    return TAG + kind if isinstance(kind, str) and kind in FACES else None


IndicatorModel = Annotated[
    Annotated[PunctualityModel, Tag("·punctuality")]
    | Annotated[DeadlineModel, Tag("·deadline")]
    | Annotated[TurnaroundModel, Tag("·turnaround")]
    | Annotated[ConformityModel, Tag("·conformity")]
    | Annotated[MeasureModel, Tag("·measure")]
    | Annotated[AvailabilityModel, Tag("·availability")]
    | Annotated[VolumeModel, Tag("·volume")]
    | Annotated[FreshnessModel, Tag("·freshness")]
    | Annotated[SatisfactionModel, Tag("·satisfaction")],
    Discriminator(_kind, custom_error_type="kind", custom_error_message="kind"),
]
