"""`footprint completion install` in a home of its own, and what real shells make of it."""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from cli_helpers import DONE, PROGRAM, REFUSED, USAGE, Place, Ran, on_terminal, one_message
from footprint_cli.completion.shells import SCRIPTS

FILES = {"bash": ".bashrc", "zsh": ".zshrc", "fish": ".config/fish/completions/footprint.fish"}
_PATH = f"{Path(PROGRAM).parent}:/usr/bin:/bin"
_MINE = b"# mine\nalias ll='ls -l'"


@pytest.fixture
def home(begun: Place) -> Path:
    """The home of whoever types."""
    return Path(begun.env()["HOME"])


def install(place: Place, shell: str = "bash", *more: str, **env: str | None) -> Ran:
    own = {"SHELL": f"/usr/bin/{shell}", "PATH": _PATH}
    return place.run("completion", "install", *more, env=own | env)


# --- the file -----------------------------------------------------------------------------------


@pytest.mark.parametrize("shell", SCRIPTS)
def test_it_is_written_where_the_shell_reads_it(begun: Place, home: Path, shell: str) -> None:
    """What was there stays; what was written is said, and what to do next. Again, nothing is."""
    file = home / FILES[shell]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(_MINE)
    ran = install(begun, shell)
    assert (ran.code, ran.err) == (DONE, "")
    assert str(file) in ran.out
    assert "new shell" in ran.out
    there = file.read_bytes()
    assert there.startswith(_MINE + b"\n\n# >>> ")
    assert there.endswith(b" <<<\n")
    assert SCRIPTS[shell].encode() in there
    again = install(begun, shell)
    assert (again.code, "Nothing was changed" in again.out) == (DONE, True)
    assert file.read_bytes() == there
    assert [one.name for one in file.parent.iterdir() if ".new" in one.name] == []


@pytest.mark.parametrize("shell", SCRIPTS)
def test_a_file_that_is_not_there_is_made(begun: Place, home: Path, shell: str) -> None:
    """With nothing in it but that."""
    install(begun, shell)
    assert (home / FILES[shell]).read_bytes().startswith(b"# >>> footprint")


def test_a_block_of_before_is_replaced_where_it_stands(begun: Place, home: Path) -> None:
    """And what is around it stays, to the byte."""
    file = home / ".bashrc"
    install(begun)
    ours = file.read_bytes()
    older = ours.replace(b"COMP_POINT", b"COMP_CWORD")
    file.write_bytes(b"\xff before\r\n" + older + b"behind, without an end")
    assert "in the place" in install(begun).out
    assert file.read_bytes() == b"\xff before\r\n" + ours + b"behind, without an end"


@pytest.mark.parametrize("kept", [slice(0, 3), slice(3, None), slice(None, None, -1)], ids=str)
def test_marks_that_make_no_block_are_refused(begun: Place, home: Path, kept: slice) -> None:
    """What is between them is anybody's guess; the file is as it was."""
    file = home / ".bashrc"
    install(begun)
    broken = b"".join(file.read_bytes().splitlines(keepends=True)[kept])
    file.write_bytes(broken)
    assert "do not make one block" in one_message(install(begun), REFUSED)
    assert file.read_bytes() == broken


def test_the_mode_and_a_link_stay(begun: Place, home: Path) -> None:
    """Files of this kind are often links into a folder that is kept elsewhere."""
    kept = begun.folder / "dotfiles"
    kept.mkdir()
    (kept / "bashrc").write_bytes(_MINE)
    (kept / "bashrc").chmod(0o640)
    (home / ".bashrc").symlink_to(kept / "bashrc")
    install(begun)
    assert (home / ".bashrc").is_symlink()
    assert (kept / "bashrc").read_bytes().startswith(_MINE)
    assert stat.S_IMODE((kept / "bashrc").stat().st_mode) == 0o640
    assert [one.name for one in kept.iterdir()] == ["bashrc"]


def test_what_cannot_be_written_is_refused_with_another_way(begun: Place, home: Path) -> None:
    """A folder of that name, or a link that leads nowhere."""
    (home / ".bashrc").mkdir()
    assert "completion show" in one_message(install(begun), REFUSED)
    (home / ".zshrc").symlink_to("/nowhere/zshrc")
    assert "completion show" in one_message(install(begun, "zsh"), REFUSED)
    assert (home / ".zshrc").is_symlink()


def test_a_dry_run_says_what_would_be_written(begun: Place, home: Path) -> None:
    """All of it, and writes nothing."""
    ran = install(begun, "fish", "--dry-run")
    assert str(home / FILES["fish"]) in ran.out
    assert SCRIPTS["fish"] in ran.out
    assert list(home.iterdir()) == []


def test_the_shell_is_named_or_found(begun: Place, home: Path) -> None:
    """By --shell, else by SHELL; another one is told which there are."""
    assert begun.done("completion", "show", "--shell", "zsh").out == SCRIPTS["zsh"]
    assert begun.done("completion", "show", env={"SHELL": "/bin/fish"}).out == SCRIPTS["fish"]
    for shell, env in (("tcsh", {}), ("", {"SHELL": ""}), ("", {"SHELL": None})):
        said = one_message(install(begun, shell, **env), USAGE)
        assert all(name in said for name in SCRIPTS)
    assert list(home.iterdir()) == []


def test_where_a_shell_is_told_to_read_elsewhere_it_is_written_there(
    begun: Place, home: Path
) -> None:
    """ZDOTDIR and XDG_CONFIG_HOME."""
    other = begun.folder / "other"
    install(begun, "zsh", ZDOTDIR=str(other))
    install(begun, "fish", XDG_CONFIG_HOME=str(other))
    assert (other / ".zshrc").is_file()
    assert (other / "fish/completions/footprint.fish").is_file()
    assert list(home.iterdir()) == []


def test_a_login_shell_that_would_not_read_it_is_spoken_of(begun: Place, home: Path) -> None:
    """It reads the first of three others, which has to lead there."""
    assert str(home / ".bash_profile") in install(begun).out
    (home / ".profile").write_text("# nothing")
    (home / ".bashrc").unlink()
    assert str(home / ".profile") in install(begun).out
    (home / ".profile").write_text(". ~/.bashrc\n")
    (home / ".bashrc").unlink()
    assert "login shell" not in install(begun).out


# --- shells -------------------------------------------------------------------------------------

_SHOWN = {
    "bash": ("PS1='ready> '\nbind -x '\"\\C-t\": echo \"<$READLINE_LINE>\"'\n", ("bash", "-i")),
    "zsh": (
        """PS1='ready> '
seen() { print; print -r -- "<$BUFFER>"; zle reset-prompt }
zle -N seen
bindkey '^T' seen
""",
        ("zsh", "-i"),
    ),
}
"""What is in somebody's own file already: Ctrl-T shows the line as it stands."""


@pytest.mark.parametrize("shell", _SHOWN)
@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("footprint show 1", "footprint show 1 "),
        ("footprint challenge --theme PLC", "footprint challenge --theme PLC "),
        ("footprint challenge --theme=AS", "footprint challenge --theme=ASQ "),
        ("footprint challenge --role team-m", "footprint challenge --role team-manager "),
        ("footprint cof", "footprint cof"),
        ("footprint reb", "footprint rebuild "),
    ],
)
def test_a_new_shell_completes(begun: Place, home: Path, shell: str, typed: str, line: str) -> None:
    """On a terminal, with nothing done but to install it."""
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    before, program = _SHOWN[shell]
    (home / FILES[shell]).write_text(before)
    install(begun, shell)
    _, shown = on_terminal(
        begun, program=program, columns=500, answers=[("ready> ", f"{typed}\t\x14\x15exit\n")],
        PATH=_PATH, TERM="dumb", HISTFILE=None,
    )  # fmt: skip
    found = re.search("^<(.*)>$", shown, re.MULTILINE)
    assert found, shown
    assert found[1] == line


def test_a_new_fish_completes(begun: Place) -> None:
    """It finds the file when it is asked for the first time."""
    if not shutil.which("fish"):
        pytest.skip("fish is not installed")
    install(begun, "fish")
    done = subprocess.run(
        ["fish", "-c", "complete --do-complete 'footprint challenge --theme PLQ'"],
        capture_output=True, text=True, env=begun.env(PATH=_PATH), check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("PLQ\tPlacement quality or safety\n", "")
