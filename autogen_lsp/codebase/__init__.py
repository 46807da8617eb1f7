"""The graph_sitter codebase of the files at hand, in its own process: context for a target, or why there is none."""
