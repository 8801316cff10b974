"""A locked value opened by the words of `docs/format.md` alone: nothing here is footprint's."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = (Path(__file__).parents[2] / "docs" / "format.md").read_text("utf-8")


def example(name: str) -> list[str]:
    found = re.search(rf"<!-- example: {name} -->\n```\w+\n(.*?)\n```", FORMAT, re.DOTALL)
    assert found
    return found[1].split()


def key_of(code: str) -> bytes:
    """56 signs of 5 bits: the key, and 3 bytes of a digest of it."""
    listed = re.search(r"^    (0 1 2 .*)$", FORMAT, re.MULTILINE)
    assert listed
    signs = listed[1].split()
    bits = "".join(f"{signs.index(sign):05b}" for sign in code.replace("-", ""))
    whole = int(bits, 2).to_bytes(35, "big")
    assert whole[32:] == sha256(b"footprint/vault-code/v1\n" + whole[:32]).digest()[:3]
    return whole[:32]


def opened(key: bytes, value: bytes, data: bytes) -> bytes:
    """0x00, 0x01, 4 bytes of the key's id, 12 of the nonce, the ciphertext and its tag."""
    assert value[:2] == b"\x00\x01"
    assert value[2:6] == sha256(b"footprint/vault-key/v1\n" + key).digest()[:4]
    return AESGCM(key).decrypt(value[6:18], value[18:], data)


def test_the_example_opens() -> None:
    """With the recovery code and the page: the case number, and words that were committed to."""
    (code,) = example("recovery code")
    key = key_of(code)
    assert key == b"\x2a" * 32
    child, words = map(bytes.fromhex, example("locked"))
    assert opened(key, child, b"footprint/locked-child/v1\nCH-0000001\n") == b"204117"
    place = b"CH-0000001\n1\nchallenge.raised\n"
    plain = opened(key, words, b"footprint/locked-words/v1\n" + place)
    salt, said = plain[:32], plain[32:]
    assert salt == b"\x07" * 32
    (clear,) = re.findall(r"<!-- example: words -->\n```json\n(.*?)\n```", FORMAT)
    assert said == clear.encode()
    sealed = sha256(b"footprint/words/v1\n" + place + salt + said).hexdigest()
    assert f"commitment {sealed}" in FORMAT
