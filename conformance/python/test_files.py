"""Files for bulk jobs, uploaded as boto3's S3 client sends them."""

import hashlib
import os
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

BUCKET = "aws-partner-central-marketplace-ephemeral-writeonly-files"
CONTENT = b"Row Id,Company Name\r\n1,Acme\r\n" * 1000


def s3(account, **config):
    return boto3.client(
        "s3",
        endpoint_url=os.environ["AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING"],
        aws_access_key_id=account,
        aws_secret_access_key="test",
        config=Config(retries={"max_attempts": 1}, **config),
    )


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"request_checksum_calculation": "when_required"},
        {"s3": {"payload_signing_enabled": True}},
        {"s3": {"addressing_style": "path"}},
    ],
)
def test_put_object(partner, config):
    client = s3(partner.account, **config)
    versions = set()
    for _ in range(2):
        answer = client.put_object(Bucket=BUCKET, Key=f"{partner.account}/dir/ü a.csv", Body=CONTENT)
        assert answer["ETag"] == f'"{hashlib.md5(CONTENT).hexdigest()}"'
        versions.add(answer["VersionId"])
    assert len(versions) == 2


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_checksums(partner, algorithm):
    answer = s3(partner.account).put_object(
        Bucket=BUCKET, Key=f"{partner.account}/a.csv", Body=CONTENT, ChecksumAlgorithm=algorithm
    )
    assert answer["Checksum" + algorithm]


def test_upload_file_in_parts(partner, tmp_path):
    file = tmp_path / "big.csv"
    file.write_bytes(os.urandom(20 << 20))
    s3(partner.account).upload_file(str(file), BUCKET, f"{partner.account}/big.csv")


def test_presigned(partner):
    url = s3(partner.account, signature_version="s3v4").generate_presigned_url(
        "put_object", Params={"Bucket": BUCKET, "Key": f"{partner.account}/a.csv"}, ExpiresIn=60
    )
    with urlopen(Request(url, data=CONTENT, method="PUT")) as answer:
        assert answer.headers["x-amz-version-id"]
    with pytest.raises(HTTPError) as failed:
        urlopen(Request(url.replace("a.csv", "b.csv"), data=CONTENT, method="PUT"))
    assert failed.value.code == 403


def test_write_only(partner, stranger):
    client = s3(partner.account)
    key = f"{partner.account}/a.csv"
    client.put_object(Bucket=BUCKET, Key=key, Body=CONTENT)
    for refused in (
        lambda: client.put_object(Bucket=BUCKET, Key=f"{stranger.account}/a.csv", Body=CONTENT),
        lambda: client.get_object(Bucket=BUCKET, Key=key),
        lambda: client.delete_object(Bucket=BUCKET, Key=key),
        lambda: client.list_objects_v2(Bucket=BUCKET),
    ):
        with pytest.raises(ClientError) as failed:
            refused()
        assert failed.value.response["Error"]["Code"] == "AccessDenied"
