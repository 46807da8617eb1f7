"""What a function's body uses of its project, read from the original with `ast`: the truth of benchmarks/context.py.

Kept apart from the package on purpose: it shares no code with what it measures. A use is a module-level name of the
same file, a name imported from the project, an attribute of ``self``/``cls``, or an attribute of an imported module
of the project; each comes with the lines that define it, found through re-exports, star imports and base classes.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path

_DEPTH = 8  # re-exports and base classes followed

type Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Module:
    """One file: its lines, and definitions by name: (line number of the definition) per module-level name and class."""

    path: Path
    name: str
    lines: list[str]
    tree: ast.Module
    names: dict[str, list[int]] = field(default_factory=dict)
    imports: dict[str, tuple[str, str | None]] = field(default_factory=dict)  # local name → (module, name or None)
    stars: list[str] = field(default_factory=list)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """A function to mask: the uses of its body, as use → definition lines (stripped; any of them will do)."""

    path: Path
    qualname: str
    node: Function = field(repr=False)
    uses: dict[str, frozenset[str]] = field(hash=False)


def load(root: Path, files: list[Path]) -> dict[str, Module]:
    """The project's modules by dotted name. Files that do not parse are passed over."""
    modules: dict[str, Module] = {}
    for path in files:
        try:
            text = path.read_text(encoding="utf-8")
            tree = ast.parse(text)
        except (OSError, ValueError, SyntaxError, RecursionError):
            continue
        module = Module(path, _module_name(root, path), text.split("\n"), tree)
        _bind(module, tree.body)
        modules[module.name] = module
    return modules


def cases(modules: dict[str, Module], module: Module) -> list[Case]:
    """All functions and methods of a module whose body uses something of the project."""
    found: list[Case] = []

    def visit(body: list[ast.stmt], prefix: str, owner: ast.ClassDef | None) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                uses = _uses(modules, module, node, owner)
                if uses and not _is_stub(node):
                    found.append(Case(module.path, prefix + node.name, node, uses))
            elif isinstance(node, ast.ClassDef):
                visit(node.body, f"{prefix}{node.name}.", node)

    visit(module.tree.body, "", None)
    names = [case.qualname for case in found]
    return [case for case in found if names.count(case.qualname) == 1]  # overloads and setters: which one is meant?


def masked(module: Module, node: Function) -> str:
    """The file's text with this function's body (its docstring stays) replaced by ``raise NotImplementedError``."""
    body = node.body
    first: ast.stmt | ast.expr = (
        body[1] if ast.get_docstring(node, clean=False) is not None and len(body) > 1 else body[0]
    )
    lines = module.lines
    if isinstance(first, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and first.decorator_list:
        first = first.decorator_list[0]
        return "\n".join(
            [
                *lines[: first.lineno - 1],
                f"{' ' * (first.col_offset - 1)}raise NotImplementedError",
                *lines[node.end_lineno or 0 :],
            ]
        )
    if first.lineno == node.lineno or lines[first.lineno - 1][: first.col_offset].strip():  # on the line of the `def`
        head = lines[first.lineno - 1].encode()[: first.col_offset].decode()
        return "\n".join(
            [*lines[: first.lineno - 1], head + "raise NotImplementedError", *lines[node.end_lineno or 0 :]]
        )
    indent = " " * first.col_offset
    if lines[first.lineno - 1].startswith("\t"):
        indent = lines[first.lineno - 1][: first.col_offset]
    return "\n".join([*lines[: first.lineno - 1], f"{indent}raise NotImplementedError", *lines[node.end_lineno or 0 :]])


def _module_name(root: Path, path: Path) -> str:
    parts = [path.stem] if path.stem != "__init__" else []
    folder = path.parent
    while (folder / "__init__.py").exists() and folder != root.parent:
        parts.insert(0, folder.name)
        folder = folder.parent
    return ".".join(parts) if len(parts) > 1 or path.stem == "__init__" else f"{folder.name}:{path.stem}"


def _bind(module: Module, body: list[ast.stmt]) -> None:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            module.names.setdefault(node.name, []).append(node.lineno)
            if isinstance(node, ast.ClassDef):
                module.classes.setdefault(node.name, node)
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                for name in ast.walk(target):
                    if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
                        module.names.setdefault(name.id, []).append(node.lineno)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname:
                    module.imports[alias.asname] = (alias.name, None)
                else:
                    top = alias.name.partition(".")[0]
                    module.imports[top] = (top, None)
        elif isinstance(node, ast.ImportFrom):
            source = _absolute(module, node)
            for alias in node.names:
                if alias.name == "*":
                    module.stars.append(source)
                else:
                    module.imports[alias.asname or alias.name] = (source, alias.name)
        else:
            for attribute in ("body", "orelse", "finalbody"):
                _bind(module, getattr(node, attribute, None) or [])
            for handler in getattr(node, "handlers", None) or []:
                _bind(module, handler.body)


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    keep = len(parts) - node.level + (module.path.stem == "__init__")
    return ".".join([*parts[: max(keep, 0)], *([node.module] if node.module else [])])


def _lines(module: Module, numbers: list[int]) -> frozenset[str]:
    return frozenset(filter(None, (module.lines[n - 1].strip() for n in numbers)))


def _resolve(modules: dict[str, Module], name: str, attribute: str, depth: int = 0) -> tuple[Module, str] | None:
    """The module and name where an attribute of a module is really defined; ('', module) for a submodule."""
    module = modules.get(name)
    if module is None or depth > _DEPTH:
        return None
    if attribute in module.names:
        return module, attribute
    if attribute in module.imports:
        source, original = module.imports[attribute]
        if original is None:
            return (modules[source], "") if source in modules else None
        found = _resolve(modules, source, original, depth + 1)
        if found is None and f"{source}.{original}" in modules:
            return modules[f"{source}.{original}"], ""
        return found
    for star in module.stars:
        found = _resolve(modules, star, attribute, depth + 1)
        if found is not None:
            return found
    submodule = modules.get(f"{name}.{attribute}")
    return (submodule, "") if submodule is not None else None


def _uses(
    modules: dict[str, Module], module: Module, node: Function, owner: ast.ClassDef | None
) -> dict[str, frozenset[str]]:
    local = {a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)}
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    span = range(body[0].lineno if body else node.lineno + 1, (node.end_lineno or node.lineno) + 1)
    inner = dict(module.imports)
    nodes = [each for statement in body for each in ast.walk(statement)]
    for each in nodes:
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            local.add(each.id)
        elif isinstance(each, ast.arg):
            local.add(each.arg)
        elif isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.ExceptHandler):
            if each.name is not None:
                local.add(each.name)
        elif isinstance(each, ast.ImportFrom):
            inner |= {a.asname or a.name: (_absolute(module, each), a.name) for a in each.names}
        elif isinstance(each, ast.Import):
            inner |= {
                a.asname or a.name.partition(".")[0]: (a.name if a.asname else a.name.partition(".")[0], None)
                for a in each.names
            }
    for each in nodes:
        if isinstance(each, ast.Global):
            local -= set(each.names)
    parameters = [*node.args.posonlyargs, *node.args.args]
    receiver = parameters[0].arg if owner is not None and parameters else None
    if any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in node.decorator_list):
        receiver = None
    uses: dict[str, frozenset[str]] = {}
    for each in nodes:
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load) and each.id not in local:
            if each.id == node.name and owner is None:
                continue
            lines = _name_lines(modules, module, inner, each.id)
            if lines:
                uses[each.id] = lines
        elif isinstance(each, ast.Attribute):
            base = each.value
            if isinstance(base, ast.Name) and base.id == receiver and owner is not None:
                lines = _member_lines(modules, module, owner, each.attr, span)
                if lines:
                    uses[f"self.{each.attr}"] = lines
            else:
                target = _module_of(modules, module, inner, local, base)
                found = _resolve(modules, target.name, each.attr) if target is not None else None
                if found is not None and found[1]:
                    lines = _lines(found[0], found[0].names[found[1]])
                    uses[f"{ast.unparse(base)}.{each.attr}"] = lines
    return uses


def _name_lines(
    modules: dict[str, Module], module: Module, imports: dict[str, tuple[str, str | None]], name: str
) -> frozenset[str]:
    if name in module.names:
        return _lines(module, module.names[name])
    found = None
    if name in imports:
        source, original = imports[name]
        found = _resolve(modules, source, original) if original is not None else None
    else:
        for star in module.stars:
            found = found or _resolve(modules, star, name)
    return _lines(found[0], found[0].names[found[1]]) if found is not None and found[1] else frozenset()


def _module_of(
    modules: dict[str, Module],
    module: Module,
    imports: dict[str, tuple[str, str | None]],
    local: set[str],
    node: ast.expr,
) -> Module | None:
    """The project module that an expression names (``mod`` or ``pkg.mod``), None for anything else."""
    if isinstance(node, ast.Name):
        if node.id in local or node.id not in imports:
            return None
        source, original = imports[node.id]
        if original is None:
            return modules.get(source)
        found = _resolve(modules, source, original)
        if found is None:
            return modules.get(f"{source}.{original}")
        return found[0] if not found[1] else None
    if isinstance(node, ast.Attribute):
        parent = _module_of(modules, module, imports, local, node.value)
        if parent is not None:
            found = _resolve(modules, parent.name, node.attr)
            return found[0] if found is not None and not found[1] else modules.get(f"{parent.name}.{node.attr}")
    return None


def _member_lines(
    modules: dict[str, Module], module: Module, owner: ast.ClassDef, name: str, masked_span: range, depth: int = 0
) -> frozenset[str]:
    numbers: list[int] = []
    for node in owner.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name:
            numbers.append(node.lineno)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(t, ast.Name) and t.id == name for target in targets for t in ast.walk(target)):
                numbers.append(node.lineno)
    if not numbers:
        for inner in ast.walk(owner):
            if isinstance(inner, ast.Assign | ast.AnnAssign):
                targets = inner.targets if isinstance(inner, ast.Assign) else [inner.target]
                for target in targets:
                    for each in ast.walk(target):
                        if (
                            isinstance(each, ast.Attribute)
                            and isinstance(each.ctx, ast.Store)
                            and each.attr == name
                            and isinstance(each.value, ast.Name)
                            and each.value.id in ("self", "cls")
                            and inner.lineno not in masked_span
                        ):
                            numbers.append(inner.lineno)
    if numbers:
        return _lines(module, [n for n in numbers if n not in masked_span])
    if depth > _DEPTH:
        return frozenset()
    for base in owner.bases:
        found: tuple[Module, str] | None = None
        if isinstance(base, ast.Name):
            if base.id in module.classes:
                found = module, base.id
            elif base.id in module.imports:
                source, original = module.imports[base.id]
                found = _resolve(modules, source, original) if original else None
        elif isinstance(base, ast.Attribute):
            parent = _module_of(modules, module, module.imports, set(), base.value)
            found = _resolve(modules, parent.name, base.attr) if parent else None
        if found is not None and found[1] in found[0].classes:
            inherited = found[0].classes[found[1]]
            if inherited is owner:
                continue
            lines = _member_lines(
                modules, found[0], inherited, name, masked_span if found[0] is module else range(0), depth + 1
            )
            if lines:
                return lines
    return frozenset()


def _is_stub(node: Function) -> bool:
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    return all(isinstance(each, ast.Pass | ast.Raise) for each in body) or (
        len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    )
