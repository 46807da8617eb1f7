"""Where else a method is defined that a class lacks: in its bases and subclasses, in protocols, in what implements it.

Classes and definitions out, in an order that does not matter; which of them counts is the business of `overrides`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from autogen_lsp.analysis import classes, functions
from autogen_lsp.analysis.model import Target
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import Form, Type
from autogen_lsp.syntax.model import Symbol, SymbolKind

_MAX_DEFINITIONS = 60


def own_type(lookup: Lookup, target: Target, owner: str) -> Type:
    """What ``self`` is in the class of the target."""
    bare = Type(Form.INSTANCE, owner, lookup.module_name(target.path), path=target.path)
    return replace(bare, args=classes.own_parameters(lookup, bare))


def in_bases(lookup: Lookup, target: Target, owner: str) -> list[tuple[Type, Symbol]]:
    """The method that the definition will override, if there is one."""
    for base in list(classes.mro(lookup, own_type(lookup, target, owner)))[1:]:
        symbols = lookup.symbols(base.path, f"{base.name}.{target.name}") if base.path is not None else []
        if symbols and all(each.kind == SymbolKind.FUNCTION and each.signature is not None for each in symbols):
            return [(base, symbols[0] if len(symbols) == 1 else functions.of_overloads(symbols))]
        if symbols:
            return []
    return []


def in_siblings(lookup: Lookup, target: Target, owner: str) -> list[tuple[Type, Symbol]]:
    """What the definition will override where its class is mixed in before another: in the bases of a subclass."""
    out: list[tuple[Type, Symbol]] = []
    for path, symbol in lookup.project.derived(owner.rpartition(".")[2])[:_MAX_DEFINITIONS]:
        derived = Type(Form.INSTANCE, symbol.qualname, lookup.module_name(path), path=path)
        line = list(classes.mro(lookup, derived))
        after = [i for i, base in enumerate(line) if (base.name, base.path) == (owner, target.path)]
        for base in line[after[0] + 1 :] if after else ():
            symbols = lookup.symbols(base.path, f"{base.name}.{target.name}") if base.path is not None else []
            if len(symbols) == 1 and symbols[0].kind == SymbolKind.FUNCTION and symbols[0].signature is not None:
                out += [(base, symbols[0])] if (base, symbols[0]) not in out else []
                break
    return out


def in_protocols(lookup: Lookup, target: Target, owner: str) -> list[tuple[Type, Symbol]]:
    """The method in a protocol of which the class has all else."""
    instance = Type(Form.INSTANCE, owner, lookup.module_name(target.path), path=target.path)
    out: list[tuple[Type, Symbol]] = []
    if classes.is_protocol(lookup, instance):
        return out  # it says itself what others must have
    for path, symbol in lookup.project.definitions(target.name)[:_MAX_DEFINITIONS]:
        protocol = Type(Form.INSTANCE, symbol.parent, lookup.module_name(path), path=path)
        if symbol.kind != SymbolKind.FUNCTION or symbol.signature is None or "." not in symbol.qualname:
            continue
        if classes.is_protocol(lookup, protocol) and classes.satisfies(lookup, instance, protocol, but=target.name):
            out.append((protocol, symbol))
    return out


def in_implementers(lookup: Lookup, target: Target, owner: str) -> Iterator[tuple[Type, Symbol]]:
    """The method in the classes that have all else of the protocol that the target is a method of."""
    protocol = Type(Form.INSTANCE, owner, lookup.module_name(target.path), path=target.path)
    if not classes.is_protocol(lookup, protocol):
        return
    for path, symbol in lookup.project.definitions(target.name)[:_MAX_DEFINITIONS]:
        instance = Type(Form.INSTANCE, symbol.parent, lookup.module_name(path), path=path)
        if symbol.kind != SymbolKind.FUNCTION or symbol.signature is None or "." not in symbol.qualname:
            continue
        if not classes.is_protocol(lookup, instance) and classes.satisfies(lookup, instance, protocol):
            yield instance, symbol


def in_subclasses(lookup: Lookup, target: Target, owner: str) -> Iterator[tuple[Type, Symbol]]:
    """The method in subclasses that override the target itself, and not one that another of them has."""
    for path, symbol in lookup.project.definitions(target.name)[:_MAX_DEFINITIONS]:
        if symbol.kind != SymbolKind.FUNCTION or symbol.signature is None or "." not in symbol.qualname:
            continue
        subclass = Type(Form.INSTANCE, symbol.parent, lookup.module_name(path), path=path)
        for base in list(classes.mro(lookup, subclass))[1:]:
            if (base.name, base.path) == (owner, target.path):
                yield subclass, symbol
                break
            if base.path is not None and lookup.symbols(base.path, f"{base.name}.{target.name}"):
                break
