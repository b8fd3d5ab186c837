"""The model server of every kind: the standard library's HTTP server behind SageMaker's two routes.

GET /ping          200 as soon as the model is loaded (nothing listens before)
POST /invocations  {"rows": [{"<field>": "text"}]} → {"modelVersion": 3, "predictions": [{"<target>": {...}}]}

A request that is wrong gets 400 and says what is wrong; SageMaker turns a dropped connection into a bare 424.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Rows = list[dict[str, str]]
Answer = Callable[[Rows], Sequence[dict[str, Any]]]

# SageMaker's runtime takes 6,291,456 bytes and the API in front far less.
MAX_BYTES = 6 * 1024 * 1024
MAX_ROWS = 1000
# SageMaker kills a container 30 s after SIGTERM.
DRAIN_SECONDS = 20


class BadRequest(Exception):
    """What is wrong with a request, in words for the caller."""


def parse(body: bytes, fields: Sequence[str]) -> Rows:
    """The rows of a request, each with the model's fields and nothing else."""
    try:
        request = json.loads(body)
    except ValueError:
        raise BadRequest("the body is not JSON") from None
    rows = request.get("rows") if isinstance(request, dict) else None
    if not isinstance(rows, list) or not rows:
        raise BadRequest('the body has no rows: send {"rows": [{...}]} with at least one')
    if len(rows) > MAX_ROWS:
        raise BadRequest(f"{len(rows)} rows are too many: send at most {MAX_ROWS} a request")
    for number, row in enumerate(rows):
        for field in fields:
            if not isinstance(row, dict) or not isinstance(row.get(field), str):
                raise BadRequest(f"rows[{number}].{field} must be a text")
    return [{field: row[field] for field in fields} for row in rows]


class Handler(BaseHTTPRequestHandler):
    # Keep-alive, one packet an answer and no waiting for more: 2.7 ms a request instead of 48.
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    # A client that opens a connection and says nothing does not keep a thread for ever.
    timeout = 75
    server: "ModelServer"

    def do_GET(self) -> None:
        if self.path == "/ping":
            self.reply(200, {})
        else:
            self.reply(404, {"error": f"there is no {self.path}: GET /ping or POST /invocations"})

    def do_POST(self) -> None:
        with self.server.request():
            length = self.headers.get("Content-Length", "")
            if not length.isascii() or not length.isdigit():
                self.close_connection = True
                return self.reply(411, {"error": "the request has no Content-Length"})
            if int(length) > MAX_BYTES:
                self.close_connection = True
                return self.reply(413, {"error": f"the body is larger than {MAX_BYTES} bytes"})
            body = self.rfile.read(int(length))
            if self.path != "/invocations":
                return self.reply(404, {"error": f"there is no {self.path}: POST /invocations"})
            try:
                predictions = self.server.answer(parse(body, self.server.fields))
            except BadRequest as error:
                return self.reply(400, {"error": str(error)})
            except Exception as error:
                # The caller gets no text of ours: it could quote a customer's mail.
                self.log_error("%s", f"{type(error).__name__} while answering")
                return self.reply(500, {"error": "the model failed on this request"})
            self.reply(200, {"modelVersion": self.server.version, "predictions": list(predictions)})

    def reply(self, status: int, value: object) -> None:
        body = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """A line for what failed; one for every ping would be all there is in the log."""
        if str(code) >= "400":
            super().log_request(code, size)


class ModelServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], answer: Answer, fields: Sequence[str], version: int) -> None:
        super().__init__(address, Handler)
        self.answer = answer
        self.fields = fields
        self.version = version
        self._busy = 0
        self._idle = threading.Condition()

    def request(self) -> "Running":
        return Running(self)

    def changed(self, by: int) -> None:
        with self._idle:
            self._busy += by
            self._idle.notify_all()

    def drain(self) -> None:
        """Waits for the requests that are being answered."""
        with self._idle:
            self._idle.wait_for(lambda: self._busy == 0, timeout=DRAIN_SECONDS)


class Running:
    """Counts a request while it is answered."""

    def __init__(self, server: ModelServer) -> None:
        self.server = server

    def __enter__(self) -> None:
        self.server.changed(+1)

    def __exit__(self, *_: object) -> None:
        self.server.changed(-1)


def serve(load: Callable[[], Answer], fields: Sequence[str]) -> None:
    """Loads the model, then answers until SIGTERM; what is being answered then is finished.

    The port is SAGEMAKER_BIND_TO_PORT (8080), the version the one the release machine put into MODEL_VERSION.
    """
    # As process 1 of a container there is no default action for SIGTERM: it would be ignored while loading.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    answer = load()
    port = int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))
    # A container answers SageMaker's network; a laptop that plays one answers itself only.
    host = "127.0.0.1" if "SAGEMAKER_BASE_DIR" in os.environ else "0.0.0.0"  # noqa: S104
    version = int(os.environ.get("MODEL_VERSION", "0"))
    with ModelServer((host, port), answer, fields, version) as server:
        print(f"model version {version} answers on port {server.server_port}", flush=True)
        try:
            server.serve_forever()
        finally:
            server.drain()
