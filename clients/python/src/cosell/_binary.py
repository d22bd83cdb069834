"""Finds the binary that the wheel installs."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from pathlib import Path


class BinaryNotFound(Exception):
    """No binary of Cosell is installed."""


def find_binary() -> str:
    """Return the path of the binary.

    The environment variable COSELL wins, then the scripts directory that the wheel was
    installed into, then the PATH.
    """
    named = os.environ.get("COSELL")
    if named:
        return named
    program = "cosell.exe" if sys.platform == "win32" else "cosell"
    scripts = [Path(sysconfig.get_path("scripts"))]
    if hasattr(sysconfig, "get_preferred_scheme"):  # pip install --user
        scripts.append(Path(sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user"))))
    # pip install --target DIR puts scripts into DIR/bin.
    scripts.append(Path(__file__).parent.parent / "bin")
    for directory in scripts:
        if (directory / program).is_file():
            return str(directory / program)
    found = shutil.which(program)
    if found:
        return found
    raise BinaryNotFound(
        "no binary of Cosell: install the wheel of this platform, or name a binary in the environment variable COSELL"
    )
