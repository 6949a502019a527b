"""Keep secrets and control characters out of the log, whoever writes the line: Scrapy, a library, a traceback."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Any

from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings

from newscrawl.text.secrets import find_secrets, mask_urls, mask_values
from newscrawl.text.terminal import escape_for_terminal


def mask_logs(settings: BaseSettings) -> None:
    """Mask the secrets of *settings* and of the environment in every log record that is made from now on.

    Control characters, which may come from the web or an archive, are escaped.
    """
    given = {name: settings[name] for name in settings if (settings.getpriority(name) or 0) > _DEFAULT}
    secrets = find_secrets(_flatten(given)) | find_secrets(os.environ)

    class MaskedRecord(logging.LogRecord):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            if self.exc_info and self.exc_info[1] is not None:
                # Formatters use a text that is there already.
                self.exc_text = _mask(_formatter.formatException(self.exc_info))

        def getMessage(self) -> str:
            return _mask(super().getMessage())

    def _mask(text: str) -> str:
        return escape_for_terminal(mask_urls(mask_values(text, secrets)))

    logging.setLogRecordFactory(MaskedRecord)


_DEFAULT = SETTINGS_PRIORITIES["default"]
_formatter = logging.Formatter()


def _flatten(settings: Mapping[str, object]) -> dict[str, object]:
    """Return *settings* with the keys and values of dictionaries in them, such as `FEEDS`, beside the others."""
    flat: dict[str, object] = {}
    for name, value in settings.items():
        flat[name] = value
        if isinstance(value, Mapping):
            flat |= _flatten({f"{name}.{key}": one for key, one in value.items()})
            flat |= {f"{name}.{key}.key": key for key in value}
    return flat
