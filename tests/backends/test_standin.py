import json
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from autogen_lsp.backends.standin import StandIn


def ask(url: str, body: object = None, token: str = "t") -> tuple[int, dict]:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=10) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_run_goes_through_its_statuses_and_ends_with_a_result():
    with StandIn(lambda prompt: f"re: {prompt}", statuses=["PENDING", "ACTIVE", "COMPLETE"]) as server:
        runs = f"{server.url}/v1/organizations/5/agent/run"
        status, created = ask(runs, {"prompt": "hello"})
        assert (status, created["status"], created["result"], created["organization_id"]) == (200, "PENDING", None, 5)
        assert ask(f"{runs}/{created['id']}")[1]["status"] == "ACTIVE"
        for _ in range(2):
            assert ask(f"{runs}/{created['id']}")[1]["result"] == "re: hello"
        assert server.runs == 1


@pytest.mark.parametrize(
    ("path", "body", "token", "status"),
    [
        ("/v1/organizations/5/agent/run", {"prompt": "x"}, "wrong", 401),
        ("/v1/organizations/6/agent/run", {"prompt": "x"}, "right", 403),
        ("/v1/organizations/5/agent/run", {"other": "x"}, "right", 422),
        ("/v1/organizations/5/agent/run/99", None, "right", 404),
        ("/v1/elsewhere", None, "right", 404),
        ("/v1/elsewhere", {}, "right", 404),
        ("/v1/chat/completions", {}, "right", 400),
    ],
)
def test_wrong_requests_are_refused_as_the_service_does(path, body, token, status):
    with StandIn(token="right", org_id=5) as server:
        assert ask(server.url + path, body, token)[0] == status
        assert server.runs == 0


def test_command_prints_the_settings_and_answers_from_a_file(tmp_path):
    (tmp_path / "reply.txt").write_text("from the file", encoding="utf-8")
    command = [sys.executable, "-m", "autogen_lsp.backends.standin", "--reply", str(tmp_path / "reply.txt")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            settings = dict(word.split("=", 1) for _ in range(2) for word in process.stdout.readline().split())
            url = settings["OPENAI_BASE_URL"] + "/chat/completions"
            reply = ask(url, {"model": "m", "messages": [{"role": "user", "content": "x"}]})[1]
            assert reply["choices"][0]["message"]["content"] == "from the file"
        finally:
            process.terminate()
