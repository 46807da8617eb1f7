"""A text into its number of tokens, offline: four ASCII characters a token, any other character a whole one.

That needs no vocabulary and no network, and errs on the safe side: on Python code it is 13 % above OpenAI's tokenizers
on average (5th to 95th percentile of 4,000-character windows: -10 % to +33 %), and within 1 % of Anthropic's published
one (-20 % to +19 %); `benchmarks/tokens.py` measures it.
"""

from __future__ import annotations

PER_TOKEN = 4


def count(text: str) -> int:
    """Tokens, rounded up."""
    return -(-weight(text) // PER_TOKEN)


def weight(text: str) -> int:
    """Quarters of a token: they add up exactly where texts are joined."""
    return len(text) if text.isascii() else sum(1 if character < "\x80" else PER_TOKEN for character in text)
