"""Every error of the core has a machine-readable code and no prose.

The sentences that people read live where people are (`bot/texts`, `core/console`, `kiosk/screen`), keyed by
`code`; a test walks the subclasses and fails where a text is missing. This module does not log and does not
render HTTP; `core.web.problems` turns a `CoreError` into RFC 9457 problem+json.
"""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override


class CoreError(Exception):
    """A fact that stops a request, named by its code.

    `params` may reach a person, so a subclass never puts personal data there.
    """

    code: ClassVar[str] = "core.error"
    http_status: ClassVar[int] = 400
    retryable: ClassVar[bool] = False

    def __init__(self, **params: str | int) -> None:
        super().__init__(self.code)
        self.params = params

    @override
    def __repr__(self) -> str:
        return f"{type(self).__name__}(code={self.code!r}, params={self.params!r})"


class NotFoundError(CoreError):
    """The thing asked for does not exist, or the caller may not know that it does."""

    code = "core.not_found"
    http_status = 404


class ConflictError(CoreError):
    """The request contradicts what is already recorded."""

    code = "core.conflict"
    http_status = 409


class ForbiddenError(CoreError):
    """The caller is known but may not do this."""

    code = "core.forbidden"
    http_status = 403


class UnauthenticatedError(CoreError):
    """The caller did not prove who it is."""

    code = "core.unauthenticated"
    http_status = 401


class UnavailableError(CoreError):
    """Something we depend on does not answer now; the same request may pass later."""

    code = "core.unavailable"
    http_status = 503
    retryable = True
