"""Names of the standard library that are used without their module's, as a rule, and the modules that have them.

Where such a name is not defined, an import was forgotten, most likely. A list, not a search of the library: most of its
names would be poor guesses (``quote``, ``run``, ``Event``), and the answer must not cost anything.
"""

from __future__ import annotations

_NAMES = {
    "typing": """
        Annotated Any AsyncGenerator AsyncIterable AsyncIterator Awaitable Callable ClassVar Concatenate Coroutine Dict
        Final FrozenSet Generic Iterable Iterator List Literal Mapping MutableMapping NamedTuple NewType NoReturn
        Optional ParamSpec Protocol Self Sequence Tuple Type TypedDict TypeAlias TypeGuard TypeVar Union cast overload
        """,
    "abc": "ABC ABCMeta abstractmethod",
    "argparse": "ArgumentParser",
    "collections": "ChainMap Counter OrderedDict defaultdict deque namedtuple",
    "concurrent.futures": "ProcessPoolExecutor ThreadPoolExecutor as_completed",
    "contextlib": "AsyncExitStack ExitStack asynccontextmanager contextmanager nullcontext redirect_stdout suppress",
    "copy": "deepcopy",
    "csv": "DictReader DictWriter",
    "dataclasses": "asdict astuple dataclass",
    "datetime": "datetime timedelta timezone",
    "decimal": "Decimal",
    "enum": "Enum IntEnum IntFlag StrEnum auto",
    "fractions": "Fraction",
    "functools": "cached_property lru_cache partial partialmethod reduce singledispatch total_ordering wraps",
    "io": "BytesIO StringIO TextIOWrapper",
    "itertools": "combinations groupby islice permutations starmap takewhile zip_longest",
    "math": "sqrt",
    "operator": "attrgetter itemgetter methodcaller",
    "pathlib": "Path PurePath PurePosixPath",
    "pprint": "pprint",
    "random": "randint",
    "subprocess": "CalledProcessError Popen",
    "tempfile": "NamedTemporaryFile TemporaryDirectory",
    "textwrap": "dedent",
    "threading": "Thread",
    "time": "perf_counter sleep",
    "types": "MappingProxyType ModuleType SimpleNamespace TracebackType",
    "unittest": "IsolatedAsyncioTestCase TestCase",
    "unittest.mock": "AsyncMock MagicMock Mock",
    "urllib.parse": "parse_qs urlencode urljoin urlparse urlsplit",
    "uuid": "UUID uuid4",
    "zipfile": "ZipFile",
    "zoneinfo": "ZoneInfo",
}
HOMES = {name: module for module, names in _NAMES.items() for name in names.split()}
