"""Records: made by name, compared by what they say, and never changed."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footprint.domain.record import Record


class Plain(Record):
    """What its subclass goes on from."""

    name: str
    count: int = 3


class Grown(Plain):
    """One more that has to be given, one of another default, and a name that is no fact."""

    topic = "grown"
    day: str
    count: int = 4


class Unknown(Plain):
    """One that may not be known, and one that is something until it is said."""

    why: str | None = None
    told: bool = False


def test_facts_are_declared_as_in_a_dataclass() -> None:
    """Those of the base first, with the types and defaults as they are written."""
    assert (Plain.kinds, Plain.defaults) == ({"name": "str", "count": "int"}, {"count": 3})
    assert list(Grown.kinds) == ["name", "count", "day"]
    assert Grown.defaults == {"count": 4}
    assert (Plain.may_be_absent(), Unknown.may_be_absent()) == (set(), {"why"})


def test_what_need_not_be_given_has_its_default() -> None:
    """And what is given has what was given."""
    assert vars(Grown(name="a", day="b")) == {"name": "a", "count": 4, "day": "b"}
    assert Plain(name="a", count=1).count == 1


@pytest.mark.parametrize("facts", [{}, {"count": 1}, {"name": "a", "colour": "b"}], ids=str)
def test_what_is_missing_or_unknown_is_refused(facts: dict[str, object]) -> None:
    """A slip in a name is seen at once."""
    with pytest.raises(TypeError, match="no fact of it: "):
        Plain(**facts)


def test_nothing_changes() -> None:
    """A record is what it was made as; `but` makes another."""
    one = Plain(name="a")
    with pytest.raises(AttributeError, match="frozen"):
        one.name = "b"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="frozen"):
        del one.name
    assert (one.but(name="b"), one) == (Plain(name="b"), Plain(name="a"))


@given(st.text(), st.integers(), st.text(), st.integers())
def test_equal_is_what_says_the_same(a: str, m: int, b: str, n: int) -> None:
    """Whichever order it was given in; and it has the same hash."""
    one, other = Plain(name=a, count=m), Plain.of({"count": n, "name": b})
    assert (one == other) == ((a, m) == (b, n))
    assert one != other or hash(one) == hash(other)
    assert Grown(name=a, day=b, count=m) != one
    assert pickle.loads(pickle.dumps(other)) == other  # noqa: S301 - our own
    assert repr(one) == f"Plain(name={a!r}, count={m!r})"
