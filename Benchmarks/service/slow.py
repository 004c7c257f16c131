"""What idle and slow connections do to the others.

    python Benchmarks/service/slow.py --host 127.0.0.1 --port 8080

Measures with wrk, then again with 1,000 connections that say nothing and 200 that send a header a byte at a time, and tells when each was dropped.
"""

import argparse
import os
import re
import selectors
import socket
import subprocess
import threading
import time

parser = argparse.ArgumentParser()
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--idle", type=int, default=1000)
parser.add_argument("--slow", type=int, default=200)
parser.add_argument("--seconds", type=int, default=10)
parser.add_argument("--rounds", type=int, default=3)
arguments = parser.parse_args()
script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "search.lua")


def measure():
    url = f"http://{arguments.host}:{arguments.port}"
    out = subprocess.run(["wrk", "-t2", "-c16", f"-d{arguments.seconds}s", "--latency", "-s", script, url], capture_output=True, text=True).stdout
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", out).groups()
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return float(value) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit], float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)), int(failed.group(1)) if failed else 0


class Crowd(threading.Thread):
    """Keeps so many idle and slow connections open; whoever is dropped comes back."""

    def __init__(self):
        super().__init__(daemon=True)
        self.stop = threading.Event()
        self.lives = {"idle": [], "slow": []}
        self.open = {}
        self.selector = selectors.DefaultSelector()

    def join_crowd(self, kind):
        connection = socket.create_connection((arguments.host, arguments.port))
        connection.setblocking(False)
        if kind == "slow":
            connection.send(b"GET /v1/search?q=jazz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        self.open[connection] = (kind, time.time())
        self.selector.register(connection, selectors.EVENT_READ)

    def run(self):
        for kind, count in [("idle", arguments.idle), ("slow", arguments.slow)]:
            for _ in range(count):
                self.join_crowd(kind)
        told = time.time()
        while not self.stop.is_set():
            for key, _ in self.selector.select(0.2):
                connection = key.fileobj
                kind, since = self.open[connection]
                try:
                    dropped = not connection.recv(4096)
                except OSError:
                    dropped = True
                if dropped:
                    self.lives[kind].append(time.time() - since)
                    self.selector.unregister(connection)
                    connection.close()
                    del self.open[connection]
                    self.join_crowd(kind)
            if time.time() - told > 1:
                told = time.time()
                for connection, (kind, _) in list(self.open.items()):
                    if kind == "slow":
                        try:
                            connection.send(b"x")
                        except OSError:
                            pass


alone, crowded = [], []
lives = {"idle": [], "slow": []}
for _ in range(arguments.rounds):
    alone.append(measure())
    crowd = Crowd()
    crowd.start()
    time.sleep(2)
    crowded.append(measure())
    # Long enough for every one to be dropped once.
    time.sleep(max(0, 12 - arguments.seconds))
    crowd.stop.set()
    crowd.join()
    for kind in lives:
        lives[kind] += crowd.lives[kind]
    for connection in list(crowd.open):
        connection.close()
    time.sleep(1)


def median(values):
    return sorted(values)[len(values) // 2]


a, b = median([m[0] for m in alone]), median([m[0] for m in crowded])
print(f"p99 alone {a:.1f} ms, beside {arguments.idle} idle and {arguments.slow} slow ones {b:.1f} ms ({100 * (b / a - 1):+.0f} %)")
print(f"requests/s {median([m[1] for m in alone]):.0f} and {median([m[1] for m in crowded]):.0f}; refused {sum(m[2] for m in alone + crowded)}")
for kind, seconds in lives.items():
    if seconds:
        print(f"{kind}: {len(seconds)} dropped, after {min(seconds):.1f} to {max(seconds):.1f} s")
