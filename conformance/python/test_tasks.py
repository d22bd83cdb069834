from uuid import uuid4

import pytest

CATALOG = "Sandbox"
CO_SELL = {"InvolvementType": "Co-Sell", "Visibility": "Full"}
OLDEST_FIRST = {"SortBy": "StartTime", "SortOrder": "ASCENDING"}


def submit(partner, identifier, **members):
    return partner.start_engagement_from_opportunity_task(
        **{"Catalog": CATALOG, "Identifier": identifier, "AwsSubmission": CO_SELL, **members}
    )


def accept(partner, identifier):
    return partner.start_engagement_by_accepting_invitation_task(Catalog=CATALOG, Identifier=identifier)


def convert(partner, engagement, catalog=CATALOG, **members):
    return partner.start_opportunity_from_engagement_task(
        **{"Catalog": catalog, "Identifier": engagement, "ContextIdentifier": "1", **members}
    )


def status(partner, identifier):
    return partner.get(identifier)["LifeCycle"]["ReviewStatus"]


def test_from_opportunity(partner, ready, refused):
    identifier = partner.create_opportunity(**ready)["Id"]
    token = str(uuid4())
    task = submit(partner, identifier, ClientToken=token, Tags=[{"Key": "from", "Value": "task"}])
    assert task["TaskStatus"] == "COMPLETE", task
    assert status(partner, identifier) == "Submitted"
    assert partner.get_engagement(Catalog=CATALOG, Identifier=task["EngagementId"])["MemberCount"] == 1
    invitation = partner.get_engagement_invitation(Catalog=CATALOG, Identifier=task["EngagementInvitationId"])
    assert invitation["Receiver"]["Account"]["AwsAccountId"] == "aws"
    job = partner.get_resource_snapshot_job(
        Catalog=CATALOG, ResourceSnapshotJobIdentifier=task["ResourceSnapshotJobId"]
    )
    assert job["Status"] == "Running"
    tags = partner.list_tags_for_resource(ResourceArn=job["Arn"])["Tags"]
    assert tags == [{"Key": "from", "Value": "task"}]
    again = submit(partner, identifier, ClientToken=token, Tags=[{"Key": "from", "Value": "task"}])
    assert again["TaskId"] == task["TaskId"]
    with refused("ConflictException"):
        submit(partner, identifier, ClientToken=token)
    twice = submit(partner, identifier)
    assert (twice["TaskStatus"], twice["ReasonCode"]) == ("FAILED", "OpportunityConflict")


def test_draft_with_gaps(partner, refused):
    identifier = partner.create()["Id"]
    task = submit(partner, identifier)
    assert (task["TaskStatus"], task["ReasonCode"]) == ("FAILED", "OpportunityValidationFailed")
    assert "project.salesActivities is required" in task["Message"]
    assert status(partner, identifier) == "Pending Submission"
    with refused("ResourceNotFoundException"):
        submit(partner, "O1")


def test_submit_by_itself(partner, ready, refused):
    identifier = partner.create_opportunity(**ready)["Id"]
    answer = partner.submit_opportunity(
        Catalog=CATALOG, Identifier=identifier, InvolvementType="For Visibility Only", Visibility="Limited"
    )
    assert set(answer) == {"ResponseMetadata"}
    assert status(partner, identifier) == "Submitted"
    with refused("ValidationException") as answer:
        partner.submit_opportunity(Catalog=CATALOG, Identifier=identifier, InvolvementType="Co-Sell")
    assert answer["violations"] == ["lifeCycle.reviewStatus INVALID_RESOURCE_STATE"]


def test_limited_visibility_is_for_visibility_only(partner, ready):
    identifier = partner.create_opportunity(**ready)["Id"]
    task = submit(partner, identifier, AwsSubmission={"InvolvementType": "Co-Sell", "Visibility": "Limited"})
    assert task["TaskStatus"] == "FAILED"
    assert "Cannot set visibility to limited on a Co-Sell opportunity" in task["Message"]


def test_accepting_follows_the_senders_review(partner, stranger, ready, to_opportunity):
    identifier = partner.create_opportunity(**ready)["Id"]
    engagement = submit(partner, identifier)["EngagementId"]
    task = accept(stranger, partner.invite(engagement, stranger, to_opportunity))
    assert task["TaskStatus"] == "COMPLETE", task
    assert stranger.get(task["OpportunityId"])["Customer"]["Account"]["CompanyName"] == "Acme Farms"
    assert status(stranger, task["OpportunityId"]) == "Submitted"
    partner.decide(identifier, "Approve")
    assert status(stranger, task["OpportunityId"]) == "Approved"


@pytest.mark.parametrize("catalog", ["AWS", "Sandbox"])
def test_lead_becomes_an_opportunity(aws, partner, lead, to_lead, catalog):
    engagement = aws.engagement(lead, catalog=catalog)
    invitation = aws.invite(engagement, partner, to_lead, catalog=catalog)
    partner.accept_engagement_invitation(Catalog=catalog, Identifier=invitation)
    task = convert(partner, engagement, catalog)
    assert task["TaskStatus"] == "COMPLETE", task
    assert task["ContextId"] == "2"
    draft = partner.get_opportunity(Catalog=catalog, Identifier=task["OpportunityId"])
    assert draft["Project"]["Title"] == "Converted from Lead"
    assert convert(partner, engagement, catalog, ContextIdentifier="9")["ReasonCode"] == "ContextNotFound"


def test_disqualified_lead(partner, lead):
    lead["Payload"]["Lead"]["QualificationStatus"] = "Disqualified"
    task = convert(partner, partner.engagement(lead))
    assert (task["TaskStatus"], task["ReasonCode"]) == ("FAILED", "DisqualifiedLeadNotPermitted")


def test_paginators_walk_all_tasks(partner, stranger, ready, lead, to_opportunity):
    made, accepted, converted = [], [], []
    for _ in range(3):
        task = submit(partner, partner.create_opportunity(**ready)["Id"])
        made.append(task["TaskId"])
        invitation = partner.invite(task["EngagementId"], stranger, to_opportunity)
        accepted.append(accept(stranger, invitation)["TaskId"])
        converted.append(convert(partner, partner.engagement(lead))["TaskId"])
    made.append(submit(partner, partner.create()["Id"])["TaskId"])

    def found(side, operation, **question):
        return [row["TaskId"] for row in side.pages(operation, "TaskSummaries", **question)]

    assert found(partner, "list_engagement_from_opportunity_tasks", Sort=OLDEST_FIRST) == made
    assert found(partner, "list_engagement_from_opportunity_tasks") == made[::-1]
    assert found(partner, "list_engagement_from_opportunity_tasks", TaskStatus=["FAILED"]) == made[3:]
    assert found(stranger, "list_engagement_by_accepting_invitation_tasks", Sort=OLDEST_FIRST) == accepted
    assert found(partner, "list_opportunity_from_engagement_tasks", Sort=OLDEST_FIRST) == converted
    assert found(stranger, "list_opportunity_from_engagement_tasks") == []
