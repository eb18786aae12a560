"""A change of password, over a real store."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from theseus.user.v1 import user_service_pb2 as pb
from theseus.user.v1.user_pb2 import User

from tests.running_service import PASSWORD, a_service, acting_as, outcome, registration
from theseus_user.passwords import hasher
from theseus_user.passwords.password_hash import hash_password, matches_password
from theseus_user.sessions.session import StoredSession
from theseus_user.store.database import Database
from theseus_user.store.session_store import SessionStore
from theseus_user.store.user_store import UserStore
from theseus_user.users.user import Profile, new_user

if TYPE_CHECKING:
    from theseus.user.v1.session_pb2 import Session

NEW = "another horse battery"
NOW = datetime(2026, 11, 21, 8, 30, 0, 123_000, UTC)


def change_of(user: User, current: str = PASSWORD, new: str = NEW) -> pb.ChangePasswordRequest:
    return pb.ChangePasswordRequest(name=user.name, current_password=current, new_password=new)


async def sign_in(service: Any, email: str, password: str = PASSWORD) -> Session:  # noqa: ANN401 - a stub
    session: Session = await service.SignIn(pb.SignInRequest(email=email, password=password))
    return session


def acting_in(session: Session) -> tuple[tuple[str, str], ...]:
    claims = jwt.decode(session.access_token, options={"verify_signature": False})
    return acting_as(session.user, session=claims["sid"])


async def fail(*_: object) -> None:
    raise RuntimeError("killed here")


async def refreshed(service: Any, session: Session) -> str:  # noqa: ANN401 - a stub
    return await outcome(service.RefreshSession(pb.RefreshSessionRequest(refresh_token=session.refresh_token)))


@pytest.mark.parametrize("cleaned", [True, False])
async def test_it_ends_the_other_sessions_in_one_write(
    mongodb_url: str, monkeypatch: pytest.MonkeyPatch, *, cleaned: bool
) -> None:
    if not cleaned:
        monkeypatch.setattr(SessionStore, "end_all_before_password", fail)
    request = registration()
    email = request.user.email
    async with a_service(mongodb_url) as service:
        user = await service.CreateUser(request)
        other, own = await sign_in(service, email), await sign_in(service, email)
        assert await outcome(service.ChangePassword(change_of(user), metadata=acting_in(own))) == "OK"
        assert await refreshed(service, other) == "SESSION_INVALID"
        assert await refreshed(service, own) == "OK"
        assert await outcome(sign_in(service, email)) == "CREDENTIALS_INVALID"
        newest = await sign_in(service, email, NEW)
        again = change_of(user, NEW, PASSWORD)
        assert await outcome(service.ChangePassword(again, metadata=acting_in(newest))) == "OK"
        assert await refreshed(service, newest) == "OK"


async def test_a_session_that_has_ended_is_not_kept(mongodb_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Its document is still there.
    monkeypatch.setattr(SessionStore, "end_all_before_password", fail)
    request = registration()
    email = request.user.email
    async with a_service(mongodb_url) as service:
        user = await service.CreateUser(request)
        first, second = await sign_in(service, email), await sign_in(service, email)
        assert await outcome(service.ChangePassword(change_of(user), metadata=acting_in(second))) == "OK"
        # The access token of the first is valid for some time yet, and so may change the password again.
        again = change_of(user, NEW, PASSWORD)
        assert await outcome(service.ChangePassword(again, metadata=acting_in(first))) == "OK"
        assert [await refreshed(service, each) for each in (first, second)] == ["SESSION_INVALID"] * 2


async def test_a_sign_in_that_is_overtaken_makes_no_session(mongodb_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    request = registration()
    email = request.user.email
    reached, may_insert = asyncio.Event(), asyncio.Event()
    insert = SessionStore.insert

    async def insert_late(store: SessionStore, *given: Any) -> None:  # noqa: ANN401
        reached.set()
        await may_insert.wait()
        await insert(store, *given)

    async with a_service(mongodb_url) as service:
        user = await service.CreateUser(request)
        own = await sign_in(service, email)
        monkeypatch.setattr(SessionStore, "insert", insert_late)
        overtaken = asyncio.create_task(sign_in(service, email))
        await reached.wait()
        assert await outcome(service.ChangePassword(change_of(user), metadata=acting_in(own))) == "OK"
        may_insert.set()
        assert await refreshed(service, await overtaken) == "SESSION_INVALID"


async def test_of_changes_at_once_one_succeeds(mongodb_url: str) -> None:
    async with a_service(mongodb_url) as service:
        user = await service.CreateUser(registration())
        me = acting_as(user.name)
        changes = [service.ChangePassword(change_of(user, new=f"{NEW} {n}"), metadata=me) for n in range(8)]
        assert Counter(await asyncio.gather(*map(outcome, changes))) == {"OK": 1, "CREDENTIALS_INVALID": 7}


async def test_an_update_beside_it_does_not_undo_it(mongodb_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    request = registration()
    async with a_service(mongodb_url) as service:
        user = await service.CreateUser(request)
        me = acting_as(user.name)
        reached, may_write = asyncio.Event(), asyncio.Event()
        update = UserStore.update

        async def update_late(store: UserStore, *given: Any) -> bool:  # noqa: ANN401
            reached.set()
            await may_write.wait()
            return await update(store, *given)

        monkeypatch.setattr(UserStore, "update", update_late)
        update_request = pb.UpdateUserRequest(user=User(name=user.name, display_name="Bea", etag=user.etag))
        updating = asyncio.create_task(outcome(service.UpdateUser(update_request, metadata=me)))
        await reached.wait()
        assert await outcome(service.ChangePassword(change_of(user), metadata=me)) == "OK"
        may_write.set()
        assert await updating == "OK"
        assert await outcome(sign_in(service, request.user.email, NEW)) == "OK"


async def test_it_leaves_what_others_see_and_the_registration_can_be_repeated(mongodb_url: str) -> None:
    request = registration()
    async with a_service(mongodb_url) as service:
        user = await service.CreateUser(request)
        me = acting_as(user.name)
        for current, new in ((PASSWORD, NEW), (NEW, f"{NEW} again")):
            assert await outcome(service.ChangePassword(change_of(user, current, new), metadata=me)) == "OK"
        assert await service.GetUser(pb.GetUserRequest(name=user.name), metadata=me) == user
        assert await service.CreateUser(request) == user
        request.user.password = f"{NEW} again"
        assert await outcome(service.CreateUser(request)) == "REQUEST_ID_REUSED"


async def test_nobody_else_can_and_a_deleted_user_cannot(mongodb_url: str) -> None:
    async with a_service(mongodb_url) as service:
        user = await service.CreateUser(registration())
        for other in (acting_as("users/eve"), acting_as("users/root", "keeper")):
            assert await outcome(service.ChangePassword(change_of(user), metadata=other)) == "USER_NOT_FOUND"
        await service.DeleteUser(pb.DeleteUserRequest(name=user.name), metadata=acting_as(user.name))
        change = service.ChangePassword(change_of(user), metadata=acting_as(user.name))
        assert await outcome(change) == "USER_NOT_FOUND"


async def test_a_wrong_password_costs_as_much_as_a_right_one(mongodb_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def hashed(*given: Any) -> str:  # noqa: ANN401
        done.append("hash")
        return hash_password(*given)

    def matched(*given: Any) -> bool:  # noqa: ANN401
        done.append("match")
        return matches_password(*given)

    async with a_service(mongodb_url) as service:
        user = await service.CreateUser(registration())
        monkeypatch.setattr(hasher, "hash_password", hashed)
        monkeypatch.setattr(hasher, "matches_password", matched)
        for current, expected in ((f"{PASSWORD}!", "CREDENTIALS_INVALID"), (PASSWORD, "OK")):
            done.clear()
            change = service.ChangePassword(change_of(user, current), metadata=acting_as(user.name))
            assert await outcome(change) == expected
            assert done == ["hash", "match"]


async def test_the_documents_of_ended_sessions_are_removed(mongodb_url: str) -> None:
    database = Database(mongodb_url)
    store = SessionStore(database)
    ada = new_user("ada", Profile("a@shop.test", "Ada"), "hash", NOW).with_password("second", None)
    # Each id says how often the password had been changed at the sign-in.
    for user, session in (("ada", "0"), ("ada", "0-kept"), ("ada", "1"), ("ada", "2"), ("bea", "0-bea")):
        changes = int(session[0])
        fields = {"create_time": NOW, "expire_time": NOW + timedelta(days=30)}
        await store.insert(StoredSession(id=session, user=user, password_changes=changes, **fields))
    changed = ada.with_password("third", "0-kept")
    await store.end_all_before_password(changed)
    left = [each for each in ("0", "0-kept", "1", "2", "0-bea") if await store.find(each)]
    await database.close()
    assert left == ["0-kept", "2", "0-bea"]
