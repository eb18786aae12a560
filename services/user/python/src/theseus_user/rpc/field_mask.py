"""Updates by field mask (AIP-134)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from google.api.field_behavior_pb2 import IDENTIFIER, IMMUTABLE, INPUT_ONLY, OUTPUT_ONLY, field_behavior
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from theseus.error.v1.error_reason_pb2 import ErrorReason

from theseus_user.contract.descriptors import option
from theseus_user.contract.refusal import Refusal, Violation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from google.protobuf.descriptor import Descriptor, FieldDescriptor

M = TypeVar("M", bound=Message)

# What is input only is nothing that an update of the resource could show.
_NOT_CHANGED: Final = frozenset({OUTPUT_ONLY, IMMUTABLE, IDENTIFIER, INPUT_ONLY})
# AIP-154: the etag names the version to change. It cannot be changed itself.
_ETAG: Final = "etag"
_WILDCARD: Final = "*"


def apply_field_mask(current: M, given: M, paths: Sequence[str]) -> M:
    """Returns `current` with the masked fields of `given`.

    No paths mean all fields that are set in `given`, `*` all that a caller may change. Raises FIELD_MASK_INVALID with a
    violation for each path that is unknown or read-only.
    """
    descriptor: Descriptor = current.DESCRIPTOR  # type: ignore[assignment]
    changeable = [each.name for each in descriptor.fields if _is_mutable(each)]
    if not paths:
        given_fields = {field.name for field, _ in given.ListFields()}
        chosen = [name for name in changeable if name in given_fields]
    elif list(paths) == [_WILDCARD]:
        chosen = changeable
    else:
        _assert_valid(descriptor, paths)
        chosen = list(paths)
    result = type(current)()
    result.CopyFrom(current)
    FieldMask(paths=chosen).MergeMessage(given, result, replace_message_field=True, replace_repeated_field=True)
    return result


def _assert_valid(descriptor: Descriptor, paths: Sequence[str]) -> None:
    problems = [(index, _problem_of(descriptor, path)) for index, path in enumerate(paths)]
    violations = [
        Violation(f"update_mask.paths[{index}]", *problem) for index, problem in problems if problem is not None
    ]
    if violations:
        text = "update_mask names a field that cannot be set"
        raise Refusal(ErrorReason.FIELD_MASK_INVALID, text, violations)


def _problem_of(descriptor: Descriptor, path: str) -> tuple[str, str] | None:
    """Returns rule and message. They do not repeat the path, which is the caller's text."""
    if path == _WILDCARD:
        return "field_mask.wildcard", "* must stand alone"
    scope: Descriptor | None = descriptor
    for name in path.split("."):
        field = scope.fields_by_name.get(name) if scope is not None else None
        if field is None:
            return "field_mask.unknown", "there is no such field"
        if not _is_mutable(field):
            return "field_mask.read_only", "this field cannot be changed"
        scope = None if field.is_repeated or _is_one_value(field) else field.message_type
    return None


def _is_mutable(field: FieldDescriptor) -> bool:
    return field.name != _ETAG and _NOT_CHANGED.isdisjoint(option(field.GetOptions(), field_behavior))


def _is_one_value(field: FieldDescriptor) -> bool:
    """Timestamps and other well-known types are single values to a caller."""
    return field.message_type is None or field.message_type.full_name.startswith("google.protobuf.")
