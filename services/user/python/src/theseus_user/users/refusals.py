from __future__ import annotations

from theseus.error.v1.error_reason_pb2 import ErrorReason

from theseus_user.contract.refusal import Refusal


def user_not_found() -> Refusal:
    """The text is the same whether the user does not exist or the caller may not see them."""
    return Refusal(ErrorReason.USER_NOT_FOUND, "there is no such user")


def email_taken() -> Refusal:
    return Refusal(ErrorReason.EMAIL_TAKEN, "another user has this e-mail address")
