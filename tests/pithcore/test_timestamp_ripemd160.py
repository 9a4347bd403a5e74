"""RIPEMD-160 agrees with its authors' test values, and with OpenSSL where that has it."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pithcore.timestamp import ripemd160

# From the authors' page of RIPEMD-160, appendix B of the paper.
KNOWN = {
    b"": "9c1185a5c5e9fc54612808977ee8f548b2258d31",
    b"a": "0bdc9d2d256b3ee9daae347be6f4dc835a467ffe",
    b"abc": "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc",
    b"message digest": "5d0689ef49d2fae572b881b123a85ffa21595f36",
    b"abcdefghijklmnopqrstuvwxyz": "f71c27109c692c1b56bbdceb5b9d2865b3708dbc",
    b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq": (
        "12a053384a9c0c88e405a06c27dcf49ada62eb2b"
    ),
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789": (
        "b0e20b6e3116640286ed3a87a5713079b21f5189"
    ),
    b"1234567890" * 8: "9b752e45573d4b39f4dbd3323cab82bf63326bfb",
}


@pytest.mark.parametrize("message", KNOWN, ids=len)
def test_known_digests(message: bytes) -> None:
    """The authors' messages have the authors' digests."""
    assert ripemd160(message).hex() == KNOWN[message]


@given(st.binary(max_size=300))
def test_agrees_with_openssl(message: bytes) -> None:
    """Any message has the digest that OpenSSL computes, at every length around a block's end."""
    if "ripemd160" not in hashlib.algorithms_available:
        pytest.skip("hashlib has no ripemd160 here")
    assert ripemd160(message) == hashlib.new("ripemd160", message).digest()
