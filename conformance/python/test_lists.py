from datetime import timedelta

import pytest

from conftest import Partner

CATALOG = "Sandbox"
COMPANIES = [f"Company {i:02d}" for i in range(23)]
BY_COMPANY = {"SortBy": "CustomerCompanyName", "SortOrder": "ASCENDING"}


@pytest.fixture(scope="module")
def crowded():
    """A partner with 23 opportunities."""
    partner = Partner()
    partner.ids = [
        partner.create(
            Customer={"Account": {"CompanyName": company}},
            LifeCycle={
                "Stage": "Qualified" if i % 2 else "Prospect",
                "TargetCloseDate": f"2049-01-{i + 1:02d}",
            },
        )["Id"]
        for i, company in enumerate(COMPANIES)
    ]
    return partner


def rows(partner, page_size=5, **question):
    pages = partner.get_paginator("list_opportunities").paginate(
        Catalog=CATALOG, PaginationConfig={"PageSize": page_size}, **question
    )
    return [row for page in pages for row in page["OpportunitySummaries"]]


def names(found):
    return [row["Customer"]["Account"]["CompanyName"] for row in found]


def test_default_page(crowded):
    first = crowded.list_opportunities(Catalog=CATALOG)
    assert names(first["OpportunitySummaries"]) == COMPANIES[:2:-1]
    second = crowded.list_opportunities(Catalog=CATALOG, NextToken=first["NextToken"])
    assert names(second["OpportunitySummaries"]) == COMPANIES[2::-1]
    assert not second.get("NextToken")


@pytest.mark.parametrize(
    "sort_by", ["LastModifiedDate", "Identifier", "CustomerCompanyName", "CreatedDate", "TargetCloseDate"]
)
@pytest.mark.parametrize(
    "order, expected", [("ASCENDING", COMPANIES), ("DESCENDING", COMPANIES[::-1])], ids=["up", "down"]
)
def test_paginator_walks_all_rows(crowded, sort_by, order, expected):
    assert names(rows(crowded, Sort={"SortBy": sort_by, "SortOrder": order})) == expected


def test_filters(crowded):
    def found(**question):
        return names(rows(crowded, Sort=BY_COMPANY, **question))

    assert found(LifeCycleStage=["Qualified"]) == COMPANIES[1::2]
    assert found(LifeCycleStage=["Launched"]) == []
    assert found(LifeCycleReviewStatus=["Pending Submission"], LifeCycleStage=[]) == COMPANIES
    assert found(LifeCycleReviewStatus=["Approved"]) == []
    assert found(Identifier=[crowded.ids[3], "O1"]) == ["Company 03"]
    assert found(CustomerCompanyName=["Company 03", "Company 04"], LifeCycleStage=["Prospect"]) == ["Company 04"]


def test_windows(crowded):
    everything = rows(crowded, Sort=BY_COMPANY)
    tenth = everything[10]["LastModifiedDate"]
    later = rows(crowded, Sort=BY_COMPANY, LastModifiedDate={"AfterLastModifiedDate": tenth})
    assert names(later) == COMPANIES[10:]
    hour = timedelta(hours=1)
    assert rows(crowded, CreatedDate={"AfterCreatedDate": tenth + hour}) == []
    assert len(rows(crowded, CreatedDate={"BeforeCreatedDate": tenth + hour})) == len(COMPANIES)


def test_resuming_where_a_paginator_stopped(crowded):
    paginator = crowded.get_paginator("list_opportunities")
    question = {"Catalog": CATALOG, "Sort": BY_COMPANY}
    first = paginator.paginate(**question, PaginationConfig={"MaxItems": 10, "PageSize": 10}).build_full_result()
    rest = paginator.paginate(
        **question, PaginationConfig={"PageSize": 10, "StartingToken": first["NextToken"]}
    ).build_full_result()
    assert names(first["OpportunitySummaries"]) + names(rest["OpportunitySummaries"]) == COMPANIES


def test_token_belongs_to_its_question(crowded, refused):
    token = crowded.list_opportunities(Catalog=CATALOG, MaxResults=5)["NextToken"]
    with refused("ValidationException"):
        crowded.list_opportunities(Catalog=CATALOG, MaxResults=5, NextToken=token, LifeCycleStage=["Qualified"])
    with refused("ValidationException"):
        crowded.list_opportunities(Catalog=CATALOG, MaxResults=5, NextToken="made-up")


def test_catalogs_are_apart(partner):
    made = {catalog: partner.create_opportunity(Catalog=catalog)["Id"] for catalog in ("AWS", "Sandbox")}
    for catalog, identifier in made.items():
        found = partner.list_opportunities(Catalog=catalog)["OpportunitySummaries"]
        assert [(row["Id"], row["Catalog"]) for row in found] == [(identifier, catalog)]
