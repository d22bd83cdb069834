"""Who the caller is and whose role it takes, by STS at the same address."""

import json
import os

import boto3
import pytest
from botocore.exceptions import ClientError
from conftest import Partner, operator

ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
HUB, PARTNER = "910000000001", "910000000002"


def client(service, key, secret="test", token=None):
    return boto3.client(
        service,
        endpoint_url=os.environ["AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING"],
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
    )


def user(account, name, **policies):
    """Makes a user with policies and returns a new access key of it."""
    path = f"/accounts/{account}/users/{name}"
    operator("PUT", path)
    for policy, document in policies.items():
        operator("PUT", f"{path}/policies/{policy}", document)
    for key in operator("GET", f"{path}/keys")["keys"]:
        operator("DELETE", f"{path}/keys/{key['AccessKeyId']}")
    key = operator("POST", f"{path}/keys")
    return key["AccessKeyId"], key["SecretAccessKey"]


def role(account, name, principal, external=None, **policies):
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
    if external:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external}}
    path = f"/accounts/{account}/roles/{name}"
    operator("PUT", path, {"trustPolicy": {"Version": "2012-10-17", "Statement": [statement]}})
    for policy, document in policies.items():
        operator("PUT", f"{path}/policies/{policy}", document)
    return f"arn:aws:iam::{account}:role/{name}"


def test_a_caller_learns_its_identity():
    answer = client("sts", "111122223333").get_caller_identity()
    assert (answer["Account"], answer["Arn"]) == ("111122223333", "arn:aws:iam::111122223333:root")


def test_a_wrong_secret_is_refused():
    with pytest.raises(ClientError) as refused:
        client("sts", "111122223333", "wrong").get_caller_identity()
    assert refused.value.response["Error"]["Code"] == "SignatureDoesNotMatch"


def test_a_user_learns_its_identity():
    answer = client("sts", *user(HUB, "who")).get_caller_identity()
    assert answer["Arn"] == f"arn:aws:iam::{HUB}:user/who"
    assert answer["UserId"].startswith("AIDA")


def test_a_role_of_a_partner_is_assumed():
    arn = role(PARTNER, "sync", HUB, external="deal-42", sandbox={"managed": "AWSPartnerCentralSandboxFullAccess"})
    sts = client("sts", *user(HUB, "crm", all=ALL))
    with pytest.raises(ClientError) as refused:
        sts.assume_role(RoleArn=arn, RoleSessionName="crm")
    assert refused.value.response["Error"]["Code"] == "AccessDenied"
    answer = sts.assume_role(RoleArn=arn, RoleSessionName="crm", ExternalId="deal-42", DurationSeconds=900)
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{PARTNER}:assumed-role/sync/crm"
    keys = [answer["Credentials"][name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")]
    assert client("sts", *keys).get_caller_identity()["Account"] == PARTNER
    selling = client("partnercentral-selling", *keys)
    created = selling.create_opportunity(Catalog="Sandbox", ClientToken="identity")
    assert Partner(PARTNER).get(created["Id"])["Id"] == created["Id"]
    with pytest.raises(ClientError) as refused:
        selling.list_opportunities(Catalog="AWS")
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    assert f"User: arn:aws:sts::{PARTNER}:assumed-role/sync/crm is not authorized" in refused.value.response["Error"]["Message"]
    with pytest.raises(ClientError) as refused:
        client("partnercentral-selling", keys[0], keys[1]).list_opportunities(Catalog="Sandbox")
    assert refused.value.response["Error"]["Code"] == "UnrecognizedClientException"


def test_a_session_policy_limits_a_session():
    arn = role(PARTNER, "limited", HUB, all=ALL)
    limits = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "partnercentral:List*", "Resource": "*"}]}
    answer = client("sts", *user(HUB, "limiter", all=ALL)).assume_role(
        RoleArn=arn, RoleSessionName="limited", Policy=json.dumps(limits)
    )
    keys = [answer["Credentials"][name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")]
    selling = client("partnercentral-selling", *keys)
    selling.list_opportunities(Catalog="AWS")
    with pytest.raises(ClientError) as refused:
        selling.create_opportunity(Catalog="AWS", ClientToken="x")
    assert "because no session policy allows the partnercentral:CreateOpportunity action" in refused.value.response["Error"]["Message"]


def test_a_profile_with_a_role(tmp_path, monkeypatch):
    arn = role(PARTNER, "profile", HUB, all=ALL)
    key, secret = user(HUB, "profile", all=ALL)
    (tmp_path / "config").write_text(
        f"[profile partner]\nrole_arn = {arn}\nsource_profile = hub\nregion = us-east-1\n"
        f"[profile hub]\nregion = us-east-1\n"
    )
    (tmp_path / "credentials").write_text(f"[hub]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", os.environ["AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING"])
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    session = boto3.Session(profile_name="partner")
    assert session.client("sts").get_caller_identity()["Arn"].startswith(f"arn:aws:sts::{PARTNER}:assumed-role/profile/")
    session.client("partnercentral-selling").list_opportunities(Catalog="Sandbox")


def test_temporary_credentials_of_a_user():
    answer = client("sts", *user(HUB, "temporary", all=ALL)).get_session_token()
    keys = [answer["Credentials"][name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")]
    client("partnercentral-selling", *keys).list_opportunities(Catalog="Sandbox")
    client("events", *keys).list_rules()
    assert client("sts", *keys).get_access_key_info(AccessKeyId=keys[0])["Account"] == HUB


def test_a_development_key_is_held_to_the_policies_of_its_account():
    account = "910000000003"
    path = f"/accounts/{account}/policies/sandbox"
    operator("PUT", path, {"managed": "AWSPartnerCentralSandboxFullAccess"})
    partner = Partner(account)
    partner.list_opportunities(Catalog="Sandbox")
    with pytest.raises(ClientError) as refused:
        partner.list_opportunities(Catalog="AWS")
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    operator("DELETE", path)
    partner.list_opportunities(Catalog="AWS")
