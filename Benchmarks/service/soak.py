"""Asks a server a recorded mix until it has answered so many requests, and watches its memory.

    python Benchmarks/service/soak.py --pid PID --mix talk.jsonl --requests 1000000 http://127.0.0.1:8080

Prints one line: requests, errors, resident memory after the warm-up and at the end, its largest deviation.
"""

import argparse
import re
import os
import subprocess
import sys
import threading
import time

parser = argparse.ArgumentParser()
parser.add_argument("url")
parser.add_argument("--pid", type=int, required=True)
parser.add_argument("--mix", required=True)
parser.add_argument("--requests", type=int, default=1_000_000)
parser.add_argument("--warm-up", type=float, default=0.05, help="share of the requests")
arguments = parser.parse_args()


def resident():
    with open(f"/proc/{arguments.pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) / 1024


samples = []
done = errors = 0
script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "mix.lua")
stop = threading.Event()


def watch():
    while not stop.is_set():
        samples.append((done, resident()))
        stop.wait(2)


threading.Thread(target=watch, daemon=True).start()
start = time.time()
while done < arguments.requests:
    run = subprocess.run(
        ["wrk", "-t2", "-c16", "-d20s", "-s", script, arguments.url], env=dict(os.environ, MIX=arguments.mix), capture_output=True, text=True)
    count = re.search(r"(\d+) requests in", run.stdout)
    if not count:
        sys.exit(run.stdout + run.stderr)
    done += int(count.group(1))
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", run.stdout)
    sockets = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", run.stdout)
    errors += int(refused.group(1)) if refused else 0
    errors += sum(map(int, sockets.groups())) if sockets else 0
    print(f"{done} requests, {errors} errors, {resident():.1f} MiB, {done / (time.time() - start):.0f}/s", file=sys.stderr, flush=True)
stop.set()
warm = [memory for count, memory in samples if count >= arguments.requests * arguments.warm_up]
print(
    f"{done} requests, {errors} errors, {done / (time.time() - start):.0f} requests/s; resident {warm[0]:.1f} MiB after the warm-up, {warm[-1]:.1f} at the end, "
    f"{min(warm):.1f} to {max(warm):.1f} between ({100 * (max(warm) / warm[0] - 1):+.1f} % at most)")
