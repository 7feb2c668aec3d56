"""Glued words taken apart: `ngaysinhvochong` is four syllables that rules know, `cmthochieu` a short form and two."""

from __future__ import annotations

from collections.abc import Callable, Container

_LONGEST_PIECE, _PAIR_BONUS = 12, 0.3


def cheapest(text: str, cost: Callable[[str], float], pairs: Container[tuple[str, str]]) -> tuple[str, ...]:
    """Return the pieces of `text` at the least cost, or none if it has no such pieces.

    `cost` says what a piece costs, 0 if it is no word; two that follow each other in `pairs` are the likelier words. A
    single letter stands only as the second of a pair: chỗ ở, nơi ở.
    """
    best: list[dict[str, tuple[float, tuple[str, ...]]]] = [{} for _ in range(len(text) + 1)]
    best[0][""] = (0.0, ())
    for end in range(1, len(text) + 1):
        for start in range(max(0, end - _LONGEST_PIECE), end):
            piece = text[start:end]
            price = cost(piece)
            if not price:
                continue
            ways = [
                (so_far + price - _PAIR_BONUS * ((last, piece) in pairs), (*pieces, piece))
                for last, (so_far, pieces) in best[start].items()
                if len(piece) > 1 or (last, piece) in pairs
            ]
            if ways:
                best[end][piece] = min(ways)
    return min(best[-1].values())[1] if best[-1] else ()
