"""The program as if an older version: its read models have another shape. `older.py COMMAND…`."""

from __future__ import annotations

import sys
from dataclasses import replace

from entente.cli import main
from services.judging import views
from services.tables.every import BY_NAME

if __name__ == "__main__":
    views.RELEASE -= 1
    table = BY_NAME["view_service"]
    BY_NAME["view_service"] = replace(table, sql=f"{table.sql}, of_old {{text}}")
    main(sys.argv[1:])
