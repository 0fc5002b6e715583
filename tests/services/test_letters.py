"""Line breaks and control characters of others go into no header, and make no line of their own."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from services.errors import DocumentInvalid
from tests.entering import House, entered

BROKEN = ("x\r\nSet-Cookie: entente=evil", "x\nLocation: //evil.example", "x\rSet-Cookie: a=b", 'x"; filename="evil.html', "x\x00y",
          "x\x85Set-Cookie: a=b", "x\u2028Set-Cookie: a=b", "ẍ\u202eexe.zip")  # fmt: skip


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with entered() as house:
        house.apply({"service": "it", "title": "IT\tdesk"})
        house.admit(
            {"person": "luc", "name": "Luc Émile", "services": {"it": "head"}},
            {"person": "ines", "administrator": True},
        )
        house.as_("ines")
        yield house


ADDRESSES = (
    "/sign-in?next={}",
    "/sign-in?out={}",
    "/sign-in/again?next=/{}",
    "/today?day={}",
    "/calendars/{}.ics",
    "/feeds/{}.ics",
    "/welcome/{}",
    "/s/{}",
    "/contracts/{}",
    "/contracts/{}/",
    "/exports/{}.csv",
    "/exports/figures.csv?contract={}",
    "/exports/figures.xlsx?contract={}",
    "/exports/occurrences.csv?commitment={}",
    "/reviews/{}.pdf",
    "/people?sort={}",
    "/access-log?person={}",
    "/v1/contracts/{}",
    "/v1/{}",
    "/{}",
    "//{}/..",
)


@pytest.mark.parametrize("who", ["ines", "nobody"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_no_header_of_an_answer_holds_what_an_address_brought(house: House, who: str, address: str) -> None:
    browser = house.browser() if who == "nobody" else house.as_(who)
    for broken in BROKEN:
        answer = browser.get(address.replace("{}", quote(broken, safe="")))
        assert answer.status_code < 500, (broken, answer.text)
        within(answer.headers.raw)


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/code", "/sign-in/factor", "/sign-in/again", "/choose", "/as"])
def test_nor_what_a_form_brought(house: House, path: str) -> None:
    for broken in BROKEN:
        browser = house.browser()
        fields = ("next", "name", "password", "code", "language", "theme", "way_back", "who", "to")
        within(browser.send(path, **dict.fromkeys(fields, f"/{broken}")).headers.raw)
        within(browser.send(path, **dict.fromkeys(fields, broken)).headers.raw)


@pytest.mark.parametrize(
    "header", [b"Host", b"X-Forwarded-Host", b"Referer", b"Origin", b"User-Agent", b"Accept-Language", b"Cookie"]
)
def test_nor_what_a_header_brought(house: House, header: bytes) -> None:
    for broken in (*BROKEN, "evil.example", "127.0.0.1:80@evil.example"):
        for path in ("/contracts/", "/sign-in", "/contracts", "/v1/contracts/"):
            headers = [(header, broken.encode("utf-8")), (b"Accept", b"text/html")]
            answer = house.browser().http.get(path, headers=headers, follow_redirects=False)
            assert answer.status_code < 500
            within(answer.headers.raw)
            assert "evil" not in answer.headers.get("location", "")


def within(raw: list[tuple[bytes, bytes]]) -> None:
    """Each header is one, of visible ASCII, and none of those that were smuggled in."""
    for name, value in raw:
        assert all(32 <= letter < 127 for letter in value), (name, value)
        assert not value.startswith((b"//", b"http://evil", b"/\\"))
        if name.lower() == b"set-cookie":
            assert b"entente=evil" not in value.split(b";")[0]
            assert not value.startswith(b"a=b")
        if name.lower() == b"content-disposition":
            assert value.count(b'"') in (0, 2)
            assert b"evil" not in value.partition(b'"')[2].partition(b'"')[2]


@pytest.mark.parametrize("broken", [one for one in BROKEN if not one.isascii() or one.isprintable() is False])
def test_an_id_of_a_person_or_service_is_no_such_text(house: House, broken: str) -> None:
    for tree in ({"service": broken, "title": "x"}, {"access": "town", "people": [{"person": broken}]}):
        with pytest.raises(DocumentInvalid):
            house.apply(tree)
