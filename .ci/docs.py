"""Writes the table of settings in docs/configuration.md from `config.Settings`. Usage: ``python .ci/docs.py``."""

from dataclasses import fields
from pathlib import Path

from autogen_lsp.config import Settings

PAGE = Path(__file__).resolve().parent.parent / "docs" / "configuration.md"
BEGIN, END = "<!-- settings: made by .ci/docs.py -->\n", "<!-- end of settings -->\n"


def table() -> str:
    """One Markdown row a setting, in the order of their declaration."""
    rows = ["| setting | default | environment | meaning |", "|---|---|---|---|"]
    for f in fields(Settings):
        default = "not set" if f.default in (None, ()) else f"`{_shown(f.default)}`"
        environment = ", ".join(f"`{name}`" for name in f.metadata["env"])
        choices = f" One of {', '.join(f'`{c}`' for c in f.metadata['choices'])}." if f.metadata["choices"] else ""
        rows.append(f"| `{f.metadata['key']}` | {default} | {environment} | {f.metadata['doc']}{choices} |")
    return "\n".join(rows) + "\n"


def renewed(page: str) -> str:
    """The page with its table made anew."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text("utf-8")), "utf-8")
