"""Every failure doctown names, and whether trying again can help.

    DoctownError
    ├── BadRequest                what was asked for cannot be done; asking again changes nothing
    │   ├── InvalidSettings       a variable or option contradicts another or cannot be read
    │   ├── UnsupportedRequest    a message of another protocol version, or with an unknown field
    │   ├── RepositoryNotFound    no such path, host or repository, or no access
    │   ├── RefNotFound           the repository has no such branch, tag or commit
    │   ├── NothingToIndex        the repository holds no text that could be indexed
    │   ├── LimitExceeded         the repository is larger than the limits allow
    │   ├── DocpackInvalid        the file is no docpack, or not the one its manifest describes
    │   ├── OutputNotWritable     the output folder is full, read-only or missing
    │   └── EndpointRefused       an endpoint is not made, changed or ended as it was asked for
    ├── BudgetExceeded            the run would cost, or has cost, more than it may
    ├── ModelUnavailable          the model cannot be fetched from anywhere (retryable)
    ├── ModelInvalid              a model file is not the one that was promised
    ├── EngineUnavailable         the engine asked for is not on this machine
    ├── EngineMismatch            batches of one run came back from two engines or models
    ├── BlobMissing               the store does not hold what a message names
    ├── BlobCorrupt               the store holds other bytes than a message names
    ├── StoreUnavailable          the store cannot be reached or written (retryable)
    │   └── StoreRefused          the store does not do it, and will not until somebody changes something there or here
    └── BackendError              a place could not run a step
        ├── BackendUnavailable    it did not answer, or refused for now (retryable)
        │   └── SubmitUnanswered  it may have taken the job or not: the one case that may pay twice (retryable)
        ├── NoWorkers             it takes jobs, but has no worker that would run one
        ├── NotAuthorised         it did not accept the key
        ├── StepFailed            the step itself failed there, with a failure we have no name for
        ├── WorkerLost            the worker vanished in the middle (retryable)
        ├── StepTimedOut          the step ran or waited longer than it may (retryable)
        │   └── ExecutionTimedOut     it ran, and not to its end: once more with less to do (retryable)
        ├── JobCancelled          somebody else cancelled the job
        ├── ResultTooLarge        the result does not fit the place's limit
        └── ResultInvalid         the result is not what was asked for (retryable)

A class's docstring is its default message. Errors cross the RunPod wire by class name (`error_named`).
"""


class DoctownError(Exception):
    """Something went wrong in doctown."""

    retryable: bool = False

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())

    @property
    def kind(self) -> str:
        """The class's name, as it crosses the wire and stands in JSON."""
        return type(self).__name__


class BadRequest(DoctownError):
    """The request cannot be carried out as it stands."""


class InvalidSettings(BadRequest):
    """The settings contradict each other; change one of them."""


class UnsupportedRequest(BadRequest):
    """The request is not one this version understands; upgrade the older side."""


class RepositoryNotFound(BadRequest):
    """There is no repository there, or it may not be read; check the path or URL."""


class RefNotFound(BadRequest):
    """The repository has no such branch, tag or commit; check the name."""


class NothingToIndex(BadRequest):
    """The repository holds no text that could be indexed."""


class LimitExceeded(BadRequest):
    """The repository is over the limits; raise the limit or index a part of it."""


class DocpackInvalid(BadRequest):
    """The file is not an intact docpack; make it again with doctown index."""


class OutputNotWritable(BadRequest):
    """The output folder cannot be written; choose another with --out."""


class EndpointRefused(BadRequest):
    """The endpoint is left as it is; see doctown endpoints plan."""


class BudgetExceeded(DoctownError):
    """The run costs more than it may; raise --max-cost, or index a part of the repository."""


class ModelUnavailable(DoctownError):
    """The model could be fetched from nowhere; connect to the network once, or set MODEL_PATH to its folder."""

    retryable = True


class ModelInvalid(DoctownError):
    """A model file is not the one that was promised; remove it and fetch it again."""


class EngineUnavailable(DoctownError):
    """The engine that was asked for is not on this machine."""


class EngineMismatch(DoctownError):
    """Batches of one run came back from two engines or models; their vectors do not go together."""


class BlobMissing(DoctownError):
    """The store does not hold an object that is needed; run again."""


class BlobCorrupt(DoctownError):
    """The store holds other bytes than were written; run again."""


class StoreUnavailable(DoctownError):
    """The store cannot be reached or written."""

    retryable = True


class StoreRefused(StoreUnavailable):
    """The store refuses; look at its keys, its rights and its size."""

    retryable = False


class BackendError(DoctownError):
    """A place could not run a step."""


class BackendUnavailable(BackendError):
    """The place did not answer, or refused for now."""

    retryable = True


class SubmitUnanswered(BackendUnavailable):
    """No answer came to a job that may have been taken; it is submitted again, and may be paid for twice."""


class NoWorkers(BackendError):
    """The endpoint takes jobs but has no worker to run them; raise its most workers, or use another endpoint."""


class NotAuthorised(BackendError):
    """The endpoint did not accept the key; check RUNPOD_API_KEY."""


class StepFailed(BackendError):
    """The step failed where it ran."""


class WorkerLost(BackendError):
    """The worker vanished before it gave a result; see its logs, it may lack memory."""

    retryable = True


class StepTimedOut(BackendError):
    """The step ran or waited longer than it may."""

    retryable = True


class ExecutionTimedOut(StepTimedOut):
    """The job ran longer than its execution timeout; raise DOCTOWN_EXECUTION_S, or lower DOCTOWN_BATCH_TOKENS."""


class JobCancelled(BackendError):
    """The job was cancelled by somebody else; start it again if that was not meant."""


class ResultTooLarge(BackendError):
    """The result is larger than the place can hand over."""


class ResultInvalid(BackendError):
    """The result is not what was asked for."""

    retryable = True


def _tree(root: type[DoctownError]) -> dict[str, type[DoctownError]]:
    named = {root.__name__: root}
    for below in root.__subclasses__():
        named |= _tree(below)
    return named


def error_named(kind: str, message: str) -> DoctownError:
    """The error a place reported as `kind` and `message`; an unknown kind is a `StepFailed` that names it."""
    found = _tree(DoctownError).get(kind)
    return found(message) if found else StepFailed(f"{kind}: {message}")
