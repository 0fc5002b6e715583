"""How far it is, told to all who listen: looked at once for all, bounded, over when the program stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack

import pytest

from services.access import ADMINISTRATOR, Principal
from services.errors import TooMany, Unavailable
from services.pulse import SHARE, Pulse
from services.seeing.known import Known

WHO = Principal("member", frozenset({"it"}), "hugo")


class Store:
    """What can be looked at, and how often it was."""

    def __init__(self) -> None:
        self.position = 1
        self.looks = 0
        self.is_gone = False
        self.is_stopping = False

    def look(self) -> Known:
        self.looks += 1
        if self.is_gone:
            raise Unavailable("gone")
        return Known(self.position, None)


async def listen(pulse: Pulse, heard: list[int | None], until: int) -> None:
    with pulse.place(WHO):
        async for known in pulse.moves():
            heard.append(known.position if known is not None else None)
            if known is not None and known.position >= until:
                return


def test_all_hear_of_each_move_and_one_looks_for_all() -> None:
    async def run() -> None:
        store = Store()
        pulse = Pulse(store.look, lambda: store.is_stopping)
        heard: list[list[int | None]] = [[] for _ in range(SHARE)]
        listening = [asyncio.create_task(listen(pulse, one, 2)) for one in heard]
        while not all(heard):
            await asyncio.sleep(0)
        assert pulse.listeners == SHARE
        store.position = 2
        await asyncio.gather(*listening)
        assert heard == [[1, 2]] * SHARE
        assert store.looks < 10
        assert pulse.listeners == 0

    asyncio.run(run())


def test_nobody_looks_once_nobody_listens() -> None:
    async def run() -> None:
        store = Store()
        pulse = Pulse(store.look)
        assert store.looks == 0
        await listen(pulse, [], 1)
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))
        assert store.looks >= 1

    asyncio.run(run())


def test_places_are_bounded_and_given_back() -> None:
    pulse = Pulse(Store().look, most=1)
    with pulse.place(WHO), pytest.raises(Unavailable), pulse.place(WHO):
        pass
    with pulse.place(WHO):
        assert pulse.listeners == 1


def test_nobody_takes_more_than_a_share_of_the_places() -> None:
    pulse = Pulse(Store().look)
    key, same, other = (Principal("member", frozenset(services)) for services in (["it"], ["it"], ["hr"]))
    with ExitStack() as held:
        for _ in range(SHARE):
            held.enter_context(pulse.place(key))
        with pytest.raises(TooMany, match="it listens 25 times already") as refused:
            pulse.require_room(same)
        assert refused.value.retry_after == 60
        for one in (other, WHO, ADMINISTRATOR):  # a person of the service has a share of his own
            pulse.require_room(one)
        both = Principal("member", frozenset({"it", "hr"}), "hugo")
        for _ in range(SHARE):
            held.enter_context(pulse.place(both))
        with pytest.raises(TooMany):
            pulse.require_room(WHO)
    with pulse.place(same):
        assert pulse.listeners == 1


def test_a_program_that_stops_lets_everybody_go() -> None:
    async def run() -> None:
        store = Store()
        pulse = Pulse(store.look, lambda: store.is_stopping)
        listening = asyncio.create_task(listen(pulse, [], 99))
        while not store.looks:
            await asyncio.sleep(0)
        store.is_stopping = True
        await asyncio.wait_for(listening, 5)

    asyncio.run(run())


def test_a_store_that_is_gone_for_a_while_ends_nothing() -> None:
    async def run() -> None:
        store = Store()
        store.is_gone = True
        pulse = Pulse(store.look)
        heard: list[int | None] = []
        listening = asyncio.create_task(listen(pulse, heard, 1))
        while store.looks < 2:
            await asyncio.sleep(0.01)
        assert heard == []
        store.is_gone = False
        await asyncio.wait_for(listening, 5)
        assert heard == [1]

    asyncio.run(run())


def test_who_hears_nothing_for_long_hears_that_the_line_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.pulse.KEEP_ALIVE", 0.01)

    async def run() -> None:
        pulse = Pulse(Store().look)
        with pulse.place(WHO):
            heard = [known async for known in _first(pulse, 200)]
        assert heard.count(Known(1, None)) == 1  # the first look may take longer than the silence that is kept
        assert heard[-2:] == [None, None]

    asyncio.run(run())


async def _first(pulse: Pulse, count: int) -> AsyncIterator[Known | None]:
    async for known in pulse.moves():
        yield known
        count -= 1
        if not count:
            return
