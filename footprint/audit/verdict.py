"""What a verification says: verified, tampered, or cannot tell."""

from __future__ import annotations

from dataclasses import dataclass, field

VERIFIED, TAMPERED, CANNOT_TELL = "verified", "tampered", "cannot tell"
MOST_FINDINGS = 200
"""Findings kept; more are counted, so that a hostile file cannot fill the memory."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong: what kind, at which position and thread, in a sentence."""

    what: str
    message: str
    position: int | None = None
    ref: str | None = None


@dataclass(kw_only=True)
class Verdict:
    """The verdict on a ledger, gathered while it is read.

    `vouched` are the sizes of the trees that something trusted from outside vouches for and that
    the entries make. `doubts` are what could not be read, `remarks` what is worth saying.
    """

    entries: int = 0
    root: bytes = b""
    vouched: set[int] = field(default_factory=set)
    redacted: int = 0
    words_checked: bool = True
    findings: list[Finding] = field(default_factory=list)
    more_findings: int = 0
    doubts: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def find(
        self, what: str, message: str, position: int | None = None, ref: str | None = None
    ) -> None:
        """Add a finding: the ledger contradicts itself, or what somebody holds of it."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(what=what, message=message, position=position, ref=ref))
        else:
            self.more_findings += 1

    def cover(self, size: int) -> None:
        """Something trusted from outside vouches for the tree of this size."""
        self.vouched.add(size)

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
