"""backend_at: from one string to a place. The only chooser; the places do not know each other."""

from adapters.settings import Settings
from doctown.errors import InvalidSettings
from doctown.steps import Backend
from places.placement import LOCAL


def backend_at(address: str, settings: Settings) -> Backend:
    """The backend at `address`: `local`, or the https URL of a RunPod endpoint (http for loopback).

    Raises InvalidSettings: the address is neither.
    """
    if address == LOCAL:
        from places.local import LocalBackend

        return LocalBackend(settings)
    if address.startswith(("https://", "http://")):
        from places.runpod import RunPodBackend

        return RunPodBackend(address, settings)
    shown = "That" if "@" in address else repr(address)  # what stands before an @ may be a password
    raise InvalidSettings(f"{shown} is no address: write local, or the URL of an endpoint (https://.../v2/<id>).")
