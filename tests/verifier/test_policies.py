"""Trust as the second verifier reads it: C2SP tlog-policy, and the first one's answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from verifier_helpers import standalone

from footprint.proof.key import WITNESS, Signer
from footprint.proof.policy import parse_policy

LOG = Signer("iro.example/log", b"\1" * 32).verifier.vkey
LOG2 = Signer("iro.example/log2", b"\2" * 32).verifier.vkey
SAME = Signer("iro.example/same", b"\1" * 32, WITNESS).verifier.vkey
W = [Signer(f"w{n}.example", bytes([10 + n]) * 32, WITNESS).verifier.vkey for n in range(4)]
THREE = "".join(f"witness w{n} {W[n]}\n" for n in range(3))

GOOD = [
    "quorum none\n",
    f"log {LOG}\nquorum none\n",
    f"log {LOG} https://log.example\nlog {LOG2}\nquorum none",
    f"# a remark\n\n \t \nlog {LOG}\n  # another\nwitness w {W[0]} https://w\nquorum w\n",
    f"log\t{LOG}\n{THREE}group g 2 w0 w1 w2\nquorum g\n",
    f"{THREE}group g any w0 w1\ngroup h all g w2\nquorum h\n",
    f"{THREE}quorum w1\nlog {LOG}\n",
    f"witness caf\u00e9 {W[0]}\nquorum caf\u00e9\n",
    f"{THREE}group all all w0\ngroup any any all w1\nquorum any\n",
]
BAD = [
    "", "quorum", "quorum nobody", "quorum none\nquorum none\n", "log x\nquorum none\n",
    f"log {W[0]}\nquorum none\n", f"witness w {LOG}\nquorum w\n",
    f"log {LOG}\nlog {LOG}\nquorum none\n", f"log {LOG}\nwitness w {SAME}\nquorum w\n",
    f"log {LOG} a b\nquorum none\n", f"witness w {W[0]} a b\nquorum w\n",
    f"witness none {W[0]}\nquorum none\n", f"witness w {W[0]}\nwitness w {W[1]}\nquorum w\n",
    f"{THREE}group g 0 w0\nquorum g\n", f"{THREE}group g 2 w0\nquorum g\n",
    f"{THREE}group g 01 w0\nquorum g\n", f"{THREE}group g +1 w0\nquorum g\n",
    f"{THREE}group g w0\nquorum g\n", f"{THREE}group g 1\nquorum g\n",
    f"{THREE}group g 1 w0 w0\nquorum g\n", f"{THREE}group g 1 none\nquorum g\n",
    f"{THREE}group g 1 g\nquorum g\n", f"{THREE}group g 1 h\ngroup h 1 w0\nquorum g\n",
    f"{THREE}group g 1 w0\ngroup h 1 w0\nquorum g\n", f"{THREE}group w0 1 w1\nquorum w0\n",
    f"quorum w\nwitness w {W[0]}\n", "quorum none\r\n", "quorum none\0\n", "quorum none\x7f\n",
    "quorum none \x0b\n", "trust none\n", "Quorum none\n", f"{THREE}group g 1.0 w0\nquorum g\n",
    f"{THREE}group g \u0661 w0\nquorum g\n", f"log {LOG[:-1]}\nquorum none\n",
]  # fmt: skip


def reads(data: bytes) -> bool:
    try:
        standalone.read_policy(data)
    except ValueError:
        return False
    return True


def reads_first(data: bytes) -> bool:
    try:
        parse_policy(data)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("text", GOOD)
def test_a_policy_is_read(text: str) -> None:
    """What C2SP allows, both read."""
    assert reads(text.encode())
    assert reads_first(text.encode())


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_policy_is_refused(text: str) -> None:
    """What C2SP and the page do not allow, neither reads."""
    assert not reads(text.encode())
    assert not reads_first(text.encode())


ITEMS = st.sampled_from(
    [*(f"w{n}" for n in range(3)), "none", "g", "h", "1", "2", "any", "all", "-"]
)
LINES = st.one_of(
    st.builds(lambda n: f"witness w{n} {W[n]}", st.integers(0, 2)),
    st.builds(lambda n, of: f"group {n} {' '.join(of)}", ITEMS, st.lists(ITEMS, max_size=4)),
    st.builds(lambda n: f"quorum {n}", ITEMS),
    st.sampled_from([f"log {LOG}", f"log {LOG2}", "", "# x", "x"]),
)


@given(st.lists(LINES, max_size=7), st.sampled_from(["none", "w0", "g"]))
def test_the_two_read_the_same_policies(lines: list[str], quorum: str) -> None:
    """Lines in any order: both take the whole for a policy, or neither does."""
    data = "\n".join([*lines, f"quorum {quorum}", ""]).encode()
    assert reads(data) == reads_first(data)


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """No other exception, whatever is given."""
    assert reads(data) == reads_first(data)
