"""The searches. Botocore knows them since 1.44.7."""

import datetime
from uuid import uuid4

import pytest

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
