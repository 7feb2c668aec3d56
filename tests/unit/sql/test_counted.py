"""What the database counted is read whole, or not at all: rows beyond a limit must not go missing unnoticed."""

from __future__ import annotations

import numpy as np

from phantang.sql import counted
from phantang.sql.disclosure.cells import Cells

ONE, TWO = np.array([1]), np.array([2])


def test_atoms_are_read_whole_or_not_at_all() -> None:
    for groups in (ONE, np.array(["0:1:1"], dtype=object)):
        assert counted([groups, ONE, ONE], 1) is not None
        assert counted([groups, ONE, TWO], 1) is None  # of two rows one came back


def test_cells_are_read_whole_or_not_at_all() -> None:
    cells = Cells("", False, ("key",), ("condition",))
    assert cells.read([ONE, ONE, ONE, ONE]) is not None
    assert cells.read([ONE, ONE, ONE, TWO]) is None
