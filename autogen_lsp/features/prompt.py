"""The receipt: what would be sent for a target, item by item, with nothing sent."""

from __future__ import annotations

import re
from typing import Any

from autogen_lsp.analysis import plan
from autogen_lsp.analysis.model import Target
from autogen_lsp.analysis.unfinished import at_use
from autogen_lsp.context.collect import identity
from autogen_lsp.features.implement import gather
from autogen_lsp.generation import prompt
from autogen_lsp.generation.model import Request
from autogen_lsp.services import Services
from autogen_lsp.workspace.snapshot import Snapshot


async def preview(
    services: Services, snapshot: Snapshot, target: Target, drop: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """As ``prompt --format json``: the prompt, its items with reasons and tokens, redactions, what was left out.

    ``drop`` holds the ids of items to go without; those that there were come back as ``dropped``.
    """
    project = (await services.run(at_use, services.project(snapshot), target)).project
    made = await services.run(plan.make, project, target)
    context = await gather(services, project, made, drop=drop)
    shown = prompt.render(Request(made, context, path=snapshot.relative(target.path)), services.settings)
    return {
        "prompt": shown.text,
        "tokens": shown.tokens,
        "budget": context.budget,
        "items": [
            {
                "id": identity(item),
                "path": item.path,
                "symbol": item.symbol,
                "kind": item.kind,
                "reason": item.reason,
                "tokens": item.tokens,
                "text": item.text,
            }
            for item in context.items
        ],
        "omitted": [
            {"path": item.path, "symbol": item.symbol, "kind": item.kind, "reason": item.reason, "tokens": item.tokens}
            for item in context.omitted
        ],
        "dropped": list(context.dropped),
        "redactions": [{"path": each.path, "kind": each.kind, "count": each.count} for each in context.redactions],
        "sources": {"index": context.index, "graph": context.graph},
    }


def document(receipt: dict[str, Any]) -> str:
    """The receipt as a read-only Markdown document for the editor."""
    lines = [
        "# What would be sent",
        "",
        f"{receipt['tokens']} tokens; context within {receipt['budget']}. Nothing was sent.",
        "",
        "| tokens | what | why |",
        "|---:|---|---|",
    ]
    lines += [f"| {each['tokens']} | {_cell(each)} | {each['reason']} |" for each in receipt["items"]]
    if receipt["omitted"]:
        lines += ["", "Left out (did not fit):", ""]
        lines += [f"- {_cell(each)} ({each['tokens']} tokens): {each['reason']}" for each in receipt["omitted"]]
    if receipt["dropped"]:
        lines += ["", "Left out as you wished:", ""]
        lines += [f"- `{each}`" for each in receipt["dropped"]]
    if receipt["redactions"]:
        lines += ["", "Masked before sending:", ""]
        lines += [f"- {each['path']}: {each['count']} x {each['kind']}" for each in receipt["redactions"]]
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", receipt["prompt"])), default=2))
    lines += ["", "## The prompt", "", f"{fence}text", receipt["prompt"].rstrip("\n"), fence, ""]
    return "\n".join(lines)


def _cell(item: dict[str, Any]) -> str:
    symbol = f" `{item['symbol']}`" if item["symbol"] else ""
    return f"{item['kind']} {item['path']}{symbol}"
