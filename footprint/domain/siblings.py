"""The threads of other children that began with one, as its words name them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from footprint.domain.corrections import plain
from footprint.domain.entry import TOGETHER, Words
from footprint.domain.reference import meant


def named_in(words: Iterable[Words]) -> list[str]:
    """The streams that these words name, as they were recorded or corrected, in order."""
    texts = [text for said in words for name, text in said.items() if plain(name) == TOGETHER]
    given = [meant(one) for text in texts for one in re.split(r"[\s,;]+", text)]
    return sorted({stream for stream in given if stream})


def without_siblings(words: Words) -> dict[str, str]:
    """The words without them, as they were recorded and corrected."""
    return {name: text for name, text in words.items() if plain(name) != TOGETHER}
