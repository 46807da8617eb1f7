"""What went wrong with a service, as one error with one clear line: HTTP statuses, broken replies, broken connections.

The line names the setting to look at. What the service itself said is added in short, with the credential cut out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from urllib3 import exceptions as http

from autogen_lsp.errors import (
    BackendError,
    BadResponse,
    Forbidden,
    NoSuchResource,
    NotAuthorised,
    PaymentRequired,
    RateLimited,
    ServiceFailed,
    TimedOut,
    Unreachable,
)

_SAID_LENGTH = 200
_SECRET_LENGTH = 6  # shorter ones are part of ordinary words


@dataclass(frozen=True)
class Service:
    """How to speak of a service: its name, and the settings that hold its address, credential and scope."""

    name: str
    address: str  # 'autogen.codegen.baseUrl'
    credential: str
    scope: str  # what 403 and 404 are about: 'organisation 42 (autogen.codegen.orgId)'
    secret: str | None = field(default=None, repr=False)

    def clean(self, text: str) -> str:
        """The text in one short line, without the credential."""
        if self.secret and len(self.secret) >= _SECRET_LENGTH:
            text = text.replace(self.secret, "[credential]")
        text = re.sub(r"(?i)bearer\s+\S+", "Bearer [credential]", " ".join(text.split()))
        return text if len(text) <= _SAID_LENGTH else text[: _SAID_LENGTH - 1] + "…"


def from_status(
    service: Service, status: int, *, headers: Mapping[str, str] | None = None, body: str = "", billed: bool = False
) -> BackendError:
    """The error for an HTTP status other than 200. ``billed``: whether a run had been started before this request."""
    said = service.clean(_message_in(body))
    about = f"({status})" + (f": {said}" if said else "")
    match status:
        case 401:
            return NotAuthorised(
                f"{service.name} refused the credential {about}; check {service.credential}", billed=billed
            )
        case 402:
            return PaymentRequired(
                f"the plan at {service.name} is used up {about}; upgrade it, or set another autogen.backend",
                billed=billed,
            )
        case 403:
            return Forbidden(f"{service.name} denies access to {service.scope} {about}", billed=billed)
        case 404:
            return NoSuchResource(
                f"{service.name} does not know {service.scope} {about}; check it and {service.address}", billed=billed
            )
        case 429:
            seconds = retry_after(headers or {})
            when = f"try again in {seconds:.0f} s" if seconds is not None else "try again in a minute"
            return RateLimited(
                f"the rate limit of {service.name} is reached {about}; {when}", retry_after=seconds, billed=billed
            )
    if 300 <= status < 400:
        return BadResponse(f"{service.name} redirects elsewhere {about}; check {service.address}", billed=billed)
    if status >= 500:
        return ServiceFailed(f"{service.name} failed {about}; try again later", billed=billed)
    phrase = HTTPStatus(status).phrase if status in HTTPStatus else "unknown status"
    return BadResponse(f"{service.name} did not accept the request: {phrase} {about}", billed=billed)


def from_exception(service: Service, error: Exception, *, sent: bool, read: float) -> BackendError:
    """The error for a urllib3 exception. ``sent``: a request that starts something billable may have got through."""
    match error:
        case http.NameResolutionError():
            return Unreachable(f"the host of {service.name} has no address; check {service.address}")
        case http.ConnectTimeoutError() | http.NewConnectionError():
            return Unreachable(f"{service.name} cannot be reached; check {service.address} and the network")
        case http.ReadTimeoutError():
            return TimedOut(f"{service.name} did not answer within {read:.0f} s", billed=sent)
        case http.SSLError():
            return Unreachable(f"no secure connection to {service.name}: its certificate was not accepted")
        case http.LocationParseError() | http.LocationValueError() | http.URLSchemeUnknown():
            return Unreachable(f"{service.address} is not an address like https://host")
        case http.ProtocolError() if _cut_short(error):
            return BadResponse(f"the answer of {service.name} broke off", billed=sent)
        case http.ProtocolError() | OSError():
            return Unreachable(f"the connection to {service.name} broke", billed=sent)
        case _:
            return BadResponse(
                f"{service.name} did not answer in HTTP as expected; check {service.address}", billed=sent
            )


def not_json(service: Service, *, billed: bool) -> BadResponse:
    """HTML, truncated JSON or JSON of another shape."""
    return BadResponse(f"{service.name} answered, but not as its API does; check {service.address}", billed=billed)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from a ``Retry-After`` header (RFC 9110, 10.2.3: seconds or a date); None where there is none."""
    value = next((value for name, value in headers.items() if name.lower() == "retry-after"), "").strip()
    if value.isdecimal():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (when - datetime.now(UTC)).total_seconds()) if when.tzinfo else None


def _message_in(body: str) -> str:
    """The service's own words in an error body, '' where it is not JSON of a known shape."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    for key in ("message", "detail", "error"):
        found = data.get(key) if isinstance(data, dict) else None
        if isinstance(found, dict):
            found = found.get("message")
        if isinstance(found, str):
            return found
    return ""


def _cut_short(error: Exception) -> bool:
    return any(isinstance(part, http.IncompleteRead) for part in (error, *error.args)) or (
        "IncompleteRead" in str(error)
    )
