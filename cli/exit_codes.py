"""The fixed exit codes of the terminal: one table. 0 is success, 1 a bug of ours, 2 a command that was misspelt."""

from doctown.errors import (
    BackendError,
    BadRequest,
    BlobCorrupt,
    BlobMissing,
    BudgetExceeded,
    DocpackInvalid,
    DoctownError,
    EndpointRefused,
    EngineMismatch,
    EngineUnavailable,
    InvalidSettings,
    LimitExceeded,
    ModelInvalid,
    ModelUnavailable,
    NotAuthorised,
    NothingToIndex,
    OutputNotWritable,
    RefNotFound,
    RepositoryNotFound,
    StoreUnavailable,
)

BUG = 1
INTERRUPTED = 130

EXIT_CODES: dict[type[DoctownError], int] = {
    DoctownError: 1,
    BadRequest: 3,
    RepositoryNotFound: 4,
    RefNotFound: 5,
    NothingToIndex: 6,
    LimitExceeded: 7,
    DocpackInvalid: 8,
    OutputNotWritable: 9,
    InvalidSettings: 10,
    ModelUnavailable: 11,
    ModelInvalid: 11,
    EngineUnavailable: 12,
    EngineMismatch: 12,
    BlobMissing: 13,
    BlobCorrupt: 13,
    StoreUnavailable: 13,
    BackendError: 14,
    NotAuthorised: 15,
    EndpointRefused: 16,
    BudgetExceeded: 17,
}


def exit_code_of(error: DoctownError) -> int:
    """The code of the error's class, or of the nearest class above it."""
    return next(EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES)
