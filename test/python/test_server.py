"""The model server, asked over HTTP as SageMaker asks it."""

import http.client
import json
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from playing import start
from server import MAX_BYTES, MAX_ROWS

INFERENCE = """
import time
from server import serve


def answer(rows):
    if rows[0]["text"] == "slow":
        time.sleep(0.5)
    if rows[0]["text"] == "secret":
        raise ValueError("secret")
    return [{"topic": {"value": row["text"], "confidence": 0.5}} for row in rows]


serve(lambda: answer, ["text"])
"""


class Server:
    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.port = port

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def invoke(self, value: object) -> tuple[int, Any]:
        return self.ask("POST", "/invocations", json.dumps(value).encode())


@pytest.fixture
def server(tmp_path: Path, bundle: Callable[..., Path]) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = bundle(tmp_path / "code", {"inference.py": INFERENCE}) / "inference.py"
    process = start(tmp_path, script, SAGEMAKER_BIND_TO_PORT=str(port), MODEL_VERSION="3")
    running = Server(process, port)
    try:
        for _ in range(200):
            try:
                assert running.ask("GET", "/ping")[0] == 200
                break
            except ConnectionError:
                assert process.poll() is None, process.communicate()
                time.sleep(0.02)
        yield running
    finally:
        process.kill()
        process.communicate()


def test_answers_rows_with_the_version_it_was_told(server: Server) -> None:
    status, reply = server.invoke({"rows": [{"text": "a", "more": 1}, {"text": "ü"}]})
    assert (status, reply["modelVersion"]) == (200, 3)
    assert [row["topic"]["value"] for row in reply["predictions"]] == ["a", "ü"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"{", "the body is not JSON"),
        (b"\xff", "the body is not JSON"),
        (b"[]", 'the body has no rows: send {"rows": [{...}]} with at least one'),
        (b'{"rows": []}', 'the body has no rows: send {"rows": [{...}]} with at least one'),
        (b'{"rows": [{"text": "a"}, {"text": 7}]}', "rows[1].text must be a text"),
        (b'{"rows": [{}]}', "rows[0].text must be a text"),
        (b'{"rows": ["a"]}', "rows[0].text must be a text"),
        (
            json.dumps({"rows": [{}] * (MAX_ROWS + 1)}).encode(),
            "1001 rows are too many: send at most 1000 a request",
        ),
    ],
)
def test_a_wrong_request_gets_400_and_is_told_why(server: Server, body: bytes, error: str) -> None:
    assert server.ask("POST", "/invocations", body) == (400, {"error": error})


def test_a_body_that_is_too_large_gets_413_unread(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.putrequest("POST", "/invocations")
    connection.putheader("Content-Length", str(MAX_BYTES + 1))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_other_paths_get_404(server: Server) -> None:
    assert (server.ask("GET", "/")[0], server.ask("POST", "/other", b"{}")[0]) == (404, 404)


def test_a_fault_of_the_model_gets_500_without_the_mail(server: Server) -> None:
    status, reply = server.invoke({"rows": [{"text": "secret"}]})
    assert (status, reply) == (500, {"error": "the model failed on this request"})
    assert server.invoke({"rows": [{"text": "a"}]})[0] == 200
    server.process.send_signal(signal.SIGTERM)
    _, log = server.process.communicate(timeout=10)
    assert "ValueError while answering" in log
    assert "secret" not in log


def test_sigterm_lets_the_running_request_finish_and_ends_with_0(server: Server) -> None:
    replies: list[tuple[int, Any]] = []
    asking = threading.Thread(target=lambda: replies.append(server.invoke({"rows": [{"text": "slow"}]})))
    asking.start()
    time.sleep(0.2)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(timeout=10) == 0
    asking.join()
    assert replies[0][0] == 200


def test_a_kept_connection_does_not_keep_the_server_from_ending(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/ping")
    connection.getresponse().read()
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(timeout=10) == 0
    connection.close()
