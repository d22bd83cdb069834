import pytest

from conftest import eventually

CATALOG = "Sandbox"
VIEW = "OpportunitySummaryView"


@pytest.fixture
def deal(partner, stranger, ready, customer_project, to_opportunity):
    """What names the partner's opportunity in an engagement that the stranger has joined."""
    engagement = partner.engagement(customer_project)
    invitation = partner.invite(engagement, stranger, to_opportunity)
    stranger.accept_engagement_invitation(Catalog=CATALOG, Identifier=invitation)
    return {
        "Catalog": CATALOG,
        "EngagementIdentifier": engagement,
        "ResourceType": "Opportunity",
        "ResourceIdentifier": partner.create_opportunity(**ready)["Id"],
        "ResourceSnapshotTemplateIdentifier": VIEW,
    }


def change(partner, identifier, next_steps):
    got = partner.get(identifier)
    for member in ("Id", "Arn", "CreatedDate", "OpportunityTeam", "RelatedEntityIdentifiers"):
        got.pop(member)
    got["LifeCycle"] = {**got["LifeCycle"], "NextSteps": next_steps}
    partner.update_opportunity(Identifier=identifier, **without_nulls(got))


def without_nulls(value):
    if isinstance(value, dict):
        return {name: without_nulls(member) for name, member in value.items() if member is not None}
    return [without_nulls(member) for member in value] if isinstance(value, list) else value


def test_revisions(partner, stranger, deal, refused):
    assert partner.create_resource_snapshot(**deal)["Revision"] == 1
    change(partner, deal["ResourceIdentifier"], "Sign")
    assert partner.create_resource_snapshot(**deal)["Revision"] == 2

    def steps(**revision):
        got = stranger.get_resource_snapshot(**deal, **revision)
        return got["Payload"]["OpportunitySummary"]["Lifecycle"]["NextSteps"]

    assert steps(Revision=1) == "Workshop with the warehouse team"
    assert steps() == "Sign"
    with refused("ResourceNotFoundException"):
        stranger.create_resource_snapshot(**deal)


def test_paginators_walk_all_snapshots_and_associations(partner, stranger, deal, ready):
    made = [deal["ResourceIdentifier"]] + [partner.create_opportunity(**ready)["Id"] for _ in range(4)]
    for identifier in made:
        partner.create_resource_snapshot(**{**deal, "ResourceIdentifier": identifier})
    rows = stranger.pages(
        "list_resource_snapshots", "ResourceSnapshotSummaries", EngagementIdentifier=deal["EngagementIdentifier"]
    )
    assert sorted(row["ResourceId"] for row in rows) == made
    rows = partner.pages("list_engagement_resource_associations", "EngagementResourceAssociationSummaries")
    assert sorted(row["ResourceId"] for row in rows) == made
    assert {row["EngagementId"] for row in rows} == {deal["EngagementIdentifier"]}


def test_job_follows_its_opportunity(partner, stranger, deal, refused):
    job = partner.create_resource_snapshot_job(**deal, Tags=[{"Key": "team", "Value": "north"}])
    at = {"Catalog": CATALOG, "ResourceSnapshotJobIdentifier": job["Id"]}
    assert partner.get_resource_snapshot_job(**at)["Status"] == "Stopped"
    assert partner.list_tags_for_resource(ResourceArn=job["Arn"])["Tags"] == [{"Key": "team", "Value": "north"}]
    partner.start_resource_snapshot_job(**at)
    eventually(
        lambda: partner.get_resource_snapshot_job(**at), lambda got: got.get("LastSuccessfulExecutionDate")
    )
    change(partner, deal["ResourceIdentifier"], "Sign")
    got = eventually(lambda: stranger.get_resource_snapshot(**deal), lambda got: got["Revision"] == 2)
    assert got["Payload"]["OpportunitySummary"]["Lifecycle"]["NextSteps"] == "Sign"
    with refused("ConflictException"):
        partner.delete_resource_snapshot_job(**at)
    partner.stop_resource_snapshot_job(**at)
    partner.delete_resource_snapshot_job(**at)
    with refused("ResourceNotFoundException"):
        partner.get_resource_snapshot_job(**at)


def test_paginator_walks_all_jobs(partner, deal, ready):
    made = []
    for _ in range(5):
        identifier = partner.create_opportunity(**ready)["Id"]
        made.append(partner.create_resource_snapshot_job(**{**deal, "ResourceIdentifier": identifier})["Id"])
    rows = partner.pages("list_resource_snapshot_jobs", "ResourceSnapshotJobSummaries")
    assert [row["Id"] for row in rows] == made[::-1]
    assert partner.pages("list_resource_snapshot_jobs", "ResourceSnapshotJobSummaries", Status="Running") == []


def test_settings(partner):
    def role(catalog):
        return partner.get_selling_system_settings(Catalog=catalog).get("ResourceSnapshotJobRoleArn")

    assert role(CATALOG) is None
    partner.put_selling_system_settings(Catalog=CATALOG, ResourceSnapshotJobRoleIdentifier="Snapshots")
    assert role(CATALOG) == f"arn:aws:iam::{partner.account}:role/Snapshots"
    assert role("AWS") is None
