"""Invented numbers that pass the checks real ones pass: tax codes, cards, IBAN."""

from __future__ import annotations

from random import Random

_TAX_CODE_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_OFFICES = ("01", "02", "03", "04", "31")


def tax_code(rng: Random, branch: str = "", offices: tuple[str, ...] = _OFFICES) -> str:
    """Ten digits, the last by the rule of Circular 105/2020/TT-BTC; with `branch`, one in five has a suffix."""
    nine = f"{rng.choice(offices)}{rng.randrange(1, 10**7):07d}"
    rest = sum(weight * int(digit) for weight, digit in zip(_TAX_CODE_WEIGHTS, nine, strict=True)) % 11
    if rest == 0:
        return tax_code(rng, branch, offices)
    suffix = f"-{rng.randrange(1, 30):03d}" if branch and rng.random() < 0.2 else ""
    return f"{nine}{10 - rest}{suffix}"


def luhn(rng: Random, prefix: str, size: int) -> str:
    """`size` digits that begin with `prefix`, the last by Luhn's rule."""
    body = prefix + shape(rng, "9" * (size - len(prefix) - 1))
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(reversed(body)))
    return f"{body}{-total % 10}"


def iban(rng: Random) -> str:
    """A German IBAN with its ISO 13616 check digits."""
    account = shape(rng, "9" * 18)
    return f"DE{98 - int(account + '131400') % 97:02d}{account}"


def shape(rng: Random, form: str) -> str:
    """`form` with each 9 replaced by a digit and each A by a capital letter."""
    letters = {"9": "0123456789", "A": "ABCDEFGHJKLMNPRSTUVWXYZ"}
    return "".join(rng.choice(letters[sign]) if sign in letters else sign for sign in form)
