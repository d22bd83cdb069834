"""What every suite of this folder shares: a client per partner account, and bodies to send."""

import json
import os
import secrets
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

FULL = Path(__file__).parent.parent / "full.json"


class Partner:
    """A client with an account of its own, so that tests never see each other's records.

    Endpoint and region come from the environment alone.
    """

    def __init__(self, account=None, secret="test", validate=True):
        self.account = account or f"{secrets.randbelow(10**12):012d}"
        self.client = boto3.client(
            "partnercentral-selling",
            aws_access_key_id=self.account,
            aws_secret_access_key=secret,
            # botocore checks required members itself; without that the server's own answer is seen.
            config=Config(parameter_validation=validate),
        )

    def __getattr__(self, name):
        return getattr(self.client, name)

    def create(self, **members):
        return self.create_opportunity(Catalog="Sandbox", **members)

    def get(self, identifier):
        answer = self.get_opportunity(Catalog="Sandbox", Identifier=identifier)
        del answer["ResponseMetadata"]
        return answer

    def register(self, catalog, identifier, name):
        """Gives the account a solution, as the operator of the server does."""
        endpoint = os.environ["AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING"]
        request = Request(
            f"{endpoint}/operator/v1/accounts/{self.account}/catalogs/{catalog}/solutions/{identifier}",
            method="PUT",
            headers={"content-type": "application/json"},
            data=json.dumps({"name": name, "category": "Software Product"}).encode(),
        )
        with urlopen(request) as answer:
            assert answer.status == 200

    def unchecked(self):
        """The same account without botocore's own checks."""
        return Partner(self.account, validate=False)


@pytest.fixture
def partner():
    return Partner()


@pytest.fixture
def stranger():
    return Partner()


@pytest.fixture
def full():
    """A CreateOpportunity body with every member that can be set."""
    return json.loads(FULL.read_text(encoding="utf-8"))


@pytest.fixture
def refused():
    """A context in which one call must end in the named error; gives what the error said."""

    @contextmanager
    def expect(code):
        answer = {}
        with pytest.raises(ClientError) as caught:
            yield answer
        answer.update(caught.value.response)
        assert answer["Error"]["Code"] == code, answer
        assert answer["Error"]["Message"], "an error without words"
        answer["violations"] = sorted(
            f"{entry.get('FieldName')} {entry['Code']}" for entry in answer.get("ErrorList") or []
        )

    return expect
