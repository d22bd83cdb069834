"""Starts and stops a server."""

from __future__ import annotations

import itertools
import re
import subprocess
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Mapping, Optional, Sequence, Type

from ._binary import find_binary
from ._operator import Account, Clock, Events, Faults, Fixtures, Operator, Referral, Review


class StartError(Exception):
    """The server did not start; the message has what it printed."""


class Server:
    """A server and the other side of Partner Central: AWS, the operator, the clock."""

    def __init__(self, endpoint: str, token: Optional[str] = None) -> None:
        #: The address of the server, such as http://127.0.0.1:40123.
        self.endpoint = endpoint.rstrip("/")
        #: Sends requests to the operator API.
        self.operator = Operator(self.endpoint, token)
        #: The business clock.
        self.clock = Clock(self.operator)
        #: The review desk.
        self.review = Review(self.operator)
        #: Files of records.
        self.fixtures = Fixtures(self.operator)
        #: Injected faults.
        self.faults = Faults(self.operator)
        #: Events.
        self.events = Events(self.operator)
        self._accounts = itertools.count(1)

    def account(self, identifier: Optional[str] = None) -> Account:
        """Return an account: any twelve digits, or aws. Without an identifier, one that no test had before."""
        return Account(identifier or f"{600000000000 + next(self._accounts)}", self.endpoint)

    def boto3(self, account: str = "000000000000", **options: Any) -> Any:
        """Return a boto3 client that acts for an account. Needs boto3."""
        return self.account(account).boto3(**options)

    def refer(self, opportunity: Mapping[str, Any], account: str, catalog: str = "Sandbox") -> Referral:
        """Refer an opportunity from AWS to a partner."""
        made = self.operator.request("POST", "/referrals", {"account": account, "catalog": catalog, "opportunity": dict(opportunity)})
        return Referral(made["opportunityId"], made["engagementId"], made["engagementInvitationId"])

    def reset(self, account: Optional[str] = None) -> None:
        """Remove everything from the server, faults too, and return the clock to the real time.

        With an account only its records are removed, and the clock stays.
        """
        self.operator.request("POST", "/reset" if account is None else f"/reset?account={account}")

    def stop(self) -> None:
        """Stop the server, if start started it."""

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.stop()


class _Process(Server):
    def __init__(self, endpoint: str, process: "subprocess.Popen[str]", data: "tempfile.TemporaryDirectory[str]") -> None:
        super().__init__(endpoint)
        self._process = process
        self._data = data

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._data.cleanup()


def connect(endpoint: str, token: Optional[str] = None) -> Server:
    """Return a server that already runs, such as one in a container."""
    return Server(endpoint, token)


_ADDRESS = re.compile(r"https?://\S+")


def start(flags: Sequence[str] = (), *, binary: Optional[str] = None, log: Optional[str] = None) -> Server:
    """Start a server with an empty store on a free port of this machine.

    flags are further flags of ``cosell serve``. log is the file that gets the server's log.
    The server ends with stop(), or as a context manager.
    """
    data = tempfile.TemporaryDirectory(prefix="cosell-")
    log_file = Path(log) if log else Path(data.name) / "server.log"
    command = [binary or find_binary(), "serve", "--listen", "127.0.0.1:0", "--data", str(Path(data.name) / "data"), *flags]
    with open(log_file, "a", encoding="utf-8") as errors:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True)
    assert process.stdout is not None
    first = process.stdout.readline()
    address = _ADDRESS.search(first)
    if not address:
        process.kill()
        process.wait()
        process.stdout.close()
        said = first + log_file.read_text(encoding="utf-8", errors="replace")
        data.cleanup()
        raise StartError("the server did not start: " + said.strip()[-4000:])
    # A full pipe would stop the server.
    threading.Thread(target=_drain, args=(process.stdout,), daemon=True).start()
    return _Process(address.group(), process, data)


def _drain(stream: IO[str]) -> None:
    try:
        for _ in stream:
            pass
    except ValueError:  # closed by stop
        pass
