"""The searches. Botocore knows them since 1.44.7."""

import datetime
from urllib.parse import quote
from uuid import uuid4

import pytest
from conftest import eventually, operator

CATALOG = "Sandbox"


def equals(key, **value):
    return {"EqualsTo": {"Key": key, "Value": value}}


def search(partner, **question):
    answer = partner.search_opportunities(Catalog=CATALOG, **question)
    return [row["Id"] for row in answer["OpportunitySearchSummaries"]]


def opportunity(partner, title, amount, company="Acme Corp"):
    spend = {"Amount": amount, "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}
    made = partner.create(
        ClientToken=str(uuid4()),
        Customer={"Account": {"CompanyName": company}},
        LifeCycle={"Stage": "Prospect"},
        Project={"Title": title, "ExpectedCustomerSpend": [spend]},
    )
    return made["Id"]


@pytest.fixture
def three(partner):
    """Three opportunities of different title, amount and company."""
    return [
        opportunity(partner, "Data lake in the north", "100.00"),
        opportunity(partner, "Data lake in the south", "200.00"),
        opportunity(partner, "Contact center", "300.00", company="Zenith"),
    ]


def test_a_keyword_is_words_in_order(partner, three):
    assert set(search(partner, Keyword="data lake")) == set(three[:2])
    assert search(partner, Keyword="lake in the so") == [three[1]]
    assert search(partner, Keyword="lake data") == []
    assert search(partner, Keyword="ZEN") == [three[2]]


def test_every_write_is_found_at_once(partner):
    for number in range(5):
        identifier = opportunity(partner, f"Round {number}", "100.00")
        assert search(partner, Keyword=f"round {number}") == [identifier]


def test_combinators_and_operators(partner, three):
    amount = {"GreaterThanOrEquals": {"Key": "EstimatedMrr", "Value": {"DoubleValue": 200.0}}}
    company = {"ContainsAny": {"Key": "CustomerCompanyName", "Value": {"StringListValue": ["ACME", "nobody"]}}}
    assert set(search(partner, Filter=amount)) == set(three[1:])
    assert search(partner, Filter={"AndAllFilters": [amount, company]}) == [three[1]]
    assert set(search(partner, Filter={"OrAllFilters": [amount, company]})) == set(three)
    assert search(partner, Filter={"NotFilter": company}) == [three[2]]
    assert search(partner, Filter=equals("OpportunityId", StringValue=three[0])) == [three[0]]
    past = {"LessThan": {"Key": "CreatedDate", "Value": {"DateValue": datetime.datetime(2020, 1, 1)}}}
    assert search(partner, Filter=past) == []


def test_sort_and_pages(partner, three):
    sort = {"SortBy": "EstimatedMrr", "SortOrder": "DESCENDING"}
    rows = partner.pages("search_opportunities", "OpportunitySearchSummaries", Sort=sort)
    assert [row["Id"] for row in rows] == three[::-1]
    first = partner.search_opportunities(Catalog=CATALOG, Sort=sort, MaxResults=1)
    assert first["NextToken"]
    assert "Arn" not in first["OpportunitySearchSummaries"][0]


def test_a_token_is_bound_to_its_search(partner, three, refused):
    token = partner.search_opportunities(Catalog=CATALOG, Keyword="data", MaxResults=1)["NextToken"]
    with refused("ValidationException") as answer:
        search(partner, Keyword="lake", NextToken=token)
    assert answer["violations"] == ["nextToken INVALID_VALUE"]


def test_others_find_nothing(stranger, three):
    assert search(stranger, Keyword="data") == []


def test_bad_trees(partner, refused):
    deep = equals("Stage", StringValue="Prospect")
    for _ in range(4):
        deep = {"NotFilter": deep}
    wide = {"AndAllFilters": [{"OrAllFilters": [equals("Stage", StringValue="Prospect")] * 7}] * 3}
    two = {**equals("Stage", StringValue="Prospect"), "NotFilter": equals("Stage", StringValue="Prospect")}
    kind = equals("EstimatedMrr", StringValue="many")
    for tree, violation in (
        (deep, "TOO_MANY_VALUES"),
        (wide, "TOO_MANY_VALUES"),
        (two, "INVALID_VALUE"),
        (kind, "INVALID_VALUE"),
    ):
        with refused("ValidationException") as answer:
            search(partner, Filter=tree)
        assert [each.split(" ")[1] for each in answer["violations"]] == [violation]


def test_engagements(partner, stranger, lead, customer_project):
    with_lead = partner.engagement(lead)
    with_project = partner.engagement(customer_project)

    def found(who, **question):
        rows = who.search_engagements(Catalog=CATALOG, **question)["EngagementSearchSummaries"]
        return [row["Id"] for row in rows]

    assert found(partner) == [with_project, with_lead]
    assert found(partner, Filter=equals("ContextType", StringValue="Lead")) == [with_lead]
    assert found(partner, Filter=equals("LeadInteractionsContactLastName", StringValue="Hill")) == [with_lead]
    assert found(partner, Keyword="farms", Sort={"SortBy": "CreatedAt", "SortOrder": "ASCENDING"}) == [with_lead, with_project]
    assert found(partner, Filter={"GreaterThan": {"Key": "MemberCount", "Value": {"LongValue": 1}}}) == []
    assert found(stranger) == []
    rows = partner.pages("search_engagements", "EngagementSearchSummaries", page_size=1)
    assert [row["Id"] for row in rows] == [with_project, with_lead]
    assert rows[1]["Contexts"][0]["Payload"]["Lead"]["Customer"]["CompanyName"] == "Acme Farms"


def account(partner, company, **members):
    made = partner.create_customer_account(Catalog=CATALOG, Account={"CompanyName": company, **members})
    return made["Id"]


@pytest.fixture
def enriched(partner):
    """Two customer accounts with an enrichment, and one without."""
    made = [account(partner, "Acme Corp", Domain="acme.example"), account(partner, "Zenith", Domain="zenith.example")]
    made.append(account(partner, "Nameless"))
    for identifier in made:
        eventually(
            lambda identifier=identifier: partner.get_customer_account(Catalog=CATALOG, Identifier=identifier),
            lambda got: got["EnrichmentStatus"] != "PENDING",
        )
    return made


def test_customer_accounts(partner, stranger, enriched):
    def found(who=partner, **question):
        rows = who.search_customer_accounts(Catalog=CATALOG, **question)["CustomerAccountSummaries"]
        return [row["Id"] for row in rows]

    assert set(found()) == set(enriched) and found(stranger) == []
    assert set(found(Filter=equals("ENRICHMENT_STATUS", StringValue="ENRICHED"))) == set(enriched[:2])
    assert found(Filter={"ContainsAny": {"Key": "COMPANY_NAME", "Value": {"StringListValue": ["ACME", "no"]}}}) == [enriched[0]]
    by_name = {"SortBy": "COMPANY_NAME", "SortOrder": "DESCENDING"}
    rows = partner.pages("search_customer_accounts", "CustomerAccountSummaries", Sort=by_name)
    assert [row["CustomerAccount"]["CompanyName"] for row in rows] == ["Zenith", "Nameless", "Acme Corp"]
    assert rows[0]["AwsEnrichment"]["Insights"]["SolutionScore"] in ("High", "Medium", "Low")


def test_customer_account_statistics(partner, enriched):
    answer = partner.get_customer_account_statistics(
        Catalog=CATALOG, Aggregations=[{"GroupBy": ["ENRICHMENT_STATUS"]}, {"GroupBy": ["SEGMENT"]}], IncludeMissing=True
    )
    statuses, segments = answer["Aggregations"]
    assert answer["TotalCount"] == 3 and statuses["OtherCount"] == 0
    assert statuses["Buckets"] == [{"Values": ["ENRICHED"], "Count": 2}, {"Values": ["NO_MATCH_FOUND"], "Count": 1}]
    assert segments["Buckets"][-1] == {"Values": ["MISSING"], "Count": 1}
    only = partner.get_customer_account_statistics(
        Catalog=CATALOG, Filter=equals("ENRICHMENT_STATUS", StringValue="NO_MATCH_FOUND")
    )
    assert only["TotalCount"] == 1 and "Aggregations" not in only


def test_engagement_groups(partner, stranger, lead, customer_project, refused):
    with_lead = partner.engagement(lead)
    partner.engagement(customer_project)
    name = f"Group {uuid4()}"
    path = "/engagement-groups/" + quote(name)
    group = {
        "catalog": CATALOG,
        "description": "Engagements with a lead",
        "readinessLevel": "SalesReady",
        "filter": equals("ContextType", StringValue="Lead"),
        "accounts": [partner.account],
        "active": True,
        "rank": 1,
    }
    identifier = operator("PUT", path, group)["id"]
    try:
        listed = partner.list_engagement_groups(Catalog=CATALOG, EngagementGroupIdentifiers=[identifier])
        (row,) = listed["EngagementGroupSummaries"]
        assert (row["Name"], row["Count"], row["ReadinessLevel"]) == (name, 1, "SalesReady")
        rows = partner.search_engagements(Catalog=CATALOG, GroupId=identifier)["EngagementSearchSummaries"]
        assert [row["Id"] for row in rows] == [with_lead]
        others = stranger.list_engagement_groups(Catalog=CATALOG, EngagementGroupIdentifiers=[identifier])
        assert others["EngagementGroupSummaries"] == []
        with refused("ValidationException") as answer:
            stranger.search_engagements(Catalog=CATALOG, GroupId=identifier)
        assert answer["violations"] == ["groupId INVALID_VALUE"]
    finally:
        operator("DELETE", path)
