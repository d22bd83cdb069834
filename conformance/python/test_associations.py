import pytest

CATALOG = "Sandbox"


@pytest.fixture
def opportunity(partner):
    return partner.create()["Id"]


@pytest.fixture
def link(opportunity):
    def members(kind, identifier):
        return {
            "Catalog": CATALOG,
            "OpportunityIdentifier": opportunity,
            "RelatedEntityType": kind,
            "RelatedEntityIdentifier": identifier,
        }

    return members


def test_solutions_of_the_sandbox(partner):
    pages = partner.get_paginator("list_solutions").paginate(Catalog=CATALOG, PaginationConfig={"PageSize": 1})
    found = pages.build_full_result()["SolutionSummaries"]
    assert [(row["Id"], row["Status"], row["Catalog"]) for row in found] == [("S-1234567", "Active", CATALOG)]
    assert partner.list_solutions(Catalog=CATALOG, Status=["Inactive"])["SolutionSummaries"] == []
    assert partner.list_solutions(Catalog=CATALOG, Identifier=["S-1"])["SolutionSummaries"] == []
    assert partner.list_solutions(Catalog="AWS")["SolutionSummaries"] == []


def test_paginator_walks_all_solutions(partner):
    expected = [f"S-{1000001 + i}" for i in range(23)]
    for identifier in expected:
        partner.register("AWS", identifier, f"Solution {identifier}")
    pages = partner.get_paginator("list_solutions")
    for order, rows in (("ASCENDING", expected), ("DESCENDING", expected[::-1])):
        found = pages.paginate(
            Catalog="AWS", Sort={"SortBy": "Identifier", "SortOrder": order}, PaginationConfig={"PageSize": 9}
        ).build_full_result()
        assert [row["Id"] for row in found["SolutionSummaries"]] == rows


@pytest.mark.parametrize("kind, identifier", [("Solutions", "S-1234567"), ("AwsProducts", "AWSLambda")])
def test_associate_and_disassociate(partner, opportunity, link, kind, identifier):
    before = partner.get(opportunity)
    answer = partner.associate_opportunity(**link(kind, identifier))
    assert answer["ResponseMetadata"]["HTTPHeaders"]["content-length"] == "0"
    linked = partner.get(opportunity)
    assert linked["RelatedEntityIdentifiers"][kind] == [identifier]
    assert linked["LastModifiedDate"] > before["LastModifiedDate"]

    partner.associate_opportunity(**link(kind, identifier))
    assert partner.get(opportunity) == linked

    partner.disassociate_opportunity(**link(kind, identifier))
    assert partner.get(opportunity)["RelatedEntityIdentifiers"][kind] == []
    with pytest.raises(partner.exceptions.ResourceNotFoundException):
        partner.disassociate_opportunity(**link(kind, identifier))


def test_associations_survive_an_update(partner, opportunity, link):
    partner.associate_opportunity(**link("Solutions", "S-1234567"))
    got = partner.get(opportunity)
    partner.update_opportunity(
        Catalog=CATALOG,
        Identifier=opportunity,
        LastModifiedDate=got["LastModifiedDate"],
        LifeCycle={"Stage": "Prospect"},
        Marketing={"Source": "None"},
    )
    assert partner.get(opportunity)["RelatedEntityIdentifiers"]["Solutions"] == ["S-1234567"]


def test_what_cannot_be_associated(partner, link, refused):
    with refused("ResourceNotFoundException"):
        partner.associate_opportunity(**link("Solutions", "S-7654321"))
    with refused("ResourceNotFoundException"):
        partner.associate_opportunity(**link("Solutions", "S-1234567") | {"OpportunityIdentifier": "O1"})
    with refused("ValidationException") as answer:
        partner.associate_opportunity(**link("Opinions", "S-1234567"))
    assert answer["violations"] == ["relatedEntityType INVALID_ENUM_VALUE"]
