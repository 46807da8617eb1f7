"""A snapshot as one project: facts of any file, modules, definitions and classes across files.

A `Project` is cheap to make, so there is one for each snapshot; what may be kept between snapshots is in `Caches`. With
an index it asks the index first; without one (or where the index has no answer yet) it reads and analyses the file
itself. Answers are as of the snapshot: open documents win over disk and index. Never raises on user code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from autogen_lsp.analysis.caches import FILES_KEPT, Caches, Recent
from autogen_lsp.analysis.environment import Environment, find_environment
from autogen_lsp.analysis.listing import Folders, Listing
from autogen_lsp.analysis.modules import Module, Modules, Origin
from autogen_lsp.analysis.table import Table
from autogen_lsp.syntax import spread
from autogen_lsp.syntax.facts import extract
from autogen_lsp.syntax.model import Call, Facts, Import, Symbol, SymbolKind, base_names
from autogen_lsp.workspace.ignore import python_files
from autogen_lsp.workspace.snapshot import Snapshot
from autogen_lsp.workspace.source import Source

if TYPE_CHECKING:
    from typeshed_client import SearchContext

    from autogen_lsp.analysis.build import Build
    from autogen_lsp.analysis.exclusions import Exclusions
    from autogen_lsp.analysis.metaclasses import Brought
    from autogen_lsp.analysis.mro import Mro
    from autogen_lsp.analysis.presence import Definition
    from autogen_lsp.analysis.types import Type
    from autogen_lsp.index.client import Index

# How a name looks where it may be used, and where it may be defined: not where it is called, but in a header.
_WORD = rb"(?<![\w\x80-\xff])%(name)b(?![\w\x80-\xff])"
_DEFINED = rb"(?:def|class)[\s\\]+%(name)b(?![\w\x80-\xff])|" + _WORD + rb"(?![\s\\]*\()"
_SOURCES_KEPT = 8
_NAMES_KEPT = 200  # of which all calls are known


class Outdated(Exception):
    """Nobody wants the answer any more: there is a newer snapshot."""


class Project:
    """See the module. ``index`` answers for files that are not open; ``caches`` are shared between snapshots.

    Files that are ``pending`` (absolute paths with '/'; None: all) are not in the index yet, and read as needed. While
    ``wanted`` is set and says no, questions raise `Outdated`: so that a long analysis ends where it is.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        index: Index | None = None,
        caches: Caches | None = None,
        pending: frozenset[str] | None = frozenset(),
    ) -> None:
        self.snapshot = snapshot
        self.index = index
        self.pending = pending if index is not None else None
        self.wanted: Callable[[], bool] | None = None
        self.caches = caches if caches is not None else Caches()
        if self.is_indexed:
            self.caches.texts.drop()
        self._tables: dict[Path, Table | None] = {}  # asked for too often for more than a dictionary
        self._sources: Recent[Path, tuple[int, int, Source]] = Recent(_SOURCES_KEPT)
        self.folders = Folders()
        self._ours: dict[Path, bool] = {}  # by folder
        self.mros: dict[tuple[Path, str], Mro] = {}
        self.metaclasses: dict[tuple[Path, str], Brought | None] = {}
        self.meanings: dict[tuple[Path, str], Definition | Module | None] = {}  # of names at the top level of files
        self.excluded: dict[Path, bool] = {}  # files, as of `exclusions`
        self.fixtures: dict[Path, tuple[str, Exclusions] | None] = {}  # folders of tests, as of `exclusions`
        self.tests: dict[Path, bool] = {}  # files, as of `targets`
        self.python2: dict[Path, bool] = {}  # folders, as of `python2`
        self.executed: dict[Path, bool] = {}  # files, as of `undefined`
        self.run: dict[Path, bool] = {}  # likewise
        self.filled: frozenset[Path] | None = None  # modules that others give names to, as of `presence`
        self.given_names: dict[tuple[Path, str, str], bool] = {}  # to files, by scope, as of `undefined`
        self.guessed_names: dict[tuple[Path, str, str], bool] = {}  # likewise, by its quick answers
        self.lacking: dict[str, frozenset[Path]] = {}  # files that call a name which they do not bind: `undefined`
        self.guesses: dict[tuple[Path, str, str], frozenset[tuple[Path, str]]] = {}  # of members of classes: `guesses`
        self.derivable: dict[tuple[Path, str], bool] = {}  # classes, as of `derived`
        self.computed: dict[tuple[Path, str], frozenset[str] | None] = {}  # names that classes get, as of `computed`
        self.given_members: dict[tuple[Path, str], frozenset[str] | None] = {}  # of classes: `given`
        self.module_files: dict[tuple[str, Path | None, bool], Path | None] = {}  # by name and who imports it: `names`
        self.memo: dict[object, object] = {}  # parameters of classes, values that annotations allow, `asked.asked_once`
        # Of expressions, by file, span and kind of node; and how many questions down an answer was found: `infer`
        self.types: dict[tuple[Path, int, int, str], tuple[Type | None, int]] = {}
        self._calls: Recent[str, list[tuple[Path, Call]]] = Recent(_NAMES_KEPT)
        self._definitions: dict[str, list[tuple[Path, Symbol]]] = {}
        self._defined: dict[str, bool] = {}
        self._importers: dict[str, list[tuple[Path, Import]]] = {}
        self._derived: dict[str, list[tuple[Path, Symbol]]] = {}
        self._said: dict[str, bool] = {}

    def supposing(self, texts: Mapping[Path, Source]) -> Project:
        """The project as it would be if files had these texts: a world of its own, which no other request sees."""
        documents = {**self.snapshot.documents, **texts}
        known = {path: kept for path, kept in dict(self.caches.documents).items() if documents.get(path) is kept[0]}
        known |= {path: (source, Table(extract(source))) for path, source in texts.items()}
        index = self.index
        if index is not None:
            index = index.supposing(
                {
                    path: (source, known[path][1].facts) if path in known else source
                    for path, source in documents.items()
                }
            )
        caches = msgspec.structs.replace(self.caches, documents=known)
        return Project(replace(self.snapshot, documents=documents), index, caches, self.pending)

    @property
    def is_indexed(self) -> bool:
        """Whether the index answers questions to the whole workspace: without it, files are read for them."""
        return self.pending is not None and not self.pending

    def _is_stored(self, path: Path) -> bool:
        """Whether the index has the file, if it is one of the workspace's, as it is."""
        return self.pending is not None and (not self.pending or path.as_posix() not in self.pending)

    # -- one file ----------------------------------------------------------------------------------------------------

    def source(self, path: Path) -> Source | None:
        """The file's text; one on disk is read, and parsed, again only if it changed or many others were asked for."""
        if path in self.snapshot.documents:
            return self.snapshot.documents[path]
        try:
            status = path.stat()
        except OSError:
            return None
        kept = self._sources.recent(path)
        if kept is not None and kept[:2] == (status.st_mtime_ns, status.st_size):
            return kept[2]
        source = self.snapshot.source(path)
        if source is not None:
            self._sources[path] = (status.st_mtime_ns, status.st_size, source)
        return source

    def facts(self, path: Path) -> Facts | None:
        """Facts of a file, inside the workspace or not; None where it cannot be read."""
        table = self.table(path)
        return None if table is None else table.facts

    def table(self, path: Path) -> Table | None:
        if self.wanted is not None and not self.wanted():
            raise Outdated
        try:
            return self._tables[path]
        except KeyError:
            if len(self._tables) >= FILES_KEPT:
                self._tables.clear()
            found = self._tables[path] = self._table(path)
            return found

    def symbols(self, path: Path, qualname: str) -> list[Symbol]:
        """All definitions of a qualname in a file, in order."""
        table = self.table(path)
        return table.symbols.get(qualname, []) if table is not None else []

    def members(self, path: Path, qualname: str) -> dict[str, list[Symbol]]:
        """What is defined directly in a class or function of a file, by name."""
        table = self.table(path)
        return table.members.get(qualname, {}) if table is not None else {}

    def is_class(self, path: Path, qualname: str) -> bool:
        return any(symbol.kind == SymbolKind.CLASS for symbol in self.symbols(path, qualname))

    def _table(self, path: Path) -> Table | None:
        if path in self.snapshot.documents:
            return self._of_document(path, self.snapshot.documents[path])
        if self.index is not None and self._is_stored(path) and self.is_ours(path):
            facts = self.index.facts(path)
            if facts is not None:
                known = self.caches.indexed.recent(path)
                if known is None or known.facts is not facts:
                    known = self.caches.indexed[path] = Table(facts)
                return known
        try:
            status = path.stat()
        except OSError:
            return None
        kept = self.caches.read.recent(path)
        if kept is not None and kept[:2] == (status.st_mtime_ns, status.st_size):
            return kept[2]
        source = self.snapshot.source(path)
        if source is None:
            return None
        table = Table(extract(source))
        with self.caches.lock:
            self.caches.read[path] = (status.st_mtime_ns, status.st_size, table)
        return table

    def _of_document(self, path: Path, source: Source) -> Table:
        kept = self.caches.documents.get(path)
        if kept is not None and kept[0] is source:
            return kept[1]
        facts = self.index.facts(path) if self.index is not None else None
        table = Table(facts if facts is not None else extract(source))
        self.caches.documents[path] = (source, table)
        return table

    def is_ours(self, path: Path) -> bool:
        """Whether the file is inside the workspace; without roots every file is."""
        if not self.snapshot.roots:
            return True
        folder = self.folders[path]
        found = self._ours.get(folder)
        if found is None:
            found = self._ours[folder] = self.snapshot.root_of(path) is not None
        return found

    # -- the workspace -----------------------------------------------------------------------------------------------

    def files(self) -> tuple[Path, ...]:
        """Every Python file of the workspace, open documents that are not on disk included."""
        return self._files

    @cached_property
    def _files(self) -> tuple[Path, ...]:
        found = self.index.files() if self.index is not None else ()
        if not found:
            found = tuple(python_files(self.snapshot.roots, self.snapshot.settings.context_exclude))
        return self.caches.files.with_documents(found, self.snapshot)

    def calls(self, name: str) -> list[tuple[Path, Call]]:
        """Calls whose last component is ``name``, in the whole workspace."""
        return self._named(
            self._calls, name, lambda index: index.calls(name), lambda facts: iter(spread.named(facts.calls, name))
        )

    def definitions(self, name: str) -> list[tuple[Path, Symbol]]:
        """Definitions of any kind whose last component is ``name``, in the whole workspace."""
        return self._named(
            self._definitions,
            name,
            lambda index: index.definitions(name),
            lambda facts: (s for s in facts.symbols if s.name == name),
            _DEFINED,
        )

    def defines(self, name: str) -> bool:
        """Whether the workspace defines anything of that name, which is sooner known than all that it defines."""
        if self.index is None or not self.is_indexed or name in self._definitions:
            return bool(self.definitions(name))
        found = self._defined.get(name)
        if found is None:
            found = self._defined[name] = bool(self.index.definitions(name, 1))
        return found

    def importers(self, name: str) -> list[tuple[Path, Import]]:
        """Imports of a module, or of a name from one, by last component: resolve them to know which they mean."""
        return self._named(
            self._importers,
            name,
            lambda index: index.importers(name),
            lambda facts: (i for i in facts.imports if name in (i.name, i.module.rpartition(".")[2])),
        )

    def derived(self, name: str) -> list[tuple[Path, Symbol]]:
        """Classes that have a base whose last component is ``name``: resolve it to know which class it is."""
        return self._named(
            self._derived,
            name,
            lambda index: index.derived(name),
            lambda facts: (s for s in facts.symbols if name in base_names(s)),
        )

    def _named[T](
        self,
        kept: MutableMapping[str, list[tuple[Path, T]]],
        name: str,
        ask: Callable[[Index], list[tuple[Path, T]]],
        pick: Callable[[Facts], Iterator[T]],
        looks: bytes = _WORD,
    ) -> list[tuple[Path, T]]:
        """What has a name: kept, else as the index says, or picked from the facts of other files in which it ``looks``
        so."""
        try:
            return kept[name]
        except KeyError:
            found = ask(self.index) if self.index is not None else []
            if not self.is_indexed:
                found = [(path, item) for path, item in found if self._is_stored(path)]
                found += ((path, item) for path, _, facts in self._holding(name, looks) for item in pick(facts))
                found.sort(key=lambda pair: pair[0])
            kept[name] = found
            return found

    def says(self, name: str) -> bool:
        """Whether the workspace says the name without using it: as a string, or as a keyword."""
        found = self._said.get(name)
        if found is None:
            found = self.index is not None and self.index.says(name)
            if not found and not self.is_indexed:
                found = self._is_said(name)
            self._said[name] = found
        return found

    def _is_said(self, name: str) -> bool:
        from autogen_lsp.syntax.said import says

        return any(says(source.text, facts.calls, name) for _, source, facts in self._holding(name))

    def _holding(self, name: str, looks: bytes = _WORD) -> Iterator[tuple[Path, Source, Facts]]:
        """The files in which the word stands, of those that the index does not have."""
        wanted = name.encode("utf-8", "surrogatepass")
        word = re.compile(looks % {b"name": re.escape(wanted)})
        opened, texts = self.snapshot.documents, self.caches.texts
        for path in self.files():
            if self._is_stored(path):
                continue
            text = opened[path].text if path in opened else texts.of(path)
            if text is None or wanted not in text or word.search(text) is None:
                continue  # a part of a word is found much faster than a word
            source, facts = self.source(path), self.facts(path)
            if source is not None and facts is not None:
                yield path, source, facts

    # -- modules and classes -----------------------------------------------------------------------------------------

    @cached_property
    def environment(self) -> Environment:
        key = (self.snapshot.roots, self.snapshot.settings.python_path)
        found = self.caches.environments.get(key)
        if found is None:
            found = self.caches.environments[key] = find_environment(*key)
        return found

    @cached_property
    def builtins(self) -> Path | None:
        """Typeshed's stub of the builtins."""
        stdlib = self.environment.stdlib
        return None if stdlib is None else stdlib / "builtins.pyi"

    @cached_property
    def typeshed(self) -> SearchContext:
        import typeshed_client

        return typeshed_client.get_search_context(search_path=[])

    @cached_property
    def modules(self) -> Modules:
        return Modules(self.snapshot.roots, self.environment, self._listing, self.files, self.caches.tops, self.folders)

    @cached_property
    def build(self) -> Build:
        from autogen_lsp.analysis.build import Build

        return Build(self.snapshot.roots, self._listing, self.files, self.caches.native)

    @cached_property
    def _listing(self) -> Listing:
        return Listing(frozenset(self.snapshot.documents), self.caches.listings)

    def module_name(self, path: Path) -> str:
        """The dotted name that the file is imported by."""
        return self.modules.name_of(path)

    def resolve_module(self, module: str, level: int, from_path: Path) -> Module:
        """What ``from {'.' * level}{module} import …`` in a file refers to."""
        return self.modules.resolve(module, level, from_path)

    def module_file(self, module: str, from_path: Path | None = None) -> Path | None:
        """The file of an absolute module of the workspace, None where it has none."""
        importer = from_path if from_path is not None else (self.snapshot.roots or (Path.cwd(),))[0] / "__main__.py"
        found = self.modules.resolve(module, 0, importer)
        return found.path if found.origin is Origin.WORKSPACE else None

    def mro(self, path: Path, qualname: str) -> Mro:
        """The class and its bases, as far as they can be read."""
        from autogen_lsp.analysis.mro import mro_of

        return mro_of(self, path, qualname)
