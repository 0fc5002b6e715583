"""The main part of a page of ours without anything that one could follow, open or send: for a screen that nobody stands at."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser
from typing import Final, NamedTuple

_LEFT_OUT: Final = frozenset(
    {
        "form",
        "button",
        "input",
        "select",
        "textarea",
        "label",
        "script",
        "noscript",
        "nav",
        "details",
        "iframe",
        "object",
    }
)
"""Elements that are controls, or hold some, or what is shown only on being asked for."""
_CONTROLS: Final = frozenset({"button", "exports", "after", "order", "pick", "way"})
"""Classes of elements that only lead elsewhere, or sort: columns that hold nothing but links among them."""
_PAGER: Final = "pager"
"""The class of what says which rows of a list are there: that is said here too, without the ways to the others."""
_EMPTY: Final = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
"""Elements of HTML that have no end."""


class Still(NamedTuple):
    """Both are markup; `main` is empty of a page that has no main part."""

    title: str
    main: str


def still(html: str) -> Still:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Still("".join(reader.title).partition(" · ")[0], "".join(reader.main))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.title: list[str] = []
        self.main: list[str] = []
        self._into: list[str] | None = None
        self._skipped, self._depth = "", 0
        self._drawings = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._skipped:
            self._depth += tag == self._skipped
            return
        if tag in ("title", "main") and self._into is None and not self._drawings:
            self._into = self.title if tag == "title" else self.main
            return
        held = dict(attrs)
        if self._into is self.main and _is_left_out(tag, held):
            if tag not in _EMPTY:
                self._skipped, self._depth = tag, 1
            return
        self._drawings += tag == "svg"
        self._say(self._opened(tag, held))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._skipped and tag not in _LEFT_OUT:
            self._say(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if self._skipped:
            self._depth -= tag == self._skipped
            self._skipped = self._skipped if self._depth else ""
        elif tag in ("title", "main") and not self._drawings:
            self._into = None
        else:
            self._say(f"</{self._other(tag)}>")
            self._drawings -= tag == "svg"

    def handle_data(self, data: str) -> None:
        self._say(data)

    def handle_entityref(self, name: str) -> None:
        self._say(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._say(f"&#{name};")

    def _say(self, text: str) -> None:
        if self._into is not None and not self._skipped:
            self._into.append(text)

    def _opened(self, tag: str, held: dict[str, str | None]) -> str:
        if tag not in ("a", "nav"):
            return self.get_starttag_text() or ""
        name = held.get("class")
        return f'<{self._other(tag)} class="{escape(name)}">' if name else f"<{self._other(tag)}>"

    def _other(self, tag: str) -> str:
        """A link leads nowhere here."""
        return "div" if tag == "nav" else tag if tag != "a" else "g" if self._drawings else "span"


def _is_left_out(tag: str, held: dict[str, str | None]) -> bool:
    classes = set((held.get("class") or "").split())
    if tag == "nav" and _PAGER in classes:
        return False
    return tag in _LEFT_OUT or bool(_CONTROLS & classes) or held.get("rel") in ("prev", "next")
