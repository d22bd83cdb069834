"""What every suite of this folder shares: a client per partner account, and bodies to send."""

import json
import os
import secrets
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

FULL = Path(__file__).parent.parent / "full.json"


def operator(method, path, body=None):
    """Speaks to the operator API, as the operator of the server does."""
    request = Request(
        f"{os.environ['AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING']}/operator/v1{path}",
        method=method,
        headers={"content-type": "application/json"},
        data=None if body is None else json.dumps(body).encode(),
    )
    with urlopen(request) as answer:
        text = answer.read()
        return json.loads(text) if text else None


def eventually(read, holds, within=15):
    """Reads until what it reads holds: the server does some things after it has answered."""
    end = time.monotonic() + within
    while True:
        value = read()
        if holds(value):
            return value
        assert time.monotonic() < end, f"still {value}"
        time.sleep(0.02)


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
        """Gives the account a solution."""
        path = f"/accounts/{self.account}/catalogs/{catalog}/solutions/{identifier}"
        operator("PUT", path, {"name": name, "category": "Software Product"})

    def engagement(self, *contexts, catalog="Sandbox"):
        return self.create_engagement(
            Catalog=catalog, Title="Farms", Description="Sheep and more", Contexts=list(contexts)
        )["Id"]

    def invite(self, engagement, receiver, payload, catalog="Sandbox"):
        return self.create_engagement_invitation(
            Catalog=catalog,
            EngagementIdentifier=engagement,
            Invitation={
                "Message": "Join us",
                "Receiver": {"Account": {"AwsAccountId": receiver.account}},
                "Payload": payload,
            },
        )["Id"]

    def decide(self, identifier, decision, catalog="Sandbox", **words):
        """Has AWS's reviewer decide about an opportunity of the account."""
        path = f"/opportunities/{identifier}/review?account={self.account}&catalog={catalog}"
        return operator("POST", path, {"decision": decision, **words})

    def pages(self, operation, member, page_size=2, **question):
        """Collects all pages of a list."""
        pages = self.client.get_paginator(operation).paginate(
            **{"Catalog": "Sandbox", **question}, PaginationConfig={"PageSize": page_size}
        )
        return [row for page in pages for row in page[member]]

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
def ready(full):
    """A CreateOpportunity body that can be submitted in either way."""
    del full["Project"]["RelatedOpportunityIdentifier"]
    return {**full, "OpportunityType": "Net New Business"}


@pytest.fixture
def aws():
    """AWS's own side."""
    return Partner("aws")


CUSTOMER = {
    "Industry": "Agriculture",
    "CompanyName": "Acme Farms",
    "WebsiteUrl": "https://farms.example.com",
    "CountryCode": "US",
}
INTERACTION = {
    "SourceType": "Event",
    "SourceId": "fair-26",
    "SourceName": "Farm fair",
    "Usecase": "Database",
    "CustomerAction": "Asked for a call",
    "BusinessProblem": "They count their sheep by hand.",
    "Contact": {
        "BusinessTitle": "CTO",
        "Email": "sam.hill@farms.example.com",
        "FirstName": "Sam",
        "LastName": "Hill",
    },
}


@pytest.fixture
def customer_project():
    """A context of an engagement."""
    return {"Type": "CustomerProject", "Payload": {"CustomerProject": {"Customer": CUSTOMER}}}


@pytest.fixture
def lead():
    """The other context that partners write."""
    customer = {"CompanyName": "Acme Farms", "Industry": "Agriculture", "Address": {"CountryCode": "US"}}
    return {"Type": "Lead", "Payload": {"Lead": {"Customer": customer, "Interactions": [INTERACTION]}}}


@pytest.fixture
def to_opportunity():
    """A payload of an invitation."""
    return {
        "OpportunityInvitation": {
            "ReceiverResponsibilities": ["Distributor"],
            "Customer": CUSTOMER,
            "Project": {
                "Title": "Harvest",
                "BusinessProblem": "They count their sheep by hand.",
                "TargetCompletionDate": "2049-10-04",
                "ExpectedCustomerSpend": [
                    {"Amount": "10000.00", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}
                ],
            },
        }
    }


@pytest.fixture
def to_lead():
    """The other payload."""
    return {
        "LeadInvitation": {
            "Customer": {"CompanyName": "Acme Farms"},
            "Interaction": {"ContactBusinessTitle": "CTO"},
        }
    }


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
