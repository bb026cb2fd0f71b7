"""Who may be given RunPod's key: its own hosts and those the operator has listed, over https; loopback gets a word.

An address is a parameter, and whoever starts a run must not be able to collect the key with it.
"""

import httpx
from pydantic import SecretStr

from adapters.settings import LOOPBACK_HOSTS
from doctown.errors import InvalidSettings

RUNPOD_HOST = "api.runpod.ai"
"""Where jobs are submitted."""
MANAGEMENT_HOST = "api.runpod.io"
"""Where endpoints are made."""
LOOPBACK_KEY = "loopback"
MIN_KEY = 8
"""A shorter key is no key of RunPod's, and a word that any text may hold."""


def host_of(address: str, example: str = f"an endpoint; write it as https://{RUNPOD_HOST}/v2/<id>") -> str:
    """The host that will be connected to: read by the parser that connects, so that no other can be fooled.

    Raises InvalidSettings: the address is none; `example` says of what, and how to write it.
    """
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, ValueError):
        url = httpx.URL()
    if url.userinfo:
        raise InvalidSettings("An endpoint's address has no user and no password in it; set RUNPOD_API_KEY instead.")
    is_port = url.port is None or 0 < url.port < 65_536  # not every version of the parser looks at it
    if url.scheme not in ("http", "https") or not url.host or not is_port or url.query or url.fragment:
        # Where somebody put a secret into it, it is not repeated.
        told = "This" if set(address) & set("@?#") else repr(address)
        raise InvalidSettings(f"{told} is no address of {example}.")
    if url.scheme == "http" and url.host not in LOOPBACK_HOSTS:
        raise InvalidSettings(f"{address} is not encrypted; write https, http is for this machine's own endpoints.")
    return url.host


def key_for(host: str, key: SecretStr, key_hosts: str, own: str = RUNPOD_HOST) -> str:
    """The key `host` is given. `own`: the host of RunPod's that is meant; `key_hosts`: others, separated by commas.

    Raises InvalidSettings: it may not have the key, or there is none.
    """
    if host in LOOPBACK_HOSTS:
        return LOOPBACK_KEY
    if host != own and host not in {name.strip().lower() for name in key_hosts.split(",")}:
        raise InvalidSettings(f"{host} is not RunPod's, so it is not given the key; list it in DOCTOWN_KEY_HOSTS.")
    value = key.get_secret_value().strip()
    if not value:
        raise InvalidSettings(f"{host} needs a key; set RUNPOD_API_KEY.")
    if not (value.isascii() and value.isprintable()):
        raise InvalidSettings("RUNPOD_API_KEY has characters no key has; set it again.")
    return value


def without_key(data: bytes, key: str) -> bytes:
    """An answer in which whoever repeats what it was sent has not put the key: not into an error, not into a result."""
    return data.replace(key.encode(), b"***") if len(key) >= MIN_KEY and key != LOOPBACK_KEY else data
