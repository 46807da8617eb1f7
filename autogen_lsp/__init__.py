"""autogen-lsp: a language server that writes missing Python code."""

__version__ = "0.1.0"
