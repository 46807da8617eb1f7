"""Every error that this program raises on purpose, and what the user reads.

    AutogenError                    base: `str(error)` is one clear line that says what to do
    ├── UsageError                  wrong arguments, settings or paths (exit status 2)
    ├── NotFound                    nothing to do at this place (no finding, no such symbol)
    ├── MissingExtra                an optional package is not installed; names the command that adds it
    ├── EditRefused                 the text changed under an edit, or the client refused it
    ├── GenerationFailed            no acceptable code came back; the buffer was not touched
    │   ├── InvalidReply            the reply failed its checks, after repair
    │   └── BudgetExceeded          the budget forbids the call
    └── BackendError                the backend could not answer
        ├── NotAuthorised           401, or no credentials
        ├── PaymentRequired         402
        ├── Forbidden               403
        ├── NoSuchResource          404
        ├── RateLimited             429; `retry_after` in seconds
        ├── ServiceFailed           5xx, or a run that ended as failed
        ├── BadResponse             HTML, truncated or unexpected JSON
        ├── Unreachable             refused, reset, DNS
        └── TimedOut                no answer within the deadline

A defect is any other exception; the server's guard logs it with its traceback and tells the user one line.
"""

from __future__ import annotations


class AutogenError(Exception):
    """Base of all errors meant for users. The message must never hold a credential."""


class UsageError(AutogenError):
    """Wrong arguments, settings or paths."""


class NotFound(AutogenError):
    """Nothing to do at this place."""


class MissingExtra(AutogenError):
    """An optional package is not installed."""


class EditRefused(AutogenError):
    """The text changed under an edit, or the client refused it."""


class GenerationFailed(AutogenError):
    """No acceptable code came back."""


class InvalidReply(GenerationFailed):
    """The reply failed its checks, after repair."""

    def __init__(self, message: str, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class BudgetExceeded(GenerationFailed):
    """The budget forbids the call."""


class BackendError(AutogenError):
    """The backend could not answer. `billed` says whether the call may have cost money all the same."""

    def __init__(self, message: str, *, billed: bool = False) -> None:
        super().__init__(message)
        self.billed = billed


class NotAuthorised(BackendError):
    """401, or no credentials."""


class PaymentRequired(BackendError):
    """402: the plan is used up."""


class Forbidden(BackendError):
    """403."""


class NoSuchResource(BackendError):
    """404: wrong organisation, run or base URL."""


class RateLimited(BackendError):
    """429."""

    def __init__(self, message: str, *, retry_after: float | None = None, billed: bool = False) -> None:
        super().__init__(message, billed=billed)
        self.retry_after = retry_after


class ServiceFailed(BackendError):
    """5xx, or a run that ended as failed."""


class BadResponse(BackendError):
    """HTML, truncated or unexpected JSON."""


class Unreachable(BackendError):
    """Refused, reset, no such host."""


class TimedOut(BackendError):
    """No answer within the deadline."""
