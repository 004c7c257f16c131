"""What a benchmark figure depends on, to be kept beside it."""

import hashlib
import os
import platform
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PACKAGES = ("tantivy", "bm25s", "scikit-learn", "numpy", "PyStemmer")


def provenance(files: dict[str, Path], packages: tuple[str, ...] = PACKAGES) -> dict[str, Any]:
    """What a figure depends on: machine, versions of the packages measured, and the SHA-256 of each input file."""
    models = [line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
              if line.startswith("model name")]
    machine = {"cpu": models[0] if models else platform.machine(), "cores": len(os.sched_getaffinity(0))}
    compiled = ("numba",) if "bm25s" in packages and find_spec("numba") else ()
    versions = {"python": platform.python_version()} | {package: version(package) for package in packages + compiled}
    return {"machine": machine, "versions": versions, "sha256": {name: sha256(file) for name, file in files.items()}}


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
