"""Turns within one process."""

from __future__ import annotations

import asyncio

from theseus_user.process.turns import Turns

LONG_S = 3600.0


async def test_turns_come_in_the_order_of_the_callers() -> None:
    turns = Turns()
    order: list[int] = []

    async def go(at: int) -> None:
        async with turns.take("p", within_s=LONG_S) as has_turn:
            assert has_turn
            order.append(at)

    async with turns.take("p", within_s=LONG_S):
        others = [asyncio.create_task(go(at)) for at in range(3)]
        await asyncio.sleep(0)
        assert order == []
    await asyncio.gather(*others)
    assert order == [0, 1, 2]


async def test_turns_of_different_keys_do_not_wait() -> None:
    turns = Turns()
    async with turns.take("p", within_s=LONG_S), turns.take("q", within_s=LONG_S) as has_turn:
        assert has_turn


async def test_who_has_waited_long_enough_goes_on_without_a_turn() -> None:
    turns = Turns()
    async with turns.take("p", within_s=LONG_S), turns.take("p", within_s=0.01) as has_turn:
        assert not has_turn
    async with turns.take("p", within_s=0.01) as has_turn:
        assert has_turn


async def test_a_cancellation_that_comes_together_with_the_turn_is_not_lost() -> None:
    turns = Turns()

    async def second() -> None:
        async with turns.take("p", within_s=LONG_S):
            await asyncio.sleep(LONG_S)

    async with turns.take("p", within_s=LONG_S):
        waiting = asyncio.create_task(second())
        await asyncio.sleep(0.01)
    # The turn is handed on, and its holder cancelled, before it runs again.
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait({waiting}, timeout=1)
    assert waiting.cancelled()
    async with turns.take("p", within_s=1) as has_turn:
        assert has_turn
