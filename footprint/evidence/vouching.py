"""Who vouches for the checkpoint of a bundle: trusted keys, and checkpoints that were kept."""

from __future__ import annotations

from dataclasses import dataclass

from footprint.audit.verdict import Contradicts, Verdict
from footprint.audit.vouchers import Voucher
from footprint.proof import note as notes
from footprint.proof.checkpoint import Checkpoint, parse_checkpoint
from footprint.proof.cosigned import Cosignature, lines_of
from footprint.proof.key import Verifier
from footprint.proof.lines import NoteError, encode64
from footprint.proof.paths import ProofError, verify_consistency
from footprint.proof.policy import Policy
from footprint.proof.request import Request, parse_request
from footprint.witness.trust import quorum_told


@dataclass(kw_only=True)
class Signed:
    """The checkpoint of a bundle: its bytes, and who of those trusted has signed it.

    `by` are the keys of logs, whatever their origin; `lines` are the good lines of witnesses.
    """

    data: bytes
    note: notes.Note
    checkpoint: Checkpoint
    by: tuple[Verifier, ...] = ()
    lines: tuple[Cosignature, ...] = ()

    @property
    def name(self) -> str:
        return f"the bundle's checkpoint of {self.checkpoint.size} entries"


def signed_checkpoint(data: bytes, origin: str, verdict: Verdict) -> Signed | None:
    """The checkpoint, if it is one; nothing is said yet of who signed it."""
    try:
        note = notes.parse(data)
        checkpoint = parse_checkpoint(note.text)
    except NoteError as error:
        verdict.find("checkpoint", f"the checkpoint is none: {error}")
        return None
    if checkpoint.origin != origin:
        message = f"the checkpoint is of {checkpoint.origin}, and the bundle of {origin}"
        verdict.find("origin", message)
    return Signed(data=data, note=note, checkpoint=checkpoint)


def consistency_of(data: bytes | None, signed: Signed, verdict: Verdict) -> Request | None:
    """The proof that the tree extends an older one, as far as it can be checked by itself."""
    if data is None:
        return None
    try:
        growth = parse_request(data)
    except NoteError as error:
        verdict.find("consistency", f"the consistency proof is none: {error}")
        return None
    if growth.signed != signed.data:
        message = "the consistency proof is to another checkpoint than the bundle's"
        verdict.find("consistency", message)
    if not 1 <= growth.old < signed.checkpoint.size:
        message = f"the consistency proof begins at {growth.old} entries, and not at 1 or more"
        verdict.find("consistency", f"{message} below {signed.checkpoint.size}")
    return growth


def check_signed(signed: Signed, trust: Policy, verdict: Verdict) -> None:
    """What the trusted keys say: they vouch, or none of them signed, or a line is bad."""
    tree = signed.checkpoint
    try:
        good = notes.verified_by(signed.note, _keys(trust))
    except NoteError as error:
        verdict.find("signature", f"{signed.name} bears a bad line of a trusted key: {error}")
        return
    signed.lines = lines_of(signed.note, good)
    signed.by = tuple(log.key for log in trust.logs if log.key in good)
    by_own = {*signed.by} & {*trust.log_keys(tree.origin)}
    if by_own and trust.is_quorum([witness for witness, _ in signed.lines]):
        verdict.cover(tree.size)
    elif trust.logs and not signed.by:
        expected = (
            ", ".join(map(notes.id_of, trust.log_keys(tree.origin))) or "none for this origin"
        )
        found = ", ".join(map(notes.id_of, signed.note.signatures[:4]))
        verdict.find(
            "key",
            f"{signed.name} is signed by none of the keys that are trusted: {expected}",
            contradicts=Contradicts(against=signed.name, expected=expected, found=found),
        )


def check_kept(
    kept: Voucher, signed: Signed, growth: Request | None, trust: Policy, verdict: Verdict
) -> None:
    """What a checkpoint that somebody kept says: it vouches, contradicts, or cannot be compared."""
    tree = signed.checkpoint
    if altered := _altered(kept, trust):
        verdict.doubt(f"{kept.name} was altered: {altered}")
    elif not kept.size:
        verdict.remark(f"{kept.name} is of no entries: it neither vouches nor contradicts")
    elif kept.origin != tree.origin:
        message = f"{kept.name} is of {kept.origin}, and the bundle of {tree.origin}"
        verdict.find("origin", message)
    elif kept.size == tree.size:
        _compare(kept, signed, trust, verdict)
    elif growth is not None and growth.old == kept.size:
        _extend(kept, signed, growth, verdict)
    else:
        verdict.doubt(
            f"{kept.name} is of {kept.size} entries and cannot be compared with {signed.name}: no"
            f" consistency proof from {kept.size} entries is in the bundle"
        )


def why_not_vouched(signed: Signed, trust: Policy) -> str:
    """Why nothing from outside vouches for any of it."""
    if not trust.logs:
        return (
            "nobody outside vouches for it: no ledger's key is trusted, and no kept checkpoint fits"
        )
    if signed.by and not {*signed.by} & {*trust.log_keys(signed.checkpoint.origin)}:
        whose = ", ".join(key.name for key in signed.by)
        return f"{signed.name} is signed by the trusted key of another ledger: {whose}"
    by = ", ".join(dict.fromkeys(witness.name for witness, _ in signed.lines)) or "nobody"
    return (
        f"{signed.name} is cosigned by {by} of those who are trusted, and needed is:"
        f" {quorum_told(trust)}"
    )


def _compare(kept: Voucher, signed: Signed, trust: Policy, verdict: Verdict) -> None:
    """Two checkpoints of one size have one root, or whoever signed both has two histories."""
    root = signed.checkpoint.root
    if kept.root == root:
        verdict.cover(kept.size)
        return
    verdict.find(
        "root",
        f"{kept.name} has another root of {kept.size} entries: {encode64(kept.root)}, and the"
        f" bundle's is {encode64(root)}",
        contradicts=Contradicts(
            against=kept.name, expected=kept.root.hex(), found=root.hex(),
            proof=_two_roots(kept, signed, trust),
        ),
    )  # fmt: skip


def _extend(kept: Voucher, signed: Signed, growth: Request, verdict: Verdict) -> None:
    tree = signed.checkpoint
    try:
        verify_consistency(kept.size, tree.size, kept.root, tree.root, growth.proof)
    except ProofError as error:
        verdict.find(
            "consistency",
            f"{signed.name} does not extend {kept.name} of {kept.size}: {error}",
            contradicts=Contradicts(against=kept.name, expected=kept.root.hex()),
        )
    else:
        verdict.cover(kept.size)


def _altered(kept: Voucher, trust: Policy) -> str:
    """How a kept note bears a bad line of a trusted key; empty where it does not."""
    try:
        if kept.note:
            notes.verified_by(kept.note, _keys(trust))
    except NoteError as error:
        return str(error)
    return ""


def _two_roots(kept: Voucher, signed: Signed, trust: Policy) -> str:
    """Both notes, where one trusted key signed both: proof, to anyone, of its misbehaviour."""
    keys = trust.log_keys(signed.checkpoint.origin)
    if kept.note is None or not (
        notes.signers_of(kept.note, keys) & notes.signers_of(signed.note, keys)
    ):
        return ""
    return f"{notes.joined(kept.note.text, kept.note.signatures)}\n{signed.data.decode()}"


def _keys(trust: Policy) -> tuple[Verifier, ...]:
    return (*(log.key for log in trust.logs), *trust.witness_keys)
