"""backend_at: from one string to a place. The only chooser; the places do not know each other."""

from adapters.settings import Settings
from doctown.steps import Backend
from places.meter import Meter
from places.placement import is_local


def backend_at(address: str, settings: Settings, owner: str = "", meter: Meter | None = None) -> Backend:
    """The backend at `address`: `local`, or the https URL of a RunPod endpoint (http for loopback).

    `owner` names the run that pays for what is done there; `meter` is told what an endpoint is used for.

    Raises InvalidSettings: the address is neither.
    """
    if is_local(address):
        from places.local import LocalBackend

        return LocalBackend(settings)
    from places.runpod import RunPodBackend

    return RunPodBackend(address, settings, owner, meter=meter)
