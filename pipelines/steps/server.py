"""The model server of every kind: the standard library's HTTP server behind SageMaker's two routes.

GET /ping          200 as soon as the model is loaded (nothing listens before)
POST /invocations  {"rows": [{"<field>": "text"}]} → {"modelVersion": 3, "predictions": [{"<target>": {...}}]}

A row that is wrong, or that the model fails on, gets {"error": "what is wrong"} in its place; the others get
their answers. A request that is wrong as a whole gets 400, one where the model fails on every row 500: the
alarms and the release look at that. SageMaker turns a dropped connection into a bare 424.

With "explain": true there are also `explanations`, one a row, null where there is none. "batch": true changes
nothing here: it is captured, and tells the monitor that the rows have inference ids of their own.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Row = dict[str, str]
Answer = Callable[[list[Row]], Sequence[dict[str, Any]]]
# A row and how many seconds there are.
Explain = Callable[[Row, float], dict[str, Any]]

# SageMaker's runtime takes 6,291,456 bytes and the API in front far less.
MAX_BYTES = 6 * 1024 * 1024
MAX_ROWS = 1000
# Explaining asks the model many times: so many rows, and all of them in so many seconds.
MAX_EXPLAINED = 5
EXPLAIN_SECONDS = 2.0
# SageMaker kills a container 30 s after SIGTERM.
DRAIN_SECONDS = 20


# In the place of an answer.
FAILED: dict[str, Any] = {"error": "the model failed on this row"}


class BadRequest(Exception):
    """What is wrong with a request, in words for the caller."""


class ModelFailed(Exception):
    """The model gave no row of a request an answer."""


@dataclass
class Service:
    """What a kind's model does: answers, and explains its answers if it can."""

    answer: Answer
    explain: Explain | None = None


@dataclass
class Request:
    """What was asked: the model's fields of each row, or what is wrong with the row."""

    rows: list[Row | str]
    explain: bool


def parse(body: bytes, fields: Sequence[str]) -> Request:
    """:raises BadRequest: where there are no rows to answer, too many, or `explain` is no boolean"""
    try:
        request = json.loads(body)
    # Text that is nested too deep for the parser is no request of ours either.
    except (ValueError, RecursionError):
        raise BadRequest("the body is not JSON") from None
    rows = request.get("rows") if isinstance(request, dict) else None
    if not isinstance(rows, list) or not rows:
        raise BadRequest('the body has no rows: send {"rows": [{...}]} with at least one')
    if len(rows) > MAX_ROWS:
        raise BadRequest(f"{len(rows)} rows are too many: send at most {MAX_ROWS} a request")
    explain = request.get("explain", False)
    if not isinstance(explain, bool):
        raise BadRequest("explain must be true or false")
    if explain and len(rows) > MAX_EXPLAINED:
        raise BadRequest(f"{len(rows)} rows are too many to explain: send at most {MAX_EXPLAINED} a request")
    return Request([fields_of(row, fields) for row in rows], explain)


def fields_of(row: object, fields: Sequence[str]) -> Row | str:
    """The model's fields of a row and nothing else, or what is wrong with it."""
    if not isinstance(row, dict):
        return "the row must be an object of texts"
    wrong = [field for field in fields if not isinstance(row.get(field), str)]
    return f"{', '.join(wrong)} must be a text" if wrong else {field: row[field] for field in fields}


def answer_each(service: Service, request: Request, log: Callable[[str], None]) -> list[dict[str, Any]]:
    """An answer or an error for each row, in their order. Rows the model fails on together are asked alone.

    :raises ModelFailed: where it fails on every row that is right
    """
    right = [row for row in request.rows if not isinstance(row, str)]
    try:
        given = list(service.answer(right)) if right else []
        if len(given) != len(right):
            raise ValueError(f"{len(given)} answers to {len(right)} rows")
    except Exception as error:
        # No text of ours gets out, nor into the log: it could quote a customer's mail.
        log(f"{type(error).__name__} while answering {len(right)} rows")
        given = [alone(service, row, log) for row in right] if len(right) > 1 else [FAILED]
    if given and all(answer is FAILED for answer in given):
        raise ModelFailed
    answers = iter(given)
    return [{"error": row} if isinstance(row, str) else next(answers) for row in request.rows]


def alone(service: Service, row: Row, log: Callable[[str], None]) -> dict[str, Any]:
    try:
        return service.answer([row])[0]
    except Exception as error:
        log(f"{type(error).__name__} while answering one row")
        return FAILED


def explain_each(
    service: Service, request: Request, predictions: Sequence[dict[str, Any]], log: Callable[[str], None]
) -> list[dict[str, Any] | None]:
    """An explanation for each answered row; None where there is no answer, or the model cannot explain."""
    explanations: list[dict[str, Any] | None] = []
    for row, prediction in zip(request.rows, predictions, strict=True):
        explanation = None
        if service.explain and not isinstance(row, str) and prediction is not FAILED:
            try:
                explanation = service.explain(row, EXPLAIN_SECONDS / len(request.rows))
            except Exception as error:
                log(f"{type(error).__name__} while explaining")
        explanations.append(explanation)
    return explanations


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
                request = parse(body, self.server.fields)
                predictions = answer_each(self.server.service, request, self.note)
            except BadRequest as error:
                return self.reply(400, {"error": str(error)})
            except ModelFailed:
                return self.reply(500, {"error": "the model failed on this request"})
            reply = {"modelVersion": self.server.version, "predictions": predictions}
            if request.explain:
                reply["explanations"] = explain_each(self.server.service, request, predictions, self.note)
            self.reply(200, reply)

    def note(self, what: str) -> None:
        self.log_error("%s", what)

    def reply(self, status: int, value: object) -> None:
        # Half a character, which JSON can carry, has no encoding.
        body = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
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

    def __init__(
        self, address: tuple[str, int], service: Service, fields: Sequence[str], version: int
    ) -> None:
        super().__init__(address, Handler)
        self.service = service
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


def serve(load: Callable[[], Service], fields: Sequence[str]) -> None:
    """Loads the model, then answers until SIGTERM; what is being answered then is finished.

    The port is SAGEMAKER_BIND_TO_PORT (8080), the version the one the release machine put into MODEL_VERSION.
    """
    # As process 1 of a container there is no default action for SIGTERM: it would be ignored while loading.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    service = load()
    port = int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))
    # A container answers SageMaker's network; a laptop that plays one answers itself only.
    host = "127.0.0.1" if "SAGEMAKER_BASE_DIR" in os.environ else "0.0.0.0"  # noqa: S104
    version = int(os.environ.get("MODEL_VERSION", "0"))
    with ModelServer((host, port), service, fields, version) as server:
        print(f"model version {version} answers on port {server.server_port}", flush=True)
        try:
            server.serve_forever()
        finally:
            server.drain()
