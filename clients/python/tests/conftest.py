"""Uses the source tree, unless the wheel is installed."""

import importlib.metadata
import os
from pathlib import Path

INSTALLED = any(e.value == "cosell.pytest_plugin" for e in importlib.metadata.entry_points(group="pytest11"))
pytest_plugins = ["pytester"]
if not INSTALLED:
    pytest_plugins.append("cosell.pytest_plugin")
    # For the processes that tests start.
    os.environ["PYTHONPATH"] = str(Path(__file__).parent.parent / "src")
    os.environ["PYTEST_PLUGINS"] = "cosell.pytest_plugin"
