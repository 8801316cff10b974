"""A maker of bundles written from docs/format.md, apart from the program's own.

It takes a ledger's rows and the definitions of RFC 6962, and can lie wherever a test asks it to.
"""

from __future__ import annotations

import json
import sqlite3
import struct
import zlib
from base64 import b64encode
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from audit_helpers import ORIGIN, Case, leaf_of, root_of

STREAM = "CH-0000003"
"""A thread with an alert, answers and the late notes of `make_case`."""


def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def split_of(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def path_of(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH of RFC 6962 section 2.1.1."""
    if len(leaves) == 1:
        return []
    left, right = leaves[: split_of(len(leaves))], leaves[split_of(len(leaves)) :]
    if index < len(left):
        return [*path_of(index, left), root_of([*right])]
    return [*path_of(index - len(left), right), root_of([*left])]


def growth_of(old: int, leaves: Sequence[bytes], *, whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 6962 section 2.1.2."""
    if old == len(leaves):
        return [] if whole else [root_of([*leaves])]
    left, right = leaves[: split_of(len(leaves))], leaves[split_of(len(leaves)) :]
    if old <= len(left):
        return [*growth_of(old, left, whole=whole), root_of([*right])]
    return [*growth_of(old - len(left), right, whole=False), root_of([*left])]


def lines_of(hashes: Sequence[bytes]) -> str:
    return "".join(b64encode(one).decode() + "\n" for one in hashes)


def files_of(
    case: Case, checkpoint: bytes, *, words: bool = True, old: int = 0, stream: str = STREAM
) -> dict[str, bytes]:
    """The files of an honest bundle but its manifest, up to the size of the checkpoint."""
    size = int(checkpoint.split(b"\n")[1])
    with closing(sqlite3.connect(case.path)) as connection:
        rows = connection.execute(
            "SELECT position, stream, version, topic, state, salt, words FROM event"
            " LEFT JOIN vault USING (position) WHERE position <= ? ORDER BY position",
            (size,),
        ).fetchall()
    leaves = [leaf_of(*row[1:5]) for row in rows]
    note = checkpoint.decode()
    files = {
        "checkpoint": checkpoint,
        "statement.txt": b"What this shows.\n",
        "reading-copy.txt": b"The thread.\n",
        "reading-copy.html": b"<p>The thread.</p>\n",
    }
    for position, of, version, topic, state, salt, text in rows:
        if of == stream:
            head = f"footprint/event/v1\n{of}\n{version}\n{topic}\n".encode()
            proof = f"c2sp.org/tlog-proof@v1\nindex {position - 1}\n"
            proof += lines_of(path_of(position - 1, leaves)) + "\n" + note
            files[f"entries/{position}.leaf"] = head + state
            files[f"entries/{position}.tlog-proof"] = proof.encode()
            if words and text is not None:
                files |= {f"words/{position}.json": text, f"words/{position}.salt": salt}
    if old:
        body = f"old {old}\n{lines_of(growth_of(old, leaves))}\n{note}"
        files["consistency"] = body.encode()
    return files


def positions_of(files: dict[str, bytes]) -> list[int]:
    return sorted(int(name[8:-5]) for name in files if name.endswith(".leaf"))


def manifest_of(given: dict[str, bytes], **changes: Any) -> bytes:
    """The manifest of these files."""
    return canonical(
        {
            "format": "footprint/bundle/v1",
            "origin": ORIGIN,
            "stream": STREAM,
            "positions": positions_of(given),
            "files": {name: sha256(data).hexdigest() for name, data in given.items()},
        }
        | changes
    )


# --- the archive, byte by byte --------------------------------------------------------------


@dataclass
class Member:
    """A file of an archive, and what its two headers say of it, true or not."""

    name: bytes
    data: bytes
    deflated: bool = True
    flags: int = 0
    mode: int = 0
    packed: bytes | None = None
    local_name: bytes | None = None
    extra: bytes = b""
    comment: bytes = b""
    claims: dict[str, int] = field(default_factory=dict)

    def parts(self, offset: int) -> tuple[bytes, bytes]:
        """What stands for it in the archive and in its directory."""
        body = self.packed if self.packed is not None else self.data
        if self.deflated and self.packed is None:
            deflate = zlib.compressobj(wbits=-15)
            body = deflate.compress(self.data) + deflate.flush()
        says = {
            "method": 8 if self.deflated else 0,
            "crc": zlib.crc32(self.data),
            "packed": len(body),
            "size": len(self.data),
            "offset": offset,
        } | self.claims
        shared = struct.pack(
            "<5H3L", 20, self.flags, says["method"], 0, 33, says["crc"], says["packed"],
            says["size"],
        )  # fmt: skip
        local = self.name if self.local_name is None else self.local_name
        return (
            b"PK\3\4" + shared + struct.pack("<2H", len(local), len(self.extra)) + local
            + self.extra + body,
            b"PK\1\2" + struct.pack("<H", 20) + shared
            + struct.pack("<5H2L", len(self.name), len(self.extra), len(self.comment), 0, 0,
                          self.mode, says["offset"])
            + self.name + self.extra + self.comment,
        )  # fmt: skip


def archive_of(
    members: Sequence[Member], *, before: bytes = b"", between: bytes = b"", comment: bytes = b""
) -> bytes:
    """An archive of these members, with more in it where a test wants that."""
    data, directory = before, b""
    for member in members:
        local, central = member.parts(len(data))
        data, directory = data + local, directory + central
    data += between
    count = len(members)
    end = struct.pack(
        "<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory), len(data), len(comment)
    )
    return data + directory + end + comment


def members_of(files: dict[str, bytes], manifest: bytes | None = None) -> list[Member]:
    manifest = manifest_of(files) if manifest is None else manifest
    every = {"manifest.json": manifest, **files}
    return [Member(name.encode(), data) for name, data in every.items()]


def bundle_of(files: dict[str, bytes], manifest: bytes | None = None) -> bytes:
    return archive_of(members_of(files, manifest))


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path
