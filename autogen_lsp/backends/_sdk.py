"""The Codegen SDK, loaded and called without its side effects.

Importing the SDK reads a `.env` found upwards from site-packages over the process's environment (and so could send the
token to an address of that file's choosing), raises when ENV holds a value it does not know, and sets levels of other
libraries' loggers. Here it finds no `.env`, and everything global is put back. Its HTTP client waits for ever and
follows redirects; here it gets `transport.Connections`. Imported lazily: the SDK takes about a second to load.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from autogen_lsp.backends.transport import Connections
from autogen_lsp.errors import BackendError, MissingExtra, NoSuchResource

if TYPE_CHECKING:
    from codegen.agents.agent import Agent

INSTALL = "pip install 'autogen-lsp[codegen]'"
# Read by the SDK: would make its import fail, make it print, or take the place of the organisation asked for.
_UNWANTED = ("ENV", "CODEGEN_CLAUDE_VERBOSE", "CODEGEN_ORG_ID", "REPOSITORY_ORG_ID")
_loading = threading.Lock()


def connect(token: str, org_id: int, base_url: str | None, connections: Connections) -> Agent:
    """An `Agent` of exactly this organisation whose requests all go through ``connections``. Blocking.

    Raises `MissingExtra` where the SDK cannot be loaded, `NoSuchResource` where it would use another organisation.
    """
    sdk = _load()
    address = (base_url or sdk.CODEGEN_BASE_API_URL).rstrip("/")
    try:
        with _loading, _untouched():
            agent: Agent = sdk.Agent(token=token, org_id=org_id, base_url=address)
    except (OSError, ValueError, TypeError, AttributeError, LookupError) as error:
        raise BackendError(f"the Codegen SDK cannot use ~/.codegen/auth.json ({type(error).__name__})") from None
    if agent.org_id != org_id:
        # The SDK replaces an organisation that its login file does not list by another one, without a word.
        raise NoSuchResource(
            f"organisation {org_id} (autogen.codegen.orgId) is not among those of the login in ~/.codegen/auth.json; "
            "correct the setting, or log in again with `codegen login`"
        )
    agent.api_client.rest_client.pool_manager = connections
    return agent


def _load() -> Any:
    """The SDK's module `codegen.agents.agent`."""
    module = sys.modules.get("codegen.agents.agent")
    if module is not None:
        return module
    with _loading, _untouched(), _no_dotenv():
        try:
            import codegen.agents.agent as module
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] in ("codegen", "codegen_api_client"):
                raise MissingExtra(f"the Codegen SDK is not installed; add it with: {INSTALL}") from None
            raise MissingExtra(f"the Codegen SDK lacks {error.name}; install it again with: {INSTALL}") from None
        except Exception as error:  # it runs code of many packages when it is imported
            name = type(error).__name__
            raise MissingExtra(f"the Codegen SDK does not load ({name}); install it again with: {INSTALL}") from None
    return module


@contextmanager
def _untouched() -> Iterator[None]:
    """Put back what the SDK changes in this process: environment, excepthook, log levels and handlers."""
    environ = dict(os.environ)
    excepthook, root = sys.excepthook, logging.getLogger()
    handlers, level = list(root.handlers), root.level
    client = logging.getLogger("urllib3")
    client_level = client.level
    for name in _UNWANTED:
        os.environ.pop(name, None)
    try:
        yield
    finally:
        for name in os.environ.keys() - environ.keys():
            del os.environ[name]
        os.environ.update(environ)
        sys.excepthook = excepthook
        root.handlers[:] = handlers
        root.setLevel(level)
        client.setLevel(client_level)


@contextmanager
def _no_dotenv() -> Iterator[None]:
    """Let what is imported meanwhile find no `.env`."""
    try:
        import dotenv
    except ImportError:  # then the SDK says so
        yield
        return
    load = dotenv.load_dotenv
    dotenv.load_dotenv = lambda *_, **__: False
    try:
        yield
    finally:
        dotenv.load_dotenv = load
