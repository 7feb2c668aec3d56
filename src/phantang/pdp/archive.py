"""A bundle packed for an OPA server: `opa run --server -b phantang.tar.gz`."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from phantang.pdp.bundle import Bundle

    Sign = Callable[[Mapping[str, bytes]], str]


def bundle_archive(bundle: Bundle, catalog: Mapping[str, Any] | None = None, sign: Sign | None = None) -> bytes:
    """Return a `tar.gz` OPA bundle, equal bytes for equal bundles.

    Data are written as one canonical `data.json`, so that no second YAML reader takes part. The revision is in
    `.manifest`, where OPA reports it, and in `data.bundle.revision`, where each decision carries it. With `catalog`
    (`data.catalog`) it also answers Trino, and the manifest names the catalog's digest too. `sign` makes the text of
    `.signatures.json` from the members.
    """
    documents = bundle.documents if catalog is None else {**bundle.documents, "catalog": catalog}
    revision = bundle.revision if catalog is None else f"{bundle.revision} catalog {catalog['revision']}"
    manifest = {"revision": revision, "roots": sorted({"phantang", *documents}), "rego_version": 1}
    members = {
        ".manifest": json.dumps(manifest, sort_keys=True),
        "data.json": json.dumps(documents, ensure_ascii=False, sort_keys=True),
        **bundle.modules,
        **({} if catalog is None else bundle.trino),
    }
    if sign is not None:
        members[".signatures.json"] = sign({path: text.encode() for path, text in members.items()})
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, text in sorted(members.items()):
            content = text.encode()
            info = tarfile.TarInfo(f"/{path}")
            info.size = len(content)
            info.mode = 0o644
            tar.addfile(info, io.BytesIO(content))
    return gzip.compress(plain.getvalue(), mtime=0)
