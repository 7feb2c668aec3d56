"""Linear forms over many unknowns, few in each: which follow when some of them are 0, and which add up to another.

Numbers are taken modulo a prime of 61 bits, so that they stay small and division is exact. What is 0 as a fraction is 0
here; the opposite fails only where the prime divides a determinant made of how often groups count people.
"""

from __future__ import annotations

import heapq
import secrets
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PRIME = (1 << 61) - 1
#: Factors by the numbers of the unknowns, none of them 0.
Form = dict[int, int]


class TooMuch(Exception):  # noqa: N818 - nothing is wrong
    """More work than was allowed."""


class Work:
    """How many terms may still be added up before `TooMuch` is raised: a time that is the same on every machine."""

    def __init__(self, terms: int) -> None:
        self._left = terms

    def spend(self, terms: int) -> None:
        """Take what is about to be done. Raises `TooMuch`."""
        self._left -= terms
        if self._left < 0:
            raise TooMuch


class Solved:
    """Equations that say of forms that they are 0, solved for some of the unknowns."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._known: dict[int, Form] = {}
        self._users: defaultdict[int, set[int]] = defaultdict(set)

    def require(self, forms: Iterable[Form]) -> None:
        """Take each form to be 0, short ones first: most say that one unknown is 0 or that two are opposite."""
        pending = [(len(form), number, form) for number, form in enumerate(forms)]
        heapq.heapify(pending)
        while pending:
            _, number, form = heapq.heappop(pending)
            form = self.reduce(form)
            if pending and len(form) > pending[0][0]:
                heapq.heappush(pending, (len(form), number, form))
            elif form:
                self._solve(form)

    def reduce(self, form: Form) -> Form:
        """Return the form without the unknowns that are solved; empty where it is 0."""
        found: Form = {}
        self._work.spend(len(form))
        for unknown, factor in form.items():
            value = self._known.get(unknown)
            if value is None:
                found[unknown] = found.get(unknown, 0) + factor
            elif value:
                self._work.spend(len(value))
                for other, of_other in value.items():
                    found[other] = (found.get(other, 0) + factor * of_other) % PRIME
        return {unknown: left for unknown, factor in found.items() if (left := factor % PRIME)}

    def _solve(self, form: Form) -> None:
        """Solve for the unknown that stands in the fewest others' values, and put it into these."""
        unknown = min(form, key=lambda one: (len(self._users.get(one, ())), one))
        inverse = pow(form[unknown], -1, PRIME)
        value = {other: -factor * inverse % PRIME for other, factor in form.items() if other != unknown}
        users = self._users.pop(unknown, set())
        self._work.spend((len(users) + 1) * len(form))
        for user in users:
            known = self._known[user]
            add(known, value, known.pop(unknown))
            for other in value:
                if other in known:
                    self._users[other].add(user)
                else:
                    self._users[other].discard(user)
        self._known[unknown] = value
        for other in value:
            self._users[other].add(unknown)


def add(form: Form, other: Form, factor: int) -> None:
    """Add `factor` times another form to one, in place."""
    for unknown, of_other in other.items():
        value = (form.get(unknown, 0) + factor * of_other) % PRIME
        if value:
            form[unknown] = value
        else:
            form.pop(unknown, None)


def direction(form: Form) -> tuple[tuple[int, int], ...]:
    """Return what forms that are multiples of one another have in common. Not for the empty one."""
    inverse = pow(form[min(form)], -1, PRIME)
    return tuple(sorted((unknown, factor * inverse % PRIME) for unknown, factor in form.items()))


def circuit(forms: Sequence[Form], one: int, others: Iterable[int], work: Work) -> list[int] | None:
    """Return some of `others` of which a sum with factors is the form `one`; `None` if there are none.

    No fewer of the same do. Those that come first are preferred. Raises `TooMuch`.
    """
    basis: dict[int, tuple[Form, Form]] = {}
    left, made = dict(forms[one]), Form()
    for other in others:
        work.spend(len(basis) + len(forms[other]))
        form, by = _against(basis, forms[other])
        if not form:
            continue
        add(by, {other: 1}, 1)
        pivot = min(form)
        basis[pivot] = form, by
        if pivot in left:
            factor = left[pivot] * pow(form[pivot], -1, PRIME) % PRIME
            add(left, form, -factor)
            add(made, by, factor)
            if not left:
                return list(made)
    return None


def drawn(pairs: Iterable[tuple[Form, Form]], work: Work) -> Form:
    """Return one of the sums, with factors, of the first forms of which the same sum of the second ones is 0.

    It is drawn at random: of a prime of 61 bits, it leaves out what these sums have in common by chance only. Raises
    `TooMuch`.
    """
    basis: dict[int, tuple[Form, Form]] = {}
    total = Form()
    for first, second in pairs:
        left, by = _against(basis, second)
        add(by, first, 1)
        work.spend(len(basis) + len(left) + len(by))
        if left:
            basis[min(left)] = left, by
        else:
            add(total, by, secrets.randbelow(PRIME - 1) + 1)
    return total


def _against(basis: dict[int, tuple[Form, Form]], form: Form) -> tuple[Form, Form]:
    """Return what is left of a form without the pivots of a basis, and the sum that was added to it."""
    left, by = dict(form), Form()
    for pivot, (held, of) in basis.items():
        if pivot in left:
            factor = left[pivot] * pow(held[pivot], -1, PRIME) % PRIME
            add(left, held, -factor)
            add(by, of, -factor)
    return left, by
