"""One file's text into facts, by tree-sitter alone: no other file, no import system. Never raises on user code."""
