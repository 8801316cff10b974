"""What frozen records share: how they are made, compared and shown, written once.

Generated for each of fifty classes, as dataclasses do, these are felt at every start: they were a
tenth of it. Type checkers take a record for a frozen dataclass whose facts are given by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self, dataclass_transform

NOTHING: Mapping[Any, Any] = {}
"""The default of a fact that is a mapping."""


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Record:
    """Base of frozen records. A subclass declares its facts as a dataclass does.

    Raises:
        TypeError: a fact is missing that has no default, or is none of them.
    """

    kinds: ClassVar[Mapping[str, str]] = {}
    """The type of each fact by its name, as it is declared, those of the base first."""
    defaults: ClassVar[Mapping[str, Any]] = {}
    """What the facts are that need not be given."""

    def __init_subclass__(cls) -> None:
        own = {n: str(t) for n, t in cls.__annotations__.items() if "ClassVar" not in str(t)}
        cls.kinds = {**cls.kinds, **own}
        cls.defaults = {**cls.defaults, **{n: vars(cls)[n] for n in own if n in vars(cls)}}

    def __init__(self, **facts: Any) -> None:
        given = vars(self)
        given.update(self.defaults)
        given.update(facts)
        if given.keys() != self.kinds.keys():
            wrong = ", ".join(sorted(given.keys() ^ self.kinds.keys()))
            raise TypeError(f"{type(self).__name__}: missing, or no fact of it: {wrong}")

    @classmethod
    def may_be_absent(cls) -> frozenset[str]:
        """The facts that may not be known: they are None where they are not given."""
        return frozenset(name for name, default in cls.defaults.items() if default is None)

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Self:
        """Made of all its facts, which are not looked at."""
        made = object.__new__(cls)
        vars(made).update(facts)
        return made

    def but(self, **changed: Any) -> Self:
        """The same with other values."""
        # Not all of `vars`: what was found out about the old ones may be kept there.
        return self.of({name: vars(self)[name] for name in self.kinds} | changed)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} stays as it is")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} stays")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self._values())
        return f"{type(self).__name__}({values})"

    def _values(self) -> list[tuple[str, Any]]:
        return [(name, getattr(self, name)) for name in self.kinds]
