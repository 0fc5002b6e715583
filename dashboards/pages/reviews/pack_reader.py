"""A pack in the words of one language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Final, Literal, cast

from markupsafe import Markup

from dashboards import charts
from dashboards.language import Language, first_up, typeset
from dashboards.messages import messages
from dashboards.moments import Moments, last_day
from dashboards.naming import name_after, said_of_misses, titled_change
from dashboards.standing import counts_words, verdicts_changed
from dashboards.values import bound_of, is_less_better, time_words, value_words
from dashboards.words import (
    action_words,
    bound_words,
    cause_words,
    excuse_words,
    per_words,
    period_short,
    period_words,
    share_of,
    value_of,
)
from domain.excuses import is_within
from domain.kinds.face import NamedAfter
from domain.terms import Per, Rolling
from domain.times import instant
from services.access import PLATFORM_NAME
from services.reviews.decision_words import NOTHING_TOLD, Told
from services.reviews.fingerprints import changes_of
from services.reviews.pack_part_shapes import (
    Number,
    PackAction,
    PackAmendment,
    PackAsked,
    PackBreach,
    PackClosed,
    PackExcuse,
    PackExtent,
    PackFigure,
    PackNamed,
    PackNote,
    PackOverdue,
    PackReached,
    PackRestated,
    PackShare,
    PackTrend,
    PackUnexplained,
    Title,
)
from services.reviews.pack_shapes import Pack, PackAct, PackTaken

MANY: Final = 20
"""From so many on a share stands beside its counts."""


@dataclass(frozen=True)
class Reader:
    """Reads the pack's JSON for one language."""

    pack: Pack
    language: Language
    people: Mapping[str, str] = field(default_factory=dict)
    """The names of people by id, as `services.directory.rows.names_of` says; who is not among them keeps the id."""
    told: Told = NOTHING_TOLD

    def title(self, texts: Title | str | None) -> str:
        """The text as `domain.terms.Text.to` chooses it: this language, else the plain text, else English, else the first."""
        if texts is None or isinstance(texts, str):
            return texts or ""
        return str(
            next(
                (texts[code] for code in (self.language.code, "", "en") if code in texts),
                next(iter(texts.values()), ""),
            )
        )

    def service(self, id: str) -> str:
        row = self.pack.get("services", {}).get(id)
        return self.title(row["title"]) if row else id

    def note(self, said: PackNote | PackClosed) -> str:
        """The note as somebody wrote it; one that the program wrote itself in the language of the pack."""
        text = str(said["text"])
        return messages(self.language.code).say(text) if said["by"] == PLATFORM_NAME else text

    def person(self, by: str | None) -> str:
        """Who spoke, with their service: `legal/hakim.benali` is `Hakim Benali, Legal affairs`."""
        service, _, name = (by or "").rpartition("/")
        if not service:
            return self.people.get(name) or self.service(name)
        return f"{self.named(by or '')}, {self.service(service)}"

    def named(self, id: str) -> str:
        """The name of a person, by `service/person` or the person's id alone."""
        name = id.rpartition("/")[2]
        return self.people.get(id) or self.people.get(name) or name

    def asker(self, by: str) -> str:
        """Who asked or answers: the platform and the arbiter are no people of a service."""
        if by in (PLATFORM_NAME, "administrator"):
            return self.language.text(f"excuses.{by}")
        return self.person(by)

    def what(self, item: PackNamed) -> str:
        return f"{self.title(item.get('deliverable'))} · {self.title(item.get('criterion'))}"

    def scope(self, item: PackAsked) -> str:
        """The title of what an excuse is asked for: a commitment, a deliverable, or the whole contract."""
        parts = [self.title(one) for one in (item.get("deliverable"), item.get("criterion")) if one]
        return " · ".join(parts) or self.title(self.pack["contract"]["title"])

    def extent(self, item: PackExtent) -> str:
        """Its keys, or its interval."""
        if item["from"] and item["until"]:
            start, until = datetime.fromisoformat(item["from"]), datetime.fromisoformat(item["until"])
            last = last_day(start, until)
            first, end = (
                (self.moment(item["from"]), self.moment(item["until"]))
                if last is None
                else (self.language.day(start.date(), year=True), self.language.day(last, year=True))
            )
            return self.language.from_to(first, end)
        return self.language.listing([self.key(key) for key in item["keys"]])

    def moment(self, text: str | None) -> str:
        return self.language.moment(datetime.fromisoformat(text), year=True) if text else "—"

    def long(self, text: str | None) -> str:
        return self.language.long_moment(datetime.fromisoformat(text)) if text else "—"

    def date(self, text: str | None) -> str:
        return self.language.short_date(date.fromisoformat(text[:10])) if text else "—"

    def of(self, figure: PackFigure, name: Literal["adjusted", "raw"]) -> str:
        """The figure in words, `adjusted` or `raw`: counts, the share of service time, a value with its unit."""
        pair, value = figure[name], figure.get("value")
        if is_about_values(figure):
            if value is None or (name == "raw" and figure.get("counted") == "values"):
                return "—"
            unit = figure.get("unit")
            return value_words(Fraction(value), unit, self.language, bound_of(figure["target"], unit))
        if not pair["total"]:
            return "—"
        if figure.get("counted", "occurrences") == "seconds":
            return self.language.percent(
                amount(pair["good"] or 0) / amount(pair["total"]), against=share_of(figure["target"])
            )
        return self.language.text("word.of", good=pair["good"], total=pair["total"])

    def unknown(self, figure: PackFigure) -> str:
        """`1 unknown`, `3 h unknown`; empty where everything was judged."""
        if not (found := figure.get("unknown")):
            return ""
        if figure.get("counted", "occurrences") == "seconds":
            return self.language.text("unknown.time", time=time_words(amount(found), self.language))
        return self.language.counted("counts.unknown", int(found))

    def was(self, figure: PackFigure) -> str:
        """The final figure before it was restated; empty where it was not, or reads as it did."""
        if figure["state"] != "restated" or not figure["final"]:
            return ""
        was = self._reached(figure, figure["final"])
        return was if was != self._reached(figure, {**figure["adjusted"], "value": figure.get("value")}) else ""

    def _reached(self, figure: PackFigure, at: PackReached) -> str:
        if figure.get("counted", "occurrences") == "occurrences":
            return counts_words(at["good"], at["total"], self.language)
        share: PackShare = {"good": at["good"], "total": at["total"]}
        return self.of({**figure, "adjusted": share, "value": at["value"]}, "adjusted")

    def restated(self, item: PackRestated) -> str:
        """The figure before a restatement and after it; where it reads the same, the verdicts that changed; empty where none did."""
        if item["before"] != item["after"]:
            return self.language.text("pack.restated_how", before=item["before"], after=item["after"])
        pairs = item["verdicts"].items()
        was, now = {name: before for name, (before, _) in pairs}, {name: after for name, (_, after) in pairs}
        changed = verdicts_changed(was, now, self.language)
        return self.language.text("pack.restated_verdicts", figure=item["after"], changed=changed) if changed else ""

    def share(self, figure: PackFigure) -> str:
        """Beside counts that are many; of service time, how much was not good."""
        pair, counted = figure["adjusted"], figure.get("counted", "occurrences")
        if is_about_values(figure) or not pair["total"]:
            return ""
        if counted == "seconds":
            bad, total = amount(pair["total"]) - amount(pair["good"] or 0), amount(pair["total"])
            words = {"bad": time_words(bad, self.language), "total": time_words(total, self.language)}
            return self.language.text("pack.bad_time", **words)
        if pair["total"] < MANY:
            return ""
        return self.language.percent(
            amount(pair["good"] or 0) / amount(pair["total"]), against=share_of(figure["target"])
        )

    def target(self, figure: PackFigure) -> str:
        days = re.fullmatch(r"(\d+) days?", figure["per"])
        per = Rolling(int(days[1])) if days else cast(Per, figure["per"])
        return f"{bound_words(figure['target'], self.language)} {per_words(per, self.language)}"

    def period(self, id: str) -> str:
        return period_words(id, self.language)

    def trend(self, figure: PackFigure) -> Markup:
        names = [disc(one) for one in figure.get("trend", ())][-13:]
        words = [f"{names.count(name)} {self.language.text(f'disc.{name}')}" for name in dict.fromkeys(names)]
        sentence = self.language.counted("trend.periods", len(names), parts=", ".join(words))
        return charts.discs(names, sentence, size=10, gap=3) if names else Markup("")

    def trend_span(self) -> str:
        """The periods that the discs stand for, when all figures share them."""
        spans = {
            (figure["trend"][0]["period"], figure["trend"][-1]["period"])
            for side in self.pack.get("sides", ())
            for figure in side["figures"]
            if figure.get("trend")
        }
        if len(spans) != 1:
            return self.language.text("pack.last_periods")
        [(first, last)] = spans
        begins, ends = (" ".join(period_short(one, self.language)) for one in (first, last))
        return self.language.from_to(begins, ends)

    def differences(self, item: PackAmendment) -> list[str]:
        """The changes of an amendment, with the titles of the clauses that the pack has figures of."""
        code, titles = self.language.code, {}
        for figure in (figure for side in self.pack.get("sides", ()) for figure in side["figures"]):
            _, deliverable, criterion = figure["commitment"].split("/")
            titles[deliverable] = self.title(figure["deliverable"])
            titles[f"{deliverable} / {criterion}"] = self.what(figure)
        return [titled_change(one.sentence(code), titles, code) for one in changes_of(item)]

    def cause(self, cause: str) -> str:
        return cause_words(cause, self.language)

    def action(self, action: PackAction | PackOverdue) -> str:
        return action_words(action["text"] or "", action.get("cause", ""), self.language)

    def reason(self, reason: str) -> str:
        return excuse_words(reason, self.language)

    def key(self, key: str | None, due: str | None = None) -> str:
        """The name of an occurrence; one that is named after an event, by when it happened."""
        if key is None:
            return ""
        after: NamedAfter = "event" if "#" in key else "start" if "@" in key else "key"
        moment = instant(due) if due else None
        return name_after(key, after, moment, self.clock).words

    def key_of(self, breach: PackBreach) -> str:
        evidence = [one for one in breach.get("evidence", ()) if one.get("key") == breach["key"]]
        return self.key(breach["key"], evidence[0].get("due") if evidence else None)

    def missed(self, item: PackUnexplained) -> str:
        """Which breach is to be explained: its cause, the date or case that was missed, its period."""
        breach = [one for one in self.pack.get("breaches", ()) if one["id"] == item["breach"]]
        parts = [part for one in breach for part in (self.cause(one["cause"]), self.key_of(one))]
        return " · ".join(filter(None, [*parts, self.period(item["period"])]))

    def said(self, excuse: PackExcuse) -> str:
        """Why, in the words of who asked; of what the platform proposes, with titles and dates for the ids it wrote."""
        if excuse["asked_by"] != PLATFORM_NAME:
            return str(excuse["text"])
        figures = [figure for side in self.pack.get("sides", ()) for figure in side["figures"]]
        titles = {figure["commitment"]: self.what(figure) for figure in figures}
        return said_of_misses(excuse["text"], titles.get, self.clock)

    def decision(self, one: PackTaken) -> str:
        """What a decision of a kind comes to; of a pack that stands alone, its kind."""
        if (told := self.told.words.get(one["decision"])) is not None:
            return typeset(told[self.language.code], self.language.code)
        arguments, key = one["arguments"], f"meeting.kind_{one['kind']}"
        if one["kind"] == "excuse" and arguments.get("answer") in ("accept", "refuse"):
            key = f"{key}_{arguments['answer']}"
        return first_up(self.language.text(key) if self.language.has(key) else one["kind"])

    def act(self, one: PackAct) -> str:
        """The words for something that was done since the pack was made, and about what."""
        words = first_up(self.language.text(f"history.what.{one['kind']}"))
        what = self._named(one["commitment"] or "")
        return self.language.text("pack.act", done=words, what=what) if what else words

    def act_details(self, one: PackAct) -> list[str]:
        """The words that an act has besides its text: the action it is about, occurrences and reason of an excuse, from when a version
        is to be in force, who does it and until when."""
        said = one["arguments"]
        is_of_action = one["kind"].startswith("action-") and one["kind"] != "action-opened"
        found = [action_words(one["about"], said.get("cause", ""), self.language)] if is_of_action else []
        if "category" in said:
            scope: PackExtent = {"keys": said.get("keys", []), "from": said.get("since"), "until": said.get("until")}
            found += [self.extent(scope), self.reason(said["category"])]
        found += [self.key(said["key"])] if "key" in said else []
        found += [said["clause"]] if "clause" in said else []
        if one["kind"] == "contract-terminated":
            found.append(self.language.text("pack.until_day", day=self.date(said["until"])))
        elif "effective" in said:
            found.append(self.language.text("pack.in_force_from", day=self.date(said["effective"])))
        if one["kind"] == "action-opened":
            found.append(
                self.named(f"{said['owner']}/{said['person']}") if said.get("person") else self.service(said["owner"])
            )
            found += [self.language.text("pack.until_day", day=self.date(said["due"]))] if "due" in said else []
        return [str(one) for one in found]

    def _named(self, scope: str) -> str:
        """The titles of a commitment as the pack has them; of what it has no figure of, its id."""
        figures = [figure for side in self.pack.get("sides", ()) for figure in side["figures"]]
        found = next((figure for figure in figures if is_within(scope, figure["commitment"])), None)
        if found is None or scope.count("/") == 0:
            return scope if "/" in scope else ""
        return self.what(found) if scope.count("/") == 2 else self.title(found["deliverable"])

    @property
    def clock(self) -> Moments:
        return Moments.of(self.language, self.pack["contract"].get("timezone", "UTC"), None)


def is_about_values(figure: PackFigure) -> bool:
    """Says of the pack's JSON what `dashboards.standing.is_about_values` says of a figure."""
    is_mean = figure.get("mean") is not None and value_of(figure["target"]) is not None
    return figure.get("counted") == "values" or is_mean


def amount(number: Number) -> Fraction:
    return Fraction(str(number))


def disc(figure: PackFigure | PackTrend) -> str:
    """The mark that `dashboards.standing.disc` gives a figure, for the pack's JSON."""
    status, outlook = figure["status"], figure.get("outlook")
    if status == "met":
        return "kept"
    if status == "breached":
        return "breached" if figure.get("over") or figure.get("state") != "open" else "lost"
    if status == "no_data" or (figure.get("judged") == 0 and outlook != "tight"):
        return "no-data"
    if outlook is None and "target" in figure and _is_outside(figure):
        return "tight"
    return {"tight": "tight", "lost": "lost"}.get(outlook or "safe", "safe")


def _is_outside(figure: PackFigure) -> bool:
    """Says of the pack's JSON what `dashboards.standing.is_outside` says of a figure."""
    value = figure.get("value")
    if value is None or not is_about_values(figure):
        return False
    bound = bound_of(figure["target"], figure.get("unit"))
    if bound is None:
        return False
    return Fraction(value) > bound if is_less_better(figure["target"]) else Fraction(value) < bound
