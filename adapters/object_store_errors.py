"""What a service that speaks S3 says when it does not do something, in one sentence that says what mends it.

The library hands over the answer as text: the HTTP status and S3's own code are found in it, and nothing else of it is
shown, for a service may repeat in it what it was sent.
"""

import re

from doctown.errors import DoctownError, StoreRefused, StoreUnavailable

_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>\s*(\w{1,100})\s*</Code>")
_PASSING = frozenset({"408", "409", "429", "500", "502", "503", "504"})

_CLOCK = frozenset({"RequestTimeTooSkewed", "RequestExpired"})
_KEYS = frozenset(
    {"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken", "TokenRefreshRequired"}
)
_FULL = frozenset({"QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "InsufficientStorage"})
_REGION = frozenset({"PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed"})


def status_of(text: str) -> str:
    """The HTTP status of the answer; empty: there was no answer."""
    found = _STATUS.search(text)
    return found[1] if found else ""


def code_of(text: str) -> str:
    """S3's own code in the answer; empty: it has none."""
    found = _CODE.search(text)
    return found[1] if found else ""


def can_pass(text: str) -> bool:
    """Whether the same request may be answered otherwise in a moment."""
    status = status_of(text)
    return status in _PASSING if status else "HTTP error" in text


def is_conflict(text: str) -> bool:
    """Whether another was writing the object in that very moment: neither has been first yet."""
    return code_of(text) == "ConditionalRequestConflict"


def is_of_the_object(text: str) -> bool:
    """Of an answer 404: whether it is the object that is missing, and not the bucket."""
    return code_of(text) != "NoSuchBucket"


def refusal_of(text: str, where: str) -> DoctownError:
    """The error for an answer, or for none; `where` says which store was asked."""
    status, code = status_of(text), code_of(text)
    said = " ".join(filter(None, (where, "answered", status, code)))
    if code in _CLOCK:
        return StoreRefused(f"{said}: the clock of this machine is wrong; set it right.")
    if code in _KEYS or status == "401":
        return StoreRefused(f"{said}: check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.")
    if code == "NoSuchBucket":
        return StoreRefused(f"{said}: there is no such bucket; create it, or check DOCTOWN_STORE and AWS_ENDPOINT_URL.")
    if code in _FULL or status in ("507", "413"):
        return StoreRefused(f"{said}: it is full; run doctown cache prune, or raise its quota.")
    if code in _REGION or "incorrectly configured region" in text:
        return StoreRefused(f"{where} lies in another region: set AWS_REGION to the bucket's.")
    if status == "501":
        return StoreRefused(
            f"{said}: the service does not know conditional writes, by which machines keep out of each other's way; "
            "use one that does (AWS S3, R2, MinIO)."
        )
    if status == "403":
        return StoreRefused(f"{said}: the key may not do that; let it get, put, list and delete objects of the bucket.")
    if not status:
        how = "did not answer in time" if "kind: Timeout" in text else "cannot be reached"
        return StoreUnavailable(f"{where} {how}; check AWS_ENDPOINT_URL and the network.")
    kind = StoreUnavailable if status in _PASSING else StoreRefused
    return kind(f"{said}; look at the service, or name another store with DOCTOWN_STORE.")
