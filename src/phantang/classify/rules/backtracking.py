"""How much work a pattern can make of one value: patterns whose ways of reading explode are refused, never run.

Python's matcher tries, where a value does not match, every way in which the pattern can read a beginning of it. Those
ways are the paths of the pattern's position automaton. Two paths from a position back to itself over one text make them
exponential (Weber and Seidl 1991); else they are counted over the texts that make most of them: one character, or one
round of a loop, again and again.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from functools import cache
from itertools import combinations, islice, pairwise
from typing import TypeVar

from phantang.classify.rules.pattern_tree import LENGTH, Automaton, TooLargeError, parse, read_tree

#: Ways of reading a value of `LENGTH` characters above which a pattern is refused. Two open loops that can share
#: characters (`.*a.*b`) make 2,000, three 40,000: the work grows with the square of a value's length, no faster.
MOST_WAYS = 10_000
#: From so many loops on, texts of two characters in turn are tried too, of so many of them.
_LOOPS, _CHARS = 3, 5
#: Pairs of positions of a loop above which a pattern is too large to be judged.
_MOST_PAIRS = 100_000
_Node = TypeVar("_Node", bound=Hashable)


@cache
def explodes(pattern: str, *, in_text: bool = False, ignore_case: bool = False) -> bool:
    """Tell whether some value of `LENGTH` characters can be read in more than `MOST_WAYS` ways.

    With `in_text` a reading may also begin inside the value. `pattern` must compile. One too large to be judged
    (thousands of positions) explodes.
    """
    tree = parse(pattern)
    ignore_case = ignore_case or "(?i" in pattern or bool(re.compile(pattern).flags & re.IGNORECASE)
    try:
        return any(_explodes(one, in_text=in_text) for one in read_tree(tree, ignore_case=ignore_case))
    except (TooLargeError, RecursionError):
        return True


def _explodes(automaton: Automaton, *, in_text: bool) -> bool:
    if automaton.ways * (LENGTH if in_text else 1) <= MOST_WAYS:
        return False
    graph = _Graph(automaton)
    if any(graph.is_ambiguous(loop) for loop in graph.loops):
        return True
    return any(graph.ways(word, in_text=in_text) > MOST_WAYS for word in graph.words())


class _Graph:
    """An automaton by its steps, its loops (strongly connected positions) and the characters that positions take."""

    def __init__(self, automaton: Automaton) -> None:
        self._automaton = automaton
        self._next: dict[int, dict[int, int]] = defaultdict(dict)
        for (one, two), count in automaton.follow.items():
            self._next[one][two] = count
        self.loops = [part for part in _components(self._next) if len(part) > 1 or _loops(self._next, *part)]
        self._takers = automaton.accepts()

    def is_ambiguous(self, loop: frozenset[int]) -> bool:
        """Tell whether some position of `loop` reaches itself over one text in two ways."""
        inside = {one: [two for two in self._next[one] if two in loop] for one in loop}
        if any(self._next[one][two] > 1 for one, steps in inside.items() for two in steps):
            return True
        sharing: dict[int, set[int]] = defaultdict(set)
        for positions in set(self._takers.values()):
            for one in positions & loop:
                sharing[one] |= positions
        pairs: dict[tuple[int, int], list[tuple[int, int]]] = {}
        queue = [(one, one) for one in loop]
        while queue:
            pair = queue.pop()
            if pair not in pairs:
                pairs[pair] = [(one, two) for one in inside[pair[0]] for two in inside[pair[1]] if two in sharing[one]]
                queue += pairs[pair]
            if len(pairs) > _MOST_PAIRS:
                raise TooLargeError
        return any(0 < sum(one == two for one, two in part) < len(part) for part in _components(pairs))

    def words(self) -> Iterator[str]:
        """Yield the texts to repeat: each character that takes no less than another, and a round of each loop."""
        repeated = {char: positions & self._automaton.repeated for char, positions in self._takers.items()}
        yield from _largest(repeated)
        if len(self.loops) >= _LOOPS:
            yield from map("".join, combinations(islice(_largest(self._takers), _CHARS), 2))
        char_of = {one: char for char, positions in self._takers.items() for one in positions}
        for loop in self.loops:
            if len(loop) > 1 and loop <= char_of.keys():
                yield "".join(char_of[one] for one in self._round(min(loop), loop))

    def _round(self, start: int, loop: frozenset[int]) -> list[int]:
        """Return the positions on a shortest way from `start` to itself."""
        routes, queue = {start: [start]}, [start]
        for one in queue:
            for two in self._next[one]:
                if two == start:
                    return [later for _, later in pairwise([*routes[one], start])]
                if two in loop and two not in routes:
                    routes[two] = [*routes[one], two]
                    queue.append(two)
        return []

    def ways(self, word: str, *, in_text: bool) -> float:
        """Return how many readings of beginnings of `word`, repeated to `LENGTH`, there are from some position on.

        Counting stops above `MOST_WAYS`.
        """
        steps = {
            char: [
                (one, taken)
                for one, following in self._next.items()
                if (taken := [(two, n) for two, n in following.items() if two in self._takers[char]])
            ]
            for char in set(word)
        }
        firsts = {
            char: [(one, n) for one, n in self._automaton.first.items() if one in self._takers[char]] for char in steps
        }
        # A text may begin wherever a pattern's does, and inside it, behind what its beginning asks for.
        ways, total, started = [1.0] * len(self._automaton.classes), 1.0, 0.0
        for at in range(LENGTH):
            char = word[-1 - at % len(word)]
            first = 0.0
            for one, n in firsts[char]:
                first += n * ways[one]
            started = started + first if in_text and not (char.isalnum() or char in "_.") else first
            before = ways
            ways = before.copy()
            for one, taken in steps[char]:
                here = 1.0
                for two, n in taken:
                    here += n * before[two]
                ways[one] = here
                if here > total:  # noqa: PLR1730 - a call costs more than the rest of the loop
                    total = here
            total = max(total, started)
            if total > MOST_WAYS or (ways == before and not in_text):
                break
        return total


def _largest(takers: Mapping[str, frozenset[int]]) -> Iterator[str]:
    """Yield the characters that no other stands for: one that the same positions take, and perhaps more."""
    found: list[frozenset[int]] = []
    for char, positions in sorted(takers.items(), key=lambda item: len(item[1]), reverse=True):
        if positions and not any(positions <= other for other in found):
            found.append(positions)
            yield char


def _loops(graph: Mapping[int, Mapping[int, int]], node: int) -> bool:
    return node in graph.get(node, {})


def _components(graph: Mapping[_Node, Mapping[_Node, int] | list[_Node]]) -> Iterator[frozenset[_Node]]:
    """Yield the strongly connected parts of a graph (Kosaraju): one search for the order, one backwards."""
    order: list[_Node] = []
    seen: set[_Node] = set()
    for root in list(graph):
        stack: list[tuple[_Node, Iterator[_Node]]] = [] if root in seen else [(root, iter(graph[root]))]
        seen.add(root)
        while stack:
            node, steps = stack[-1]
            for two in steps:
                if two not in seen:
                    seen.add(two)
                    stack.append((two, iter(graph.get(two, ()))))
                    break
            else:
                order.append(node)
                stack.pop()
    back: dict[_Node, list[_Node]] = defaultdict(list)
    for one in list(graph):
        for two in graph[one]:
            back[two].append(one)
    for root in reversed(order):
        if root not in seen:
            continue
        part, queue = {root}, [root]
        seen.discard(root)
        for node in queue:
            for one in back[node]:
                if one in seen:
                    seen.discard(one)
                    part.add(one)
                    queue.append(one)
        yield frozenset(part)
