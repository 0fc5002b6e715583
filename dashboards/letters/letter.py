"""Writes a letter: what its notices are about, as HTML and text, in its person's language."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from dashboards.language import LANGUAGES, first_up
from dashboards.letters.around_a_review import (
    NOTHING,
    Enclosed,
    Inviting,
    agenda_lines,
    invitation_enclosed,
    opening_of,
    pack_enclosed,
    pack_of_notice,
)
from dashboards.letters.lines import Line, line_of
from dashboards.letters.morning import Morning, Part, morning_of
from dashboards.letters.reader import House
from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import marked
from domain.times import local_date, zone
from services.access import Principal
from services.errors import NotFound
from services.notices.carrying import Written
from services.notices.kinds import ALONE, KINDS, TEST, Kind
from services.notices.outbox import LetterRow
from services.notices.preferences import PreferenceBook
from services.notices.stood import Stood, name_of_line
from services.notices.stopping import Stopping
from services.notices.telling import NoticeRow
from services.roles.following import Roles

MOST: Final = 20
"""Lines of one kind in a letter."""
PREFERENCES: Final = "/notices/preferences"


@dataclass(frozen=True)
class Section:
    """The lines under one heading, and how many more there are."""

    heading: str
    lines: Sequence[Line]
    more: int = 0


@dataclass(frozen=True)
class Writer:
    """`who`: somebody as they are let in now, None for who is not. `language`: that of whoever has chosen none."""

    house: House
    who: Callable[[str], Principal | None]
    book: PreferenceBook
    stopping: Stopping
    roles: Roles
    sender: str
    language: str = next(iter(LANGUAGES))

    def write(self, letter: LetterRow, notices: Sequence[NoticeRow]) -> Written | None:
        """None where nothing of it is there any more, or its person is not let in."""
        who = self.who(letter.person)
        if who is None:
            return None
        language = self.book.of(letter.person).language or self.language
        if letter.kind == "morning":
            return self._write_morning(letter, notices, who, language)
        with self.house.store.seen(who):
            view = self.house.view(who, language)
            if letter.kind == TEST:
                return self._test(view, letter)
            sections = _sections(view, notices)
            if not sections:
                return None
            if letter.kind == "pack":
                return self._pack(view, letter, sections, notices[0])
            enclosed = self._invitation(view, letter, notices[0]) if letter.kind == "invitation" else NOTHING
            return self._told(view, letter, sections, [one.kind for one in notices], enclosed)

    def _invitation(self, view: View, letter: LetterRow, notice: NoticeRow) -> Enclosed:
        by = Inviting(self.sender, self.house.organisation, self.house.address)
        day = local_date(letter.made, zone(self.house.zone))
        return invitation_enclosed(view, notice, self.roles, day, by, letter.made)

    def _pack(self, view: View, letter: LetterRow, sections: Sequence[Section], notice: NoticeRow) -> Written | None:
        """The opening sentence, and the agenda of that pack; it is attached itself."""
        try:
            held = pack_of_notice(view, notice)
        except NotFound:
            return None
        [line] = sections[0].lines
        shown = [replace(sections[0], lines=[replace(line, says=opening_of(view, held))])]
        if held.items:
            shown.append(Section(view.language.text("meeting.agenda"), agenda_lines(view, held)))
        enclosed = pack_enclosed(view, held, self.house.organisation)
        subject = view.language.text("letter.one", heading=sections[0].heading, title=line.title)
        return self._written(view, letter, subject, line.title, shown, ["pack"], enclosed=enclosed)

    def _told(
        self,
        view: View,
        letter: LetterRow,
        sections: Sequence[Section],
        kinds: Sequence[str],
        enclosed: Enclosed,
    ) -> Written:
        count = sum(len(one.lines) + one.more for one in sections)
        first = sections[0].lines[0]
        subject = (
            view.language.text("letter.one", heading=sections[0].heading, title=first.title)
            if count == 1
            else view.language.counted("letter.several", count)
        )
        is_alone = letter.kind in ALONE
        heading = first.title if is_alone else view.language.counted("letter.heading", count)
        named = [one for one in KINDS if one in kinds]
        return self._written(view, letter, subject, heading, sections, named, enclosed=enclosed)

    def _write_morning(
        self, letter: LetterRow, notices: Sequence[NoticeRow], who: Principal, language: str
    ) -> Written | None:
        """On Mondays all that stands there. On other days what stood there the morning before, and did not change, is counted alone,
        and is no reason for a mail."""
        stood = Stood(self.house.store.history.database)
        day = local_date(letter.made, zone(self.house.zone))
        before = frozenset[str]() if day.weekday() == 0 else stood.before(letter.person, day)
        with self.house.store.seen(who):
            view = self.house.view(who, language)
            morning = morning_of(view)
            written = self._morning(view, letter, morning, _sections(view, notices), before)
        names = {_stands(line) for one in morning.sections for line in one.lines}
        stood.note(letter.person, day, names, letter.made)
        return written

    def _morning(
        self,
        view: View,
        letter: LetterRow,
        morning: Morning,
        sections: Sequence[Section],
        before: Collection[str],
    ) -> Written | None:
        own = [news for one in morning.sections if (news := _news(one, before)) is not None]
        shown = {line.path.partition("#")[0] for one in own for line in one.lines}
        also = [left for one in sections if (left := _besides(one, shown)) is not None]
        every = [*own, *(replace(one, heading=view.language.text("letter.also", kind=one.heading)) for one in also)]
        if not every:
            return None
        subject = view.language.text("letter.morning_subject", day=morning.day)
        return self._written(view, letter, subject, morning.heading, every, ["morning"], morning)

    def _test(self, view: View, letter: LetterRow) -> Written:
        text = view.language.text
        return self._written(view, letter, text("letter.test_subject"), text("letter.test"), [], [])

    def _written(
        self,
        view: View,
        letter: LetterRow,
        subject: str,
        heading: str,
        sections: Sequence[Section],
        kinds: Sequence[Kind],
        morning: Morning | None = None,
        enclosed: Enclosed = NOTHING,
    ) -> Written:
        stop = self.house.link(self.stopping.path(letter.person, kinds)) if kinds else ""
        values = {
            "language": view.language,
            "organisation": self.house.organisation,
            "subject": subject,
            "heading": heading,
            "sections": sections,
            "morning": morning,
            "notes": enclosed.notes,
            "home": self.house.link("/"),
            "preferences": self.house.link(PREFERENCES),
            "stop": stop,
            "to": self.house.link,
            "because": self._because(view, kinds),
            "shape": SHAPES.get,
        }
        html = environment().get_template("letter.html").render(t=marked(view.language.text), **values)
        text = environment().get_template("letter.txt").render(t=view.language.text, **values)
        said = first_up(subject), _tidy(text), html, stop
        return Written(view.language.code, *said, enclosed.attached, enclosed.reply_to)

    def _because(self, view: View, kinds: Sequence[Kind]) -> str:
        named = view.language.listing([view.language.text(f"notice_kind.{one}") for one in kinds])
        return view.language.text("letter.because", kinds=named) if kinds else ""


def _sections(view: View, notices: Sequence[NoticeRow]) -> list[Section]:
    """One a kind, in the order of kinds, and one of what was refused; what is gone is left out, and the same thing stands once, also
    where its text names the reader."""
    found: dict[str, dict[Line, None]] = {}
    told = sorted((one for one in notices if one.kind in KINDS), key=lambda one: KINDS.index(one.kind))
    lines = [(notice, line) for notice in told if (line := line_of(view, notice)) is not None]
    quoted = {line.quotes for notice, line in lines if line.quotes and notice.kind != "mention"}
    for notice, line in lines:
        if notice.kind != "mention" or line.quotes not in quoted:
            found.setdefault(_heading_of(notice), {})[line] = None
    return [
        Section(view.language.text(f"letter.kind_{one}"), [*some][:MOST], len(some) - len([*some][:MOST]))
        for one, some in found.items()
    ]


def _heading_of(notice: NoticeRow) -> str:
    if notice.subject.startswith("refused:"):
        return "refused"
    if notice.subject.startswith("answer:"):
        return "answer"
    how, _, number = notice.transition.partition(":")
    if notice.kind == "invitation" and (how, number) != ("invited", "0"):
        return "moved" if how == "invited" else "cancelled"
    return notice.kind


def _stands(line: Line) -> str:
    """The name of what stands in the line, by which it is known on the next morning: not how long ago it was."""
    return name_of_line(line.mark, line.path, line.verb, line.tone)


def _news(part: Part, before: Collection[str]) -> Section | None:
    """Without the lines that stood there before; None where no other is left."""
    lines = [one for one in part.lines if _stands(one) not in before]
    return Section(part.heading, lines, part.more + len(part.lines) - len(lines)) if lines else None


def _besides(section: Section, shown: Collection[str]) -> Section | None:
    """What leads to none of these pages."""
    lines = [one for one in section.lines if one.path.partition("#")[0] not in shown]
    return replace(section, lines=lines) if lines or section.more else None


SQUARE: Final = "display:inline-block;width:10px;height:10px;line-height:10px;font-size:0;"
SHAPES: Final = {
    "miss": Markup(SQUARE + "border:2px solid #AE2418"),
    "late": Markup(SQUARE + "border:2px solid #8A5A00;border-left-width:7px;width:5px"),
    "": Markup(SQUARE + "border:1px solid #64635C"),
}
"""Marks as mail programs show them: boxes with borders, no pictures. The words say the same."""


@cache
def environment() -> Environment:
    return Environment(
        loader=PackageLoader("dashboards.letters", ""),
        autoescape=lambda name: bool(name and name.endswith(".html")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _tidy(text: str) -> str:
    """No blanks at ends of lines, no two empty lines."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return "\n".join(line for n, line in enumerate(lines) if line or (n and lines[n - 1])) + "\n"
