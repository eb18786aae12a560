"""How much of something one party may have, as the contract says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from theseus.quota.v1 import quota_pb2

from theseus_user.contract.descriptors import option

if TYPE_CHECKING:
    from datetime import timedelta

    from google.protobuf.descriptor import MethodDescriptor
    from theseus.quota.v1.quota_pb2 import Scope


@dataclass(frozen=True, slots=True)
class Quota:
    """What is counted, whose, the most of it, and how far back; without a window what there is now."""

    name: str
    scope: Scope
    limit: int
    window: timedelta


def quotas_of(method: MethodDescriptor) -> tuple[Quota, ...]:
    """Returns the quotas that a call of the method uses up."""
    declared = option(method.GetOptions(), quota_pb2.quotas)
    return tuple(Quota(each.name, each.scope, each.limit, each.window.ToTimedelta()) for each in declared)


def quota_named(method: MethodDescriptor, name: str) -> Quota:
    """Raises LookupError when the method has no quota of this name."""
    for quota in quotas_of(method):
        if quota.name == name:
            return quota
    raise LookupError(f'{method.full_name} has no quota "{name}"')
