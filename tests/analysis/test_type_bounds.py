"""Types that grow with the program stay small: unions of many members, and what is nested in itself."""

from __future__ import annotations

from autogen_lsp.analysis.types import Type, builtin, members, named, parts, union


def _iterator(of: Type | None) -> Type:
    return named("collections.abc", "Iterator", of)


def _nested(innermost: str, levels: int) -> Type | None:
    type_: Type | None = named("module", innermost)
    for _ in range(levels):
        type_ = union([builtin("tuple", type_, _iterator(type_)), named("collections.abc", "Sequence", type_)])
    return type_


def test_unions_of_nested_types_stay_small() -> None:
    found = union(_iterator(_nested(name, 12)) for name in ("A", "B", "C", "D"))
    assert sum(1 for _ in parts(found)) < 500


def test_of_very_many_members_nothing_is_known() -> None:
    assert union(named("module", f"C{n}") for n in range(100)) is None


def test_what_lies_shallow_is_kept() -> None:
    kept = builtin("dict", builtin("str"), builtin("list", builtin("tuple", builtin("int"), named("module", "C"))))
    assert list(members(union([kept, builtin("str")]))) == [kept, builtin("str")]


def test_elements_of_a_subclass_are_absorbed() -> None:
    base, derived = named("module", "Base"), named("module", "Derived")

    def is_subclass(narrow: Type, wide: Type) -> bool:
        return (narrow, wide) == (derived, base)

    wide = _iterator(union([base, builtin("int")]))
    assert union([wide, _iterator(derived)], is_subclass) == wide
    assert union([wide, _iterator(builtin("str"))], is_subclass) != wide
