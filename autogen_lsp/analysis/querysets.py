"""What Django's managers and query sets give, which its code does not say: ``Book.objects.first()`` gives a ``Book``.

Source: "QuerySet API reference" of Django's documentation. Methods that change what the items are (``values``,
``dates``) give what is not known, and so do those of managers that a project writes.
"""

from __future__ import annotations

from autogen_lsp.analysis import classes
from autogen_lsp.analysis.names import Lookup
from autogen_lsp.analysis.types import NONE, Form, Type, builtin, union

_MODEL = ("django.db.models.base", "Model")
_QUERY_SET, _MANAGER = "django.db.models.query.QuerySet", "django.db.models.manager.Manager"
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
    base = next((each for each in classes.mro(lookup, model) if (each.module, each.name) == _MODEL), None)
    home = lookup.module_file("django.db.models.manager")
    return Type(Form.INSTANCE, "Manager", _MODEL[0].replace("base", "manager"), (model,), home) if base else None


def given_by(lookup: Lookup, receiver: Type | None, method: str) -> Type | None:
    """What a method of a manager, or of a query set, gives; None for what is neither."""
    model = _model_of(receiver) if receiver is not None and receiver.is_a(_QUERY_SET, _MANAGER) else None
    if model is None:
        return None
    if method in _ONE:
        return model
    if method in _PERHAPS:
        return union((model, NONE))
    if method in _FOUND_OR_MADE:
        return builtin("tuple", model, builtin("bool"))
    if method not in _MANY:
        return None
    home = lookup.module_file("django.db.models.query")
    return Type(Form.INSTANCE, "QuerySet", "django.db.models.query", (model,), home)


def items_of(type_: Type | None) -> Type | None:
    """What going through a query set gives; None for what is none."""
    return _model_of(type_) if type_ is not None and type_.is_a(_QUERY_SET) else None


def _model_of(held: Type) -> Type | None:
    """The model, where no stubs say more."""
    has_stubs = held.path is not None and held.path.suffix == ".pyi"
    return held.args[0] if len(held.args) == 1 and not has_stubs else None


def by_shortcut(name: str, asked: Type | None) -> Type | None:
    """What ``get_object_or_404`` and ``get_list_or_404`` give for a model, a manager or a query set."""
    if asked is None:
        return None
    model = asked.args[0] if asked.form is Form.CLASS else None
    model = _model_of(asked) if asked.is_a(_QUERY_SET, _MANAGER) else model
    return model if model is None or name == "get_object_or_404" else builtin("list", model)
