"""Who vouches for a bundle, and who is only made to look so: both verifiers say the same."""

from __future__ import annotations

import pytest
from audit_helpers import CANNOT_TELL, FORGER, ORIGIN, TAMPERED, VERIFIED, Case
from bundles_apart import STREAM, canonical, files_of
from evidence_helpers import OWN, Row, ask, evidence_of, files_from, made_up, mended
from witness_helpers import LATE, ONE, TWO, cosigned, rewrite, trust_of

from footprint.evidence.verify import Checked
from footprint.ledger.store.sealing import commitment
from footprint.proof.checkpoint import Checkpoint, checkpoint_text
from footprint.proof.key import Signer
from footprint.proof.policy import NOBODY, NONE, Log, Policy, Quorum, Witness
from footprint.proof.tree import EMPTY_ROOT

Bundle = dict[str, bytes]
OTHER = Signer("example.org/other", b"\x07" * 32)


def kept(case: Case, name: str = "kept") -> str:
    """The text of a note that somebody kept."""
    return (case.folder / f"{name}.note").read_text()


def bad(text: str) -> str:
    """A note whose last signature is changed in its middle."""
    head, _, last = text.rstrip("\n").rpartition(" ")
    return f"{head} {last[:40]}{'A' if last[40] != 'A' else 'B'}{last[41:]}\n"


def body(text: str) -> str:
    """What is signed of a note."""
    return text.partition("\n\n")[0] + "\n"


def under(case: Case, note: str) -> Bundle:
    """An honest bundle but for its checkpoint."""
    return mended(files_of(case, note.encode()))


def says(found: Checked) -> tuple[str, str]:
    """The verdict, and the one thing that is said for it."""
    verdict = found.verdict
    said = [*(finding.message for finding in verdict.findings), *verdict.doubts, *verdict.remarks]
    assert len(said) <= 1, said
    return verdict.verdict, "".join(said)


def assert_says(found: Checked, verdict: str, message: str) -> None:
    assert found.verdict.verdict == verdict, found.verdict
    said = [*(one.message for one in found.verdict.findings), *found.verdict.doubts]
    assert any(message in one for one in said), said


# --- keys -------------------------------------------------------------------------------------


def test_a_trusted_key_vouches_where_no_quorum_is_asked(files: Bundle, trust: Policy) -> None:
    """0; and 5 for who trusts nobody, since a key inside a bundle is nobody's word."""
    assert says(ask(files, trust)) == (VERIFIED, "")
    verdict, why = says(ask(files, NOBODY))
    assert (verdict, why[:29]) == (CANNOT_TELL, "nobody outside vouches for it")


def test_a_checkpoint_by_another_key_is_tampered(year: Case, trust: Policy) -> None:
    """All of it right, and signed by a key that looks the same: 3, and both ids are named."""
    forged = under(year, FORGER.sign(body(kept(year, "last"))))
    found = ask(forged, trust)
    ids = [f"{ORIGIN}+{key.verifier.key_id.hex()}" for key in (FORGER, year.signer().signer)]
    assert_says(found, TAMPERED, "is signed by none of the keys that are trusted")
    (finding,) = found.verdict.findings
    assert [finding.found, finding.expected] == ids
    assert ask(forged, NOBODY).verdict.verdict == CANNOT_TELL


def test_a_bad_line_of_a_trusted_key_is_tampered(year: Case, trust: Policy) -> None:
    """The log's or a witness's, even beside a good one; a bad line of others is nothing."""
    last = kept(year, "last")
    both = trust_of(year, [ONE, TWO], 1)
    assert_says(ask(under(year, bad(last)), trust), TAMPERED, "bears a bad line of a trusted key")
    for text in (
        bad(cosigned(last, (ONE, LATE))),
        bad(cosigned(last, (TWO, LATE), (ONE, LATE))),
        bad(cosigned(last, (ONE, LATE), (ONE, LATE))),
    ):
        assert_says(ask(under(year, text), both), TAMPERED, "bears a bad line of a trusted key")
        assert says(ask(under(year, text), trust)) == (VERIFIED, "")


def test_a_quorum_that_is_not_met_cannot_tell(year: Case) -> None:
    """5, and it says who cosigned and who is needed; 0 with one more."""
    last, trust = kept(year, "last"), trust_of(year, [ONE, TWO], 2)
    needed = f"needed is: 2 of {ONE.name}, {TWO.name}"
    assert_says(ask(under(year, last), trust), CANNOT_TELL, "cosigned by nobody of those who are")
    one = ask(under(year, cosigned(last, (ONE, LATE))), trust)
    assert_says(
        one, CANNOT_TELL, f"is cosigned by {ONE.name} of those who are trusted, and {needed}"
    )
    twice = ask(under(year, cosigned(last, (ONE, LATE), (ONE, LATE + 1))), trust)
    assert_says(twice, CANNOT_TELL, f"is cosigned by {ONE.name} of those")
    assert says(ask(under(year, cosigned(last, (ONE, LATE), (TWO, LATE))), trust)) == (VERIFIED, "")


def test_witnesses_alone_vouch_for_nothing(year: Case) -> None:
    """Whoever trusts witnesses and no ledger's key: 5, though they cosigned."""
    trust = Policy((Witness("one", ONE.verifier), Quorum("one")))
    cosigned_ = under(year, cosigned(kept(year, "last"), (ONE, LATE)))
    assert_says(ask(cosigned_, trust), CANNOT_TELL, "no ledger's key is trusted")


def test_the_key_of_another_ledger_vouches_for_nothing(year: Case, trust: Policy) -> None:
    """It is trusted, so it is no unknown key: 5, and 3 with no trusted key on it at all."""
    last, other = kept(year, "last"), Policy((Log(OTHER.verifier), Quorum(NONE)))
    signed = under(year, OTHER.sign(body(last)))
    message = f"is signed by the trusted key of another ledger: {OTHER.name}"
    assert_says(ask(signed, other), CANNOT_TELL, message)
    assert_says(ask(signed, trust), TAMPERED, "signed by none of the keys that are trusted")
    assert_says(ask(under(year, last), other), TAMPERED, "trusted: none for this origin")


# --- checkpoints that were kept ---------------------------------------------------------------


def test_a_kept_checkpoint_of_the_same_size_vouches_for_all(files: Bundle, year: Case) -> None:
    """0 with no key at all; and a key that nobody knows is then nothing to who trusts none."""
    assert says(ask(files, NOBODY, [kept(year, "last")])) == (VERIFIED, "")
    forged = under(year, FORGER.sign(body(kept(year, "last"))))
    assert says(ask(forged, NOBODY, [kept(year, "last")])) == (VERIFIED, "")


def test_an_older_one_vouches_for_what_it_has(files: Bundle, year: Case) -> None:
    """By the proof that leads from it: 5 where entries are newer, and they are named."""
    newer = "nothing vouches for what is newer than the others: entries 106, 107, 108, 109, 110"
    assert says(ask(files, NOBODY, [kept(year)])) == (CANNOT_TELL, newer)
    old = files_from(evidence_of(year, "CH-0000005", kept=year.kept))
    assert says(ask(old, NOBODY, [kept(year)])) == (VERIFIED, "")
    assert says(ask(old, NOBODY, [kept(year), kept(year, "last")])) == (VERIFIED, "")


def test_one_that_nothing_leads_from_cannot_be_compared(
    files: Bundle, year: Case, trust: Policy
) -> None:
    """5, even to who trusts the key: it was kept to be compared."""
    message = "is of 6 entries and cannot be compared with the bundle's checkpoint of 110 entries"
    assert_says(ask(files, trust, [kept(year, "early")]), CANNOT_TELL, message)
    newer = files_of(year, kept(year).encode())
    assert_says(ask(mended(newer), trust, [kept(year, "last")]), CANNOT_TELL, "is of 110 entries")


def test_a_consistency_proof_that_does_not_lead_is_tampered(
    files: Bundle, year: Case, trust: Policy
) -> None:
    """3 to who kept the checkpoint; who did not cannot know."""
    lines = files["consistency"].split(b"\n")
    for changed in (
        [lines[0], b"A" * 43 + b"=", *lines[2:]],
        [lines[0], *lines[2:]],
        [*lines[:2], *lines[1:]],
    ):
        led = mended(files | {"consistency": b"\n".join(changed)})
        message = "the bundle's checkpoint of 110 entries does not extend the checkpoint"
        assert_says(ask(led, trust, [kept(year)]), TAMPERED, message)
        assert says(ask(led, trust)) == (VERIFIED, "")


def test_a_kept_checkpoint_of_another_ledger_is_tampered(
    files: Bundle, year: Case, trust: Policy
) -> None:
    """3: somebody mixed up two ledgers, or wants them mixed up."""
    other = OTHER.sign(body(kept(year)).replace(ORIGIN, OTHER.name))
    message = f"is of {OTHER.name}, and the bundle of {ORIGIN}"
    assert_says(ask(files, trust, [other]), TAMPERED, message)
    assert_says(ask(files, NOBODY, [other]), TAMPERED, message)


def test_two_roots_of_one_size_are_proof_of_two_histories(files: Bundle, year: Case) -> None:
    """3, with both notes where one trusted key signed both."""
    signer = year.signer().signer
    root = Checkpoint(ORIGIN, 110, bytes(32))
    two = signer.sign(checkpoint_text(root))
    trust = trust_of(year)
    found = ask(files, trust, [two])
    assert_says(found, TAMPERED, "has another root of 110 entries")
    (finding,) = found.verdict.findings
    assert (finding.expected, finding.found) == (bytes(32).hex(), found.verdict.root.hex())
    assert finding.proof == f"{two}\n{files['checkpoint'].decode()}"
    forged = FORGER.sign(checkpoint_text(root))
    found = ask(files, trust, [forged])
    assert_says(found, TAMPERED, "has another root of 110 entries")
    assert found.verdict.findings[0].proof == ""


def test_a_kept_checkpoint_that_was_altered_tells_nothing(
    files: Bundle, year: Case, trust: Policy
) -> None:
    """5, whatever it says now: another ledger, nothing at all; a witness's line counts too."""
    signer = year.signer().signer
    empty = signer.sign(checkpoint_text(Checkpoint(ORIGIN, 0, EMPTY_ROOT)))
    for altered in (
        bad(kept(year)),
        kept(year, "last").replace("\n110\n", "\n111\n"),
        kept(year).replace(f"{ORIGIN}\n", "example.org/else\n", 1),
        bad(empty),
    ):
        assert_says(ask(files, trust, [altered]), CANNOT_TELL, "was altered: the signature of")
    line = bad(cosigned(kept(year), (ONE, LATE)))
    assert_says(ask(files, trust_of(year, [ONE]), [line]), CANNOT_TELL, "was altered")
    assert says(ask(files, trust, [line])) == (VERIFIED, "")


def test_a_kept_checkpoint_of_no_entries_is_nothing(
    files: Bundle, year: Case, trust: Policy
) -> None:
    """It neither vouches nor contradicts, and it is said."""
    empty = year.signer().signer.sign(checkpoint_text(Checkpoint(ORIGIN, 0, EMPTY_ROOT)))
    verdict, remark = says(ask(files, trust, [empty]))
    assert (verdict, remark[-50:]) == (
        VERIFIED,
        "is of no entries: it neither vouches nor contradicts"[-50:],
    )
    assert ask(files, NOBODY, [empty]).verdict.verdict == CANNOT_TELL


def test_a_history_rewritten_under_the_stolen_key_is_tampered_to_who_kept_a_checkpoint(
    case: Case, trust: Policy
) -> None:
    """Every hash and signature right: 0 to who kept nothing, 3 to who did, however it is led."""
    true_last = kept(case, "last")
    rewrite(case, case.signer().signer, 16)
    rewritten = files_from(evidence_of(case, words=True))
    assert says(ask(rewritten, trust)) == (VERIFIED, "")
    assert_says(ask(rewritten, trust, [true_last]), TAMPERED, "has another root of 110 entries")
    note = rewritten["checkpoint"]
    led = mended(files_of(case, note, old=105))
    assert_says(ask(led, trust, [kept(case)]), TAMPERED, "does not extend the checkpoint")
    assert_says(ask(rewritten, trust, [kept(case)]), CANNOT_TELL, "cannot be compared")


# --- what only the holder of the key can do ---------------------------------------------------

HEAD = {
    "format": 1,
    "event_id": "018f0000-0000-7000-8000-000000000002",
    "command_id": "018f0000-0000-7000-8000-000000000001",
    "recorded_at": "2026-04-03T16:59:00.000000Z",
    "occurred_on": "2026-04-03",
    "actor": "mb",
    "source": "at-the-time",
}
NOTE = Row("note.added", canonical(HEAD))
MADE = Policy((Log(OWN.verifier), Quorum(NONE)))
LATER = Row("something.new", canonical(HEAD | {"format": 2, "more": [1]}))


def corrected(corrects: int, /, **facts: object) -> Row:
    return Row("entry.corrected", canonical(HEAD | {"corrects": corrects, "facts": facts}))


def worded(version: int, words: object, salt: bytes = bytes(32)) -> Row:
    """A note with words that it truly committed to."""
    data = words if isinstance(words, bytes) else canonical(words)
    sealed = commitment(STREAM, version, "note.added", salt, data)
    return Row("note.added", canonical(HEAD | {"words": sealed}), salt, data)


def changed(**facts: object) -> Row:
    return Row("note.added", canonical(HEAD | facts))


MADE_UP: dict[str, tuple[list[Row], int, str]] = {
    "a state in another form": (
        [Row("note.added", NOTE.state + b" ")], 6, "not in the one canonical form"),
    "a key twice": (
        [Row("note.added", NOTE.state.replace(b"{", b'{"actor":"mb",', 1))], 6, "canonical form"),
    "a state that is no JSON": ([Row("note.added", b"x")], 6, "not of the published format"),
    "a state that is deep": ([Row("note.added", b"[" * 100_000)], 6, "not of the published"),
    "a fact too many": ([changed(colour="red")], 6, "unknown ['colour']"),
    "a fact of another type": ([changed(privileged=1)], 6, "a fact of another type"),
    "a format of 1.0": (
        [Row("note.added", NOTE.state.replace(b'"format":1', b'"format":1.0'))], 6, "format 1.0"),
    "a commitment that is none": ([changed(words="none")], 6, "a fact of another type"),
    "nobody's entry": ([changed(actor="")], 6, "its actor is empty"),
    "an id that is none": ([changed(event_id="1")], 6, "its event_id is '1', which is no UUIDv7"),
    "a source that is none": ([changed(source="heard")], 6, "its source is 'heard'"),
    "a time that is none": ([changed(recorded_at="2026-02-30T00:00:00.000000Z")], 6, "not a time"),
    "a topic of no thread": (
        [Row("ledger.opened", canonical(HEAD | {"authority": "x", "origin": "x", "key": "x"}))],
        6, "ledger.opened belongs to ledger"),
    "a topic that is not known": ([Row("note.lost", NOTE.state)], 6, "unknown kind"),
    "a time before that of the entry before": (
        [NOTE, changed(recorded_at="2026-04-03T16:58:59.999999Z")], 7,
        "it was recorded at 2026-04-03T16:58:59.999999Z, and an entry before it at 2026-04-03"),
    "a correction of itself": ([corrected(6)], 6, "it corrects entry 6, which is not before it"),
    "a correction of an entry elsewhere": ([NOTE, corrected(5)], 7, "which is not before it"),
    "a correction of a later entry": ([NOTE, corrected(8), NOTE], 7, "which is not before it"),
    "a correction of a fact that is not there": (
        [NOTE, corrected(6, role="x")], 7, "note.added cannot have role so"),
    "a correction to another type": (
        [NOTE, corrected(6, privileged="x")], 7, "The privileged of note.added is of another type"),
    "a correction to no source": (
        [NOTE, corrected(6, source="heard")], 7, "The source of note.added is of another type"),
    "an empty case number": ([worded(1, {"child": ""})], 6, "its words have no case number"),
    "another case number": (
        [worded(1, {"child": "1"}), worded(2, {"child": "2"})], 7, "have another case number than"),
    "an empty case number, and another": (
        [worded(1, {"child": ""}), worded(2, {"child": "2"})], 6, "its words have no case number"),
    "words that are a list": ([worded(1, [1])], 6, "The words is not a JSON object"),
    "words that are no texts": ([worded(1, {"child": 1})], 6, "something that is not text"),
    "words that are locked": ([worded(1, b"\0locked")], 6, "its words are locked"),
    "words in another form": ([worded(1, b'{"child": "1"}')], 6, "not in the one canonical form"),
    "words that are deep": ([worded(1, b"[" * 100_000)], 6, "The words is not JSON"),
    "a short salt": ([worded(1, {"child": "1"}, b"x")], 6, "and not 1 bytes and"),
    "a later format with a broken number": (
        [Row("note.added", canonical(HEAD | {"format": 2, "x": 1.5}))], 6, "is not whole"),
    "a later format with too large a number": (
        [Row("note.added", canonical(HEAD | {"format": 2, "x": 2**53 + 1}))], 6, "or beyond 2^53"),
    "a correction of a later format": (
        [LATER, corrected(6, more=[2])], 7, "an unknown kind, 'something.new'"),
}  # fmt: skip


@pytest.mark.parametrize("how", MADE_UP)
def test_who_holds_the_key_has_to_keep_to_the_format(how: str) -> None:
    """3, the entry named, though all of it is hashed and signed."""
    rows, position, message = MADE_UP[how]
    found = ask(made_up(rows), MADE)
    assert found.verdict.verdict == TAMPERED
    where = [one for one in found.verdict.findings if one.position == position]
    assert any(message in one.message for one in where), found.verdict.findings


HONEST: dict[str, list[Row]] = {
    "one entry": [NOTE],
    "words": [worded(1, {"child": "1"}), worded(2, {"child": "1", "text": "\u2028\x7f"})],
    "corrections, and a correction of one": [
        NOTE, corrected(6, privileged=True), corrected(7, corrects=6), corrected(6),
    ],
    "facts that look odd": [changed(occurred_on=None), changed(clock="", actor=" ")],
}  # fmt: skip


@pytest.mark.parametrize("how", HONEST)
def test_what_keeps_to_the_format_is_verified(how: str) -> None:
    """0: what is attacked above is not refused for another reason."""
    assert says(ask(made_up(HONEST[how]), MADE)) == (VERIFIED, "")


def test_an_entry_of_a_later_format_cannot_be_told() -> None:
    """5, and it is named; what is not judged is not shown as proved. Its place is judged."""
    row = Row(*LATER[:2], bytes(32), b"anything")
    found = ask(made_up([NOTE, row, NOTE]), MADE)
    why = "entry 7 (CH-3) is of format 2; this verifier reads format 1"
    assert says(found) == (CANNOT_TELL, why)
    assert [entry.position for entry in found.entries] == [6, 8]
    assert found.words == {}
    left_out = {k: v for k, v in made_up([NOTE, LATER]).items() if "/6." not in k}
    assert_says(ask(mended(left_out, origin=OWN.name), MADE), TAMPERED, "is entry 2 of its thread")


def test_any_size_of_checkpoint_that_is_a_note_is_read(trust: Policy, year: Case) -> None:
    """A note has up to 1,000,000 bytes; the proof around it is not counted with it."""
    text = body(kept(year, "last"))
    signer = year.signer().signer
    longest = 1_000_000 - len(signer.sign(text + "x\n").encode()) + 1
    note = signer.sign(text + "x" * longest + "\n")
    assert len(note.encode()) == 1_000_000
    assert says(ask(under(year, note), trust)) == (VERIFIED, "")
    more = under(year, f"{note}\u2014 x AAAAAAA=\n")
    assert_says(ask(more, trust), TAMPERED, "a note may have 1000000 bytes")


def test_messages_hold_nothing_that_a_terminal_obeys(files: Bundle, trust: Policy) -> None:
    """A name of a file that would clear the screen is escaped, and cut."""
    hostile = mended(files | {"\x1b[2J" + "x" * 5_000: b""})
    found = ask(hostile, trust).verdict
    assert all(one.message.isprintable() for one in found.findings)
    assert any("\\x1b[2J" in one.message for one in found.findings)
