from uuid import uuid4

from conftest import eventually

CATALOG = "Sandbox"


def start(partner, name, *engagements, **members):
    return partner.start_prospecting_from_engagement_task(
        Catalog=CATALOG, TaskName=name, Identifiers=list(engagements), **members
    )


def finished(partner, task):
    return eventually(
        lambda: partner.get_prospecting_from_engagement_task(Catalog=CATALOG, TaskIdentifier=task["TaskId"]),
        lambda got: got.get("EndTime"),
    )


def test_each_engagement_has_its_own_result(partner, stranger, lead, customer_project):
    mine, foreign = partner.engagement(lead), stranger.engagement(lead)
    plain = partner.engagement(customer_project)
    task = start(partner, "autumn", mine, foreign, plain)
    assert task["TaskStatus"] == "PENDING"
    results = finished(partner, task)["Engagements"]
    assert [(row["EngagementIdentifier"], row["Status"], row.get("ReasonCode")) for row in results] == [
        (mine, "COMPLETED", None),
        (foreign, "FAILED", "EngagementAccessDenied"),
        (plain, "FAILED", "ContextNotFound"),
    ]
    assert results[0]["EngagementContextId"].startswith("ctx-")
    contexts = partner.get_engagement(Catalog=CATALOG, Identifier=mine)["Contexts"]
    assert [(context["Id"], context["Type"]) for context in contexts] == [("1", "Lead"), ("2", "ProspectingResult")]


def test_same_token_is_the_same_task(partner, lead, refused):
    engagement, token = partner.engagement(lead), str(uuid4())
    first = start(partner, "once", engagement, ClientToken=token)
    finished(partner, first)
    again = start(partner, "once", engagement, ClientToken=token)
    assert (again["TaskId"], again["TaskStatus"]) == (first["TaskId"], "PENDING")
    with refused("ConflictException"):
        start(partner, "twice", engagement, ClientToken=token)


def test_nobody_else_reads_it(partner, stranger, lead, refused):
    task = start(partner, "mine", partner.engagement(lead))
    with refused("ResourceNotFoundException"):
        stranger.get_prospecting_from_engagement_task(Catalog=CATALOG, TaskIdentifier=task["TaskId"])


def test_paginator_walks_all_tasks(partner, lead):
    names = ["cedar", "ash", "elm"]
    for count, name in enumerate(names):
        missing = [f"eng-{n:014d}" for n in range(count)]
        finished(partner, start(partner, name, partner.engagement(lead), *missing))

    def found(**question):
        rows = partner.pages("list_prospecting_from_engagement_tasks", "TaskSummaries", **question)
        return [row["TaskName"] for row in rows]

    assert found() == names[::-1]
    for sort_by, expected in (
        ("StartTime", names),
        ("TaskName", sorted(names)),
        ("FailedEngagementCount", names),
    ):
        assert found(Sort={"SortBy": sort_by, "SortOrder": "ASCENDING"}) == expected
        assert found(Sort={"SortBy": sort_by, "SortOrder": "DESCENDING"}) == expected[::-1]
    assert found(TaskName=["ash", "beech"]) == ["ash"]
