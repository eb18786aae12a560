from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from theseus_user.users.user import ActiveUser


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    id: str
    user: str
    password_changes: int
    """How often the user's password had been changed when it was verified."""
    create_time: datetime
    expire_time: datetime

    def lives_with(self, user: ActiveUser) -> bool:
        """A session ends with its document, with its user, and with another session's change of the password."""
        of_this_password = self.password_changes == user.password_changes
        return self.user == user.id and (of_this_password or self.id == user.kept_session)
