"""What a bundle does and does not prove, in plain English, for whoever opens it first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from footprint.audit.verdict import harmless
from footprint.evidence.gathering import Evidence
from footprint.ledger.elsewhere.giving import NOT_SIGNED
from footprint.proof.cosigned import utc
from footprint.proof.lines import encode64

_WIDTH = 78

PROCEEDINGS = """\
This thread is marked as having court proceedings. Information about proceedings that concern a
child and are heard in private may be passed on only as rule 12.73 of the Family Procedure Rules
2010 and Practice Direction 12G allow, or with the court's permission. Publishing it otherwise may
be a contempt of court (section 12 of the Administration of Justice Act 1960), and passing it on
can be publishing it. To publish to the public, or to a section of it, what is likely to identify a
child as involved in such proceedings is an offence (section 97 of the Children Act 1989). This
binds whoever passes this on and whoever receives it. If in doubt, ask a lawyer or the court
first. This is not legal advice.
"""

UNWITNESSED = """\
No witness that is trusted here has cosigned the checkpoint in this bundle as far as the quorum
asks: whoever relies on witnesses can tell nothing from it. To have it cosigned first: footprint
checkpoint --request > request.txt; send that to the witness; footprint checkpoint --cosigned
ANSWER; then make the bundle again.
"""

_WHAT_IT_IS = """\
{authority} keeps a ledger of the challenges that its Independent Reviewing Officers make on behalf
of children in its care. {ref} is one thread of challenge. This bundle holds all {count} entries of
it that were signed when it was made, with the proof that the ledger has them.

Ledger: {origin}

Entries: {positions}

Checkpoint: {size} entries, root {root}
"""

_PROVED = """\
Where the check below answers "verified":

1. Each entry is exactly as it was recorded, at its place in the ledger.

2. No entry of this thread between its first and its last one here is left out: they are numbered
without a gap.
"""
_BY_WITNESSES = """\
3. Each entry had been recorded by {at} at the latest: by then the witnesses named above had seen
the ledger and cosigned its checkpoint.
"""
_BY_ITSELF = """\
3. When each entry was recorded is the ledger's own word: no quorum of witnesses known to it had
cosigned this checkpoint when the bundle was made.
"""
_WORDS = "4. The words given are the words that were recorded."
_EXTENDS = """\
The ledger of {size} entries only adds to the one of {old} entries whose checkpoint the receiver
holds: nothing in that was changed.
"""

_NOT_PROVED = """\
- That what was recorded is true, or happened when it says.

- Who was at the keyboard: each entry names who recorded it, on the ledger's word.

- That nothing else happened: only what was recorded is here.

- That the thread ends here. Entries behind the last one may have been left out, and it may have
gone on beyond the checkpoint of {size} entries.

- reading-copy.txt and reading-copy.html. They are for reading, and no check covers them. What
counts is what the check itself shows.
"""

_NO_WORDS = """\
The child's case number and all that was written in words are left out. What is here are dates,
codes, and who recorded what. The words can be given later and will be shown to fit, since each
entry is sealed to its own.
"""
_LEGAL_ADVICE = "Without its words, as legal advice or a correction of it: {count} (entries {at})."
_REDACTED = "Redacted, its words removed from the ledger for good: {count} (entries {at})."

_HOW_TO_CHECK = """\
You need a verifier and the keys that you trust: the ledger's, and those of its witnesses, in one
file. Take neither from whoever sent this bundle: ask the witness, the auditor or the regulator. A
key inside a bundle proves nothing.

With Python alone, by one file that needs nothing else:

    python3 check_footprint.py FILE --trust KEYS

Or where footprint is installed:

    footprint verify-bundle FILE --trust KEYS

With a checkpoint that you kept of this ledger, add: --against NOTE

Hand this file on as it is. Packed again, it may not pass.
"""

_ANSWERS = """\
Verified: nothing in the bundle contradicts the proof, and someone whom you trust vouches for every
entry.

Tampered: something contradicts it. The answer names what, and at which entry. Keep the file, and
ask for the ledger to be verified.

Cannot tell: nothing contradicts it, and nothing that you trust vouches for it, or the file could
not be read. It is no evidence either way.
"""


def warnings_of(evidence: Evidence) -> list[str]:
    """What whoever makes the bundle has to know before it is given away."""
    newer = NOT_SIGNED.format(count=evidence.newer)
    said = {
        newer: evidence.newer > 0,
        UNWITNESSED: evidence.note.witnessed_at is None,
        PROCEEDINGS: evidence.proceedings,
    }
    return [" ".join(text.split()) for text, so in said.items() if so]


def statement(evidence: Evidence) -> str:
    """The statement, as one text of short lines."""
    size = evidence.note.checkpoint.size
    parts = {
        f"Evidence of {evidence.ref}": _what_it_is(evidence),
        "Before you pass it on": PROCEEDINGS if evidence.proceedings else "",
        "What is proved": _proved(evidence),
        "What is not proved": _NOT_PROVED.format(size=size),
        "What is left out": _left_out(evidence),
        "How to check it, without trusting whoever sent it": _HOW_TO_CHECK,
        "What the answer means": _ANSWERS,
    }
    lines = [line for title, said in parts.items() if said for line in _part(title, said)]
    return "\n".join(lines)


def _part(title: str, said: str) -> Iterator[str]:
    yield from (title, "-" * len(title), "")
    for text in said.strip("\n").split("\n\n"):
        # A command stands on a line of its own, whatever its length.
        yield from [text] if text.startswith(" ") else wrap(text, _WIDTH, break_on_hyphens=False)
        yield ""


def _what_it_is(evidence: Evidence) -> str:
    tree = evidence.note.checkpoint
    lines = [f"Cosigned by {harmless(key.name)} at {utc(at)}" for key, at in evidence.note.lines]
    about = _WHAT_IT_IS.format(
        authority=harmless(evidence.authority),
        ref=evidence.ref,
        count=len(evidence.items),
        origin=harmless(evidence.origin),
        positions=_listed([entry.position for entry in evidence.entries]),
        size=tree.size,
        root=encode64(tree.root),
    )
    return "\n\n".join([about.strip(), *lines])


def _proved(evidence: Evidence) -> str:
    at, size = evidence.note.witnessed_at, evidence.note.checkpoint.size
    by_when = _BY_ITSELF if at is None else _BY_WITNESSES.format(at=utc(at))
    words = _WORDS if evidence.words else ""
    extends = _EXTENDS.format(size=size, old=evidence.old) if evidence.consistency else ""
    return _paragraphs(_PROVED, by_when, words, extends)


def _left_out(evidence: Evidence) -> str:
    return _paragraphs(
        "" if evidence.with_words else _NO_WORDS,
        _counted(_LEGAL_ADVICE, evidence.legal_advice),
        _counted(_REDACTED, evidence.redacted),
    )


def _counted(text: str, positions: Sequence[int]) -> str:
    return text.format(count=len(positions), at=_listed(positions)) if positions else ""


def _paragraphs(*texts: str) -> str:
    return "\n\n".join(text.strip() for text in texts if text)


def _listed(positions: Sequence[int]) -> str:
    return ", ".join(map(str, positions))
