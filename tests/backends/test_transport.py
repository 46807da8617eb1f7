import socket
import threading
from collections.abc import Iterator

import pytest
import urllib3

from autogen_lsp.backends.standin import StandIn
from autogen_lsp.backends.transport import Connections


@pytest.fixture
def mute() -> Iterator[socket.socket]:
    """A listener that never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        yield server


def request_in_thread(connections: Connections, url: str) -> tuple[threading.Thread, list[Exception]]:
    failures: list[Exception] = []

    def work() -> None:
        try:
            connections.request("GET", url)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            failures.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    return thread, failures


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_abort_wakes_a_thread_that_waits_for_an_answer_or_for_a_handshake(mute, scheme):
    connections = Connections(connect=30, read=30)
    thread, failures = request_in_thread(connections, f"{scheme}://127.0.0.1:{mute.getsockname()[1]}/")
    peer, _ = mute.accept()
    with peer:
        peer.settimeout(10)
        assert peer.recv(4096)  # the request, or the handshake's first message
        connections.abort()
        thread.join(5)
        assert not thread.is_alive()
        assert failures
        while peer.recv(4096):
            pass  # ends with the connection


def test_abort_before_the_request_refuses_new_sockets(mute):
    connections = Connections(connect=30, read=30)
    connections.abort()
    with pytest.raises(urllib3.exceptions.HTTPError):
        connections.request("GET", f"http://127.0.0.1:{mute.getsockname()[1]}/")


def test_connection_is_kept_between_requests_of_a_call():
    with StandIn() as server:
        connections = Connections(connect=5, read=5)
        for _ in range(3):
            assert connections.request("GET", f"{server.url}/").status == 404
        assert connections.connection_from_url(server.url).num_connections == 1
        connections.abort()
        assert server.wait_until_idle(5)


def test_time_limits_hold_even_where_a_request_asks_for_none(mute):
    connections = Connections(connect=5, read=0.05)
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        connections.request("GET", f"http://127.0.0.1:{mute.getsockname()[1]}/", timeout=None)
