"""How far something long is, told to whoever watches."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called now and then with how much is done, and of how much; whoever calls it says of what."""


def silent(_done: int, _of: int) -> None:
    """Nobody watches."""
