"""The contracts room: tags to pandera schemas, tables to quality cards (đúng, đủ, sạch, sống).

The only importer of pandera. Importing this package loads neither pandera nor polars; measuring does.
"""

from phantang.contracts.assess import assess, contract_for
from phantang.contracts.card import (
    WHOLE_ROW,
    CheckResult,
    CriterionScore,
    FieldScore,
    IdentifierAlert,
    QualityCard,
)
from phantang.contracts.lists import ReferenceLists, parse_lists

__all__ = [
    "WHOLE_ROW",
    "CheckResult",
    "CriterionScore",
    "FieldScore",
    "IdentifierAlert",
    "QualityCard",
    "ReferenceLists",
    "assess",
    "contract_for",
    "parse_lists",
]
