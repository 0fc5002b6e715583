"""Options that several commands have, each with its help."""

from __future__ import annotations

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="print JSON")]
Text = Annotated[str, typer.Option(help="what you have to say")]
Contract = Annotated[str | None, typer.Option(help="of one contract")]
