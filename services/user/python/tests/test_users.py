"""The rules about users."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from theseus_user.users.user import Profile, fold_email, new_user, to_first_answer, to_message

NOW = datetime(2026, 11, 21, 8, 30, 0, 123_000, UTC)


class TestUser:
    ADA = new_user("ada", Profile("Ada@Shop.test", "Ada"), "hash", NOW, request_key="anonymous#1")

    def test_is_folded_in_ascii_alone(self) -> None:
        assert fold_email("ADA@Ünï.İ") == "ada@Ünï.İ"

    def test_keeps_milliseconds(self) -> None:
        assert to_message(self.ADA).create_time.ToJsonString() == "2026-11-21T08:30:00.123Z"

    def test_is_answered_to_a_repeat_as_it_was(self) -> None:
        changed = self.ADA.changed(Profile("new@shop.test", "New"), NOW + timedelta(days=1))
        assert to_first_answer(changed) == to_message(self.ADA)

    def test_is_erased_when_deleted(self) -> None:
        gone = to_message(self.ADA.deleted(NOW))
        assert (gone.email, gone.display_name, gone.etag) == ("", "", "2")
