"""Every error this product raises on purpose.

    RagAppError            exit 1   something failed; the message says what to do next
    ├── UsageError         exit 2   an argument or option has a value that cannot work
    │   └── PairsError     exit 2   a pairs file lacks columns, rows or variety
    ├── FilingError        exit 1   one filing cannot be read (the rest goes on)
    ├── FetchError         exit 1   EDGAR or another server could not be asked
    │   └── NotFoundError  exit 1   it was asked, and it has no such thing
    ├── ModelError         exit 1   a model is missing, damaged or refused
    ├── IndexStateError    exit 1   no index, or one that belongs to another model
    ├── WorkspaceError     exit 1   a workspace file is damaged or held by another process
    ├── AnswerError        exit 1   the answering model failed
    └── Cancelled          exit 1   the user stopped the work

Messages are one line: the value, what was expected, what to do next.
"""

from __future__ import annotations


class RagAppError(Exception):
    """Base of all deliberate errors; `exit_code` is what the command line exits with."""

    exit_code = 1


class UsageError(RagAppError):
    """An argument or option has a value that cannot work."""

    exit_code = 2


class PairsError(UsageError):
    """Training or evaluation pairs that cannot be used."""


class FilingError(RagAppError):
    """One filing cannot be read."""


class FetchError(RagAppError):
    """A server could not be asked, or answered with something that is not an answer."""


class NotFoundError(FetchError):
    """The server was asked and has no such thing."""


class ModelError(RagAppError):
    """A model is missing, damaged or refused."""


class IndexStateError(RagAppError):
    """There is no index to open, or it belongs to another model."""


class WorkspaceError(RagAppError):
    """A workspace file is damaged, or another process holds it."""


class AnswerError(RagAppError):
    """The answering model failed."""


class Cancelled(RagAppError):
    """The user stopped the work."""
