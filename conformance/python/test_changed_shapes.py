"""What AWS's model of November 2026 changed in operations that were there."""

from copy import deepcopy

import pytest
from conftest import CUSTOMER, operator

CATALOG = "Sandbox"


def customer_account(partner, **members):
    account = {"CompanyName": "Acme Farms", "Industry": "Agriculture", "Address": {"CountryCode": "US"}, **members}
    return partner.create_customer_account(Catalog=CATALOG, Account=account)


def contexts(partner, engagement):
    return partner.get_engagement(Catalog=CATALOG, Identifier=engagement)["Contexts"]


def about(**payload):
    return {"Type": "CustomerAccount", "Payload": {"CustomerAccount": payload}}


def test_reason_of_the_cosell_motion(partner, ready):
    identifier = partner.create(**{name: ready[name] for name in ready if name != "Catalog"})["Id"]
    side = {"Catalog": CATALOG, "RelatedOpportunityIdentifier": identifier}
    assert "CosellMotionReason" not in partner.get_aws_opportunity_summary(**side)
    path = f"/opportunities/{identifier}/aws-summary?account={partner.account}&catalog={CATALOG}"
    operator("PATCH", path, {"CosellMotion": "Partner-led", "CosellMotionReason": "The partner knows the customer."})
    got = partner.get_aws_opportunity_summary(**side)
    assert (got["CosellMotion"], got["CosellMotionReason"]) == ("Partner-led", "The partner knows the customer.")
    operator("PATCH", path, {"CosellMotion": None})
    assert "CosellMotionReason" not in partner.get_aws_opportunity_summary(**side)


def test_a_context_follows_its_customer_account(partner, stranger):
    account = customer_account(partner)
    engagement = partner.engagement(about(AccountIdentifier=account["Id"]))
    (context,) = contexts(partner, engagement)
    customer = context["Payload"]["CustomerAccount"]["Customer"]
    assert context["Type"] == "CustomerAccount"
    assert (customer["CompanyName"], customer["Industry"], customer["CountryCode"]) == ("Acme Farms", "Agriculture", "US")
    read = partner.get_customer_account(Catalog=CATALOG, Identifier=account["Id"])
    partner.update_customer_account(
        Catalog=CATALOG,
        Identifier=account["Id"],
        LastModifiedDate=read["LastModifiedDate"],
        Account={"CompanyName": "Acme Ranches"},
    )
    names = [context["Payload"]["CustomerAccount"]["Customer"]["CompanyName"] for context in contexts(partner, engagement)]
    assert names == ["Acme Ranches"]
    partner.delete_customer_account(Catalog=CATALOG, Identifier=account["Id"])
    assert contexts(partner, engagement)[0]["Payload"]["CustomerAccount"]["Customer"]["CompanyName"]
    found = partner.list_engagements(Catalog=CATALOG, ContextTypes=["CustomerAccount"])["EngagementSummaryList"]
    assert [row["Id"] for row in found] == [engagement]
    assert found[0]["ContextTypes"] == ["CustomerAccount"]


def test_a_context_needs_an_account_of_the_writer(partner, stranger, refused):
    foreign = customer_account(stranger)["Id"]
    with refused("ResourceNotFoundException"):
        partner.engagement(about(AccountIdentifier=foreign))
    with refused("ValidationException"):
        partner.engagement(about())
    engagement = partner.engagement(about(Customer={"CompanyName": "Acme"}))
    assert contexts(partner, engagement)[0]["Payload"]["CustomerAccount"]["Customer"] == {"CompanyName": "Acme"}


def test_account_planning_invitation(partner, stranger):
    engagement = partner.engagement(about(Customer={"CompanyName": "Acme"}))
    payload = {
        "AccountPlanningInvitation": {
            "Customer": {"CompanyName": "Acme", "Industry": "Agriculture"},
            "SenderContacts": [{"Email": "kim@partner.example.com", "FirstName": "Kim"}],
            "PreferredContact": {"Window": "MORNING", "Timezone": "America/New_York"},
        }
    }
    invitation = partner.invite(engagement, stranger, payload)
    read = {"Catalog": CATALOG, "Identifier": invitation}
    got = stranger.get_engagement_invitation(**read)
    assert got["PayloadType"] == "AccountPlanningInvitation" and got["Payload"] == payload
    listed = stranger.list_engagement_invitations(
        Catalog=CATALOG, ParticipantType="RECEIVER", PayloadType=["AccountPlanningInvitation"]
    )["EngagementInvitationSummaries"]
    assert [row["Id"] for row in listed] == [invitation]
    stranger.accept_engagement_invitation(**read)
    assert contexts(stranger, engagement)[0]["Payload"]["CustomerAccount"]["Customer"]["CompanyName"] == "Acme"


@pytest.mark.parametrize("given", ["Expansion", None])
def test_opportunity_type_of_an_invitation(partner, stranger, to_opportunity, customer_project, given):
    engagement = partner.engagement(customer_project)
    if given:
        to_opportunity["OpportunityInvitation"]["OpportunityType"] = given
    invitation = partner.invite(engagement, stranger, to_opportunity)
    got = stranger.get_engagement_invitation(Catalog=CATALOG, Identifier=invitation)
    assert got["Payload"]["OpportunityInvitation"].get("OpportunityType") == given
    task = stranger.start_engagement_by_accepting_invitation_task(
        Catalog=CATALOG, ClientToken=f"accept-{invitation}", Identifier=invitation
    )
    opportunity = stranger.get(task["OpportunityId"])
    assert opportunity["OpportunityType"] == (given or "Net New Business")
    assert opportunity["Customer"]["Account"]["CompanyName"] == CUSTOMER["CompanyName"]


def test_job_title_of_a_lead_is_not_empty(partner, lead, refused):
    lead = deepcopy(lead)
    lead["Payload"]["Lead"]["Interactions"][0]["Contact"]["BusinessTitle"] = ""
    with refused("ValidationException") as answer:
        partner.unchecked().engagement(lead)
    assert [violation.split(" ")[0].split(".")[-1] for violation in answer["violations"]] == ["businessTitle"]
