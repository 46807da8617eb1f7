"""What a model must know of the project to write one definition: ranked, redacted, within a budget of tokens."""
