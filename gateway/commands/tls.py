"""The server's certificate: taken anew when its files change, so that a renewed one needs no restart."""

from __future__ import annotations

import ssl
import threading
from pathlib import Path

from gateway.config import BadSetting, Settings
from gateway.log import logger


class Certificate:
    """A certificate with its key. TLS 1.2 is the least that is spoken."""

    def __init__(self, cert: Path, key: Path) -> None:
        self._files = (cert, key)
        self._lock = threading.Lock()
        self._seen = self._state()
        self._context = self._load()

    @classmethod
    def from_settings(cls, settings: Settings) -> Certificate | None:
        """That of the settings, None for plain HTTP. Raises BadSetting."""
        if not settings.tls_cert:
            return None
        try:
            return cls(Path(settings.tls_cert), Path(settings.tls_key))
        except ssl.SSLError as error:
            reason = f"they are no certificate (PEM) with its key: {error.reason or error}"
        except OSError as error:
            reason = f"{error.filename or 'a file'} cannot be read: {error.strerror}"
        raise BadSetting(f"GATEWAY_TLS_CERT is {settings.tls_cert!r} and GATEWAY_TLS_KEY {settings.tls_key!r}; {reason}")

    def context(self) -> ssl.SSLContext:
        """For a new connection. Files that are just being replaced and do not fit together yet leave the present one in force."""
        with self._lock:
            try:
                state = self._state()
                if state != self._seen:
                    self._context = self._load()
                    self._seen = state
            except OSError:  # ssl.SSLError is one
                logger.warning("the new certificate cannot be used; the present one stays", exc_info=True)
            return self._context

    def after_fork(self) -> None:
        """Begin anew: the lock may be the parent's."""
        self._lock = threading.Lock()

    def _state(self) -> tuple[tuple[int, int, int], ...]:
        found = (file.stat() for file in self._files)
        return tuple((one.st_mtime_ns, one.st_ino, one.st_size) for one in found)

    def _load(self) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        made.load_cert_chain(*self._files)
        return made
