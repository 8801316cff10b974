"""What in a text looks as if it could identify somebody.

Signs, not proof: a sign is worth a question before it is recorded, and its absence promises
nothing. Pure, and linear in the length of the text. What is looked for:

- an NHS number: ten digits with or without spaces and hyphens, and a right check digit (NHS Data
  Dictionary, NHS NUMBER). One in eleven other numbers of ten digits has one too;
- a date of birth: a whole date beside a word that says so. A date alone is a meeting's;
- a postcode: the areas that exist and the grammar of PAF (Royal Mail), with or without its space;
- a telephone number: landline or mobile (Ofcom, National Telephone Numbering Plan), with 0, 0044
  or +44. Numbers that are no person's (03, 08, 09) and the few of ten digits are left out;
- a full name: see `footprint.domain.full_names`, which guesses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import NamedTuple

from footprint.domain.full_names import full_names

NAME, BIRTH, NHS, POSTCODE, PHONE = "name", "birth", "nhs", "postcode", "phone"


class Sign(NamedTuple):
    """What was found: its kind, and the text as it was written."""

    kind: str
    text: str


def signs(text: str, known: Iterable[str] = ()) -> tuple[Sign, ...]:
    """All that could identify somebody, each once, a kind after the other.

    Args:
        text: any text.
        known: phrases that are nobody's name, whatever they look like: the authority's labels.
    """
    numbered = _FINDERS if any(map(str.isdigit, text)) else {}
    found = [Sign(kind, said) for kind, find in numbered.items() for said in find(text)]
    found += [Sign(NAME, said) for said in full_names(text, known)]
    return tuple(dict.fromkeys(found))


# --- NHS numbers ----------------------------------------------------------------------------

_GAP = " \u00a0\u2010-\u2013-"  # the hyphens and dashes that word processors put in place of one
_DIGITS = 10
_USUAL = [3, 3, 4]


def is_nhs_number(digits: str) -> bool:
    """Whether these are ten digits of which the last checks the others.

    NHS Data Dictionary, NHS NUMBER: weights 10 to 2, modulus 11; a check digit of 10 is not used.
    """
    if not re.fullmatch("[0-9]{10}", digits):
        return False
    total = sum(int(digit) * (_DIGITS - at) for at, digit in enumerate(digits[:-1]))
    return (11 - total % 11) % 11 == int(digits[-1])


def _nhs_numbers(text: str) -> Iterator[str]:
    for run in _compiled(_RUN).finditer(text):
        groups = list(re.finditer("[0-9]+", run[0]))
        if run[0][0] == "+" or groups[0][0] == "0044":
            continue
        for first, last in _spans([len(group[0]) for group in groups]):
            start, end = groups[first].start(), groups[last].end()
            if is_nhs_number(re.sub("[^0-9]", "", run[0][start:end])):
                yield run[0][start:end]


_RUN = rf"(?<![\w/])\+?[0-9]++(?:[{_GAP}]{{1,3}}[0-9]++)*(?!\w|[/:][0-9])"
"""Groups of digits with spaces or hyphens between them."""


def _spans(sizes: list[int]) -> Iterator[tuple[int, int]]:
    """The groups, first and last, that may be one number: ten digits in all.

    Beside other numbers only where they are grouped as they usually are.
    """
    if sum(sizes) == _DIGITS:
        yield 0, len(sizes) - 1
        return
    yield from ((at, at) for at, size in enumerate(sizes) if size == _DIGITS)
    yield from ((at, at + 2) for at in range(len(sizes) - 2) if sizes[at : at + 3] == _USUAL)


# --- dates of birth -------------------------------------------------------------------------

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_NTH = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:[0-9]{4}|'?[0-9]{2})"
_DATE = (
    r"(?:(?:"
    rf"[0-9]{{1,2}}[/. -][0-9]{{1,2}}[/. -]{_YEAR}|[0-9]{{4}}[/.-][0-9]{{1,2}}[/.-][0-9]{{1,2}}"
    rf"|[0-9]{{8}}|{_NTH}[ -](?:of )?{_MONTH}[ -]?,? ?{_YEAR}|{_MONTH} {_NTH},? {_YEAR}"
    r")(?![0-9]))"
)
_BORN = r"(?<![\w-])(?:d\.?o\.?b\b\.?|date[ -]of[ -]birth|birth[ -]?date|born)"
_BETWEEN = r"[^.;!?\n0-9]{0,40}?"
_LINK = r"[ ,:(–-]{0,3}(?:(?:is|was|falls|being) )?(?:(?:on|of|the|his|her|their) ){0,2}"  # noqa: RUF001
_BIRTH = (
    rf"{_BORN}[.:]?{_BETWEEN}{_DATE}"
    rf"|\bbirthday{_LINK}{_DATE}"
    rf"|(?<![0-9/.-]){_DATE}{_LINK}(?:child's )?(?:{_BORN}\b|birthday\b)"
)


def _births(text: str) -> Iterator[str]:
    small = text.casefold()
    if any(word in small for word in ("born", "birth", "dob", "d.o")):  # the pattern is dear
        yield from (found[0] for found in _compiled(_BIRTH, re.IGNORECASE).finditer(text))


# --- postcodes ------------------------------------------------------------------------------

_AREAS = """
    AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY
    E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE
    LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL
    SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE
"""
AREAS = frozenset(_AREAS.split())
"""The 121 areas of the United Kingdom, and those of Guernsey, Jersey and the Isle of Man."""
_LETTERED = frozenset({"E", "EC", "N", "NW", "SE", "SW", "W", "WC"})
"""The areas of London in which a district may end in a letter, as in EC1A."""
_POSTCODE = (
    r"\b([A-Z]{1,2})(?:[0-9]{1,2}|[0-9]([ABCDEFGHJKMNPRSTUVWXY]))"
    rf"[{_GAP}]{{0,2}}([0-9][ABD-HJLNP-UW-Z]{{2}})\b"
)
_ORDINALS = ("st", "nd", "rd", "th")


def _postcodes(text: str) -> Iterator[str]:
    for found in _compiled(_POSTCODE, re.IGNORECASE).finditer(text):
        area = found[1].upper()
        # "s20 2nd review": an ordinal is written small.
        if area in AREAS and (not found[2] or area in _LETTERED) and found[3][1:] not in _ORDINALS:
            yield found[0]


# --- telephone numbers ----------------------------------------------------------------------

_PHONE = (
    rf"(?<![\w+/-])(?:(?:\+|00)44[{_GAP}]?(?:\(0\)[{_GAP}]?)?|\(?0)"
    rf"(?:1[1-9]|2[03489]|7[0-9])(?:[{_GAP}()]{{0,2}}[0-9]){{8}}(?!\w)"
)


def _phones(text: str) -> Iterator[str]:
    yield from (found[0] for found in _compiled(_PHONE).finditer(text))


@cache
def _compiled(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Compiled when it is first needed: most runs of the program look at no text."""
    return re.compile(pattern, flags)


_FINDERS: dict[str, Callable[[str], Iterator[str]]] = {
    BIRTH: _births, NHS: _nhs_numbers, POSTCODE: _postcodes, PHONE: _phones,
}  # fmt: skip
