"""Cells of words that are codes after all, or that say that there was nothing.

A column of what a manager said also has "Agreed" in it, and "No response received from the team
manager", which is no answer. The first is the code that it is; the second is asked about, as a
mapping can say what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from footprint.intake.fields import FIELDS, PROSE
from footprint.intake.lexicon import Lexicon

_ANSWERED = "answered"
_CODE_OF = {words: code for code, words in PROSE.items() if code.startswith((_ANSWERED, "impact"))}
"""The code of which words say more, where they alone show that there was an answer or an impact."""
SETTLED = frozenset(_CODE_OF)
"""The fields of words that are looked at so."""
_NO_ANSWER = re.compile(
    r"(?:there (?:was|is|has been) |still |tm |sw |manager )?(?:has |have |had )?"
    r"(?:(?:no|nil|without|never|not) (?:\w+ ){0,3}?(?:respon|repl|answer|feedback|receiv|hear)"
    r"|(?:not yet|none|nothing)\b|await|waiting|outstanding|pending|chas|overdue|did not|didn)"
)
_ASKED = (
    "it may say that there was no answer; say so in a mapping, [values.responses]:"
    ' "" where there was none, "not-known" where it is one'
)


def settle(values: dict[str, Any], lexicon: Lexicon) -> Iterator[tuple[str, str, str]]:
    """Take words that are a code for it, in the values of a row; tell what has to be asked.

    Args:
        values: what a row says, by field.
        lexicon: what its values mean.

    Yields:
        The field, the words and the reason, where it cannot be told whether there was an answer.
    """
    for words, code in _CODE_OF.items():
        text = values.get(words)
        if text is None or values.get(code):
            continue
        name, move = FIELDS[code].codes, words.split(".", maxsplit=1)[0]
        if (meant := lexicon.certain(name, text)) is not None:
            lexicon.find(name, text)  # so that it is shown with the other values
            values.setdefault(code, meant)
            if not meant:
                del values[words]
        elif _is_doubtful(move, text) and values.keys().isdisjoint({code, f"{move}.on"}):
            yield words, text, _ASKED


def _is_doubtful(move: str, text: str) -> bool:
    return move.startswith(_ANSWERED) and _NO_ANSWER.match(text.casefold()) is not None
