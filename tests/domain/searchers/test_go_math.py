"""`log` and `pow` as Go computes them.

The expected values come from Go 1.26 on amd64; C differs from each of them in the last bits.
"""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakedet.domain.searchers.go_math import exp, log, power

POWERS = [
    ("0x1.8000000000000p+1", "-0x1.4b061f3cf7bb0p+2", "0x1.be6556f844694p-9"),
    ("0x1.00068db8bac71p+0", "-0x1.92bbe400cb9f4p+1", "0x1.ffd6c4c273097p-1"),
    ("0x1.8000000000000p+1", "-0x1.c675223653422p+2", "0x1.ad269bf544292p-12"),
    ("0x1.5bf0a8b145769p+1", "-0x1.c504535574998p+2", "0x1.ba0b098f1c8c3p-11"),
    ("0x1.d333333333333p+2", "-0x1.8000000000000p+2", "0x1.bb72b1de7fd16p-18"),
    ("0x1.00068db8bac71p+0", "0x1.de2e57cc5c1b1p+2", "0x1.0030fb491cc1ap+0"),
    ("0x1.0000000000000p+1", "-0x1.e860a20749e37p+1", "0x1.22ef40f54d42cp-4"),
    ("0x1.8000000000000p+1", "0x1.82d06abe38c52p+2", "0x1.7e8a4126716f0p+9"),
    ("0x1.0000000000000p-1", "-0x1.3ed1c2b8966a9p+3", "0x1.f3128e1f72bc8p+9"),
    ("0x1.5bf0a8b145769p+1", "-0x1.34a345da58b44p+1", "0x1.6f6e242213c31p-4"),
    ("0x1.f400000000000p+9", "-0x1.939d439195252p+0", "0x1.3882b2f92d014p-16"),
    ("0x1.00068db8bac71p+0", "0x1.e5a9ccd3b8b10p+2", "0x1.0031bf90fb77dp+0"),
    ("0x1.4000000000000p+1", "-0x1.87dadd0354dc8p+0", "0x1.f7be710caa112p-3"),
    ("0x1.0000000000000p+1", "-0x1.85a2c7d1418fap+1", "0x1.f09c30666c3f2p-4"),
    ("0x1.8000000000000p+1", "0x1.0fe6583a956bap+3", "0x1.61e7a1487155fp+13"),
    ("0x1.f400000000000p+9", "-0x1.fca7f7f04c8b9p+2", "0x1.bc002e98fb39bp-80"),
]
LOGS = [
    ("0x1.d972a93fbe057p-2", "-0x1.8af8dd812a448p-1"),
    ("0x1.3846c1c957e15p+2", "0x1.95c2ed2d4fa78p+0"),
    ("0x1.b8e81cce648c5p-2", "-0x1.af6e519ebedd4p-1"),
    ("0x1.2a788fd572999p+1", "0x1.b17b1a602f708p-1"),
    ("0x1.73d8000000000p+15", "0x1.58a7f802d49eep+3"),
    ("0x1.4b22000000000p+16", "0x1.6b20556dc291ep+3"),
    ("0x1.ae82ef0c65da1p+0", "0x1.0a22c44b6f418p-1"),
    ("0x1.ccb1645a91db7p-2", "-0x1.98f47526c04c0p-1"),
]


@pytest.mark.parametrize(("base", "exponent", "expected"), POWERS)
def test_power_has_the_last_bits_of_go(base, exponent, expected):
    assert power(float.fromhex(base), float.fromhex(exponent)).hex() == float.fromhex(expected).hex()


@pytest.mark.parametrize(("number", "expected"), LOGS)
def test_log_has_the_last_bits_of_go(number, expected):
    assert log(float.fromhex(number)).hex() == float.fromhex(expected).hex()


def test_log_243_over_log_3_is_five_as_in_go():
    assert int(log(243) / log(3)) == 5


@given(st.floats(0.1, 100), st.floats(-50, 50))
def test_power_is_within_a_few_bits_of_the_true_value(base, exponent):
    assert math.isclose(power(base, exponent), base**exponent, rel_tol=1e-14)


@given(st.floats(-20, 20))
def test_exp_undoes_log(number):
    assert math.isclose(log(exp(number)), number, rel_tol=1e-13, abs_tol=1e-13)


@pytest.mark.parametrize(("base", "exponent", "expected"), [(10, 400, math.inf), (10, -400, 0.0), (10, 0, 1.0)])
def test_power_leaves_the_range_of_floats_as_go_does(base, exponent, expected):
    assert power(base, exponent) == expected
