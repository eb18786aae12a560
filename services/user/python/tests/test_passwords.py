"""Password hashes."""

from __future__ import annotations

import pytest

from theseus_user.passwords.password_hash import ScryptCost, hash_password, matches_password, unmatchable_hash

CHEAP = ScryptCost(ln=4, r=8, p=1)


class TestPassword:
    # Made by another implementation of the contract.
    FOREIGN = "$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$Q7EcH175P/kcU7JE2HRU+qTRrq/BS6UbCRYPdBaC5y8"

    def test_matches_a_foreign_hash(self) -> None:
        assert matches_password("correct horse", self.FOREIGN)

    def test_matches_its_own_hash_alone(self) -> None:
        stored = hash_password("correct horse", CHEAP)
        assert matches_password("correct horse", stored)
        assert not matches_password("correct horsf", stored)

    def test_is_stored_as_a_phc_string(self) -> None:
        stored = hash_password("x", ScryptCost(ln=4, r=8, p=1))
        assert stored.startswith("$scrypt$ln=4,r=8,p=1$")
        assert "=" not in stored.rpartition("p=1")[2]

    def test_counts_in_utf8_without_normalisation(self) -> None:
        stored = hash_password("\u00e9", CHEAP)
        assert not matches_password("e\u0301", stored)

    @pytest.mark.parametrize("damaged", ["", "plain", "$scrypt$ln=18,r=8,p=1$" + "A" * 22 + "$" + "A" * 43])
    def test_refuses_what_is_no_hash_or_costs_too_much(self, damaged: str) -> None:
        with pytest.raises(RuntimeError):
            matches_password("x", damaged)

    def test_of_nobody_matches_nothing(self) -> None:
        assert not matches_password("", unmatchable_hash(CHEAP))
