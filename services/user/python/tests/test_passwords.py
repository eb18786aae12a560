"""Password hashes, and the threads that compute them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from theseus_user.contract.refusal import Refusal
from theseus_user.passwords import hasher
from theseus_user.passwords.hasher import PasswordHasher
from theseus_user.passwords.password_hash import (
    HIGHEST_COST,
    ScryptCost,
    hash_password,
    matches_password,
    unmatchable_hash,
)

if TYPE_CHECKING:
    from threading import Event

CHEAP = ScryptCost(10)
OUT_OF_BOUNDS = ("ln=9,r=8,p=1", "ln=09,r=8,p=1", "ln=21,r=8,p=1", "ln=17,r=9,p=1", "ln=17,r=8,p=2")


class TestPassword:
    # Made by another implementation of the contract.
    FOREIGN = "$scrypt$ln=10,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$nfkj3u1fRTHCea+fVr03sWV770kp5wLOLoEakziKhqE"

    def test_matches_a_foreign_hash(self) -> None:
        assert matches_password("correct horse", self.FOREIGN)

    def test_matches_its_own_hash_alone(self) -> None:
        stored = hash_password("correct horse", CHEAP)
        assert matches_password("correct horse", stored)
        assert not matches_password("correct horsf", stored)

    def test_is_stored_as_a_phc_string(self) -> None:
        stored = hash_password("x", CHEAP)
        assert stored.startswith("$scrypt$ln=10,r=8,p=1$")
        assert "=" not in stored.rpartition("p=1")[2]

    def test_counts_in_utf8_without_normalisation(self) -> None:
        stored = hash_password("\u00e9", CHEAP)
        assert not matches_password("e\u0301", stored)

    def test_is_verified_by_the_cost_that_it_carries(self) -> None:
        assert hash_password("x", ScryptCost(11)).startswith("$scrypt$ln=11,r=8,p=1$")
        assert matches_password("x", hash_password("x", ScryptCost(11)))

    def test_can_have_the_highest_cost(self) -> None:
        assert not matches_password("x", unmatchable_hash(HIGHEST_COST))

    @pytest.mark.parametrize(
        "damaged", ["", "plain", *(f"$scrypt${cost}${'A' * 22}${'A' * 43}" for cost in OUT_OF_BOUNDS)]
    )
    def test_refuses_what_is_no_hash_or_has_a_cost_out_of_bounds(self, damaged: str) -> None:
        with pytest.raises(RuntimeError):
            matches_password("x", damaged)

    def test_of_nobody_matches_nothing(self) -> None:
        assert not matches_password("", unmatchable_hash(CHEAP))


async def test_two_are_hashed_at_once_and_sixteen_may_wait(hashing_may_go_on: Event) -> None:
    with PasswordHasher(CHEAP) as passwords:
        admitted = [asyncio.create_task(passwords.matches("x", None)) for _ in range(18)]
        await asyncio.sleep(0)
        with pytest.raises(Refusal) as refused:
            await passwords.matches("x", None)
        assert refused.value.reason_name == "RATE_LIMITED"
        # A cancelled call makes room in the queue.
        admitted[-1].cancel()
        await asyncio.wait([admitted.pop()])
        admitted.append(asyncio.create_task(passwords.matches("x", None)))
        await asyncio.sleep(0)
        assert not any(task.done() for task in admitted)
        hashing_may_go_on.set()
        assert await asyncio.gather(*admitted) == [False] * 18


async def test_nobody_costs_as_much_as_a_wrong_password(monkeypatch: pytest.MonkeyPatch) -> None:
    checked = []

    def match(password: str, stored: str) -> bool:
        checked.append(stored.split("$")[2])
        return matches_password(password, stored)

    monkeypatch.setattr(hasher, "matches_password", match)
    with PasswordHasher(ScryptCost(12)) as passwords:
        assert not await passwords.matches("y", await passwords.hash("x"))
        assert not await passwords.matches("y", None)
    assert checked == ["ln=12,r=8,p=1"] * 2
