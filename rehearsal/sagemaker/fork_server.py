"""Runs Python scripts in forks of one process that has already imported what they need.

Importing scikit-learn takes seconds; a loop of five jobs would pay that five times. This process imports it
once and forks for every job. A fork looks like `python3 script.py args`: its own arguments, search path,
folder, environment, output and exit code.

JSON lines on standard input: {"id", "argv", "env", "cwd", "log", "isolate"} starts a script, {"kill": id,
"signal": n} signals it and its children, {"warm": id, "folder"} only imports. JSON lines on standard output:
{"id", "pid"}, {"id", "exit"} with minus the signal for a killed script, {"warm"}. When standard input closes,
everything ends.
"""

import ast
import atexit
import contextlib
import errno
import hashlib
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import traceback
import types
import warnings
from pathlib import Path
from typing import Any, NoReturn

scanned: set[str] = set()
exit_codes: list[int] = []  # Of this fork, once its script has ended; the server itself has none.


def imports_of(folder: Path) -> list[str]:
    """Modules that the folder's files import at their top level and that are not files of the folder.

    Files one folder below count, too: `learners/` imports what is slow. What is lacking here is skipped.
    """
    names: list[str] = []
    for file in sorted([*folder.glob("*.py"), *folder.glob("*/*.py")]):
        text = file.read_bytes()
        digest = hashlib.sha256(text).hexdigest()
        if digest in scanned:
            continue
        scanned.add(digest)
        try:
            body = ast.parse(text).body
        except (SyntaxError, ValueError):
            continue  # The script itself will say so, in its own log.
        for node in body:
            if isinstance(node, ast.Import):
                names += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                names.append(node.module)

    def local(root: str) -> bool:
        return (folder / f"{root}.py").exists() or (folder / root).is_dir()

    return [name for name in dict.fromkeys(names) if not local(name.split(".")[0])]


def warm(folder: Path) -> None:
    for name in imports_of(folder):
        try:
            importlib.import_module(name)
        except Exception as error:  # A module that fails here fails in the script again, where it is read.
            print(f"cannot import {name} ahead: {error!r}", file=sys.stderr, flush=True)


def isolate() -> None:
    """Takes the network away, as EnableNetworkIsolation does; a server may still accept connections."""

    def refuse(event: str, args: tuple[Any, ...]) -> None:
        if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            if args[0].family in (socket.AF_INET, socket.AF_INET6):
                raise OSError(errno.ENETUNREACH, f"Network is unreachable (isolation): {args[1]}")
        elif event == "socket.getaddrinfo":
            host = args[0].decode() if isinstance(args[0], bytes) else args[0]
            numeric = not host or ":" in host or host.replace(".", "").isdigit()
            if not numeric and host != "localhost":
                said = f"Temporary failure in name resolution (isolation): {host}"
                raise socket.gaierror(socket.EAI_AGAIN, said)

    sys.addaudithook(refuse)


def run_script(argv: list[str]) -> int:
    script = Path(argv[0])
    sys.argv = list(argv)
    sys.path.insert(0, str(script.resolve().parent))
    main = types.ModuleType("__main__")
    main.__file__ = argv[0]
    main.__dict__["__builtins__"] = __builtins__
    sys.modules["__main__"] = main
    try:
        text = script.read_bytes()
    except OSError as error:
        print(f"{sys.executable}: can't open file {argv[0]!r}: {error}", file=sys.stderr)
        return 2
    try:
        exec(compile(text, argv[0], "exec"), main.__dict__)  # noqa: S102 - running scripts is what this is for
    except SystemExit as stop:
        if stop.code is None or isinstance(stop.code, int):
            return stop.code or 0
        print(stop.code, file=sys.stderr)
        return 1
    except BaseException as error:
        # The first frame is this file's.
        trace = error.__traceback__.tb_next if error.__traceback__ else None
        traceback.print_exception(type(error), error, trace)
        return 1
    return 0


def become(request: dict[str, Any], inherited: list[int]) -> NoReturn:
    """The child: ends as the interpreter ends, with its threads waited for and its exit functions called."""
    code = 70
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for descriptor in inherited:
            os.close(descriptor)
        log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(source, target)
        os.close(log)
        os.close(nothing)
        os.environ.clear()
        os.environ.update(request["env"])
        os.chdir(request["cwd"])
        numpy = sys.modules.get("numpy")
        if numpy is not None:
            numpy.random.seed()  # Or every fork would draw the same numbers.
        if request.get("isolate"):
            isolate()
        code = run_script(request["argv"])
    except BaseException:
        traceback.print_exc()
    exit_codes.append(code)
    sys.exit(code)


def leave() -> None:
    """Ends a fork without taking its modules apart, which would take 0.2 s for scikit-learn."""
    if exit_codes:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(exit_codes[0] & 0xFF)


class Server:
    def __init__(self) -> None:
        # Whatever an imported module prints must not fall among the replies.
        self.replies = os.dup(1)
        os.dup2(2, 1)
        self.children: dict[int, int] = {}
        self.woken, self.waker = os.pipe()
        os.set_blocking(self.woken, False)
        os.set_blocking(self.waker, False)
        signal.set_wakeup_fd(self.waker)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def reply(self, message: dict[str, int]) -> None:
        os.write(self.replies, json.dumps(message).encode() + b"\n")

    def handle(self, request: dict[str, Any]) -> None:
        if "kill" in request:
            for pid, identity in self.children.items():
                if identity == request["kill"]:
                    self.signal(pid, request["signal"])
        elif "warm" in request:
            warm(Path(request["folder"]))
            self.reply({"warm": request["warm"]})
        else:
            warm(Path(request["argv"][0]).parent)
            with warnings.catch_warnings():
                # numpy's threads are asleep and know how to fork; Python 3.12 warns all the same.
                warnings.simplefilter("ignore", DeprecationWarning)
                pid = os.fork()
            if pid == 0:
                self.children.clear()  # They are the parent's, and end with it.
                become(request, [self.replies, self.woken, self.waker])
            self.children[pid] = request["id"]
            self.reply({"id": request["id"], "pid": pid})

    def signal(self, pid: int, number: int) -> None:
        for send in (os.killpg, os.kill):
            try:
                return send(pid, number)
            except ProcessLookupError:
                continue  # Not yet a group of its own, or gone already.

    def reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self.woken, 4096)
        while self.children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            identity = self.children.pop(pid, None)
            if identity is not None:
                self.reply({"id": identity, "exit": os.waitstatus_to_exitcode(status)})

    def serve(self) -> None:
        selector = selectors.DefaultSelector()
        selector.register(0, selectors.EVENT_READ)
        selector.register(self.woken, selectors.EVENT_READ)
        pending = b""
        while True:
            ready = [key.fd for key, _ in selector.select()]
            if self.woken in ready:
                self.reap()
            if 0 not in ready:
                continue
            chunk = os.read(0, 65536)
            if not chunk:
                return
            *lines, pending = (pending + chunk).split(b"\n")
            for line in lines:
                self.handle(json.loads(line))


if __name__ == "__main__":
    atexit.register(leave)  # The first to be registered is the last to be called.
    del sys.path[0]  # This file's folder is nothing to a job.
    server = Server()
    try:
        server.serve()
    finally:
        for child in list(server.children):
            server.signal(child, signal.SIGKILL)
            os.waitpid(child, 0)
