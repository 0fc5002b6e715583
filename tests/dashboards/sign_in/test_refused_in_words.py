"""What is refused to who signed in is said of them: of a party they are one, and they can be nobody else (trust §3)."""

from __future__ import annotations

import re
from html import unescape

import pytest

from services.access import Grade, Principal, not_theirs, principal, signed_in
from services.errors import NotAllowed
from tests.entering import entered
from tests.given import contract, criterion, punctuality


def test_a_reader_of_a_party_is_not_told_to_be_no_party_nor_to_act_as_one() -> None:
    with entered() as house:
        house.admit({"person": "ron", "services": {"s": "reader"}}, {"person": "sam", "services": {"s": "member"}})
        house.apply({"service": "s", "title": "S"}, {"service": "k", "title": "K"})
        house.apply(contract(criterion(punctuality()), supplier="s", client="k", title="Ours"), sign=True)
        ron = house.as_("ron")
        for path in ("/contracts/c/versions/1/comment", "/contracts/c/edit"):
            answer = ron.get(path) if path.endswith("edit") else ron.send(path, text="Words.")
            told = re.sub(r"\s+", " ", unescape(answer.text))
            assert answer.status_code == 403, path
            assert "is no party" not in told, path
            assert "act as" not in told, path
        assert "he role of ron, S does not give the right to do this with c" in told
        answer = house.as_("sam").get("/new-contract")
        assert answer.status_code == 403
        assert "ho may sign for a service proposes its contracts" in unescape(answer.text), "he is no auditor"


@pytest.mark.parametrize(
    ("who", "says", "mend"),
    [
        (signed_in("ron", {"s": Grade.READER}), "the role of s/ron does not give the right to do this with c", None),
        (signed_in("eve", {"x": Grade.HEAD}), "x/eve is no party of c", None),
        (principal("x/eve"), "x/eve is no party of c", "act as s or k"),
    ],
)
def test_who_is_no_party_is_told_so_and_who_is_one_of_the_role(who: Principal, says: str, mend: str | None) -> None:
    error = not_theirs(who, "c", "s", "k")
    assert isinstance(error, NotAllowed)
    assert (str(error.message), error.mend and str(error.mend)) == (says, mend)
