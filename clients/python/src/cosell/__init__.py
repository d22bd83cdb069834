"""Runs a Cosell server for tests and plays the AWS side of Partner Central.

    import cosell

    with cosell.start() as server:
        partner = server.boto3("111122223333")
        partner.list_opportunities(Catalog="Sandbox")

The pytest plugin gives the fixtures ``cosell`` and ``cosell_account``.
"""

from ._binary import BinaryNotFound, find_binary
from ._operator import Account, Clock, Events, Faults, OperatorError, Referral, Review
from ._server import Server, StartError, connect, start

__all__ = [
    "Account",
    "BinaryNotFound",
    "Clock",
    "Events",
    "Faults",
    "OperatorError",
    "Referral",
    "Review",
    "Server",
    "StartError",
    "connect",
    "find_binary",
    "start",
]
