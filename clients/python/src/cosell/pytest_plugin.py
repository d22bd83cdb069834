"""Fixtures for pytest. Installing the wheel is enough: pytest finds them by itself."""

from __future__ import annotations

import os
from typing import Iterator

import pytest

from ._operator import Account
from ._server import Server, connect, start


@pytest.fixture(scope="session")
def cosell_server() -> "Iterator[Server]":
    """One server for all tests of a run.

    The environment variable COSELL_TEST_ENDPOINT names a server that runs already; it is
    reset before each test.
    """
    running = os.environ.get("COSELL_TEST_ENDPOINT")
    if running:
        yield connect(running)
        return
    with start() as server:
        yield server


@pytest.fixture
def cosell(cosell_server: Server) -> Server:
    """A server with an empty store, the real time and no faults; its address is .endpoint."""
    cosell_server.reset()
    return cosell_server


@pytest.fixture
def cosell_account(cosell: Server) -> Account:
    """An account that no other test has."""
    return cosell.account()
