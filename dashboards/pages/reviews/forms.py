"""The forms of a review's page: what each does with what was typed into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from dashboards.pages.house.frame import View
from dashboards.pages.house.posting import instant_typed, party_named, required
from dashboards.pages.house.sending import Texts
from domain.saying import said
from services.contracts.reading import read_contract
from services.errors import Invalid
from services.reviews.moving import start_on
from services.reviews.reading import read_review
from services.reviews.reviewing import Reviewing
from services.reviews.rows import OfReview
from services.store import Store

ARGUMENT = "a-"
"""What the fields of a decision's arguments begin with."""


class ReviewForms:
    """`verbs`: what each form of the page does, by the end of its address."""

    def __init__(self, store: Store, view: View, review: str, fields: Texts, typed: Mapping[str, str]):
        self._do = store.use(Reviewing)
        self._who, self._store, self._review = view.who, store, review
        self._fields, self._typed = fields, typed
        self.verbs: Mapping[str, Callable[[], object]] = {
            "minutes": lambda: self._do.minutes(self._who, review, self._text(said("the minutes"))),
            "decide": lambda: self._do.decide(self._who, review, self._text(said("the decision"))),
            "propose": self._propose,
            "withdraw": lambda: self._do.withdraw(self._who, review, self._number("decision")),
            "settle": lambda: self._do.settle(
                self._who, review, self._of("item"), self._of("outcome"), self._of("text")
            ),
            "rest": lambda: self._do.settle_rest(self._who, review, self._of("outcome")),
            "add": lambda: self._do.add(self._who, review, self._text(said("the item")), self._number("takes")),
            "attend": lambda: self._do.attend(self._who, review, [v for name, v in fields if name == "present"]),
            "submit": lambda: self._do.submit(self._who, review),
            "sign": self._sign,
            "refuse": self._refuse,
            "revise": lambda: self._do.take_back_revision(self._who, review, self._text(said("the reason"))),
            "take-back": self._take_back,
            "move": self._move,
            "answer": lambda: self._do.answer(self._who, review, self._of("answer"), sequence=self._number("sequence")),
            "cancel": lambda: self._do.cancel(self._who, review, self._text(said("the reason"))),
        }

    def _of(self, name: str) -> str:
        return self._typed.get(name, "")

    def _text(self, what: str) -> str:
        return required(self._of("text"), what)

    def _number(self, name: str) -> int:
        """Raises Invalid."""
        text = self._of(name).strip()
        if not text.isdecimal() or not text.isascii() or len(text) > 9:
            raise Invalid(said("“{name}” is no whole number", name=name), place=name)
        return int(text)

    def _propose(self) -> object:
        """An argument that nobody typed is not sent; of one that was chosen several times, all."""
        arguments: dict[str, str] = {}
        for name, value in self._fields:
            if name.startswith(ARGUMENT) and value.strip():
                before = arguments.get(name.removeprefix(ARGUMENT))
                arguments[name.removeprefix(ARGUMENT)] = ",".join(filter(None, (before, value.strip())))
        item = self._of("item") or None
        return self._do.take_decision(self._who, self._review, self._of("kind"), arguments, self._of("text"), item)

    def _sign(self) -> object:
        seen = self._of("seen")
        if not seen.isdecimal() or len(seen) > 9:
            raise Invalid(said("it is not said what was read"), mend=said("open the page here and send it again"))
        return self._do.sign_review(
            self._who,
            self._review,
            party_named(self._of("party")),
            seen=int(seen),
            fingerprint=self._of("fingerprint") or None,
            must_state=True,
        )

    def _refuse(self) -> object:
        reasons = [required(self._of("text"), said("the reason"))]
        return self._do.refuse(self._who, self._review, reasons, party=party_named(self._of("party")))

    def _take_back(self) -> object:
        of: OfReview = "decision" if self._of("what") == "decision" else "minutes"
        return self._do.take_back(self._who, self._review, of, instant_typed(self._of("at")))

    def _move(self) -> object:
        """To a local day, and the same time of day where none is typed."""
        try:
            day = date.fromisoformat(self._of("date"))
        except ValueError as error:
            day_typed = self._of("date")
            raise Invalid(said("“{day}” is no day", day=day_typed), mend=said("such as 2026-03-09")) from error
        row = self._store.read(self._who, read_review, self._review)
        contract = self._store.read(self._who, read_contract, row.contract)
        starts = start_on(row, day, self._of("time").strip() or None, contract.timezone)
        return self._do.move(self._who, self._review, starts, self._text(said("the reason")))
