"""Starts and stops servers, and reads what they cost."""

import http.client
import json
import re
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path


def free_port():
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server process on 127.0.0.1, stopped when the `with` block ends."""

    def __init__(self, command, port, ready, log, patience=600):
        self.command, self.port, self.ready, self.log, self.patience = command, port, ready, Path(log), patience
        self.startup = None

    def __enter__(self):
        with open(self.log, "wb") as output:
            began = time.perf_counter()
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        while True:
            try:
                if self._status(self.ready) == 200:
                    self.startup = time.perf_counter() - began
                    return self
            except OSError:
                pass
            if self.process.poll() is not None or time.perf_counter() - began > self.patience:
                self.__exit__()
                raise SystemExit(f"bench: {self.command[0]} did not start; it said:\n{self.log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.002)

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _status(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def get(self, path):
        """The parsed JSON at a path."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise SystemExit(f"bench: {path} answered {answer.status}: {body[:500].decode(errors='replace')}")
            return json.loads(body)
        finally:
            connection.close()

    def memory(self):
        """Resident memory now and at its highest, in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return tuple(int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) * 1024 for name in ("VmRSS", "VmHWM"))


def timed(command, **options):
    """Runs a command to its end; seconds, peak memory in bytes, and what it wrote to standard output if that was asked for."""
    began = time.perf_counter()
    process = subprocess.Popen(command, **options)
    # The kernel's own figure at the end would count this Python too, from which the process was forked. The high-water mark
    # only rises, so looking often is enough.
    peak = [0]

    def watch():
        status = Path(f"/proc/{process.pid}/status")
        while process.returncode is None:
            try:
                found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
            except OSError:
                return
            if not found:
                return
            peak[0] = int(found[1]) * 1024
            time.sleep(0.01)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    output = process.stdout.read() if process.stdout else None
    process.wait()
    seconds = time.perf_counter() - began
    watcher.join()
    if process.returncode != 0:
        raise SystemExit(f"bench: {' '.join(map(str, command))} ended with {process.returncode}")
    return seconds, peak[0], output
