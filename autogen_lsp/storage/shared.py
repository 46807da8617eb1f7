"""Replies in a Redis that several people share, as JSON. Optional, and never in the way.

The client library is loaded when the setting asks for it. A server that is missing, slow or refuses is said once; from
then on the session does without. What comes from there is data like any reply: decoded here, checked again by the
pipeline, never executed. The address may hold a password, so it appears in no message.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from autogen_lsp.config import Problem

_PREFIX = "autogen-lsp:reply:1:"
_SECONDS = 0.5  # for connecting, and for each answer
_LARGEST = 4 * 1024 * 1024  # bytes of an entry
_SETTING = "cache.redisUrl"

Warn = Callable[[Problem], None]


@dataclass
class Shared:
    """The tier behind `get`, `put` and `drop`; each may block for half a second, once."""

    url: str = field(repr=False)
    warn: Warn
    _client: Any = None
    _off: bool = False

    def get(self, recipe: str) -> bytes | None:
        """The entry, None where there is none."""
        found = self._ask("get", _PREFIX + recipe)
        return found if isinstance(found, bytes) and len(found) <= _LARGEST else None

    def put(self, recipe: str, entry: bytes, seconds: float) -> None:
        if seconds >= 1 and len(entry) <= _LARGEST:
            self._ask("set", _PREFIX + recipe, entry, ex=int(seconds))

    def drop(self, recipe: str) -> None:
        self._ask("delete", _PREFIX + recipe)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _ask(self, command: str, *arguments: Any, **options: Any) -> Any:
        if self._off:
            return None
        try:
            library = importlib.import_module("redis")
        except ImportError:
            return self._give_up("its package is not installed: pip install 'autogen-lsp[redis]'")
        try:
            if self._client is None:
                self._client = library.Redis.from_url(
                    self.url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS, decode_responses=False
                )
            return getattr(self._client, command)(*arguments, **options)
        except (library.RedisError, OSError, ValueError) as error:
            return self._give_up(type(error).__name__)

    def _give_up(self, reason: str) -> None:
        self._off = True
        self.warn(Problem(_SETTING, f"the shared reply cache (autogen.{_SETTING}) is not used: {reason}"))
