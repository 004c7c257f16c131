"""Holds a running server to its own description with schemathesis: made-up requests, valid and not, each reply against /openapi.json.

    python Benchmarks/service/api_cases.py --examples 700 http://127.0.0.1:8080

Checked: no 5xx, statuses and content types that are declared, replies that fit their schema, methods and malformed data refused. Requests that fit the schema and
still contradict themselves (a text and a state) are refused with 400, so that check is left out. A track of the library is given for the addresses that need one.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import urllib.request

parser = argparse.ArgumentParser()
parser.add_argument("url")
parser.add_argument("--examples", type=int, default=100, help="at most so many for each operation")
parser.add_argument("--seed", type=int, default=1)
arguments = parser.parse_args()

with urllib.request.urlopen(arguments.url + "/v1/search?q=music+happy+calm+sad&limit=1") as reply:
    answer = json.load(reply)
track = answer["hits"][0]["id"]
with tempfile.TemporaryDirectory() as folder:
    config = os.path.join(folder, "schemathesis.toml")
    with open(config, "w") as file:
        file.write(f"[parameters]\n\"path.id\" = {json.dumps(track)}\n\n")
        # More elements than a field takes may already be more than a body does.
        file.write("[checks.negative_data_rejection]\nexpected-statuses = [400, 401, 403, 404, 405, 409, 413, 415, 416]\n")
    checks = ("not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,"
              "negative_data_rejection,missing_required_header,unsupported_method")
    program = os.path.join(os.path.dirname(sys.executable), "schemathesis")
    sys.exit(subprocess.run(
        [program, "--config-file", config, "run", arguments.url + "/openapi.json", "--checks", checks, "--max-examples", str(arguments.examples),
         "--seed", str(arguments.seed), "--suppress-health-check", "all", "--continue-on-failure"]).returncode)
