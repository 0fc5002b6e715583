"""What guards each rule of the design (§3): the code without which a named test fails."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
TESTS = ("tests/services/test_design_rules.py", "tests/services/test_design_rules_in_figures.py")


class Guard(NamedTuple):
    """`code` stands in `file` exactly once; with `instead` in its place the test fails. `taken` says what that takes away."""

    rule: int
    taken: str
    file: str
    code: str
    instead: str
    test: str

    @property
    def name(self) -> str:
        """The test that must fail."""
        return f"test_rule_{self.rule:02}_{self.test}"

    def source(self, root: Path = ROOT) -> str:
        return (root / self.file).read_text(encoding="utf-8")

    def patched(self, source: str) -> str:
        """The file without the guard. Raises ValueError when the code has moved."""
        if (found := source.count(self.code)) != 1:
            raise ValueError(f"rule {self.rule}, {self.taken}: {self.file} has {self.code!r} {found} times, not once")
        return source.replace(self.code, self.instead)


OCCURRENCES, PERIODS = "services/judging/occurrence_book.py", "services/judging/period_book.py"
PERIOD_ROWS = "services/judging/period_rows.py"
CASES, PAUSES, SCHEDULE = "domain/cases.py", "domain/pauses.py", "domain/schedule.py"
CALENDARS, OPEN_TIME, TIMES = "domain/calendars.py", "domain/open_time.py", "domain/times.py"
FIGURES, RISK = "domain/figures.py", "domain/risk.py"
IN_FORCE, COMMITMENTS = "domain/versions.py", "domain/contract_versions.py"
PUNCTUALITY, EXCUSES, NEEDS = "domain/kinds/punctuality.py", "domain/excuses.py", "services/judging/needs.py"
JUDGE, STANDINGS, STANDING = "services/judging/judge.py", "services/judging/standings.py", "dashboards/standing.py"
EXCUSING, PROPOSING = "services/excuses/excusing.py", "services/contracts/proposing.py"
COMMITMENT_ROWS, EXPLAINING, ADOPTING = (
    "services/figures/commitment_rows.py",
    "services/explaining/occurrences.py",
    "services/adopting.py",
)

_SCHEDULED = "what_a_rule_schedules_is_owed_before_any_event"
_VALIDITY = "only_what_opens_within_validity_is_owed"
_TOLERANCE = "a_tolerance_moves_the_limit_and_not_the_due"
_WINDOW = "a_delivery_is_for_the_due_in_whose_window_it_comes"
_HAPPENED = "what_is_judged_is_when_it_happened"
_WATERMARK = "only_the_watermark_makes_missing"
_NIGHT = "a_gap_moves_a_due_forward_and_an_overlap_takes_the_first"
_LENGTHS = "lengths_are_measured_in_utc_and_days_on_the_wall"
_CLOSED_DAY = "a_due_on_a_closed_day_follows_the_deliverables_rule"
_OPENING_HOURS = "opening_hours_exclude_their_end"
_HOLIDAYS = "holidays_are_copied_into_what_is_published_and_are_closed"
_SPLIT = "an_amendment_splits_the_period_of_the_commitments_it_touches_and_of_those_only"
_REACHED = "a_version_may_not_begin_on_a_day_that_time_has_reached"
_BOTH_SIDES = "an_excuse_leaves_numerator_and_denominator_and_raw_keeps_both"
_INTERVAL = "an_interval_holds_what_is_due_at_its_start_and_not_at_its_end"
_NO_DATA = "nothing_left_to_judge_is_no_data_and_no_share"
_IN_A_ROW = "misses_in_a_row_skip_what_is_excused"
_MIN_COUNT = "under_min_count_there_is_no_value_and_at_it_there_is"
_OUTLOOK = "tight_is_one_more_miss_and_lost_is_beyond_saving"
_LATENESS = "somebodys_own_lateness_counts_once_there_is_enough_of_it"
_PARTIAL = "a_partial_period_says_how_many_of_those_due_are_judged"
_FINAL = "a_period_is_final_after_its_end_and_the_allowance_for_late_data"
_RESTATED = "news_before_the_close_changes_an_open_figure_and_after_it_restates"
_DECISION = "a_later_decision_needs_both_parties"
_AFTER_DUE = "what_was_met_only_after_the_due_that_depends_on_it_is_held_against_it"
_PROPOSED = "a_miss_after_the_clients_miss_is_proposed_as_excused_with_both_events"
_FIRST_EVENT = "a_clause_is_not_monitored_before_its_first_event"
_ADOPTED = "a_store_keeps_its_rules_until_newer_ones_are_adopted"
_EXPLAINED = "a_verdict_says_version_rule_calendar_due_events_and_what_would_have_changed_it"

GUARDS = (
    # 1. Occurrences exist before the events.
    Guard(1, "dates are unrolled ahead", OCCURRENCES,
          "if not commitment.all_are_known:\n            return 0\n        found", "if True:\n            return 0\n        found",
          _SCHEDULED),
    Guard(1, "a case needs its opening", CASES,
          "tuple(strays)) if opening is not None else None", "tuple(strays)) if (opening := opening or closing) else None",
          "a_case_is_owed_when_its_opening_event_arrives"),
    Guard(1, "validity has a beginning", IN_FORCE, "if one.start <= at:", "if True:", _VALIDITY),
    Guard(1, "validity excludes the midnight after it", IN_FORCE,
          "return one if one.end is None or at < one.end else None", "return one if one.end is None or at <= one.end else None",
          _VALIDITY),
    # 2. Four separate numbers.
    Guard(2, "tolerance", SCHEDULE, "limit_after(due, indicator.tolerance, version)", "due, False", _TOLERANCE),
    Guard(2, "the limit itself is in time", "domain/occurrences.py", "else at <= limit", "else at < limit", _TOLERANCE),
    Guard(2, "warn", RISK, "return earlier(limit, warn, version.zone, version.calendar)", "return limit",
          "a_warning_is_counted_from_the_limit_and_makes_nothing_late"),
    Guard(2, "early", SCHEDULE, "window_start = earlier(due, indicator.early, version.zone, version.calendar)", "pass", _WINDOW),
    Guard(2, "a window holds its first instant", SCHEDULE,
          "index = bisect_right(self._starts, happened) - 1", "index = bisect_right(self._starts, happened - 1) - 1", _WINDOW),
    Guard(2, "overlapping windows are refused", "services/contract_files/dated_checks.py",
          "        if start < due:\n", "        if False:\n", "windows_of_one_commitment_may_touch_and_not_overlap"),
    Guard(2, "the producer's key", PUNCTUALITY, "if self.terms.key is None:\n            due", "if True:\n            due",
          "the_producers_key_beats_matching_by_time"),
    Guard(2, "the queue of what matches nothing", OCCURRENCES,
          "put_stray(turn.writes, commitment.id, None, route.evidence.position, selectors, route.reason)", "pass",
          "what_matches_nothing_waits_where_it_is_seen"),
    # 3. Three times.
    Guard(3, "not when the tool noted it", "domain/routing.py",
          "event.time, event.sequence", "event.recorded or event.time, event.sequence", _HAPPENED),
    Guard(3, "not when it was received", "domain/routing.py",
          "event.time, event.sequence", "event.received or event.time, event.sequence", _HAPPENED),
    Guard(3, "late news is seen", PERIOD_ROWS, "if now == (self.latest or self.final):", "if True:",
          "late_news_never_changes_a_final_figure_silently"),
    Guard(3, "received then is believed then", "services/seeing/past.py",
          "if received_at(history, entry) <= moment:", "if received_at(history, entry) < moment:",
          "what_was_believed_is_what_had_been_received"),
    # 4. Time is an event.
    Guard(4, "dates wait for the watermark", PUNCTUALITY,
          "watermark is not None and watermark >= due.limit", "True", _WATERMARK),
    Guard(4, "dates do not wait longer", PUNCTUALITY,
          "return Verdict.PENDING, due.limit", "return Verdict.PENDING, due.limit + 1", _WATERMARK),
    Guard(4, "cases wait for the watermark", CASES, "watermark is not None and watermark >= limit.last", "True", _WATERMARK),
    Guard(4, "cases do not wait longer", CASES, "wake, risk = limit.last,", "wake, risk = limit.last + 1,", _WATERMARK),
    Guard(4, "judging ignores a smaller time", "services/judging/passing.py",
          "if before is not None and time < before:\n        return True\n    for name in sorted(waiting)",
          "for name in sorted(waiting)",
          "the_watermark_only_grows"),
    Guard(4, "a smaller time is not declared", "services/timekeeping.py",
          "if reached is not None and to <= reached:", "if False:", "the_watermark_only_grows"),
    Guard(4, "each entry counts at its own position", JUDGE, "is_whole = self._entry(writes, entry)",
          "from msgspec.structs import replace\n"
          "                is_whole = self._entry(writes, replace(entry, position=batch[-1].position))",
          "a_replay_is_a_fold_over_the_history"),
    # 5. Local rules, UTC arithmetic.
    Guard(5, "gap forward, overlap first", TIMES, "offset = wall.replace(tzinfo=zone, fold=0)",
          "offset = wall.replace(tzinfo=zone, fold=1)", _NIGHT),
    Guard(5, "the gap alone", TIMES, "return (wall - _NAIVE_EPOCH - offset) // _MICROSECOND",
          "late = wall.replace(tzinfo=zone, fold=1).utcoffset() or offset\n"
          "    return (wall - _NAIVE_EPOCH - max(offset, late)) // _MICROSECOND", _NIGHT),
    Guard(5, "the overlap alone", TIMES, "return (wall - _NAIVE_EPOCH - offset) // _MICROSECOND",
          "late = wall.replace(tzinfo=zone, fold=1).utcoffset() or offset\n"
          "    return (wall - _NAIVE_EPOCH - min(offset, late)) // _MICROSECOND", _NIGHT),
    Guard(5, "lengths in UTC", CALENDARS, "return start + duration.microseconds",
          "return from_local(to_local(start, zone) + timedelta(microseconds=duration.microseconds), zone)",
          _LENGTHS),
    Guard(5, "days on the wall", CALENDARS, "case NominalDays(days):\n            return _days_away(start, days, zone)",
          "case NominalDays(days):\n            return start + days * 86_400_000_000", _LENGTHS),
    Guard(5, "nights of 23 and 25 hours", CALENDARS,
          "return from_local(datetime.combine(day, time()) + timedelta(minutes=minutes), zone)",
          "return day_start(day, zone) + minutes * 60_000_000", "a_night_shift_has_the_hours_it_has"),
    Guard(5, "zones of the pinned data", TIMES, "return ZoneInfo.from_file(file, key=name)", "return ZoneInfo.no_cache(name)",
          "zones_are_those_of_the_pinned_data_and_not_of_the_machine"),
    # 6. Working time.
    Guard(6, "a limit may land on closing", OPEN_TIME,
          "at = bisect_left(table.upto, target)", "at = bisect_right(table.upto, target)", _OPENING_HOURS),
    Guard(6, "a start at closing is the next opening", OPEN_TIME,
          "bisect_right(table.closes, instant)", "bisect_left(table.closes, instant)", _OPENING_HOURS),
    Guard(6, "add and between use one set", OPEN_TIME, "min(instant, self.closes[at])", "instant",
          "adding_and_measuring_use_the_same_hours"),
    Guard(6, "durations are typed", "domain/durations.py",
          "return WorkingHours(count * _WORKING[unit])", "return Elapsed(count * _WORKING[unit])",
          "the_four_kinds_of_duration_never_stand_for_one_another"),
    Guard(6, "previous", SCHEDULE, 'timedelta(days=1 if rule == "next" else -1)', "timedelta(days=1)", _CLOSED_DAY),
    Guard(6, "next", SCHEDULE, 'timedelta(days=1 if rule == "next" else -1)', "timedelta(days=-1)", _CLOSED_DAY),
    Guard(6, "same", SCHEDULE, 'if self._rule == "same" or not self._is_closed(day):', "if not self._is_closed(day):", _CLOSED_DAY),
    Guard(6, "skip", SCHEDULE, 'return None if self._rule == "skip" else', 'return day if self._rule == "skip" else', _CLOSED_DAY),
    Guard(6, "holidays are closed", CALENDARS, "if day in self.holidays or (", "if (", _HOLIDAYS),
    Guard(6, "holidays are copied", "services/contract_files/calendar_reading.py",
          'return {**tree, "holidays": {**holidays, "dates"', 'return tree or {**tree, "holidays": {**holidays, "dates"',
          _HOLIDAYS),
    # 7. Pauses are events.
    Guard(7, "a pause pushes the limit", PAUSES, "due += pause.end - pause.start", "pass", "a_pause_pushes_the_limit_by_its_length"),
    Guard(7, "who caused it", PAUSES, "return any(reason in listed for _, listed in causes.reasons)", "return True",
          "a_pause_counts_by_who_caused_it"),
    Guard(7, "no miss while one runs", CASES, "elif limit.is_paused:", "elif False:", "nothing_is_missing_while_a_pause_runs"),
    Guard(7, "not after the limit", PAUSES, "if not is_in_time(pause.start, due, terms.under):", "if False:",
          "a_pause_that_starts_after_the_limit_changes_nothing"),
    Guard(7, "at the limit it still counts", PAUSES,
          "if not is_in_time(pause.start, due, terms.under):", "if not is_in_time(pause.start, due, True):",
          "a_pause_that_starts_after_the_limit_changes_nothing"),
    Guard(7, "open time in working time", PAUSES, "if calendar is None:\n", "if True:\n",
          "in_working_time_a_pause_pushes_by_what_was_open_of_it"),
    Guard(7, "events are put in order", "services/judging/ledger.py",
          "insort(self.evidence, evidence, key=evidence_order)", "self.evidence.append(evidence)",
          "elapsed_time_is_a_function_of_the_events_in_whatever_order_they_come"),
    # 8. Versions.
    Guard(8, "what is touched is split", COMMITMENTS,
          "before.segment if before is not None and is_same else", "before.segment if before is not None else", _SPLIT),
    Guard(8, "what is not touched stays whole", COMMITMENTS,
          "before.segment if before is not None and is_same else version.number", "version.number", _SPLIT),
    Guard(8, "from midnight on", IN_FORCE, "if one.start <= at:", "if one.start < at:", _SPLIT),
    Guard(8, "a case keeps its version", CASES,
          "version = self.version_at(timeline.opening.time)\n        if version is None or version.variant",
          "version = self.version_at(evidence[-1].time)\n        if version is None or version.variant",
          "a_case_stays_under_the_version_of_its_opening"),
    Guard(8, "each segment has its own target", STANDINGS,
          "versions[-1].criterion.targets[target_index],\n", "commitment.newest.criterion.targets[target_index],\n",
          "each_segment_is_held_against_its_own_target"),
    Guard(8, "no version for days that have passed", PROPOSING,
          "if passed and terms.rebaseline is None", "if False and terms.rebaseline is None", _REACHED),
    Guard(8, "nor for the day that time has reached", PROPOSING,
          "terms.effective <= local_date(watermark", "terms.effective < local_date(watermark", _REACHED),
    # 9. Excuses leave both sides.
    Guard(9, "out of the numerator", FIGURES, "return self.counts[Verdict.MET]",
          "return self.counts[Verdict.MET] + self.excused_met", _BOTH_SIDES),
    Guard(9, "out of the denominator", FIGURES, "return self.good + self.misses\n",
          "return self.good + self.misses + self.excused_met + self.excused_missed\n", _BOTH_SIDES),
    Guard(9, "raw has its numerator", FIGURES, "good = self.good + self.excused_met\n", "good = self.good\n", _BOTH_SIDES),
    Guard(9, "raw has its denominator", FIGURES, "good + self.misses + self.excused_missed", "good + self.misses", _BOTH_SIDES),
    Guard(9, "an interval holds its start", EXCUSES, "self.span[0] <= judgement.anchor", "self.span[0] < judgement.anchor",
          _INTERVAL),
    Guard(9, "an interval excludes its end", EXCUSES, "judgement.anchor < self.span[1]", "judgement.anchor <= self.span[1]",
          _INTERVAL),
    Guard(9, "asked is not accepted", "services/judging/excuse_book.py",
          "SELECT document FROM view_excuse WHERE state = 'accepted' ORDER BY id", "SELECT document FROM view_excuse ORDER BY id",
          "only_what_was_accepted_is_excused"),
    Guard(9, "nothing judged is no data", FIGURES, "if segment.judged == 0 or not is_enough:", "if not is_enough:", _NO_DATA),
    Guard(9, "no data is said", STANDING, "if figure.judged == 0 or total == 0:", "if False:", _NO_DATA),
    # 10. Small numbers.
    Guard(10, "max_misses are allowed", FIGURES, "return total - good <= target.bound", "return total - good < target.bound",
          "as_many_misses_as_are_allowed_keep_the_target_and_one_more_loses_it"),
    Guard(10, "max_consecutive_misses are allowed", FIGURES,
          "return longest_run(verdicts()) <= target.bound", "return longest_run(verdicts()) < target.bound", _IN_A_ROW),
    Guard(10, "what is excused is skipped", FIGURES,
          "            continue\n        run = run + 1", "            pass\n        run = run + 1", _IN_A_ROW),
    Guard(10, "under min_count no value", STANDINGS,
          "if self.judged == 0 or self.judged < self.criterion.min_count:", "if self.judged == 0:", _MIN_COUNT),
    Guard(10, "at min_count a value", STANDINGS,
          "self.judged < self.criterion.min_count:", "self.judged <= self.criterion.min_count:", _MIN_COUNT),
    Guard(10, "under min_count no breach", FIGURES, "_segment_status(segment, judged >= min_count)",
          "_segment_status(segment, True)", _MIN_COUNT),
    Guard(10, "counts while there are few", STANDING,
          'if figure.counted == "occurrences" and total is not None and total < 100:', "if False:",
          "few_are_shown_as_counts"),
    # 11. At risk.
    Guard(11, "lost", FIGURES, "if is_beyond_saving(segment) and judged >= min_count:", "if False:", _OUTLOOK),
    Guard(11, "tight", FIGURES,
          "if may_change and judged + 1 >= min_count and _one_more_miss_loses(segment):", "if False:", _OUTLOOK),
    Guard(11, "one more miss, not this one", FIGURES,
          "return not is_kept(target, good - 1, total, segment.verdicts)", "return not is_kept(target, good, total, segment.verdicts)",
          _OUTLOOK),
    Guard(11, "less than a quarter", RISK, "max(limit - start - 1, 0) // 4", "(limit - start) // 4",
          "less_than_a_quarter_of_its_time_left_is_at_risk"),
    Guard(11, "enough history", RISK, "if len(past) < LAST:", "if not past:", _LATENESS),
    Guard(11, "four times of five", RISK, "ascending[-(-LAST * 80 // 100) - 1]", "ascending[-(-LAST * 80 // 100)]", _LATENESS),
    # 12. Partial periods.
    Guard(12, "expected is all that falls due", FIGURES, "return sum(self.counts.values()) + self.measured",
          "return self.total + self.measured", _PARTIAL),
    Guard(12, "what pends is not judged", FIGURES, "return self.good + self.misses\n",
          "return self.good + self.misses + self.pending\n", _PARTIAL),
    Guard(12, "k of n is said", STANDING,
          'language.counted("figure.judged_of", int(figure.judged), judged=figure.judged, expected=figure.expected)',
          "figure_words(figure, language)", _PARTIAL),
    # 13. A period closes.
    Guard(13, "the allowance for late data", PERIODS,
          "return later(end, version.terms.late_data, version.zone, version.calendar)", "return end", _FINAL),
    Guard(13, "closes at its very end", PERIODS, "watermark >= row.close_at", "watermark > row.close_at", _FINAL),
    Guard(13, "restated", PERIOD_ROWS,
          'self.state, self.latest = "restated", now', "self.latest = now", _RESTATED),
    Guard(13, "the cause", PERIOD_ROWS, "self.note(at)\n        return True", "return True", _RESTATED),
    Guard(13, "the value that was final", "services/figures/figure_rows.py",
          'final=_final(final) if state == "restated" else None', "final=None", _RESTATED),
    Guard(13, "the other party answers", EXCUSING,
          "who.require(Right.BIND, service, what)\n", "pass\n", _DECISION),
    Guard(13, "a decision restates", "services/judging/decided.py",
          "bench.occurrences.judge_again(bench.turn(writes, at, contract), commitment, keys)", "pass", _DECISION),
    Guard(13, "no arbiter over what is final", EXCUSING,
          'if party == "arbiter" and self._seeing.read(who, excuse_touches_final, row):', "if False:",
          "an_arbiter_changes_no_final_figure"),
    Guard(13, "two signatures for a rebaseline", "domain/contract.py",
          "if len(proposal.signatures) == 2:", "if len(proposal.signatures) >= 1:",
          "a_rebaseline_restates_once_both_have_signed"),
    # 14. Reciprocity.
    Guard(14, "who owes", "domain/terms.py", 'return self.supplier if deliverable.owed_by == "supplier" else self.client',
          "return self.supplier", "what_the_client_owes_is_judged_alike_and_its_misses_are_the_clients"),
    Guard(14, "met, but too late for what depends on it", EXCUSES, "(other.closed or 0) > due", "False", _AFTER_DUE),
    Guard(14, "met at that very due is in time", EXCUSES, "(other.closed or 0) > due", "(other.closed or 0) >= due", _AFTER_DUE),
    Guard(14, "the client's miss", EXCUSES, "if other.verdict in MISSES:\n        return True", "if False:\n        return True",
          _PROPOSED),
    Guard(14, "both events", "services/judging/dependency_book.py",
          "rows = [mine, *(one.row for one in found)]", "rows = [mine]", _PROPOSED),
    Guard(14, "the breach says so", NEEDS, "return CLIENT_OBLIGATION if any(", "return None if any(", _PROPOSED),
    Guard(14, "what fell due at the due before is over", NEEDS, "if one.due > mine.previous]", "if one.due >= mine.previous]",
          "what_fell_due_at_the_due_before_counts_for_that_one_only"),
    # 15. Nothing is silently unmonitored.
    Guard(15, "no event of its types", COMMITMENT_ROWS, 'if last_event is None:\n        return "no event yet"\n',
          "if last_event is None:\n        return None\n", _FIRST_EVENT),
    Guard(15, "no event of its own", COMMITMENT_ROWS,
          'return None if reads.query(sql, [commitment.id]) else "no event yet"', "return None", _FIRST_EVENT),
    Guard(15, "no owner", COMMITMENT_ROWS, "if owner is None:", "if False:",
          "a_clause_without_an_owner_is_shown_as_such"),
    Guard(15, "unclaimed events", "services/judging/taking.py",
          "bench.sources.count(event, is_claimed=bool(selectors or counted))", "bench.sources.count(event, is_claimed=True)",
          "events_that_nobody_claims_are_counted"),
    # 16. Rules have a number.
    Guard(16, "the history says which", ADOPTING, "    if not history.read(0, 1, [RULES]):\n", "    if False:\n",
          "the_history_says_by_which_rules_and_time_zone_data_it_is_judged"),
    Guard(16, "newer ones are not taken on by themselves", ADOPTING,
          "    if not history.read(0, 1, [RULES]):\n", "    if True:\n", _ADOPTED),
    Guard(16, "what they change is restated", JUDGE,
          "self.bench.periods.restate_kept(writes, PeriodId(commitment, index, start), kept, entry.position)", "pass", _ADOPTED),
    # 17. Every verdict explains itself.
    Guard(17, "the due time in UTC", EXPLAINING,
          "due_utc=show(stored.due) if stored.due is not None else None", "due_utc=None", _EXPLAINED),
    Guard(17, "the calendar", EXPLAINING, "calendar=calendar_name(version)", "calendar=None", _EXPLAINED),
    Guard(17, "the events that decided", "services/explaining/evidence_rows.py",
          "evidence.position in judged.decided_by", "True", _EXPLAINED),
    Guard(17, "the version", EXPLAINING, "contract_version=stored.version", "contract_version=0", _EXPLAINED),
    Guard(17, "what would have changed it", EXPLAINING,
          "changed_by=tuple(changes(version.criterion.indicator, judged, events))", "changed_by=()",
          "what_would_have_changed_it_stands_at_the_limit"),
)  # fmt: skip
