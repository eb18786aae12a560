"""The rules that the contract adds to those of protovalidate, which could be passed over in silence."""

from __future__ import annotations

from typing import Any

import pytest
from buf.validate import validate_pb2
from google.protobuf import message_factory
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from protovalidate import CompilationError, Validator
from theseus.user.v1 import user_service_pb2
from theseus.validate.v1 import rules_pb2

from theseus_user.contract.descriptors import contract_files, option
from theseus_user.contract.policy import MethodPolicy, policies_of
from theseus_user.contract.refusal import Refusal, Violation
from theseus_user.server.request_reader import read_request

SERVICE = user_service_pb2.DESCRIPTOR.services_by_name["UserService"]
POLICIES = {policy.path.rpartition("/")[2]: policy for policy in policies_of(SERVICE).values()}
USER_NAME = "^users/[a-z0-9-]{1,64}$"
UUID4 = "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
FIELDS = {
    ("CreateUser", "request_id"): UUID4,
    ("GetUser", "name"): USER_NAME,
    ("ChangePassword", "name"): USER_NAME,
    ("DeleteUser", "name"): USER_NAME,
}
COMMON = "qwertyuiop12"
PASSWORDS: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {
    ("CreateUser", "password"): ("user.password", {"user": {"password": COMMON}}),
    ("UpdateUser", "password"): ("user.password", {"user": {"password": COMMON}}),
    ("ChangePassword", "new_password"): ("new_password", {"new_password": COMMON}),
}
BAD_NAMES = ("", "users/", "users/A", "users/a/b", "items/a", "users/a\n", f"users/{'a' * 65}", "xusers/a")
BAD_UUIDS = (
    "",
    "6f2f1a52-58a4-4e0c-9d0e-3c6c0a5f7f1",
    "6F2F1A52-58A4-4E0C-9D0E-3C6C0A5F7F10",
    "6f2f1a52-58a4-1e0c-9d0e-3c6c0a5f7f10",
    "6f2f1a52-58a4-4e0c-7d0e-3c6c0a5f7f10",
    "{6f2f1a52-58a4-4e0c-9d0e-3c6c0a5f7f10}",
)


def violations_of(policy: MethodPolicy, field: str, fields: dict[str, Any]) -> list[Violation]:
    """Returns what is wrong with one field of a request."""
    with pytest.raises(Refusal) as refused:
        read_request(policy, policy.request(**fields).SerializeToString())
    assert refused.value.reason_name == "VALIDATION_FAILED"
    return [violation for violation in refused.value.violations if violation.field == field]


WRONG = [
    (method, field, pattern, value)
    for (method, field), pattern in FIELDS.items()
    for value in (BAD_NAMES if pattern == USER_NAME else BAD_UUIDS)
]


@pytest.mark.parametrize(("method", "field", "pattern", "value"), WRONG)
def test_a_wrong_value_is_refused_as_by_its_pattern(method: str, field: str, pattern: str, value: str) -> None:
    violation = Violation(field, "string.pattern", f"does not match regex pattern `{pattern}`")
    assert violations_of(POLICIES[method], field, {field: value}) == [violation]


@pytest.mark.parametrize(("method", "field", "fields"), [(method, *rest) for (method, _), rest in PASSWORDS.items()])
def test_a_password_that_is_tried_first_is_refused(method: str, field: str, fields: dict[str, Any]) -> None:
    violation = Violation(field, "string.uncommon_password", "is among the passwords that are tried first")
    assert violations_of(POLICIES[method], field, fields) == [violation]


@pytest.mark.parametrize("name", ["users/a", "users/0-z", f"users/{'a' * 64}"])
def test_a_right_name_is_let_through(name: str) -> None:
    policy = POLICIES["GetUser"]
    assert read_request(policy, policy.request(name=name).SerializeToString()) == policy.request(name=name)


def test_there_is_no_other_field_with_such_a_rule() -> None:
    """Every request is looked at, and the fields of what it contains."""
    found = set()
    for method in SERVICE.methods:
        inner = [field.message_type for field in method.input_type.fields if field.message_type]
        for message in (method.input_type, *inner):
            found |= {(method.name, field.name) for field in message.fields if has_added_rule(field.GetOptions())}
    assert found == {*FIELDS, *PASSWORDS}


def has_added_rule(options: Any) -> bool:  # noqa: ANN401 - any field's
    extension: Any = validate_pb2.field
    rules = option(options, extension).string
    added = rules_pb2.DESCRIPTOR.extensions_by_name.values()
    return any(rules.HasExtension(each) for each in added if each.containing_type == rules.DESCRIPTOR)


def test_a_rule_that_is_not_known_is_a_fault() -> None:
    """A validator learns the rules that the file of a request imports. Here it imports none."""
    pool = DescriptorPool()
    for raw in contract_files():
        file = FileDescriptorProto.FromString(raw)
        kept = [name for name in file.dependency if not name.startswith("theseus/validate/")]
        file.ClearField("dependency")
        file.dependency.extend(kept)
        pool.AddSerializedFile(file.SerializeToString())
    request = message_factory.GetMessageClass(pool.FindMessageTypeByName("theseus.user.v1.GetUserRequest"))
    with pytest.raises(CompilationError, match="unknown rules"):
        Validator().collect_violations(request(name="items/a"))
