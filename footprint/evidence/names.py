"""The files of a bundle: their names, and the manifest that lists them (docs/format.md)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import pairwise
from typing import Any, NamedTuple

import orjson

from footprint.ledger.store.codec import LARGEST_NUMBER, canonical

FORMAT = "footprint/bundle/v1"
MANIFEST, CHECKPOINT, CONSISTENCY = "manifest.json", "checkpoint", "consistency"
STATEMENT = "statement.txt"
READING_TEXT, READING_HTML = "reading-copy.txt", "reading-copy.html"
ALWAYS = (MANIFEST, CHECKPOINT, STATEMENT, READING_TEXT, READING_HTML)

_DIGEST = re.compile("[0-9a-f]{64}")
_OF_AN_ENTRY = re.compile(
    r"entries/([1-9][0-9]*)\.(?:leaf|tlog-proof)|words/([1-9][0-9]*)\.(?:json|salt)"
)


def leaf_name(position: int) -> str:
    return f"entries/{position}.leaf"


def proof_name(position: int) -> str:
    return f"entries/{position}.tlog-proof"


def words_name(position: int) -> str:
    return f"words/{position}.json"


def salt_name(position: int) -> str:
    return f"words/{position}.salt"


class ManifestError(ValueError):
    """What is no manifest of a bundle."""


class Manifest(NamedTuple):
    """What a bundle says of itself; `files` are the digests in hex of all others, by name."""

    origin: str
    stream: str
    positions: Sequence[int]
    files: Mapping[str, str]


def manifest_bytes(manifest: Manifest) -> bytes:
    """The manifest as it is stored."""
    return canonical({"format": FORMAT, **manifest._asdict()})


def parse_manifest(data: bytes) -> Manifest:
    """The reverse of `manifest_bytes`. Raises `ManifestError`."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise ManifestError(f"it is not JSON: {error}") from None
    if type(value) is not dict or set(value) != {"format", *Manifest._fields}:
        raise ManifestError(f"it has not the keys format, {', '.join(Manifest._fields)}")
    if value.pop("format") != FORMAT:
        raise ManifestError(f"its format is not {FORMAT}")
    manifest = Manifest(**value)
    _check_types(manifest)
    if manifest_bytes(manifest) != data:
        raise ManifestError("it is not in the one canonical form")
    return manifest


def _check_types(manifest: Manifest) -> None:
    origin, stream, positions, files = manifest
    if type(origin) is not str or type(stream) is not str:
        raise ManifestError("its origin and stream are not texts")
    if type(positions) is not list or not all(type(one) is int and one > 0 for one in positions):
        raise ManifestError("its positions are not a list of positions")
    if not positions or any(a >= b for a, b in pairwise(positions)):
        raise ManifestError("its positions are none, or do not ascend")
    if positions[-1] > LARGEST_NUMBER:
        raise ManifestError("its positions are beyond 2^53")
    if type(files) is not dict or not all(map(_is_digest, files.values())):
        raise ManifestError("its files are not digests by name")
    if len(files) < 2 * len(positions):  # else a long list of what is missing could be made of it
        raise ManifestError("it lists fewer than two files for each position")


def _is_digest(value: Any) -> bool:
    return type(value) is str and _DIGEST.fullmatch(value) is not None


def digest(content: bytes) -> str:
    """The digest of a file, in hex."""
    return sha256(content).hexdigest()


def missing_names(positions: Sequence[int], names: Collection[str]) -> Iterator[str]:
    """What has to be in a bundle of these entries and is not."""
    wanted = [*ALWAYS]
    for position in positions:
        wanted += [leaf_name(position), proof_name(position)]
        words = [words_name(position), salt_name(position)]
        wanted += words if any(name in names for name in words) else []
    return (name for name in wanted if name not in names)


def other_names(positions: Sequence[int], names: Collection[str]) -> Iterator[str]:
    """What is in a bundle of these entries and has no place there."""
    known = {*map(str, positions)}
    for name in names:
        match = _OF_AN_ENTRY.fullmatch(name)
        position = match and (match[1] or match[2])
        if name not in (*ALWAYS, CONSISTENCY) and position not in known:
            yield name
