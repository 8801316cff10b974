"""Headings that say who somebody is: a child's or a relative's name, birth, number or address.

A heading is one where it holds such a thing, and beside it nothing but people whom a ledger does
not name: "IRO name", "Manager email" and "Actions to address" are none.
"""

from __future__ import annotations

import re
from functools import cache

from footprint.intake.mapping import heading_key

_NEUTRAL = """
    basic|demographics|detail|details|info|information|particulars|personal|ren
"""
"""What may stand beside them and says nothing; child(ren) is two words here."""
_PEOPLE = """
    aunt|aunts|baby|birth family|birth father|birth fathers|birth mother|birth mothers
    birth parent|birth parents|brother|brothers|carer|carers|child|childrens|childs|children|cic
    cla|client|clients|cyp|c yp|dad|dads|daughter|daughters|family|father|fathers|foster
    grandfather|grandfathers|grandmother|grandmothers|grandparent|grandparents|guardian
    guardians|infant|infants|kinship|lac|looked after|mother|mothers|mum|mums|next kin|parent
    parents|partner|partners|patient|patients|peoples|person|persons|pupil|pupils|relative
    relatives|service user|service users|sibling|siblings|sister|sisters|son|sons
    special guardian|special guardians|step|stepfather|stepmother|student|students|uasc|uncle
    uncles|young|youth|yp|yps
"""
_THINGS = """
    aka|alias|aliases|family name|first name|first names|forename|forenames|full name|full names
    given name|given names|known as|last name|middle name|middle names|name|names|preferred name
    surname|surnames|birth date|birthdate|birthday|d o b|date birth|dob|place birth
    national insurance no|national insurance number|nhs|nhs no|nhs number|ni no|ni number|nino
    address|address line|addresses|current address|full address|home address|home postcode
    house number|placement address|placement postcode|post code|postcode|postcodes
    previous address|street|contact details|contact information|contact no|contact number
    contact numbers|contact telephone|contact telephone number|home phone|home tel
    home telephone|landline
    mobile|mobile no|mobile number|mobile numbers|mobile phone|mobile phone number|phone
    phone no|phone number|phone numbers|tel|tel no|tel number|telephone|telephone no
    telephone number|telephone numbers|e mail|e mail address|email|email address|email addresses
    emails
"""
_BETWEEN = frozenset({"a", "and", "for", "of", "or", "s", "the", "their"})
_AT_WORK = frozenset({
    "advocate", "head", "iro", "manager", "managers", "officer", "practitioner", "reviewing",
    "social", "staff", "sw", "team", "tm", "worker", "workers",
})  # fmt: skip
"""What in brackets behind "Name" says that it is no child's."""
_JOINED = re.compile("(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
"""Where a program joined words: DateOfBirth, NHSNumber."""


@cache
def says_who(heading: str) -> bool:
    """Whether what stands below a heading says who a child is, or who is near to one."""
    bare = _bare(heading)
    if _is_whos(bare) or _is_whos(_bare(_JOINED.sub(" ", heading))):
        return True
    before = _bare(heading.split("(", maxsplit=1)[0])
    at_work = not _AT_WORK.isdisjoint(bare.split()) and not _matches(_one_of(_PEOPLE), before)
    return _is_whos(before) and not at_work


def _bare(heading: str) -> str:
    """A heading without what stands between its words, and without numbers."""
    words = heading_key(heading).split()
    return " ".join(word for word in words if word not in _BETWEEN and not word.isdecimal())


def _is_whos(bare: str) -> bool:
    return _matches(_one_of(_THINGS), bare) and _whole().fullmatch(f"{bare} ") is not None


def _matches(pattern: re.Pattern[str], bare: str) -> bool:
    return pattern.search(bare) is not None


@cache
def _whole() -> re.Pattern[str]:
    return re.compile(rf"(?:(?:{_forms(_THINGS)}|{_forms(_PEOPLE)}|{_forms(_NEUTRAL)}) )+")


@cache
def _one_of(table: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_forms(table)})\b")


def _forms(table: str) -> str:
    """The forms of a table, the longest first."""
    forms = (form.strip() for line in table.splitlines() for form in line.split("|"))
    return "|".join(sorted(filter(None, forms), key=len, reverse=True))
