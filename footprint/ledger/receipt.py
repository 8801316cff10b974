"""The receipt: one line for the child's file that pins an entry; it names no theme and no child."""

from __future__ import annotations

import re
from typing import NamedTuple

from footprint.domain.policy import STREAM as POLICY
from footprint.domain.reference import meant, shown
from footprint.errors import Misused
from footprint.proof.lines import NoteError, decode64, encode64

_LINE = (
    r"footprint receipt (CH-[0-9]{1,7}|policy) entry ([0-9]{1,18}) of ([0-9]{1,18})"
    r" root ([A-Za-z0-9+/]{43}=)"
)


class Receipt(NamedTuple):
    """Entry `position` is of `stream`, and the first `size` entries have this root.

    The stream is a thread, or that of the policy.
    """

    stream: str
    position: int
    size: int
    root: bytes


def receipt_line(receipt: Receipt) -> str:
    """The line that is given out."""
    place = f"{shown(receipt.stream)} entry {receipt.position} of {receipt.size}"
    return f"footprint receipt {place} root {encode64(receipt.root)}"


def parse_receipt(line: str) -> Receipt:
    """The reverse of `receipt_line`; runs of white space do not matter.

    Raises:
        Misused: it is not a whole receipt line.
    """
    match = re.fullmatch(_LINE, " ".join(line.split()))
    named = match[1] if match else ""
    stream = named if named == POLICY else meant(named)
    if match is None or stream is None:
        raise Misused(
            "That is not a whole receipt line.",
            "It reads: footprint receipt CH-1 entry 7 of 7 root ... (44 characters).",
        )
    try:
        root = decode64(match[4], "the root")
    except NoteError as error:
        raise Misused(
            f"That receipt has been altered: {error}.",
            "Give the line as it was printed, every sign of it.",
        ) from error
    return Receipt(stream, int(match[2]), int(match[3]), root)
