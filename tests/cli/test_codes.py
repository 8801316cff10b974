"""What a shell offers where a code goes: what the policy or the vocabulary lists, and no more."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cli_helpers import Place
from footprint_cli.asking.questions import FORMS
from footprint_cli.commands import COMMANDS, SAID
from footprint_cli.commands.reporting import _FORMS
from footprint_cli.completion.shells import SCRIPTS
from footprint_cli.entering.codes import ARGUMENTS, OPTIONS, OWN, list_of
from footprint_cli.entering.given import flag
from footprint_cli.main import app
from typer.core import TyperArgument, TyperGroup
from typer.main import get_command

from footprint.domain.periods import QUARTERS
from footprint.domain.vocabulary import (
    DEFAULT_LISTS,
    FIXED_LISTS,
    PARTIES,
    ROLES,
    SERVICES,
    THEMES,
)
from footprint.projections.times import BY


def offered(place: Place, line: str, *, by: str = "fish", **env: str | None) -> dict[str, str]:
    """What is offered for the last word of a line, with what is said of each."""
    asked = {"_FOOTPRINT_COMPLETE": f"complete_{by}", "COMP_WORDS": f"footprint {line}"}
    ran = place.run(env=asked | env)
    assert (ran.code, ran.err) == (0, "")
    return {word: said for word, _, said in (ln.partition("\t") for ln in ran.out.splitlines())}


# --- the lists ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("challenge --service ", SERVICES),
        ("log --service ", SERVICES),
        ("alert --theme PLC --theme ", THEMES),
        ("tell 1 --party ", PARTIES),
        ("escalate 1 --role ", ROLES),
        ("redact 1 --basis ", FIXED_LISTS["redactions"]),
        ("close 1 --basis ", FIXED_LISTS["bases"]),
        ("close 1 --by ", FIXED_LISTS["closers"]),
        ("note 1 --source ", FIXED_LISTS["sources"]),
        ("import x.csv --source ", OWN["of rows"]),
        ("times --by ", OWN["groupings"]),
        ("challenge --proceedings ", OWN["yes or no"]),
        ("report quarter 2016-17 ", OWN["quarters"]),
    ],
)
def test_a_code_is_offered_with_its_label(fresh: Place, line: str, codes: dict[str, str]) -> None:
    """Of the list that the option takes, in its order."""
    found = offered(fresh, line)
    assert found == codes or found == dict(sorted(codes.items()))


def test_a_code_is_offered_as_it_is_being_typed(fresh: Place) -> None:
    """In capitals or not, behind the option or joined to it; a shell gets what it can put there."""
    assert list(offered(fresh, "challenge --theme pl")) == ["PLC", "PLQ", "PLU"]
    assert offered(fresh, "challenge --theme=PLQ") == {"--theme=PLQ": "Placement quality or safety"}
    assert list(offered(fresh, "challenge --theme=PLQ", by="bash")) == ["PLQ"]
    assert list(offered(fresh, "challenge --theme PLQ", by="zsh")) == [
        "PLQ:Placement quality or safety"
    ]
    assert offered(fresh, "challenge --theme x") == {}
    assert list(offered(fresh, "challenge --them")) == ["--theme"]


def test_the_lists_are_those_that_were_adopted(fresh: Place, tmp_path: Path) -> None:
    """The authority's own, as the ledger has them now; of the ledger that the line names."""
    assert offered(fresh, "challenge --team nor") == {"north-team": "North Team"}
    policy = fresh.done("policy", "show", "--toml").out
    changed = tmp_path / "policy.toml"
    changed.write_text(policy.replace('PLC = "', 'PLZ = "A theme of ours"\nPLC = "'))
    fresh.done("policy", "adopt", str(changed))
    assert offered(fresh, "challenge --theme PLZ") == {"PLZ": "A theme of ours"}
    line = f"challenge --ledger {fresh.ledger} --theme "
    assert "PLZ" in offered(fresh, line, FOOTPRINT_LEDGER="/none.db")
    assert "PLZ" in offered(fresh, line.replace("r /", "r=/"), FOOTPRINT_LEDGER="/none.db")


def test_who_somebody_is_is_never_offered(year: Place) -> None:
    """No list says who an IRO is, though threads do; and there is no list of names or children."""
    for option in ("--iro", "--actor", "--to", "--child", "--words"):
        assert offered(year, f"challenge {option} ") == {}
        assert offered(year, f"challenge {option}=") == {}


def test_not_known_is_for_what_is_entered_later(fresh: Place) -> None:
    """At the time it would be refused."""
    assert "not-known" not in offered(fresh, "respond 1 --response ")
    assert "unclassified" not in offered(fresh, "impact 1 --impact ")
    for said in ("--source transcribed", "--source=recalled"):
        assert "not-known" in offered(fresh, f"respond 1 {said} --response ")


def test_years_begin_with_the_present_one(fresh: Place) -> None:
    """Up to that of the IRO Handbook."""
    for line in ("report annual ", "report quarter ", "times --year ", "counts --year="):
        years = [year.removeprefix("--year=") for year in offered(fresh, line)]
        assert years == sorted(years, reverse=True)
        assert (years[-1], "2016-17" in years) == ("2010-11", True)


# --- what the grammar has -------------------------------------------------------------------------


def _options() -> Iterator[tuple[str, Any]]:
    """Each option of each command, or of those of a group: the first word, and the option."""
    grammar = get_command(app)
    for name in COMMANDS:
        command = grammar.commands[name]
        several = command.commands.values() if isinstance(command, TyperGroup) else [command]
        yield from ((name, param) for one in several for param in one.params)


_FREE = {"--reason", "--team", "--by", "--basis"}
"""Options that take a code of one command, and of another words or a name."""


def test_each_option_of_the_table_is_one_of_the_grammar() -> None:
    """By each command that has it, it takes a code of a list that there is, or is free text."""
    had = {(name, flag) for name, param in _options() for flag in param.opts}
    for option, by_command in OPTIONS.items():
        assert any(flag == option for _, flag in had)
        assert all((name, option) in had for name in by_command if name)
    for name, option in had:
        if option in OPTIONS and not list_of([name], option):
            assert option in _FREE


def test_what_a_question_is_answered_with_is_what_its_option_completes() -> None:
    """Of each command, the list that its question is of: the two tables say the same."""
    asked = {
        (command, flag(one.name)): one.codes
        for command, form in FORMS.items()
        for one in form.questions
        if one.codes in FIXED_LISTS or one.codes in DEFAULT_LISTS
    }
    assert {"themes", "closures", "redactions", "sources"} < set(asked.values())
    assert {(command, option): list_of([command], option) for command, option in asked} == asked


def test_what_is_listed_twice_is_the_same() -> None:
    """What completion has of its own, so as not to import a command, is what the command takes."""
    assert tuple(OWN["groupings"]) == BY
    assert tuple(OWN["forms"]) == _FORMS
    assert tuple(OWN["quarters"]) == QUARTERS
    assert OWN["shells"].keys() == SCRIPTS.keys()
    sources = FIXED_LISTS["sources"]
    assert OWN["of rows"] == {code: sources[code] for code in ("transcribed", "recalled")}
    for group, name in ARGUMENTS:
        command = get_command(app).commands[group].commands[name]
        arguments = [param for param in command.params if isinstance(param, TyperArgument)]
        assert len(arguments) == len(ARGUMENTS[group, name])


def test_a_command_is_said_what_its_help_begins_with(fresh: Place) -> None:
    """Up to where the first clause ends; for a shell that shows it."""
    grammar = get_command(app)
    helps = {name: grammar.commands[name].help or "" for name in COMMANDS}
    assert {name: re.split("[:;.]", told)[0] for name, told in helps.items()} == SAID
    assert list(SAID) == list(COMMANDS)
    assert offered(fresh, "") == SAID
    assert list(offered(fresh, "note", by="zsh")) == ["note:Add a note to a thread, at any time"]


# --- quiet --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["none.db", "other.db"])
def test_where_there_is_no_ledger_no_code_of_its_own_is_offered(fresh: Place, name: str) -> None:
    """Fixed codes are."""
    (fresh.folder / "other.db").write_bytes(b"no ledger" * 1_000)
    env = {"FOOTPRINT_LEDGER": str(fresh.folder / name)}
    assert offered(fresh, "challenge --theme ", **env) == {}
    assert offered(fresh, "close 1 --basis ", **env) == FIXED_LISTS["bases"]
    assert not (fresh.folder / "none.db").exists()


@pytest.mark.parametrize(
    "state",
    ["", "no JSON", "5", "[]", '{"lists": 5}', '{"lists": {"themes": 5}}', "[" * 100_000],
    ids=lambda state: state[:40],
)
def test_a_vocabulary_that_cannot_be_read_offers_nothing(fresh: Place, state: str) -> None:
    """That is for a verifier to say."""
    _put(fresh, state)
    assert offered(fresh, "challenge --theme ") == {}


def test_nothing_that_a_shell_would_act_on_gets_into_the_line(fresh: Place) -> None:
    """What could not have been adopted is left out, and a label that a terminal would act on."""
    themes = {
        "PLC": "\x1b[2J", "A;rm": "x", "$(id)": "x", "B C": "x", "-rf": "x", "": "x", "D\n": "x",
        "PLQ": 5, "PLU": "Fine: so",
    }  # fmt: skip
    _put(fresh, json.dumps({"lists": {"themes": themes}}))
    assert offered(fresh, "challenge --theme ") == {"PLC": "", "PLQ": "", "PLU": "Fine: so"}


def _put(place: Place, state: str) -> None:
    """Have this in the place of the vocabulary."""
    with closing(sqlite3.connect(place.ledger)) as connection:
        for (guard,) in connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'event'"
        ).fetchall():
            connection.execute(f'DROP TRIGGER "{guard}"')
        connection.execute(
            "UPDATE event SET state = ? WHERE topic = 'policy.vocabulary-adopted'",
            (state.encode(),),
        )
        connection.commit()
