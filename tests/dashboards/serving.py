"""The town, to look at it: `python -m tests.dashboards.serving [PORT]`."""

from __future__ import annotations

import sys

import uvicorn

from tests.dashboards.valmoray import living_town
from tests.dashboards.visiting import application

if __name__ == "__main__":
    with living_town() as town:
        uvicorn.run(application(town), port=int(sys.argv[1]), log_level="warning")
