"""Keep passwords and tokens out of what is shown and stored: those of URLs, and the values of secret settings. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote

MASK = "***"
MIN_SECRET = 6
"""Shorter values are not looked for in text: many words would be masked."""
_HARMLESS_OPTION = re.compile(
    r"application_name|cache|channel_binding|client_encoding|connect_timeout|dbname|gssencmode|host|hostaddr|immutable"
    r"|keepalives\w*|load_balance_hosts|mode|nolock|options|passfile|port|psow|require_auth|service"
    r"|ssl(?:_m\w+_protocol_version|cert|crl|key|mode|rootcert)|target_session_attrs|tcp_user_timeout|timeout|uri|user|vfs"
)
"""Options of database URLs that are not secret. The value of any other is masked: it may be a misspelt password."""
_WEB = r"(?:https?|wss?|ftps?|socks\w*):"
_IS_WEB = re.compile(rf"\s*(?:{_WEB}|//)", re.I)
_HAS_SCHEME = re.compile(r"\w[\w+.-]*:/")
_WEB_USERINFO = re.compile(
    rf"({_WEB}[/\\]*|(?<=(?<!:)//))(?!\*{{3}}@)"
    # A password with a slash or the like, which had to be escaped, looks like a bad port.
    r"(?:[^/\\?#\s,]{0,1024}@|[^/\\?#\s,@:]{1,256}:(?!\d*(?:[/\\?#,\s]|$))\S{0,1024}@)",
    re.I,
)
_PASSWORD = re.compile(r"\A((?:\w[\w+.-]*:?/+)?+[^:@/]*):(.*)@", re.S)
"""In the URL of a database, as SQLAlchemy reads it: up to the last `@`. Also where the scheme is malformed."""
_BAD_PORT = re.compile(r"\A(\w[\w+.-]*:/{1,2}[^:@/?]+):(?!\d*(?:[/?]|$))[^/?@]*(?=[/?]|$)")
"""Without `@`, what should be a port may be a password."""
_OPTION = re.compile(r"([?&;]([^=&;?]*)=)([^&]*)")
_DATABASE_IN_TEXT = re.compile(
    rf"(?<![\w+.-])(?!{_WEB})(\w[\w+.-]{{0,32}}:/+[^:@/\s]*):(?!\*{{3}}@)\S{{1,1024}}@", re.I
)
_WEB_PASSWORD = re.compile(r"//([^/?#\s@:]*)(?::([^/?#\s@]*))?@")
_SECRET_NAME = re.compile(
    r"(?:^|[._])(?:PASS|(?:PG)?PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_KEY|CREDENTIAL)S?(?:_?\d+)?$",
    re.I,
)


def mask_url(url: str) -> str:
    """Return the URL of a database or a proxy for messages, well-formed or not.

    The user name of a database stays, since it is not secret and helps to find an error; that of a proxy may be.
    """
    if _IS_WEB.match(url):
        return mask_urls(url)
    masked = _PASSWORD.sub(rf"\1:{MASK}@", url) if "@" in url else _BAD_PORT.sub(rf"\1:{MASK}", url)
    return _OPTION.sub(lambda match: match[1] + MASK if is_secret_option(unquote(match[2])) else match[0], masked)


def is_secret_option(name: str) -> bool:
    """Return whether the value of an option of a database URL may be secret."""
    return _HARMLESS_OPTION.fullmatch(name) is None


def mask_urls(text: str) -> str:
    """Return *text*, such as a message, with `***` in place of user names and passwords of the URLs in it."""
    return _WEB_USERINFO.sub(rf"\1{MASK}@", _DATABASE_IN_TEXT.sub(rf"\1:{MASK}@", text)) if "@" in text else text


def mask_page_urls(text: str) -> str:
    """Return *text*, which lists URLs of pages, without user names and passwords, also where the scheme is missing."""
    return ",".join(
        part if _IS_WEB.match(part) else _PASSWORD.sub(f"{MASK}@", part) for part in mask_urls(text).split(",")
    )


def mask_arguments(arguments: Mapping[str, str]) -> dict[str, str]:
    """Return spider arguments as they may be stored."""
    return {name: mask_page_urls(value) for name, value in arguments.items()}


def find_secrets(settings: Mapping[str, object]) -> frozenset[str]:
    """Return the secrets among settings or environment variables, as written and as text may show them.

    These are the values of those whose names say so, and the passwords of the URLs in all others.
    """
    found: set[str] = set()
    for name, value in settings.items():
        if isinstance(value, str):
            found.update([value] if _SECRET_NAME.search(name) else find_passwords(value))
    return frozenset(form for secret in found for form in _get_forms(secret))


def find_passwords(url: str) -> frozenset[str]:
    """Return what `mask_url` masks, except what the URL shows elsewhere: passwords, tokens, options of databases."""
    if _IS_WEB.match(url):
        return frozenset(password or user for user, password in _WEB_PASSWORD.findall(url))
    if not _HAS_SCHEME.match(url):
        return frozenset()
    found = {match[2] for match in [_PASSWORD.match(url)] if match}
    found |= {match[3] for match in _OPTION.finditer(url) if is_secret_option(unquote(match[2]))}
    elsewhere = set(re.split(r"[:/@?&=]+", mask_url(url)))
    return frozenset(found - elsewhere)


def mask_values(text: str, secrets: Iterable[str]) -> str:
    """Return *text* with `***` in place of each of *secrets* that stands there as a word."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= MIN_SECRET and secret in text:
            before, after = r"(?:(?<!\w)|(?<=%[\dA-F]{2}))" * secret[0].isalnum(), r"(?!\w)" * secret[-1].isalnum()
            text = re.sub(f"{before}{re.escape(secret)}{after}", MASK, text)
    return text


def _get_forms(secret: str) -> set[str]:
    """Return *secret* as it may stand in text: plain, escaped in a URL, or quoted in Python or JSON."""
    plain = unquote(secret)
    forms = {secret, plain, quote(plain), quote(plain, safe="")}
    return forms | {repr(form)[1:-1] for form in forms} | {json.dumps(form)[1:-1] for form in forms}
