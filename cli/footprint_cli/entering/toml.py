"""Tables as TOML: read from a file that somebody names, and written as far as they need it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import orjson

from footprint.errors import Misused
from footprint_cli.entering.given import read_file
from footprint_cli.screen.text import escaped_json

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_MOST = 4 << 20
"""Bytes of a file: what is cut there is no TOML any more."""


def read_toml(source: str, what: str, next_step: str) -> dict[str, Any]:
    """The tables in a file; - is standard input.

    Args:
        source: the file.
        what: it is called in a refusal.
        next_step: what to do about it.

    Raises:
        Misused: it cannot be read, or is not TOML.
    """
    try:
        return tomllib.loads(read_file(source, _MOST).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # no TOML, or no UTF-8
        raise Misused(f"{what} is not TOML: {error}.", next_step) from error


def to_toml(tables: Mapping[str, Any]) -> str:
    """Tables of texts, whole numbers, flags, dates, lists of these, and further tables.

    Texts hold no character that a terminal acts on: it is written as an escape.
    """
    return "\n".join(_lines(tables, "")).lstrip("\n") + "\n"


def _lines(table: Mapping[str, Any], at: str) -> Iterator[str]:
    """The plain values of a table first: after a header, a value would belong to that."""
    for key, value in table.items():
        if not _is_table(value) and not _are_tables(value):
            yield f"{_key(key)} = {_value(value)}"
    for key, value in table.items():
        name = f"{at}.{_key(key)}" if at else _key(key)
        if _is_table(value):
            yield from ("", f"[{name}]", *_lines(value, name))
        elif _are_tables(value):
            for one in value:
                yield from ("", f"[[{name}]]", *_lines(one, name))


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping)


def _are_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_table, value))


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, date):
        return value.isoformat()
    # Texts, numbers and flags are written as in JSON, whose escapes TOML has too.
    return escaped_json(orjson.dumps(value))
