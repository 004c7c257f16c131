"""What a benchmark figure depends on, to be kept beside it."""

import hashlib
import os
import platform
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PACKAGES = ("tantivy", "bm25s", "scikit-learn", "numpy", "PyStemmer")


def provenance(files: dict[str, Path]) -> dict[str, Any]:
    """What a figure depends on: machine, versions, and the SHA-256 of each input file."""
    models = [line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
              if line.startswith("model name")]
    machine = {"cpu": models[0] if models else platform.machine(), "cores": len(os.sched_getaffinity(0))}
    packages = PACKAGES + (("numba",) if find_spec("numba") else ())
    versions = {"python": platform.python_version()} | {package: version(package) for package in packages}
    return {"machine": machine, "versions": versions,
            "sha256": {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in files.items()}}
