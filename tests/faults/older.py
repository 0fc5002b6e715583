"""The program as if an older version: its read models have another shape. `older.py COMMAND…`."""

from __future__ import annotations

import sys

from entente.cli import main
from services.judging import views

if __name__ == "__main__":
    views.RELEASE -= 1
    columns, tail = views._TABLES["view_service"]
    views._TABLES["view_service"] = f"{columns}, of_old {{text}}", tail
    main(sys.argv[1:])
