"""The reading of a ledger line by line, and the attribution of damage to entries.

The walk keeps the Merkle tree of what is proven so far. A line it cannot take at once is a *suspect*: nothing is said
of it until a later seal shows what the tree really held there. If the tree can only be completed with a suspect's
stored leaf hash, its bytes were altered; with its own hash, only its seal or stored hash was. When no completion fits,
a line was changed together with its hash, and the suspect nearest to the last proven entry is that line.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from phantang.ledger.checkpoint import Checkpoint
from phantang.ledger.entry import Line
from phantang.ledger.report import Problem
from phantang.ledger.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from phantang.ledger.note import Verifier


@dataclass(frozen=True, slots=True)
class _Suspect:
    """A line awaiting judgement: why, and the leaf hashes that the tree may have held in its place.

    `sound`: only the seal of the line does not fit.
    """

    code: str
    leaves: tuple[bytes, ...]
    sound: bool = False


class Walk:
    """Takes lines in order; `finish` ends it. `problems`, `roots` and the counts are its findings.

    `roots` has the proven root at each size of `marks` that was reached; `marked_leaf` is the leaf hash at
    `marked_index`. Without `sealed` the signatures are left out: they are another key's. Memory grows with the damage,
    not with the ledger.
    """

    def __init__(
        self, verifier: Verifier, marks: Collection[int], marked_index: int | None, *, sealed: bool = True
    ) -> None:
        self.problems: list[Problem] = []
        self.roots = {0: Tree().root}
        self.marked_leaf: bytes | None = None
        self.entries = 0
        self.next_index = 0
        self._verifier = verifier
        self._marks = marks
        self._marked_index = marked_index
        # None once a leaf is lost: later roots cannot be computed any more.
        self._tree: Tree | None = Tree() if sealed else None
        self._suspects: list[_Suspect] = []
        self._missing: list[range] = []

    def line(self, raw: bytes) -> None:
        """Take the next line, with its newline."""
        line = Line.read(raw)
        index = line.index
        if index is None or not line.sound():
            self._suspect(raw, line)
            return
        self.entries += 1
        if index < self.next_index:
            self._out_of_order(index)
            return
        leaf = line.leaf
        if index == self._marked_index:
            self.marked_leaf = leaf
        if self._complete(index, leaf, line.seal or b""):
            self._settle(index)
        elif index == self.next_index and not self._suspects and self._tree is not None:
            # The first line whose seal does not fit: forged, or only its seal was damaged. The next line tells.
            self._suspects.append(_Suspect("ledger_seal_altered", (leaf,), sound=True))
            return
        else:
            self._give_up(index)
        self.next_index = index + 1

    def finish(self, checkpoint: Checkpoint | None) -> None:
        """Settle what is left against the signed checkpoint; without one, nothing vouches for the suspects."""
        end = max(checkpoint.size if checkpoint else 0, self.next_index)
        covered = min(len(self._suspects), end - self.next_index)
        beyond = self._suspects[covered:]
        self._suspects = self._suspects[:covered]
        cut = bool(self._suspects) and not beyond and self._suspects[-1].code == "ledger_line_torn"
        if cut:
            self._suspects.pop()
        stop = self.next_index + len(self._suspects)
        if checkpoint and stop == end and self._fit(end, checkpoint):
            self._settle(end)
        elif self._suspects:
            self._give_up(stop)
        self.next_index = stop
        if stop < end:
            self.problems.append(Problem("ledger_truncated", stop, {"size": end, "count": end - stop}))
        for suspect in beyond:
            code = suspect.code if suspect.code == "ledger_line_torn" else "ledger_trailing_garbage"
            self.problems.append(Problem(_forged(suspect) or code, end))
        for gap in self._missing:
            params = {"count": len(gap), "last": gap[-1]}
            self.problems.append(Problem("ledger_entry_dropped", gap[0], params))

    def _suspect(self, raw: bytes, line: Line) -> None:
        if not raw.endswith(b"\n"):
            code = "ledger_line_torn"
        elif line.index is not None and line.stored_leaf == line.leaf:
            code = "ledger_seal_altered"
        else:
            code = "ledger_not_canonical" if line.respelled() else "ledger_entry_altered"
        stored = () if line.stored_leaf is None else (line.stored_leaf,)
        self._suspects.append(_Suspect(code, tuple(dict.fromkeys((*stored, line.leaf)))))

    def _out_of_order(self, index: int) -> None:
        for position, gap in enumerate(self._missing):
            if index in gap:
                rest = range(gap.start, index), range(index + 1, gap.stop)
                self._missing[position : position + 1] = [part for part in rest if part]
                self.problems.append(Problem("ledger_entry_reordered", index))
                return
        self.problems.append(Problem("ledger_entry_duplicated", index))

    def _complete(self, index: int, leaf: bytes, seal: bytes) -> bool:
        """Extend the tree with the suspects and this leaf if the seal proves one way of doing so."""
        for leaves in self._readings(index):
            grown = list(self._grow([*leaves, leaf]))
            if grown and self._verifier.accepts(Checkpoint.of(self._verifier.name, grown[-1]).text, seal):
                self._keep(grown)
                return True
        return False

    def _fit(self, size: int, checkpoint: Checkpoint) -> bool:
        """Extend the tree with the suspects if the checkpoint proves one way of doing so."""
        for leaves in self._readings(size):
            grown = list(self._grow(list(leaves)))
            if grown and grown[-1].root == checkpoint.root:
                self._keep(grown)
                return True
        return False

    def _readings(self, index: int) -> Iterator[tuple[bytes, ...]]:
        """Yield the ways to fill the tree up to `index` from the suspects, most likely first; none without a tree.

        One entry may have become several lines (a byte turned into a newline), so any suspect can hold its leaf.
        """
        gap = index - self.next_index
        if self._tree is None:
            return
        if gap == 0:
            yield ()
        elif gap == 1:
            yield from islice(((leaf,) for suspect in self._suspects for leaf in suspect.leaves), 8)
        elif gap == len(self._suspects):
            yield tuple(suspect.leaves[0] for suspect in self._suspects)

    def _grow(self, leaves: list[bytes]) -> Iterator[Tree]:
        tree = self._tree
        if tree is None:
            return
        for leaf in leaves:
            tree = tree.append(leaf)
            yield tree

    def _keep(self, grown: list[Tree]) -> None:
        self._tree = grown[-1]
        self.roots |= {tree.size: tree.root for tree in grown if tree.size in self._marks}

    def _settle(self, index: int) -> None:
        """Report the suspects, now that the tree up to `index` is proven."""
        gap = index - self.next_index
        self._report([suspect.code for suspect in self._suspects], gap)

    def _give_up(self, index: int) -> None:
        """Report the suspects, and what they do not account for, when the tree cannot be completed to `index`."""
        gap = index - self.next_index
        known = len(self._suspects)
        self._report([_forged(suspect) or suspect.code for suspect in self._suspects], gap)
        if gap > known:
            self._missing.append(range(self.next_index + known, index))
        self._tree = None

    def _report(self, codes: list[str], gap: int) -> None:
        """Attribute each suspect to an entry: in order while the gap lasts; the rest are lines that are no entry."""
        for position, code in enumerate(codes):
            if position < gap:
                self.problems.append(Problem(_mended(code), self.next_index + position))
            elif gap == 0:
                self.problems.append(Problem("ledger_foreign_line", self.next_index))
        self._suspects = []


def _forged(suspect: _Suspect) -> str | None:
    return "ledger_entry_forged" if suspect.sound else None


def _mended(code: str) -> str:
    """Return the code for a torn line that is followed by others: it was not torn by a crash."""
    return "ledger_entry_altered" if code == "ledger_line_torn" else code
