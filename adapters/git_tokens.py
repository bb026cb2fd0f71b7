"""Tokens for private repositories: which host is given which, and how git gets at one without its being written down.

`DOCTOWN_GIT_TOKENS` says `host=token`, or `host:port=user:token`, several separated by commas. A token goes to its own
host over https and nowhere else: git asks for it only when that host asks, through a helper that is bound to the host's
URL and reads two variables of that one git process. It never stands in a URL, an argument, a file or a message.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

from doctown.errors import InvalidSettings

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?(?::[0-9]{1,5})?|\[[0-9a-f:.]{2,50}\](?::[0-9]{1,5})?")
_SPOKEN = re.compile(r"[!-~]{1,2000}")
_ANY_USER = "x-access-token"
"""GitHub and GitLab look at the token alone."""
_HELPER = """!f() { test "$1" = get && printf 'username=%s\\npassword=%s\\n' "$DOCTOWN_USER" "$DOCTOWN_TOKEN"; }; f"""


@dataclass(frozen=True, slots=True)
class GitToken:
    """A user and the token it signs in with."""

    user: str
    token: str = field(repr=False)

    def options(self, host: str) -> list[str]:
        """What git is told, before its command, to use it at `host` (with `:port` where that is not 443)."""
        return ["-c", f"credential.https://{host}.helper={_HELPER}"]

    def environment(self) -> dict[str, str]:
        """The variables that the helper reads."""
        return {"DOCTOWN_USER": self.user, "DOCTOWN_TOKEN": self.token}

    def hidden_in(self, text: str) -> str:
        """`text` without the token, which a host may have sent back."""
        pair = b64encode(f"{self.user}:{self.token}".encode()).decode()
        return text.replace(self.token, "***").replace(pair, "***").replace(pair.rstrip("="), "***")


def git_tokens(text: str) -> Mapping[str, GitToken]:
    """The tokens that `text` gives, by host. Raises InvalidSettings, which never repeats what it was given."""
    found: dict[str, GitToken] = {}
    for number, part in enumerate(filter(None, (part.strip() for part in text.split(","))), start=1):
        host, separator, given = part.partition("=")
        user, colon, token = given.rpartition(":")
        host = host.strip().lower().removesuffix(":443")
        if not separator or not _HOST.fullmatch(host):
            raise InvalidSettings(
                f"DOCTOWN_GIT_TOKENS: entry {number} does not name its host; write host=token, as in github.com=..."
            )
        if not _SPOKEN.fullmatch(token) or (colon and not _SPOKEN.fullmatch(user)):
            raise InvalidSettings(
                f"DOCTOWN_GIT_TOKENS: the token for {host} is empty or holds spaces; write host=token."
            )
        found[host] = GitToken(user or _ANY_USER, token)
    return found
