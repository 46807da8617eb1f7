"""From `initialize` to `exit`: capabilities, roots, settings, and what is asked of the client once it is ready."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from autogen_lsp import config
from autogen_lsp.server import capabilities, convert
from autogen_lsp.server.peer import Handler, RequestError
from autogen_lsp.server.session import Session
from autogen_lsp.server.wire import Json

log = logging.getLogger(__name__)

SECTION = "autogen"
_PATIENCE = 3.0  # seconds; longer than a slow machine takes to load what the first request needs
_WATCHED = ("**/*.{py,pyi}", "**/.gitignore", "**/.autogenignore", "**/.git/HEAD")


class Lifecycle:
    """Routes of the session's beginning and end. ``stop(status)`` ends the process's event loop."""

    def __init__(self, session: Session, stop: Callable[[int], None]) -> None:
        self._session = session
        self._stop = stop
        self._options: Json = {}  # settings of initializationOptions; the client's configuration goes on top

    def routes(self) -> dict[str, Handler]:
        return {
            "initialize": self._initialize,
            "initialized": self._initialized,
            "shutdown": self._shutdown,
            "exit": self._exit,
            "$/setTrace": lambda params: None,
            "workspace/didChangeConfiguration": self._did_change_configuration,
            "workspace/didChangeWorkspaceFolders": self._did_change_workspace_folders,
        }

    def _initialize(self, params: Json) -> Json:
        session = self._session
        session.client = capabilities.client_of(params.get("capabilities"))
        options = params.get("initializationOptions")
        self._options = _section(options)
        session.usage_notifications = self._options.get("usageNotifications") is True
        session.overlay.folders = _folders_of(params)
        session.peer.state = "running"
        return {"capabilities": capabilities.offered(session.client), "serverInfo": capabilities.server_info()}

    def _initialized(self, _params: Any) -> None:
        # After the answer, since the client may not show messages before it.
        self._configure({})
        self._session.spawn("registration", self._register())
        if self._session.client.configuration:
            self._session.configured.clear()
            self._session.spawn("configuration", self._first_configuration())

    def _shutdown(self, _params: Any) -> None:
        self._session.peer.state = "shut"
        self._session.jobs.cancel_all()
        self._session.diagnostics.close()

    def _exit(self, _params: Any) -> None:
        self._stop(0 if self._session.peer.state == "shut" else 1)

    # Settings

    def _did_change_configuration(self, params: Json) -> None:
        if self._session.client.configuration:
            self._session.spawn("configuration", self._pull_configuration())
        else:
            self._configure(_section(params.get("settings")))

    async def _first_configuration(self) -> None:
        """What the user set counts from the first diagnostic on, unless the client takes too long to tell."""
        session = self._session
        timer = asyncio.get_running_loop().call_later(_PATIENCE, session.go_on)
        try:
            await self._pull_configuration()
        finally:
            timer.cancel()
            session.go_on()

    async def _pull_configuration(self) -> None:
        try:
            values = await self._session.peer.request("workspace/configuration", {"items": [{"section": SECTION}]})
        except RequestError as error:
            log.warning("the client gave no configuration: %s", error)
            return
        self._configure(_section(values[0] if isinstance(values, list) and values else None))

    def _configure(self, given: Json) -> None:
        session = self._session
        settings, problems = config.load({**_flat(self._options), **_flat(given)})
        for problem in problems:
            session.warn(problem)
        if settings != session.overlay.settings:
            session.overlay.settings = settings
            session.reconfigured()

    # Roots

    def _did_change_workspace_folders(self, params: Json) -> None:
        event = params["event"]
        gone = {path.resolve() for path in _paths(event.get("removed", ()))}
        kept = [folder for folder in self._session.overlay.folders if folder.resolve() not in gone]
        self._session.overlay.folders = (*kept, *_paths(event.get("added", ())))
        self._session.reconfigured()

    async def _register(self) -> None:
        if not self._session.client.watch_files:
            return
        watchers = [{"globPattern": pattern} for pattern in _WATCHED]
        registration = {
            "id": "autogen-watched-files",
            "method": "workspace/didChangeWatchedFiles",
            "registerOptions": {"watchers": watchers},
        }
        try:
            await self._session.peer.request("client/registerCapability", {"registrations": [registration]})
        except RequestError as error:
            log.warning("the client does not watch files: %s", error)


def _section(value: Any) -> Json:
    """Settings as clients send them: under ``autogen`` or bare."""
    if not isinstance(value, Mapping):
        return {}
    inner = value.get(SECTION)
    return dict(inner) if isinstance(inner, Mapping) else dict(value)


def _flat(value: Mapping[str, Any], prefix: str = "") -> Json:
    """Dotted keys, so that one layer can lie over another; null means: not set here."""
    out: Json = {}
    for key, item in value.items():
        if isinstance(item, Mapping):
            out |= _flat(item, f"{prefix}{key}.")
        elif item is not None:
            out[f"{prefix}{key}"] = item
    return out


def _folders_of(params: Json) -> tuple[Path, ...]:
    folders = params.get("workspaceFolders")
    if folders:
        return _paths(folders)
    if params.get("rootUri"):
        return _paths([{"uri": params["rootUri"]}])
    return (Path(params["rootPath"]).absolute(),) if params.get("rootPath") else ()


def _paths(folders: Iterable[Json]) -> tuple[Path, ...]:
    return tuple(path for path in (convert.path_of(folder["uri"]) for folder in folders) if path is not None)
