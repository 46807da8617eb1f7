"""A plan into the context of its prompt: what the body needs, how this project does things, what callers expect.

Sources (candidates, similar, sites, guides, conventions, graph) give pieces with a worth; the budget chooses; chosen
pieces of one place become an item with a reason; secrets are masked last, and what was masked is counted. The order
is that of sending: what stays the same between targets first, so that providers' prompt caches hit. The same snapshot
gives the same bytes. Nothing here writes a file, asks a network, or shows a file that ignore rules leave out.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from autogen_lsp.analysis.model import Plan
from autogen_lsp.analysis.project import Project
from autogen_lsp.context import redact
from autogen_lsp.context.budget import Piece, pack, room
from autogen_lsp.context.candidates import Lookup
from autogen_lsp.context.pieces import add_graph, gather
from autogen_lsp.context.pool import Detail, Group, Pool
from autogen_lsp.generation import prompt
from autogen_lsp.generation.model import Context, Item, Redaction, Request
from autogen_lsp.generation.tokens import count as count_tokens
from autogen_lsp.generation.tokens import weight

if TYPE_CHECKING:
    from autogen_lsp.codebase.client import Graph
    from autogen_lsp.codebase.model import GraphContext

_GRAPH_NEIGHBOURS = 8  # files that use the target, told to the graph
_GRAPH_DEADLINE = 0.15  # seconds that a prompt waits for the graph: a cold one takes part in the next prompt
_HEADING = 14  # characters that a heading with its fence takes besides its words
_SHARES = {"guide": 0.10, "site": 0.16, "similar": 0.24, "type": 0.08, "graph": 0.05}
_MOST_OMITTED = 40


async def collect(
    project: Project, plan: Plan, budget: int, *, graph: Graph | None = None, drop: Iterable[str] = ()
) -> Context:
    """The context of a plan such that the whole prompt stays within ``budget`` tokens.

    ``drop`` holds identities of items to leave out (`identity`). The graph takes part only where it answers at once;
    the rest needs no event loop and runs in a thread meanwhile.
    """
    lookup = Lookup(project)
    asked: asyncio.Task[GraphContext | None] | None = None
    async with asyncio.TaskGroup() as group:
        if graph is not None:
            users = tuple(dict.fromkeys(site.path for site in plan.sites))[:_GRAPH_NEIGHBOURS]
            opened = {path: source.text for path, source in project.snapshot.documents.items()}
            target = plan.target
            asked = group.create_task(graph.describe(target.path, target.qualname, _GRAPH_DEADLINE, users, opened))
        pool = await asyncio.to_thread(_pool, lookup, plan)
    described = asked.result() if asked is not None else None
    return await asyncio.to_thread(_choose, lookup, plan, pool, budget, described, drop)


def choose(
    project: Project, plan: Plan, budget: int, *, described: GraphContext | None = None, drop: Iterable[str] = ()
) -> Context:
    """As `collect`, with what the graph said handed in."""
    lookup = Lookup(project)
    return _choose(lookup, plan, _pool(lookup, plan), budget, described, drop)


def _pool(lookup: Lookup, plan: Plan) -> Pool:
    """What may be sent: nothing where ignore rules leave out the target's own file, but what was asked for."""
    path = plan.target.path
    inside = lookup.project.snapshot.root_of(path) is not None
    return Pool() if inside and lookup.hidden(path) else gather(lookup, plan)


def _choose(
    lookup: Lookup, plan: Plan, pool: Pool, budget: int, described: GraphContext | None, drop: Iterable[str]
) -> Context:
    project = lookup.project
    settings = project.snapshot.settings
    path = lookup.shown(plan.target.path)
    known = redact.known_values(settings, _folders(project, plan.target.path))
    target = redact.mask(plan.skeleton, known)
    skeleton = target.text if target.counts else ""
    empty = prompt.render(Request(plan, Context(skeleton=skeleton), path=path), settings)
    if described is not None and pool.pieces:
        add_graph(pool, lookup, described)
    unwanted = frozenset(drop)
    dropped = _drop(lookup, pool, unwanted)
    headings = {key: _heading(lookup, group) for key, group in pool.groups.items()}
    left = room(budget) - weight(empty.text)
    while True:
        chosen = pack(pool.pieces, left, headings, _SHARES)
        items, counts = _items(lookup, pool, chosen, known)
        counts.update({(path, kind): count for kind, count in target.counts})
        if counts:
            note = Item("", "redaction", "rules", "secrets were masked", count_tokens(redact.NOTE), redact.NOTE)
            if identity(note) in unwanted:
                dropped |= {identity(note)}
            else:
                items = (note, *items)
        context = Context(items, skeleton=skeleton)
        over = weight(prompt.render(Request(plan, context, path=path), settings).text) - room(budget)
        if over <= 0 or not chosen:
            break
        left -= over  # placeholders may be longer than what they mask, and fences than usual
    return replace(
        context,
        budget=budget,
        redactions=tuple(Redaction(where, kind, count) for (where, kind), count in sorted(counts.items())),
        omitted=_omitted(lookup, pool, chosen),
        index=project.index is not None,
        graph=any(item.kind == "graph" for item in items),
        dropped=tuple(sorted(dropped)),
    )


def identity(item: Item) -> str:
    """What names an item in ``drop``: path, symbol and kind, joined by ``::``."""
    return f"{item.path}::{item.symbol}::{item.kind}"


def _drop(lookup: Lookup, pool: Pool, drop: frozenset[str]) -> frozenset[str]:
    """Take out what is not wanted; returns the identities that there were."""
    if not drop:
        return frozenset()
    names = {key: identity(_item(lookup, group, "")) for key, group in pool.groups.items()}
    # The graph knows call sites, too: one that is left out is not told by it instead.
    gone = {
        (lookup.shown(group.path), group.symbol)
        for key, group in pool.groups.items()
        if names[key] in drop and group.path is not None
    }
    pool.pieces = [
        piece
        for piece in pool.pieces
        if pool.groups[piece.group].kind != "graph"
        or (piece.forms[0].text.partition(": ")[0], pool.details[piece.key].label) not in gone
    ]
    pool.groups = {key: group for key, group in pool.groups.items() if names[key] not in drop}
    pool.pieces = [piece for piece in pool.pieces if piece.group in pool.groups]
    return drop.intersection(names.values())


def _item(lookup: Lookup, group: Group, text: str, reason: str = "") -> Item:
    path = lookup.shown(group.path) if group.path is not None else ""
    return Item(path, group.symbol, group.kind, reason or group.reason, count_tokens(text), text)


def _items(
    lookup: Lookup, pool: Pool, chosen: Mapping[Hashable, int], known: redact.Known
) -> tuple[tuple[Item, ...], Counter[tuple[str, str]]]:
    """The chosen pieces as items in sending order, masked, and how much was masked by path and kind."""
    texts: dict[Hashable, list[tuple[int, str, Detail]]] = defaultdict(list)
    for piece in pool.pieces:
        if piece.key in chosen:
            detail = pool.details[piece.key]
            texts[piece.group].append((detail.at, piece.forms[chosen[piece.key]].text, detail))
    items: list[Item] = []
    counts: Counter[tuple[str, str]] = Counter()
    for key, group in sorted(pool.groups.items(), key=lambda row: _place(lookup, row[1])):
        parts = sorted(_without_hidden(lookup, group, texts[key]), key=lambda part: (part[0], part[1]))
        if not parts:
            continue
        masked = redact.mask("\n".join(text for _, text, _ in parts), known)
        item = _item(lookup, group, masked.text, _reason(group, [detail for _, _, detail in parts]))
        items.append(item)
        counts.update({(item.path, kind): count for kind, count in masked.counts})
    return tuple(items), counts


def _without_hidden(
    lookup: Lookup, group: Group, parts: list[tuple[int, str, Detail]]
) -> list[tuple[int, str, Detail]]:
    """Parts that do not speak of files which ignore rules leave out."""
    if group.path is None or group.kind == "rules":
        return parts
    words = lookup.hidden_words(group.path, "\n".join(text for _, text, _ in parts))
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(words)))})\b")
    return [part for part in parts if not words or not pattern.search(part[1])]


def _place(lookup: Lookup, group: Group) -> tuple[int, str, str]:
    return group.rank, lookup.shown(group.path) if group.path is not None else "", group.symbol


def _reason(group: Group, details: Sequence[Detail]) -> str:
    """Why an item is there, with the strongest sign of its likeliest part."""
    best = max((d for d in details if d.reason), key=lambda d: (d.value, -d.at), default=None)
    return group.reason if best is None else f"{group.reason}; {best.label}: {best.reason}"


def _heading(lookup: Lookup, group: Group) -> int:
    path = lookup.shown(group.path) if group.path is not None else ""
    return weight(path) + len(group.kind) + _HEADING


def _omitted(lookup: Lookup, pool: Pool, chosen: Mapping[Hashable, int]) -> tuple[Item, ...]:
    """What was not chosen, by group, the worthiest first; texts stay empty."""
    left: dict[Hashable, list[Piece]] = defaultdict(list)
    for piece in pool.pieces:
        if piece.key not in chosen:
            left[piece.group].append(piece)
    sent = {piece.group for piece in pool.pieces if piece.key in chosen}
    found: list[tuple[float, tuple[int, str, str], Item]] = []
    for key, pieces in left.items():
        group = pool.groups[key]
        why = f"{len(pieces)} more did not fit" if key in sent else "did not fit"
        tokens = sum(count_tokens(piece.forms[0].text) for piece in pieces)
        item = replace(_item(lookup, group, "", f"{group.reason}; {why}"), tokens=tokens)
        found.append((-sum(pool.details[piece.key].value for piece in pieces), _place(lookup, group), item))
    found.sort(key=lambda row: row[:2])
    return tuple(item for _, _, item in found[:_MOST_OMITTED])


def _folders(project: Project, path: Path) -> list[Path]:
    """Where .env files may lie: the roots, and the folders from the target's up to its root."""
    root = project.snapshot.root_of(path)
    between = [] if root is None else [folder for folder in path.parents if folder.is_relative_to(root)]
    return list(dict.fromkeys([*project.snapshot.roots, *between]))
