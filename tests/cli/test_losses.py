"""What is lost, put back, moved or stolen, with the real program and real files.

Each story ends with what this machine sees, and what a holder of an older checkpoint sees.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest
from audit_helpers import leaf_of, root_of
from cli_helpers import (
    CANNOT_TELL,
    DONE,
    NOT_FOUND,
    REFUSED,
    TAMPERED,
    USAGE,
    Place,
    one_message,
)
from footprint_cli.status.signing import signing_advice
from ledger_helpers import make_ledger, path_in
from losses import Crashed, Steps, back_up, keys_in, lose, put_back, rekeyed, write

from footprint.ledger.opening import open_ledger
from footprint.proof.checkpoint import Checkpoint, checkpoint_text
from footprint.proof.key import Signer

pytestmark = pytest.mark.slow  # a process for each case

NOTE = ["note", "1", "--words", "Spoke to the carer."]
LOSS = ["checkpoint", "--accept-loss", "The disk failed."]
NEW_KEY = ["checkpoint", "--new-key", "The laptop was stolen."]


def advised(place: Place, **more: Any) -> list[str]:
    """What status advises on, beside that no witness is trusted."""
    said = place.json("status", **more)["advice"]
    return [one for one in said if "witness" not in one]


def keep(place: Place, name: str) -> Path:
    """A checkpoint that somebody outside keeps."""
    file = place.folder / name
    place.done("checkpoint", "--output", str(file))
    return file


def signers_file(place: Place, name: str) -> Path:
    (found,) = place.home.glob(f"signers/*/{name}")
    return found


def advice(place: Place) -> str:
    """The one thing that status says has to be done."""
    (said,) = advised(place)
    return str(said)


def restore_older(place: Place) -> tuple[Path, Path]:
    """A backup at entry 7, two more notes, and the backup put back.

    Returns:
        A checkpoint of entry 7, and one of entry 9.
    """
    early = keep(place, "early.txt")
    back_up(place.ledger, place.folder / "backup.db")
    place.done(*NOTE)
    place.done(*NOTE)
    late = keep(place, "late.txt")
    put_back(place.folder / "backup.db", place.ledger)
    return early, late


def test_a_backup_is_put_back(begun: Place) -> None:
    """Refused until the loss is accepted; then 0 here and to the older, 3 to the newer holder."""
    early, late = restore_older(begun)
    assert "--accept-loss REASON" in one_message(begun.run(*NOTE), REFUSED)
    assert "9 entries were signed and 7 are there" in advice(begun)
    assert "--accept-loss REASON" in advice(begun)
    assert begun.run("verify").code == TAMPERED
    said = begun.done(*LOSS).out
    for word in ("entry 8", "entries 8 to 9", "TAMPERED", "more than 7", "transcribed", "redact"):
        assert word in said
    assert begun.json(*NOTE)["position"] == 9
    assert advised(begun) == []
    assert begun.done("verify").out.startswith("Verified: 9 entries")
    begun.done("verify", "--against", str(early))
    ran = begun.run("verify", "--against", str(late), "--json")
    assert ran.code == TAMPERED
    (finding,) = ran.json["findings"]
    assert (
        "Entry 8, ledger.restored, says that a backup with 7 of 9 entries was put back: this is the"
        " tree that was lost then" in finding["message"]
    )
    assert finding["message"] in begun.run("verify", "--against", str(late)).out
    assert "7 of 9 entries left: The disk failed." in begun.done("replay").out


def test_the_state_is_lost(begun: Place) -> None:
    """A checkpoint from outside brings it back; nobody sees a difference."""
    kept = keep(begun, "kept.txt")
    begun.done(*NOTE)
    signers_file(begun, "state").unlink()
    assert "--resume-from NOTE" in one_message(begun.run(*NOTE), REFUSED)
    assert "--resume-from NOTE" in advice(begun)
    said = begun.done("checkpoint", "--resume-from", str(kept)).out
    assert "goes on from entry 8" in said
    assert advised(begun) == []
    begun.done(*NOTE)
    begun.done("verify", "--against", str(kept))
    one_message(begun.run("checkpoint", "--resume-from", str(kept)), REFUSED)
    letter = begun.folder / "letter.txt"
    letter.write_text("Dear all,\n")
    one_message(begun.run("checkpoint", "--resume-from", str(letter)), USAGE)


def trusted_alone(place: Place, key: str) -> int:
    """The verdict of a machine that trusts this key and knows nothing else."""
    home = place.folder / "holder"
    folder = home / "signers" / signers_file(place, "lock").parent.name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "key").write_text(f"{key}\n")
    return place.run("verify", env={"FOOTPRINT_HOME": str(home)}).code


def first_key(place: Place) -> str:
    return signers_file(place, "key").read_text().split("\n")[0]


def test_the_key_is_changed_while_it_is_here(begun: Place) -> None:
    """The old one vouches for it: 0 to this machine and to whoever trusts the old key."""
    old, seed = first_key(begun), signers_file(begun, "seed").read_text()
    said = begun.done(*NEW_KEY).out
    assert first_key(begun) in said
    assert "VERIFIED" in said
    assert signers_file(begun, "seed").read_text() != seed
    begun.done(*NOTE)
    assert "from entry 8 on, with the old one's word" in begun.done("verify").out
    assert trusted_alone(begun, old) == DONE
    assert "endorsed by the one before: The laptop was stolen." in begun.done("replay").out


def test_the_key_is_lost(begun: Place) -> None:
    """0 to this machine and to who kept a checkpoint; 3 to who trusts the old key, until told."""
    old, kept = first_key(begun), keep(begun, "kept.txt")
    signers_file(begun, "seed").unlink()
    assert "--new-key REASON" in one_message(begun.run(*NOTE), NOT_FOUND)
    assert "--new-key REASON" in advice(begun)
    said = begun.done(*NEW_KEY).out
    assert first_key(begun) in said
    assert "TAMPERED" in said
    begun.done(*NOTE)
    begun.done("verify", "--against", str(kept))
    assert trusted_alone(begun, old) == TAMPERED
    assert trusted_alone(begun, first_key(begun)) == DONE


def test_key_and_state_are_lost(begun: Place) -> None:
    """Nothing is left on this machine: a checkpoint from outside is what it goes on from."""
    kept = keep(begun, "kept.txt")
    shutil.rmtree(begun.home)
    assert "--new-key REASON --resume-from NOTE" in advice(begun)
    assert "--resume-from NOTE" in one_message(begun.run(*NEW_KEY), NOT_FOUND)
    assert begun.run("verify").code == CANNOT_TELL
    begun.done(*NEW_KEY, "--resume-from", str(kept))
    begun.done(*NOTE)
    begun.done("verify")
    begun.done("verify", "--against", str(kept))


def test_a_change_that_was_cut_short_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Committed, and killed before it is in place: status says that nothing has to be done."""
    make_ledger(tmp_path).close()
    lose(tmp_path, "seed")
    with monkeypatch.context() as patch:
        Steps(patch, 4, after=False)
        with pytest.raises(Crashed):
            rekeyed(tmp_path)
    with closing(open_ledger(path_in(tmp_path))) as ledger:
        (said,) = signing_advice(ledger, keys_in(tmp_path))
        assert "the next command that records ends it" in said.next
        write(tmp_path)
        assert signing_advice(ledger, keys_in(tmp_path)) == []


def test_a_folder_is_renamed(begun: Place) -> None:
    """Refused under the new name until it is said to be a move; then as before."""
    old = begun.folder / "old"
    old.mkdir()
    begun.ledger.rename(old / "ledger.db")
    begun.done("checkpoint", "--moved", "--ledger", str(old / "ledger.db"))
    new = old.rename(begun.folder / "new") / "ledger.db"
    at_new = {"env": {"FOOTPRINT_LEDGER": str(new)}}
    assert "--moved" in one_message(begun.run(*NOTE, **at_new), REFUSED)
    (said,) = advised(begun, **at_new)
    assert "--moved" in said
    assert "from now on" in begun.done("checkpoint", "--moved", **at_new).out
    begun.done(*NOTE, **at_new)
    begun.done("verify", **at_new)


def test_more_was_appended_than_was_lost(begun: Place) -> None:
    """By raw SQL on the backup: no write, no loss accepted, no new key; 3."""
    restore_older(begun)
    with closing(sqlite3.connect(begun.ledger, isolation_level=None)) as connection:
        for position in (8, 9, 10):
            stream, topic, state = connection.execute(
                "SELECT stream, topic, state FROM event WHERE position = 7"
            ).fetchone()
            leaf = leaf_of(stream, position - 6, topic, state)
            row = (position, stream, position - 6, topic, state, leaf)
            connection.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)", row)
    for command in (NOTE, LOSS, NEW_KEY):
        assert "footprint verify" in one_message(begun.run(*command), REFUSED)
    assert begun.run("verify").code == TAMPERED


def test_a_key_is_stolen_with_the_whole_database(begun: Place) -> None:
    """Rewritten and signed with the true key: this machine sees 3, and signs nothing upon it."""
    begun.done(*NOTE)
    seed = bytes.fromhex(signers_file(begun, "seed").read_text())
    with closing(sqlite3.connect(begun.ledger, isolation_level=None)) as connection:
        rewrite(connection, begun.json("status")["origin"], seed)
    for command in (NOTE, LOSS, NEW_KEY, ["checkpoint"]):
        assert "footprint verify" in one_message(begun.run(*command), REFUSED)
    ran = begun.run("verify")
    assert ran.code == TAMPERED
    assert "what the signer on this machine signed last does not fit" in ran.out


def rewrite(connection: sqlite3.Connection, origin: str, seed: bytes) -> None:
    """Another service in the concern, all hashes made good, the head signed anew."""
    triggers = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    leaves = []
    for position, stream, version, topic, state in connection.execute(
        "SELECT position, stream, version, topic, state FROM event ORDER BY position"
    ).fetchall():
        facts = orjson.loads(state) | ({"service": "EDU"} if position == 7 else {})
        forged = orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)
        leaves.append(leaf_of(stream, version, topic, forged))
        connection.execute(
            "UPDATE event SET state = ?, leaf = ? WHERE position = ?",
            (forged, leaves[-1], position),
        )
    text = checkpoint_text(Checkpoint(origin, len(leaves), root_of(leaves)))
    connection.execute("UPDATE head SET note = ?", (Signer(origin, seed).sign(text),))
    for _, sql in triggers:
        connection.execute(sql)


# --- the form of the command ----------------------------------------------------------------


@pytest.mark.parametrize(("args", "named"), [
    (["--moved", "--accept-loss", "x"], "--moved and --accept-loss"),
    (["--moved", "--resume-from", "x.txt"], "--moved and --resume-from"),
    (["--new-key", "x", "--moved"], "--moved and --new-key"),
    (["--accept-loss", ""], "no reason"),
    (["--new-key", " "], "no reason"),
])  # fmt: skip
def test_what_does_not_go_together_is_misuse(begun: Place, args: list[str], named: str) -> None:
    """Two things at once, or a reason that says nothing: exit 2, and both are named."""
    assert named in one_message(begun.run("checkpoint", *args), USAGE)
    assert begun.entries() == 7


def test_a_loss_and_the_checkpoint_after_it(begun: Place) -> None:
    """With --output the new checkpoint is given out in the same command, and it verifies."""
    restore_older(begun)
    new = begun.folder / "new.txt"
    said = begun.done(*LOSS, "--output", str(new)).out
    assert said.endswith(f"The checkpoint is in {new}. Give it to somebody outside to keep.\n")
    begun.done("verify", "--against", str(new))
