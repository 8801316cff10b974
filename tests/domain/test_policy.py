"""The policy in force: ladders by version and day, lists, rules and case numbers."""

from datetime import date

import pytest
import strategies as own
from hypothesis import given
from hypothesis import strategies as st

from footprint.domain import events as ev
from footprint.domain.adoption import calendar_years
from footprint.domain.entry import Move
from footprint.domain.ladder import DEFAULT_LADDERS, ladder_from
from footprint.domain.policy import Policy, policy_of
from footprint.domain.vocabulary import SERVICES
from footprint.errors import Refused

STAGES = [
    {"stage": 0, "label": "Worker", "days": 3, "counts": False},
    {"stage": 1, "label": "Manager", "days": 10, "counts": False},
    {"stage": 3, "label": "Director", "days": 5, "counts": True},
]


def adopted(event: ev.Event) -> Move:
    return Move(event=event, occurred_on=own.ADOPTED_ON, source="at-the-time", words={})


def ladder(version: int, starts_on: str, *services: str, code: str = "authority") -> Move:
    return adopted(
        ev.LadderAdopted(
            ladder=code,
            version=version,
            starts_on=date.fromisoformat(starts_on),
            services=services,
            stages=STAGES,
            total_days=20,
        )
    )


def policy_with(*moves: Move) -> Policy:
    return policy_of(own.policy_entries(moves))


def in_force(policy: Policy, service: str, on: str | None) -> tuple[str, int]:
    found = policy.ladder_for(service, date.fromisoformat(on) if on else None)
    return found.ladder, found.version


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_a_ladder(service: str) -> None:
    """Each service of the default list climbs one of the default ladders, with its own clock."""
    found = own.policy().ladder_for(service, date(2027, 2, 1))
    partners = {"CAMHS", "HLT", "POL", "ADV", "PRV", "OLA"}
    assert found.ladder == ("partner" if service in partners else "authority")
    assert found.total_days == (None if service in partners else 20)


@pytest.mark.parametrize("facts", DEFAULT_LADDERS, ids=lambda facts: facts["ladder"])
def test_default_ladders(facts: dict[str, object]) -> None:
    """A default ladder has five stages of five working days; all but the informal one count."""
    found = ladder_from({**facts, "version": 1})
    assert [stage.stage for stage in found.stages] == [0, 1, 2, 3, 4]
    assert {stage.days for stage in found.stages} == {5}
    assert [stage.counts for stage in found.stages] == [False, True, True, True, True]
    assert (found.first_formal, found.top) == (1, 4)


@pytest.mark.parametrize(
    ("on", "version"),
    [
        ("2026-12-31", 1),  # before any had started: the first
        (None, 1),
        ("2027-01-04", 1),
        ("2027-05-31", 1),
        ("2027-06-01", 2),
        ("2028-01-01", 3),
    ],
)
def test_ladder_by_day(on: str | None, version: int) -> None:
    """A thread begins under the last version to have started by its day."""
    policy = policy_with(ladder(2, "2027-06-01", "CSC"), ladder(3, "2028-01-01", "CSC"))
    assert in_force(policy, "CSC", on) == ("authority", version)


def test_ladder_adopted_out_of_order() -> None:
    """A version adopted later for an earlier day is in force from that day until the next."""
    policy = policy_with(ladder(2, "2028-01-01", "CSC"), ladder(3, "2027-06-01", "CSC"))
    assert in_force(policy, "CSC", "2027-07-01") == ("authority", 3)
    assert in_force(policy, "CSC", "2028-07-01") == ("authority", 2)


def test_service_moves_to_another_ladder() -> None:
    """A service that a newer ladder names climbs that one from its day; the others stay."""
    policy = policy_with(ladder(2, "2027-06-01", "HOU", code="partner"))
    assert in_force(policy, "HOU", "2027-05-31") == ("authority", 1)
    assert in_force(policy, "HOU", "2027-06-01") == ("partner", 2)
    assert in_force(policy, "CSC", "2027-06-01") == ("authority", 1)


def test_old_versions_stay() -> None:
    """A thread finds the ladder version that it began under, with the stages it had then."""
    policy = policy_with(ladder(2, "2027-06-01", "CSC"))
    assert policy.ladder("authority", 1).top == 4
    newer = policy.ladder("authority", 2)
    assert (newer.first_formal, newer.top, newer.stage(2)) == (1, 3, None)


def test_service_without_a_ladder() -> None:
    """A service that no ladder names is refused, by its name."""
    with pytest.raises(Refused, match="at the service XYZ"):
        own.policy().ladder_for("XYZ", None)


@pytest.mark.parametrize("child", ["1", "C-1001", "2016/0042", "SW.12_a", "a" * 31 + "1"])
def test_case_numbers(child: str) -> None:
    """Local case numbers of the usual forms are taken as they are."""
    assert own.policy().check_case_number(child) == child


@pytest.mark.parametrize(
    ("child", "reason"),
    [
        ("Robin Sparrow", "looks like a name"),
        ("Robin", "looks like a name"),
        ("", "looks like a name"),
        ("C-", "looks like a name"),
        ("Robin 2", "is not one of yours"),
        ("/12", "is not one of yours"),
        ("12\n", "is not one of yours"),
        ("C\u00e91", "is not one of yours"),
        ("1" * 33, "is not one of yours"),
    ],
)
def test_names_are_refused(child: str, reason: str) -> None:
    """It says why and what to give instead, and does not repeat what may be a name."""
    with pytest.raises(Refused, match=reason) as caught:
        own.policy().check_case_number(child)
    assert len(child) < 3 or child not in str(caught.value)
    assert "never keeps a child's name" in caught.value.next_step


@given(child=own.text())
def test_any_text_for_a_child(child: str) -> None:
    """Whatever is taken has a digit and no space, and everything else is refused."""
    try:
        taken = own.policy().check_case_number(child)
    except Refused:
        return
    assert any(c.isdigit() for c in taken)
    assert not any(c.isspace() for c in taken)


def test_rules_of_the_authority() -> None:
    """The authority's own pattern of a case number replaces the default one, whole."""
    rules = ev.RulesAdopted(
        version=2, starts_on=own.ADOPTED_ON, case_number="[0-9]{6}", publish_threshold=10
    )
    policy = policy_with(adopted(rules))
    assert policy.publish_threshold == 10
    assert policy.check_case_number("123456") == "123456"
    for child in ("1234567", "C-1001"):
        with pytest.raises(Refused, match=r"not one of yours.*policy says: \[0-9\]\{6\}\)"):
            policy.check_case_number(child)


def test_a_rule_that_is_no_pattern_is_told() -> None:
    """It cannot be adopted here; another program may have. A number is refused in words."""
    rules = ev.RulesAdopted(
        version=2, starts_on=own.ADOPTED_ON, case_number="[0-9", publish_threshold=5
    )
    with pytest.raises(Refused, match=r"no pattern \(unterminated"):
        policy_with(adopted(rules)).check_case_number("123456")


def test_vocabulary_of_the_authority() -> None:
    """Newer lists replace older ones; a label that is gone is shown by its code."""
    lists = {"themes": {"NEW": "A new theme"}}
    vocabulary = ev.VocabularyAdopted(version=2, starts_on=own.ADOPTED_ON, lists=lists)
    policy = policy_with(adopted(vocabulary))
    assert policy.code("themes", "a NEW theme") == "NEW"
    assert policy.label("themes", "ASQ") == "ASQ"
    assert policy.label("themes", "NEW") == "A new theme"
    assert policy.label("closures", "left-care") == "child left care"
    assert policy.label("teams", None) == ""


def test_calendar_of_the_authority() -> None:
    """The calendar last adopted is the one in force."""
    first, last = date(2030, 1, 1), date(2030, 12, 31)
    newer = ev.CalendarAdopted(
        calendar="Ours", version=2, starts_on=first, first=first, last=last, off=(), taken_from="x"
    )
    calendar = policy_with(adopted(newer)).calendar
    assert (calendar.name, calendar.version, calendar.covers(last)) == ("Ours", 2, True)


def test_nothing_adopted() -> None:
    """Before anything was adopted no calendar covers any day and no service has a ladder."""
    assert Policy().calendar.due(date(2017, 3, 1), 5) is None
    with pytest.raises(Refused):
        Policy().ladder_for("CSC", date(2017, 3, 1))


@given(today=st.dates(date(2011, 1, 1), date(2090, 1, 1)))
def test_calendar_years(today: date) -> None:
    """A calendar adopted today covers April 2010 to the end of the year after next."""
    first, last = calendar_years(today)
    assert first == date(2010, 4, 1)
    assert last == date(today.year + 2, 12, 31)


def test_ladders_on_a_day() -> None:
    """The version of each ladder that has started; of two that start on one day, the later."""
    policy = policy_with(
        ladder(2, "2027-06-01", "CSC"), ladder(3, "2027-06-01", "CSC"),
        ladder(1, "2027-07-01", "HLT", code="health"),
    )  # fmt: skip
    found = {
        day: {code: v.version for code, v in policy.ladders_on(date.fromisoformat(day)).items()}
        for day in ("2020-01-01", "2027-05-31", "2027-06-01", "2027-07-01")
    }
    assert found == {
        "2020-01-01": {"authority": 1, "partner": 1, "health": 1},  # before any had started
        "2027-05-31": {"authority": 1, "partner": 1},
        "2027-06-01": {"authority": 3, "partner": 1},
        "2027-07-01": {"authority": 3, "partner": 1, "health": 1},
    }
