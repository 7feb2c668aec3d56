"""A bundle packed for an OPA server: `opa run --server -b phantang.tar.gz`."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phantang.pdp.bundle import Bundle


def bundle_archive(bundle: Bundle) -> bytes:
    """Return a `tar.gz` OPA bundle, equal bytes for equal bundles.

    Data are written as one canonical `data.json`, so that no second YAML reader takes part. The revision is in
    `.manifest`, where OPA reports it, and in `data.bundle.revision`, where each decision carries it.
    """
    roots = sorted({"phantang", *bundle.documents})
    manifest = {"revision": bundle.revision, "roots": roots, "rego_version": 1}
    members = {
        ".manifest": json.dumps(manifest, sort_keys=True),
        "data.json": json.dumps(bundle.documents, ensure_ascii=False, sort_keys=True),
        **bundle.modules,
    }
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, text in sorted(members.items()):
            content = text.encode()
            info = tarfile.TarInfo(f"/{path}")
            info.size = len(content)
            info.mode = 0o644
            tar.addfile(info, io.BytesIO(content))
    return gzip.compress(plain.getvalue(), mtime=0)
