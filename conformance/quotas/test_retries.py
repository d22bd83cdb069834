"""Against a server with AWS's quotas: the client's own retries get every request through."""

import uuid

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError


def client(attempts, mode):
    return boto3.client(
        "partnercentral-selling",
        aws_access_key_id=f"{uuid.uuid4().int % 10**12:012d}",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": attempts, "mode": mode}),
    )


def create(c):
    return c.create_opportunity(Catalog="Sandbox", ClientToken=str(uuid.uuid4()))


def test_more_than_one_write_a_second_is_throttled():
    c = client(1, "standard")
    create(c)
    with pytest.raises(ClientError) as refused:
        create(c)
    assert refused.value.response["Error"]["Code"] == "ThrottlingException"
    assert refused.value.response["Error"]["Message"].startswith("Rate exceeded: CreateOpportunity")
    c.list_opportunities(Catalog="Sandbox")  # reads have a quota of their own


@pytest.mark.parametrize("mode", ["standard", "adaptive"])
def test_retries_succeed(mode):
    c = client(10, mode)
    assert len({create(c)["Id"] for _ in range(4)}) == 4
