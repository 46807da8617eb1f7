"""HTTP whose sockets another thread can close: what lets a cancelled call end at once.

urllib3 blocks a thread in `connect`, the TLS handshake or `recv`, and closing its pool does not wake that thread. So
each call gets a `Connections` of its own, which keeps a second handle on every socket from before it connects; shutting
it down ends whatever the thread waits for. Nothing is retried or redirected here, and every request has time limits: a
redirect could take a credential elsewhere, and a repeated request could be billed twice.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, LocationValueError, NameResolutionError, NewConnectionError


class Connections(urllib3.PoolManager):
    """The connections of one call. ``connect`` and ``read`` are in seconds; `abort` may be called from any thread."""

    def __init__(self, *, connect: float, read: float) -> None:
        super().__init__(retries=False)
        self.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
        self._timeout = urllib3.Timeout(connect=connect, read=read)
        self._handles: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._aborted = False

    def urlopen(  # type: ignore[override]  # as urllib3's own PoolManager
        self, method: str, url: str, redirect: bool = True, **options: Any
    ) -> urllib3.BaseHTTPResponse:
        if not url.lower().startswith(("http://", "https://")):
            raise LocationValueError("not an http(s) address")
        options["timeout"] = self._timeout
        return super().urlopen(method, url, redirect=False, **options)

    def abort(self) -> None:
        """Close every socket now, and refuse new ones. Requests under way fail with an `OSError` or urllib3's own."""
        with self._lock:
            self._aborted = True
            handles, self._handles = self._handles, set()
        for handle in handles:
            _shut(handle)
        self.clear()

    def adopt(self, sock: socket.socket) -> socket.socket:
        """A second handle on ``sock``, which survives its wrapping in TLS."""
        with self._lock:
            if self._aborted:
                raise ConnectionAbortedError("the call was cancelled")
            handle = sock.dup()
            self._handles.add(handle)
            return handle

    def release(self, handle: socket.socket) -> None:
        with self._lock:
            self._handles.discard(handle)
        handle.close()

    def _new_pool(
        self, scheme: str, host: str, port: int, request_context: dict[str, Any] | None = None
    ) -> HTTPConnectionPool:
        pool = super()._new_pool(scheme, host, port, request_context)
        assert isinstance(pool, _Pool | _SecurePool)
        pool.owner = self
        return pool


class _Owned(HTTPConnection):
    """A connection that reports its sockets to its `Connections`."""

    owner: Connections
    handle: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        try:
            return self._connect_first(socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM))
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, f"no connection to {self.host} in {self.timeout} s") from error
        except OSError as error:
            raise NewConnectionError(self, f"no connection: {error}") from error

    def _connect_first(self, addresses: Iterable[tuple[Any, ...]]) -> socket.socket:
        failure: OSError = ConnectionRefusedError("the name has no address")
        for family, kind, protocol, _, address in addresses:
            sock = socket.socket(family, kind, protocol)
            try:
                self.handle = self.owner.adopt(sock)
                for option in self.socket_options or ():
                    sock.setsockopt(*option)
                sock.settimeout(self.timeout)
                sock.connect(address)
            except OSError as error:
                failure = error
                sock.close()
                self._release()
            else:
                return sock
        raise failure

    def close(self) -> None:
        super().close()
        self._release()

    def _release(self) -> None:
        if self.handle is not None:
            self.owner.release(self.handle)
            self.handle = None


class _OwnedSecure(_Owned, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Owned
    owner: Connections

    def _new_conn(self) -> Any:
        connection = super()._new_conn()
        connection.owner = self.owner  # type: ignore[attr-defined]  # it is ConnectionCls
        return connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _OwnedSecure
    owner: Connections

    def _new_conn(self) -> Any:
        connection = super()._new_conn()
        connection.owner = self.owner  # type: ignore[attr-defined]  # it is ConnectionCls
        return connection


def _shut(handle: socket.socket) -> None:
    try:
        handle.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # never connected, or the peer was first
    finally:
        handle.close()
