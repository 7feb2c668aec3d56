"""What some words of a name say for a rule."""

from __future__ import annotations

from dataclasses import dataclass

from phantang.classify.rules.rule import Level

_RANK = {Level.STRONG: 3, Level.HEAD: 3, Level.WHOLE: 3, Level.PERSON: 2, Level.TAIL: 2, Level.WEAK: 1}


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """Rule number `rule` claims words `start` to `start + length` of a name of `total` words.

    `of_role`: the rest of the name says whose field it is (`nv_gt`), whatever the table is about. `guessed`: the words
    are what something in the name may be short for. `head`: it ends an English name, which is what that name is about.
    Claims of a name are found once and are equal to themselves only, so that they are quick keys.
    """

    rule: int
    level: Level
    start: int
    length: int
    total: int
    of_role: bool = False
    guessed: bool = False
    head: bool = False

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """Order of claims on one name: level, an English head, length, the earlier (Vietnamese heads come first)."""
        return (_RANK[self.level], self.head, self.length, -self.start)


def is_covered(one: Claim, other: Claim) -> bool:
    """Tell whether `other` takes the words of `one`: it is longer and around it, or earlier, as long, and overlaps it.

    In `don_vi_do` the words `vi do` belong to `don vi` (a unit of measure) and are no latitude; but a
    `gift_recipient_email` is a recipient's e-mail, as English heads are last.
    """
    ends, end = other.start + other.length, one.start + one.length
    if other.start <= one.start and end <= ends:
        return one.length < other.length
    return other.start < one.start < ends and other.length >= one.length and not one.head
