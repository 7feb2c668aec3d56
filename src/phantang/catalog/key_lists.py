"""Code lists that hold the keys of noisy groups: nothing in one may be about people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phantang.model.tier import Tier

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phantang.model.catalog import Asset
    from phantang.model.noise import KeyList


def code_list(wanted: KeyList, assets: Iterable[Asset]) -> Asset | None:
    """Return the table of a code list, if `assets`, those of its source, have it and nothing of it is about people.

    A person has classified every column below personal data, and nobody is told apart in it or by what it refers to.
    What was put into the list after a look at people's rows tells of them all the same: it is declared to be public, as
    bounds are (docs/adr/0010).
    """
    found = [asset for asset in assets if asset.name.local == wanted.table]
    if len(found) != 1:
        return None
    [asset] = found
    impersonal = all(entry.classified for entry in asset.columns) and asset.tier < Tier.T2
    known = asset.column(wanted.column) is not None
    return asset if known and impersonal and not asset.countable else None
