"""Customer accounts. Botocore knows them since 1.44.7."""

from uuid import uuid4

from conftest import eventually, operator

CATALOG = "Sandbox"
ACME = {
    "CompanyName": "Acme Corp",
    "WebsiteUrl": "https://www.acme.example",
    "Domain": "acme.example",
    "Duns": "123456789",
    "Industry": "Retail",
    "ParentCompanyName": "Acme Holding",
    "Address": {
        "City": "New York",
        "PostalCode": "10001",
        "StateOrRegion": "New York",
        "CountryCode": "US",
        "StreetAddress": "1 Main St",
    },
}


def create(partner, account, **members):
    return partner.create_customer_account(Catalog=CATALOG, Account=account, **members)


def get(partner, identifier):
    answer = partner.get_customer_account(Catalog=CATALOG, Identifier=identifier)
    del answer["ResponseMetadata"]
    return answer


def matched(partner, identifier):
    return eventually(lambda: get(partner, identifier), lambda got: got["EnrichmentStatus"] != "PENDING")


def test_an_account_is_enriched(partner):
    made = create(
        partner, ACME, PartnerAccountIdentifier="crm-1", Tags=[{"Key": "team", "Value": "north"}], ClientToken=str(uuid4())
    )
    assert made["Status"] == "PENDING" and "LastModifiedDate" not in made
    got = matched(partner, made["Id"])
    assert got["Account"] == ACME and got["PartnerAccountIdentifier"] == "crm-1"
    assert got["EnrichmentStatus"] == "ENRICHED" and got["Tags"] == [{"Key": "team", "Value": "north"}]
    assert got["AwsEnrichment"]["Customer"]["AccountName"] == "Acme Corp"
    assert got["AwsEnrichment"]["Insights"]["SolutionScore"] in ("High", "Medium", "Low")
    assert get(partner, made["Arn"]) == got


def test_a_second_account_of_a_customer_is_a_duplicate(partner):
    first = create(partner, ACME)
    matched(partner, first["Id"])
    got = matched(partner, create(partner, ACME)["Id"])
    assert (got["EnrichmentStatus"], got["ReasonCode"]) == ("ACTION_REQUIRED", "DUPLICATE_CUSTOMER_MATCH")
    assert got["ExistingCustomerAccountArn"] == first["Arn"] and got["Message"]


def test_company_names_force_an_outcome(partner):
    for name, status, reason in (
        ("No Match Ltd", "NO_MATCH_FOUND", None),
        ("Processing Error LLC", "ACTION_REQUIRED", "PROCESSING_ERROR"),
        ("Duplicate Inc", "ACTION_REQUIRED", "DUPLICATE_CUSTOMER_MATCH"),
    ):
        got = matched(partner, create(partner, {"CompanyName": name, "Domain": "a.example"})["Id"])
        assert (got["EnrichmentStatus"], got.get("ReasonCode")) == (status, reason)


def test_same_token_is_the_same_account(partner, refused):
    token = str(uuid4())
    first = create(partner, ACME, ClientToken=token)
    matched(partner, first["Id"])
    assert create(partner, ACME, ClientToken=token)["Id"] == first["Id"]
    with refused("ConflictException"):
        create(partner, {"CompanyName": "Other"}, ClientToken=token)


def test_update_matches_again(partner, refused):
    identifier = create(partner, ACME)["Id"]
    before = matched(partner, identifier)
    change = {"Catalog": CATALOG, "Identifier": identifier, "Account": {"CompanyName": "Acme"}}
    updated = partner.update_customer_account(LastModifiedDate=before["LastModifiedDate"], **change)
    assert updated["Status"] == "PENDING" and updated["LastModifiedDate"] > before["LastModifiedDate"]
    assert matched(partner, identifier)["EnrichmentStatus"] == "NO_MATCH_FOUND"
    with refused("ConflictException"):
        partner.update_customer_account(LastModifiedDate=before["LastModifiedDate"], **change)


def test_delete_is_repeatable(partner, stranger, refused):
    identifier = create(partner, ACME)["Id"]
    stranger.delete_customer_account(Catalog=CATALOG, Identifier=identifier)
    get(partner, identifier)
    for _ in range(2):
        partner.delete_customer_account(Catalog=CATALOG, Identifier=identifier)
    with refused("ResourceNotFoundException"):
        get(partner, identifier)


def test_accounts_of_others(partner, stranger, refused):
    made = create(partner, ACME)
    with refused("ResourceNotFoundException"):
        get(stranger, made["Id"])
    with refused("AccessDeniedException"):
        get(stranger, made["Arn"])
    with refused("AccessDeniedException"):
        stranger.tag_resource(ResourceArn=made["Arn"], Tags=[{"Key": "a", "Value": "b"}])


def test_refusals(partner, refused):
    with refused("ValidationException") as answer:
        create(partner.unchecked(), {})
    assert answer["violations"] == ["account.companyName REQUIRED_FIELD_MISSING"]
    with refused("ValidationException") as answer:
        create(partner, {"CompanyName": "Acme", "Address": {"CountryCode": "US", "StateOrRegion": "NY"}})
    assert answer["violations"] == ["account.address.stateOrRegion INVALID_VALUE"]


def test_the_operator_decides(partner):
    # The policy is of the whole server, so another test must not see it: this one decides an account that
    # has its outcome already.
    identifier = create(partner, {"CompanyName": "Acme"})["Id"]
    assert matched(partner, identifier)["EnrichmentStatus"] == "NO_MATCH_FOUND"
    path = f"/accounts/{partner.account}/catalogs/{CATALOG}/customer-accounts/{identifier}/match"
    facts = {"Customer": {"AccountName": "Acme Holding", "Segment": "Enterprise"}}
    issue = {"severity": "WARNING", "code": "OLD_NAME", "message": "The company has a new name"}
    operator("POST", path, {"outcome": "ENRICHED", "enrichment": facts, "issues": [issue]})
    got = get(partner, identifier)
    assert got["AwsEnrichment"]["Customer"] == {"AccountName": "Acme Holding", "Segment": "Enterprise"}
    assert got["Issues"] == [{"Severity": "WARNING", "Code": "OLD_NAME", "Message": "The company has a new name"}]
