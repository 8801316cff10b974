"""Witnesses, and logs for them to watch: a log of made-up leaves, and cosigned rows in a ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from audit_helpers import Case, canonical, forge_head, put_state, raised, state_at
from ledger_helpers import naive_root

from footprint.audit.verdict import Verdict
from footprint.audit.vouchers import Voucher
from footprint.proof import note as notes
from footprint.proof.checkpoint import Checkpoint, checkpoint_text
from footprint.proof.key import WITNESS, Signer
from footprint.proof.paths import consistency
from footprint.proof.policy import NONE, Group, Log, Policy, Quorum, Witness
from footprint.proof.request import request_text


def named(name: str) -> Signer:
    """A witness with a key of its own."""
    return Signer(name, sha256(name.encode()).digest(), WITNESS)


LATE = 4_000_000_000
"""After any entry was recorded."""

ONE, TWO = named("audit.example/one"), named("audit.example/two")


@dataclass(frozen=True)
class MadeLog:
    """A log of made-up leaves, and the key that signs it."""

    leaves: tuple[bytes, ...]
    signer: Signer

    def checkpoint(self, size: int) -> Checkpoint:
        return Checkpoint(self.signer.name, size, naive_root(self.leaves[:size]))

    def note(self, size: int) -> str:
        return self.signer.sign(checkpoint_text(self.checkpoint(size)))

    def proof(self, old: int, size: int) -> list[bytes]:
        def part(height: int, nth: int) -> bytes:
            return naive_root(self.leaves[nth << height : (nth + 1) << height])

        return consistency(old, size, part) if old else []

    def request(self, old: int, size: int) -> bytes:
        return request_text(old, self.proof(old, size), self.note(size)).encode()

    def rewritten(self, nth: int) -> MadeLog:
        """The same key over a history in which one leaf is another."""
        leaves = list(self.leaves)
        leaves[nth] = sha256(b"rewritten").digest()
        return replace(self, leaves=tuple(leaves))

    @property
    def trust(self) -> Policy:
        return Policy((Log(self.signer.verifier), Quorum(NONE)))


def made_log(count: int = 40) -> MadeLog:
    leaves = tuple(sha256(b"leaf %d" % nth).digest() for nth in range(count))
    return MadeLog(leaves, Signer("iro.example/watched", b"\x03" * 32))


# --- a real ledger, cosigned ------------------------------------------------------------------


def trust_of(
    case: Case, witnesses: Sequence[Signer] = (), needed: int = 0, *keys: Signer
) -> Policy:
    """Trust in a ledger's own key, or in others; so many of the witnesses are needed."""
    logs = [Log(key.verifier) for key in keys or (case.signer().signer,)]
    crowd = [Witness(one.name, one.verifier) for one in witnesses]
    if not needed:
        return Policy((*logs, *crowd, Quorum(NONE)))
    group = Group("needed", needed, tuple(one.name for one in crowd))
    return Policy((*logs, *crowd, group, Quorum("needed")))


def stored_note(case: Case, size: int) -> str:
    """The first note that is stored at a size."""
    with case.raw() as connection:
        (text,) = connection.execute(
            "SELECT note FROM checkpoint WHERE size = ? ORDER BY note", (size,)
        ).fetchone()
    return str(text)


def cosigned(text: str, *lines: tuple[Signer, int]) -> str:
    """A note with the lines of witnesses behind it."""
    return text + "".join(who.cosign(notes.parse(text).text, at) for who, at in lines)


def store(case: Case, size: int, text: str) -> None:
    """Keep a note in the ledger, as any program could."""
    with case.raw() as connection:
        connection.execute("INSERT INTO checkpoint VALUES (?, ?)", (size, text))


def recorded(case: Case, position: int) -> int:
    """When an entry was recorded, in POSIX seconds."""
    with case.raw() as connection:
        facts = state_at(connection, position)
    return int(datetime.fromisoformat(facts["recorded_at"]).timestamp())


def auditor(case: Case, trust: Policy, *vouchers: Voucher) -> Verdict:
    """What somebody says on another machine who trusts these."""
    return case.judged(case.stranger, vouchers, trust)


def told(verdict: Verdict) -> tuple[str, int | None]:
    return verdict.verdict, verdict.covered


def rewrite(case: Case, signer: Signer, position: int = 20) -> str:
    """All of it again with the true key: one entry changed, the checkpoints gone. The head."""
    with case.attack() as connection:
        put_state(connection, position, canonical(raised(state_at(connection, position))))
        return forge_head(connection, signer)
