"""Witness and trust with real processes: an authority, an auditor, and what goes between them."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest
from audit_helpers import Case, canonical, forge_head, put_state, state_at
from cli_helpers import (
    CANNOT_TELL,
    DONE,
    NOT_FOUND,
    PROGRAM,
    REFUSED,
    TAMPERED,
    USAGE,
    Place,
    on_terminal,
    one_message,
)
from thief import steal

from footprint.proof.key import Signer

pytestmark = pytest.mark.slow  # a process for each case

NAME = "audit.example/w1"


class Auditor(Place):
    """Somebody else's machine: a home, and no ledger; `key` is that of its witness."""

    @property
    def key(self) -> str:
        return (self.home / "witness" / "key").read_text("utf-8").strip()


def log_key(place: Place) -> str:
    (key,) = place.home.glob("signers/*/key")
    return key.read_text("utf-8").strip()


@pytest.fixture(scope="session")
def _pair(_begun: Place, tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, Auditor]:
    folder = tmp_path_factory.mktemp("pair")
    place, auditor = _begun.copy(folder / "place"), Auditor(folder / "auditor")
    (auditor.folder / "person").mkdir(parents=True)
    auditor.done("witness", "init", "--name", NAME)
    auditor.done("trust", "add", log_key(place))
    auditor.done("trust", "add", auditor.key, "--name", "me")
    auditor.done("trust", "quorum", "me")
    place.done("trust", "add", auditor.key, "--name", "auditor")
    return place, auditor


@pytest.fixture
def begun(_pair: tuple[Place, Auditor], tmp_path: Path) -> Place:
    """A ledger of 7 entries, whose machine trusts the auditor's witness."""
    return _pair[0].copy(tmp_path / "begun")


@pytest.fixture
def auditor(_pair: tuple[Place, Auditor], tmp_path: Path) -> Auditor:
    """An auditor with a witness, who trusts the ledger's key; the witness is the quorum there."""
    return Auditor(_pair[1].copy(tmp_path / "auditor").folder)


def exchange(place: Place, auditor: Auditor) -> None:
    """A request, the answer, and the answer kept."""
    sent = place.done("checkpoint", "--request").out
    line = auditor.done("witness", "add", stdin=sent).out
    place.done("checkpoint", "--cosigned", "-", stdin=line)


def copied(place: Place, auditor: Auditor) -> list[str]:
    """The ledger's file as the auditor gets it: the options that name it."""
    copy = auditor.folder / "copy.db"
    with sqlite3.connect(place.ledger) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(place.ledger, copy)
    return ["--ledger", str(copy)]


def test_a_year_of_quarters(begun: Place, auditor: Auditor) -> None:
    """Requests and answers by file and by pipe: what the auditor's machine verifies grows, and
    each says how much nobody has seen since."""
    exchange(begun, auditor)
    begun.done("note", "1", "--words", "Spoke to the carer.")
    sent, line = begun.folder / "request.txt", begun.folder / "line.txt"
    assert "request.txt" in begun.done("checkpoint", "--request", "--output", str(sent)).out
    assert sent.read_text("utf-8").startswith("old 7\n")
    ran = auditor.done("witness", "add", str(sent), "--output", str(line))
    assert (ran.out, "Send it back" in ran.err) == ("", True)
    assert re.fullmatch(rf"\u2014 {NAME} \S+\n", line.read_text("utf-8"))
    said = begun.done("checkpoint", "--cosigned", str(line))
    assert said.out == f"Cosigned by {NAME}: the checkpoint of 8 entries.\n"
    begun.done("note", "1", "--words", "Rang again.")
    verdict = auditor.json("verify", *copied(begun, auditor))
    assert (verdict["verdict"], verdict["checkpoint_size"], verdict["uncovered"]) \
        == ("verified", 8, 1)  # fmt: skip
    assert verdict["witnessed"]["size"] == 8
    said = auditor.done("verify", *copied(begun, auditor)).out
    assert "The newest witnessed checkpoint is of 8 entries" in said
    assert "1 entry since, the oldest recorded on" in said
    assert "Newer than what vouches for the rest: 1." in said


def test_a_file_without_an_end_is_refused(begun: Place, auditor: Auditor) -> None:
    """What is longer than any note or request is read no further, and moves no memory."""
    endless = begun.folder / "endless"
    with endless.open("wb") as file:
        file.truncate(2**40)
    on = {"FOOTPRINT_LEDGER": str(begun.ledger)}
    for command in (("witness", "add"), ("verify", "--against")):
        assert auditor.run(*command, str(endless), env=on).code == USAGE
    assert begun.run("checkpoint", "--cosigned", str(endless)).code == USAGE


@pytest.mark.slow
def test_status_of_the_witness(begun: Place, auditor: Auditor) -> None:
    """What it saw last and when, for a person and for a script."""
    assert "Nothing was cosigned yet" in auditor.done("witness", "status").out
    exchange(begun, auditor)
    status = auditor.json("witness", "status")
    (log,) = status["logs"]
    assert (status["name"], status["key"]) == (NAME, auditor.key)
    assert (log["size"], log["root"]) == (7, begun.json("verify")["root"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", log["cosigned_at"])
    said = auditor.done("witness", "status").out
    assert f"{log['origin']}: 7 entries" in said
    assert log["root"] in said


@pytest.mark.slow
def test_status_of_the_ledger_says_how_long_it_went_unwitnessed(
    begun: Place, auditor: Auditor
) -> None:
    """No witness trusted, then none that cosigned, then how far: each with the next command."""
    begun.done("trust", "remove", "auditor")
    status = begun.json("status")
    assert (status["witnessed"], status["witnessed_at"]) == (0, None)
    assert status["unwitnessed_since"]
    (advice,) = [one for one in status["advice"] if "footprint trust add KEY" in one]
    assert advice.endswith("> request.txt")  # a full stop would be taken for a part of the name
    begun.done("trust", "add", auditor.key)
    command = "footprint checkpoint --request > request.txt"
    assert any(advice.endswith(command) for advice in begun.json("status")["advice"])
    exchange(begun, auditor)
    status = begun.json("status")
    assert (status["witnessed"], status["unwitnessed_since"], status["advice"]) == (7, None, [])
    begun.done("note", "1", "--words", "Spoke to the carer.")
    status = begun.json("status")
    assert status["unwitnessed_since"] == status["last_recorded_at"]
    assert "unwitnessed since  2" in begun.done("status").out


def test_the_witness_names_the_size_to_ask_from(begun: Place, auditor: Auditor) -> None:
    """An answer was lost on its way: the refusal says how to ask again, and that works."""
    lost = begun.done("checkpoint", "--request").out
    auditor.done("witness", "add", stdin=lost)
    begun.done("note", "1", "--words", "Spoke to the carer.")
    sent = begun.done("checkpoint", "--request").out
    said = one_message(auditor.run("witness", "add", stdin=sent), REFUSED)
    (since,) = re.findall(r"footprint checkpoint --request --since (\d+)", said)
    sent = begun.done("checkpoint", "--request", "--since", since).out
    line = auditor.done("witness", "add", stdin=sent).out
    begun.done("checkpoint", "--cosigned", "-", stdin=line)
    assert begun.json("status")["witnessed"] == 8


def test_what_a_witness_refuses(begun: Place, auditor: Auditor) -> None:
    """Each status of the protocol: a message, an exit code, nothing on stdout, nothing seen."""
    sent = begun.done("checkpoint", "--request").out
    add = ["witness", "add"]
    one_message(auditor.run(*add, stdin=sent.replace("borough", "stranger")), NOT_FOUND)
    one_message(auditor.run(*add, stdin="nothing"), USAGE)
    one_message(auditor.run(*add, str(auditor.folder / "nowhere")), USAGE)
    one_message(auditor.run(*add, stdin=sent.replace("old 0", "old 9")), USAGE)
    one_message(auditor.run(*add, stdin=sent.replace("old 0", "old 7")), REFUSED)
    one_message(auditor.run(*add, stdin=sent.replace("\n7\n", "\n6\n")), REFUSED)
    one_message(begun.run(*add, stdin=sent), NOT_FOUND)
    one_message(auditor.run("witness", "init", "--name", "again"), REFUSED)
    assert auditor.json("witness", "status")["logs"] == []


def test_a_stolen_key_gets_no_rewritten_history_past_a_witness(
    begun: Place, auditor: Auditor, tmp_path: Path
) -> None:
    """The thief has the database, the key and the signer's state, and rewrites all of it. On that
    machine it verifies. The witness says 3 and its state does not move, whatever is asked; verify
    says 3 where the witness is, and cannot tell where only the quorum is known; and the true
    ledger goes on."""
    exchange(begun, auditor)
    thief = begun.copy(tmp_path / "thief")
    steal(thief)
    thief.done("note", "1", "--words", "Goes on as if nothing were.")
    assert thief.json("verify")["verdict"] == "verified"
    before = auditor.json("witness", "status")

    sent = thief.done("checkpoint", "--request").out
    assert sent.startswith("old 0\n")
    assert "--since 7" in one_message(auditor.run("witness", "add", stdin=sent), REFUSED)
    sent = thief.done("checkpoint", "--request", "--since", "7").out
    ran = auditor.run("witness", "add", stdin=sent)
    assert (ran.code, ran.out) == (TAMPERED, "")
    assert "not shown to extend" in ran.err
    assert auditor.json("witness", "status") == before
    (kept,) = auditor.home.glob("witness/logs/*/contradiction-*")
    assert sent.partition("\n\n")[2] in kept.read_text("utf-8")
    assert kept.read_text("utf-8") in ran.err
    assert str(kept) in ran.err

    ran = auditor.run("verify", *copied(thief, auditor))
    assert ran.code == TAMPERED
    assert "the witness on this machine saw last does not fit" in ran.out
    policy = auditor.folder / "policy"
    policy.write_bytes((auditor.home / "trust").read_bytes())
    other = {"FOOTPRINT_HOME": str(auditor.folder / "other")}
    ran = auditor.run("verify", "--trust", str(policy), *copied(thief, auditor), env=other)
    assert ran.code == CANNOT_TELL
    assert "No stored checkpoint is witnessed" in ran.out
    begun.done("note", "1", "--words", "The true one.")
    exchange(begun, auditor)
    assert auditor.json("verify", *copied(begun, auditor))["checkpoint_size"] == 8


def test_two_roots_of_one_size_are_told_with_both_notes(
    begun: Place, auditor: Auditor, tmp_path: Path
) -> None:
    """The thief signs another tree of the size that was seen: proof to anyone."""
    exchange(begun, auditor)
    thief = begun.copy(tmp_path / "thief")
    steal(thief)
    sent = thief.done("checkpoint", "--request").out
    ran = auditor.run("witness", "add", stdin=sent)
    assert (ran.code, ran.out) == (TAMPERED, "")
    assert "Two roots of one size, 7" in ran.err
    (kept,) = auditor.home.glob("witness/logs/*/contradiction-*")
    assert kept.read_text("utf-8") in ran.err
    assert sent.partition("\n\n")[2] in ran.err


def test_another_key_is_refused_by_witness_and_verifier(
    begun: Place, auditor: Auditor, tmp_path: Path
) -> None:
    """A ledger forged as a whole under another key, with the true name."""
    exchange(begun, auditor)
    forged = begun.copy(tmp_path / "forger")
    origin = forged.json("status")["origin"]
    other = Signer(origin, b"\x06" * 32)
    with Case(forged.folder).attack() as connection:
        opened = state_at(connection, 1) | {"key": other.verifier.vkey}
        put_state(connection, 1, canonical(opened))
        note = forge_head(connection, other, origin)
    ran = auditor.run("witness", "add", stdin=f"old 7\n\n{note}")
    assert "no key that is trusted" in one_message(ran, REFUSED)
    ran = auditor.run("verify", "--json", *copied(forged, auditor))
    assert ran.code == TAMPERED
    assert "key" in {finding["what"] for finding in ran.json["findings"]}


@pytest.mark.slow
def test_trust_is_shown_as_a_file_that_can_be_adopted(begun: Place, auditor: Auditor) -> None:
    """What one machine shows another adopts; a policy file works for one run as well."""
    shown = auditor.done("trust", "show").out
    assert "quorum me\n" in shown
    file = begun.folder / "trust.txt"
    file.write_text(f"# from the auditor\n{shown}", "utf-8")
    begun.done("trust", "adopt", str(file))
    assert begun.done("trust", "show").out == f"# from the auditor\n{shown}"
    trusted = begun.json("trust", "show")
    assert [log["key"] for log in trusted["logs"]] == [log_key(begun)]
    assert (trusted["witnesses"][0]["name"], trusted["quorum"]) == ("me", "me")
    exchange(begun, auditor)
    nobody = {"FOOTPRINT_HOME": str(begun.folder / "nobody")}
    assert begun.run("verify", env=nobody).code == CANNOT_TELL
    assert begun.run("verify", "--trust", str(file), env=nobody).code == DONE
    one_message(begun.run("verify", "--trust", str(begun.folder / "nowhere")), USAGE)
    one_message(begun.run("verify", "--trust", str(begun.ledger)), USAGE)


def test_what_trust_refuses(begun: Place, auditor: Auditor) -> None:
    """Each with a message; the file stays as it was."""
    before = auditor.done("trust", "show").out
    one_message(auditor.run("trust", "add", "no-key"), USAGE)
    one_message(auditor.run("trust", "add", log_key(begun), "--name", "x"), USAGE)
    one_message(auditor.run("trust", "add", log_key(begun)), REFUSED)
    one_message(auditor.run("trust", "add", auditor.key, "--name", "two words"), REFUSED)
    one_message(auditor.run("trust", "remove", "nobody"), NOT_FOUND)
    one_message(auditor.run("trust", "remove", "me"), REFUSED)
    one_message(auditor.run("trust", "quorum", "2"), REFUSED)
    one_message(auditor.run("trust", "adopt", str(begun.ledger)), USAGE)
    assert auditor.done("trust", "show").out == before


def test_a_trust_that_cannot_be_read_is_a_doubt(begun: Place) -> None:
    """It is not passed over: verify cannot tell, and status says what to do."""
    (begun.home / "trust").write_text("nonsense\n", "utf-8")
    ran = begun.run("verify")
    assert ran.code == CANNOT_TELL
    assert "trust adopt FILE" in ran.out
    assert "trust adopt FILE" in begun.done("status").out
    one_message(begun.run("trust", "show"), REFUSED)


def test_a_hostile_name_is_shown_and_not_obeyed(begun: Place) -> None:
    """A comment with an escape is no policy; octets that are no UTF-8 are shown as something."""
    file = begun.folder / "trust.txt"
    file.write_bytes(b"# \x1b[31mred\nquorum none\n")
    one_message(begun.run("trust", "adopt", str(file)), USAGE)
    file.write_bytes(b"# \xff \xe2\x80\xae\nquorum none\n")
    begun.done("trust", "adopt", str(file))
    code, shown = on_terminal(begun, "trust", "show")
    assert code == DONE
    assert "\u202e" not in shown
    to = begun.folder / "shown.txt"
    with to.open("wb") as written:
        subprocess.run([PROGRAM, "trust", "show"], stdout=written, env=begun.env(), check=True)
    assert to.read_bytes() == file.read_bytes()


@pytest.mark.slow
def test_options_that_exclude_each_other(begun: Place, auditor: Auditor) -> None:
    """Of a request, of an answer, and between several witnesses."""
    one_message(begun.run("checkpoint", "--since", "3"), USAGE)
    one_message(begun.run("checkpoint", "--for", "auditor"), USAGE)
    one_message(begun.run("checkpoint", "--request", "--for", "nobody"), USAGE)
    one_message(begun.run("checkpoint", "--request", "--since", "99"), REFUSED)
    one_message(begun.run("checkpoint", "--cosigned", "-", "--request"), USAGE)
    one_message(begun.run("checkpoint", "--cosigned", "-", stdin="nothing"), USAGE)
    second = Auditor(auditor.folder.parent / "second")
    (second.folder / "person").mkdir(parents=True)
    second.done("witness", "init", "--name", "audit.example/w2")
    begun.done("trust", "add", second.key, "--name", "second")
    assert "--for NAME" in one_message(begun.run("checkpoint", "--request"), USAGE)
    exchanged = begun.done("checkpoint", "--request", "--for", "second").out
    assert exchanged.startswith("old 0\n")
