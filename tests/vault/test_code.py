"""The recovery code: read back as it was printed, and a slip of the pen is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footprint.errors import Misused
from footprint.vault.code import code_of, key_of

KEYS = st.binary(min_size=32, max_size=32)
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@given(KEYS)
def test_a_code_is_read_back(key: bytes) -> None:
    """Also in small letters, in lines, and with the letters that look like digits."""
    code = code_of(key)
    assert [len(group) for group in code.split("-")] == [4] * 14
    assert set(code) <= {*SIGNS, "-"}
    for written in (
        code, code.lower(), code.replace("-", ""), code.replace("-", "\r\n "),
        code.replace("1", "l").replace("0", "o"), code.replace("1", "I").replace("0", "O"),
    ):  # fmt: skip
        assert key_of(written) == key


@given(KEYS, st.data())
def test_a_sign_that_is_mistaken_is_found(key: bytes, data: st.DataObject) -> None:
    """One is another; two beside each other change places; one is left out, or is there twice."""
    code = code_of(key).replace("-", "")
    at = data.draw(st.integers(0, len(code) - 2))
    other = data.draw(st.sampled_from(SIGNS).filter(lambda sign: sign != code[at]))
    slips = {
        code[:at] + other + code[at + 1 :],
        code[:at] + code[at + 1] + code[at] + code[at + 2 :],
        code[:at] + code[at + 1 :],
        code[:at] + code[at] + code[at:],
    } - {code}
    for slip in slips:
        with pytest.raises(Misused) as refused:
            key_of(slip)
        assert slip[:8] not in str(refused.value)


@given(st.text())
def test_what_is_no_code_is_refused(typed: str) -> None:
    """Anything may be typed."""
    with pytest.raises(Misused):
        key_of(typed)


def test_the_same_code_as_ever() -> None:
    """A printed code has to be read in 75 years."""
    code = "58N2-MAHA-58N2-MAHA-58N2-MAHA-58N2-MAHA-58N2-MAHA-58N2-MAHA-58N4-WNMD"
    assert code_of(b"\x2a" * 32) == code
