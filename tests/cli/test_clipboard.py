"""`casenote --copy`: to whichever clipboard is here, and never half of it or to nowhere unsaid."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest
from cli_helpers import DONE, NOT_FOUND, REFUSED, USAGE, Place, Ran, concern, one_message

Fake = Callable[..., Path]
SCREENS = {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}
ALL = ("wl-copy", "xclip", "xsel", "pbcopy", "clip.exe")


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    """Makes a program on a path of its own, and gives the file to which it writes what it reads."""
    (tmp_path / "bin").mkdir()

    def make(name: str, does: str = "") -> Path:
        got, program = tmp_path / f"{name}.got", tmp_path / "bin" / name
        took = f'/bin/cat > {shlex.quote(str(got))}; printf "%s\\n" "$0" "$@" > {got}.args'
        program.write_text(f"#!/bin/sh\n{does or took}\n")
        program.chmod(0o755)
        return got

    return make


def copied(place: Place, tmp_path: Path, *more: str, **env: str | None) -> Ran:
    screens: dict[str, str | None] = dict.fromkeys(SCREENS)
    path = {"PATH": str(tmp_path / "bin")}
    return place.run("casenote", "1", "--copy", *more, env=screens | path | env)


@pytest.mark.parametrize(
    ("here", "screens", "chosen"),
    [
        (ALL, SCREENS, "wl-copy"),
        (ALL, {"DISPLAY": ":0"}, "xclip"),
        (("xsel", "clip.exe"), SCREENS, "xsel"),
        (ALL, {}, "pbcopy"),
        (("wl-copy", "xclip", "clip.exe"), {}, "clip.exe"),
    ],
)
def test_the_one_that_is_here_and_has_a_screen_gets_it(
    begun: Place, tmp_path: Path, fake: Fake, here: tuple[str, ...],
    screens: dict[str, str], chosen: str,
) -> None:  # fmt: skip
    """All that is printed otherwise, by standard input; nothing of it among the arguments."""
    begun.done("note", "1", "--words", "Café: “zoë” — ✓")
    got = {name: fake(name) for name in here}
    ran = copied(begun, tmp_path, **screens)
    assert (ran.code, ran.out) == (DONE, "")
    assert ran.err.startswith("Copied: the case note of CH-1, ")
    text = got[chosen].read_bytes().decode("utf-16-le" if chosen == "clip.exe" else "utf-8")
    assert text == begun.done("casenote", "1").out
    assert "Café: “zoë” — ✓" in text
    assert "placement" not in (got[chosen].with_name(f"{chosen}.got.args")).read_text()
    assert [name for name in here if got[name].exists()] == [chosen]


@pytest.mark.parametrize(
    ("screens", "install"),
    [(SCREENS, "wl-clipboard"), ({"DISPLAY": ":0"}, "xclip or xsel"), ({}, "ssh")],
)
def test_where_there_is_none_it_is_refused(
    begun: Place, tmp_path: Path, screens: dict[str, str], install: str
) -> None:
    """With what to install, or what to do without."""
    (tmp_path / "bin").mkdir()
    said = one_message(copied(begun, tmp_path, **screens), REFUSED)
    assert install in said
    assert "footprint casenote 1 |" in said


def test_a_wrong_reference_is_told_before_a_clipboard_is_looked_for(
    begun: Place, tmp_path: Path
) -> None:
    """What to install for it would not help."""
    (tmp_path / "bin").mkdir()
    ran = begun.run("casenote", "99", "--copy", env={"PATH": str(tmp_path / "bin")})
    said = one_message(ran, NOT_FOUND)
    assert "99" in said
    assert "clipboard" not in said


def test_a_program_that_fails_is_refused_with_what_it_said(
    begun: Place, tmp_path: Path, fake: Fake
) -> None:
    """Whether it read the text or not, and whatever it said."""
    fake("xclip", 'echo "Error: Can\'t open display" >&2; exit 1')
    assert "xclip failed: Error: Can't open display" in one_message(
        copied(begun, tmp_path, DISPLAY=":9"), REFUSED
    )
    fake("xclip", "/bin/cat > /dev/null; printf '\\033[2J' >&2; exit 3")
    assert "xclip failed: ␛[2J" in one_message(copied(begun, tmp_path, DISPLAY=":9"), REFUSED)
    (tmp_path / "bin" / "xclip").write_bytes(b"no program")
    assert "cannot be run" in one_message(copied(begun, tmp_path, DISPLAY=":9"), REFUSED)


def test_a_program_that_hangs_is_ended(begun: Place, tmp_path: Path, fake: Fake) -> None:
    """Though it does not even read: nobody's terminal stands still for long."""
    begun.done("note", "1", "--words", "x" * 9_000)
    fake("xclip", f"echo $$ > {tmp_path}/pid; exec /bin/sleep 60")
    began = monotonic()
    said = one_message(copied(begun, tmp_path, DISPLAY=":0"), REFUSED)
    assert "did not end within 5 seconds" in said
    assert monotonic() - began < 20
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_program_that_stays_to_hand_it_out_is_not_waited_for(
    begun: Place, tmp_path: Path, fake: Fake
) -> None:
    """As those of Linux do: with the output that they were given."""
    fake("xclip", f"/bin/cat > {tmp_path}/got; /bin/sleep 4 & exit 0")
    began = monotonic()
    assert copied(begun, tmp_path, DISPLAY=":0").code == DONE
    assert monotonic() - began < 3.5
    assert (tmp_path / "got").read_text() == begun.done("casenote", "1").out


def test_nothing_is_copied_that_would_not_be_printed(
    begun: Place, tmp_path: Path, fake: Fake
) -> None:
    """No such thread, or no words here; and JSON is not for a clipboard."""
    got = fake("pbcopy")
    begun.done("challenge", *concern(child="204118"))
    assert copied(begun, tmp_path, "--as-at", "1/1/2025").code != DONE
    assert "--json" in one_message(copied(begun, tmp_path, "--json"), USAGE)
    assert not got.exists()
