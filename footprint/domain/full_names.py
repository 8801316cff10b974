"""What in a text looks like a full name: a guess from capitals, and from lists of words.

Two to four capitalised words in a row are a name, where none of them is an ordinary word, a role
or a day, none after them makes a place or a body of them (Kestrel House), and the policy's labels
do not have them. A word that the same text has in small letters is ordinary as well.

Its limits: a given name or a surname alone, a title with a surname, initials, small letters only,
"Surname, Given", and scripts without capitals are not seen; nor is a name of which the lists know
one part as something else (April, Street), nor a given name that they do not know where it begins
a sentence before one they know, or stands behind in, at or near. A place, body or product of two
capitalised words that the lists do not know is taken for a name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from footprint.domain.name_words import BODIES, GIVEN, ORDINARY, ORDINARY_ENDS

_WORD = r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*"
_POSSESSIVE = ("'s", "\u2019s")
_PARTICLES = frozenset({
    "van", "von", "der", "den", "de", "da", "di", "du", "del", "dos", "la", "le", "el", "al", "bin",
    "bint", "ibn", "ap",
})  # fmt: skip
_PLACED = frozenset({"in", "at", "near", "hmp"})
_NO_WORD_OF_A_SENTENCE = (".", "!", "?", ":", ";", "\n", "•", "*", "-")
_OF_VERBS = ("ed", "ing", "ly")
_MOST = 4


class _Token(NamedTuple):
    """A word: where it is, how it is compared, and what it can be in a name."""

    start: int
    end: int
    plain: str
    part: str


def full_names(text: str, known: Iterable[str] = ()) -> Iterator[str]:
    """Each stretch of the text that looks like a full name.

    Args:
        text: any text.
        known: phrases that are nobody's name; their words in small letters are ordinary.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not any(map(str.isupper, text)):
        return
    ordinary, rows = _nobody(frozenset(known))
    small = _small_words(text) | ordinary
    for before, piece in _pieces(text, _tokens(text, small)):
        said = text[piece[0].start : piece[-1].end]
        if _is_name(piece, before, text) and not _is_known(_row(said), rows):
            yield said


@cache
def _nobody(phrases: frozenset[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The words in small letters and the rows of phrases that are nobody's name.

    Whoever looks at many texts asks with the same phrases each time.
    """
    small = frozenset[str]().union(*map(_small_words, phrases))
    return small, tuple(_row(phrase) for phrase in phrases if phrase.strip())


@cache
def _words() -> re.Pattern[str]:
    return re.compile(_WORD)


def _small_words(text: str) -> frozenset[str]:
    return frozenset(found[0] for found in _words().finditer(text) if found[0].islower())


# --- words ------------------------------------------------------------------------------------


def _tokens(text: str, small: frozenset[str]) -> Iterator[_Token]:
    for found in _words().finditer(text):
        word, end = found[0], found.end()
        if word.endswith(_POSSESSIVE):
            word, end = word[:-2], end - 2
        yield _Token(found.start(), end, word.casefold(), _part(word, small))


def _part(word: str, small: frozenset[str]) -> str:
    """What a word can be in a name: name, caps, initial or particle; else body, or nothing."""
    if word in _PARTICLES:
        return "particle"
    if not word[0].isupper():
        return ""
    plain = word.casefold()
    halves = _halves(plain)
    if halves[0] not in GIVEN:
        if not BODIES.isdisjoint(halves):
            return "body"
        if plain in small or not ORDINARY.isdisjoint(halves) or plain.endswith(ORDINARY_ENDS):
            return ""
        if len(word) == 1:
            return "initial"
    return "caps" if word.isupper() else "name"


def _halves(plain: str) -> list[str]:
    """What stands between hyphens and apostrophes."""
    return plain.replace("'", "-").replace("\u2019", "-").split("-")


# --- runs of them -----------------------------------------------------------------------------


def _pieces(text: str, tokens: Iterator[_Token]) -> Iterator[tuple[_Token | None, list[_Token]]]:
    """Each row of words that could be a name, trimmed, with the word before it.

    A row ends at a word that is in no name, and is dropped where that word makes a body of it.
    """
    piece: list[_Token] = []
    last, before = None, None
    for token in (*tokens, _Token(len(text), len(text), "", "")):
        joined = last is not None and _joins(text[last.end : token.start], last)
        if piece and not (joined and token.part not in ("", "body")):
            if trimmed := _trimmed([] if joined and token.part == "body" else piece):
                yield before, trimmed
            piece = []
        if token.part not in ("", "body"):
            before = before if piece else last
            piece.append(token)
        last = token


def _joins(gap: str, last: _Token) -> bool:
    return gap in (" ", "  ", "\u00a0") or (gap == ". " and last.part == "initial")


def _trimmed(piece: list[_Token]) -> list[_Token]:
    """The row from its first word that is a name to its last that is more than a letter."""
    names = [at for at, token in enumerate(piece) if token.part == "name"]
    ends = [at for at, token in enumerate(piece) if token.part in ("name", "caps")]
    return piece[names[0] : ends[-1] + 1] if names else []


def _is_name(piece: list[_Token], before: _Token | None, text: str) -> bool:
    """Whether a row of words that could be names is one."""
    words = [token for token in piece if token.part in ("name", "caps")]
    if not 1 < len(words) <= _MOST:
        return False
    first, second = words[:2]
    if _halves(first.plain)[0] in GIVEN:
        return True
    if any(word.part == "caps" for word in words):  # behind a name that is not known, an acronym
        return False
    if before and before.plain in _PLACED and _joins(text[before.end : first.start], before):
        return False
    verb = second.plain in GIVEN or first.plain.endswith(_OF_VERBS)
    return not (verb and _begins(text, first.start))


def _begins(text: str, at: int) -> bool:
    """Whether a word begins a sentence, where any word has a capital."""
    said = text[max(0, at - 8) : at].rstrip(" \t\u00a0'\"\u2018\u201c([")
    return not said or said.endswith(_NO_WORD_OF_A_SENTENCE)


def _is_known(said: str, phrases: Iterable[str]) -> bool:
    """Whether a phrase that is nobody's name is in it, or has it."""
    return any(said in phrase or phrase in said for phrase in phrases)


def _row(text: str) -> str:
    """The words of a text, plain, each between two spaces."""
    return f" {' '.join(found[0].casefold() for found in _words().finditer(text))} "
