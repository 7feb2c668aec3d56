"""A server that is down, slow, or answers nonsense: each is a denial with its own code. Real sockets throughout."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from phantang.model.errors import InputError, PolicyError
from phantang.pdp import Bundle, EmbeddedEngine, OpaServerEngine

Answer = Callable[[dict[str, Any]], tuple[int, bytes]]


@contextmanager
def serving(answer: Answer, seen: list[str] | None = None) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if seen is not None:
                seen.append(self.path)
            status, content = answer(body)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def code_of(bundle: Bundle, url: str, document: dict[str, Any], timeout: float = 60) -> str:
    engine = OpaServerEngine(bundle, url, timeout)
    try:
        with pytest.raises(PolicyError) as caught:
            engine.decide(document)
    finally:
        engine.close()
    return caught.value.code


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b"{}", "policy_undefined"),
        (200, b'{"result": "<undefined>"}', "policy_undefined"),
        (200, b'{"result": {}}', "policy_malformed"),
        (200, b"<html><body>Welcome</body></html>", "policy_malformed"),
        (200, b"", "policy_malformed"),
        (200, b"[]", "policy_malformed"),
        (200, b"\xff\xfe\x00", "policy_malformed"),
        (200, b"[" * 100_000, "policy_malformed"),
        (302, b"", "policy_malformed"),
        (401, b"{}", "policy_failed"),
        (404, b"not found", "policy_failed"),
        (500, b'{"code": "internal_error"}', "policy_failed"),
    ],
)
def test_nonsense_is_a_denial(status: int, body: bytes, code: str, bundle: Bundle, document: dict[str, Any]) -> None:
    with serving(lambda _: (status, body)) as url:
        assert code_of(bundle, url, document) == code


def test_a_sound_answer_is_read_and_asked_for_strictly(
    bundle: Bundle, engine: EmbeddedEngine, document: dict[str, Any]
) -> None:
    expected = engine.decide(document)
    seen: list[str] = []
    with serving(lambda _: (200, json.dumps({"result": expected.raw}).encode()), seen) as url:
        server = OpaServerEngine(bundle, url)
        assert server.decide(document) == expected
        server.close()
    assert seen == ["/v1/data/phantang/decision?strict-builtin-errors=true"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"revision": "sha256:stale"}, "policy_revision_mismatch"),
        ({"revision": "unpinned"}, "policy_revision_mismatch"),
        ({"sql": "DROP TABLE cong_dan"}, "policy_malformed"),
        ({"columns": {}}, "policy_malformed"),
    ],
)
def test_an_answer_off_the_contract_is_a_denial(
    change: dict[str, Any], code: str, bundle: Bundle, engine: EmbeddedEngine, document: dict[str, Any]
) -> None:
    answer = json.dumps({"result": {**engine.decide(document).raw, **change}}).encode()
    with serving(lambda _: (200, answer)) as url:
        assert code_of(bundle, url, document) == code


def test_a_slow_server_is_a_denial_before_it_answers(bundle: Bundle, document: dict[str, Any]) -> None:
    denied = threading.Event()

    def wait(_: dict[str, Any]) -> tuple[int, bytes]:
        denied.wait()
        return 200, b"{}"

    with serving(wait) as url:
        try:
            assert code_of(bundle, url, document, timeout=0.2) == "policy_timeout"
        finally:
            denied.set()


def test_a_server_that_drips_without_end_is_a_denial(bundle: Bundle, document: dict[str, Any]) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while not stop.wait(0.05):
                try:
                    connection.sendall(b" ")
                except OSError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert code_of(bundle, url, document, timeout=0.3) == "policy_timeout"
    finally:
        stop.set()
        thread.join()
        listener.close()


def test_a_server_that_is_down_is_a_denial(bundle: Bundle, document: dict[str, Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert code_of(bundle, f"http://127.0.0.1:{port}", document) == "policy_unavailable"


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:8181", "ftp://opa:1", "http://", "http://a:b@opa:1", "http://opa:99999", "http://opa:1/v1"]
)
def test_a_wrong_address_is_bad_input(url: str, bundle: Bundle) -> None:
    with pytest.raises(InputError) as caught:
        OpaServerEngine(bundle, url)
    assert caught.value.code == "policy_url_invalid"


def test_environment_proxies_are_not_used(
    monkeypatch: pytest.MonkeyPatch, bundle: Bundle, engine: EmbeddedEngine, document: dict[str, Any]
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    answer = json.dumps({"result": engine.decide(document).raw}).encode()
    with serving(lambda _: (200, answer)) as url:
        server = OpaServerEngine(bundle, url)
        assert server.decide(document).allow
        server.close()
