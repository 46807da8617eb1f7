import ast

import pytest

from autogen_lsp import errors
from autogen_lsp.backends.scripted import ScriptedBackend
from autogen_lsp.backends.skeleton import SkeletonBackend
from autogen_lsp.backends.standin import plausible


async def test_skeleton_backend_answers_with_the_skeleton_for_nothing(prompt, report):
    backend = SkeletonBackend()
    completion = await backend.complete(prompt, report)
    assert completion.text == f"```python\n{prompt.skeleton}```\n"
    assert (backend.paid, completion.cost) == (False, 0.0)


async def test_scripted_backend_gives_its_replies_in_order_and_keeps_the_prompts(prompt, report):
    async def slow(given):
        return f"for {given.name}"

    backend = ScriptedBackend(["one", lambda given: given.name, slow, errors.ServiceFailed("no")], cost=0.5)
    assert [(await backend.complete(prompt, report)).text for _ in range(3)] == ["one", "total", "for total"]
    with pytest.raises(errors.ServiceFailed, match="no"):
        await backend.complete(prompt, report)
    with pytest.raises(errors.ServiceFailed, match="no reply left"):
        await backend.complete(prompt, report)
    assert backend.prompts == [prompt] * 5


def fenced(reply: str) -> str:
    return reply.split("```python\n")[1].split("\n```")[0]


@pytest.mark.parametrize(
    ("skeleton", "expected"),
    [
        ("def f(a: int) -> str:\n    raise NotImplementedError\n", "result = ''"),
        ("async def f(a, b):\n    ...\n", "result = a"),
        ('def f() -> dict[str, int]:\n    """Doc."""\n    pass\n', "result = {}"),
        ("class C:\n    def m(self) -> typing.List[int]:\n        ...\n", "result = []"),
        ('def f() -> "bool":\n    raise NotImplementedError("f")\n', "result = False"),
    ],
)
def test_stand_in_completes_the_last_definition_in_the_prompt(skeleton, expected):
    prompt = f"Context:\n\n```python\ndef other():\n    ...\n```\n\nComplete:\n\n````python\n{skeleton}````\n"
    code = fenced(plausible(prompt))
    assert expected in code and "other" not in code
    assert "NotImplementedError" not in code
    ast.parse(code)


def test_stand_in_leaves_written_bodies_alone():
    assert "return 1" in plausible("```python\ndef f():\n    return 1\n```")


def test_stand_in_without_a_definition_says_so():
    assert "no definition" in plausible("Hello.\n```python\nnot python at all ((\n```\n")
