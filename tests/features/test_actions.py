"""What is on offer at the cursor, on our own findings and on other servers' diagnostics."""

from __future__ import annotations

import importlib
from dataclasses import replace

import pytest

from autogen_lsp.analysis.standard import HOMES
from autogen_lsp.config import Settings
from autogen_lsp.features.actions import registry
from autogen_lsp.features.model import Diagnostic, Offer
from autogen_lsp.text import Span
from tests.support.actions import Workspace, workspace, written

SKELETON = Settings(backend="skeleton")
AI = Settings(codegen_token="x", codegen_org_id=1, price_per_run=0.004)


def offers(space: Workspace, settings: Settings = SKELETON, *diagnostics: Diagnostic) -> list[Offer]:
    return registry.offers(space.project, settings, space.path, Span(space.offset, space.offset), diagnostics)


def test_missing_function_is_generated_or_created_as_a_skeleton() -> None:
    with workspace("def main():\n    total$0(1)\n") as space:
        found = offers(space, AI)

    assert [(offer.title, offer.command, offer.ai) for offer in found] == [
        ("Generate 'total' with AI (≈ $0.004)", "autogen.generate", True),
        ("Create function 'total' in main.py (skeleton)", "autogen.createSkeleton", False),
    ]
    assert {offer.kind for offer in found} == {"quickfix"}
    assert [offer.preferred for offer in found] == [False, True], "what costs money is never the preferred action"


def test_without_a_model_nothing_is_called_ai() -> None:
    with workspace("def main():\n    total$0(1)\n") as space:
        found = offers(space)

    assert not any(offer.ai or "with AI" in offer.title for offer in found)
    assert [offer.command for offer in found] == ["autogen.createSkeleton", "autogen.generate"]


def test_price_is_left_out_where_none_is_configured() -> None:
    with workspace("def main():\n    total$0(1)\n") as space:
        titles = [offer.title for offer in offers(space, replace(AI, price_per_run=None))]

    assert titles[0] == "Generate 'total' with AI"


def test_stub_is_implemented_as_a_rewrite() -> None:
    with workspace("def total$0(rooms):\n    raise NotImplementedError\n\n\ntotal([])\n") as space:
        (offer,) = offers(space, AI)

    assert (offer.title, offer.kind, offer.command) == (
        "Implement 'total' (≈ $0.004)", "refactor.rewrite", "autogen.generate",
    )  # fmt: skip


@pytest.mark.parametrize("line", ["de$0f total(rooms):", "def total(ro$0oms):"])
def test_stub_is_offered_anywhere_in_it(line: str) -> None:
    text = f"{line}\n    raise NotImplementedError\n\n\ndef other():\n    return total([])\n"
    with workspace(text) as space:
        assert [offer.title for offer in offers(space)] == ["Implement 'total' (no AI set up: skeleton)"]
    with workspace(text.replace("$0", "").replace("Not", "Not$0", 1)) as space:
        assert [offer.qualname for offer in offers(space)] == ["total"]
    with workspace(text.replace("$0", "").replace("def other", "def$0 other", 1)) as space:
        assert offers(space) == []


def test_what_no_statement_can_import_is_not_offered_to_be_imported() -> None:
    before = """\
//- my-script.py
def discount(price):
    return price * 0.9
//- main.py
def main():
    return disc$0ount(3)
"""
    with workspace(before) as space:
        assert offers(space)[0].title == "Create function 'discount' in main.py (skeleton)"


def test_import_of_a_workspace_function_is_offered_first_and_is_an_edit() -> None:
    before = """\
//- shop/__init__.py
//- shop/prices.py
def discount(price):
    return price * 0.9
//- shop/main.py
def main():
    return disc$0ount(3)
"""
    with workspace(before) as space:
        first = offers(space)[0]
        assert first.change is not None
        after = written(space, first.change)

    assert first.title == "Import 'discount' from shop.prices"
    assert first.command == ""
    assert after["shop/main.py"] == "from shop.prices import discount\n\n\ndef main():\n    return discount(3)\n"


def test_what_can_be_imported_is_not_created_anew() -> None:
    before = "//- prices.py\ndef discount(price):\n    return price\n//- main.py\ndisc$0ount(3)\n"
    with workspace(before) as space:
        assert [offer.title for offer in offers(space, AI)] == ["Import 'discount' from prices"]


def test_well_known_name_of_the_standard_library_is_imported_first_and_can_be_created() -> None:
    with workspace("def main(name):\n    return Pa$0th(name)\n") as space:
        first, *others = offers(space)
        assert first.change is not None
        after = written(space, first.change)

    assert first.title == "Import 'Path' from pathlib"
    assert after["main.py"] == "from pathlib import Path\n\n\ndef main(name):\n    return Path(name)\n"
    assert [offer.command for offer in others] == ["autogen.createSkeleton", "autogen.generate"]
    assert [offer.preferred for offer in (first, *others)] == [True, False, False]


def test_every_well_known_name_is_in_its_module() -> None:
    for name, module in HOMES.items():
        assert hasattr(importlib.import_module(module), name), f"{module}.{name}"


def test_constructor_that_no_init_takes_is_offered_though_it_is_no_finding() -> None:
    with workspace("class Room:\n    pass\n\n\nRo$0om(3)\n") as space:
        found = offers(space)

    assert {offer.qualname for offer in found} == {"Room.__init__"}
    assert [offer.command for offer in found] == ["autogen.createSkeleton", "autogen.generate"]


def test_nothing_is_offered_where_nothing_is_missing() -> None:
    with workspace("def total(rooms):\n    return len(rooms)\n\n\ntot$0al([])\n") as space:
        assert offers(space, AI) == []


def test_diagnostic_of_another_server_gets_the_same_actions_once_and_is_named_as_solved() -> None:
    with workspace("def main():\n    total$0(1)\n") as space:
        start = space.files["main.py"].index("total")
        told = Diagnostic(Span(start, start + 5), "Undefined name `total`", "F821", "Ruff")
        found = offers(space, SKELETON, told)

    assert len(found) == 2
    assert all(offer.diagnostics == (0,) for offer in found)


def test_diagnostic_elsewhere_on_the_line_is_answered_too() -> None:
    """VS Code asks with the diagnostics of the line while the cursor is at its start."""
    with workspace("def main():\n$0    total(1)\n") as space:
        start = space.files["main.py"].index("total")
        told = Diagnostic(Span(start, start + 5), '"total" is not defined', "reportUndefinedVariable", "Pyright")
        found = offers(space, SKELETON, told)

    assert [offer.qualname for offer in found] == ["total", "total"]


def test_class_that_another_server_names_is_believed_where_our_own_analysis_is_in_doubt() -> None:
    before = """\
class Box:
    pass


def show(boxes):
    for box in boxes.__dict__["all"]:
        box.total$0(1)
"""
    with workspace(before) as space:
        assert offers(space) == []
        start = space.files["main.py"].index("total")
        told = Diagnostic(
            Span(start - 4, start + 5), 'Cannot access attribute "total" for class "Box"', "reportAttributeAccessIssue"
        )
        found = offers(space, SKELETON, told)

    assert {offer.qualname for offer in found} == {"Box.total"}
