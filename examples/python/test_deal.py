"""Tests of a deal. The fixtures cosell and cosell_account come with the wheel of Cosell."""

import json
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

DEAL = json.loads((Path(__file__).parent / "deal.json").read_text())


def status(partner, deal):
    return partner.get_opportunity(Catalog="Sandbox", Identifier=deal)["LifeCycle"]["ReviewStatus"]


@pytest.fixture
def partner(cosell_account):
    return cosell_account.boto3()


@pytest.fixture
def submitted(partner):
    deal = partner.create_opportunity(ClientToken="1", **DEAL)["Id"]
    partner.start_engagement_from_opportunity_task(
        Catalog="Sandbox", ClientToken="2", Identifier=deal, AwsSubmission={"InvolvementType": "Co-Sell", "Visibility": "Full"})
    return deal


def test_a_deal_is_approved(cosell, partner, submitted):
    assert status(partner, submitted) == "Submitted"
    cosell.review.approve(submitted)
    assert status(partner, submitted) == "Approved"


def test_a_deal_needs_another_round(cosell, partner, submitted):
    cosell.review.request_action(submitted, "Say more about the problem.")
    deal = partner.get_opportunity(Catalog="Sandbox", Identifier=submitted)
    for member in ("ResponseMetadata", "Arn", "Id", "CreatedDate", "OpportunityTeam", "RelatedEntityIdentifiers"):
        deal.pop(member, None)
    deal["Project"]["CustomerBusinessProblem"] = "Their nightly reports reach the business a day too late, so orders are lost."
    partner.update_opportunity(Identifier=submitted, **deal)
    assert status(partner, submitted) == "Submitted"


def test_a_repeated_token_creates_one_deal(partner):
    first, second = (partner.create_opportunity(ClientToken="1", **DEAL)["Id"] for _ in range(2))
    assert first == second
    assert len(partner.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]) == 1


def test_every_gap_of_a_thin_draft_is_named(partner):
    deal = partner.create_opportunity(Catalog="Sandbox", ClientToken="1")["Id"]
    with pytest.raises(ClientError) as refused:
        partner.submit_opportunity(Catalog="Sandbox", Identifier=deal, InvolvementType="Co-Sell", Visibility="Full")
    fields = {e["FieldName"] for e in refused.value.response["ErrorList"]}
    assert {"project.title", "customer.account.companyName"} <= fields


def test_a_referral_expires(cosell, cosell_account, partner):
    referral = cosell.refer(DEAL, account=cosell_account.id)
    cosell.clock.advance("360h")
    invitation = partner.get_engagement_invitation(Catalog="Sandbox", Identifier=referral.invitation)
    assert invitation["Status"] == "EXPIRED"


def test_the_crm_hears_of_the_approval(cosell, cosell_account, submitted):
    before = len(cosell.events.list(cosell_account.id))
    cosell.review.approve(submitted)
    events = cosell.events.wait(cosell_account.id, count=before + 1)
    assert "Opportunity Updated" in [e["detail-type"] for e in events[before:]]
