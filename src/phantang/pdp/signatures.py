"""Signatures of bundles: `.signatures.json` as OPA verifies it with `--verification-key`.

One JSON web token, RS256 or ES256, over the SHA-256 digest of each file. OPA hashes structured files (`data.json`,
`.manifest`) by their JSON value, other files by their bytes (OPA documentation, "Bundles", signing).
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from phantang.model.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Mapping

_MIN_RSA_BITS = 2048
_KEY_ID = "phantang"


class BundleSigner:
    """A private key that signs bundles: RSA of at least 2048 bits, or ECDSA on P-256."""

    def __init__(self, pem: bytes) -> None:
        """Load an unencrypted PEM key. Raises `PolicyError` `policy_key_invalid`."""
        try:
            key = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError):
            raise PolicyError("policy_key_invalid") from None
        strong = isinstance(key, rsa.RSAPrivateKey) and key.key_size >= _MIN_RSA_BITS
        if not strong and not (isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)):
            raise PolicyError("policy_key_invalid")
        self._key = key
        self.algorithm = "RS256" if strong else "ES256"

    def signatures(self, members: Mapping[str, bytes]) -> str:
        """Return the text of `.signatures.json` for the files of an archive."""
        files = [
            {"name": path, "hash": _digest(path, content), "algorithm": "SHA-256"}
            for path, content in sorted(members.items())
        ]
        return json.dumps({"signatures": [self._token({"files": files, "keyid": _KEY_ID})]})

    def _token(self, payload: Mapping[str, Any]) -> str:
        head = _part({"alg": self.algorithm, "typ": "JWT", "kid": _KEY_ID})
        signed = f"{head}.{_part(payload)}".encode()
        if isinstance(self._key, rsa.RSAPrivateKey):
            signature = self._key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        else:
            assert isinstance(self._key, ec.EllipticCurvePrivateKey)  # noqa: S101 - of two kinds, as __init__ saw
            r, s = utils.decode_dss_signature(self._key.sign(signed, ec.ECDSA(hashes.SHA256())))
            signature = r.to_bytes(32) + s.to_bytes(32)
        return f"{signed.decode()}.{_base64(signature)}"


def _digest(path: str, content: bytes) -> str:
    if path.endswith((".json", ".manifest")):
        # The digest of the JSON value: keys in order, no blanks; two line ends are escaped, as Go does.
        text = json.dumps(json.loads(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        content = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").encode()
    return hashlib.sha256(content).hexdigest()


def _part(value: Mapping[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
