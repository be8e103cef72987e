"""The base image: the one that the Dockerfile names, or a Debian root file system with Python in its place."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from tests.e2e.image.engine import BUILD_SECONDS, Engine, EngineMissing

DEBIAN = "bookworm"  # the oldest with a Python that is new enough
PACKAGES = "python3,python3-pip,python-is-python3,ca-certificates"
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
STAND_IN = "localhost/debian-with-python"


def named_base(dockerfile: Path) -> str:
    """The image that the Dockerfile builds on unless it is told another."""
    found = re.search(r"^ARG PYTHON_IMAGE=(\S+)$", dockerfile.read_text("utf-8"), re.MULTILINE)
    assert found is not None
    return found[1]


def base_image(engine: Engine, dockerfile: Path, folder: Path) -> tuple[str, str]:
    """A base image that the engine has, and a sentence that says which. Raises EngineMissing."""
    named = named_base(dockerfile)
    pulled = engine.attempt("pull", "--quiet", named, seconds=BUILD_SECONDS)
    if pulled.returncode == 0:
        return named, f"built on {named}"
    if shutil.which("mmdebstrap") is None:
        raise EngineMissing(f"{named} cannot be pulled, and mmdebstrap, which makes another base, is missing")
    archive = folder / "debian.tar"
    _make_root(archive)
    authorities = f"ENV NODE_EXTRA_CA_CERTS={AUTHORITIES}"  # Node brings its own list
    engine("import", "--change", authorities, str(archive), STAND_IN, seconds=BUILD_SECONDS)
    archive.unlink()
    return STAND_IN, f"built on a Debian root file system ({DEBIAN}), since {named} cannot be pulled here"


def _make_root(archive: Path) -> None:
    """A root file system that trusts the authorities that this machine trusts: a registry may be behind a proxy."""
    memory = Path("/dev/shm")
    unpacked_in = memory if memory.is_dir() else archive.parent  # in memory it takes a quarter of the time
    copied = [f"--customize-hook=copy-in {AUTHORITIES} {AUTHORITIES.parent}"] if AUTHORITIES.is_file() else []
    done = subprocess.run(
        ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={PACKAGES}", *copied, DEBIAN, archive],
        env={**os.environ, "TMPDIR": str(unpacked_in)},
        capture_output=True,
        text=True,
        timeout=BUILD_SECONDS,
        check=False,
    )
    if done.returncode:
        raise EngineMissing(f"mmdebstrap could not make a base image: {done.stderr.strip()[-300:]}")
