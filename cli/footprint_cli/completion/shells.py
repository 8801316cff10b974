"""What bash, zsh and fish are told, once, so that they ask for what goes next, and where.

The text goes into a file that the shell reads, between two marks: nothing runs when a shell
starts, a program that is not on the path yet is found once it is, and what stands around the marks
is somebody's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from footprint.errors import Refused

SCRIPTS = {
    "bash": """\
_footprint_completion() {
    local IFS=$'\\n'
    COMPREPLY=( $( COMP_WORDS="${COMP_LINE:0:COMP_POINT}" \\
        _FOOTPRINT_COMPLETE=complete_bash "$1" 2>/dev/null ) )
}
complete -o default -o nosort -F _footprint_completion footprint 2>/dev/null ||
    complete -o default -F _footprint_completion footprint
""",
    "zsh": """\
# Stays behind whatever else begins completion.
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i; }
_footprint_completion() {
    local -a offers
    offers=(${(f)"$(COMP_WORDS="${(pj:\\n:)words[1,CURRENT]}" \\
        _FOOTPRINT_COMPLETE=complete_zsh $words[1] 2>/dev/null)"})
    (( $#offers )) && _describe -V footprint offers || _files
}
compdef _footprint_completion footprint
""",
    "fish": """\
function __footprint_completion
    set -l offers (env COMP_WORDS=(commandline -cp | string collect) \\
        _FOOTPRINT_COMPLETE=complete_fish footprint 2>/dev/null)
    if count $offers >/dev/null
        printf '%s\\n' $offers
    else
        __fish_complete_path (commandline -ct)
    end
end
complete --command footprint --no-files --keep-order --arguments '(__footprint_completion)'
""",
}
"""What each shell is told. Where nothing is offered, files are; zsh is given its own completion
where nobody has begun it."""

_BEGIN, _END = b"# >>> footprint completion >>>", b"# <<< footprint completion <<<"


def file_of(shell: str, env: Mapping[str, str], home: Path) -> Path:
    """The file of somebody's own that the shell reads."""
    if shell == "zsh":
        return Path(env.get("ZDOTDIR") or home) / ".zshrc"
    if shell == "fish":
        config = Path(env.get("XDG_CONFIG_HOME") or home / ".config")
        return config / "fish" / "completions" / "footprint.fish"
    return home / ".bashrc"


def block(shell: str) -> bytes:
    """The script between its marks."""
    return b"%s\n%s%s\n" % (_BEGIN, SCRIPTS[shell].encode(), _END)


def is_marked(there: bytes) -> bool:
    """Whether a file holds such a block, or some of its marks."""
    return _BEGIN in there or _END in there


def with_block(there: bytes, shell: str, name: str) -> bytes:
    """What a file holds, with the block at its end, or in the place of the one that it has.

    Args:
        there: what it holds.
        shell: whose it is.
        name: the file, for a refusal.

    Raises:
        Refused: the marks in it are not those of one block.
    """
    lines = there.splitlines(keepends=True)
    marks = [n for n, line in enumerate(lines) if line.strip() in (_BEGIN, _END)]
    if not marks:
        apart = b"" if not there else b"\n" if there.endswith(b"\n") else b"\n\n"
        return there + apart + block(shell)
    if [lines[n].strip() for n in marks] != [_BEGIN, _END]:
        raise Refused(
            f"{name} has marks of footprint's completion that do not make one block.",
            f"It is as it was. Take away what is between {_BEGIN.decode()!r} and"
            f" {_END.decode()!r}, and those lines.",
        )
    first, last = marks
    return b"".join([*lines[:first], block(shell), *lines[last + 1 :]])


def unread_at_login(home: Path) -> Path | None:
    """The file that bash reads in the place of `.bashrc` in a login shell, if it never leads there.

    The first of three that is there; where none is, the one to be made.
    """
    names = (".bash_profile", ".bash_login", ".profile")
    read = next((home / name for name in names if (home / name).is_file()), None)
    if read and b"bashrc" in read.read_bytes():
        return None
    return read or home / names[0]
