"""Coarser places: the province of a commune code or of an address."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml
from sqlglot import exp

from phantang.model.errors import GuardError
from phantang.sql.language.families import Family
from phantang.sql.rewriting.masking.target import Target, call, concat, number, text, typed, when

#: What may stand before the name of a province.
_PREFIX = "^ *(([Tt]ỉnh|[Tt]hành phố|TP[.]?) *)?"


@cache
def provinces() -> Any:
    """Return `provinces.yaml`: `ranges`, `last` and `names`; what they mean is said in the file."""
    return yaml.safe_load(resources.files("phantang.sql").joinpath("provinces.yaml").read_text("utf-8"))


def province(target: Target) -> exp.Expr | None:
    """Return the code of today's province, of text two digits, of an integer a number; NULL for any other value."""
    if target.params.get("level") != "province":
        raise GuardError("mask_params", name="level")
    if target.family is Family.INTEGER:
        least, most = number(int(provinces()["ranges"][0]["from"])), number(int(provinces()["last"]))
        return when(exp.Between(this=target.column(), low=least, high=most), typed(_of_code(target), target))
    if target.family is not Family.TEXT:
        return None
    is_code = exp.RegexpLike(this=target.column(), expression=text("^[0-9]{5}$"))
    found = exp.Case(ifs=[exp.If(this=is_code, true=_of_code(target))], default=_of_address(target))
    return typed(found, target)


def _of_code(target: Target) -> exp.Expr:
    """Compare with the first code of the next range; codes are given out in ranges, a province has one to four."""
    literal = (lambda code: number(int(code))) if target.family is Family.INTEGER else text
    ranges = provinces()["ranges"]
    bounds = [*(one["from"] for one in ranges[1:]), f"{int(provinces()['last']) + 1:05}"]
    branches = [
        exp.If(this=exp.LT(this=target.column(), expression=literal(bound)), true=literal(one["province"]))
        for one, bound in zip(ranges, bounds, strict=True)
    ]
    return exp.Case(ifs=branches)


def _of_address(target: Target) -> exp.Expr:
    """Look what follows the last comma up among the names `|name=code|name=code|`; no value can leave that list."""
    names = "".join(f"|{name}={code}" for name, code in provinces()["names"].items())
    if target.dialect == "duckdb":
        end = call("regexp_extract", target.column(), text("[^,]*$"))
    else:
        end = call("substring", target.column(), text("[^,]*$"))
    name = call("rtrim", call("regexp_replace", end, text(_PREFIX), text("")), text(" ."))
    after = call("split_part", text(names), concat(concat(text("|"), name), text("=")), number(2))
    return exp.Nullif(this=call("left", after, number(2)), expression=text(""))
