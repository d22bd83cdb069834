from datetime import timedelta

import pytest

CATALOG = "Sandbox"


@pytest.fixture
def sent(partner, stranger, customer_project, to_opportunity):
    """An invitation of the partner's to the stranger, by its identifier."""
    return partner.invite(partner.engagement(customer_project), stranger, to_opportunity)


def read(partner, identifier):
    return partner.get_engagement_invitation(Catalog=CATALOG, Identifier=identifier)


def test_both_sides_read_it(partner, stranger, sent):
    for side in (partner, stranger):
        got = read(side, sent)
        assert (got["Status"], got["EngagementTitle"]) == ("PENDING", "Farms")
        assert got["ExpirationDate"] - got["InvitationDate"] == timedelta(days=15)
        assert got["Payload"]["OpportunityInvitation"]["Project"]["Title"] == "Harvest"


def test_accepting(partner, stranger, sent, refused):
    with refused("AccessDeniedException"):
        partner.accept_engagement_invitation(Catalog=CATALOG, Identifier=sent)
    answer = stranger.accept_engagement_invitation(Catalog=CATALOG, Identifier=sent)
    assert set(answer) == {"ResponseMetadata"}
    engagement = read(stranger, sent)["EngagementId"]
    assert stranger.get_engagement(Catalog=CATALOG, Identifier=engagement)["MemberCount"] == 2
    with refused("ConflictException"):
        stranger.accept_engagement_invitation(Catalog=CATALOG, Identifier=sent)


def test_rejecting(partner, stranger, sent):
    stranger.reject_engagement_invitation(Catalog=CATALOG, Identifier=sent, RejectionReason="Other")
    left = read(stranger, sent)
    assert (left["Status"], left["RejectionReason"]) == ("REJECTED", "Other")
    assert not left.get("Payload")
    assert read(partner, sent)["Payload"]


def test_leads_come_from_aws(aws, partner, stranger, lead, to_lead, refused):
    with refused("ValidationException") as answer:
        partner.invite(partner.engagement(lead, catalog="AWS"), stranger, to_lead, catalog="AWS")
    assert answer["violations"] == ["invitation.payload.leadInvitation ACTION_NOT_PERMITTED"]
    invitation = aws.invite(aws.engagement(lead, catalog="AWS"), partner, to_lead, catalog="AWS")
    got = partner.get_engagement_invitation(Catalog="AWS", Identifier=invitation)
    assert (got["SenderAwsAccountId"], got["SenderCompanyName"]) == ("aws", "AWS")
    assert "sam.hill@" not in str(got)


def test_paginator_walks_all_invitations(partner, stranger, customer_project, lead, to_opportunity, to_lead):
    made = [
        partner.invite(partner.engagement(customer_project), stranger, to_opportunity)
        if i % 2
        else partner.invite(partner.engagement(lead), stranger, to_lead)
        for i in range(5)
    ]

    def found(side, participant, **question):
        rows = side.pages(
            "list_engagement_invitations",
            "EngagementInvitationSummaries",
            ParticipantType=participant,
            **question,
        )
        return [row["Id"] for row in rows]

    assert found(partner, "SENDER", Sort={"SortBy": "InvitationDate", "SortOrder": "ASCENDING"}) == made
    assert found(stranger, "RECEIVER") == made[::-1]
    assert found(stranger, "RECEIVER", PayloadType=["OpportunityInvitation"]) == [made[3], made[1]]
    assert found(partner, "RECEIVER") == []
