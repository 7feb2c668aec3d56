"""Phrases with placeholders (`email <person>`), looked for in the words of a name.

What a placeholder stands for is looked up when a name is read: written out, the phrases would be a hundred thousand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, product
from typing import Generic, TypeVar

from phantang.classify.names.sequences import by_first_word, is_at
from phantang.classify.text.words import Word

T = TypeVar("T")
#: A phrase: words, and names of placeholders.
Parts = tuple[Word | str, ...]


class PhraseBook(Generic[T]):
    """Phrases, each with whatever it says, found by the word or placeholder they begin with."""

    def __init__(self, fillers: Mapping[str, Iterable[Sequence[Word]]]) -> None:
        self._fillers = {name: [one for one in sequences if one] for name, sequences in fillers.items()}
        self._by_first = {name: by_first_word(sequences) for name, sequences in self._fillers.items()}
        self._lasts = {name: {one[-1].folded for one in sequences} for name, sequences in self._fillers.items()}
        #: By the first part and the second: a word, folded, the name of a placeholder, or nothing.
        self._index: dict[str, dict[str, list[tuple[int, Parts, T]]]] = defaultdict(lambda: defaultdict(list))
        self._count = 0

    def add(self, parts: Parts, says: T) -> None:
        """Add a phrase; the order in which phrases are added is that in which they are found."""
        if parts:
            second = _key(parts[1]) if len(parts) > 1 else ""
            self._index[_key(parts[0])][second].append((self._count, parts, says))
            self._count += 1

    def at(self, words: Sequence[Word], start: int) -> list[tuple[T, int]]:
        """Return what the phrases that begin at `start` say, each with where it ends; once for every such place."""
        found = [
            (order, end, says)
            for order, parts, says in self._beginning(words[start].folded, words, start + 1)
            for end in self._ends(words, start, parts)
        ]
        for name in self._fillers:
            if name in self._index:
                found += [
                    (order, end, says)
                    for place in self._filled(name, words, start)
                    for order, parts, says in self._beginning(name, words, place)
                    for end in self._ends(words, place, parts[1:])
                ]
        found.sort(key=lambda one: one[:2])
        return [(says, end) for _, end, says in found]

    def _beginning(self, first: str, words: Sequence[Word], after: int) -> Iterator[tuple[int, Parts, T]]:
        """Yield the phrases whose first part is `first` and whose second may be the word at `after`, or nothing."""
        by_second = self._index.get(first)
        if by_second:
            yield from by_second.get("", ())
            if after < len(words):
                yield from by_second.get(words[after].folded, ())
                for name in self._fillers:
                    yield from by_second.get(name, ())

    def _ends(self, words: Sequence[Word], start: int, parts: Parts) -> Iterable[int]:
        """Return where a phrase that begins at `start` ends."""
        for offset, part in enumerate(parts):
            if isinstance(part, str):
                rest = parts[offset + 1 :]
                return {end for place in self._filled(part, words, start) for end in self._ends(words, place, rest)}
            if start >= len(words) or not words[start].is_like(part):
                return ()
            start += 1
        return (start,)

    def _filled(self, name: str, words: Sequence[Word], start: int) -> Iterable[int]:
        """Return where what stands for a placeholder ends."""
        if start >= len(words):
            return ()
        found = self._by_first[name].get(words[start].folded, ())
        return {start + len(one) for one in found if is_at(words, start, one)}

    def pairs(self) -> set[tuple[str, str]]:
        """Return the pairs of words, folded, that follow each other in some phrase."""
        said = {pairs for parts in self._every() if len(parts) > 1 for pairs in pairwise(map(_key, parts))}
        found: set[tuple[str, str]] = set()
        for one, two in said:
            firsts, seconds = self._lasts.get(one), self._by_first.get(two)
            if firsts is None and seconds is None:
                found.add((one, two))
            else:
                found.update(product((one,) if firsts is None else firsts, (two,) if seconds is None else seconds))
        for name in self._used():
            found.update((a.folded, b.folded) for one in self._fillers[name] for a, b in pairwise(one))
        return found

    def words(self) -> Iterator[str]:
        """Yield the words, folded, of all phrases."""
        for parts in self._every():
            yield from (part.folded for part in parts if isinstance(part, Word))
        for name in self._used():
            yield from (word.folded for one in self._fillers[name] for word in one)

    def _every(self) -> Iterator[Parts]:
        return (
            parts for by_second in self._index.values() for phrases in by_second.values() for _, parts, _ in phrases
        )

    def _used(self) -> set[str]:
        return {part for parts in self._every() for part in parts if isinstance(part, str)}


def _key(part: Word | str) -> str:
    """Return what a phrase has at a place: a word, folded, or the name of a placeholder."""
    return part if isinstance(part, str) else part.folded
