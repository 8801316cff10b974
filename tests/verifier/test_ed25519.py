"""Ed25519 in plain Python: the RFC's vectors, and the same answers as OpenSSL on everything."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st
from verifier_helpers import standalone

VECTORS = json.loads(
    (Path(__file__).parent.parent / "vectors" / "ed25519_rfc8032.json").read_text("utf-8")
)["ed25519"]
P, L = standalone.P, standalone.L
verify = standalone.ed25519.__wrapped__
"""Without the memory of earlier answers."""


def openssl(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_vectors_of_rfc_8032_are_good(vector: dict[str, str]) -> None:
    """Section 7.1; and one bit changed anywhere is bad."""
    parts = [bytes.fromhex(vector[name]) for name in ("public", "message", "signature")]
    assert verify(*parts)
    for which, part in enumerate(parts):
        for at in {0, len(part) // 2, len(part) - 1} if part else ():
            changed = part[:at] + bytes([part[at] ^ 1]) + part[at + 1 :]
            assert not verify(*parts[:which], changed, *parts[which + 1 :])
    assert not verify(parts[0], parts[1] + b"x", parts[2])


def test_the_base_point_is_that_of_rfc_8032() -> None:
    """Section 5.1: its coordinates, and its order."""
    x, y, z, t = standalone.BASE
    assert (y * 5 - 4 * z) % P == (x * y - t * z) % P == 0
    assert x == 15112221349535400772501151409588531511454012693041857206046113283949847762202


@settings(max_examples=40)
@given(
    seed=st.binary(min_size=32, max_size=32),
    message=st.binary(max_size=200),
    which=st.integers(0, 2),
    at=st.integers(0, 10_000),
    bit=st.integers(0, 7),
)
def test_a_signature_is_good_until_anything_is_changed(
    seed: bytes, message: bytes, which: int, at: int, bit: int
) -> None:
    """A signature that OpenSSL makes is good; with a bit changed the answer is that of OpenSSL."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    parts = [key.public_key().public_bytes_raw(), message, key.sign(message)]
    assert verify(*parts)
    if parts[which]:
        changed = bytearray(parts[which])
        changed[at % len(changed)] ^= 1 << bit
        parts[which] = bytes(changed)
        assert not verify(*parts)
        assert not openssl(*parts)


@settings(max_examples=40)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=9), st.binary(max_size=70))
def test_any_bytes_get_the_answer_of_openssl(public: bytes, message: bytes, sign: bytes) -> None:
    """Keys that are no points, signatures of any length: false, and no exception."""
    assert verify(public, message, sign) == openssl(public, message, sign)
    assert not verify(public[:31], message, sign.ljust(64, b"\0"))
    assert not verify(b"", message, sign)


def encoded(y: int, sign: int) -> bytes:
    return (y | sign << 255).to_bytes(32, "little")


def small_order() -> list[bytes]:
    """Every encoding of the points of order 1, 2, 4 and 8, and of y not below p."""
    eighth = 2707385501144840649318225287225658788936804267575313519463743609750303021540
    other = P - eighth
    exact = [1, P - 1, 0, eighth, other]
    return [
        encoded(y, sign)
        for y in [*exact, *(y + P for y in range(19)), *range(2, 5)]
        for sign in (0, 1)
    ]


def test_points_of_small_order_and_other_encodings_are_as_openssl_has_them() -> None:
    """Where implementations differ, this one takes what OpenSSL takes, and refuses the rest."""
    answers = set()
    for public, point in product(small_order(), small_order()[:14]):
        for s in (0, 1, L - 1, L):
            signature = point + s.to_bytes(32, "little")
            if s and public != point:
                continue
            answer = verify(public, b"any", signature)
            assert answer == openssl(public, b"any", signature), (public.hex(), signature.hex())
            answers.add(answer)
    assert answers == {True, False}


@pytest.mark.parametrize("vector", VECTORS[:3], ids=lambda vector: vector["name"])
def test_a_second_form_of_a_good_signature_is_refused(vector: dict[str, str]) -> None:
    """S + L, S + 2L and so on: the same number to the group, and not the same bytes."""
    public, message, good = (bytes.fromhex(vector[k]) for k in ("public", "message", "signature"))
    s = int.from_bytes(good[32:], "little")
    for times in range(1, (2**256 - s) // L + 1):
        other = good[:32] + (s + times * L).to_bytes(32, "little")
        assert not verify(public, message, other)
        assert not openssl(public, message, other)
