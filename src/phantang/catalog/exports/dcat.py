"""DCAT-AP 3 as JSON-LD: the catalog, and every table a dataset with its access rights. No table's data is linked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from phantang.catalog.exports.holding import Holding, pretty

if TYPE_CHECKING:
    from phantang.model.catalog import Asset

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "dcatap": "http://data.europa.eu/r5r/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "dpv": "https://w3id.org/dpv#",
    "@language": "vi",
}
_RIGHTS = "http://publications.europa.eu/resource/authority/access-right/"


def dcat(holding: Holding) -> str:
    """Return one `dcat:Catalog`. T0 is public, T1 restricted, and whatever is personal or more not public.

    What the profile's shapes (SHACL, release 3.0.0) want the class of is given it. Keywords are the tags but `none`.
    """
    base = f"urn:phantang:{quote(holding.name, safe='')}"
    return pretty(
        {
            "@context": _CONTEXT,
            "@id": base,
            "@type": "dcat:Catalog",
            "dct:title": [_said("Danh mục dữ liệu đã phân loại", "vi"), _said("Classified data catalog", "en")],
            "dct:description": _said(f"Phân Tầng, danh mục {holding.digest}", "vi"),
            "dct:publisher": {"@id": f"{base}:publisher", "@type": "foaf:Agent", "foaf:name": holding.name},
            "dcat:dataset": [_dataset(holding, base, asset) for asset in holding.assets],
        }
    )


def _dataset(holding: Holding, base: str, asset: Asset) -> dict[str, Any]:
    name = asset.name
    used = sorted({tag for entry in asset.columns for tag in entry.tags})
    spoken = dict.fromkeys(tuple(holding.tag(tag).label.items()) for tag in used if tag != "none")
    labels = [_said(text, lang) for label in spoken for lang, text in label]
    laws = sorted({basis for tag in used if (basis := holding.tag(tag).basis)})
    found: dict[str, Any] = {
        "@id": f"{base}:{':'.join(quote(part, safe='') for part in (name.source, name.schema, name.table))}",
        "@type": "dcat:Dataset",
        "dct:identifier": str(name),
        "dct:title": _said(name.table, "vi"),
        "dct:description": _said(asset.comment or str(name), "vi"),
        "dct:accessRights": {"@id": _RIGHTS + _access(asset.tier), "@type": "dct:RightsStatement"},
        "dcat:keyword": [*labels, _said(f"tầng {asset.tier}", "vi"), _said(f"tier {asset.tier}", "en")],
    }
    if laws:
        found["dcatap:applicableLegislation"] = [
            {"@id": f"{base}:law:{quote(law, safe='')}", "@type": "eli:LegalResource", "dct:title": _said(law, "en")}
            for law in laws
        ]
    return found


def _access(tier: str) -> str:
    return {"T0": "PUBLIC", "T1": "RESTRICTED"}.get(tier, "NON_PUBLIC")


def _said(text: str, lang: str) -> dict[str, str]:
    return {"@value": text, "@language": lang}
