from urllib.error import HTTPError

import pytest

from conftest import operator

CO_SELL = {"InvolvementType": "Co-Sell", "Visibility": "Full"}


@pytest.fixture(params=["AWS", "Sandbox"])
def catalog(request):
    return request.param


@pytest.fixture
def submitted(partner, ready, catalog):
    """The task that submitted an opportunity of the partner's."""
    identifier = partner.create_opportunity(**{**ready, "Catalog": catalog})["Id"]
    task = partner.start_engagement_from_opportunity_task(
        Catalog=catalog, Identifier=identifier, AwsSubmission=CO_SELL
    )
    assert task["TaskStatus"] == "COMPLETE", task
    return task


def life_cycle(partner, catalog, task):
    return partner.get_opportunity(Catalog=catalog, Identifier=task["OpportunityId"])["LifeCycle"]


def invitation(partner, catalog, task):
    return partner.get_engagement_invitation(Catalog=catalog, Identifier=task["EngagementInvitationId"])


def test_approval(partner, catalog, submitted):
    identifier = submitted["OpportunityId"]
    [waiting] = operator("GET", f"/reviews?account={partner.account}")["reviews"]
    assert (waiting["id"], waiting["reviewStatus"]) == (identifier, "Submitted")
    partner.decide(identifier, "StartReview", catalog)
    assert life_cycle(partner, catalog, submitted)["ReviewStatus"] == "In review"
    partner.decide(identifier, "Approve", catalog)
    assert life_cycle(partner, catalog, submitted)["ReviewStatus"] == "Approved"
    assert invitation(partner, catalog, submitted)["Status"] == "ACCEPTED"
    engagement = partner.get_engagement(Catalog=catalog, Identifier=submitted["EngagementId"])
    assert engagement["MemberCount"] == 2
    assert operator("GET", f"/reviews?account={partner.account}")["reviews"] == []
    with pytest.raises(HTTPError) as again:
        partner.decide(identifier, "Reject", catalog)
    assert again.value.code == 409


def test_rejection(partner, catalog, submitted):
    partner.decide(submitted["OpportunityId"], "Reject", catalog, comments="Known already", reason="Duplicate")
    after = life_cycle(partner, catalog, submitted)
    assert (after["ReviewStatus"], after["ReviewComments"], after["ReviewStatusReason"]) == (
        "Rejected",
        "Known already",
        "Duplicate",
    )
    assert invitation(partner, catalog, submitted)["Status"] == "REJECTED"


def test_aws_side(partner, catalog, submitted):
    def summary():
        return partner.get_aws_opportunity_summary(
            Catalog=catalog, RelatedOpportunityIdentifier=submitted["OpportunityId"]
        )

    before = summary()
    assert (before["InvolvementType"], before["Visibility"]) == ("Co-Sell", "Full")
    operator(
        "PATCH",
        f"/opportunities/{submitted['OpportunityId']}/aws-summary?account={partner.account}&catalog={catalog}",
        {"LifeCycle": {"Stage": "Qualified"}, "Insights": {"EngagementScore": "High"}},
    )
    after = summary()
    assert (after["LifeCycle"]["Stage"], after["Insights"]["EngagementScore"]) == ("Qualified", "High")


def test_referral(partner, catalog, ready, refused):
    made = operator(
        "POST", "/referrals", {"account": partner.account, "catalog": catalog, "opportunity": ready}
    )
    at = {"Catalog": catalog, "Identifier": made["opportunityId"]}
    with refused("ResourceNotFoundException"):
        partner.get_opportunity(**at)
    [offer] = partner.pages(
        "list_engagement_invitations", "EngagementInvitationSummaries", Catalog=catalog, ParticipantType="RECEIVER"
    )
    assert (offer["Id"], offer["SenderAwsAccountId"]) == (made["engagementInvitationId"], "aws")
    task = partner.start_engagement_by_accepting_invitation_task(Catalog=catalog, Identifier=offer["Id"])
    assert (task["TaskStatus"], task["OpportunityId"]) == ("COMPLETE", made["opportunityId"])
    assert partner.get_opportunity(**at)["LifeCycle"]["ReviewStatus"] == "Approved"


def test_simulated_referral(partner, ready, refused):
    identifier = partner.create_opportunity(**{**ready, "Origin": "AWS Referral"})["Id"]
    [offer] = partner.pages(
        "list_engagement_invitations", "EngagementInvitationSummaries", ParticipantType="RECEIVER"
    )
    partner.reject_engagement_invitation(Catalog="Sandbox", Identifier=offer["Id"])
    with refused("ResourceNotFoundException"):
        partner.get_opportunity(Catalog="Sandbox", Identifier=identifier)
    with refused("ValidationException"):
        partner.create_opportunity(**{**ready, "Catalog": "AWS", "Origin": "AWS Referral"})
