"""The check digit of Vietnamese tax codes; its source stands beside the rules in `classifiers/vn/`."""

from __future__ import annotations

_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
#: What three digits, from the first, fourth and seventh on, add to the weighted sum of a tax code.
_TAX_SUMS = tuple(
    {
        f"{number:03d}": sum(weight * int(digit) for weight, digit in zip(weights, f"{number:03d}", strict=True))
        for number in range(1000)
    }
    for weights in (_TAX_WEIGHTS[:3], _TAX_WEIGHTS[3:6], _TAX_WEIGHTS[6:])
)


def tax_check_digit(digits: str) -> int:
    """Return the tenth digit that follows nine of a tax code; 10 where none does. `digits` may be longer."""
    try:
        total = _TAX_SUMS[0][digits[:3]] + _TAX_SUMS[1][digits[3:6]] + _TAX_SUMS[2][digits[6:9]]
    except KeyError:  # digits of another script, or fewer
        total = sum(weight * int(digit) for weight, digit in zip(_TAX_WEIGHTS, digits, strict=False))
    return 10 - total % 11
