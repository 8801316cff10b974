"""Who is trusted, as a file: logs, witnesses and a quorum (c2sp.org/tlog-policy).

A policy is its lines, in their order, so that one can be edited and its comments stay. It is a
file of octets: what is not UTF-8 in it is carried as lone surrogates, and names are compared as
the octets that they are. No evaluation is ever deeper or longer than the file.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeVar

from footprint.proof.key import LOG, WITNESS, Verifier
from footprint.proof.lines import NoteError, decode_number

NONE = "none"
"""The quorum that asks for no cosignature."""

_FORBIDDEN = bytes({*range(0x20), 0x7F} - {*b"\t\n"})
_ITEM = re.compile(r"[^ \t]+")
_ROLES = {LOG: "a log", WITNESS: "a witness"}


@dataclass(frozen=True, slots=True)
class Log:
    """A log whose checkpoints are taken; the name of its key is its origin."""

    key: Verifier
    url: str = ""


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness, under the name that groups and the quorum have for it."""

    name: str
    key: Verifier
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Has witnessed where `threshold` of its members, witnesses or groups, have."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quorum:
    """The witness or the group that has to have witnessed a checkpoint, or `NONE`."""

    name: str


@dataclass(frozen=True, slots=True)
class Remark:
    """An empty line or a comment, as it stands."""

    text: str


Line = Log | Witness | Group | Quorum | Remark
_OneKind = TypeVar("_OneKind", Log, Witness, Group, Quorum)


@dataclass(frozen=True)
class Policy:
    """The lines of a policy.

    Raises:
        NoteError: they make none: a name, a key or a member is there twice or has no place yet, a
            key is of the wrong type, a threshold out of reach, or there is not one quorum.
    """

    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        checks = _Checks()
        for nth, line in enumerate(self.lines, 1):
            try:
                checks.check(line)
            except NoteError as error:
                raise NoteError(f"line {nth} of the policy: {error}") from None
        if not checks.quorums:
            raise NoteError("a policy has a quorum line, and this one has none")

    @property
    def logs(self) -> tuple[Log, ...]:
        return self._of(Log)

    @property
    def witnesses(self) -> tuple[Witness, ...]:
        return self._of(Witness)

    @property
    def groups(self) -> tuple[Group, ...]:
        return self._of(Group)

    @property
    def quorum(self) -> str:
        """The name on its one quorum line."""
        return self._of(Quorum)[0].name

    def log_keys(self, origin: str) -> tuple[Verifier, ...]:
        """The keys that may sign checkpoints of this origin."""
        return tuple(log.key for log in self.logs if log.key.name == origin)

    @property
    def witness_keys(self) -> tuple[Verifier, ...]:
        return tuple(witness.key for witness in self.witnesses)

    def is_quorum(self, cosigned: Collection[Verifier]) -> bool:
        """Whether these keys of witnesses are enough; others among them count for nothing."""
        known = frozenset(cosigned)
        witnessed = {NONE} | {one.name for one in self.witnesses if one.key in known}
        # A group names only what stands before it, so one pass is enough.
        for group in self.groups:
            if sum(member in witnessed for member in group.members) >= group.threshold:
                witnessed.add(group.name)
        return self.quorum in witnessed

    def _of(self, kind: type[_OneKind]) -> tuple[_OneKind, ...]:
        return tuple(line for line in self.lines if isinstance(line, kind))


def parse_policy(data: bytes) -> Policy:
    """Read a policy file; the reverse of `policy_bytes`, but for the white space.

    Raises:
        NoteError: it is none.
    """
    if len(data.translate(None, _FORBIDDEN)) != len(data):
        raise NoteError("a policy may hold no control character but tabs and newlines")
    text = data.decode("utf-8", "surrogateescape").removesuffix("\n")
    return Policy(tuple(_parse(line, nth) for nth, line in enumerate(text.split("\n"), 1)))


def policy_bytes(policy: Policy) -> bytes:
    """The policy as a file."""
    written = "".join(f"{_written(line)}\n" for line in policy.lines)
    return written.encode("utf-8", "surrogateescape")


def _parse(line: str, nth: int) -> Line:
    items = _ITEM.findall(line)
    if not items or items[0].startswith("#"):
        return Remark(line)
    try:
        return _parse_items(items)
    except NoteError as error:
        raise NoteError(f"line {nth} of the policy: {error}") from None


def _parse_items(items: list[str]) -> Line:
    match items:
        case ["log", vkey] | ["log", vkey, _]:
            return Log(Verifier.from_vkey(vkey), *items[2:])
        case ["witness", name, vkey] | ["witness", name, vkey, _]:
            return Witness(name, Verifier.from_vkey(vkey), *items[3:])
        case ["group", name, threshold, *members]:
            return Group(name, _threshold(threshold, len(members)), tuple(members))
        case ["quorum", name]:
            return Quorum(name)
    raise NoteError(
        'it is not "log KEY [URL]", "witness NAME KEY [URL]", "group NAME all|any|N MEMBER..." or'
        ' "quorum NAME"'
    )


def _threshold(text: str, members: int) -> int:
    named = {"all": members, "any": 1}
    return named[text] if text in named else decode_number(text, "the number of members needed")


def _written(line: Line) -> str:
    match line:
        case Remark(text):
            return text
        case Log(key, url):
            items = ["log", key.vkey, url]
        case Witness(name, key, url):
            items = ["witness", name, key.vkey, url]
        case Group(name, threshold, members):
            short = {1: "any", len(members): "all"}
            items = ["group", name, short.get(threshold, str(threshold)), *members]
        case Quorum(name):
            items = ["quorum", name]
    return " ".join(filter(None, items))


class _Checks:
    """What the lines so far have defined and used; each further line is held against it."""

    def __init__(self) -> None:
        self.defined: set[str] = set()
        self.listed: set[str] = set()
        self.keys: set[bytes] = set()
        self.quorums = 0

    def check(self, line: Line) -> None:
        """Take the next line. Raises `NoteError` where it may not stand there."""
        match line:
            case Log(key, url):
                self._trust(key, LOG, url)
            case Witness(name, key, url):
                self._trust(key, WITNESS, url)
                self._define(name)
            case Group(name, threshold, members):
                for member in members:
                    self._list(member)
                if not 1 <= threshold <= len(members):
                    raise NoteError(f"{threshold} of {len(members)} members cannot be asked for")
                self._define(name)
            case Quorum(name):
                self.quorums += 1
                if self.quorums > 1:
                    raise NoteError("there is a quorum line already")
                if name != NONE:
                    self._must_be_defined(name)
            case Remark(text):
                _check_remark(text)

    def _trust(self, key: Verifier, kind: bytes, url: str) -> None:
        if key.kind != kind:
            raise NoteError(f"the key {key.vkey} is {_ROLES[key.kind]}'s, not {_ROLES[kind]}'s")
        if key.public in self.keys:
            raise NoteError(f"the key of {key.name!r} is there twice")
        self.keys.add(key.public)
        if url:
            _check_item(url)

    def _define(self, name: str) -> None:
        _check_item(name)
        if name == NONE:
            raise NoteError(f"{NONE!r} is no name that can be given")
        if name in self.defined:
            raise NoteError(f"the name {name!r} is there twice")
        self.defined.add(name)

    def _list(self, member: str) -> None:
        self._must_be_defined(member)
        if member in self.listed:
            raise NoteError(f"{member!r} is a member twice; once, in one group, is all it can be")
        self.listed.add(member)

    def _must_be_defined(self, name: str) -> None:
        if name not in self.defined:
            raise NoteError(f"no line before it defines {name!r}")


def _check_item(text: str) -> None:
    if not _ITEM.fullmatch(text):
        raise NoteError(f"{text!r} must be one word, without a space")
    _check_octets(text)


def _check_remark(text: str) -> None:
    if text.strip(" \t") and not text.lstrip(" \t").startswith("#"):
        raise NoteError("a comment begins with #")
    _check_octets(text)


def _check_octets(text: str) -> None:
    """Nothing that the file could not hold, or would give back as something else."""
    try:
        octets = text.encode("utf-8", "surrogateescape")
    except UnicodeError:
        octets = b"\x00"
    clean = octets.translate(None, _FORBIDDEN + b"\n")
    if clean.decode("utf-8", "surrogateescape") != text:
        raise NoteError(f"{text!r} cannot stand in a policy")


NOBODY = Policy((Quorum(NONE),))
"""The policy of who trusts nobody."""
