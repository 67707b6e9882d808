"""Roles, scopes, and the one-log rule."""

from __future__ import annotations

import pytest

from replay.errors import Invalid
from server.access import Forbidden, Identity, Role
from server.access.identity import in_order


def bearer(*roles: Role, logs: list[str] | None = None) -> Identity:
    return Identity("tok_1", "phone", frozenset(roles), None if logs is None else frozenset(logs))


@pytest.mark.parametrize(
    ("held", "allowed"),
    [
        (("read",), {"read"}),
        (("ingest",), {"ingest"}),
        (("read", "ingest"), {"read", "ingest"}),
        (("admin",), {"read", "ingest", "admin"}),
        ((), set()),
    ],
)
def test_admin_implies_the_other_roles_and_they_imply_nothing(
    held: tuple[Role, ...], allowed: set[Role]
) -> None:
    roles: tuple[Role, ...] = ("read", "ingest", "admin")
    assert {role for role in roles if bearer(*held).allows(role)} == allowed


def test_a_token_without_logs_may_use_every_one() -> None:
    assert bearer("read").may("park")
    assert bearer("read").only_log is None


def test_a_token_with_logs_may_use_those_alone() -> None:
    phone = bearer("read", logs=["park", "museum"])
    assert phone.may("park")
    assert not phone.may("default")
    assert phone.only_log is None
    with pytest.raises(Forbidden) as caught:
        phone.check("default", index=3)
    assert (caught.value.field, caught.value.index) == ("log", 3)


def test_admin_is_limited_to_its_logs_too() -> None:
    assert not bearer("admin", logs=["park"]).may("museum")


@pytest.mark.parametrize("blank", [None, ""])
def test_the_one_log_is_the_only_one_of_the_token_else_default(blank: str | None) -> None:
    assert bearer("read", logs=["park"]).one_log(blank) == "park"
    assert bearer("read").one_log(blank) == "default"
    assert bearer("read", logs=["default", "park"]).one_log(blank) == "default"


def test_the_log_asked_for_comes_first() -> None:
    assert bearer("read").one_log("park") == "park"
    assert bearer("read", logs=["museum", "park"]).one_log("park") == "park"


def test_a_log_outside_the_token_is_forbidden() -> None:
    with pytest.raises(Forbidden, match="may not use the log 'museum'"):
        bearer("read", logs=["park"]).one_log("museum")


def test_a_token_for_several_logs_without_default_must_name_one() -> None:
    with pytest.raises(Forbidden, match=r"name one with \?log="):
        bearer("read", logs=["museum", "park"]).one_log()


def test_a_log_that_is_no_name_is_invalid() -> None:
    with pytest.raises(Invalid) as caught:
        bearer("read").one_log("..")
    assert caught.value.field == "log"


def test_a_collection_covers_the_log_asked_for_else_all_that_may_be_read() -> None:
    assert bearer("read").all_logs() is None
    assert bearer("read", logs=["museum", "park"]).all_logs() == frozenset({"museum", "park"})
    assert bearer("read", logs=["museum", "park"]).all_logs("park") == frozenset({"park"})
    with pytest.raises(Forbidden):
        bearer("read", logs=["park"]).all_logs("museum")


def test_roles_are_shown_the_weakest_first() -> None:
    assert in_order(frozenset(("admin", "read", "ingest"))) == ["read", "ingest", "admin"]
