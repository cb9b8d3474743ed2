"""Ways to serve the gateway that `python -m bench serve` compares. Two or more of the settings' workers, as `gateway serve` would have them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

from gunicorn.app.base import BaseApplication

from gateway import log
from gateway.commands.serve import gunicorn_options, make_server, prepare
from gateway.config import Settings
from gateway.wsgi import Gateway, make


class _Gunicorn(BaseApplication):
    def __init__(self, settings: Settings, **changed: Any) -> None:
        self._settings, self._changed = settings, changed
        super().__init__()

    def load_config(self) -> None:
        for key, value in {**gunicorn_options(self._settings), **self._changed}.items():
            if key in self.cfg.settings:
                self.cfg.set(key, value)
        self.cfg.set("post_fork", lambda _server, _worker: self.callable.after_fork())

    def load(self) -> Gateway:
        return make(self._settings)


def _sync(settings: Settings) -> None:
    _begin(settings)
    _Gunicorn(settings, worker_class="sync", threads=1).run()  # with more threads gunicorn would take gthread


def _gthread(settings: Settings) -> None:
    _begin(settings)
    _Gunicorn(settings).run()


def _granian(settings: Settings) -> None:
    _begin(settings)
    make_server(replace(settings, server="granian")).run()


def _begin(settings: Settings) -> None:
    log.configure(settings)
    prepare(settings, demo=True)


WAYS: dict[str, Callable[[Settings], None]] = {"sync": _sync, "gthread": _gthread}
if find_spec("granian") is not None:
    WAYS["granian"] = _granian
