"""What a ledger gives out of a thread: proved, the same each time, and no more than was asked."""

from __future__ import annotations

from contextlib import closing

import orjson
import pytest
from audit_helpers import (
    CANNOT_TELL,
    DAY,
    VERIFIED,
    Case,
    append,
    note_on,
    redact,
)
from bundles_apart import STREAM, files_of, manifest_of
from evidence_helpers import ask, evidence_of, files_from
from strategies import HARD_TEXTS
from witness_helpers import LATE, ONE, TWO, cosigned, store, trust_of

from footprint.domain.asks import ApproveRedaction, AskRedaction
from footprint.domain.entry import Move
from footprint.domain.events import EntryCorrected, Event, NoteAdded
from footprint.errors import Refused
from footprint.evidence.archive import pack
from footprint.evidence.gathering import gather, snapshot, with_words
from footprint.ledger.ledger import Ledger
from footprint.ledger.opening import open_ledger
from footprint.proof.policy import NOBODY, Policy

FIRST, LAST = 15, 110
"""The positions of the thread's first and last entry."""


def kept(case: Case, name: str) -> bytes:
    return (case.folder / f"{name}.note").read_bytes()


def tell(ledger: Ledger, event: Event, text: str) -> int:
    """Record an event with words. Returns its position."""
    move = Move(event=event, occurred_on=DAY, source="at-the-time", words={"text": text})
    return ledger.append(STREAM, [move], actor="mb").entries[-1].position


# --- honest -----------------------------------------------------------------------------------


def test_what_a_ledger_gives_out_is_verified(year: Case, trust: Policy) -> None:
    """0 to who trusts its key, with words and without: every entry, in order."""
    for words in (False, True):
        evidence = evidence_of(year, words=words)
        found = ask(files_from(evidence), trust)
        assert (found.verdict.verdict, found.verdict.findings) == (VERIFIED, [])
        assert found.entries == evidence.entries
        assert [entry.version for entry in found.entries] == [*range(1, 10)]
        assert found.words == evidence.words
        assert bool(found.words) is found.verdict.words_checked is words


def test_it_is_what_a_maker_apart_from_it_makes(year: Case) -> None:
    """Leaves, paths, growth, words, salts and the manifest, to the byte."""
    made = files_from(evidence_of(year, kept=year.kept, words=True))
    apart = files_of(year, kept(year, "last"), old=year.kept.size)
    read = {name: made[name] for name in made if name.startswith(("statement", "reading"))}
    assert made == apart | read | {"manifest.json": manifest_of(apart | read)}


def test_the_same_evidence_is_the_same_bytes(year: Case) -> None:
    """Made again from the file, at another time."""
    first = pack(files_from(evidence_of(year, words=True)))
    assert pack(files_from(evidence_of(year, words=True))) == first
    assert list(files_from(evidence_of(year)))[:2] == ["manifest.json", "checkpoint"]


def test_a_checkpoint_that_the_quorum_cosigned_is_given_before_a_newer_one(case: Case) -> None:
    """It has to cover the thread; of several the newest; else the head."""
    old = "CH-0000005"
    quorum = trust_of(case, [ONE, TWO], 2)
    plain = kept(case, "kept").decode()
    assert evidence_of(case, old, quorum).note.checkpoint.size == 110
    store(case, 105, cosigned(plain, (ONE, LATE)))
    assert evidence_of(case, old, quorum).note.witnessed_at is None
    store(case, 105, cosigned(plain, (ONE, LATE), (TWO, LATE + 7)))
    evidence = evidence_of(case, old, quorum)
    assert (evidence.note.checkpoint.size, evidence.note.witnessed_at) == (105, LATE + 7)
    assert ask(files_from(evidence), quorum).verdict.verdict == VERIFIED
    # The thread that goes on beyond it needs a newer one, and for that there is no quorum yet.
    newer = evidence_of(case, STREAM, quorum)
    assert (newer.note.checkpoint.size, newer.note.witnessed_at) == (110, None)
    assert ask(files_from(newer), quorum).verdict.verdict == CANNOT_TELL
    assert ask(files_from(newer), trust_of(case)).verdict.verdict == VERIFIED


def test_it_leads_from_the_checkpoint_that_the_receiver_holds(year: Case) -> None:
    """From an older one by a proof, from one of the same size by itself; each then vouches."""
    grown = evidence_of(year, "CH-0000005", kept=year.kept)
    assert (grown.old, grown.consistency[:8]) == (105, "old 105\n")
    assert ask(files_from(grown), NOBODY, [kept(year, "kept")]).verdict.verdict == VERIFIED
    early = files_from(evidence_of(year, kept=year.early))
    assert ask(early, trust_of(year), [kept(year, "early")]).verdict.verdict == VERIFIED
    same = evidence_of(year, kept=year.last)
    assert (same.old, same.consistency) == (0, "")
    assert ask(files_from(same), NOBODY, [kept(year, "last")]).verdict.verdict == VERIFIED


def test_any_words_come_back_as_they_were_recorded(case: Case, trust: Policy) -> None:
    """Whatever a person can paste."""
    with case.writing() as ledger:
        told = {tell(ledger, NoteAdded(), text): text for text in HARD_TEXTS if text.strip()}
    found = ask(files_from(evidence_of(case, words=True)), trust)
    assert found.verdict.verdict == VERIFIED
    assert {at: found.words[at]["text"] for at in told} == told


def test_all_that_is_given_is_of_one_moment(case: Case, trust: Policy) -> None:
    """While others write, the entries, the checkpoint and the words are those of the snapshot."""
    with closing(open_ledger(case.path)) as reader, snapshot(reader):
        assert reader.size() == LAST
        with case.writing() as ledger:
            note_on(ledger, STREAM)
        evidence = with_words(reader, gather(reader, STREAM, NOBODY), legal_advice=True)
    assert evidence.note.checkpoint.size == evidence.entries[-1].position == LAST
    assert ask(files_from(evidence), trust).verdict.verdict == VERIFIED


# --- no more than was asked -------------------------------------------------------------------


def secrets_of(case: Case) -> list[bytes]:
    """Every text, case number and salt that the vault holds."""
    with case.raw() as connection:
        rows = connection.execute("SELECT salt, words FROM vault").fetchall()
        children = connection.execute("SELECT child FROM vault_child").fetchall()
    told = [text.encode() for _, words in rows for text in _texts(words)]
    return [*told, *(salt for salt, _ in rows), *(child for (child,) in children)]


def _texts(words: bytes) -> list[str]:
    return [*orjson.loads(words).values()]


def test_without_words_nothing_of_the_vault_is_in_it(case: Case) -> None:
    """Neither words, nor the case number, nor a salt by which words could be guessed."""
    with case.writing() as ledger:
        tell(ledger, NoteAdded(), "A sentence that is nowhere else.")
    files = files_from(evidence_of(case))
    whole = b"\n".join(files.values())
    found = [secret for secret in secrets_of(case) if len(secret) > 3 and secret in whole]
    assert found == []
    assert not any(name.startswith("words/") for name in files)
    with_all = b"\n".join(files_from(evidence_of(case, words=True)).values())
    assert b"A sentence that is nowhere else." in with_all


def test_only_the_words_of_this_thread_are_given(year: Case) -> None:
    """With words, nothing of another thread's vault rows is in it."""
    files = files_from(evidence_of(year, words=True))
    positions = {f"words/{e.position}.json" for e in evidence_of(year).entries if e.words}
    assert {name for name in files if name.endswith(".json")} - {"manifest.json"} == positions


ADVICE = "Counsel says that we would lose."


def advised(case: Case) -> dict[str, int]:
    """A thread with advice: marked at once, marked later, unmarked later, corrected."""
    said = EntryCorrected(corrects=0, facts={})
    with case.writing() as ledger:
        at = {"marked": tell(ledger, NoteAdded(privileged=True), ADVICE)}
        at["plain"] = tell(ledger, NoteAdded(), "Plain.")
        at["later"] = tell(ledger, NoteAdded(), ADVICE)
        at["unmarked"] = tell(ledger, NoteAdded(privileged=True), "No advice after all.")
        marks = said.but(corrects=at["later"], facts={"privileged": True})
        at["marks"] = tell(ledger, marks, "It was advice.")
        unmarks = said.but(corrects=at["unmarked"], facts={"privileged": None})
        at["unmarks"] = tell(ledger, unmarks, "It was none.")
        at["of marked"] = tell(ledger, said.but(corrects=at["marked"]), f"Better: {ADVICE}")
        at["of that"] = tell(ledger, said.but(corrects=at["of marked"]), f"No: {ADVICE}")
        at["of plain"] = tell(ledger, said.but(corrects=at["plain"]), "Plainer.")
    return at


def test_legal_advice_is_left_out_unless_asked_for(case: Case, trust: Policy) -> None:
    """As it was corrected, with the corrections of it; the entries themselves are there."""
    at = advised(case)
    evidence = evidence_of(case, words=True)
    left_out = {"marked", "later", "marks", "of marked", "of that"}
    assert evidence.legal_advice == tuple(at[name] for name in at if name in left_out)
    assert {at[name] for name in at.keys() - left_out} <= evidence.words.keys()
    files = files_from(evidence)
    assert ADVICE.encode() not in b"\n".join(files.values())
    assert {f"entries/{one}.leaf" for one in at.values()} <= files.keys()
    assert ask(files, trust).verdict.verdict == VERIFIED
    asked = evidence_of(case, words=True, legal_advice=True)
    assert asked.legal_advice == ()
    assert set(at.values()) <= asked.words.keys()
    assert ask(files_from(asked), trust).verdict.verdict == VERIFIED
    assert evidence_of(case).legal_advice == ()


def test_redacted_words_are_not_given(case: Case, trust: Policy) -> None:
    """Gone with a reason, and not given either where an old backup put them back."""
    with case.raw() as connection:
        row = connection.execute("SELECT * FROM vault WHERE position = 106").fetchone()
    with case.writing() as ledger:
        redact(ledger, STREAM, (106,))
    for back in (False, True):
        if back:
            with case.raw() as connection:
                connection.execute("INSERT INTO vault VALUES (?, ?, ?)", row)
        evidence = evidence_of(case, words=True, legal_advice=True)
        assert (evidence.redacted, 106 in evidence.words) == ((106,), False)
        found = ask(files_from(evidence), trust)
        assert (found.verdict.verdict, found.verdict.redacted) == (VERIFIED, 1)
        assert row[2] not in b"\n".join(files_from(evidence).values())


@pytest.mark.parametrize("right_child", [None, "C-7777"])
def test_a_thread_that_was_redacted_whole_gives_what_came_after(
    case: Case, trust: Policy, right_child: str | None
) -> None:
    """Its words since, without a case number or under the right one: both verifiers take them."""
    why = {"why": "!"} | ({"right_child": right_child} if right_child else {})
    with case.writing() as ledger:
        asked = AskRedaction(on=DAY, positions=(), basis="wrong-child", words=why)
        ledger.record(asked, actor="one", stream=STREAM)
        ledger.record(ApproveRedaction(on=DAY), actor="other", stream=STREAM)
        note_on(ledger, STREAM, "Since then.")
    evidence = evidence_of(case, words=True, legal_advice=True)
    found = ask(files_from(evidence), trust)
    assert (found.verdict.verdict, found.verdict.findings) == (VERIFIED, [])
    *_, last = found.words.values()
    assert (last["text"], last.get("child")) == ("Since then.", right_child)


def test_redacted_advice_is_said_once(case: Case) -> None:
    """As redacted: those words are gone for everybody."""
    at = advised(case)
    with case.writing() as ledger:
        redact(ledger, STREAM, (at["marked"],))
    evidence = evidence_of(case, words=True)
    assert at["marked"] in evidence.redacted
    assert at["marked"] not in evidence.legal_advice


def test_proceedings_are_known_as_they_were_corrected(case: Case) -> None:
    """Said by a correction, and taken back by another."""
    said = [evidence_of(case).proceedings]
    for facts in ({"proceedings": True}, {"proceedings": False}, {"proceedings": True}, {}):
        with case.writing() as ledger:
            append(ledger, STREAM, EntryCorrected(corrects=FIRST, facts=facts))
        said.append(evidence_of(case).proceedings)
    assert said == [False, True, False, True, True]


def test_an_audit_copy_gives_no_words(case: Case, trust: Policy) -> None:
    """It proves the entries as the ledger does, and says that it has no words."""
    with case.attack() as connection:
        connection.execute("DROP TABLE vault")
        connection.execute("DROP TABLE vault_child")
    assert ask(files_from(evidence_of(case)), trust).verdict.verdict == VERIFIED
    with pytest.raises(Refused, match="is an audit copy: it has no words to give"):
        evidence_of(case, words=True)
