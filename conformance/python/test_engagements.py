from conftest import INTERACTION, Partner

CATALOG = "Sandbox"


def test_creator_is_the_first_member(partner, stranger, customer_project, refused):
    made = partner.create_engagement(Catalog=CATALOG, Title="Farms", Contexts=[customer_project])
    got = partner.get_engagement(Catalog=CATALOG, Identifier=made["Id"])
    assert (got["CreatedBy"], got["MemberCount"]) == (partner.account, 1)
    assert got["ModifiedAt"] == made["ModifiedAt"]
    assert got["Arn"] == f"arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/{made['Id']}"
    assert partner.get_engagement(Catalog=CATALOG, Identifier=got["Arn"])["Id"] == made["Id"]
    with refused("ResourceNotFoundException"):
        stranger.get_engagement(Catalog=CATALOG, Identifier=made["Id"])


def test_contexts_under_one_lock(partner, customer_project, lead, refused):
    engagement = partner.engagement(lead)
    added = partner.create_engagement_context(
        Catalog=CATALOG, EngagementIdentifier=engagement, **customer_project
    )
    assert added["ContextId"] == "2"
    change = {
        "Catalog": CATALOG,
        "EngagementIdentifier": engagement,
        "ContextIdentifier": "1",
        "Type": "Lead",
        # A time that botocore has read and writes again.
        "EngagementLastModifiedAt": added["EngagementLastModifiedAt"],
        "Payload": {
            "Lead": {
                "QualificationStatus": "Qualified",
                "Customer": lead["Payload"]["Lead"]["Customer"],
                "Interaction": {**INTERACTION, "CustomerAction": "Called back"},
            }
        },
    }
    partner.update_engagement_context(**change)
    with refused("ConflictException"):
        partner.update_engagement_context(**change)
    [stored, _] = partner.get_engagement(Catalog=CATALOG, Identifier=engagement)["Contexts"]
    assert stored["Payload"]["Lead"]["QualificationStatus"] == "Qualified"
    assert len(stored["Payload"]["Lead"]["Interactions"]) == 2


def test_five_contexts(partner, lead, refused):
    engagement = partner.engagement(*[lead] * 5)
    with refused("ServiceQuotaExceededException"):
        partner.create_engagement_context(Catalog=CATALOG, EngagementIdentifier=engagement, **lead)


def test_partners_write_no_prospecting_results(partner, refused):
    with refused("ValidationException") as answer:
        partner.engagement({"Type": "ProspectingResult", "Payload": {"ProspectingResult": {}}})
    assert answer["violations"] == ["contexts[0].type ACTION_NOT_PERMITTED"]


def test_paginator_walks_all_engagements(partner, customer_project, lead):
    made = [partner.engagement(lead if i % 2 else customer_project) for i in range(5)]

    def found(**question):
        rows = partner.pages("list_engagements", "EngagementSummaryList", **question)
        return [row["Id"] for row in rows]

    assert found() == made[::-1]
    assert found(Sort={"SortBy": "CreatedDate", "SortOrder": "ASCENDING"}) == made
    assert found(ContextTypes=["Lead"]) == [made[3], made[1]]
    assert found(CreatedBy=["aws"]) == []
    assert found(EngagementIdentifier=[made[2]]) == [made[2]]


def test_paginator_walks_all_members(partner, customer_project, to_opportunity):
    engagement = partner.engagement(customer_project)
    accounts = {partner.account}
    for _ in range(3):
        member = Partner()
        invitation = partner.invite(engagement, member, to_opportunity)
        member.accept_engagement_invitation(Catalog=CATALOG, Identifier=invitation)
        accounts.add(member.account)
    rows = partner.pages("list_engagement_members", "EngagementMemberList", Identifier=engagement)
    assert len(rows) == 4 and {row["AccountId"] for row in rows} == accounts
