"""The rules about users."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from theseus.user.v1.user_pb2 import Role, User

from theseus_user.users.user import CUSTOMER, Profile, StoredUser, fold_email, new_user, to_message

NOW = datetime(2026, 11, 21, 8, 30, 0, 123_000, UTC)


def answered(user: StoredUser) -> User:
    return to_message(user, "keeper")


class TestUser:
    ADA = new_user("ada", Profile("Ada@Shop.test", "Ada"), "hash", NOW, request_key="anonymous#1")

    def test_is_folded_in_ascii_alone(self) -> None:
        assert fold_email("ADA@Ünï.İ") == "ada@Ünï.İ"

    def test_keeps_milliseconds(self) -> None:
        assert answered(self.ADA).create_time.ToJsonString() == "2026-11-21T08:30:00.123Z"

    def test_is_answered_to_a_repeat_as_it_was(self) -> None:
        changed = self.ADA.changed(Profile("new@shop.test", "New"), NOW + timedelta(days=1))
        assert answered(changed.as_registered()) == answered(self.ADA)

    def test_is_erased_when_deleted(self) -> None:
        gone = answered(self.ADA.deleted(NOW + timedelta(days=1)))
        assert (gone.email, gone.display_name, gone.etag) == ("", "", "2")
        assert gone.delete_time.ToJsonString() == "2026-11-22T08:30:00.123Z"
        assert not answered(self.ADA).HasField("delete_time")

    def test_has_another_password_and_the_same_version(self) -> None:
        once = self.ADA.with_password("second", "phone")
        twice = once.with_password("third", None)
        assert answered(twice) == answered(self.ADA)
        assert [(user.password, user.password_changes, user.kept_session) for user in (self.ADA, once, twice)] == [
            ("hash", 0, None),
            ("second", 1, "phone"),
            ("third", 2, None),
        ]
        # The first hash is kept for a repeat of the registration.
        assert [user.registered and user.registered.password for user in (once, twice)] == ["hash", "hash"]

    @pytest.mark.parametrize(
        ("texts", "roles"),
        [
            (CUSTOMER, [Role.ROLE_CUSTOMER]),
            ((*CUSTOMER, "keeper"), [Role.ROLE_CUSTOMER, Role.ROLE_ADMIN]),
            (("keeper", "customer"), [Role.ROLE_CUSTOMER, Role.ROLE_ADMIN]),
            ((*CUSTOMER, "admin"), [Role.ROLE_CUSTOMER]),
        ],
    )
    def test_answers_roles_in_the_order_of_their_values(self, texts: tuple[str, ...], roles: list[Role]) -> None:
        user = new_user("ada", Profile("a@b.c", "Ada"), "hash", NOW, roles=texts)
        assert list(answered(user).roles) == roles
