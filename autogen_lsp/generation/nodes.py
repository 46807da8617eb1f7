"""One node of a reply's syntax tree into what it is: its names, whether it does anything, and how to speak of it."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_LONGEST_ANNOTATION = 200  # characters of a string that may be a quoted annotation


def is_placeholder(node: ast.stmt) -> bool:
    """Whether a function does nothing but `pass`, ``...`` or raise NotImplementedError, or a class has such a method.

    An empty class is none (an exception often is one), nor an abstract method, an overload or a Protocol's member.
    """
    if isinstance(node, ast.ClassDef):
        if any(source_of(base).split("[")[0].rpartition(".")[2] == "Protocol" for base in node.bases):
            return False
        return any(is_placeholder(child) for child in node.body if isinstance(child, DEFINITIONS))
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    marks = {source_of(mark).rpartition(".")[2] for mark in node.decorator_list}
    return not marks & {"abstractmethod", "overload"} and all(_does_nothing(statement) for statement in node.body)


def bound_names(node: ast.stmt) -> list[str]:
    """Names that a definition or an assignment binds, of attributes their last part."""
    return [node.name] if isinstance(node, DEFINITIONS) else list(targets_of(node))


def defined_names(module: ast.Module) -> list[str]:
    """Names of the functions and classes that a reply defines, its classes' methods as ``Class.method``."""
    names = []
    for node in module.body:
        if isinstance(node, DEFINITIONS):
            names.append(node.name)
        if isinstance(node, ast.ClassDef):
            names += [f"{node.name}.{child.name}" for child in node.body if isinstance(child, DEFINITIONS)]
    return names


def source_of(node: ast.AST | None) -> str:
    """The node as text; '' for none, and for one that is nested too deeply to be written by people."""
    try:
        return ast.unparse(node) if node is not None else ""
    except RecursionError:
        return ""


def is_literal(node: ast.stmt) -> bool:
    """Whether a statement binds plain names to a literal."""
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None or not list(targets_of(node)):
        return False
    try:
        ast.literal_eval(node.value)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return False
    return True


def is_type_variable(node: ast.stmt) -> bool:
    """Whether a statement makes a type variable or a new type, ``T = TypeVar("T")``, and calls nothing else."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
        return False
    made = source_of(node.value.func).rpartition(".")[2] in ("TypeVar", "TypeVarTuple", "ParamSpec", "NewType")
    return made and sum(isinstance(each, ast.Call) for each in ast.walk(node.value)) == 1


def is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def describe(node: ast.stmt) -> str:
    if isinstance(node, DEFINITIONS):
        return f"'{node.name}'"
    names = list(targets_of(node))
    return f"'{names[0]} = …'" if names else f"{type(node).__name__.lower()} statement"


def quoted_names(text: str) -> frozenset[str]:
    """Names in a string, as if it were an annotation."""
    if len(text) > _LONGEST_ANNOTATION or not text.isprintable():
        return frozenset()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expression = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    return frozenset(node.id for node in ast.walk(expression) if isinstance(node, ast.Name))


def _does_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Pass) or is_docstring(statement):
        return True
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant) and statement.value.value is ...
    if isinstance(statement, ast.Raise) and statement.exc is not None:
        raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
        return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    return False


def targets_of(node: ast.stmt) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    for target in targets:
        if isinstance(target, ast.Name):
            yield target.id
        elif isinstance(target, ast.Attribute):
            yield target.attr
