"""Verify a bundle: the seven checks of docs/format.md, and what vouches for it from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from footprint.audit.verdict import Verdict
from footprint.audit.vouchers import Voucher
from footprint.domain.entry import Entry, Words
from footprint.domain.redactions import silenced
from footprint.domain.reference import is_thread, shown
from footprint.errors import why
from footprint.evidence import names
from footprint.evidence.archive import ArchiveError, NoArchive, read_archive
from footprint.evidence.entries import Among, Wrong, misplaced, unproved, unspoken
from footprint.evidence.leaf import LeafError, read_leaf
from footprint.evidence.vouching import (
    Signed,
    check_kept,
    check_signed,
    consistency_of,
    signed_checkpoint,
    why_not_vouched,
)
from footprint.ledger.store.codec import decode_words
from footprint.proof.policy import Policy

Files = Mapping[str, bytes]
_MOST_TOLD = 10


@dataclass(kw_only=True)
class Checked:
    """What verifying a bundle found: the verdict, and what it holds as far as nothing is wrong.

    `entries` are those that the tree of `signed` has at their positions, in order; `words` those
    given out with them, by position, that they committed to.
    """

    verdict: Verdict = field(default_factory=Verdict)
    origin: str = ""
    ref: str = ""
    positions: Sequence[int] = ()
    signed: Signed | None = None
    entries: list[Entry] = field(default_factory=list)
    words: dict[int, Words] = field(default_factory=dict)

    @property
    def uncovered(self) -> list[int]:
        """The positions that nothing from outside vouches for."""
        covered = self.verdict.covered or 0
        return [position for position in self.positions if position > covered]


def verify_bundle(path: Path, trust: Policy, kept: Sequence[Voucher] = ()) -> Checked:
    """The verdict on the bundle in a file.

    Args:
        path: the file; nothing of it is written to disk.
        trust: the keys of logs and witnesses that are trusted, and the quorum.
        kept: checkpoints that somebody kept by hand.
    """
    checked = Checked()
    try:
        files = read_archive(path)
    except (NoArchive, OSError) as error:
        checked.verdict.doubt(f"the file cannot be opened as a bundle: {why(error)}")
    except ArchiveError as error:
        checked.verdict.find("archive", f"the archive is not that of a bundle: {error}")
    else:
        _verify(files, trust, kept, checked)
    return checked


def _verify(files: Files, trust: Policy, kept: Sequence[Voucher], checked: Checked) -> None:
    manifest = _manifest(files, checked.verdict)
    if manifest is None:
        return
    checked.origin, checked.ref = manifest.origin, shown(manifest.stream)
    checked.positions, checked.verdict.entries = manifest.positions, len(manifest.positions)
    _check_files(files, manifest, checked.verdict)
    data = files.get(names.CHECKPOINT, b"")
    checked.signed = signed_checkpoint(data, manifest.origin, checked.verdict)
    _read_entries(files, manifest, checked)
    _read_words(files, checked)
    if checked.signed is not None:
        _vouch(files, checked.signed, trust, kept, checked)


# --- the manifest -----------------------------------------------------------------------------


def _manifest(files: Files, verdict: Verdict) -> names.Manifest | None:
    if names.MANIFEST not in files:
        verdict.find("files", f"{names.MANIFEST} is missing")
        return None
    try:
        return names.parse_manifest(files[names.MANIFEST])
    except names.ManifestError as error:
        verdict.find("manifest", f"{names.MANIFEST} is no manifest: {error}")
        return None


def _check_files(files: Files, manifest: names.Manifest, verdict: Verdict) -> None:
    """All that has to be there is, nothing else is, and each file is the one that is listed."""
    ref = shown(manifest.stream)
    if not is_thread(manifest.stream):
        verdict.find("stream", f"{manifest.stream!r} is no thread", ref=ref)
    for name in names.missing_names(manifest.positions, files):
        verdict.find("files", f"{name} is missing", ref=ref)
    for name in names.other_names(manifest.positions, files):
        verdict.find("files", f"{name} has no place in a bundle of these entries", ref=ref)
    digests = {name: names.digest(files[name]) for name in files if name != names.MANIFEST}
    for name in sorted(digests.keys() | manifest.files.keys()):
        found, expected = digests.get(name, "none"), manifest.files.get(name, "none")
        if found != expected:
            message = f"{name}: the manifest lists the digest {expected}, and the file's is {found}"
            verdict.find("manifest", message, ref=ref)


# --- the entries and their words --------------------------------------------------------------


def _read_entries(files: Files, manifest: names.Manifest, checked: Checked) -> None:
    """Each entry by its own bytes, among the others, and in the tree."""
    topics: dict[int, str] = {}
    recorded_at = ""
    for version, position in enumerate(manifest.positions, 1):
        leaf = files.get(names.leaf_name(position))
        if leaf is None:  # found as a file that is missing
            continue
        wrongs = _unproved(files, position, leaf, checked.signed)
        try:
            read = read_leaf(position, leaf)
        except LeafError as error:
            _find([Wrong("state", str(error)), *wrongs], position, checked)
            continue
        wrongs += misplaced(read, Among(manifest.stream, version, topics, recorded_at))
        topics[position] = read.topic
        _find(wrongs, position, checked)
        if read.entry is None:
            checked.verdict.doubt(f"entry {position} ({checked.ref}) {read.newer}")
            continue
        recorded_at = read.entry.recorded_at
        if not wrongs and names.proof_name(position) in files and checked.signed:
            checked.entries.append(read.entry)


def _unproved(files: Files, position: int, leaf: bytes, signed: Signed | None) -> list[Wrong]:
    proof = files.get(names.proof_name(position))
    if proof is None or signed is None:  # found as what they are
        return []
    return list(unproved(position, leaf, proof, signed))


def _find(wrongs: Sequence[Wrong], position: int, checked: Checked) -> None:
    for what, message, contradicts in wrongs:
        where = f"entry {position} ({checked.ref}): {message}"
        checked.verdict.find(what, where, position, checked.ref, contradicts=contradicts)


def _read_words(files: Files, checked: Checked) -> None:
    """The words that are given out: each those of its entry, and all of one child."""
    given = [entry for entry in checked.entries if names.words_name(entry.position) in files]
    child = ""
    for entry in given:
        position = entry.position
        words, salt = files[names.words_name(position)], files.get(names.salt_name(position), b"")
        if wrong := unspoken(entry, words, salt, child):
            _find([Wrong("words", wrong)], position, checked)
        else:
            checked.words[position] = decode_words(words)
            child = checked.words[position].get("child", child)
    checked.verdict.words_checked = bool(given)
    checked.verdict.redacted = len(silenced(checked.entries))


# --- from outside -----------------------------------------------------------------------------


def _vouch(
    files: Files, signed: Signed, trust: Policy, kept: Sequence[Voucher], checked: Checked
) -> None:
    verdict = checked.verdict
    verdict.root = signed.checkpoint.root
    growth = consistency_of(files.get(names.CONSISTENCY), signed, verdict)
    check_signed(signed, trust, verdict)
    for one in kept:
        check_kept(one, signed, growth, trust, verdict)
    if not verdict.vouched:
        verdict.doubt(why_not_vouched(signed, trust))
    elif checked.uncovered:
        newer = _listed(checked.uncovered)
        verdict.doubt(f"nothing vouches for what is newer than the others: entries {newer}")


def _listed(positions: Sequence[int]) -> str:
    return ", ".join(map(str, positions[:_MOST_TOLD]))
