"""What guards a leap of time: each thing at its own instant, packs as of their reviews, slices of one step."""

from __future__ import annotations

from tests.guards.streaming import Guarding

PASSING, BREACHES, JUDGE = (
    "services/judging/passing.py",
    "services/judging/breach_book.py",
    "services/judging/judge.py",
)
FOLDING, ACTIONS, PACKS = (
    "services/judging/folding.py",
    "services/judging/action_book.py",
    "services/reviews/packs.py",
)
LOOP = "services/judging/loop.py"
IN_LEAPS = "tests/services/test_leaps.py::test_"
WEEKS = f"{IN_LEAPS}seven_weeks_in_one_step_are_seven_weeks_day_by_day"
ANEW = f"{IN_LEAPS}a_rolling_windows_breach_that_opens_anew_is_a_breach_of_its_own"

GUARDING = (
    Guarding("what falls due is judged at its own instant", PASSING,
             "instant = min((one for one in found if one is not None), default=None)",
             "instant = self._until if any(one is not None for one in found) and self._done != self._until else None", WEEKS),
    Guarding("a breach bears the instant that time has reached, whatever is known beyond", BREACHES,
             "return self.opening(commitment.contract, turn.watermark, anchor)",
             "return Opening(max(turn.watermark or 0, missed().anchor or 0), False)",
             f"{IN_LEAPS}what_nobody_knew_then_opens_no_action_in_a_pack"),
    Guarding("an action answers what was missed, not the watermark before it", BREACHES,
             "return max(one for one in (watermark, missed) if one is not None)",
             "return next(one for one in (watermark, missed) if one is not None)", WEEKS),
    Guarding("a pack is as of its review", PACKS, "as_of = row.watermark if position is None else None", "as_of = None", WEEKS),
    Guarding("a review that was called in the same step is known", PASSING,
             "                show_called(self._writes, content)\n", "", WEEKS),
    Guarding("a window's breach is named after its beginning", BREACHES, "breach = replace(breach, since=opens().moment)",
             "breach = replace(breach, since=0)", ANEW),
    Guarding("a window's later breach asks for its own action", ACTIONS,
             "if is_rolling and reads.query(", "if False and reads.query(", ANEW),
    Guarding("an action is dropped when its miss goes away, not when that is appended", ACTIONS,
             "    _drop(writes, action, moment, why)\n\n\n", "\n\n",
             f"{IN_LEAPS}an_action_that_went_away_is_joined_by_no_later_breach_of_the_same_step"),
    Guarding("what follows by itself is not read as of a moment", FOLDING,
             "return self._is_as_of and is_untouched and aggregate.by == PLATFORM_NAME", "return False",
             f"{IN_LEAPS}what_nobody_knew_then_opens_no_action_in_a_pack"),
    Guarding("a position is reached when its entry is whole", JUDGE,
             "slices = 1 if whole else self.slices + 1\n            self._save(writes, position, slices, batch[whole].position)",
             "self._save(writes, batch[whole].position, 0, batch[whole].position)",
             f"{IN_LEAPS}a_position_is_not_shown_as_reached_before_its_entry_is_whole"),
    Guarding("a slice ends", PASSING, "if self._left <= 0 or not self._step(instant):", "if not self._step(instant) and False:",
             f"{IN_LEAPS}a_position_is_not_shown_as_reached_before_its_entry_is_whole"),
    Guarding("the judge lets others in between two slices", LOOP, "if seat.is_within_an_entry:", "if False:",
             f"{IN_LEAPS}a_writer_of_another_process_gets_in_between_two_slices"),
    Guarding("other rules open nothing for what has passed", JUDGE,
             "if self._rules is not None and \"contract\" not in header:", "if False:",
             f"{IN_LEAPS}what_waits_under_other_rules_joins_the_action_that_they_opened"),
)  # fmt: skip
