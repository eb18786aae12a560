"""Errors as callers see them: a reason of the contract, with its status code and details."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from google.rpc import error_details_pb2, status_pb2
from theseus.error.v1.error_reason_pb2 import ErrorReason

from theseus_user.contract.reason import rule_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import grpc

DOMAIN: Final = "theseus"
DETAILS_HEADER: Final = "grpc-status-details-bin"
# This keeps trailers below the 16 KB that proxies allow.
_MAX_VIOLATIONS: Final = 32


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule of a request. The message never repeats the value."""

    field: str
    rule: str
    message: str


@dataclass(eq=False)
class Refusal(Exception):  # noqa: N818
    """A reason, which has its status code in the contract, and a text for the caller.

    Callers see any other exception as INTERNAL with a fixed text.
    """

    reason: ErrorReason
    message: str
    violations: Sequence[Violation] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.reason_name}: {self.message}"

    @property
    def reason_name(self) -> str:
        return ErrorReason.Name(self.reason)

    @property
    def code(self) -> grpc.StatusCode:
        return rule_of(self.reason).code

    def details(self) -> bytes:
        """Returns a google.rpc.Status: ErrorInfo, BadRequest for violations, RetryInfo where a retry helps."""
        status = status_pb2.Status(code=self.code.value[0], message=self.message)
        info = error_details_pb2.ErrorInfo(reason=self.reason_name, domain=DOMAIN, metadata=self.metadata)
        status.details.add().Pack(info)
        if self.violations:
            bad_request = error_details_pb2.BadRequest()
            for each in self.violations[:_MAX_VIOLATIONS]:
                bad_request.field_violations.add(field=each.field, reason=each.rule, description=each.message)
            status.details.add().Pack(bad_request)
        retry_after = rule_of(self.reason).retry_after
        if retry_after is not None:
            status.details.add().Pack(error_details_pb2.RetryInfo(retry_delay=retry_after))
        return status.SerializeToString()


def internal() -> Refusal:
    return Refusal(ErrorReason.INTERNAL, "internal error")


def token_missing() -> Refusal:
    return Refusal(ErrorReason.TOKEN_MISSING, "an access token is needed")


def unavailable() -> Refusal:
    return Refusal(ErrorReason.SERVICE_UNAVAILABLE, "the service is not available now")
