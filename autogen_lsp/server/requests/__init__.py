"""One module a request: from LSP's types to a feature and back, nothing else."""
