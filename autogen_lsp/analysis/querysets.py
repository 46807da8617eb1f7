"""What Django's managers and query sets give, which its code does not say: ``Book.objects.first()`` gives a ``Book``.

Source: "QuerySet API reference" of Django's documentation. Methods that change what the items are (``values``,
``dates``) give what is not known, and so do those of managers that a project writes.
"""

from __future__ import annotations

from autogen_lsp.analysis import classes
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import NONE, Form, Type, builtin, union

_MODEL = ("django.db.models.base", "Model")
_QUERY_SET = ("django.db.models.query", "QuerySet")
_MANAGER = ("django.db.models.manager", "Manager")
_ONE = frozenset({"get", "create", "latest", "earliest"})
_PERHAPS = frozenset({"first", "last"})
_FOUND_OR_MADE = frozenset({"get_or_create", "update_or_create"})
_MANY = frozenset(
    {
        "all", "filter", "exclude", "annotate", "alias", "order_by", "reverse", "distinct", "none", "union",
        "intersection", "difference", "select_related", "prefetch_related", "extra", "defer", "only", "using",
        "select_for_update", "raw", "get_queryset",
    }
)  # fmt: skip
METHODS = _ONE | _PERHAPS | _FOUND_OR_MADE | _MANY
MANAGERS = frozenset({"objects", "_default_manager", "_base_manager"})
SHORTCUTS = frozenset({"get_object_or_404", "get_list_or_404"})


def manager_of(lookup: Lookup, model: Type, name: str) -> Type | None:
    """The manager that Django gives to a model, where that has none of its own."""
    if name not in MANAGERS:
        return None
    is_model = any((each.module, each.name) == _MODEL for each in classes.mro(lookup, model))
    return _of_model(lookup, _MANAGER, model) if is_model else None


def given_by(lookup: Lookup, receiver: Type | None, method: str) -> Type | None:
    """What a method of a manager, or of a query set, gives; None for what is neither."""
    model = _model_of(receiver, _QUERY_SET, _MANAGER)
    if model is None:
        return None
    if method in _ONE:
        return model
    if method in _PERHAPS:
        return union((model, NONE))
    if method in _FOUND_OR_MADE:
        return builtin("tuple", model, builtin("bool"))
    return _of_model(lookup, _QUERY_SET, model) if method in _MANY else None


def items_of(type_: Type | None) -> Type | None:
    """What going through a query set gives; None for what is none."""
    return _model_of(type_, _QUERY_SET)


def _of_model(lookup: Lookup, holder: tuple[str, str], model: Type) -> Type:
    module, name = holder
    return Type(Form.INSTANCE, name, module, (model,), lookup.module_file(module))


def _model_of(type_: Type | None, *holders: tuple[str, str]) -> Type | None:
    """The model of one of these, where no stubs say more; None for anything else."""
    if type_ is None or type_.form is not Form.INSTANCE or (type_.module, type_.name) not in holders:
        return None
    has_stubs = type_.path is not None and type_.path.suffix == ".pyi"
    return type_.args[0] if len(type_.args) == 1 and not has_stubs else None


def by_shortcut(name: str, asked: Type | None) -> Type | None:
    """What ``get_object_or_404`` and ``get_list_or_404`` give for a model, a manager or a query set."""
    is_class = asked is not None and asked.form is Form.CLASS
    model = asked.args[0] if asked is not None and is_class else _model_of(asked, _QUERY_SET, _MANAGER)
    return model if model is None or name == "get_object_or_404" else builtin("list", model)
