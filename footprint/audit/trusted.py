"""What those who are trusted from outside say of a ledger, by the notes that it stores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

import orjson

from footprint.audit.entries import Reading
from footprint.audit.verdict import Verdict, Witnessed, harmless
from footprint.engine.connection import Connection
from footprint.proof.cosigned import Cosignature, utc, witnessed_at
from footprint.proof.key import Verifier
from footprint.proof.policy import Policy


@dataclass(frozen=True, kw_only=True)
class Trusted:
    """Whom a verifier believes about one ledger.

    A tree signed by one of `own`, the signer on this machine, is vouched for; one signed by one of
    `logs` is where the quorum of `policy` has cosigned it.
    """

    own: frozenset[Verifier] = frozenset()
    logs: frozenset[Verifier] = frozenset()
    policy: Policy

    @property
    def keys(self) -> frozenset[Verifier]:
        return self.own | self.logs

    @property
    def names_a_log(self) -> bool:
        """Whether a head has to be signed by a trusted key: where any log's key is trusted."""
        return bool(self.own or self.policy.logs)

    def vouch(self, heard: Heard) -> bool:
        """Whether they vouch for a note."""
        witnesses = [witness for witness, _ in heard.lines]
        return bool(heard.signers & self.own) or (
            bool(heard.signers & self.logs) and self.policy.is_quorum(witnesses)
        )


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A stored note that nothing is wrong with: who signed it, and which witnesses when."""

    size: int
    signers: frozenset[Verifier]
    lines: tuple[Cosignature, ...]


def trusted_for(
    connection: Connection, reading: Reading, own: Verifier | None, policy: Policy
) -> Trusted:
    """Those who are trusted for the ledger that was read: each key vouches for its successor."""
    logs = policy.log_keys(reading.origin) if reading.origin else ()
    return Trusted(
        own=_with_endorsed(connection, reading, (own,) if own else ()),
        logs=_with_endorsed(connection, reading, logs),
        policy=policy,
    )


def _with_endorsed(
    connection: Connection, reading: Reading, keys: Iterable[Verifier]
) -> frozenset[Verifier]:
    """The keys, and those that they endorsed in `signer.changed`, and so on from there."""
    believed = set(keys)
    for (_, old), (position, new) in pairwise(reading.keys):
        if old in believed and _fact(connection, position, "endorsement"):
            believed.add(new)  # that the endorsement is good was checked with the entry
    return frozenset(believed)


# --- witnesses --------------------------------------------------------------------------------


def check_witnessed(
    connection: Connection, good: Sequence[Heard], policy: Policy, verdict: Verdict
) -> None:
    """How far the ledger is witnessed, and what its entries say of the witnesses' times."""
    if not policy.witnesses:
        return
    timed = [(one.size, at) for one in good if (at := witnessed_at(one.lines, policy)) is not None]
    newest = max(timed, default=None)
    if newest:
        verdict.witnessed = Witnessed(size=newest[0], at=utc(newest[1]))
    since = newest[0] + 1 if newest else 1
    if since <= verdict.entries:
        verdict.unwitnessed_since = harmless(_fact(connection, since, "recorded_at"))
    brackets = [(one.size, witness, at) for one in good for witness, at in one.lines]
    _check_after(connection, brackets, verdict)
    _check_before(connection, brackets, verdict)


_Bracket = tuple[int, Verifier, int]


def _check_after(connection: Connection, brackets: Sequence[_Bracket], verdict: Verdict) -> None:
    """No entry of a cosigned tree says that it was recorded after that: the last is the latest."""
    outside = []
    for size, witness, at in brackets:
        recorded = _fact(connection, size, "recorded_at")
        if _seconds(recorded, at) > at:
            told = f"entry {size} says that it was recorded at {recorded}, after {witness.name}"
            outside.append((size, f"{told} had seen it at {utc(at)}"))
    _say(outside, "one of the clocks was wrong", verdict)


def _check_before(connection: Connection, brackets: Sequence[_Bracket], verdict: Verdict) -> None:
    """An entry beyond a cosigned tree says that it was recorded before: the next is the first."""
    outside = []
    for size, witness, at in brackets:
        recorded = _fact(connection, size + 1, "recorded_at")
        if _seconds(recorded, at) < at:
            told = (
                f"entry {size + 1} says that it was recorded at {recorded}, before {witness.name}"
            )
            outside.append((size, f"{told} saw a ledger of {size} entries at {utc(at)}"))
    _say(outside, "the checkpoint was on its way, or the clock was set back", verdict)


def _say(outside: Sequence[tuple[int, str]], why: str, verdict: Verdict) -> None:
    if outside:
        _size, newest = max(outside)
        more = f" ({len(outside) - 1} other cosignatures say the like)" if len(outside) > 1 else ""
        verdict.remark(f"{newest}: {why}{more}")


def _seconds(recorded_at: str, otherwise: int) -> int:
    """A recorded time in POSIX seconds; a time that is none has its finding already."""
    try:
        return int(datetime.fromisoformat(recorded_at).astimezone(UTC).timestamp())
    except (ValueError, OverflowError):
        return otherwise


def _fact(connection: Connection, position: int, name: str) -> str:
    """A text among the facts of one entry; empty where there is none."""
    row = connection.execute("SELECT state FROM event WHERE position = ?", (position,)).fetchone()
    try:
        value = orjson.loads(row[0])[name] if row else None
    except (orjson.JSONDecodeError, KeyError, TypeError, IndexError):
        return ""
    return value if isinstance(value, str) else ""
