"""Tables of whole sentences fold where they are printed to no terminal; those that programs cut do not."""

from __future__ import annotations

import pytest

from entente.cli.session import print_table

ROW = [(1, "the weekly report was late again " * 12)]


def test_whole_sentences_are_folded_at_the_width_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("no.", "what"), ROW, empty="", piped=60)
    folded = capsys.readouterr().out.splitlines()
    print_table(("no.", "what"), ROW, empty="")
    whole = capsys.readouterr().out.splitlines()
    assert max(len(one) for one in folded) <= 60
    assert (len(folded) > 5, len(whole)) == (True, 2)
