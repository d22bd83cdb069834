import uuid
from datetime import datetime

import boto3
import pytest

CATALOG = "Sandbox"
ASSIGNEE = {
    "Email": "kim@example.com",
    "FirstName": "Kim",
    "LastName": "Berg",
    "BusinessTitle": "OpportunityOwner",
}


def edited(answer):
    """The documented way from a GetOpportunity answer to an UpdateOpportunity body."""
    body = dict(answer)
    for member in ("Arn", "CreatedDate", "OpportunityTeam", "RelatedEntityIdentifiers"):
        del body[member]
    body["Identifier"] = body.pop("Id")
    return body


def test_environment_alone_configures_a_client():
    answer = boto3.client("partnercentral-selling").create_opportunity(Catalog=CATALOG)
    metadata = answer["ResponseMetadata"]
    assert answer["Id"].startswith("O")
    assert metadata["HTTPStatusCode"] == 200
    assert metadata["RetryAttempts"] == 0
    assert uuid.UUID(metadata["RequestId"])
    assert metadata["HTTPHeaders"]["content-type"] == "application/x-amz-json-1.0"


def test_every_member_comes_back_as_it_was_sent(partner, full):
    full["Project"]["RelatedOpportunityIdentifier"] = partner.create()["Id"]
    created = partner.create_opportunity(**full)
    assert isinstance(created["LastModifiedDate"], datetime)

    got = partner.get(created["Id"])
    team, life_cycle = full.pop("OpportunityTeam"), full.pop("LifeCycle")
    del full["Origin"], full["Tags"]
    assert {member: got[member] for member in full} == full
    assert got["LifeCycle"] == life_cycle | {"ReviewStatus": "Pending Submission"}
    assert got["OpportunityTeam"][1:] == team
    assert got["OpportunityTeam"][0]["BusinessTitle"] == "OpportunityOwner"
    assert got["CreatedDate"] == got["LastModifiedDate"] == created["LastModifiedDate"]
    assert got["Arn"] == (
        f"arn:aws:partnercentral:us-east-1:{partner.account}:catalog/Sandbox/opportunity/{created['Id']}"
    )
    assert not any(got["RelatedEntityIdentifiers"].values())


def test_thin_draft_gets_the_defaults(partner):
    got = partner.get(partner.create()["Id"])
    assert got["OpportunityType"] == "Net New Business"
    assert got["NationalSecurity"] == "No"
    assert got["Marketing"] == {"Source": "None"}
    assert got["LifeCycle"]["Stage"] == "Prospect"
    assert got["LifeCycle"]["ReviewStatus"] == "Pending Submission"


def test_get_edit_update(partner, full):
    full["Project"]["RelatedOpportunityIdentifier"] = partner.create()["Id"]
    before = partner.get(partner.create_opportunity(**full)["Id"])
    body = edited(before)
    body["Project"] = body["Project"] | {"Title": "Temperature tracking for 900 lorries"}
    updated = partner.update_opportunity(**body)
    assert updated["Id"] == before["Id"]
    assert updated["LastModifiedDate"] > before["LastModifiedDate"]

    after = partner.get(before["Id"])
    assert after["Project"]["Title"] == "Temperature tracking for 900 lorries"
    assert after["LastModifiedDate"] == updated["LastModifiedDate"]
    untouched = set(before) - {"Project", "LastModifiedDate"}
    assert {member: after[member] for member in untouched} == {member: before[member] for member in untouched}


def test_update_replaces(partner):
    created = partner.create(
        PartnerOpportunityIdentifier="crm-1",
        Customer={"Account": {"CompanyName": "Ada Ltd"}, "Contacts": [{"Email": "ada@example.com"}]},
    )
    partner.update_opportunity(
        Catalog=CATALOG,
        Identifier=created["Id"],
        LastModifiedDate=created["LastModifiedDate"],
        Customer={"Account": {"CompanyName": "Ada Ltd"}},
        LifeCycle={"Stage": "Prospect"},
        Marketing={"Source": "None"},
    )
    got = partner.get(created["Id"])
    assert not got.get("PartnerOpportunityIdentifier")
    assert not got["Customer"].get("Contacts")


def test_stale_lock_is_a_conflict(partner):
    created = partner.create()

    def write(title):
        return partner.update_opportunity(
            Catalog=CATALOG,
            Identifier=created["Id"],
            LastModifiedDate=created["LastModifiedDate"],
            LifeCycle={"Stage": "Prospect"},
            Marketing={"Source": "None"},
            Project={"Title": title},
        )

    write("first")
    with pytest.raises(partner.exceptions.ConflictException):
        write("second")
    assert partner.get(created["Id"])["Project"]["Title"] == "first"


def test_client_token_replays_and_holds_to_its_body(partner, refused):
    body = {"ClientToken": str(uuid.uuid4()), "PartnerOpportunityIdentifier": "crm-7"}
    first, again = partner.create(**body), partner.create(**body)
    assert first["Id"] == again["Id"]
    assert len(partner.list_opportunities(Catalog=CATALOG)["OpportunitySummaries"]) == 1
    with refused("ConflictException"):
        partner.create(**body | {"PartnerOpportunityIdentifier": "crm-8"})


def test_all_violations_of_the_shapes_are_reported_at_once(partner, full, refused):
    del full["Customer"]["Account"]["CompanyName"]
    full["Customer"]["Contacts"][0]["Email"] = "Not An Address"
    full["Project"]["ExpectedCustomerSpend"][0]["CurrencyCode"] = "XYZ"
    full["Tags"] = []
    with refused("ValidationException") as answer:
        partner.unchecked().create_opportunity(**full)
    assert answer["Reason"] == "REQUEST_VALIDATION_FAILED"
    assert answer["violations"] == [
        "customer.account.companyName REQUIRED_FIELD_MISSING",
        "customer.contacts[0].email INVALID_STRING_FORMAT",
        "project.expectedCustomerSpend[0].currencyCode INVALID_ENUM_VALUE",
        "tags NOT_ENOUGH_VALUES",
    ]
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_wrong_json_type_is_refused(partner, refused):
    with refused("SerializationException"):
        partner.unchecked().list_opportunities(Catalog=CATALOG, MaxResults="many")


def test_rules_among_fields(partner, refused):
    with refused("ValidationException") as answer:
        partner.create(LifeCycle={"TargetCloseDate": "2020-01-01"})
    assert answer["Reason"] == "BUSINESS_VALIDATION_FAILED"
    assert [entry["FieldName"] for entry in answer["ErrorList"]] == ["lifeCycle.targetCloseDate"]


def test_referral_origin_is_for_the_sandbox_alone(partner, refused):
    with refused("ValidationException"):
        partner.create_opportunity(Catalog="AWS", Origin="AWS Referral")


def test_not_found(partner, stranger):
    created = partner.create()
    missing = partner.exceptions.ResourceNotFoundException
    with pytest.raises(missing):
        partner.get("O1")
    with pytest.raises(missing):
        partner.get_opportunity(Catalog="AWS", Identifier=created["Id"])
    with pytest.raises(stranger.exceptions.ResourceNotFoundException):
        stranger.get(created["Id"])
    with pytest.raises(stranger.exceptions.ResourceNotFoundException):
        stranger.assign_opportunity(Catalog=CATALOG, Identifier=created["Id"], Assignee=ASSIGNEE)


def test_assign(partner):
    created = partner.create()
    answer = partner.assign_opportunity(Catalog=CATALOG, Identifier=created["Id"], Assignee=ASSIGNEE)
    assert answer["ResponseMetadata"]["HTTPHeaders"]["content-length"] == "0"
    got = partner.get(created["Id"])
    assert ASSIGNEE["Email"] in [member["Email"] for member in got["OpportunityTeam"]]
    assert got["LastModifiedDate"] > created["LastModifiedDate"]
