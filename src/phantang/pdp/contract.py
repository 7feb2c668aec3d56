"""The decision contract, held on our side of the call: what may go in, and what may come out.

The JSON Schemas travel with the bundle; the last checks are code, so that no bundle can relax them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from phantang.model.decision import (
    ColumnDecision,
    CompoundPredicate,
    Decision,
    Effect,
    FieldPredicate,
    LegalBasis,
    LookupPredicate,
    Mask,
    MembershipPredicate,
    Obligations,
    Predicate,
    Privacy,
    Reason,
)
from phantang.model.errors import PolicyError
from phantang.pdp.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phantang.pdp.bundle import Bundle

MAX_INPUT_BYTES = 2_000_000
#: Text that orders the members of a set; building an encoder anew for each member would cost more than the encoding.
_sort_key = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


class Contract:
    """Both ends of `data.phantang.decision` for one bundle."""

    def __init__(self, bundle: Bundle) -> None:
        """Compile the schemas. Raises `PolicyError` `policy_bundle_invalid` when one is missing or is not a schema."""
        self._input = Schema(bundle, "input.schema.json")
        self._decision = Schema(bundle, "decision.schema.json")
        self._revision = bundle.revision

    def encode(self, document: Mapping[str, Any]) -> str:
        """Return the input as JSON text. Raises `PolicyError` `policy_input_invalid` naming the first wrong place."""
        try:
            text = json.dumps(document, ensure_ascii=False, allow_nan=False)
            size = len(text.encode())
            # The text is what an engine reads, so what it says is what is checked: JSON makes text of keys, for one.
            said = json.loads(text) if size <= MAX_INPUT_BYTES else {}
        except (TypeError, ValueError, RecursionError) as error:
            raise PolicyError("policy_input_invalid", place="$", problem="not JSON") from error
        if size > MAX_INPUT_BYTES:
            raise PolicyError("policy_input_invalid", place="$", problem=f"larger than {MAX_INPUT_BYTES} bytes")
        wrong = self._input.fault(said)
        if wrong is not None:
            raise PolicyError("policy_input_invalid", place=wrong.place, problem=f"breaks {wrong.keyword!r}")
        for place, names in _named(said):
            if len(set(names)) != len(names):
                raise PolicyError("policy_input_invalid", place=place, problem="a name is repeated")
        return text

    def decode(self, value: object, document: Mapping[str, Any]) -> Decision:
        """Return the engine's answer as a `Decision`, its lists in one canonical order.

        Raises `PolicyError`: `policy_undefined` for no object, `policy_malformed` for one that breaks the contract or
        does not speak of exactly the columns asked about, `policy_revision_mismatch` for another bundle's answer.
        """
        if not isinstance(value, dict):
            raise PolicyError("policy_undefined")
        wrong = self._decision.fault(value)
        if wrong is not None:
            raise PolicyError("policy_malformed", place=wrong.place)
        if value["revision"] != self._revision:
            raise PolicyError("policy_revision_mismatch", ours=self._revision, theirs=value["revision"])
        tables = document["resource"]["tables"]
        asked = {table["name"]: {column["name"] for column in table["columns"]} for table in tables}
        if {table: set(columns) for table, columns in value["columns"].items()} != asked:
            raise PolicyError("policy_malformed", place="$.columns")
        if value["rows"].keys() != asked.keys():
            raise PolicyError("policy_malformed", place="$.rows")
        decision = _decision(_canonical(value))
        effects = {column.effect for columns in decision.columns.values() for column in columns.values()}
        if decision.allow and Effect.DENY in effects:
            raise PolicyError("policy_malformed", place="$.allow")
        return decision


def _named(document: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    tables = document["resource"]["tables"]
    columns = [[column["name"] for column in table["columns"]] for table in tables]
    return [
        ("$.resource.tables", [table["name"] for table in tables]),
        *((f"$.resource.tables[{position}].columns", names) for position, names in enumerate(columns)),
    ]


def _canonical(value: dict[str, Any]) -> dict[str, Any]:
    """Order what Rego has as sets: engines agree on the members of a set, not on their order."""
    return {
        **value,
        "rows": {table: sorted(predicates, key=_sort_key) for table, predicates in value["rows"].items()},
        "reasons": sorted(value["reasons"], key=_sort_key),
    }


def _decision(value: dict[str, Any]) -> Decision:
    return Decision(
        allow=value["allow"],
        columns={t: {c: _column(effect) for c, effect in columns.items()} for t, columns in value["columns"].items()},
        rows={table: tuple(_predicate(item) for item in predicates) for table, predicates in value["rows"].items()},
        obligations=_obligations(value["obligations"]),
        reasons=tuple(_reason(item) for item in value["reasons"]),
        revision=value["revision"],
        raw=value,
    )


def _obligations(value: dict[str, Any]) -> Obligations:
    privacy = value.get("differential_privacy")
    return Obligations(**{**value, "differential_privacy": Privacy(**privacy) if privacy else None})


def _column(value: dict[str, Any]) -> ColumnDecision:
    effect = Effect(value["effect"])
    mask = Mask(value["mask"]) if effect is Effect.MASK else None
    return ColumnDecision(effect, mask, value.get("params", {}))


def _predicate(value: dict[str, Any]) -> Predicate:
    if value["type"] == "lookup":
        return LookupPredicate(value["field"])
    if value["type"] == "membership":
        where = tuple(_predicate(item) for item in value["where"])
        return MembershipPredicate(value["field"], value["table"], value["column"], where)
    if value["type"] == "compound":
        return CompoundPredicate(value["operator"], tuple(_predicate(item) for item in value["value"]))
    operand = value["value"]
    return FieldPredicate(value["field"], value["operator"], tuple(operand) if isinstance(operand, list) else operand)


def _reason(value: dict[str, Any]) -> Reason:
    return Reason(
        rule=value["rule"],
        effect=value["effect"],
        on=value["on"],
        legal_basis=tuple(LegalBasis(basis["ref"], basis["status"]) for basis in value["legal_basis"]),
        message=value["message"],
        remedy={lang: value["remedy"][lang] for lang in ("vi", "en")},
        change=value["remedy"].get("change"),
    )
