"""Why a language model gave no usable draft. Each ends in the extractive answer; the name is for the operator's log."""

from rag.errors import GenerationError


class ModelLateError(GenerationError):
    """The model did not finish within the time-out."""


class ModelFailedError(GenerationError):
    """The server refused, broke off, or answered in another form than asked."""


class ModelPausedError(GenerationError):
    """The circuit breaker is open: the server failed too often just now and is not asked."""


class TooManyCallsError(GenerationError):
    """The rate limit of this process is used up for now."""


class BudgetSpentError(GenerationError):
    """The call could pass the cost cap of the day."""


class RequestTooLargeError(GenerationError):
    """Question and best passage alone are longer than a prompt may be."""


class UnsupportedDraftError(GenerationError):
    """The draft says what no cited passage says, cites what was not given, or says it cannot answer."""
