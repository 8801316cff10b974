"""Redaction in a ledger: of what was shown or of nothing, and gone from where it was."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
from ledger_helpers import (
    ACTOR,
    CHILD,
    DAY,
    ORIGIN,
    TEXT,
    check_whole,
    erase_words,
    home_in,
    record,
    reopen,
    seized,
    sign,
    stored,
)
from losses import backed_up, restored

from footprint.domain.asks import ApproveRedaction, AskRedaction
from footprint.errors import Refused
from footprint.ledger.checkpoints.recovery import accept_loss
from footprint.ledger.ledger import Ledger
from footprint.ledger.signing.home import folder_of
from footprint.ledger.words import redacting
from footprint.ledger.words.erasing import is_marked
from footprint.ledger.words.redacting import approve
from footprint.ledger.words.remembering import lost, remembered

ASKED = AskRedaction(
    on=DAY, source="transcribed", words={"why": "Over."}, positions=(), basis="retention"
)
APPROVED = ApproveRedaction(on=DAY, source="transcribed")


def asked_for(ledger: Ledger, folder: Path) -> str:
    """A thread whose redaction one person has asked for."""
    stream = record(ledger).stream
    with closing(reopen(folder, actor="one")) as one:
        one.record(ASKED, actor="one", stream=stream)
    return stream


def test_what_came_since_it_was_shown_is_not_removed_unseen(ledger: Ledger, tmp_path: Path) -> None:
    """A note is recorded while somebody reads what would go: they are to see it first."""
    stream, folder = asked_for(ledger, tmp_path), folder_of(home_in(tmp_path), ORIGIN)
    asks = {stream: APPROVED}
    with closing(reopen(tmp_path, actor="two")) as two:
        seen = {stream: two.consider(APPROVED, stream, actor="two")[0].event.positions}  # type: ignore[attr-defined]
        said = record(ledger, "Slipped in.", stream).entries[0].position
        with pytest.raises(Refused, match="recorded since this was shown"):
            approve(two, asks, folder, actor="two", shown=seen)
        assert two.vault.words(stream)[said]["text"] == "Slipped in."
        assert not is_marked(folder)
        approve(two, asks, folder, actor="two", shown={stream: (*seen[stream], said)})
        assert two.vault.words(stream) == {}


def test_what_is_redacted_is_gone_and_remembered(ledger: Ledger, tmp_path: Path) -> None:
    """Words and case number are in no row; the marker is there until the bytes are gone."""
    stream, folder = asked_for(ledger, tmp_path), tmp_path / "of a keeper without a key"
    with closing(reopen(tmp_path, actor="two")) as two:
        done = approve(two, {stream: APPROVED}, folder, actor="two")
        assert is_marked(folder)
        erase_words(tmp_path, folder, done.traces)
        assert not is_marked(folder)
        assert [one.stream for one in remembered(folder)] == [stream]
        assert (two.vault.words(stream), two.vault.child(stream)) == ({}, None)
    ledger.close()
    with stored(tmp_path) as connection:
        assert not connection.execute("SELECT 1 FROM vault_child").fetchall()
        kept = connection.execute("SELECT words FROM vault").fetchall()
    assert not any(TEXT.encode() in words for (words,) in kept)


def test_an_old_vault_that_is_put_back_goes_again(ledger: Ledger, tmp_path: Path) -> None:
    """Rows that a backup brought back are not read, are said to be back, and are removed again."""
    stream, folder = asked_for(ledger, tmp_path), folder_of(home_in(tmp_path), ORIGIN)
    with stored(tmp_path) as connection:
        words = connection.execute("SELECT * FROM vault").fetchall()
        children = connection.execute("SELECT * FROM vault_child").fetchall()
    with closing(reopen(tmp_path, actor="two")) as two:
        done = approve(two, {stream: APPROVED}, folder, actor="two")
        erase_words(tmp_path, folder, done.traces)
        with seized(tmp_path) as connection:
            connection.executemany("INSERT INTO vault VALUES (?, ?, ?)", words)
            connection.executemany("INSERT INTO vault_child VALUES (?, ?)", children)
        assert two.vault.words(stream) == {}
        found, traces = redacting.reapply(two, folder)
        assert [(one.stream, len(one.positions), one.child) for one in found] == [(stream, 2, True)]
        erase_words(tmp_path, folder, traces)
        assert redacting.back(two) == []


def test_one_person_does_not_redact(ledger: Ledger, tmp_path: Path) -> None:
    """Who asked does not approve, and nothing is marked or removed."""
    stream, folder = asked_for(ledger, tmp_path), folder_of(home_in(tmp_path), ORIGIN)
    with closing(reopen(tmp_path, actor="one")) as one:
        with pytest.raises(Refused, match="omebody else"):
            approve(one, {stream: APPROVED}, folder, actor="one")
        assert one.vault.words(stream)
    assert not is_marked(folder)
    check_whole(tmp_path)


def test_a_redaction_that_a_backup_took_away_is_asked_for_again(
    ledger: Ledger, tmp_path: Path
) -> None:
    """What is remembered outside tells of it; a second person approves it, as at first."""
    folder = tmp_path / "of a keeper without a key"
    stream = asked_for(ledger, tmp_path)
    ledger.close()
    backed_up(tmp_path)
    approved_and_lost(tmp_path, folder, {stream: APPROVED})
    with closing(reopen(tmp_path, actor="one")) as one:
        assert [lost_.stream for lost_ in lost(one.connection, folder)] == [stream]
        assert one.vault.words(stream)
        redacting.ask_again(one, folder, "A backup was put back.", actor="one")
    with closing(reopen(tmp_path, actor="two")) as two:
        done = approve(two, {stream: APPROVED}, folder, actor="two")
        erase_words(tmp_path, folder, done.traces)
        assert two.vault.words(stream) == {}
        assert lost(two.connection, folder) == []


def approved_and_lost(
    tmp_path: Path, folder: Path, approvals: Mapping[str, ApproveRedaction]
) -> None:
    """Redact, and put back the backup in which nothing was; the loss is accepted."""
    with closing(reopen(tmp_path, actor="two")) as two:
        done = approve(two, approvals, folder, actor="two")
        erase_words(tmp_path, folder, done.traces)
    sign(tmp_path)
    restored(tmp_path)
    with closing(reopen(tmp_path, signing=True)) as one:
        accept_loss(one, "The disk failed.", actor=ACTOR)


@pytest.mark.parametrize("moving", [False, True])
def test_what_waits_of_a_thread_does_not_hide_what_is_back_in_it(
    ledger: Ledger,
    tmp_path: Path,
    *,
    moving: bool,
) -> None:
    """Another entry is asked for, or all of the thread is to go on under its right number: words
    that were redacted are asked for again beside that, and stay away for good."""
    folder = tmp_path / "of a keeper without a key"
    stream, at = (made := record(ledger)).stream, made.entries[0].position
    other = record(ledger, "Something else.", stream).entries[0].position
    right = {"why": "Not hers.", "right_child": "318204"}
    waits = ASKED.but(basis="wrong-child", words=right) if moving else ASKED.but(positions=(other,))
    ledger.record(waits, actor=ACTOR, stream=stream)
    ledger.close()
    backed_up(tmp_path)
    with closing(reopen(tmp_path, actor="one")) as one:
        asked = one.record(ASKED.but(positions=(at,)), actor="one", stream=stream).entries[0]
    approved_and_lost(tmp_path, folder, {stream: APPROVED.but(request=asked.position)})
    with closing(reopen(tmp_path, actor="one")) as one:
        assert redacting.is_unasked(one, folder)
        (again,) = redacting.ask_again(one, folder, "A backup was put back.", actor="one")
        assert again.entries[0].event.positions == (at,)  # type: ignore[attr-defined]
        assert not redacting.is_unasked(one, folder)
        assert redacting.ask_again(one, folder, "A backup was put back.", actor="one") == ()


def test_words_go_on_under_the_right_case_number(ledger: Ledger, tmp_path: Path) -> None:
    """A thread on the wrong child: all goes, and what is entered again says the other number."""
    stream, folder = record(ledger).stream, folder_of(home_in(tmp_path), ORIGIN)
    wrong = ASKED.but(basis="wrong-child", words={"why": "Not hers.", "right_child": "318204"})
    ledger.record(wrong, actor=ACTOR, stream=stream)
    with closing(reopen(tmp_path, actor="two")) as two:
        done = approve(two, {stream: APPROVED}, folder, actor="two")
        erase_words(tmp_path, folder, done.traces)
        assert two.vault.child(stream) == "318204"
        assert {words["child"] for words in two.vault.words(stream).values()} == {"318204"}
    check_redacted(tmp_path, stream)


def check_redacted(folder: Path, stream: str) -> None:
    """One case number is left of the thread, and no words under another."""
    with stored(folder) as connection:
        named = connection.execute("SELECT child FROM vault_child WHERE stream = ?", (stream,))
        assert named.fetchall() == [(b"318204",)]
        words = connection.execute("SELECT words FROM vault").fetchall()
        assert not any(CHILD.encode() in each for (each,) in words)
