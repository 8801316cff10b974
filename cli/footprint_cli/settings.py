"""Where things are and who is at the keyboard: flag, environment, configuration file, default."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from footprint.engine.place import Place, Server, path_of, place_of
from footprint.errors import Misused

_LONGEST_ACTOR = 64
_LEDGER_NAME = "footprint.db"

Options = Mapping[str, Any]
"""What was given to a command, by the names that options are typed with."""


class Setting(NamedTuple):
    """A value, and where it came from."""

    value: str
    origin: str


class Settings:
    """The settings of one run.

    Args:
        ledger: what `--ledger` said, if anything.
        actor: what `--actor` said, if anything.
    """

    def __init__(self, ledger: str | None = None, actor: str | None = None) -> None:
        self._flags = {"ledger": ledger, "actor": actor}

    @cached_property
    def home(self) -> Setting:
        """Where keys, the signer's state and the configuration live."""
        given = os.environ.get("FOOTPRINT_HOME")
        if given:
            return Setting(given, "FOOTPRINT_HOME")
        from platformdirs import user_data_path

        return Setting(str(user_data_path("footprint", appauthor=False)), "default")

    @cached_property
    def ledger(self) -> Setting:
        """The ledger, as it is shown: a path, or an address without its password."""
        return Setting(str(self.place), self._ledger.origin)

    @cached_property
    def place(self) -> Place:
        """Where the ledger is. Raises `Misused` where that is nowhere that one can be."""
        return place_of(self._ledger.value)

    @cached_property
    def _ledger(self) -> Setting:
        default = Setting(str(self.home_path / _LEDGER_NAME), "default")
        return self._find("ledger") or default

    @cached_property
    def actor(self) -> Setting:
        """Who records: the login, unless said otherwise. On a server nothing else can be said."""
        if isinstance(self.place, Server):
            return self._actor_on(self.place)
        found = self._find("actor") or Setting(_login(), "login")
        if not _is_printed(found.value) or len(found.value) > _LONGEST_ACTOR:
            raise Misused(
                f"{found.value!r} cannot be an actor: 1 to {_LONGEST_ACTOR} printable characters.",
                "Give a login with --actor.",
            )
        return found

    @property
    def home_path(self) -> Path:
        return path_of(self.home.value)

    def _actor_on(self, server: Server) -> Setting:
        login = server.login or os.environ.get("PGUSER") or _login()
        if self._flags["actor"] not in (None, login):
            raise Misused(
                f"On a server whoever records is the login, {login}.",
                "Leave --actor out; to record as another, log in as them.",
            )
        return Setting(login, "login")

    def _find(self, name: str) -> Setting | None:
        flag = self._flags[name]
        if flag:
            return Setting(flag, f"--{name}")
        variable = f"FOOTPRINT_{name.upper()}"
        if os.environ.get(variable):
            return Setting(os.environ[variable], variable)
        configured = self._configuration.get(name)
        return Setting(str(configured), str(self._configuration_path)) if configured else None

    @property
    def _configuration_path(self) -> Path:
        return self.home_path / "config.toml"

    @cached_property
    def _configuration(self) -> Mapping[str, Any]:
        try:
            text = self._configuration_path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        import tomllib

        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise Misused(
                f"The configuration {self._configuration_path} cannot be read: {error}.",
                "Mend it, or take it away.",
            ) from error


def _is_printed(text: str) -> bool:
    """Whether something is to be seen of it, and nothing in it is a control or half a character."""
    # A pattern would say the same, and take longer to compile than all that the settings do.
    return bool(text.strip()) and not any(
        char < " " or "\x7f" <= char <= "\x9f" or "\ud800" <= char <= "\udfff" for char in text
    )


def _login() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:
        raise Misused("This machine does not say who is at it.", "Give --actor.") from error
