"""Whether packs can be printed here: WeasyPrint, and the libraries that it lays out with."""

from __future__ import annotations

MEND = "pip install “entente-sla[pdf]”, and on Debian libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


def condition() -> str:
    """Why no PDF can be made here, or how it is made less well than it could be; empty where all is well."""
    try:
        from weasyprint.text.ffi import harfbuzz_subset
    except (ImportError, OSError) as error:
        return f"no PDF can be made here: {str(error).partition(chr(10))[0][:200]}"
    return "" if harfbuzz_subset else "HarfBuzz-Subset is missing: PDFs are made, and take longer"
