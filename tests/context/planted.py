"""Secrets to plant in tests, made at run time from a seed: none stands in this file for a scanner to stumble on."""

from __future__ import annotations

import base64
import random
import string
from dataclasses import dataclass


@dataclass(frozen=True)
class Planted:
    """Code with a secret in it; ``value`` is what must not leave."""

    kind: str
    code: str
    value: str


_HEX = "0123456789abcdef"
_WORD = string.ascii_letters + string.digits
_URL = _WORD + "-_"
_B64 = _WORD + "+/"


def planted(seed: int = 20) -> list[Planted]:
    """One to three secrets of every kind, in the ways in which code holds them."""
    rng = random.Random(seed)

    def some(alphabet: str, size: int) -> str:
        while True:  # with a digit and a letter, as all but one in a million have
            text = "".join(rng.choice(alphabet) for _ in range(size))
            if any(c.isdigit() for c in text) and any(c.isalpha() for c in text):
                return text

    def uuid() -> str:
        return "-".join(some(_HEX, n) for n in (8, 4, 4, 4, 12))

    def jwt() -> str:
        parts = (b'{"alg":"HS256","typ":"JWT"}', b'{"sub":"%d"}' % rng.randrange(10**9))
        head = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
        return f"{head}.{some(_URL, 43)}"

    def pem(name: str, lines: int) -> str:
        body = "\n".join(some(_B64, 64) for _ in range(lines))
        dashes = "-" * 5
        return f"{dashes}BEGIN {name}{dashes}\n{body}\n{dashes}END {name}{dashes}"

    upper = string.ascii_uppercase + string.digits
    values = [
        ("aws-access-key", "AKIA" + some(upper, 16)),
        ("aws-access-key", "ASIA" + some(upper, 16)),
        ("github-token", "ghp_" + some(_WORD, 36)),
        ("github-token", "gho_" + some(_WORD, 36)),
        ("github-token", "github_pat_" + some(_WORD, 22) + "_" + some(_WORD, 59)),
        ("gitlab-token", "glpat-" + some(_URL, 20)),
        ("slack-token", "xoxb-" + "7" * 11 + "-" + some(_WORD, 24)),
        ("slack-token", "xapp-1-" + some(upper, 11) + "-" + some(_HEX, 40)),
        ("stripe-key", "sk_live_" + some(_WORD, 24)),
        ("stripe-key", "rk_test_" + some(_WORD, 24)),
        ("stripe-key", "whsec_" + some(_WORD, 32)),
        ("openai-key", "sk-proj-" + some(_URL, 48)),
        ("openai-key", "sk-" + some(_WORD, 48)),
        ("anthropic-key", "sk-ant-api03-" + some(_URL, 80)),
        ("google-api-key", "AIza" + some(_URL, 35)),
        ("google-oauth", "GOCSPX-" + some(_URL, 28)),
        ("sendgrid-key", "SG." + some(_URL, 22) + "." + some(_URL, 43)),
        ("twilio-key", "SK" + some(_HEX, 32)),
        ("mailchimp-key", some(_HEX, 32) + "-us12"),
        ("npm-token", "npm_" + some(_WORD, 36)),
        ("pypi-token", "pypi-AgEIcHlwaS5vcmc" + some(_URL, 80)),
        ("docker-token", "dckr_pat_" + some(_URL, 27)),
        ("huggingface-token", "hf_" + some(_WORD, 34)),
        ("databricks-token", "dapi" + some(_HEX, 32)),
        ("digitalocean-token", "dop_v1_" + some(_HEX, 64)),
        ("shopify-token", "shpat_" + some(_HEX, 32)),
        ("square-token", "sq0csp-" + some(_URL, 43)),
        ("discord-token", "M" + some(_WORD, 23) + "." + some(_URL, 6) + "." + some(_URL, 27)),
        ("telegram-token", "7123456789:AA" + some(_URL, 33)),
        ("vault-token", "hvs." + some(_URL, 90)),
        ("grafana-token", "glsa_" + some(_WORD, 32) + "_" + some(_HEX, 8)),
        ("new-relic-key", "NRAK-" + some(upper, 27)),
        ("postman-key", "PMAK-" + some(_HEX, 24) + "-" + some(_HEX, 34)),
        ("linear-key", "lin_api_" + some(_WORD, 40)),
        ("figma-token", "figd_" + some(_URL, 40)),
        ("atlassian-token", "ATATT3xFfGF0" + some(_URL, 180)),
        ("doppler-token", "dp.pt." + some(_WORD, 43)),
        ("age-secret-key", "AGE-SECRET-KEY-1" + some(upper, 58)),
        ("replicate-token", "r8_" + some(_WORD, 37)),
        ("json-web-token", jwt()),
        ("json-web-token", jwt()),
        ("sentry-dsn", some(_HEX, 32)),
        ("slack-webhook", "T" + some(upper, 8) + "/B" + some(upper, 10) + "/" + some(_WORD, 24)),
    ]  # fmt: skip
    shapes = (
        'CLIENT = connect("{}")',
        "headers = {{'X-Auth': '{}', 'Accept': '*/*'}}",
        'def call(self, value="{}"):\n    return value',
        "# used to be {} before the move",
    )
    found = []
    for n, (kind, value) in enumerate(values):
        if kind == "sentry-dsn":
            code = f'init(dsn="https://{value}@o42.ingest.example.io/1234567")'
        elif kind == "slack-webhook":
            code = f'post("https://hooks.slack.com/services/{value}", text)'
        else:
            code = shapes[n % len(shapes)].format(value)
        found.append(Planted(kind, code, value))
    secret_key, password, hex_key, base = some(_B64, 40), "tr0ub4dor&" + some(_WORD, 3), some(_HEX, 40), some(_B64, 44)
    storage, random_name, dashed = some(_B64, 86) + "==", some(_WORD, 40), uuid()
    basic, db, rabbit = some(_WORD, 14), "S3cure" + some(_WORD, 8), some(_WORD, 12)
    key_lines, ssh, inner = pem("RSA PRIVATE KEY", 6), pem("OPENSSH PRIVATE KEY", 4), pem("PRIVATE KEY", 5)
    quoted = "\n".join(f'    "{line}\\n"' for line in pem("EC PRIVATE KEY", 3).split("\n"))
    cut = "\n".join(some(_B64, 64) for _ in range(4))
    pair = base64.b64encode(f"deploy:Aq7{some(_WORD, 9)}4xZ".encode()).decode()
    ini, spaced, bearer = some(_WORD, 24), some(_WORD, 20), some(_URL, 40)
    found += [
        Planted("aws-secret-key", f'aws_secret_access_key = "{secret_key}"', secret_key),
        Planted("password", f'PASSWORD = "{password}"', password),
        Planted("password", f'user.set_password("{db}")', db),
        Planted("password", f'{{"db_password": "{basic}"}}', basic),
        Planted("password", f'login(user, password="{rabbit}A1b2")', f"{rabbit}A1b2"),
        Planted("password", f'os.environ.setdefault("SERVICE_TOKEN", "{spaced}")', spaced),
        Planted("password", f'"""Usage::\n\n    export API_KEY={ini}\n"""', ini),
        Planted("api-key", f'self.api_key: str = "{hex_key}"', hex_key),
        Planted("api-key", f'API_TOKEN = "{dashed}"', dashed),
        Planted("high-entropy", f'fernet = Fernet(b"{base}")', base),
        Planted("high-entropy", f'VALUE = "{random_name}"', random_name),
        Planted(
            "azure-storage-key", f'C = "AccountName=x;AccountKey={storage};EndpointSuffix=core.windows.net"', storage
        ),
        Planted("basic-auth", f'URL = "postgresql://app:{db}@db.internal:5432/prod"', db),
        Planted("basic-auth", f"broker = 'amqp://worker:{rabbit}@10.0.0.7//'", rabbit),
        Planted("basic-auth", f'REDIS = "redis://:{basic}@cache:6379/0"', basic),
        Planted("connection-string", f'D = "Server=s;Uid=sa;Pwd={db};Encrypt=yes"', db),
        Planted("authorization", f'h = {{"Authorization": "Bearer {bearer}"}}', bearer),
        Planted("authorization", f'H = "Basic {pair}"', pair),
        Planted("npm-token", f'RC = "//registry.example.org/:_authToken={spaced}"', spaced),
        Planted("private-key", f'KEY = """{key_lines}"""', key_lines.split("\n")[2]),
        Planted("private-key", f"KEY = '''\n{ssh}\n'''", ssh.split("\n")[1]),
        Planted("private-key", f'KEY = b"""{inner}\n"""\n\ndef after():\n    return 1', inner.split("\n")[-2]),
        Planted("private-key", f"KEY = (\n{quoted}\n)", quoted.split("\n")[2].strip(' "\\n')),
        Planted("key-material", cut, cut.split("\n")[2]),
    ]
    return found
