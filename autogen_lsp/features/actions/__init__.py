"""Code actions: one file an action, one row each in `registry`."""
