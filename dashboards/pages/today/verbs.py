"""What a reader can do about something that presses: what its debtor can, and what its creditor can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from markupsafe import Markup

from dashboards.pages.excuses.asking import may_grant
from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from dashboards.pages.part import Item, Verb, Waiting
from dashboards.pages.today.pressing import Pressing
from dashboards.pages.today.whose import Whose, owner_beside, thing_of
from domain.times import local_date, zone
from services.access import Right
from services.breaches.reading import read_open_breach
from services.excuses.reading import read_excuses
from services.excuses.rows import ExcuseRow
from services.reminders.reading import reminded_of
from services.reminders.reminding import may_be_reminded_of, may_remind_again
from services.reminders.rows import ReminderRow


@dataclass(frozen=True)
class Doing:
    """Adds to what is listed what can be done about it, and who has it."""

    view: View = field(repr=False)
    whose: Whose
    reminded: Mapping[tuple[str, str], ReminderRow]
    asked: Sequence[ExcuseRow]
    """The excuses that wait for an answer."""

    @classmethod
    def of(cls, view: View, whose: Whose) -> Doing:
        asked = [one for state in ("asked", "disputed") for one in read_excuses(view.seen, state=state)]
        return cls(view, whose, reminded_of(view.seen, view.who.services), asked)

    def waiting(self, one: Waiting) -> Item:
        item = one.make()
        return replace(
            item,
            others=(*item.others, *self.whose.handing(one.thing, one.service)),
            beside=(*item.beside, *self._more_of(one), *self.whose.words(one.thing)),
        )

    def _more_of(self, one: Waiting) -> tuple[str, ...]:
        if not one.others:
            return ()
        words = self.view.language.counted("today.alike", one.others)
        return (Markup('<a href="{}">{}</a>').format(one.alike, words),)

    def pressing(self, it: Pressing, item: Item) -> Item:
        """The likeliest verb first; who may do nothing about it looks at it."""
        thing, side = thing_of(it), self._side(it)
        verbs = self._of_debtor(it) if side == it.row.row.debtor else self._of_creditor(it) if side else []
        look = Verb(item.verb, "")
        first, *others = verbs if verbs and self._is_pressing_for(it, side) else [look, *verbs]
        return replace(
            item,
            verb=first.word,
            way=first.path,
            others=(*others, *self.whose.handing(thing, side)),
            beside=(*self._sent(it), *owner_beside(self.view, it), *self.whose.words(thing)),
        )

    def _side(self, it: Pressing) -> str:
        """The party for which the reader acts, its own first; empty where it is none."""
        who, row = self.view.who, it.row.row
        parties = sorted((row.debtor, row.creditor), key=lambda one: not who.is_of(one))
        return next((one for one in parties if who.may(Right.TAKE_PART, one)), "")

    def _is_pressing_for(self, it: Pressing, side: str) -> bool:
        """Says whether one acts rather than looks: who owes what is only at risk looks where it is; so does who has reminded."""
        if side == it.row.row.debtor:
            return it.one.verdict != "pending"
        return self._may_remind(it)

    def _of_debtor(self, it: Pressing) -> list[Verb]:
        text, id, key = self.view.language.text, it.row.row.id, it.one.key
        verbs = [*self._excuse(it), Verb(text("action.open"), link("/new-action", commitment=id))]
        breach = read_open_breach(self.view.seen, id, key, it.one.period)
        if breach is not None:
            path = link(f"/breaches/{breach.id}")
            verbs.insert(bool(breach.explanations), Verb(text("breach.explain"), f"{path}#f-explain"))
        return verbs

    def _of_creditor(self, it: Pressing) -> list[Verb]:
        text, id, key = self.view.language.text, it.row.row.id, it.one.key
        verbs = [Verb(text("reminders.remind"), link("/reminders/new", commitment=id, key=key))]
        return [*(verbs if self._may_remind(it) else []), *self._excuse(it)]

    def _excuse(self, it: Pressing) -> list[Verb]:
        """The way to the excuse that was asked for it already, else to the form that asks for one."""
        text, id, key = self.view.language.text, it.row.row.id, it.one.key
        asked = next((one for one in self.asked if one.scope == id and key in one.keys), None)
        if asked is not None:
            return [Verb(text("today.excuse_asked"), link(f"/excuses/{asked.id}"))]
        word = "excuses.grant" if may_grant(self.view, it.row.row, key) else "excuses.ask"
        return [Verb(text(word), link("/excuses/ask", scope=id, key=key))]

    def _may_remind(self, it: Pressing) -> bool:
        sent = self.reminded.get((it.row.row.id, it.one.key))
        today = local_date(self.view.now, zone(it.row.row.terms.timezone)).isoformat()
        return may_be_reminded_of(it.one) and may_remind_again(sent, today)

    def _sent(self, it: Pressing) -> tuple[str, ...]:
        sent = self.reminded.get((it.row.row.id, it.one.key))
        if sent is None:
            return ()
        at = sent.answered_at if sent.is_answered else sent.last_at
        when = self.view.near(it.row.row.terms.timezone).moment(at)
        words = self.view.language.text("reminders.answered_at" if sent.is_answered else "reminders.already", when=when)
        return (Markup('<a href="{}">{}</a>').format(link(f"/reminders/{sent.id}"), words),)
