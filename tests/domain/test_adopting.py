"""What is adopted of a proposal: the printed form, versions, rules; and what is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import strategies as own
from domain.adoptions import (
    STAGES,
    TODAY,
    Tables,
    after,
    decided,
    ladder,
    nothing_differs,
    printed,
    wrong,
)
from hypothesis import given
from hypothesis import strategies as st

from footprint.domain.policy import policy_after
from footprint.domain.proposal import proposal_of, tables_of
from footprint.domain.vocabulary import DEFAULT_LISTS, plain
from footprint.errors import Misused, Refused

labels = own.text(min_size=1, max_size=30).filter(
    lambda text: len(text) <= 100 and text.isprintable() and plain(text)
)
a_list = st.dictionaries(
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,31}", fullmatch=True), labels, min_size=1, max_size=4
).filter(
    lambda codes: (
        len({plain(form) for pair in codes.items() for form in set(map(plain, pair))})
        == sum(len(set(map(plain, pair))) for pair in codes.items())
    )
)


@st.composite
def policies(draw: st.DrawFn) -> Tables:
    """A whole policy in its tables, with two ladders that share the services."""
    services = draw(a_list)
    shared = draw(st.lists(st.booleans(), min_size=len(services), max_size=len(services)))
    numbers = sorted(draw(st.sets(st.integers(1, 99), min_size=1, max_size=4)))
    counting = draw(st.sampled_from(numbers))
    stages = [
        {"stage": n, "label": draw(labels), "days": draw(st.integers(1, 60)),
         "counts": n >= counting}
        for n in [0, *numbers]
    ]  # fmt: skip
    total = draw(st.none() | st.integers(1, 250))
    themes = draw(a_list)
    taken = {plain(form) for pair in themes.items() for form in pair}
    words = draw(st.dictionaries(labels, st.sampled_from(sorted(themes)), max_size=3))
    aliases = {w: code for w, code in words.items() if plain(w) not in taken}
    own_aliases = {"themes": aliases} if len(set(map(plain, aliases))) == len(aliases) else {}
    tables = {
        "ladder": [
            {"ladder": code, "services": [s for s, here in zip(services, shared, strict=True)
                                          if here is wanted], "stage": stages}
            | ({} if total is None else {"total_days": total})
            for code, wanted in (("authority", True), ("partner", False))
        ],
        "calendar": {"name": draw(labels), "first": date(2010, 4, 1),
                     "last": draw(st.dates(date(2029, 12, 31), date(2037, 12, 31)))},
        "vocabulary": DEFAULT_LISTS | {"services": services, "themes": themes},
        "aliases": {name: words for name, words in own_aliases.items() if words},
        "rules": {"case_number": own.policy().case_number,
                  "publish_threshold": draw(st.integers(1, 20))},
    }  # fmt: skip
    return {name: table for name, table in tables.items() if table}


@given(tables=policies())
def test_what_is_adopted_is_what_is_printed(tables: Tables) -> None:
    """A policy that was adopted is printed as it was given; given once more, nothing differs."""
    adopted = after(tables)
    assert tables_of(adopted, TODAY) == tables
    nothing_differs(printed(adopted), adopted)


@given(tables=policies())
def test_any_policy_can_be_gone_back_from(tables: Tables) -> None:
    """The policy before, given again, is in force again; only the calendar stays as long."""
    adopted = after(tables)
    back = after({name: t for name, t in printed().items() if name != "calendar"}
                 | {"aliases": {"themes": {}}}, adopted)  # fmt: skip
    assert printed(back) == printed() | {"calendar": printed(adopted)["calendar"]}


@pytest.mark.parametrize("part", ["ladder", "calendar", "vocabulary", "rules"])
def test_a_part_may_be_left_out(part: str) -> None:
    """Each part alone, as it is in force, is read and changes nothing."""
    nothing_differs({part: printed()[part]})


def test_nothing_at_all() -> None:
    """An empty file says nothing that differs."""
    nothing_differs({})


# --- versions and moves ----------------------------------------------------------------------


def test_each_part_gets_the_next_version() -> None:
    """Only what differs is adopted: the partners' ladder is not, the rest is version 2."""
    tables = printed()
    tables["ladder"][0]["stage"][0]["days"] = 3
    tables["vocabulary"]["themes"]["NEW"] = "A new theme"
    tables["calendar"]["last"] = date(2030, 12, 31)
    tables["rules"]["publish_threshold"] = 10
    events = decided(tables)
    assert [(e.topic.removeprefix("policy."), e.version, e.starts_on) for e in events] == [
        ("vocabulary-adopted", 2, TODAY), ("ladder-adopted", 2, TODAY),
        ("calendar-adopted", 2, TODAY), ("rules-adopted", 2, TODAY),
    ]  # fmt: skip
    assert events[1].ladder == "authority"
    again = policy_after(own.policy(), events)
    assert [e.version for e in decided({"rules": {"publish_threshold": 3}}, again)] == [3]


def test_all_that_is_wrong_is_listed_at_once() -> None:
    """Faults of four parts come in one refusal."""
    tables = printed()
    tables["ladder"][0]["stage"][0]["days"] = 0
    tables["vocabulary"]["themes"]["NEW"] = " "
    tables["calendar"]["first"] = date(2011, 1, 1)
    tables["rules"]["publish_threshold"] = 0
    said = wrong(tables)
    for phrase in ("stage 0 has 0 days", "NEW: the label is blank", "shorter", "is 0, and has to"):
        assert phrase in said


# --- the rules -------------------------------------------------------------------------------


@pytest.mark.parametrize(("rules", "said"), [
    ({"publish_threshold": 0}, "1 to 20"), ({"publish_threshold": 21}, "1 to 20"),
    ({"case_number": "[0-9"}, "not a regular expression"),
    ({"case_number": "[[0-9]"}, "not a regular expression"),
    ({"case_number": "x{99999999999999999999}"}, "not a regular expression"),
    ({"case_number": "(" * 101 + ")" * 100}, "may have 200"),
    ({"case_number": "[A-Za-z0-9]+", "example": "C1"}, "takes 'Smith'"),
    ({"case_number": ".+", "example": "C1"}, "so that no name gets in"),
    ({"case_number": "[0-9]*", "example": "1"}, "takes ''"),
    ({"case_number": "[0-9]{6}"}, "needs an example"),
    ({"case_number": "[0-9]{6}", "example": "12345"}, "the example '12345'"),
    ({"case_number": "[A-Z]{2}", "example": "AB"}, "the example 'AB' has no digit"),
])  # fmt: skip
def test_rules_that_are_refused(rules: dict[str, Any], said: str) -> None:
    """A threshold that hides all or nothing, and a pattern that takes names or takes nothing."""
    assert said in wrong({"rules": rules})


def test_a_new_pattern_is_tried_on_its_example() -> None:
    """Then it is in force, whole; the example is not kept."""
    policy = after({"rules": {"case_number": "LCS-[0-9]{4}", "example": "LCS-0042"}})
    assert policy.check_case_number("LCS-1234") == "LCS-1234"
    assert policy.publish_threshold == 5
    nothing_differs(printed(policy), policy)


def test_no_pattern_lets_a_name_in() -> None:
    """Whatever pattern came into a ledger, a case number has a digit."""
    policy = own.policy().but(case_number=".*")
    assert policy.check_case_number("C 1") == "C 1"
    with pytest.raises(Refused, match="looks like a name"):
        policy.check_case_number("Robin Sparrow")


# --- the form --------------------------------------------------------------------------------


@pytest.mark.parametrize(("tables", "said"), [
    ({"ladders": []}, "'ladders' is not one of ladder, calendar"),
    ({"ladder": {"ladder": "x"}}, "ladder is not a list"),
    ({"ladder": [{"ladder": "x", "stage": []}]}, "ladder 1: services is missing"),
    ({"ladder": ladder(services=["CSC", 1])["ladder"]}, "ladder 1, services 2 is not text"),
    ({"ladder": ladder(stage=[{"stage": 0}])["ladder"]}, "ladder 1, stage 1: counts is missing"),
    ({"ladder": ladder(stage=[STAGES[0], {**STAGES[1], "stage": True}])["ladder"]},
     "ladder 1, stage 2, stage is not a whole"),
    ({"ladder": ladder(colour="red")["ladder"]}, "ladder 1: 'colour' is not one of"),
    ({"calendar": {"last": "2030-12-31"}}, "calendar, last is not a date"),
    ({"calendar": []}, "calendar is not a table"),
    ({"vocabulary": {"themes": ["PLC"]}}, "vocabulary, themes is not a table"),
    ({"vocabulary": {"themes": {"PLC": 1}}}, "vocabulary, themes, PLC is not text"),
    ({"rules": {"publish_threshold": 5.0}}, "rules, publish_threshold is not a whole number"),
])  # fmt: skip
def test_forms_that_cannot_be_read(tables: Tables, said: str) -> None:
    """A key that is unknown or missing, or a value of another kind, is named by its place."""
    with pytest.raises(Misused, match="not the form of a policy") as caught:
        proposal_of(tables)
    assert said in "\n".join(caught.value.listed)
