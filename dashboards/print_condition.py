"""Says whether packs can be printed here: WeasyPrint, and the libraries that it lays out with."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from functools import cache
from io import StringIO

from domain.saying import said

MEND = said("pip install “entente-sla[pdf]”, and on Debian libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0")


@cache
def why_not() -> str:
    """Why no PDF can be made here; empty where one can. Tried once: what failed to load leaves a package behind that is half
    there, and fails otherwise the next time. What WeasyPrint prints then would stand in the middle of what a command answers."""
    try:
        with redirect_stdout(StringIO()):
            from weasyprint import HTML
    except (ImportError, OSError) as error:
        why = str(error).partition("\n")[0][:200]
        missing = re.search(r"cannot load library '([^']+)'", why)
        if missing is not None:
            return said("no PDF can be made here: {library} is missing", library=missing[1])
        return said("no PDF can be made here: {why}", why=why)
    del HTML
    return ""


def condition() -> str:
    """The same, or how a PDF is made less well than it could be; empty where all is well."""
    if missing := why_not():
        return missing
    from weasyprint.text import ffi

    return "" if ffi.harfbuzz_subset else said("HarfBuzz-Subset is missing: PDFs are made, and take longer")
