"""Publishing lists of root causes (MEETING §3). It stands here since a list is a file that is applied as contracts and calendars
are, and answered alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from domain.causes import Causes
from domain.decisions import stream_of
from domain.saying import said
from domain.times import Clock
from services.access import ADMINISTRATOR, Principal, Right
from services.contract_files import Document, causes_from_canonical, causes_terms
from services.contract_files.to_terms import canonical
from services.contracts.applied import Applied, Applying
from services.errors import DocumentInvalid, NotAllowed, NotFound
from services.history.history import History
from services.seeing.seen import Seeing, Seen

KIND: Final = "causes"


class PublishingCauses:
    """Raises NotAllowed for who is no administrator, DocumentInvalid for a cause that stands in another list."""

    def __init__(self, history: History, seeing: Seeing, now: Clock):
        self._history = history
        self._seeing = seeing
        self._now = now

    def publish(self, who: Principal, document: Document, how: Applying) -> Applied:
        terms, text = causes_terms(document), canonical(document)
        if not who.may(Right.ADMINISTER):
            raise NotAllowed(
                said("causes are published by the administrator"), mend=who.named_as(said("act as administrator"))
            )
        try:
            found = self._history.get(stream_of(KIND, terms.id), Causes)
        except NotFound:
            found = Causes(causes=terms.id)
        if found.document == text:
            return Applied(KIND, terms.id, "unchanged", found.versions)
        self._require_alone(document, terms.id, how)
        changed, version = how.changes(found.document or None, text), found.versions + 1
        is_first = not found.document
        if how.dry_run:
            return Applied(KIND, terms.id, "published", version, changed, is_first=is_first)
        found.publish(text, by=who.by(Right.ADMINISTER), at=self._now())
        return Applied(KIND, terms.id, "published", version, changed, (), self._history.save(found), is_first)

    def _require_alone(self, document: Document, id: str, how: Applying) -> None:
        """Raises DocumentInvalid for a cause that stands in another list: each stands in one."""
        with self._seeing.seen(ADMINISTRATOR) as seen:
            others = {cause: held for held, cause in listed(seen) if held != id and held not in how.beside.causes}
        for name, one in how.beside.causes.items():
            if name < id:
                others |= {str(each["id"]): name for each in one.tree["list"]}
        problems: list[str] = [
            document.problem(
                ("list", index, "id"),
                said("{cause} stands in the list {list} already", cause=one["id"], list=others[one["id"]]),
                said("each cause in one list"),
            )
            for index, one in enumerate(document.tree["list"])
            if one["id"] in others
        ]
        if problems:
            raise DocumentInvalid(problems)


def listed(seen: Seen) -> Iterator[tuple[str, str]]:
    """Every list and each of its causes, by the ids."""
    for id, document in seen.reads.query("SELECT id, document FROM view_causes ORDER BY id"):
        for one in causes_from_canonical(msgspec.json.decode(document)["document"]).causes:
            yield id, one.id
