"""What a verification says: verified, tampered, or cannot tell."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

VERIFIED, TAMPERED, CANNOT_TELL = "verified", "tampered", "cannot tell"
MOST_OF_A_KIND = 200
"""Findings of a kind that are kept, and doubts, and remarks; more findings are counted, so that a
hostile file can neither fill the memory nor bury one kind under another."""
MOST_CHARACTERS = 400


def harmless(text: str) -> str:
    """A message that may hold what a hostile file says: escaped where not printable, and cut."""
    cut = text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS] + "..."
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong: what kind, at which position and thread, in a sentence.

    Where a checkpoint says otherwise, `against` names it, and `expected` and `found` are what it
    says and what the entries make: roots in hex. `proof` is what somebody else can check: two
    signed notes that contradict each other.
    """

    what: str
    message: str
    position: int | None = None
    ref: str | None = None
    against: str = ""
    expected: str = ""
    found: str = ""
    proof: str = ""


@dataclass(frozen=True, kw_only=True)
class Witnessed:
    """The newest tree that the trusted witnesses have cosigned, and when (UTC)."""

    size: int
    at: str


@dataclass(frozen=True, kw_only=True)
class Contradicts:
    """What a finding contradicts: `against` which checkpoint, what it says, what there is."""

    against: str
    expected: str = ""
    found: str = ""
    proof: str = ""


@dataclass(kw_only=True)
class Verdict:
    """The verdict on a ledger, gathered while it is read.

    `vouched` are the sizes of the trees that something trusted from outside vouches for and that
    the entries make. `doubts` are what could not be read, `remarks` what is worth saying.
    `witnessed` is the newest of those stored that trusted witnesses have cosigned, and
    `unwitnessed_since` when the first entry beyond it was recorded, where witnesses are trusted.
    `unsigned` are the newest entries of a server that no checkpoint covers yet.
    """

    entries: int = 0
    root: bytes = b""
    vouched: set[int] = field(default_factory=set)
    _held: set[int] = field(default_factory=set)
    witnessed: Witnessed | None = None
    unwitnessed_since: str = ""
    unsigned: int = 0
    redacted: int = 0
    words_checked: bool = True
    findings: list[Finding] = field(default_factory=list)
    more_findings: int = 0
    _kinds: Counter[str] = field(default_factory=Counter)
    doubts: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def find(
        self,
        what: str,
        message: str,
        position: int | None = None,
        ref: str | None = None,
        *,
        contradicts: Contradicts | None = None,
    ) -> None:
        """Add a finding: the ledger contradicts itself, or what somebody holds of it."""
        self._keep(
            Finding(
                what=what,
                message=harmless(message),
                position=position,
                ref=harmless(ref) if ref else None,
                **(vars(contradicts) if contradicts else {}),
            )
        )

    def _keep(self, finding: Finding) -> None:
        self._kinds[finding.what] += 1
        if self._kinds[finding.what] > MOST_OF_A_KIND:
            self.more_findings += 1
        else:
            self.findings.append(finding)

    def take(self, part: Verdict) -> None:
        """Add what was found in a part of the ledger, read by itself."""
        for finding in part.findings:
            self._keep(finding)
        self.more_findings += part.more_findings
        for doubt in part.doubts:
            self.doubt(doubt)

    def doubt(self, message: str) -> None:
        """Something needed for a verdict could not be read."""
        if len(self.doubts) < MOST_OF_A_KIND:
            self.doubts.append(harmless(message))

    def remark(self, message: str) -> None:
        """Something worth saying that changes no verdict."""
        if len(self.remarks) < MOST_OF_A_KIND:
            self.remarks.append(harmless(message))

    def cover(self, size: int, *, by_key: bool = False) -> None:
        """Something trusted from outside vouches for the tree of this size.

        `by_key` says that a key alone does, which may sign another history tomorrow: it narrows
        no interval in which something was changed.
        """
        self.vouched.add(size)
        if not by_key:
            self._held.add(size)

    def held_below(self, size: int) -> int:
        """The largest smaller tree that is as somebody outside holds it; 0 where there is none."""
        return max((held for held in self._held if held < size), default=0)

    @property
    def covered(self) -> int | None:
        """The size of the largest tree vouched for, or None where none is."""
        return max(self.vouched, default=None)

    @property
    def uncovered(self) -> int:
        """Entries that nothing trusted from outside covers."""
        return self.entries - (self.covered or 0)

    @property
    def verdict(self) -> str:
        """A contradiction is tampering, with or without outside trust; silence proves nothing."""
        if self.findings:
            return TAMPERED
        if self.doubts or self.covered is None:
            return CANNOT_TELL
        return VERIFIED
