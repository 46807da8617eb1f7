"""What metaclasses of well-known libraries give to classes, where their own code is too much to be read off.

By the end of the module's path and the metaclass's name: names that the classes have, and what the names look like that
follow from the class itself (as in `computed`: what stands in brackets is a word that the workspace says).
"""

from __future__ import annotations

from pathlib import Path

from autogen_lsp.analysis.said import SAID

_MODEL = frozenset(  # Django: "Model instance reference", "Related objects reference"
    {
        "objects", "_default_manager", "_base_manager", "_meta", "DoesNotExist", "MultipleObjectsReturned",
        "NotUpdated",
        rf"get_{SAID}_display", rf"get_(?:next|previous)_by_{SAID}", rf"[gs]et_{SAID}_order", rf"{SAID}_id", r"\w+_set",
        rf"get_(?:all|available)_{SAID}_transitions", SAID,
    }
)  # fmt: skip
_FORM = frozenset({"base_fields", "declared_fields", "media", "_meta"})
_GIVEN = {
    ("django/db/models/base.py", "ModelBase"): _MODEL,
    ("django/forms/models.py", "ModelFormMetaclass"): _FORM,
    ("django/forms/forms.py", "DeclarativeFieldsMetaclass"): _FORM,
    ("django/forms/widgets.py", "MediaDefiningClass"): frozenset({"media"}),
    ("rest_framework/serializers.py", "SerializerMetaclass"): frozenset({"_declared_fields"}),
}
_LONGEST = max(path.count("/") + 1 for path, _ in _GIVEN)


def given_by(path: Path, name: str) -> frozenset[str]:
    """Patterns of the names that a metaclass gives; none for one that is not known."""
    parts = path.parts
    ends = ("/".join(parts[-size:]) for size in range(1, _LONGEST + 1))
    return next((_GIVEN[end, name] for end in ends if (end, name) in _GIVEN), frozenset())
