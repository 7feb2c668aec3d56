"""Decisions by a real OPA server, through opa-python-client; the only module that imports it.

The client has no common base for its errors and leaks those of `requests`; here every one becomes a `PolicyError`.
"""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from opa_client.opa import OpaClient
from requests.exceptions import ConnectionError as RequestsConnectionError
from requests.exceptions import HTTPError, RequestException, Timeout

from phantang.model.errors import InputError, PolicyError
from phantang.pdp.contract import Contract
from phantang.pdp.embedded import compile_bundle

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests

    from phantang.model.decision import Decision
    from phantang.pdp.bundle import Bundle

#: Questions asked of the server at the same time; more wait for a free connection, within their own deadline.
WORKERS = 8


class _Client(OpaClient):  # type: ignore[misc] # the library has no types
    """The client with what a decision may not depend on turned off: proxies and netrc of the environment, redirects."""

    def _init_session(self) -> requests.Session:
        session: requests.Session = super()._init_session()
        session.trust_env = False
        session.max_redirects = 0
        return session


class OpaServerEngine:
    """A `PolicyEngine` behind `url`, such as `http://127.0.0.1:8181`. Safe to share between threads.

    The server must hold the archive of the same bundle (`bundle_archive`): each answer carries the revision it was made
    with, and another revision is a denial. `timeout` is in seconds, for the whole exchange. `close` it when done.
    """

    def __init__(self, bundle: Bundle, url: str, timeout: float = 1.5, *, token: str | None = None) -> None:
        """Check the bundle and prepare the client; nothing is sent yet.

        Raises `InputError` `policy_url_invalid`, `PolicyError` `policy_bundle_invalid`.
        """
        compile_bundle(bundle.modules, bundle.documents)
        self.revision = bundle.revision
        self._contract = Contract(bundle)
        self._timeout = timeout
        self._token = token
        self._url = _parse(url)
        self._local = threading.local()
        # Reads have a time limit each; only a deadline kept outside bounds a server that drips its answer.
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="phantang-opa", initializer=self._connect)

    def decide(self, document: Mapping[str, Any]) -> Decision:
        """Decide one query. Raises `PolicyError`, which is a denial."""
        text = self._contract.encode(document)
        try:
            pending = self._workers.submit(self._ask, json.loads(text))
        except RuntimeError as error:
            raise PolicyError("policy_unavailable", url=self._shown) from error
        try:
            body = pending.result(self._timeout)
        except TimeoutError as error:
            pending.cancel()
            raise PolicyError("policy_timeout", seconds=self._timeout) from error
        if not isinstance(body, dict):
            raise PolicyError("policy_malformed", place="$")
        return self._contract.decode(body.get("result"), document)

    def _ask(self, document: dict[str, Any]) -> object:
        client: OpaClient = self._local.client
        try:
            # OPA's default turns a failing builtin into 'undefined', which a rule could read as 'no objection'.
            return client.query_rule(
                document,
                package_path="phantang",
                rule_name="decision",
                query_params={"strict-builtin-errors": "true"},
            )
        except Timeout as error:
            raise PolicyError("policy_timeout", seconds=self._timeout) from error
        except HTTPError as error:
            status = error.response.status_code if error.response is not None else "?"
            raise PolicyError("policy_failed", place=f"HTTP {status}") from error
        except RequestsConnectionError as error:
            raise PolicyError("policy_unavailable", url=self._shown) from error
        except (RequestException, ValueError, RecursionError) as error:
            raise PolicyError("policy_malformed", place="$") from error

    def close(self) -> None:
        """Let go of the connections; later questions are denied as `policy_unavailable`."""
        self._workers.shutdown(wait=False, cancel_futures=True)

    def _connect(self) -> None:
        """Give a worker thread its own client; a session of `requests` is not made for sharing."""
        secure, host, port = self._url
        self._local.client = _Client(
            host=host, port=port, ssl=secure, token=self._token, retries=0, timeout=self._timeout
        )

    @property
    def _shown(self) -> str:
        _, host, port = self._url
        return f"{host}:{port}"


def _parse(url: str) -> tuple[bool, str, int]:
    try:
        parts = urlsplit(url)
        secure = {"http": False, "https": True}[parts.scheme]
        port = parts.port or (443 if secure else 8181)
    except (KeyError, ValueError) as error:
        raise InputError("policy_url_invalid") from error
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.username:
        raise InputError("policy_url_invalid")
    return secure, f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname, port
