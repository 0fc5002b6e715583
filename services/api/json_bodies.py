"""JSON bodies read with one meaning for everybody or none: as strictly as events are."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request

from services.json_once import Ambiguous, read_once


class JsonRequest(Request):
    async def json(self) -> Any:
        """The value of the body. Raises JSONDecodeError for what is no JSON, equal keys in one object, and numbers that are
        none."""
        raw = await self.body()
        try:
            return read_once(raw)
        except Ambiguous as error:
            if isinstance(error.__cause__, json.JSONDecodeError):
                raise error.__cause__ from error
            raise json.JSONDecodeError(str(error), "", 0) from error
