"""Findings as a SARIF 2.1.0 log (OASIS standard), as code-scanning services and IDEs read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from autogen_lsp import __version__
from autogen_lsp.analysis.model import FindingKind

_RULES = {
    FindingKind.UNDEFINED_CALL: ("UndefinedCall", "A function or class is used that is defined nowhere."),
    FindingKind.MISSING_IMPORT: ("MissingImport", "A name is imported from a module that does not define it."),
    FindingKind.MISSING_MODULE: ("MissingModule", "A module of this workspace is imported that does not exist."),
    FindingKind.MISSING_ATTRIBUTE: ("MissingAttribute", "A member is used that its module or class does not define."),
    FindingKind.STUB: ("Stub", "A function has no implementation yet."),
}


def log(findings: list[dict[str, Any]], root: Path) -> dict[str, Any]:
    """The log of findings as `place.finding_document` makes them. Columns count code points (``columnKind``)."""
    kinds = list(_RULES)
    rules = [
        {"id": str(kind), "name": name, "shortDescription": {"text": text}, "defaultConfiguration": {"level": "note"}}
        for kind, (name, text) in _RULES.items()
    ]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "autogen-lsp", "version": __version__, "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {"ROOT": {"uri": root.as_uri().rstrip("/") + "/"}},
                "results": [_result(finding, kinds.index(FindingKind(finding["kind"]))) for finding in findings],
            }
        ],
    }


def _result(finding: dict[str, Any], rule: int) -> dict[str, Any]:
    uri = quote(finding["path"])
    artifact = {"uri": uri} if uri.startswith("/") else {"uri": uri, "uriBaseId": "ROOT"}
    return {
        "ruleId": finding["kind"],
        "ruleIndex": rule,
        "level": "note",
        "message": {"text": finding["message"]},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": artifact,
                    "region": {
                        "startLine": finding["line"],
                        "startColumn": finding["column"],
                        "endLine": finding["end_line"],
                        "endColumn": finding["end_column"],
                    },
                }
            }
        ],
    }
