"""What in a text looks as if it could identify somebody, on prose such as IROs write.

Every name here is made up; the telephone numbers are those that Ofcom keeps for drama.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import HARD_TEXTS, text

from footprint.demo import poole
from footprint.domain.identifying import AREAS, is_nhs_number, signs
from footprint.domain.vocabulary import DEFAULT_LISTS, FIXED_LISTS

LABELS = [
    label
    for lists in (DEFAULT_LISTS, FIXED_LISTS)
    for labels in lists.values()
    for label in labels.values()
]

FOUND = [
    # full names
    ("Robin Sparrow was not told of the move.", "name", "Robin Sparrow"),
    ("I met Robin Sparrow's aunt at the contact centre.", "name", "Robin Sparrow"),
    ("The plan for Wren Dunnock-Teal was not shared.", "name", "Wren Dunnock-Teal"),
    ("Spoke to the Team Manager Oluwaseun Plover.", "name", "Oluwaseun Plover"),
    ("Mrs Linnet Fieldfare asked for contact.", "name", "Linnet Fieldfare"),
    ("The aunt, Zainab bint Curlew, has not been assessed.", "name", "Zainab bint Curlew"),
    ("Agreed with Maria de la Whinchat.", "name", "Maria de la Whinchat"),
    ("His brother Callum J. Redstart moved in May.", "name", "Callum J. Redstart"),
    ("Brothers Kyle O'Pipit and his cousin stay together.", "name", "Kyle O'Pipit"),
    ("On Monday Aisha Siskin visited.", "name", "Aisha Siskin"),
    ("When Dylan Goldcrest returned, nobody was in.", "name", "Dylan Goldcrest"),
    ("Present: Priya Nuthatch, the IRO and the carer.", "name", "Priya Nuthatch"),
    ("The worker is Anne-Marie Stonechat.", "name", "Anne-Marie Stonechat"),
    ("Please copy to Kofi TREECREEPER.", "name", "Kofi TREECREEPER"),
    ("Zoë Bramblìng attends the review.", "name", "Zoë Bramblìng"),
    ("Foster carer Mary Ann Blackcap Wagtail agreed.", "name", "Mary Ann Blackcap Wagtail"),
    ("Answered by Tunde Sandpiper, Team Manager.", "name", "Tunde Sandpiper"),
    ("He lives in Robin Sparrow's flat.", "name", "Robin Sparrow"),
    ("Chidera Okoye-Finch attends the review.", "name", "Chidera Okoye-Finch"),
    ("Told Xiu Ying Bullfinch of the plan.", "name", "Xiu Ying Bullfinch"),
    ("The father, Florin Cormorant, is in custody.", "name", "Florin Cormorant"),
    ("Will Sandgrouse did not attend.", "name", "Will Sandgrouse"),
    ("Grace Young is the teacher.", "name", "Grace Young"),
    ("Jose\u0301 Sparrow rang.", "name", "Jos\u00e9 Sparrow"),
    # dates of birth
    ("dob 3/4/2010", "birth", "dob 3/4/2010"),
    ("He is 16 (D.O.B. 03.04.10).", "birth", "D.O.B. 03.04.10"),
    ("His date of birth is 3 April 2010.", "birth", "date of birth is 3 April 2010"),
    ("born on the 3rd of April 2010", "birth", "born on the 3rd of April 2010"),
    ("She was born in Poole on April 3, 2010.", "birth", "born in Poole on April 3, 2010"),
    ("DOB: 2010-04-03", "birth", "DOB: 2010-04-03"),
    ("DoB 03042010 on the form", "birth", "DoB 03042010"),
    ("her birthday is 3 Apr '10", "birth", "birthday is 3 Apr '10"),
    ("the form says 3/4/2010 (dob)", "birth", "3/4/2010 (dob"),
    ("3 April 2010 is his date of birth.", "birth", "3 April 2010 is his date of birth"),
    # NHS numbers
    ("NHS number 943 476 5919.", "nhs", "943 476 5919"),
    ("NHS 9434765919", "nhs", "9434765919"),
    ("(943-476-5919)", "nhs", "943-476-5919"),
    ("NHS No:943\u00a0476\u00a05919", "nhs", "943\u00a0476\u00a05919"),
    ("entry 7 943 476 5919 of the sheet", "nhs", "943 476 5919"),
    # postcodes
    ("They moved to BH15 2RS in June.", "postcode", "BH15 2RS"),
    ("to bh152rs, I think", "postcode", "bh152rs"),
    ("the flat in SW1A 2AA", "postcode", "SW1A 2AA"),
    ("near W1W 8AA", "postcode", "W1W 8AA"),
    ("M1 1AE.", "postcode", "M1 1AE"),
    ("St Helier, JE2 3AB", "postcode", "JE2 3AB"),
    # telephone numbers
    ("Her mobile is 07700 900123.", "phone", "07700 900123"),
    ("Call 01632 960 123 after five.", "phone", "01632 960 123"),
    ("(01632) 960123", "phone", "(01632) 960123"),
    ("ring +44 7700 900123", "phone", "+44 7700 900123"),
    ("+44 (0)20 7946 0958", "phone", "+44 (0)20 7946 0958"),
    ("0044 20 7946 0958", "phone", "0044 20 7946 0958"),
    ("+44 7700900019", "phone", "+44 7700900019"),  # ten of its digits have a check digit
    ("0044 7700900019", "phone", "0044 7700900019"),
    ("020-7946-0958", "phone", "020-7946-0958"),
]

QUIET = """
Third placement in nine months; no disruption meeting held.
The Team Manager has not answered; the Principal Manager is away until Monday.
Asked the Director of Children's Services to look at it himself.
Placement Panel met on 3 April 2026 and deferred again.
Assistant Director Children's Social Care to reply by Friday 17 July.
Asked Social Work to reply. Told Legal Services that the Court has no plan.
Virtual School Head agrees; Personal Education Plan has no targets.
Special Guardianship Order assessment not begun; Public Law Outline meeting in May.
Children in Care Council wrote to the Lead Member.
The North Team and the Leaving Care Team each say that it is the other's.
Review of 12 May 2026 adjourned: no Social Worker Report, no Care Plan.
Dr Dunnock says that he needs a CAMHS appointment. Mrs Teal agrees.
Child A and Sibling B are placed apart; Mother C objects.
Regulation 44 reports asked for; Section 20 consent is out of date.
Care Planning, Placement and Case Review (England) Regulations 2010, regulation 45.
See Working Together and the IRO Handbook, chapter 6.
He wants to stay at Kestrel View. Moved from Sparrow House to Dunnock Lodge.
Great Bustard Primary School cannot take her before the Easter Holidays.
He is White British; his mother is Kurdish Sorani and a Roman Catholic.
Told Ofsted, the Police and Cafcass on 4 March.
Robin is settled. Sparrow is his dog. Yesterday Robin asked why.
Asked Robin what he wants. Visited Robin on 3 June. Saw Robin with Daisy.
Met Robin. Since Robin moved nobody has rung. Because Robin asked, I asked.
The birthday was missed. Review set for after her 16th birthday; 3 April 2026 is too late.
Born at 30 weeks. The review of 3 April 2026 heard it.
The unborn baby's plan was agreed on 3 April 2026.
Case 204117, ref LCS-1234567890, was 2016/0042, now CH-42.
Number 943 476 5918 is on the form.
Timetable 2015-16 2016-17 2017-18, and 10 11 12 13 14 15.
The meeting of 2026-04-14 10:30 was moved to 2026-05-12 14:00.
The meeting of 2026-04-12 10:30 was moved; its digits have a check digit.
On 01-12-2025 1030 she came; on 02-12-2025 1100 she left.
Called Childline on 0800 1111 and the duty line on 0300 123 4567.
Under s20 2nd review; s47 3pm; stage 2 1st answer.
Level A1 2BC of the form, room Z9 9ZZ, box Q1 1AA and flat 2B.
Costs were 12,500 in 2025-26 and 13,000 in 2026-27.
Agreed: Placement with Parents Regulations to be followed. Decided: Stay Put.
Family Group Conference; Letterbox Contact; Life Story Work; Staying Put.
Microsoft Teams call with Bournemouth, Christchurch and Poole Council.
URGENT REVIEW NEEDED: NO SOCIAL WORKER REPORT, NO PATHWAY PLAN.
Home Office letter; National Referral Mechanism decision; Merton assessment.
Interim Care Order made on Thursday 2 April 2026 by the Family Court.
Sees his sister every other Saturday. Examinations in June, then Summer Term.
In Milton Keynes, West Sussex and the New Forest no bed was found.
Not asked. Not told. Never seen. Nobody knows. Who decides? When?
The duty worker said, "Wait until Monday." Then "Ask Legal."
Kind Regards. Many Thanks. Dear Colleague.
Sensory Integration and Reflective Supervision are not in the plan.
Drove Robin to school. He wants Kestrel Heron Lodge.
The Kestrel MARAC met. Songs: Kestrel Heron Dunnock Plover Teal.
Placement Order granted; Agency Decision Maker ratified; Linking Meeting, then Matching Panel.
Mum said that Nan can have her on Christmas Eve and Boxing Day.
Contact with Dad at HMP Guys Marsh not supported by Prison Offender Manager.
Counsel instructed by Local Authority; Final Hearing before HHJ on 4 June 2026.
Ethnicity recorded as Mixed White and Black Caribbean; Settled Status at risk.
Formal DRP raised. Response from Children's Commissioning Officer: Block Contract full.
SSW on sick leave, ASYE covering, TM aware. CIC nurse to follow up RHA.
Email sent to Head of Service (Corporate Parenting) and copied to Service Director.
""".strip().splitlines()


@pytest.mark.parametrize(("said", "kind", "what"), FOUND)
def test_what_identifies_is_found(said: str, kind: str, what: str) -> None:
    """Each is found as it was written, and nothing else is."""
    assert signs(said, LABELS) == ((kind, what),)


UNSEEN = """
Tyrese is settled. Redwing rang.
Mr Redwing and Mrs J Guillemot agreed.
It says REDWING, Tyrese on the form.
tyrese redwing rang.
April Greenshank is her aunt.
Kayden Hill lives there.
In Tyrese Redwing's view it was wrong.
""".strip().splitlines()
"""Names that are not seen, as the module says."""


@pytest.mark.parametrize("said", UNSEEN)
def test_the_limits_of_the_guess(said: str) -> None:
    """Once one of these is seen, what the module says of its limits has to change."""
    assert signs(said, LABELS) == ()


@pytest.mark.parametrize("said", QUIET)
def test_what_identifies_nobody_draws_no_warning(said: str) -> None:
    """Roles, services, places, days, dates and references are no signs."""
    assert signs(said, LABELS) == ()


def test_the_tables_are_large_enough_to_say_something() -> None:
    """Forty of each at least."""
    assert len(FOUND) >= 40
    assert len(QUIET) >= 40


def test_the_demonstration_is_quiet() -> None:
    """No cell of the Poole year draws a warning."""
    sheet = Path(poole.__file__).with_name("poole-2016-17.csv")
    with sheet.open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.DictReader(file) for cell in row.values()]
    assert len(cells) > 500
    assert [found for cell in cells for found in signs(cell, LABELS)] == []


def test_the_labels_of_the_policy_are_nobody() -> None:
    """The authority's own words are no names, whatever they look like; without them they are."""
    said = "Asked Kingfisher Heron on Monday."
    assert signs(said) == (("name", "Kingfisher Heron"),)
    assert signs(said, ["Kingfisher Heron"]) == ()
    assert signs(said, ["The Kingfisher Heron team"]) == ()
    assert signs("Told Snipe Ruff of it.", ["ruff time"]) == ()


def test_a_word_that_the_text_has_in_small_letters_is_no_name() -> None:
    """Titles are often written with capitals, and again without."""
    assert signs("Asked for Sleepover Checks.") == ()
    assert signs("Asked about Snipe Sandcastle: a sandcastle.") == ()


def test_each_sign_is_given_once() -> None:
    """However often it is said."""
    assert signs("Robin Sparrow and Robin Sparrow, M1 1AE, M1 1AE") == (
        ("postcode", "M1 1AE"),
        ("name", "Robin Sparrow"),
    )


# --- NHS numbers ----------------------------------------------------------------------------


@st.composite
def nhs_numbers(draw: st.DrawFn) -> str:
    """Valid ones, worked out apart: the weighted digits, the last included, divide by 11."""
    nine = draw(st.text("0123456789", min_size=9, max_size=9).filter(_has_check_digit))
    return next(nine + last for last in "0123456789" if _divides(nine + last))


def _divides(digits: str) -> bool:
    weighted = (int(digit) * (10 - at) for at, digit in enumerate(digits))
    return sum(weighted) % 11 == 0


def _has_check_digit(nine: str) -> bool:
    return any(_divides(nine + last) for last in "0123456789")


@given(number=nhs_numbers(), gaps=st.lists(st.sampled_from(["", " ", "-"]), min_size=9, max_size=9))
def test_a_valid_nhs_number_is_found_with_any_spacing(number: str, gaps: list[str]) -> None:
    """Spaces and hyphens may stand anywhere between the digits."""
    spaced = "".join(map(str.__add__, number, [*gaps, ""]))
    assert ("nhs", spaced) in signs(f"His number is {spaced}, as told.")


@given(number=nhs_numbers(), other=st.integers(1, 9))
def test_another_check_digit_is_no_nhs_number(number: str, other: int) -> None:
    """One digit that is wrong is enough."""
    wrong = number[:-1] + str((int(number[-1]) + other) % 10)
    assert not is_nhs_number(wrong)
    assert all(found.kind != "nhs" for found in signs(f"{wrong[:3]} {wrong[3:6]} {wrong[6:]}"))


@pytest.mark.parametrize("nine", ["100000001", "010000010"])
def test_a_check_digit_of_ten_is_not_used(nine: str) -> None:
    """Such a number is not given to anybody."""
    assert not any(is_nhs_number(f"{nine}{last}") for last in range(10))


# --- postcodes ------------------------------------------------------------------------------


def test_the_areas_are_those_there_are() -> None:
    """121 of the United Kingdom, and three of islands beside it."""
    assert len(AREAS) == 124
    assert {"BH", "ZE", "B", "GY", "JE", "IM"} < AREAS
    assert not AREAS & {"A", "AA", "LS1", "Q", "ZZ", "XX"}


@given(
    area=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=2),
    rest=st.sampled_from(["1 1AA", "15 2RS", "99 9XY"]),
)
def test_only_an_area_that_exists_makes_a_postcode(area: str, rest: str) -> None:
    """Any other letters are a form or a room."""
    found = any(sign.kind == "postcode" for sign in signs(f"at {area}{rest} today"))
    assert found == (area in AREAS)


@pytest.mark.parametrize(
    "wrong",
    ["BH15 2CS", "BH15 2RK", "BH1A 2RS", "B1A 2RS", "BH152 2RS", "BH15 22RS", "BH15  \n 2RS"],
)
def test_the_grammar_of_postcodes(wrong: str) -> None:
    """C, I, K, M, O and V end none; only London's districts end in a letter."""
    assert signs(f"at {wrong} today") == ()


# --- any text -------------------------------------------------------------------------------


@given(said=text(), known=st.lists(text(max_size=20), max_size=3))
@example(said="'s", known=[])
@example(said="\u0130\u0130 \u0130\u0130", known=["\u0130"])
def test_any_text_is_looked_at(said: str, known: list[str]) -> None:
    """Nothing that can be typed breaks it, and what is found is a text."""
    assert all(found.text.strip() for found in signs(said, known))


def _long_texts() -> Iterator[str]:
    parts = [
        "9", "9 ", "943 476 5919 ", "0", "07700 ", "Robin Sparrow ", "Robin ", "A. ", "A-", "a'",
        "born ", "dob 3", "3/4/", "3 April ", "BH1", "BH15 ", "van ", "O'", "D.o.b. ", "birthday ",
        "(", "\n", " ", "Sparrow", "\u00e9", "1 1a", "+44 ", "Kestrel Heron House ",
    ]  # fmt: skip
    yield from (part * (20_000 // len(part)) for part in parts)
    yield from (one * (20_000 // len(one)) for one in HARD_TEXTS if one)


def test_a_long_text_takes_a_moment() -> None:
    """20,000 characters of the worst that was thought of: no pattern runs away."""
    signs("warm")
    for said in _long_texts():
        began = time.process_time()
        signs(said, LABELS)
        assert time.process_time() - began < 0.5, said[:20]
