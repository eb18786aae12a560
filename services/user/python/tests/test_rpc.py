"""What RPCs share: page tokens and field masks."""

from __future__ import annotations

import pytest
from theseus.user.v1.user_pb2 import User

from theseus_user.contract.refusal import Refusal
from theseus_user.rpc.field_mask import apply_field_mask
from theseus_user.rpc.page_token import decode_page_token, encode_page_token, page_size


def reason_of(refused: pytest.ExceptionInfo[Refusal]) -> str:
    return refused.value.reason_name


class TestPageToken:
    # As every implementation writes it.
    WRITTEN = "MToxLDE2OjNmMWM3ZDQ3YzVmNmZmM2EsMzphYmMs"

    def test_gives_its_cursor_back(self) -> None:
        token = encode_page_token(["ListUsers", "false"], "abc")
        assert token == self.WRITTEN
        assert decode_page_token(["ListUsers", "false"], token) == "abc"

    # These are bound to the request, but hold no cursor and two cursors.
    NOTHING, TWO = "MToxLDE2OjNmMWM3ZDQ3YzVmNmZmM2Es", "MToxLDE2OjNmMWM3ZDQ3YzVmNmZmM2EsMTphLDE6Yiw"

    @pytest.mark.parametrize("token", ["x", "MTox", "é", "MToxLA", WRITTEN + "=", WRITTEN[:-1], NOTHING, TWO])
    def test_is_refused_when_damaged(self, token: str) -> None:
        with pytest.raises(Refusal) as refused:
            decode_page_token(["ListUsers", "false"], token)
        assert reason_of(refused) == "PAGE_TOKEN_INVALID"

    def test_is_refused_for_another_request(self) -> None:
        with pytest.raises(Refusal):
            decode_page_token(["ListUsers", "true"], encode_page_token(["ListUsers", "false"], "abc"))

    @pytest.mark.parametrize(("asked", "given"), [(0, 50), (1, 1), (200, 200), (201, 200)])
    def test_size(self, asked: int, given: int) -> None:
        assert page_size(asked) == given


class TestFieldMask:
    CURRENT = User(name="users/ada", email="a@b.c", display_name="Ada", etag="1")
    GIVEN = User(name="users/x", email="new@b.c", etag="9", password="another horse battery")

    @pytest.mark.parametrize(
        ("paths", "email", "display_name"),
        [([], "new@b.c", "Ada"), (["*"], "new@b.c", ""), (["display_name"], "a@b.c", "")],
    )
    def test_chooses_what_changes(self, paths: list[str], email: str, display_name: str) -> None:
        result = apply_field_mask(self.CURRENT, self.GIVEN, paths)
        assert result == User(name="users/ada", email=email, display_name=display_name, etag="1")

    @pytest.mark.parametrize(
        ("path", "rule"),
        [
            ("name", "field_mask.read_only"),
            ("roles", "field_mask.read_only"),
            ("etag", "field_mask.read_only"),
            ("password", "field_mask.read_only"),
            ("delete_time", "field_mask.read_only"),
            ("nope", "field_mask.unknown"),
            ("email.x", "field_mask.unknown"),
            ("", "field_mask.unknown"),
            ("*", "field_mask.wildcard"),
        ],
    )
    def test_refuses_paths_that_cannot_be_set(self, path: str, rule: str) -> None:
        with pytest.raises(Refusal) as refused:
            apply_field_mask(self.CURRENT, self.GIVEN, ["email", path])
        assert [(each.field, each.rule) for each in refused.value.violations] == [("update_mask.paths[1]", rule)]
