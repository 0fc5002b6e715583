"""What services have of a part: all that belongs to one thing of the program, in a folder of its own; where people decide about
it, with its use cases (docs/design/add-a-part.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from services.access import Principal
from services.places import Place
from services.reports import Report
from services.store import UseCases


class TakesFiles(Protocol):
    """Use cases to which files of a kind are given."""

    def apply_file(self, who: Principal, document: Any, how: Any) -> Any:
        """Does what the file says: an `Applied` (services/contracts/applied.py)."""


@dataclass(frozen=True)
class Part:
    """The side of a part that services have, and every command loads. Its tables and folds stand in services/tables,
    below the engine that writes them; its addresses and pages are entered in dashboards/pages/parts.py, which only what
    serves them loads.

    `use_cases`: what people decide; `store.use` hands them out.
    `reports`: what outside readers of a PostgreSQL store may build on.
    `kept`: tables that follow from no entry of the history, as `CREATE TABLE IF NOT EXISTS` statements with the types of
    services/history/databases.py: who people are, their sessions. Rebuilding leaves them alone.
    `files`: kinds of files (`offer`), and which of the use cases each is given to when it is applied.
    `places`: what is said in them about people, and until when; each of the tables stands in one.
    """

    name: str
    use_cases: tuple[UseCases, ...] = ()
    reports: tuple[Report, ...] = ()
    kept: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    files: tuple[tuple[str, type[TakesFiles]], ...] = ()
