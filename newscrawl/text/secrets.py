"""Keep user names and passwords of URLs out of what is shown and stored. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

_USERINFO = re.compile(r"(?<=//)(?![^/?#\s,@:]*:\*{3}@)[^/?#\s,]*@")
"""Not where the password is masked already: the user name of a database is not secret, and helps to find an error."""


def mask_userinfo(text: str) -> str:
    """Return *text* with `***` in place of user name and password of the URLs in it."""
    return _USERINFO.sub("***@", text)


def mask_arguments(arguments: Mapping[str, str]) -> dict[str, str]:
    """Return spider arguments as they may be stored."""
    return {name: mask_userinfo(value) for name, value in arguments.items()}
