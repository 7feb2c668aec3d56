"""A person's decisions on what a table is as a whole: no to a raise, taken back, agreed to by a second person.

A raise of single columns is reviewed with those columns (`decide.py`). A raise of a table or of a holding has none to
decide on, so that its rejection stands beside it: it holds for that rule and exactly those columns, and a raise over
others comes up again.
"""

from __future__ import annotations

from dataclasses import replace

from phantang.catalog.decide import require_decider, same_person
from phantang.catalog.node import normalised, shown
from phantang.catalog.raising import identity, standing
from phantang.model.catalog import Asset
from phantang.model.errors import InputError
from phantang.model.raising import Waiver


def waive(asset: Asset, rule: str, by: str, reason: str, *, two_person: bool = False) -> Asset:
    """Return `asset` without the raises by `rule` of the table or the holding, each kept with who said so and why.

    With `two_person` they stand until somebody else agrees. Raises `InputError`: `catalog_decider_required`,
    `catalog_raise_reason` for a blank reason, `catalog_no_such_raise` where none stands or all wait already.
    """
    require_decider(by)
    if not reason.strip():
        raise InputError("catalog_raise_reason", table=shown(str(asset.name)), rule=shown(rule))
    waiting = {identity(one.raised) for one in asset.waived}
    turned_down = [
        found
        for found in asset.raised
        if found.rule == rule and found.scope != "columns" and identity(found) not in waiting
    ]
    if not turned_down:
        raise InputError("catalog_no_such_raise", table=shown(str(asset.name)), rule=shown(rule))
    waivers = [Waiver(found, normalised(by), normalised(reason), waits=two_person) for found in turned_down]
    changed = replace(asset, waived=(*asset.waived, *waivers))
    return replace(changed, raised=standing(changed.raised, changed.waived))


def unwaive(asset: Asset, rule: str, by: str) -> Asset:
    """Return `asset` with the raises by `rule` standing again that somebody had said no to, or asked to.

    Raises `InputError`: `catalog_decider_required`, `catalog_no_such_waiver` where nobody had.
    """
    require_decider(by)
    kept = tuple(one for one in asset.waived if one.raised.rule != rule)
    if len(kept) == len(asset.waived):
        raise InputError("catalog_no_such_waiver", table=shown(str(asset.name)), rule=shown(rule))
    back = [one.raised for one in asset.waived if one.raised.rule == rule and one.raised not in asset.raised]
    return replace(asset, raised=(*asset.raised, *back), waived=kept)


def approve_waivers(asset: Asset, by: str) -> Asset:
    """Return `asset` with the rejections of raises that waited settled in the name of `by` as well.

    Raises `InputError`: `catalog_decider_required`; `catalog_same_person_raise` for whoever asked.
    """
    require_decider(by)
    for one in asset.waived:
        if one.waits and same_person(by, one.by):
            raise InputError("catalog_same_person_raise", table=shown(str(asset.name)), person=shown(by))
    settled = tuple(replace(one, waits=False, approved_by=normalised(by)) if one.waits else one for one in asset.waived)
    return replace(asset, waived=settled, raised=standing(asset.raised, settled))
