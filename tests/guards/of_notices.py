"""What keeps people from being told twice, or of what they may not see, and addresses out of the history."""

from __future__ import annotations

from tests.guards.streaming import Guarding

MAIL, OUTBOX, TELLING = "tests/notices/test_mail.py::", "services/notices/outbox.py", "services/notices/telling.py"

INVITATIONS = "tests/notices/test_invitations.py::"

GUARDING = (
    Guarding(
        "nobody is told what he may not see",
        TELLING,
        "    return news.is_for(who) and news.sees(seen.by(who))\n",
        "    return news.is_for(who)\n",
        "tests/notices/test_telling.py::test_nobody_is_told_what_he_may_not_see",
    ),
    Guarding(
        "what was handed over is not handed over again by itself",
        OUTBOX,
        "            if self._is_repeatable:\n",
        "            if True:\n",
        f"{MAIL}test_what_was_handed_over_when_the_program_ended_goes_again_only_where_somebody_says_so",
    ),
    Guarding(
        "a letter is marked before it is handed over",
        "services/notices/smtp.py",
        "        if not begin():\n",
        "        if False:\n",
        f"{MAIL}test_what_was_handed_over_when_the_program_ended_goes_again_only_where_somebody_says_so",
    ),
    Guarding(
        "what the history says was sent is not sent again",
        "services/notices/sending.py",
        "        notices = unsent(self._history, self._outbox.notices_of(letter.id), letter.channel)\n",
        "        notices = self._outbox.notices_of(letter.id)\n",
        f"{MAIL}test_what_was_told_is_not_told_again_by_a_second_program_a_rebuild_or_lost_tables",
    ),
    Guarding(
        "no answer after the letter came is no reason to send it again",
        "services/notices/smtp.py",
        "            raise NobodyKnows(_why(error)) from error\n",
        "            raise NotNow(_why(error)) from error\n",
        f"{MAIL}test_an_answer_that_does_not_come_after_the_letter_is_not_asked_for_again",
    ),
    Guarding(
        "what is old is told to nobody",
        TELLING,
        "                if since <= news.at <= now and (news.subject, news.transition) not in looked:\n",
        "                if (news.subject, news.transition) not in looked:\n",
        "tests/notices/test_telling.py::test_an_import_of_a_past_year_tells_nobody",
    ),
    Guarding(
        "an address is one, and holds no line end",
        "services/notices/addresses.py",
        "    if not (mark and is_short and _ATOMS.fullmatch(local) and _HOST.fullmatch(host)):\n",
        "    if not mark:\n",
        f"{MAIL}test_an_address_that_is_none_or_more_than_one_gets_nothing",
    ),
    Guarding(
        "a link that ends a kind of mail was made here",
        "services/notices/stopping.py",
        "        if not (kinds and is_ours):\n",
        "        if not kinds:\n",
        "tests/notices/test_pages.py::test_a_link_that_was_not_made_here_ends_nothing",
    ),
    Guarding(
        "a link that answers an invitation was made here",
        "services/reviews/answer_links.py",
        "        if not is_ours or len(parts) != _PARTS:\n",
        "        if len(parts) != _PARTS:\n",
        f"{INVITATIONS}test_a_link_that_was_not_made_here_answers_nothing",
    ),
    Guarding(
        "an answer to an invitation of before is refused",
        "services/reviews/reviewing.py",
        "        if sequence is not None and sequence != len(found.moves):\n",
        "        if False:\n",
        f"{INVITATIONS}test_moved_it_is_the_same_event_with_a_higher_number_and_cancelled_it_is_taken_off",
    ),
    Guarding(
        "who is let in no more answers by no link",
        "dashboards/pages/reviews/answering.py",
        "        if self._who(asked) is None:\n",
        "        if False:\n",
        f"{INVITATIONS}test_a_link_ends_with_the_start_and_with_who_it_is_of",
    ),
    Guarding(
        "an event of the platform is evidence between its two parties alone",
        "domain/commitments.py",
        "            return all(one in event.shown_to for one in self.parties)\n",
        "            return any(one in event.shown_to for one in self.parties)\n",
        "tests/services/reviews/test_events_out.py::test_it_is_evidence_only_by_its_source_and_between_the_same_two",
    ),
    Guarding(
        "an event of the platform is meant only where its source is named",
        "domain/selecting.py",
        " if selector.sources else not event.source.startswith(OWN))\n",
        " if selector.sources else True)\n",
        "tests/services/reviews/test_events_out.py::test_it_is_evidence_only_by_its_source_and_between_the_same_two",
    ),
    Guarding(
        "webhooks go to hosts that are allowed",
        "services/notices/hook.py",
        "    if host not in hosts or port != 443:\n",
        "    if False:\n",
        "tests/notices/test_hooks.py::test_only_https_to_hosts_that_are_allowed",
    ),
    Guarding(
        "webhooks go to public addresses",
        "services/notices/hook.py",
        "        if not found or not all(self._may_call(one) for one in found):\n",
        "        if not found:\n",
        "tests/notices/test_hooks.py::test_an_address_that_is_not_public_is_not_called",
    ),
    Guarding(
        "letters of others are not shown, and do not go again",
        "services/notices/reading.py",
        "    if not found or not (sees_all(who) or (who.person is not None and found[0].row.person == who.person)):\n",
        "    if not found:\n",
        "tests/notices/test_pages.py::test_letters_of_others_are_neither_shown_nor_sent_again",
    ),
)
