"""Tricks with zip archives: whatever two readers could read in two ways is no bundle."""

from __future__ import annotations

import io
import random
import resource
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from audit_helpers import CANNOT_TELL, TAMPERED, VERIFIED, Case, make_case
from bundles_apart import Member, archive_of, bundle_of, files_of, members_of, write
from verifier_helpers import FILE, both_on_a_bundle
from witness_helpers import trust_of

from footprint.proof.policy import policy_bytes

MIB = 2**20


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, dict[str, bytes], Path]:
    """A ledger, the files of a bundle of it, and the trust in its key."""
    case = make_case(tmp_path_factory.mktemp("zipped"))
    trust = write(case.folder / "trust", policy_bytes(trust_of(case)))
    return case, files_of(case, (case.folder / "last.note").read_bytes()), trust


@pytest.fixture
def says(made: tuple[Case, dict[str, bytes], Path], tmp_path: Path) -> Callable[[bytes], str]:
    """The verdict on an archive to who trusts the key."""
    return lambda data: str(
        both_on_a_bundle(write(tmp_path / "bundle.zip", data), made[2])["verdict"]
    )


@pytest.fixture
def members(made: tuple[Case, dict[str, bytes], Path]) -> list[Member]:
    return members_of(made[1])


Says = Callable[[bytes], str]


def first(members: list[Member], **changes: object) -> bytes:
    """The archive with another first member."""
    return archive_of([replace(members[0], **changes), *members[1:]])  # type: ignore[arg-type]


def test_the_archive_as_it_is_made_is_verified(says: Says, members: list[Member]) -> None:
    """0: what the tricks below start from."""
    assert says(archive_of(members)) == VERIFIED
    assert says(archive_of([replace(one, deflated=False) for one in members])) == VERIFIED
    assert says(archive_of([replace(one, flags=0x800) for one in members])) == VERIFIED
    assert says(archive_of([replace(one, mode=0o100644 << 16) for one in members])) == VERIFIED
    assert says(archive_of(members[::-1])) == VERIFIED


NAMES = [
    b"/etc/passwd", b"../manifest.json", b"entries/../checkpoint", b"C:\\x", b"entries\\7.leaf",
    b"manifest.json\0.txt", b"MANIFEST.JSON", b"manifest.json ", b"./manifest.json", b"",
    b"\xff\xfe", b"entries/07.leaf", b"entries/-1.leaf", b"x" * 60_000,
    "m\u0430nifest.json".encode(),
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name[:20]))
def test_a_file_of_another_name_is_tampered(says: Says, members: list[Member], name: bytes) -> None:
    """Added, or in the place of the manifest: absolute, upwards, look-alike, or no text."""
    assert says(archive_of([*members, Member(name, b"{}")])) == TAMPERED
    assert says(first(members, name=name)) == TAMPERED
    assert says(first(members, local_name=name)) == TAMPERED


def test_a_name_twice_is_tampered(says: Says, members: list[Member]) -> None:
    """The same bytes or others: which of the two was meant?"""
    for one in members[:3]:
        assert says(archive_of([*members, one])) == TAMPERED
        assert says(archive_of([replace(one, data=b"other"), *members])) == TAMPERED


@pytest.mark.parametrize("flags", [1, 8, 9, 0x10, 0x20, 0x40, 0x2000, 0x8000])
def test_flags_that_mean_another_reading_are_tampered(
    says: Says, members: list[Member], flags: int
) -> None:
    """Encrypted, patched, sizes behind the data, a masked directory."""
    assert says(first(members, flags=flags)) == TAMPERED


@pytest.mark.parametrize("mode", [0o120777 << 16, 0o040755 << 16, 0o010644 << 16, 0x10])
def test_what_is_no_plain_file_is_tampered(says: Says, members: list[Member], mode: int) -> None:
    """A link, a folder, a pipe."""
    assert says(first(members, mode=mode)) == TAMPERED


@pytest.mark.parametrize("claim", ["method", "crc", "packed", "size", "offset"])
@pytest.mark.parametrize("value", [0, 1, 12, 2**15, 2**31])
def test_a_header_that_is_not_true_is_tampered(
    says: Says, members: list[Member], claim: str, value: int
) -> None:
    """Sizes, check sums, methods and places that are claimed and are not so."""
    if (claim, value) == ("offset", 0):
        pytest.skip("that is where it is")
    if claim == "method" and value > 12:
        value = 99
    assert says(first(members, claims={claim: value})) == TAMPERED


def test_bytes_beside_the_files_are_tampered(says: Says, members: list[Member]) -> None:
    """Before, between, behind, in comments and in extra fields; another archive in front."""
    whole = archive_of(members)
    for data in (
        archive_of(members, before=b"PK\3\4 and more"),
        archive_of(members, between=b"more"),
        archive_of(members, comment=b"more"),
        archive_of(members, comment=whole[-22:]),
        b"#!/bin/sh\n" + whole,
        whole + b"\0",
        whole + b"\n",
        whole + whole,
        whole + whole[-22:],
        first(members, extra=b"UT\5\0\3aaaa"),
        first(members, extra=b"up\x12\0\1\0\0\0\0manifest.json"),
        first(members, comment=b"more"),
    ):
        assert says(data) == TAMPERED


def test_data_behind_the_end_of_the_compressed_data_is_tampered(
    says: Says, members: list[Member]
) -> None:
    """Deflated data that end early, and more behind them, or never end."""
    deflate = zlib.compressobj(wbits=-15)
    packed = deflate.compress(members[0].data)
    whole = packed + deflate.flush()
    assert says(first(members, packed=whole)) == VERIFIED
    assert says(first(members, packed=whole + b"more")) == TAMPERED
    assert says(first(members, packed=whole[:-1])) == TAMPERED
    assert says(first(members, packed=b"")) == TAMPERED
    assert says(first(members, packed=b"\xff" * 50)) == TAMPERED


def bomb(size: int, claimed: int) -> Member:
    deflate = zlib.compressobj(9, wbits=-15)
    packed = b"".join(deflate.compress(bytes(MIB)) for _ in range(size // MIB)) + deflate.flush()
    return Member(b"statement.txt", b"", packed=packed, claims={"size": claimed})


@pytest.mark.parametrize(
    ("size", "claimed"), [(17 * MIB, 17 * MIB), (300 * MIB, 100), (300 * MIB, 16 * MIB)]
)
def test_a_bomb_is_not_unpacked(
    tmp_path: Path, members: list[Member], size: int, claimed: int
) -> None:
    """Declared or not: 3 in little memory."""
    others = [one for one in members if one.name != b"statement.txt"]
    path = write(tmp_path / "bomb.zip", archive_of([bomb(size, claimed), *others]))
    done = in_little_memory(path, 200 * MIB)
    assert done.returncode == 3, done.stderr


def test_many_files_that_are_too_much_together_are_tampered(
    tmp_path: Path, members: list[Member]
) -> None:
    """Each within its limit, all together over 256 MiB; and more members than there may be."""
    packed = bomb(16 * MIB, 16 * MIB)
    crc = zlib.crc32(bytes(16 * MIB))
    many = [
        replace(packed, name=b"%d" % n, claims={"size": 16 * MIB, "crc": crc}) for n in range(17)
    ]
    done = in_little_memory(write(tmp_path / "many.zip", archive_of([*members, *many])))
    assert done.returncode == 3, done.stderr
    more = [Member(b"%d" % n, b"", deflated=False) for n in range(20_001)]
    done = in_little_memory(write(tmp_path / "more.zip", archive_of([*members, *more])))
    assert done.returncode == 3, done.stderr


def in_little_memory(path: Path, limit: int = 400 * MIB) -> subprocess.CompletedProcess[str]:
    """Run the verifier as a program that may take so much."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(FILE), str(path)],
        check=False, capture_output=True, text=True, timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )  # fmt: skip


@pytest.mark.parametrize("length", [0, 1, 2, 4, 21, 22, 100, -1, -22, -23, -100])
def test_a_cut_archive_is_never_verified(says: Says, members: list[Member], length: int) -> None:
    """Cut anywhere: 5 where no end is left of it, else 3."""
    assert says(archive_of(members)[:length]) in {TAMPERED, CANNOT_TELL}
    assert not length or says(archive_of(members)[-length:]) in {TAMPERED, CANNOT_TELL}


def test_an_empty_archive_is_tampered(says: Says) -> None:
    """An end record alone is an archive, and no bundle."""
    assert says(archive_of([])) == TAMPERED


@pytest.mark.parametrize("seed", range(6))
def test_random_bytes_of_an_archive_never_crash_or_deceive(
    says: Says, made: tuple[Case, dict[str, bytes], Path], seed: int
) -> None:
    """Bytes flipped, replaced, cut out and doubled: never an exception, and never verified."""
    chance = random.Random(seed)  # noqa: S311 - not for a secret
    data = bundle_of(made[1])
    for _ in range(60):
        changed = bytearray(data)
        for _ in range(chance.choice((1, 1, 2, 8))):
            at, kind = chance.randrange(len(changed)), chance.randrange(4)
            if kind == 0:
                changed[at] ^= 1 << chance.randrange(8)
            elif kind == 1:
                changed[at : at + 4] = chance.randbytes(4)
            elif kind == 2:
                del changed[at : at + chance.randrange(1, 50)]
            else:
                changed[at:at] = changed[at : at + chance.randrange(1, 50)]
        if changed == data:
            continue
        if says(bytes(changed)) == VERIFIED:
            assert contents(changed) == contents(data)


def contents(data: bytes | bytearray) -> dict[str, bytes]:
    """The files as other software finds them: times and the like in headers are nothing to us."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {one.filename: archive.read(one) for one in archive.infolist()}
