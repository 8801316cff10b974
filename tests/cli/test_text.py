"""Whatever a person types is stored as it is, shown as it is, and never obeyed by a terminal."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import orjson
import pytest
from cli_helpers import DONE, Place, concern, on_terminal
from footprint_cli.screen.text import escaped_json, visible
from footprint_cli.thread.telling import text_lines
from hypothesis import given
from hypothesis import strategies as st

DANGEROUS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)
"""What a terminal acts on, or what makes a line read as another."""

TYPED = {
    "markup": "[bold]brackets[/bold] [red]x[/] [link=http://x]y[/link] \\[not]",
    "emoji": ":smile: :warning: \U0001f600 \U0001f469\u200d\U0001f467 e\u0301",
    "right to left": "\u0627\u0644\u0637\u0641\u0644 \u202edesolc si siht\u202c end",
    "escape": "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b2J",
    "controls": "bell\x07 back\x08space cr\rover del\x7f vt\x0b ff\x0c",
    "lines and tabs": "one\n\ttwo\nthree\r\nfour",
    "formula": "=cmd()|'/c calc'!A1",
    "json": '{"a": "b\\n"} \\u202e &amp; %s {0}',
    "long": "word " * 400 + "\u200bend",
}
MARKUP = TYPED["markup"]
CONTROLS_AS_SHOWN = "bell␇ back␈space cr␍over del␡ vt␋ ff␌"
_STYLE = re.compile("\x1b\\[[0-9;]*m")
"""What the program itself may send: bold and the like."""

any_text = st.text(st.characters(codec="utf-8"), max_size=80)


@given(any_text)
def test_nothing_visible_is_dangerous(text: str) -> None:
    """No control character and no bidirectional control is left, except new lines if asked."""
    assert not DANGEROUS.search(visible(text))
    assert not DANGEROUS.search(visible(text, lines=True).replace("\n", ""))


@given(any_text)
def test_harmless_text_is_shown_to_the_letter(text: str) -> None:
    """Text without such characters is shown exactly as it was typed."""
    harmless = DANGEROUS.sub("", text)
    assert visible(harmless) == harmless


@given(any_text)
def test_no_two_control_characters_look_the_same(text: str) -> None:
    """What is shown can be read back: every character became one picture or one number."""
    plain = re.sub("[\u2400-\u2421\u27e8\u27e9]", "", text)
    back = re.sub("\u27e8([0-9A-F]{4})\u27e9", lambda m: chr(int(m[1], 16)), visible(plain))
    back = re.sub("[\u2400-\u241f]", lambda m: chr(ord(m[0]) - 0x2400), back)
    assert back.replace("\u2421", "\x7f") == plain


@given(st.text(max_size=40))
def test_even_what_is_no_text_is_shown(text: str) -> None:
    """Lone surrogates, as an operating system gives for foreign bytes, are shown as something."""
    visible(text).encode()


@given(st.dictionaries(any_text, any_text, max_size=4))
def test_json_is_safe_and_means_the_same(value: dict[str, str]) -> None:
    """JSON on the screen holds nothing dangerous but its own new lines, and decodes to the same."""
    said = escaped_json(orjson.dumps(value, option=orjson.OPT_INDENT_2))
    assert not DANGEROUS.search(said.replace("\n", ""))
    assert orjson.loads(said) == value


@given(any_text, any_text)
def test_what_words_are_called_is_shown_like_the_words(name: str, text: str) -> None:
    """In a bundle from elsewhere, the names of words are whatever somebody wrote there."""
    assert not any(DANGEROUS.search(line) for line in text_lines(name, text))


def test_every_format_character_is_made_visible() -> None:
    """No invisible character of Unicode passes unseen, but the joiners that scripts need."""
    needed = {"\u200c", "\u200d", "\u00ad"}
    unseen = [
        f"{code:04X}"
        for code in range(0x10000)
        if unicodedata.bidirectional(char := chr(code)) in
        {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
        or unicodedata.category(char) in {"Cc", "Zl", "Zp"}
        if char not in needed and visible(char) == char
    ]  # fmt: skip
    assert unseen == []


# --- the real program -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory, _new: Place) -> Place:
    """A thread with a note for each text, in their order, from CH-1's entry 8 on."""
    place = _new.copy(tmp_path_factory.mktemp("typed") / "place")
    place.done("challenge", *concern(words=MARKUP, to=TYPED["escape"], on="2025-11-03"))
    for text in TYPED.values():
        place.done("note", "1", "--words-file", "-", stdin=text)
    return place


def notes(place: Place) -> list[dict[str, Any]]:
    return list(place.json("replay", "1", "--with-words")[1:])


def test_json_gives_back_exactly_what_was_typed(typed: Place) -> None:
    """Byte for byte, for each of the texts."""
    assert [note["words"] for note in notes(typed)] == list(TYPED.values())
    assert typed.json("show", "1", "--with-words")["history"][0]["to"] == TYPED["escape"]
    assert not DANGEROUS.search(typed.done("show", "1", "--json", "--with-words").out
                                .replace("\n", ""))  # fmt: skip


def test_words_given_as_an_option_are_stored_the_same(begun: Place) -> None:
    """An option keeps all that a command line can carry: everything but NUL."""
    for text in (TYPED["escape"], TYPED["right to left"], TYPED["lines and tabs"]):
        begun.done("note", "1", "--words", text)
    stored = [note["words"] for note in notes(begun)]
    assert stored == [TYPED["escape"], TYPED["right to left"], TYPED["lines and tabs"]]


def test_nul_from_a_file_is_kept_and_shown(begun: Place) -> None:
    """NUL cannot be typed as an option; from a file it is kept, and shown as a picture."""
    begun.done("note", "1", "--words-file", "-", stdin=b"a\0b")
    assert notes(begun)[0]["words"] == "a\0b"
    assert "a␀b" in begun.done("show", "1").out


@pytest.mark.parametrize("command", [["show", "1"], ["replay", "1"], ["replay"], ["log"]])
def test_a_terminal_is_sent_nothing_that_was_typed(typed: Place, command: list[str]) -> None:
    """On a terminal no control character comes from a text; all texts can be read."""
    code, screen = on_terminal(typed, *command, columns=200)
    assert code == DONE
    assert not DANGEROUS.search(_STYLE.sub("", screen).replace("\n", ""))
    if command[0] in {"show", "replay"} and len(command) > 1:
        for name in ("markup", "formula", "json"):
            assert TYPED[name] in screen
        assert ":smile: :warning:" in screen
        assert CONTROLS_AS_SHOWN in screen
        assert "\u241b[31mred" in screen


@pytest.mark.parametrize("command", [
    ["show", "1"], ["replay", "1"], ["log", "--with-words"],
    ["replay", "1", "--with-words", "--csv"],
])  # fmt: skip
def test_a_pipe_is_sent_nothing_that_was_typed(typed: Place, command: list[str]) -> None:
    """In a pipe only the format's own tabs and new lines are there."""
    out = typed.done(*command).out
    if "--csv" not in command:
        assert not DANGEROUS.search(re.sub("[\t\n]", "", out))
    assert MARKUP in out.replace('""', '"')


def test_a_text_never_makes_a_line_or_a_cell_of_its_own(typed: Place) -> None:
    """Tab-separated output has one line an entry, each with the same cells."""
    lines = typed.done("replay", "1").out.splitlines()
    assert len(lines) == len(TYPED) + 2
    assert len({line.count("\t") for line in lines}) == 1


@pytest.mark.parametrize("option", ["--actor", "--authority", "--team"])
def test_names_are_shown_safely(fresh: Place, option: str) -> None:
    """The authority, its teams and the actor are texts of people too."""
    name = "[bold]N\u202e:smile:"
    other = fresh.folder / "other.db"
    asked = {"--authority": "A", option: name}
    fresh.done("init", "--ledger", str(other), *[part for pair in asked.items() for part in pair])
    env = {"FOOTPRINT_LEDGER": str(other)}
    for command in (["status"], ["replay"]):
        _, screen = on_terminal(fresh, *command, columns=200, **env)
        assert not DANGEROUS.search(_STYLE.sub("", screen).replace("\n", ""))
    if option != "--team":
        said = fresh.done("replay", "--json", env=env).out
        assert not DANGEROUS.search(said.replace("\n", ""))
        assert "[bold]N\\u202e:smile:" in said


def test_refusals_show_what_was_typed_safely(begun: Place) -> None:
    """A refusal that quotes a text sends none of its control characters on."""
    for args in (
        ["show", "\x1b[31m\u202e"], ["challenge", *concern(service="\x1b]0;x\x07")],
        ["challenge", *concern(child="\x1b[2J\u202ename")], ["log", "--ledger", "nowhere/\x1b[31m"],
        ["\x1b[31m"], ["log", "--\x1b[31m"], ["log", "--at-entry", "\x1b[31m"],
        ["times", "--by", "\x1b[31m"], ["log", "--day", "\x9b31m"],
        ["note", "1", "--words-file", "\x1b[31m"], ["verify", "--against", "\x1b[31m"],
        ["challenge", "--fields-file", "\x1b[31m"],
    ):  # fmt: skip
        ran = begun.run(*args)
        assert ran.code != DONE
        assert not DANGEROUS.search(ran.err.replace("\n", "")), args
