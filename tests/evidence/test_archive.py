"""The archive of a bundle: packed and read again; what could be read in two ways is refused."""

from __future__ import annotations

import random
import struct
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile, ZipInfo

import pytest
from bundles_apart import Member, archive_of
from hypothesis import example, given
from hypothesis import strategies as st
from verifier_helpers import standalone

from footprint.evidence.archive import (
    MOST_BYTES,
    MOST_MEMBERS,
    MOST_TOGETHER,
    ArchiveError,
    NoArchive,
    fits,
    pack,
    read_archive,
    unpack,
)

MIB = 1 << 20
Refusal = type[ValueError]
FILES = {"one.txt": b"One." * 40, "two": b"", "a/three": bytes(range(256))}
MEMBERS = [Member(name.encode(), data) for name, data in FILES.items()]
names = st.text("abcXYZ019-./_ \x1b", min_size=1, max_size=20)


def second(data: bytes) -> dict[str, bytes] | None:
    """What the second verifier reads in an archive; None where it refuses it."""
    try:
        files: dict[str, bytes] = standalone.unpack(data)
    except (ValueError, zlib.error, struct.error):
        return None
    return files


def read(data: bytes) -> dict[str, bytes] | str:
    """The files, or why there are none; never anything else, and the second reads the same."""
    files: dict[str, bytes] | str
    try:
        files = unpack(data)
    except (ArchiveError, NoArchive) as error:
        files = str(error)
    assert second(data) == (None if isinstance(files, str) else files)
    return files


# --- the way there and back -------------------------------------------------------------------


@given(st.dictionaries(names, st.binary(max_size=300), max_size=8))
def test_what_is_packed_is_read_again(files: dict[str, bytes]) -> None:
    """The same files in the same order, by our reader and by others; the same bytes each time."""
    data = pack(files)
    assert list(unpack(data).items()) == list(files.items())
    assert pack(dict(files)) == data
    with ZipFile(BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert {one.filename: archive.read(one) for one in archive.infolist()} == files


@given(st.dictionaries(names.map("{}x".format), st.binary(max_size=300), max_size=8), st.data())
def test_what_others_pack_plainly_is_read_as_well(
    files: dict[str, bytes], data: st.DataObject
) -> None:
    """Stored or deflated at any level."""
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            method = data.draw(st.sampled_from([ZIP_STORED, ZIP_DEFLATED]))
            archive.writestr(name, content, method, data.draw(st.integers(0, 9)))
    assert read(buffer.getvalue()) == files


def test_what_is_packed_says_nothing_of_who_packed_it_when() -> None:
    """A file for its owner alone, without a date."""
    with ZipFile(BytesIO(pack(FILES))) as archive:
        told = {(one.date_time, one.external_attr, one.create_system) for one in archive.infolist()}
    assert told == {((1980, 1, 1, 0, 0, 0), 0o100600 << 16, 3)}


def test_what_fits_is_known_before_it_is_packed() -> None:
    """By the number of files, the largest, and all together."""
    large = bytes(MOST_BYTES)
    assert fits({"a": large})
    assert not fits({"a": large + b"x"})
    assert fits({str(n): large for n in range(MOST_TOGETHER // MOST_BYTES)})
    assert not fits({str(n): large for n in range(MOST_TOGETHER // MOST_BYTES)} | {"x": b"x"})
    assert fits({str(n): b"" for n in range(MOST_MEMBERS)})
    assert not fits({str(n): b"" for n in range(MOST_MEMBERS + 1)})


# --- hostile ----------------------------------------------------------------------------------


def first(**changes: Any) -> bytes:
    """The archive with another first member."""
    return archive_of([replace(MEMBERS[0], **changes), *MEMBERS[1:]])


def deflated(data: bytes) -> bytes:
    compress = zlib.compressobj(wbits=-15)
    return compress.compress(data) + compress.flush()


def ended(data: bytes, **changes: int) -> bytes:
    """The archive with another end record."""
    fields = ["mark", "disk", "first", "here", "count", "size", "place", "comment"]
    record = dict(zip(fields, struct.unpack("<4s4H2LH", data[-22:]), strict=True)) | changes
    return data[:-22] + struct.pack("<4s4H2LH", *record.values())


GOOD = archive_of(MEMBERS)
HOSTILE: dict[str, tuple[bytes, Refusal, str]] = {
    "nothing": (b"", NoArchive, "its end is missing"),
    "other bytes": (b"PK\3\4" + bytes(5_000), NoArchive, "its end is missing"),
    "cut before its end": (GOOD[:-22], NoArchive, "its end is missing"),
    "cut in its end": (GOOD[:-1], ArchiveError, "or something follows it"),
    "cut at its beginning": (GOOD[1:], ArchiveError, "its directory is not where"),
    "an end alone": (GOOD[-22:], ArchiveError, "its directory is not where"),
    "more behind it": (GOOD + b"\n", ArchiveError, "or something follows it"),
    "more before it": (b"#!/bin/sh\n" + GOOD, ArchiveError, "its directory is not where"),
    "more before it, told": (
        archive_of(MEMBERS, before=b"more"), ArchiveError, "is not what its directory says"),
    "more between": (
        archive_of(MEMBERS, between=b"more"), ArchiveError, "that belongs to no member"),
    "a comment": (archive_of(MEMBERS, comment=b"x"), ArchiveError, "or something follows it"),
    "an end in a comment": (
        archive_of(MEMBERS, comment=GOOD[-22:]), ArchiveError, "its directory is not where"),
    "twice": (GOOD + GOOD, ArchiveError, "its directory is not where"),
    "one of two disks": (ended(GOOD, disk=1), ArchiveError, "it is one part of several"),
    "two counts": (ended(GOOD, here=1), ArchiveError, "it is one part of several"),
    "a comment that is not there": (ended(GOOD, comment=1), ArchiveError, "or has a comment"),
    "fewer members than there are": (
        ended(GOOD, here=2, count=2), ArchiveError, "that belongs to no member"),
    "more members than there are": (
        ended(GOOD, here=4, count=4), ArchiveError, "its directory has no member 4, of 4"),
    "a directory elsewhere": (ended(GOOD, place=0), ArchiveError, "its directory is not where"),
    "a shorter directory": (ended(GOOD, size=1), ArchiveError, "its directory is not where"),
    "a name twice": (archive_of([*MEMBERS, MEMBERS[0]]), ArchiveError, "it has one.txt twice"),
    "a name twice with other bytes": (
        archive_of([replace(MEMBERS[0], data=b"x"), *MEMBERS]), ArchiveError, "one.txt twice"),
    "another name in its header": (
        first(local_name=b"ONE.TXT"), ArchiveError, "the header of one.txt has another name"),
    "a longer name in its header": (
        first(local_name=b"one.txt2"), ArchiveError, "is not what its directory says"),
    "encrypted": (first(flags=1), ArchiveError, "one.txt is encrypted"),
    "sizes behind the data": (first(flags=8), ArchiveError, "flags that a bundle's never have"),
    "a masked directory": (first(flags=0x2000), ArchiveError, "flags that a bundle's never have"),
    "a method that nobody has": (
        first(claims={"method": 99}), ArchiveError, "compressed in a way that a bundle's"),
    "a link": (first(mode=0o120777 << 16), ArchiveError, "one.txt is no plain file"),
    "a folder": (first(mode=0o040755 << 16), ArchiveError, "one.txt is no plain file"),
    "a folder of old": (first(mode=0x10), ArchiveError, "one.txt is no plain file"),
    "a device": (first(mode=0o060644 << 16), ArchiveError, "one.txt is no plain file"),
    "an extra field": (first(extra=b"UT\1\0x"), ArchiveError, "a comment, a disk or extra fields"),
    "a comment on a member": (first(comment=b"x"), ArchiveError, "a comment, a disk or extra"),
    "a larger size": (first(claims={"size": 161}), ArchiveError, "has not the size that is said"),
    "a smaller size": (first(claims={"size": 159}), ArchiveError, "has not the size that is said"),
    "no size": (first(claims={"size": 0}), ArchiveError, "does not end with its data"),
    "another check sum": (first(claims={"crc": 0}), ArchiveError, "the check sum of one.txt"),
    "another place": (first(claims={"offset": 1}), ArchiveError, "or elsewhere"),
    "fewer bytes": (first(claims={"packed": 2}), ArchiveError, "or elsewhere"),
    "bytes beyond the file": (first(claims={"packed": 2**31}), ArchiveError, "or elsewhere"),
    "more in its data": (
        first(packed=deflated(MEMBERS[0].data) + b"x"), ArchiveError, "does not end with its data"),
    "data that never end": (
        first(packed=deflated(MEMBERS[0].data)[:-1]), ArchiveError, "does not end with its data"),
    "no data": (first(packed=b""), ArchiveError, "does not end with its data"),
    "data that are none": (first(packed=b"\xff" * 9), ArchiveError, "one.txt cannot be unpacked"),
    "stored under two sizes": (
        first(deflated=False, claims={"size": 1}), ArchiveError, "one.txt has two sizes"),
    "a name that is no text": (
        archive_of([Member(b"\xff\x1b", b""), Member(b"\xff\x1b", b"")]), ArchiveError,
        "it has \\xff\x1b twice"),
}  # fmt: skip


@pytest.mark.parametrize("how", HOSTILE)
def test_an_archive_of_two_readings_is_refused_with_its_reason(how: str, tmp_path: Path) -> None:
    """And as a file too: each is no archive at all, or is not written as a bundle's is."""
    assert read(GOOD) == FILES
    data, refusal, why = HOSTILE[how]
    assert why in str(read(data))
    path = tmp_path / "bundle.zip"
    path.write_bytes(data)
    with pytest.raises(refusal) as raised:
        read_archive(path)
    assert why in str(raised.value)
    assert type(raised.value) is refusal


def oddly(mode: str) -> bytes:
    """An archive that other software made in a way that a bundle's never is."""
    buffer = _Stream() if mode == "streamed" else BytesIO()
    with ZipFile(buffer, "w", METHODS.get(mode, ZIP_STORED)) as archive:
        archive.comment = b"made by hand" if mode == "a comment" else b""
        if mode == "a folder":
            archive.mkdir("a")
        if mode == "a name in another alphabet":
            archive.writestr("\u043ene.txt", b"x")
        for name, content in FILES.items():
            with archive.open(name, "w", force_zip64=mode == "zip64") as member:
                member.write(content)
        if mode == "an extra field":
            member_ = ZipInfo("x")
            member_.extra = b"\x99\x99\0\0"
            archive.writestr(member_, b"")
    if mode == "appended":
        with ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("one.txt", b"Another.")
    return buffer.getvalue()


METHODS = {"bzip2": ZIP_BZIP2, "lzma": ZIP_LZMA}


class _Stream(BytesIO):
    """Where nobody can go back: sizes have to follow the data."""

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise OSError


ODD = {
    "bzip2": "compressed in a way that a bundle's never are",
    "lzma": "compressed in a way that a bundle's never are",
    "zip64": "is not what its directory says",
    "streamed": "flags that a bundle's never have",
    "a comment": "or something follows it",
    "a folder": "a/ is no plain file",
    "an extra field": "x has a comment, a disk or extra fields",
    "appended": "it has one.txt twice",
}


@pytest.mark.parametrize("mode", ODD)
def test_archives_that_zipfile_makes_in_odd_ways_are_refused(mode: str) -> None:
    """Each is a good zip archive to others."""
    assert ODD[mode] in str(read(oddly(mode)))


def test_a_name_in_another_alphabet_is_not_taken_for_one_of_ours() -> None:
    """It is escaped: no name in a bundle looks like that, so it has no place there."""
    files = unpack(oddly("a name in another alphabet"))
    assert set(files) == {*FILES, "\\xd0\\xbene.txt"}


# --- fuzz -------------------------------------------------------------------------------------


@given(
    st.binary(max_size=200) | st.binary(max_size=60).map(lambda data: GOOD[:30] + data + GOOD[-22:])
)
@example(b"PK\x05\x06")
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Nothing else is ever raised, and the second verifier reads what we read."""
    read(data)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("whole", [GOOD, pack(FILES)], ids=["deflated", "stored"])
def test_archives_with_changed_bytes_are_read_or_refused(whole: bytes, seed: int) -> None:
    """Bytes flipped, replaced, cut out and doubled: what is still read is what others read."""
    chance = random.Random(seed)  # noqa: S311 - not for a secret
    for _ in range(400):
        changed = bytearray(whole)
        for _ in range(chance.choice((1, 1, 1, 2, 6))):
            _mutate(changed, chance)
        files = read(bytes(changed))
        if isinstance(files, dict):
            with ZipFile(BytesIO(changed)) as archive:
                others = {one.orig_filename: archive.read(one) for one in archive.infolist()}
            assert [*files.values()] == [*others.values()]


def _mutate(data: bytearray, chance: random.Random) -> None:
    at, length = chance.randrange(len(data)), chance.randrange(1, 40)
    match chance.randrange(5):
        case 0:
            data[at] ^= 1 << chance.randrange(8)
        case 1:
            data[at : at + 4] = chance.randbytes(4)
        case 2 if len(data) > 60:
            del data[at : at + length]
        case 3:
            data[at:at] = data[at : at + length]
        case _:
            data[at : at + 2] = chance.choice((b"PK", b"\0\0", b"\xff\xff", b"\1\2"))


# --- too much ---------------------------------------------------------------------------------


@contextmanager
def at_most(limit: int) -> Iterator[None]:
    """Never more memory than this."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < limit
    finally:
        tracemalloc.stop()


def bomb(size: int, claimed: int, name: bytes = b"bomb") -> Member:
    """A member that becomes so large, and says that it is of another size."""
    compress = zlib.compressobj(9, wbits=-15)
    packed = b"".join(compress.compress(bytes(MIB)) for _ in range(size // MIB)) + compress.flush()
    check_sum = zlib.crc32(bytes(size)) if size == claimed else 0
    return Member(name, b"", packed=packed, claims={"size": claimed, "crc": check_sum})


@pytest.mark.parametrize(
    ("size", "claimed", "limit", "why"),
    [
        (17, 17 * MIB, MIB, "bomb has 17825792 bytes, more than 16777216"),
        (64, 100, MIB, "does not end with its data"),
        (64, 0, MIB, "does not end with its data"),
        (64, 16 * MIB, 36 * MIB, "does not end with its data"),
        (64, 2**32 - 1, MIB, "bomb has 4294967295 bytes"),
        (1, 16 * MIB, 36 * MIB, "has not the size that is said"),
    ],
)
def test_a_bomb_takes_no_more_memory_than_it_may_have(
    size: int, claimed: int, limit: int, why: str
) -> None:
    """Whether it says how large it is or not."""
    data = archive_of([*MEMBERS, bomb(size * MIB, claimed)])
    with at_most(limit), pytest.raises(ArchiveError) as raised:
        unpack(data)
    assert why in str(raised.value)


def test_the_largest_member_is_read() -> None:
    """16 MiB is within the limit, and comes out whole."""
    assert unpack(archive_of([bomb(16 * MIB, 16 * MIB)])) == {"bomb": bytes(16 * MIB)}


def test_all_together_may_not_be_too_much() -> None:
    """Seventeen of 16 MiB each: refused before the first is unpacked."""
    one = bomb(16 * MIB, 16 * MIB)
    many = archive_of([replace(one, name=b"%d" % n) for n in range(17)])
    with at_most(MIB), pytest.raises(ArchiveError, match="its members have 285212672 bytes, more"):
        unpack(many)


def test_there_may_not_be_too_many() -> None:
    """20,000 members are read, and one more is refused by its count alone."""
    members = [Member(b"%d" % n, b"", deflated=False) for n in range(MOST_MEMBERS + 1)]
    assert len(unpack(archive_of(members[1:]))) == MOST_MEMBERS
    with pytest.raises(ArchiveError, match="it has 20001 members; a bundle has at most 20000"):
        unpack(archive_of(members))


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    """One byte over the limit: refused by its size, and nothing of it but its end is read."""
    path = tmp_path / "large.zip"
    with path.open("wb") as file:
        file.seek(MOST_TOGETHER + MOST_BYTES - 21)
        file.write(GOOD[-22:])
    with at_most(MIB), pytest.raises(ArchiveError, match="it has 285212673 bytes, more than any"):
        read_archive(path)


@pytest.mark.parametrize("name", ["folder", "missing"])
def test_what_cannot_be_read_at_all_is_an_error_of_the_system(tmp_path: Path, name: str) -> None:
    """A folder, or nothing."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match=name):
        read_archive(tmp_path / name)
