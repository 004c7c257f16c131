"""Publishes new generations of a library under load and looks for requests that fail or mix two of them.

    python Benchmarks/service/generations.py --descant bin/descant --server bin/descant-server-program --generations 50

Titles of generation N end in "gN", so every hit of a reply must say the generation that the reply says. The server is started here, on a free port.
"""

import argparse
import http.client
import json
import os
import random
import re
import signal
import subprocess
import tempfile
import threading
import time

parser = argparse.ArgumentParser()
parser.add_argument("--descant", required=True, help="the program descant")
parser.add_argument("--server", required=True, help="the program descant-server")
parser.add_argument("--generations", type=int, default=50)
parser.add_argument("--tracks", type=int, default=2000)
arguments = parser.parse_args()

folder = tempfile.mkdtemp()
library = folder + "/library"
genres, moods, instruments = ["jazz", "rock", "ambient", "folk", "techno"], ["happy", "sad", "calm", "dark"], ["piano", "guitar", "drums", "violin"]


def publish(generation):
    with open(folder + "/corpus.jsonl", "w") as corpus:
        for i in range(arguments.tracks):
            pick = random.Random(i * 1000 + generation)
            track = {"id": f"t{i}", "title": f"Song {i} g{generation}", "artist": f"Band {i}",
                     "descriptors": {"genre": [pick.choice(genres)], "mood": [pick.choice(moods)], "instrument": [pick.choice(instruments)]}}
            corpus.write(json.dumps(track) + "\n")
    subprocess.run(
        [arguments.descant, "index", folder + "/corpus.jsonl", "-l", library, "--replace", "--model", "none"], check=True, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)


publish(1)
server = subprocess.Popen([arguments.server, "-l", library, "--port", "0"], stderr=subprocess.PIPE, text=True)
port = int(re.search(r":(\d+)/", server.stderr.readline()).group(1))
threading.Thread(target=lambda: [None for _ in server.stderr], daemon=True).start()

stop = threading.Event()
totals = {"requests": 0, "failed": 0, "mixed": 0}
seen = set()
lock = threading.Lock()


def ask(seed):
    pick = random.Random(seed)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    while not stop.is_set():
        text = f"{pick.choice(moods)} {pick.choice(genres)} {pick.choice(instruments)}"
        try:
            connection.request("POST", "/v1/search", json.dumps({"text": text, "limit": 20, "facets": True}), {"Content-Type": "application/json"})
            reply = connection.getresponse()
            answer = json.loads(reply.read())
            failed = reply.status != 200
            titles = {int(hit["title"].rsplit("g", 1)[1]) for hit in answer.get("hits", [])}
            mixed = not failed and titles != {answer["generation"]}
            with lock:
                totals["requests"] += 1
                totals["failed"] += failed
                totals["mixed"] += mixed
                seen.add(answer.get("generation"))
        except Exception as error:
            with lock:
                totals["requests"] += 1
                totals["failed"] += 1
            print("failed:", error)
            connection = http.client.HTTPConnection("127.0.0.1", port)


askers = [threading.Thread(target=ask, args=(i,)) for i in range(8)]
for asker in askers:
    asker.start()
start = time.time()
for generation in range(2, arguments.generations + 2):
    publish(generation)
    time.sleep(0.5)
stop.set()
for asker in askers:
    asker.join()
server.send_signal(signal.SIGTERM)
code = server.wait(10)
print(f"{arguments.generations} generations in {time.time() - start:.0f} s under load: {totals['requests']} requests, {totals['failed']} failed, "
      f"{totals['mixed']} mixed; {len(seen)} generations answered; the server ended with {code}")
