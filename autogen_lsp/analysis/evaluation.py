"""How the parts of inference ask for the type of another expression, without knowing `infer`, which knows them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tree_sitter import Node

from autogen_lsp.analysis import applied, classes
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import Type, union

MAX_DEPTH = 24  # of questions that a question leads to
CUT = 1_000  # the depth of an answer that was cut short
_ELSEWHERE = 5  # what looking into another function's body costs


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A question about a type, ``depth`` questions down; calling it asks the next one."""

    lookup: Lookup
    depth: int
    ask: Callable[[Evaluation, Path, Node], Type | None]

    def may_ask(self) -> bool:
        """Whether the question is not too deep; in either case the look-up notes how deep it is."""
        if self.depth > MAX_DEPTH:
            self.lookup.deepest = CUT + self.depth
            return False
        self.lookup.deepest = max(self.lookup.deepest, self.depth)
        return True

    def __call__(self, path: Path, node: Node | None) -> Type | None:
        """The type of an expression of a file, not known where there is none."""
        return None if node is None else self.ask(self, path, node)

    def field(self, path: Path, node: Node, name: str) -> Type | None:
        """The type of a part of an expression."""
        return self(path, node.child_by_field_name(name))

    def deeper(self, by: int = 1) -> Evaluation:
        return Evaluation(self.lookup, self.depth + by, self.ask)

    def inside(self, function: Type, node: Node) -> Type | None:
        """The type of an expression in the body of a function."""
        return None if function.path is None else self.deeper(_ELSEWHERE)(function.path, node)

    def method(self, instance: Type, name: str, *given: Type | None) -> Type | None:
        """What a method gives for arguments of the given types."""
        inner = Evaluation(self.lookup, MAX_DEPTH // 2, self.ask)
        return applied.result_of_method(self.lookup, instance, name, given, inner.inside)

    def union(self, types: Iterable[Type | None]) -> Type | None:
        return union(types, lambda narrow, wide: classes.is_subtype(self.lookup, narrow, wide))
