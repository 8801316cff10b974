"""Every mistake of the catalogue: what it says, to the letter, and that nothing comes of it.

`tests/errors` has a file for each thing that a person can get wrong at the command line. A new
refusal needs one; or, where no command line leads to it, a line of `unreached.toml` with why.
"""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from cli_helpers import NOT_FOUND, REFUSED, USAGE
from erring import DAY, FILES, Bench, Mistake, mistake

ROOT = Path(__file__).parent.parent
NAMES = sorted(path.stem for path in FILES.glob("*.toml") if path.stem != "unreached")
SAMPLE = NAMES[:: len(NAMES) // 6]
MISTAKES = {name: mistake(name) for name in NAMES}
_WORDS = ("--words", "--why", "--to", "--from", "--child", "--right-child", "--title")
_OTHERWISE = ("init", "replay")
"""Options whose values are words about people, which are not said again; commands where not."""
NO_NEXT_STEP: dict[str, str] = {}
"""Mistakes about which nothing can be done, each with the reason."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("bench"))


@pytest.mark.parametrize("name", NAMES)
def test_a_mistake_is_explained_and_nothing_is_recorded(bench: Bench, name: str) -> None:
    """The exit code, the whole message on stderr, nothing on stdout, and the ledger as it was."""
    this = MISTAKES[name]
    bench.lay(this)
    before = bench.recorded()
    ran = bench.run(this.command, this.stdin, **this.env)
    assert (ran.code, ran.out, ran.err) == (this.exit, "", this.stderr)
    assert bench.recorded() == before


@pytest.mark.parametrize("name", NAMES)
def test_a_message_says_what_happened_and_what_to_do(name: str) -> None:
    """Sentences; a next step behind what happened; no traceback; no words of a person again."""
    this = MISTAKES[name]
    what, *_, next_step = this.stderr.splitlines() if "\n" in this.stderr.strip() else (
        this.stderr, "- "
    )  # fmt: skip
    assert this.exit in {REFUSED, USAGE, NOT_FOUND}
    assert what.strip().endswith((".", ":")), what
    assert name in NO_NEXT_STEP or not next_step.startswith("- ")
    assert next_step.endswith("."), next_step
    for sign in ("Traceback", "did not expect", 'File "', "Error", "errno", "None"):
        assert sign not in this.stderr
    assert not [words for words in _words_of(this) if words in this.stderr]


def _words_of(this: Mistake) -> Iterator[str]:
    """What was typed as words: the values of their options, and what came with the files."""
    typed = shlex.split(this.command)
    for option, value in pairwise(typed):
        if option in _WORDS and typed[0] not in _OTHERWISE and len(value.strip()) > 1:
            yield value
    yield from (this.stdin,) if this.stdin.strip() else ()


@pytest.mark.parametrize("name", SAMPLE)
def test_a_process_of_its_own_says_the_same(bench: Bench, name: str) -> None:
    """For a sample: what is run in this process is what a person runs."""
    this = MISTAKES[name]
    bench.lay(this)
    argv = [word.replace("PLACE", str(bench.place.folder)) for word in shlex.split(this.command)]
    env = {key: text.replace("PLACE", str(bench.place.folder)) for key, text in this.env.items()}
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "clocked.py"), DAY, *argv], input=this.stdin,
        capture_output=True, text=True, env=bench.place.env(**env), cwd=bench.place.folder,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, bench.told(done.stderr)) == (this.exit, "", this.stderr)


# --- no refusal without a mistake that leads to it ----------------------------------------------

_KINDS = {"Refused", "Misused", "NotFound", "NotKnown", "Contradicted"}
_WITHIN = ("cli/footprint_cli", "footprint/ledger", "footprint/domain/moves")
_SAID_BEFORE = re.compile(r"\{\}")


def raised() -> dict[str, re.Pattern[str]]:
    """What each refusal says, with {} for what differs, and the pattern of it."""
    found = {}
    for path in sorted(path for folder in _WITHIN for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _KINDS and node.args:
                text = _text(node.args[0])
                key = text if len(_SAID_BEFORE.sub("", text)) > 3 else f"{text} in {path.name}"
                found[key] = re.compile(
                    "^" + ".*".join(map(re.escape, text.split("{}"))), re.MULTILINE
                )
    return found


def _text(said: ast.expr) -> str:
    """A text as it is written, with {} for each value in it."""
    if isinstance(said, ast.Constant):
        return str(said.value)
    if isinstance(said, ast.JoinedStr):
        return "".join(map(_text, said.values))
    return "{}"


def test_every_refusal_is_reached_or_says_why_not() -> None:
    """A refusal that no file reaches is listed with its reason; one that is reached is not."""
    excused = tomllib.loads((FILES / "unreached.toml").read_text("utf-8"))
    listed = [text for group in excused.values() for text in group["texts"]]
    said = [one.stderr for one in MISTAKES.values()]
    refusals = raised()
    unreached = {
        text for text, pattern in refusals.items()
        if text.startswith("{} in ") or not any(map(pattern.search, said))
    }  # fmt: skip
    assert all(group["reason"].strip() for group in excused.values())
    assert len(listed) == len(set(listed))
    assert unreached - set(listed) == set(), "these need a file in tests/errors"
    assert set(listed) - unreached == set(), "these are reached, or are not there any more"
