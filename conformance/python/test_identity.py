"""Who the caller is, by STS at the same address."""

import os

import boto3
import pytest
from botocore.exceptions import ClientError


def sts(key, secret="test"):
    return boto3.client(
        "sts",
        endpoint_url=os.environ["AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING"],
        aws_access_key_id=key,
        aws_secret_access_key=secret,
    )


def test_a_caller_learns_its_identity():
    answer = sts("111122223333").get_caller_identity()
    assert (answer["Account"], answer["Arn"]) == ("111122223333", "arn:aws:iam::111122223333:root")


def test_a_wrong_secret_is_refused():
    with pytest.raises(ClientError) as refused:
        sts("111122223333", "wrong").get_caller_identity()
    assert refused.value.response["Error"]["Code"] == "SignatureDoesNotMatch"


def test_roles_cannot_be_assumed_yet():
    with pytest.raises(ClientError) as refused:
        sts("111122223333").assume_role(RoleArn="arn:aws:iam::111122223333:role/r", RoleSessionName="session")
    assert refused.value.response["Error"]["Code"] == "InvalidAction"
