"""Every refusal of a file is said in French, whole: no English word beside code and what was written."""

from __future__ import annotations

import re
from pathlib import Path

from dashboards.messages import messages
from services.contract_files import check, read_documents
from services.errors import DocumentInvalid

QUOTED = re.compile(r"`[^`]*`|«[^»]*»|“[^”]*”")
ENGLISH = re.compile(
    r"\b(the|of|and|is|are|was|not|which|with|from|has|have|that|it|by|to|such|must|one|no|or later)\b"
)


def test_every_refusal_of_the_examples_is_french_whole(example: str) -> None:
    french, left = messages("fr"), []
    for block in (Path(__file__).parent / "refusals.txt").read_text(encoding="utf-8").strip().split("\n\n"):
        old, new, *_ = block.splitlines()
        text = example.replace(old[2:].replace("\\n", "\n"), new[2:].replace("\\n", "\n"), 1)
        try:
            problems = check(read_documents(text, "f.yaml")[0])
        except DocumentInvalid as error:
            problems = error.problems
        for problem in problems:
            pieces = french.pieces(problem)
            said = QUOTED.sub("", "".join(one.text for one in pieces).split(": ", 2)[2])
            if any(one.is_foreign for one in pieces) or ENGLISH.search(said):
                left.append(f"{problem} → {french.say(problem)}")
    assert not left, "\n".join(left)
