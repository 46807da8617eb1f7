"""Several definitions by one click: before/after texts as in `tests.support.actions`, the last offer of the menu."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from autogen_lsp import services as composition
from autogen_lsp.analysis import needs
from autogen_lsp.backends.standin import StandIn
from autogen_lsp.config import Settings
from autogen_lsp.errors import EditRefused, InvalidReply
from autogen_lsp.features.actions import registry
from autogen_lsp.features.model import Offer
from autogen_lsp.features.series import Series, implement_all
from autogen_lsp.services import Services
from autogen_lsp.text import Span
from autogen_lsp.workspace.snapshot import Snapshot
from tests.support.actions import Workspace, split, workspace, written

SKELETON = Settings(backend="skeleton")


def offered(space: Workspace, settings: Settings = SKELETON) -> list[Offer]:
    found = registry.offers(space.project, settings, space.path, Span(space.offset, space.offset))
    return [offer for offer in found if offer.needs]


def series_at(
    space: Workspace,
    then: Callable[[Series, Services], None],
    settings: Settings = SKELETON,
) -> None:
    """Drafts what is needed at the cursor and hands it over, while its services are open."""
    services = composition.build(settings, (space.root,))
    snapshot = Snapshot((space.root,), settings=settings)
    project = services.project(snapshot)
    target = space.targets[0]
    wanted = needs.with_needs(project, target)

    async def run() -> None:
        try:
            then(await implement_all(services, lambda: snapshot, target, wanted), services)
        finally:
            await services.aclose()

    asyncio.run(run())


def asking(service: StandIn) -> Settings:
    return Settings(backend="openai", openai_base_url=f"{service.url}/v1", openai_model="small")


def check(before: str, after: str, title: str) -> None:
    with workspace(before) as space:
        (offer,) = offered(space)
        assert offer.title == f"{title} (skeleton)"

        def compare(series: Series, services: Services) -> None:
            result = written(space, series.change)
            for name, text in (space.files | split(after, space.path.name)).items():
                assert result[name] == text, name
                compile(text, name, "exec", dont_inherit=True)
            assert series.change.title == title
            assert series.rebase(Snapshot((space.root,), settings=SKELETON)) == series.change

        series_at(space, compare)


def test_chain_of_missing_calls_is_created_with_types_that_agree() -> None:
    check(
        """\
def report(rows: list[str]) -> int:
    return to$0tal(parse(rows), Currency("EUR"))
""",
        """\
from typing import Any


def report(rows: list[str]) -> int:
    return total(parse(rows), Currency("EUR"))


class Currency:
    def __init__(self, arg1: str) -> None:
        raise NotImplementedError


def total(parse, currency: Currency) -> int:
    raise NotImplementedError


def parse(rows: list[str]) -> Any:
    raise NotImplementedError
""",
        "Create function 'total' in main.py and what it needs: class 'Currency', function 'parse'",
    )


def test_classes_in_annotations_and_caught_exceptions_are_needed() -> None:
    check(
        """\
def pay(order: Order, limit: "Limit") -> Receipt:
    try:
        amount: Money = to$0tal(order, limit)
    except PaymentError:
        raise
    return Receipt(amount)
""",
        """\
class Order:
    pass


class Limit:
    pass


def pay(order: Order, limit: "Limit") -> Receipt:
    try:
        amount: Money = total(order, limit)
    except PaymentError:
        raise
    return Receipt(amount)


class Money:
    pass


class PaymentError(Exception):
    pass


def total(order: Order, limit: Limit) -> Money:
    raise NotImplementedError
""",
        "Create function 'total' in main.py and what it needs: class 'Order', class 'Limit', class 'Money', "
        "exception class 'PaymentError'",
    )


def test_returned_result_needs_the_class_that_the_function_returns() -> None:
    check(
        "def pay(order: int) -> Receipt:\n    return char$0ge(order)\n",
        """\
class Receipt:
    pass


def pay(order: int) -> Receipt:
    return charge(order)


def charge(order: int) -> Receipt:
    raise NotImplementedError
""",
        "Create function 'charge' in main.py and what it needs: class 'Receipt'",
    )


def test_values_of_variables_are_followed() -> None:
    check(
        """\
def main(path: str) -> None:
    rows = read(path)
    print(to$0tal(rows))
""",
        """\
from typing import Any


def main(path: str) -> None:
    rows = read(path)
    print(total(rows))


def total(rows) -> Any:
    raise NotImplementedError


def read(path: str) -> Any:
    raise NotImplementedError
""",
        "Create function 'total' in main.py and what it needs: function 'read'",
    )


def test_methods_of_several_classes_and_of_a_class_that_is_missing_itself() -> None:
    check(
        """\
//- store.py
class Store:
    def __init__(self):
        self.items = []
//- main.py
from store import Store


class Shop:
    def sell(self, store: Store, item: str) -> float:
        return self.check$0out(store.price(item), Discount(0.2).apply(item))

    def close(self) -> None:
        print("closed")
""",
        """\
//- store.py
class Store:
    def __init__(self):
        self.items = []

    def price(self, item: str):
        raise NotImplementedError
//- main.py
from store import Store


class Shop:
    def sell(self, store: Store, item: str) -> float:
        return self.checkout(store.price(item), Discount(0.2).apply(item))

    def checkout(self, price, apply) -> float:
        raise NotImplementedError

    def close(self) -> None:
        print("closed")


class Discount:
    def __init__(self, arg1: float) -> None:
        raise NotImplementedError

    def apply(self, item: str):
        raise NotImplementedError
""",
        "Create method 'checkout' in class Shop (main.py) and what it needs: class 'Discount', "
        "method 'Store.price' (store.py), method 'Discount.apply'",
    )


def test_names_of_failing_imports_are_created_where_they_are_imported_from() -> None:
    check(
        """\
//- money.py
RATE = 2
//- main.py
from money import Currency, convert


def pay(amount: int) -> int:
    return char$0ge(convert(amount), Currency("EUR"))
""",
        """\
//- money.py
from typing import Any

RATE = 2


class Currency:
    def __init__(self, arg1: str) -> None:
        raise NotImplementedError


def convert(amount: int) -> Any:
    raise NotImplementedError
//- main.py
from money import Currency, convert


def pay(amount: int) -> int:
    return charge(convert(amount), Currency("EUR"))


def charge(convert, currency: Currency) -> int:
    raise NotImplementedError
""",
        "Create function 'charge' in main.py and what it needs: class 'Currency' (money.py), "
        "function 'convert' (money.py)",
    )


def test_missing_module_comes_with_all_that_is_imported_from_it() -> None:
    check(
        """\
//- shop/__init__.py
//- shop/main.py
from .money import Currency


def pay(amount: int) -> int:
    return char$0ge(amount, Currency("EUR"))
""",
        """\
//- shop/money.py
class Currency:
    def __init__(self, arg1: str) -> None:
        raise NotImplementedError
//- shop/main.py
from .money import Currency


def pay(amount: int) -> int:
    return charge(amount, Currency("EUR"))


def charge(amount: int, currency: Currency) -> int:
    raise NotImplementedError
""",
        "Create function 'charge' in shop/main.py and what it needs: module shop/money.py",
    )


@pytest.mark.parametrize(
    "before",
    [
        "def main(row):\n    return to$0tal(row)\n",
        "def main(row):\n    other(1)\n    return to$0tal(row)\n",
        "from pathlib import PurePath\n\n\ndef main(row):\n    return to$0tal(Path(row), Decimal(1), List)\n",
        "class Row[T]:\n    def main(self, row: T) -> T:\n        return to$0tal(row)\n",
        "from somewhere import *\n\n\ndef main(row: Row):\n    return to$0tal(row)\n",
        "//- rows.py\nclass Row:\n    def __init__(self, x):\n        self.x = x\n"
        "//- main.py\ndef main(row: Row):\n    return to$0tal(Row(1))\n",
        "def main(rows):\n    return to$0tal([Row for Row in rows], lambda Cell: Cell)\n",
    ],
    ids=["nothing", "elsewhere", "standard library", "type parameter", "star import", "importable", "local names"],
)
def test_nothing_more_is_offered_where_nothing_more_is_missing(before: str) -> None:
    with workspace(before) as space:
        assert offered(space) == []


def test_model_is_asked_for_each_and_told_what_the_others_became() -> None:
    prompts: list[str] = []

    def reply(prompt: str) -> str:
        prompts.append(prompt)
        if len(prompts) == 1:
            return "class Currency:\n    def __init__(self, code: str) -> None:\n        self.code = code\n"
        return "def total(currency: Currency) -> str:\n    return currency.code\n"

    with workspace('def main() -> str:\n    return to$0tal(Currency("EUR"))\n') as space, StandIn() as service:
        service.reply = reply
        settings = asking(service)
        titles = [offer.title for offer in offered(space, settings)]

        def compare(series: Series, services: Services) -> None:
            text = written(space, series.change)["main.py"]
            assert "        self.code = code\n\n\ndef total(currency: Currency) -> str:\n    return" in text

        series_at(space, compare, settings)

    assert titles == [
        "Generate 'total' and what it needs (class 'Currency') with AI",
        "Create function 'total' in main.py and what it needs: class 'Currency' (skeleton)",
    ]
    assert len(prompts) == 2
    assert "self.code = code" in prompts[1]


def test_price_is_that_of_all() -> None:
    settings = Settings(codegen_token="x", codegen_org_id=1, price_per_run=0.004)
    with workspace('def main() -> str:\n    return to$0tal(Currency("EUR"))\n') as space:
        assert offered(space, settings)[0].title.endswith("with AI (≈ $0.008)")


def test_one_reply_that_cannot_be_used_leaves_nothing_of_the_others() -> None:
    with workspace('def main():\n    return to$0tal(Currency("EUR"))\n') as space, StandIn() as service:
        service.reply = lambda prompt: "no code"
        with pytest.raises(InvalidReply):
            series_at(space, lambda series, services: None, asking(service))


def test_what_the_user_wrote_meanwhile_is_left_out() -> None:
    before = 'def main():\n    return to$0tal(Currency("EUR"), parse(1))\n'
    with workspace(before) as space:

        def edit(series: Series, services: Services) -> None:
            mine = "import typing\n\n\ndef parse(text):\n    return text\n\n\n" + space.path.read_text()
            space.path.write_text(mine)
            newest = Snapshot((space.root,), settings=SKELETON)
            change = series.rebase(newest)
            after = change.files[0].apply(mine.encode()).decode()
            space.path.write_text(after)
            series.applied(Snapshot((space.root,), settings=SKELETON))
            assert after.count("def parse") == 1
            assert after.index("class Currency") < after.index("def total(currency: Currency, parse)")
            assert [each.record.qualname for each in series.parts] == ["Currency", "parse", "total"]
            states = [services.provenance.get(each.record.id, each.record.root) for each in series.parts]
            assert [state.status for state in states if state] == ["applied", "refused", "applied"]

        series_at(space, edit)


def test_nothing_is_applied_once_the_call_is_gone() -> None:
    with workspace('def main():\n    return to$0tal(Currency("EUR"))\n') as space:

        def edit(series: Series, services: Services) -> None:
            space.path.write_text('def main():\n    return Currency("EUR")\n')
            with pytest.raises(EditRefused, match="'total' is no longer used"):
                series.rebase(Snapshot((space.root,), settings=SKELETON))

        series_at(space, edit)
