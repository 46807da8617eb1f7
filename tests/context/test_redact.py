"""Redaction: nothing secret leaves, little else is masked, and the counts are right."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest

from autogen_lsp.config import Settings
from autogen_lsp.context import redact
from tests.context.planted import Planted, planted

PLANTED = planted()


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(PLANTED) >= 60
    assert len({each.kind for each in PLANTED}) >= 15


@pytest.mark.parametrize("each", PLANTED, ids=lambda each: each.kind)
def test_a_planted_secret_does_not_leave(each: Planted) -> None:
    masked = redact.mask(each.code)
    assert each.value not in masked.text
    assert sum(count for _, count in masked.counts) >= 1
    assert masked.text.count("<redacted:") == sum(count for _, count in masked.counts)


@pytest.mark.parametrize("each", planted(seed=7), ids=lambda each: each.kind)
def test_secrets_of_another_seed_do_not_leave_either(each: Planted) -> None:
    assert each.value not in redact.mask(each.code).text


def test_what_surrounds_a_secret_stays() -> None:
    token = next(each for each in PLANTED if each.kind == "github-token")
    text = f'def f():\n    t = "{token.value}"  # why\n    return g(t)\n'
    assert redact.mask(text).text == 'def f():\n    t = "<redacted:github-token>"  # why\n    return g(t)\n'


def test_counts_are_by_kind_and_exact() -> None:
    keys = [each.value for each in PLANTED if each.kind == "aws-access-key"]
    text = f'A = "{keys[0]}"\nB = "{keys[1]}"\nC = "{keys[0]}"\nD = "postgres://u:{"q7" * 4}@h/d"\n'
    assert redact.mask(text).counts == (("aws-access-key", 3), ("basic-auth", 1))


@pytest.mark.parametrize(
    "line",
    [
        'PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]',
        'password = forms.CharField(label="Password", widget=forms.PasswordInput)',
        'token = request.headers["X-CSRFToken"]',
        'SECRET_KEY = os.environ["SECRET_KEY"]',
        'api_key = "your-api-key-here"',
        'url = "https://user:password@example.com/"',
        'url = f"postgresql://{user}:{password}@{host}/{name}"',
        'ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"',
        'assert sha256(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"',
        'REV = "9d5e0c8f3ab14e57a2c06b1d8f7e4a3920c5b6d1"',
        'ForeignKey("base_w_sub_rel.id")',
        'if "-----BEGIN PRIVATE KEY-----" in text:\n    return load_private_key(text)',
        'path = "/usr/lib/python3/dist-packages/some_package/v1beta2/resources.py"',
        "class AuthenticationTokenRefreshRequestV2(BaseModel):",
        'DSN = "sqlite:////var/lib/app/data_2024.db"',
        "token_type_hint2 = TokenTypeHint.ACCESS_TOKEN",
        'headers = {"Authorization": "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}',  # of RFC 7617: Aladdin, open sesame
        'values = [\n    "64ad3fb166ddb41a2ca24f1803b8b722",\n]',
        "password = 'CircleOfLife'",
    ],
)
def test_ordinary_code_stays_as_it_is(line: str) -> None:
    assert redact.mask(line) == redact.Masked(line)


def test_hardly_anything_is_masked_in_the_standard_library() -> None:
    lines = masks = 0
    for path in sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py")):
        text = path.read_text(encoding="utf-8", errors="replace")
        lines += text.count("\n")
        masks += sum(count for _, count in redact.mask(text).counts)
    assert lines > 50_000
    assert masks <= lines / 10_000


def test_values_of_env_files_are_masked_wherever_they_stand(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "# settings\nexport DB_PASSWORD='blue horse 9'\nINTERNAL=plain-looking-value-7\nDEBUG=true\nHOST=localhost\n"
        "APP_NAME=bookshop\nMAIL_PASSWORD=rosebudd\n"
    )
    known = redact.known_values(Settings(), [tmp_path])
    text = 'connect("blue horse 9", "plain-looking-value-7", host="localhost", app="bookshop", pw="rosebudd")\n'
    text += "rosebudd = 1\n"
    masked = redact.mask(text, known)
    assert "blue horse" not in masked.text
    assert "plain-looking" not in masked.text
    assert '"rosebudd"' not in masked.text
    assert "rosebudd = 1" in masked.text  # a word of the code is no secret
    assert '"localhost"' in masked.text
    assert '"bookshop"' in masked.text
    assert masked.counts == (("env-value", 3),)


def test_example_env_files_are_not_secret(tmp_path: Path) -> None:
    (tmp_path / ".env.example").write_text("API_KEY=put-it-here-42x\n")
    assert redact.known_values(Settings(), [tmp_path]) == redact.Known()


def test_our_own_credentials_are_masked() -> None:
    known = redact.known_values(Settings(openai_api_key="local-key/1"), [])
    assert redact.mask("x = 'local-key/1'", known).text == "x = '<redacted:env-value>'"
    assert "local-key" not in repr(known)


def test_masking_twice_changes_nothing() -> None:
    for each in PLANTED:
        once = redact.mask(each.code).text
        assert redact.mask(once) == redact.Masked(once)


@pytest.mark.parametrize(
    "text", ["", "\x00\ud800", "a" * 200_000, "A1" * 100_000, "'" * 50_000, "-----BEGIN PRIVATE KEY-----" * 2000]
)
def test_strange_text_takes_bounded_time_and_raises_nothing(text: str) -> None:
    redact.mask(text)
