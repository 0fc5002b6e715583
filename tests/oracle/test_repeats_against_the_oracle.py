"""What repeats is what another judge counts, of any contract and any stream of events."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, reject, seed, settings
from hypothesis import strategies as st

from tests.oracle.generating import streams
from tests.oracle.living import GivesNoDate
from tests.oracle.repeating import repeats_differ

STREAMS = 30


def test_what_repeats_is_what_the_oracle_counts() -> None:
    many = []

    @seed(1)
    @settings(
        max_examples=STREAMS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def tried(data: st.DataObject) -> None:
        steps = data.draw(streams(("punctuality",)))
        try:
            breaches, differs = repeats_differ(steps, data.draw(st.booleans()))
        except GivesNoDate:
            reject()
        many.append(breaches)
        assert differs is None, differs

    tried()
    assert sum(one > 2 for one in many) > 1, many
