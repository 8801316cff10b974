"""What somebody may have meant by a name that is none here: asked, and never acted on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

_LIKE = 0.65
"""How much of two names has to be the same, from 0 to 1."""
_MOST = 3


def nearest(given: str, names: Iterable[str]) -> list[str]:
    """The names that are most like what was given, the nearest first; none where none is like it.

    Case does not matter.
    """
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake pays for it

    forms = {name.casefold(): name for name in names}
    near = get_close_matches(given.casefold(), forms, n=2 * _MOST, cutoff=_LIKE)
    return [forms[form] for form in near]


def did_you_mean(given: str, forms: Mapping[str, str] | Iterable[str]) -> str:
    """The question that a mistake gets, such as "Did you mean close or reopen?"; or nothing.

    Args:
        given: what was typed.
        forms: the names that there are; or each way of writing one, and what to say for it.
    """
    said = forms if isinstance(forms, Mapping) else {name: name for name in forms}
    meant = list(dict.fromkeys(said[form] for form in nearest(given, said)))[:_MOST]
    return f"Did you mean {either(meant)}?" if meant else ""


def either(names: Sequence[str]) -> str:
    """Several names in a sentence: a, b or c."""
    return " or ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def both(names: Sequence[str]) -> str:
    """All of several names in a sentence: a, b and c."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
