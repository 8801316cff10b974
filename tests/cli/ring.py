"""A keyring in a file, for a process of its own: PYTHON_KEYRING_BACKEND=ring.Ring."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend


class Ring(KeyringBackend):
    """Keeps its passwords in the file that RING names."""

    priority = 1

    def _kept(self) -> dict[str, str]:
        file = Path(os.environ["RING"])
        return dict(json.loads(file.read_text())) if file.exists() else {}

    def _keep(self, kept: dict[str, str]) -> None:
        Path(os.environ["RING"]).write_text(json.dumps(kept))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._keep(self._kept() | {f"{service} {username}": password})

    def get_password(self, service: str, username: str) -> str | None:
        return self._kept().get(f"{service} {username}")

    def delete_password(self, service: str, username: str) -> None:
        kept = self._kept()
        del kept[f"{service} {username}"]
        self._keep(kept)
