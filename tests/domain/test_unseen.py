"""Names that look alike and are two."""

from __future__ import annotations

import pytest

from domain.unseen import as_it_looks


@pytest.mark.parametrize(
    "name",
    [
        "\u0410nna Martin",  # Cyrillic A
        "Ann\u0430 Martin",
        "Anna \u041c\u0430rtin",
        "\u0391nna Martin",  # Greek Alpha
        "Anna Mart\u0131n",
        "ANNA  MART\u00cdN",
        "An\u200bna Martin",
    ],
)
def test_a_name_in_letters_of_another_script_looks_like_the_one_it_is_taken_for(name: str) -> None:
    assert as_it_looks(name) == as_it_looks("Anna Martin")


@pytest.mark.parametrize(
    "name", ["Hanna Martin", "Anna Martine", "\u0410\u043d\u043d\u0430 \u041c\u0430\u0440\u0442\u0438\u043d"]
)
def test_a_name_that_is_read_otherwise_does_not(name: str) -> None:
    assert as_it_looks(name) != as_it_looks("Anna Martin")
