"""The evidence of one thread, made on one machine and checked on another, with real processes."""

from __future__ import annotations

import json
import stat
import zipfile
from pathlib import Path

import pytest
from audit_helpers import Case
from cli_helpers import (
    CANNOT_TELL,
    DONE,
    NOT_FOUND,
    REFUSED,
    TAMPERED,
    USAGE,
    Place,
    concern,
    one_message,
)

pytestmark = pytest.mark.slow  # a process for each command

SECRET, ADVICE, MENDED = "The carer rang in tears.", "Counsel says wait.", "Counsel says: act now."


@pytest.fixture(scope="module")
def place(_begun: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A ledger with a thread that has everything: proceedings, corrections, legal advice."""
    made = _begun.copy(tmp_path_factory.mktemp("evidence") / "place")
    made.done("checkpoint", "--output", str(made.folder / "old.txt"))
    made.done("challenge", *concern(words=SECRET), "--proceedings", "yes")
    ref = "2"
    made.done("note", ref, "--words", ADVICE, "--privileged")
    advice = made.json("replay", ref)[-1]["position"]
    made.done("correct", ref, "--entry", str(advice), "--words", MENDED, "--reason", "Misheard.")
    made.done("note", ref, "--words", "Sp\u00f6ke to \x1b[31mthe\u202e carer <b>{{ x }}</b>.")
    (key,) = made.home.glob("signers/*/key")
    (made.folder / "keys").write_text(f"log {key.read_text('utf-8').strip()}\nquorum none\n")
    return made


def bundle(place: Place, tmp_path: Path, *options: str) -> Path:
    path = tmp_path / "bundle.zip"
    place.done("evidence", "2", "--output", str(path), *options)
    return path


def unpacked(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def elsewhere(tmp_path: Path) -> dict[str, str | None]:
    return {"FOOTPRINT_HOME": str(tmp_path / "elsewhere"), "FOOTPRINT_LEDGER": None}


def test_without_words_nothing_of_the_child_is_in_it(place: Place, tmp_path: Path) -> None:
    """Neither the case number, nor a word, nor a salt by which one could be guessed at."""
    path = bundle(place, tmp_path)
    files = unpacked(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not any(name.startswith("words/") for name in files)
    for content in (path.read_bytes(), *files.values()):
        for word in ("204117", SECRET, "Counsel", "Misheard", "carer"):
            assert word.encode() not in content
    assert b"left out" in files["statement.txt"]


def test_legal_advice_is_left_out_and_so_is_what_corrects_it(place: Place, tmp_path: Path) -> None:
    """With words, but for advice; with that too where it is asked for."""
    files = unpacked(bundle(place, tmp_path, "--with-words"))
    whole = b"".join(files.values())
    assert SECRET.encode() in whole
    assert b"Counsel" not in whole
    assert b"Misheard" not in whole
    assert b"as legal advice or a correction of it: 2" in files["statement.txt"]
    (tmp_path / "bundle.zip").unlink()
    told = unpacked(bundle(place, tmp_path, "--with-words", "--with-legal-advice"))
    assert ADVICE.encode() in b"".join(told.values())
    assert MENDED in told["reading-copy.txt"].decode()


def test_proceedings_are_warned_of(place: Place, tmp_path: Path) -> None:
    """To whoever makes it, and to whoever opens it: with the law, and the court's permission."""
    path = tmp_path / "bundle.zip"
    ran = place.done("evidence", "2", "--output", str(path))
    said = unpacked(path)["statement.txt"].decode()
    for text in (ran.err, " ".join(said.split())):
        assert "rule 12.73" in text
        assert "court's permission" in text
    ran = place.done("evidence", "1", "--output", str(tmp_path / "other.zip"))
    assert "court" not in ran.err


def test_what_was_typed_is_shown_and_never_obeyed(place: Place, tmp_path: Path) -> None:
    """Control characters are made visible, and nothing in the page is markup or a template."""
    files = unpacked(bundle(place, tmp_path, "--with-words"))
    page, text = files["reading-copy.html"].decode(), files["reading-copy.txt"].decode()
    assert "Sp\u00f6ke to \u241b[31mthe\u27e8202E\u27e9 carer &lt;b&gt;{{ x }}&lt;/b&gt;." in page
    assert "Sp\u00f6ke to \u241b[31mthe\u27e8202E\u27e9 carer <b>{{ x }}</b>." in text
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")


def test_it_is_checked_where_nothing_is_known_but_the_key(place: Place, tmp_path: Path) -> None:
    """On another machine: with the key verified, with none it cannot be told, and each shows what
    the checkpoint holds, in codes."""
    path = bundle(place, tmp_path, "--with-words")
    env = elsewhere(tmp_path)
    ran = place.run("verify-bundle", str(path), "--trust", str(place.folder / "keys"), env=env)
    assert ran.code == DONE, ran
    assert ran.out.startswith("Verified: 4 entries of CH-2")
    assert "--trust" not in ran.out
    assert SECRET in ran.out
    assert "\x1b" not in ran.out
    assert "reading copies in the bundle were not checked" in ran.out
    assert "That the thread ends there is not proved" in ran.out
    ran = place.run("verify-bundle", str(path), env=env)
    assert ran.code == CANNOT_TELL
    assert "no ledger's key is trusted" in ran.out
    assert "from somebody other than whoever sent this: --trust FILE." in ran.out
    size = ran.out.split("Checkpoint of ")[1].split(": ")[1].split()[0]
    assert f"a checkpoint of {size} entries that you kept" in ran.out
    found = json.loads(place.run("verify-bundle", str(path), "--json", env=env).out)
    assert (found["verdict"], found["entries"], found["ref"]) == ("cannot tell", 4, "CH-2")
    assert [one["topic"] for one in found["proved"]][:2] == ["challenge.raised", "note.added"]
    assert not any("words" in one for one in found["proved"])
    asked = json.loads(place.run("verify-bundle", str(path), "--json", "--with-words", env=env).out)
    texts = [one["words"] and one["words"]["text"] for one in asked["proved"]]
    assert texts[:2] == [SECRET, None]


def test_words_that_are_not_given_are_said_to_be_missing(place: Place, tmp_path: Path) -> None:
    """For whoever reads, an entry without words is another than one whose words are kept back."""
    path = bundle(place, tmp_path)
    ran = place.run("verify-bundle", str(path), env=elsewhere(tmp_path))
    assert ran.out.count("(words not in this bundle)") == 4


def test_a_checkpoint_that_the_receiver_holds(place: Place, tmp_path: Path) -> None:
    """The bundle leads from it, and it alone then vouches for what is as old; a note of another
    ledger, or one that does not fit, gives nothing out."""
    old = str(place.folder / "old.txt")
    path = bundle(place, tmp_path, "--against", old)
    assert "consistency" in unpacked(path)
    ran = place.run("verify-bundle", str(path), "--against", old, env=elsewhere(tmp_path))
    assert ran.code == CANNOT_TELL, ran
    assert "nothing vouches for what is newer" in ran.out
    keys = ["--trust", str(place.folder / "keys"), "--against", old]
    assert place.run("verify-bundle", str(path), *keys, env=elsewhere(tmp_path)).code == DONE
    lines = Path(old).read_text("utf-8").split("\n")
    false = tmp_path / "false.txt"
    false.write_text("\n".join([*lines[:2], "A" * 43 + "=", *lines[3:]]), "utf-8")
    ran = place.run("evidence", "2", "--against", str(false), "--output", str(tmp_path / "n.zip"))
    assert "does not fit" in one_message(ran, REFUSED)
    assert not (tmp_path / "n.zip").exists()


def test_an_altered_bundle_is_found_out(place: Place, tmp_path: Path) -> None:
    """One byte anywhere, and it is not verified."""
    path = bundle(place, tmp_path)
    data = bytearray(path.read_bytes())
    at = data.index(b'"service":"CSC"') + 12
    data[at] ^= 1
    path.write_bytes(data)
    ran = place.run(
        "verify-bundle", str(path), "--trust", str(place.folder / "keys"), env=elsewhere(tmp_path)
    )
    assert ran.code == TAMPERED
    assert "archive" in ran.out


def test_nothing_is_given_out_of_a_ledger_that_does_not_verify(
    place: Place, tmp_path: Path
) -> None:
    """Not even where all that would be given out is proved: here the last entry of the thread was
    moved to another, which no proof of the others shows."""
    copy = place.copy(tmp_path / "copy")
    with Case(copy.folder).attack() as connection:
        (last,) = connection.execute(
            "SELECT max(position) FROM event WHERE stream = 'CH-0000002'"
        ).fetchone()
        connection.execute(
            "UPDATE event SET stream = 'CH-0000009', version = 1 WHERE position = ?", (last,)
        )
    ran = copy.run("evidence", "2", "--output", str(tmp_path / "bundle.zip"))
    said = one_message(ran, REFUSED)
    assert f"entry {last}" in said
    assert "footprint verify" in said
    assert not (tmp_path / "bundle.zip").exists()


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["evidence", "99"], NOT_FOUND, "CH-"),
        (["evidence", "2", "--with-legal-advice"], USAGE, "--with-words"),
        (["evidence", "2", "--against", "nothing.txt"], USAGE, "nothing.txt"),
        (["verify-bundle", "old.txt", "--trust", "old.txt"], USAGE, "trust policy"),
    ],
)
def test_what_is_refused_says_why(place: Place, args: list[str], code: int, says: str) -> None:
    """And nothing is made."""
    said = one_message(place.run(*args), code)
    assert says in said
    assert "Errno" not in said
    assert not list(place.folder.glob("*.zip"))


def test_nothing_is_written_over(place: Place, tmp_path: Path) -> None:
    """A second bundle needs another name; what is there stays."""
    path = bundle(place, tmp_path)
    before = path.read_bytes()
    ran = place.run("evidence", "2", "--output", str(path))
    assert "already" in one_message(ran, REFUSED)
    assert path.read_bytes() == before


def test_a_place_where_nothing_can_be_written_is_named(place: Place, tmp_path: Path) -> None:
    """By the name that was given."""
    where = tmp_path / "no such folder" / "bundle.zip"
    said = one_message(place.run("evidence", "2", "--output", str(where)), REFUSED)
    assert f"{where} cannot be written" in said


def test_what_is_no_bundle_cannot_be_told(place: Place, tmp_path: Path) -> None:
    """Not there, empty, or a text: no traceback, no pass, and not a word on what was not read."""
    (tmp_path / "empty.zip").touch()
    for name in ("gone.zip", "empty.zip", str(place.folder / "old.txt")):
        ran = place.run("verify-bundle", str(tmp_path / name), env=elsewhere(tmp_path))
        assert ran.code == CANNOT_TELL, ran
        assert "cannot be opened" in ran.out
        assert len(ran.out.splitlines()) == 2


def test_one_entry_is_one(place: Place, tmp_path: Path) -> None:
    """Not "1 entries": neither where it is made nor where it is checked."""
    made = place.done("evidence", "1", "--output", str(path := tmp_path / "one.zip"))
    assert "one.zip: 1 entry, without" in made.out
    keys = str(place.folder / "keys")
    assert (
        "Verified: 1 entry of CH-1" in place.done("verify-bundle", str(path), "--trust", keys).out
    )


def test_json_says_what_was_made(place: Place, tmp_path: Path) -> None:
    """For a script: where it is, of what, and what is to be thought of."""
    path = tmp_path / "bundle.zip"
    made = place.json("evidence", "2", "--output", str(path), "--with-words")
    assert made["file"] == str(path)
    assert (made["ref"], made["words"], len(made["positions"])) == ("CH-2", True, 4)
    assert len(made["left_out"]["legal_advice"]) == 2
    assert len(made["warnings"]) == 2
