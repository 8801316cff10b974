"""Which headings say who somebody is: their columns are left out of what is kept."""

from __future__ import annotations

import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footprint.intake.mapping import meanings
from footprint.intake.personal import says_who


@pytest.mark.parametrize(
    "heading",
    ["Name of child", "Child's name", "CHILD NAME", "Name of child / young person", "YP Name",
     "Name", "Child's full name & DOB", "Surname", "Forename(s)", "First name", "Known as",
     "Names of siblings", "Mother's name", "Name of foster carer", "Carer 2 name",
     "Sibling 1 (name)", "Parent/carer names", "DOB", "D.O.B.", "Date of birth",
     "DOB (dd/mm/yyyy)", "Child's date of birth", "NHS No.", "NHS number", "Address",
     "Home address", "Placement address", "Address line 1", "Post code", "Postcode", "Tel. no",
     "Mother's mobile no.", "Telephone number of carer", "Contact number", "Email",
     "E-mail address", "Parent email", "Child name (IRO to complete)", "Child\u2019s name",
     "Service user name", "ChildName", "DateOfBirth", "NHSNumber", "DoB", "child_name",
     "Child(ren)'s name(s)", "Child details Name", "Child's details: DOB", "Birth mother name",
     "Next of kin name and address"],
)  # fmt: skip
def test_who(heading: str) -> None:
    """A child, a parent, a carer, a brother or sister; or anybody's, as far as is said."""
    assert says_who(heading)


@pytest.mark.parametrize(
    "heading",
    ["", "IRO name", "Name of IRO", "Name (IRO)", "Manager email", "Team name", "Name of school",
     "Actions to address", "Address the issue by", "Email sent", "Emailed to", "Child",
     "Siblings", "Placement", "Names checked by", "Social worker's name",
     "Child's social worker name", "Service name", "User name", "Phone call made",
     "Date of review", "Mother", "Age", "Gender", "Number of siblings", "Contact",
     "Advocate's name", "Case ID", "Ethnicity", "Birth", "Child ID", "Concern about the name",
     "Child details", "Personal information", "IROName", "Email (sent to manager)",
     "No of siblings"],
)  # fmt: skip
def test_not_who(heading: str) -> None:
    """Somebody at work; something that is done; what says nothing of who it is."""
    assert not says_who(heading)


def test_no_heading_that_is_known_is_one() -> None:
    """What is used is never taken away: by each heading that means something here."""
    assert not [heading for heading in meanings().columns if says_who(heading)]


@given(st.text(max_size=40), st.sampled_from(["Child's name", "DOB", "Home address"]))
def test_how_it_is_written_does_not_matter(gap: str, heading: str) -> None:
    """Capitals, points and space between the words."""
    between = "".join(c for c in gap if c in string.punctuation + " " and c not in "('\u2019&")
    assert says_who(heading.upper().replace(" ", f" {between}"))


def test_a_long_heading_is_looked_at_in_time() -> None:
    """However it is made."""
    began = time.perf_counter()
    assert says_who("name " * 10_000)
    assert not says_who("child " * 10_000 + "x")
    assert time.perf_counter() - began < 1
