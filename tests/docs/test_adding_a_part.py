"""The example of a part is applied to a copy of the sources, where the test that it brings passes."""

from __future__ import annotations

import re
from pathlib import Path

from tests.docs.adding_a_part import apply, change, copy_sources, outcome

MOST = 4
"""Standing files that a part edits."""


def test_it_edits_four_standing_files_at_most() -> None:
    begins = re.split(r"^diff --git ", change(), flags=re.MULTILINE)[1:]
    standing = [part.split()[0] for part in begins if "new file mode" not in part]
    assert (len(standing) <= MOST, len(begins) > 10) == (True, True), standing


def test_it_works_in_a_copy_of_the_sources(tmp_path: Path) -> None:
    copy_sources(tmp_path)
    applied = apply(tmp_path)
    assert applied.returncode == 0, f"{applied.stderr}\nto draw it anew: python -m tests.docs.adding_a_part FOLDER"
    ran = outcome(tmp_path)
    assert ran.returncode == 0, ran.stdout[-3000:]
    assert int(re.findall(r"(\d+) passed", ran.stdout)[-1]) > 50
