"""Services and sources in JSON, the same over HTTP and for `--json`."""

from __future__ import annotations

from domain.durations import Elapsed, show_duration
from services.directory.rows import ServiceRow
from services.directory.shapes import Service


def service_json(row: ServiceRow) -> Service:
    return {
        "id": row.id,
        "title": dict(row.title.by_language),
        "external": row.is_external,
        "part_of": row.part_of,
        "people": [{"id": id, "name": name, "email": email or None} for id, name, email in row.people],
        "sources": [
            {
                "source": source,
                "expected_every": None if every is None else show_duration(Elapsed(every)),
                "by": "files" if source in row.by_files else None,
            }
            for source, every in row.sources
        ],
    }
