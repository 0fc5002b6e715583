"""A way back is a path of our own."""

from __future__ import annotations

import pytest

from services.api.own_paths import LONGEST, own_path


@pytest.mark.parametrize(
    "path", ["/", "/contracts/a%20b?x=1&y=//z", "/reviews/x@2026-10-13#minutes", "/sign-in?next=/a", "/été", "/a:b//c"]
)
def test_our_own_are_taken_as_they_are(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "contracts",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/a\\b",
        "https://evil.example",
        "https:/evil.example",
        "javascript:alert(1)",
        " /contracts",
        "/\t/evil.example",
        "/\n/evil.example",
        "\n//evil.example",
        "/a\r\nSet-Cookie: x",
        "/a\x00b",
        "/a\x7f",
        "/a b",
        "/" + "x" * LONGEST,
    ],
)
def test_what_could_lead_elsewhere_leads_to_the_first_page(path: str) -> None:
    assert own_path(path) == "/"
    assert own_path(path, "/portfolio") == "/portfolio"
