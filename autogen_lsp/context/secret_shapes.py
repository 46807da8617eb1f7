"""Shapes of credentials: kinds and patterns that detect-secrets does not know, and those that it does, as one table.

A pattern's group ``value`` (or its first group, or the whole match) is the secret. Shapes that issuers document are
taken as documented, with open length where they grew over time. The library is imported when first used (0.3 s).
"""

from __future__ import annotations

import re

_WORD = r"(?<![A-Za-z0-9_-])"  # a token starts here
_END = r"(?![A-Za-z0-9_-])"


def _prefixed(kind: str, *prefixes: str, rest: str = r"[A-Za-z0-9_-]{16,}") -> tuple[str, re.Pattern[str]]:
    """A token that starts with one of these literal prefixes."""
    return kind, re.compile(f"{_WORD}(?:{'|'.join(prefixes)}){rest}")


# Key files in a string, over many lines: from BEGIN, where key material follows, to END or as far as the text goes.
KEY_FILES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "private-key",
        re.compile(
            r"""-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"""
            r"""(?=(?:\\[nr]|[\s"'+()\\#,]|[A-Z][\w-]+: [^\n]*\n)*[A-Za-z0-9+/=]{24})"""
            r"""(?:(?!-----END)[\s\S])*?(?:-----END [A-Z0-9 ]*-----|(?=\n[ \t]*(?:def|class|return|if|for) )|\Z)"""
        ),
    ),
    ("private-key", re.compile(r"PuTTY-User-Key-File-[\s\S]*?(?:Private-MAC: [0-9a-f]+|\Z)")),
)

SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    _prefixed("age-secret-key", "AGE-SECRET-KEY-1", rest=r"[A-Z0-9]{40,}"),
    _prefixed("openai-key", "sk-(?:proj|svcacct|admin|None)-", rest=r"[A-Za-z0-9_-]{20,}"),
    _prefixed("openai-key", "sk-", rest=r"(?=[A-Za-z]*[0-9])[A-Za-z0-9]{32,}"),
    _prefixed("anthropic-key", "sk-ant-", rest=r"[A-Za-z0-9_-]{16,}"),
    _prefixed("openrouter-key", "sk-or-", rest=r"[A-Za-z0-9_-]{16,}"),
    _prefixed("groq-key", "gsk_"),
    _prefixed("xai-key", "xai-", rest=r"[A-Za-z0-9]{32,}"),
    _prefixed("perplexity-key", "pplx-", rest=r"[A-Za-z0-9]{32,}"),
    _prefixed("replicate-token", "r8_", rest=r"[A-Za-z0-9]{30,}"),
    _prefixed("huggingface-token", "hf_", "api_org_", rest=r"[A-Za-z0-9]{24,}"),
    _prefixed("github-token", "github_pat_", rest=r"[A-Za-z0-9_]{22,}"),
    _prefixed("github-token", "gh[pousr]_", rest=r"[A-Za-z0-9_]{30,}"),
    _prefixed("gitlab-token", "gl(?:pat|dt|ft|soat|rt|cbt|imt|ptt|oas|agent)-"),
    _prefixed("npm-token", "npm_", rest=r"[A-Za-z0-9]{30,}"),
    (
        "npm-token",
        re.compile(r"(?:^|[\s:\"'])_(?:authToken|auth|password)\s*=\s*[\"']?(?P<value>[A-Za-z0-9+/=_-]{16,})"),
    ),
    _prefixed("pypi-token", "pypi-AgE", rest=r"[A-Za-z0-9_-]{16,}"),
    _prefixed("rubygems-token", "rubygems_", rest=r"[a-f0-9]{32,}"),
    _prefixed("docker-token", "dckr_(?:pat|oat)_"),
    _prefixed("google-api-key", "AIza", rest=r"[A-Za-z0-9_-]{30,}"),
    _prefixed("google-oauth", "GOCSPX-", r"ya29\.", rest=r"[A-Za-z0-9_-]{20,}"),
    (
        "aws-secret-key",
        re.compile(
            r"(?i)aws[\w ]{0,20}(?:secret|key|token)\w{0,20}[\"'\]]{0,2}\s*[:=,]\s*[\"']?"
            r"(?P<value>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])"
        ),
    ),
    ("aws-session-token", re.compile(_WORD + r"(?:FwoGZXIvYXdz|IQoJb3JpZ2lu)[A-Za-z0-9+/=]{20,}")),
    ("azure-storage-key", re.compile(r"AccountKey=(?P<value>[A-Za-z0-9+/]{40,}={0,2})")),
    ("azure-sas", re.compile(r"SharedAccessKey=(?P<value>[A-Za-z0-9+/]{30,}={0,2})")),
    ("azure-sas", re.compile(r"[?&]sig=(?P<value>[A-Za-z0-9%+/]{30,}={0,2})")),
    ("azure-client-secret", re.compile(r"(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}8Q~[A-Za-z0-9_~.-]{30,}")),
    _prefixed("digitalocean-token", "do[opr]_v1_", rest=r"[a-f0-9]{32,}"),
    _prefixed("databricks-token", "dapi", rest=r"[a-f0-9]{32}(?:-\d)?"),
    _prefixed("vault-token", r"hv[sbr]\.", rest=r"[A-Za-z0-9_-]{20,}"),
    _prefixed("terraform-token", r"[A-Za-z0-9]{14}\.atlasv1\.", rest=r"[A-Za-z0-9_=-]{30,}"),
    _prefixed("stripe-key", "[rs]k_(?:live|test)_", "whsec_", rest=r"[A-Za-z0-9]{16,}"),
    _prefixed("square-token", "sq0(?:csp|atp|idp)-", "EAAA", rest=r"[A-Za-z0-9_-]{22,}"),
    _prefixed("shopify-token", "shp(?:at|ca|pa|ss)_", rest=r"[A-Fa-f0-9]{24,}"),
    _prefixed("braintree-token", r"access_token\$(?:production|sandbox)\$", rest=r"[a-z0-9]{8,}\$[a-f0-9]{24,}"),
    _prefixed("slack-token", "xox[a-z]-", rest=r"[A-Za-z0-9-]{12,}"),
    _prefixed("slack-token", r"xapp-\d-", "xoxe\\.", rest=r"[A-Za-z0-9-]{16,}"),
    ("slack-webhook", re.compile(r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<value>[A-Za-z0-9_/]{16,})")),
    ("discord-webhook", re.compile(r"discord(?:app)?\.com/api/webhooks/(?P<value>\d+/[A-Za-z0-9_-]{20,})")),
    ("teams-webhook", re.compile(r"\.webhook\.office\.com/(?P<value>webhookb2/[\w@/-]{30,})")),
    _prefixed("discord-token", "[MNO][A-Za-z0-9_-]{23,27}", rest=r"\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}"),
    ("telegram-token", re.compile(r"(?<![0-9])\d{8,10}:AA[A-Za-z0-9_-]{32,33}" + _END)),
    _prefixed("sendgrid-key", r"SG\.", rest=r"[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{32,}"),
    _prefixed("mailgun-key", "key-", rest=r"[a-f0-9]{32}"),
    _prefixed("brevo-key", "xkeysib-", "xsmtpsib-", rest=r"[a-f0-9]{40,}[\w-]*"),
    _prefixed("twilio-key", "AC", "SK", rest=r"[a-f0-9]{32}" + _END),
    _prefixed("new-relic-key", "NR(?:AK|JS|AA|II|IQ|RA)-", rest=r"[A-Za-z0-9-]{16,}"),
    _prefixed("grafana-token", "gl(?:c|sa)_", rest=r"[A-Za-z0-9_+/=]{24,}"),
    _prefixed("sentry-token", "sntry[su]_", rest=r"[A-Za-z0-9_=+/-]{24,}"),
    ("sentry-dsn", re.compile(r"://(?P<value>[a-f0-9]{32}(?::[a-f0-9]{32})?)@[\w.-]+/\d+")),
    _prefixed("postman-key", "PMAK-", rest=r"[a-f0-9-]{40,}"),
    _prefixed("linear-key", "lin_(?:api|oauth)_", rest=r"[A-Za-z0-9]{24,}"),
    _prefixed("notion-key", "ntn_", "secret_", rest=r"(?=[A-Za-z]*[0-9])[A-Za-z0-9]{40,}"),
    _prefixed("figma-token", "fig[dou]r?_"),
    _prefixed("airtable-token", r"pat[A-Za-z0-9]{14}\.", rest=r"[a-f0-9]{40,}"),
    _prefixed("atlassian-token", "ATATT3", "ATCTT3", "ATBB", rest=r"[A-Za-z0-9_=-]{20,}"),
    _prefixed("doppler-token", r"dp\.(?:pt|st|ct|sa|scim|audit)\.", rest=r"[A-Za-z0-9._-]{32,}"),
    _prefixed("supabase-key", "sbp_", "sb_secret_"),
    _prefixed("planetscale-token", "pscale_(?:tkn|pw|oauth)_"),
    _prefixed("fly-token", "FlyV1 fm\\d_", "fo1_", rest=r"[A-Za-z0-9+/=_-]{24,}"),
    _prefixed("render-key", "rnd_", rest=r"[A-Za-z0-9]{24,}"),
    _prefixed("heroku-key", "HRKU-", rest=r"[A-Za-z0-9_-]{30,}"),
    _prefixed("netlify-token", "nfp_", rest=r"[A-Za-z0-9_]{30,}"),
    _prefixed("mapbox-token", r"sk\.eyJ", rest=r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{16,}"),
    _prefixed("facebook-token", "EAA[A-Z]", rest=r"[A-Za-z0-9]{40,}"),
    _prefixed("codegen-token", "sk-[a-f0-9]{8}-", rest=r"[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}"),
    ("json-web-token", re.compile(_WORD + r"eyJ[A-Za-z0-9_-]{8,}\.(?:eyJ)?[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*)?")),
    # user:password@host in an address; nothing that is itself a placeholder or a format field
    (
        "basic-auth",
        re.compile(
            r"://(?P<user>[^:/?#\[\]@!$&'()*+,;=\s\"{}<>%]*):(?P<value>[^:/?#\[\]@\s\"'{}<>]{3,})@(?=[\w\[])"
        ),
    ),
    (
        "authorization",
        re.compile(r"(?i)\b(?:bearer|basic)\s+(?P<value>(?=[A-Za-z0-9+/=_.~-]*[0-9])[A-Za-z0-9+/=_.~-]{20,})"),
    ),
    (
        "password",
        re.compile(r"(?i)(?<![a-z])(?:password|pwd)=(?P<value>(?=[^;\"'\s]*[0-9])[^;\"'\s{}<>%$&,)]{6,})(?=;)"),
    ),
    ("license-key", re.compile(_WORD + r"[A-Z0-9]{5}(?:-[A-Z0-9]{5}){4}" + _END)),
    (
        "heroku-key",
        re.compile(
            r"(?i)(?:heroku|api_?key|token|secret)\w*[\"'\]]{0,2}\s*[:=]\s*[\"']"
            r"(?P<value>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})[\"']"
        ),
    ),
)  # fmt: skip


def library_shapes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The patterns of detect-secrets' plugins, each under its own name as a kind.

    Left out are public addresses (no secrets), and what `SHAPES` has in a stricter form, because the plugin's pattern
    is meant for a person who looks at each hit: JWT and Basic Auth without their delimiters, key files without the key.
    """
    from detect_secrets.plugins import (
        artifactory,
        aws,
        azure_storage_key,
        cloudant,
        discord,
        github_token,
        gitlab_token,
        ibm_cloud_iam,
        ibm_cos_hmac,
        mailchimp,
        npm,
        openai,
        pypi_token,
        sendgrid,
        slack,
        softlayer,
        square_oauth,
        stripe,
        telegram_token,
        twilio,
    )  # fmt: skip

    plugins = (
        artifactory.ArtifactoryDetector(), aws.AWSKeyDetector(), azure_storage_key.AzureStorageKeyDetector(),
        cloudant.CloudantDetector(), discord.DiscordBotTokenDetector(), github_token.GitHubTokenDetector(),
        gitlab_token.GitLabTokenDetector(), ibm_cloud_iam.IbmCloudIamDetector(), ibm_cos_hmac.IbmCosHmacDetector(),
        mailchimp.MailchimpDetector(), npm.NpmDetector(), openai.OpenAIDetector(), pypi_token.PypiTokenDetector(),
        sendgrid.SendGridDetector(), slack.SlackDetector(), softlayer.SoftlayerDetector(),
        square_oauth.SquareOAuthDetector(), stripe.StripeDetector(), telegram_token.TelegramBotTokenDetector(),
        twilio.TwilioKeyDetector(),
    )  # fmt: skip
    return tuple(
        ("-".join(plugin.secret_type.lower().split()), pattern) for plugin in plugins for pattern in plugin.denylist
    )
