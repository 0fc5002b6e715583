"""What is kept, until when, and what goes because its time is over."""

from __future__ import annotations

import pytest

from domain.times import show
from services.access import ADMINISTRATOR
from services.errors import Refused
from services.sealing.retention import ends, kept, run, sweep
from tests.given import at
from tests.services.sealing.sealed import Sealed, lab, ticket

DAY = 86_400_000_000


@pytest.mark.parametrize(
    ("month", "retention", "until"),
    [
        ("2026-03", "P3M", "2026-07-01T00:00:00Z"),
        ("2026-12", "P24M", "2029-01-01T00:00:00Z"),
        ("2026-11", "P1M", "2027-01-01T00:00:00Z"),
        ("2026-01", "P2Y", "2028-02-01T00:00:00Z"),
        ("2024-02", "P90D", "2024-05-30T00:00:00Z"),
        ("9999-06", "P9M", "9999-12-31T00:00:00Z"),
    ],
)
def test_a_month_is_kept_until_its_end_and_the_retention_behind_it(month: str, retention: str, until: str) -> None:
    assert show(ends(month, retention)) == until


def test_what_is_kept_is_listed_with_where_and_until_when(sealed: Sealed) -> None:
    sealed.describe(
        {**lab(), "sources": [*lab()["sources"], {"source": "other", "personal": lab()["sources"][0]["personal"]}]}
    )
    sealed.send(
        ticket("t1"), ticket("t2", requester={"id": "u2"}), ticket("t3", time="2026-04-01T00:00:00Z"),
        ticket("t1").replace(b'"desk"', b'"other"'),
    )  # fmt: skip
    march, april, other = kept(sealed.keys, sealed.declared.personal())
    assert (march.source, march.month, march.subjects, march.retention, march.stored_in) == (
        "desk",
        "2026-03",
        2,
        "P3M",
        "FR",
    )
    assert show(march.until or 0) == "2026-07-01T00:00:00Z"
    assert (april.month, april.subjects) == ("2026-04", 1)
    assert (other.source, other.until, other.is_declared) == ("other", None, True)
    sealed.describe({"entente": 1, "service": "lab", "sources": []})
    assert [one.is_declared for one in kept(sealed.keys, sealed.declared.personal())] == [False] * 3


def test_a_month_goes_with_the_last_instant_of_its_retention_and_not_before(sealed: Sealed) -> None:
    sealed.send(ticket("t1"), ticket("t2", time="2026-04-01T00:00:00Z"))

    def gone(watermark: int | None) -> list[str]:
        held = run(sealed.erasing, sealed.keys, sealed.declared.personal(), watermark, "entente")
        return [one.need.span for one in held]

    end = at("2026-07-01T00:00:00Z")
    assert gone(None) == gone(end - 2) == []
    assert gone(end - 1) == ["2026-03"]
    assert gone(end) == []
    assert [one.need.span for one in sealed.keys.held("event")] == ["2026-04"]


def test_what_is_settled_goes_when_its_day_is_over_and_all_else_after_thirty(sealed: Sealed) -> None:
    history, today = sealed.store.history, at("2026-06-30 12:00")
    first, second = sealed.send(b"{one", b"{two")
    sealed.quarantine.discard(str(first.quarantined_at), ADMINISTRATOR, "of no use")
    assert sweep(history, sealed.keys, today + DAY) == 0, "the other one of that day waits"
    sealed.quarantine.discard(str(second.quarantined_at), ADMINISTRATOR, "of no use")
    assert sweep(history, sealed.keys, today) == 0, "more of that day may come"
    sealed.quarantine.take_back(str(first.quarantined_at), ADMINISTRATOR)
    assert sweep(history, sealed.keys, today + DAY) == 0, "what is taken back waits again"
    sealed.quarantine.discard(str(first.quarantined_at), ADMINISTRATOR, "of no use")
    assert sweep(history, sealed.keys, today + DAY) == 1
    with pytest.raises(Refused, match="were destroyed"):
        sealed.quarantine.take_back(str(first.quarantined_at), ADMINISTRATOR)
    sealed.send(b"{three")
    assert sweep(history, sealed.keys, today + 29 * DAY) == 0
    assert sweep(history, sealed.keys, today + 30 * DAY) == 1
    assert sealed.keys.held("aside") == []
