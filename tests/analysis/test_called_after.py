"""A function that is called after a class gives it, where its uses say so."""

from __future__ import annotations

import pytest

from tests.support.actions import workspace

_USER = "class User:\n    id: int\n    email: str\n\n\n"


@pytest.mark.parametrize(
    ("use", "head"),
    [
        (
            "def g(e: str) -> str:\n    u = $0find_user(e)\n    if u is None or not u.email:\n        raise OSError\n"
            "    return f'{u.id}'\n",
            "def find_user(e: str) -> User | None:",
        ),
        ("async def g() -> None:\n    print((await $0current_user()).email)\n", "async def current_user() -> User:"),
        ("def g():\n    return [u.email for u in $0users()]\n", "def users() -> Iterable[User]:"),
        # one more member is yet to be created
        ("def g():\n    u = $0user(1)\n    return u.email + u.nick\n", "def user(arg1: int) -> User:"),
        ("def g():\n    u = $0find_user()\n    return u.age + u.nick\n", "def find_user():"),
        ("def g():\n    u = $0find_user()\n    print(u)\n", "def find_user():"),
        ("def g():\n    u = $0find_user()\n    return u.email + u[0]\n", "def find_user():"),
        ("def g():\n    u = $0find_person()\n    return u.email\n", "def find_person():"),
    ],
)
def test_what_a_function_is_called_after(use: str, head: str) -> None:
    with workspace(_USER + use) as space:
        assert space.plan().skeleton.splitlines()[0] == head


def test_the_class_may_be_known_where_the_method_is_called() -> None:
    repo = "//- repo.py\nclass Repo: ...\n//- user.py\nclass User:\n    email: str\n"
    use = "//- main.py\nfrom repo import Repo\nfrom user import User\n\n\ndef g(repo: Repo):\n"
    with workspace(f"{repo}{use}    u = repo.$0get_user(1)\n    return u.email\n") as space:
        assert space.plan().skeleton.splitlines()[0] == "def get_user(self, arg1: int) -> User:"
