"""`log` and `pow` with Go's last bits.

The master computes hyperparameters and rungs with Go's math package on amd64, whose results differ from C's in the
last bits: enough to change a `log` hyperparameter's digits, or to lose a rung (log 243 / log 3). The algorithms are
public: FreeBSD's for log, Shibata's for exp with fused multiply-add, squarings for the whole part of a power.
"""

from __future__ import annotations

from math import frexp, inf, ldexp, modf, sqrt

_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_LOG_ODD = (1.479819860511658591e-01, 1.818357216161805012e-01, 2.857142874366239149e-01, 6.666666666666735130e-01)
_LOG_EVEN = (1.531383769920937332e-01, 2.222219843214978396e-01, 3.999999999940941908e-01)
_SQRT_HALF = 7.07106781186547524401e-01

_LOG2_E = 1.4426950408889634073599246810018920
_EXP_LN2_HIGH = 0.69314718055966295651160180568695068359375
_EXP_LN2_LOW = 0.28235290563031577122588448175013436025525412068e-12
_EXP_TAYLOR = (
    2.4801587301587301587e-5,
    1.9841269841269841270e-4,
    1.3888888888888888889e-3,
    8.3333333333333333333e-3,
    4.1666666666666666667e-2,
    1.6666666666666666667e-1,
    0.5,
    1.0,
)


def log(x: float) -> float:
    """The natural logarithm of a positive number."""
    fraction, exponent = frexp(x)
    if fraction <= _SQRT_HALF:
        fraction, exponent = fraction * 2, exponent - 1
    f = fraction - 1
    s = f / (2 + f)
    s2 = s * s
    s4 = s2 * s2
    remainder = s2 * _horner(_LOG_ODD, s4) + s4 * _horner(_LOG_EVEN, s4)
    half_square = 0.5 * f * f
    return exponent * _LN2_HIGH - ((half_square - (s * (half_square + remainder) + exponent * _LN2_LOW)) - f)


def exp(x: float) -> float:
    """e to a finite power that does not overflow."""
    exponent = round(_LOG2_E * x)
    reduced = _fused(-_EXP_LN2_HIGH, exponent, x)
    reduced = _fused(-_EXP_LN2_LOW, exponent, reduced) * 0.0625
    series = _EXP_TAYLOR[0]
    for coefficient in _EXP_TAYLOR[1:]:
        series = _fused(series, reduced, coefficient)
    power = reduced * series
    for _ in range(3):
        power *= power + 2
    return ldexp(_fused(power + 2, power, 1.0), exponent)


def power(x: float, y: float) -> float:
    """x to the y for a positive x: what Go's Pow gives."""
    if y == 0 or x == 1:
        return 1.0
    if y == 1:
        return x
    if abs(y) == 0.5:
        return sqrt(x) if y > 0 else 1 / sqrt(x)
    return _general_power(x, y)


def _general_power(x: float, y: float) -> float:
    fraction, whole = modf(abs(y))
    if fraction > 0.5:
        fraction, whole = fraction - 1, whole + 1
    result = exp(fraction * log(x)) if fraction else 1.0
    result, exponent = _times_whole_power(result, x, int(whole))
    if y < 0:
        result, exponent = 1 / result, -exponent
    return _scaled(result, exponent)


def _times_whole_power(start: float, x: float, times: int) -> tuple[float, int]:
    """start * x ** times as a float and a power of two, by squarings of x."""
    square, square_exponent = frexp(x)
    result, exponent = start, 0
    while times:
        if abs(square_exponent) > 1 << 12:
            return result, exponent + square_exponent
        if times & 1:
            result, exponent = result * square, exponent + square_exponent
        square, square_exponent = square * square, square_exponent * 2
        if square < 0.5:
            square, square_exponent = square * 2, square_exponent - 1
        times >>= 1
    return result, exponent


def _scaled(fraction: float, exponent: int) -> float:
    try:
        return ldexp(fraction, exponent)
    except OverflowError:
        return inf


def _horner(coefficients: tuple[float, ...], x: float) -> float:
    value = coefficients[0]
    for coefficient in coefficients[1:]:
        value = value * x + coefficient
    return value


def _fused(a: float, b: float, c: float) -> float:
    """a * b + c rounded once, as the processor's fused multiply-add does."""
    (a_top, a_bottom), (b_top, b_bottom), (c_top, c_bottom) = (float(n).as_integer_ratio() for n in (a, b, c))
    product_bottom = a_bottom * b_bottom
    return (a_top * b_top * c_bottom + c_top * product_bottom) / (product_bottom * c_bottom)
