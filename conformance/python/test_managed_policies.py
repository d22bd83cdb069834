"""What accounts with each of AWS's managed policies may do: every operation in both catalogs. The answers make
the table in docs/managed-policies.md; UPDATE_DOCS=1 writes it."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from conftest import operator
from test_identity import user

PAGE = Path(__file__).parents[2] / "docs" / "managed-policies.md"
POLICIES = {
    "FullAccess": "AWSPartnerCentralFullAccess",
    "SandboxFullAccess": "AWSPartnerCentralSandboxFullAccess",
    "OpportunityManagement": "AWSPartnerCentralOpportunityManagement",
    "SnapshotJobExecution": "AWSPartnerCentralSellingResourceSnapshotJobExecutionRolePolicy",
}
OPPORTUNITY, ENGAGEMENT, INVITATION = "O1234567", "eng-0123456789abcd", "engi-0123456789abc"
JOB, CUSTOMER, BULK, TASK = "job-0123456789abc", "cust-acc-0123456789abc", "bulkjob-0123456789abc", "task-0123456789abcd"
SNAPSHOT = {"EngagementIdentifier": ENGAGEMENT, "ResourceType": "Opportunity", "ResourceIdentifier": OPPORTUNITY}
TEMPLATE = {"ResourceSnapshotTemplateIdentifier": "OpportunityLeadConversion1"}
PERSON = {"BusinessTitle": "CEO", "Email": "a@example.com", "FirstName": "A", "LastName": "B"}
INTERACTION = {"SourceType": "Event", "SourceId": "1", "SourceName": "Name", "CustomerAction": "Action", "Contact": PERSON}
LEAD = {"Lead": {"Customer": {"CompanyName": "Example", "Address": {"CountryCode": "US"}}, "Interactions": [INTERACTION]}}
UPDATED_LEAD = {"Lead": {"Customer": LEAD["Lead"]["Customer"]}}
LEAD_INVITATION = {
    "Customer": {"CompanyName": "Example", "CountryCode": "US"},
    "Interaction": {"SourceType": "Event", "SourceId": "1", "SourceName": "Name", "ContactBusinessTitle": "CEO"},
}


def requests(account, catalog):
    """A request that the contract takes for every operation, without the catalog."""
    arn = {"ResourceArn": f"arn:aws:partnercentral:us-east-1:{account}:catalog/{catalog}/opportunity/{OPPORTUNITY}"}
    token = {"ClientToken": "walk"}
    file = f"s3://aws-partner-central-marketplace-ephemeral-writeonly-files/{account}/walk.csv"
    by_id = {"GetOpportunity": OPPORTUNITY, "GetEngagement": ENGAGEMENT, "ListEngagementMembers": ENGAGEMENT}
    by_id |= {f"{verb}EngagementInvitation": INVITATION for verb in ("Accept", "Get")}
    by_id |= {f"{verb}CustomerAccount": CUSTOMER for verb in ("Get", "Delete")}
    all_of_them = {name: {"Identifier": identifier} for name, identifier in by_id.items()}
    all_of_them |= {f"{verb}ResourceSnapshotJob": {"ResourceSnapshotJobIdentifier": JOB} for verb in ("Get", "Start", "Stop", "Delete")}
    return all_of_them | {
        "AssignOpportunity": {"Identifier": OPPORTUNITY, "Assignee": {"Email": "a@example.com", "FirstName": "A", "LastName": "B", "BusinessTitle": "CEO"}},
        "AssociateOpportunity": {"OpportunityIdentifier": OPPORTUNITY, "RelatedEntityType": "Solutions", "RelatedEntityIdentifier": "S-1234567"},
        "CreateCustomerAccount": token | {"Account": {"CompanyName": "Example", "Address": {"CountryCode": "US"}}},
        "CreateEngagement": token | {"Title": "Title", "Description": "Description"},
        "CreateEngagementContext": token | {"EngagementIdentifier": ENGAGEMENT, "Type": "Lead", "Payload": LEAD},
        "CreateEngagementInvitation": token | {
            "EngagementIdentifier": ENGAGEMENT,
            "Invitation": {
                "Message": "Message", "Receiver": {"Account": {"AwsAccountId": "910000000009"}},
                "Payload": {"LeadInvitation": LEAD_INVITATION},
            },
        },
        "CreateOpportunity": token,
        "CreateResourceSnapshot": token | SNAPSHOT | TEMPLATE,
        "CreateResourceSnapshotJob": token | SNAPSHOT | TEMPLATE,
        "DisassociateOpportunity": {"OpportunityIdentifier": OPPORTUNITY, "RelatedEntityType": "Solutions", "RelatedEntityIdentifier": "S-1234567"},
        "GetAwsOpportunitySummary": {"RelatedOpportunityIdentifier": OPPORTUNITY},
        "GetCustomerAccountBulkJob": {"Identifier": BULK},
        "GetCustomerAccountBulkJobReportUrl": {"Identifier": BULK, "ReportType": "ALL_RECORDS"},
        "GetCustomerAccountStatistics": {"Aggregations": [{"GroupBy": ["SEGMENT"]}]},
        "GetOpportunityBulkJobReportUrl": {"JobId": BULK, "ReportFormat": "CSV", "ReportType": "ALL_RECORDS"},
        "GetProspectingFromEngagementTask": {"TaskIdentifier": TASK},
        "GetResourceSnapshot": SNAPSHOT | TEMPLATE,
        "ListCustomerAccountBulkJobResults": {"Identifier": BULK},
        "ListEngagementInvitations": {"ParticipantType": "RECEIVER"},
        "ListEngagementResourceAssociations": {"EngagementIdentifier": ENGAGEMENT},
        "ListOpportunityBulkJobResults": {"JobId": BULK},
        "ListResourceSnapshots": {"EngagementIdentifier": ENGAGEMENT},
        "ListTagsForResource": arn,
        "PutSellingSystemSettings": {"ResourceSnapshotJobRoleIdentifier": "jobs"},
        "RejectEngagementInvitation": {"Identifier": INVITATION},
        "SearchOpportunities": {"Keyword": "sheep"},
        "StartCustomerAccountBulkJob": token | {"FileUri": file},
        "StartEngagementByAcceptingInvitationTask": token | {"Identifier": INVITATION},
        "StartEngagementFromOpportunityTask": token | {"Identifier": OPPORTUNITY, "AwsSubmission": {"InvolvementType": "Co-Sell"}},
        "StartOpportunityBulkJob": token | {"FileURI": file, "FileFormat": "CSV"},
        "StartOpportunityFromEngagementTask": token | {"Identifier": ENGAGEMENT, "ContextIdentifier": "1"},
        "StartProspectingFromEngagementTask": token | {"Identifiers": [ENGAGEMENT], "TaskName": "task"},
        "SubmitOpportunity": {"Identifier": OPPORTUNITY, "InvolvementType": "Co-Sell"},
        "TagResource": arn | {"Tags": [{"Key": "k", "Value": "v"}]},
        "UntagResource": arn | {"TagKeys": ["k"]},
        "UpdateCustomerAccount": {"Identifier": CUSTOMER, "LastModifiedDate": "2026-01-01T00:00:00Z", "Account": {"CompanyName": "Example"}},
        "UpdateEngagementContext": {"EngagementIdentifier": ENGAGEMENT, "ContextIdentifier": "1", "EngagementLastModifiedAt": "2026-01-01T00:00:00Z", "Type": "Lead", "Payload": UPDATED_LEAD},
        "UpdateOpportunity": {"Identifier": OPPORTUNITY, "LastModifiedDate": "2026-01-01T00:00:00Z"},
    }


def verdict(client, name, request):
    """Whether policies allow a request; what comes of it then does not matter, but the contract must take it."""
    try:
        getattr(client, xform_name(name))(**request)
    except ClientError as refused:
        error, text = refused.response["Error"], refused.response["Error"]["Message"]
        if error["Code"] == "AccessDeniedException" and "is not authorized to perform: " in text:
            return text.split("perform: ")[1].split()[0].split(":")[1]
        assert refused.response.get("Reason") != "REQUEST_VALIDATION_FAILED", f"{name}: {text}"
        assert error["Code"] not in ("InternalServerException", "UnrecognizedClientException", "SerializationException"), f"{name}: {text}"
    return ""


def walk(column, number):
    """The verdict on every operation in each catalog, for an account with one policy."""
    policy, catalog = column
    account = f"92000000000{number}"
    key, secret = user(account, "walker", managed={"managed": POLICIES[policy]})
    client = boto3.client(
        "partnercentral-selling", aws_access_key_id=key, aws_secret_access_key=secret,
        config=Config(parameter_validation=False, retries={"max_attempts": 1}),
    )
    bodies = requests(account, catalog)
    verdicts = {}
    for name in client.meta.service_model.operation_names:
        members = client.meta.service_model.operation_model(name).input_shape.members
        body = dict(bodies.get(name, {}))
        if "Catalog" in members:
            body["Catalog"] = catalog
        verdicts[name] = verdict(client, name, body)
    return verdicts


@pytest.fixture(scope="module")
def verdicts():
    columns = [(policy, catalog) for policy in POLICIES for catalog in ("AWS", "Sandbox")]
    with ThreadPoolExecutor(2) as workers:
        return dict(zip(columns, workers.map(walk, columns, range(len(columns)))))


def page(verdicts):
    def cell(name, policy):
        refused = [verdicts[policy, catalog][name] for catalog in ("AWS", "Sandbox")]
        if not any(refused):
            return "yes"
        if not refused[1]:
            return "Sandbox"
        # Refused for an action that depends on it.
        return "no" if refused[1] == name else f"no: {refused[1]}"

    names = sorted(next(iter(verdicts.values())))
    lines = [
        "# What the managed policies allow", "",
        "Written by `conformance/python/test_managed_policies.py`, in which boto3 sends every operation with a user that has one of",
        "AWS's managed policies for partners, in both catalogs. *yes* is allowed in both, *Sandbox* there alone; *no: Action* is",
        "refused for an action that depends on it. [Authorization](security.md#authorization) says how requests are decided.", "",
        "| Operation | " + " | ".join(f"`{policy}`" for policy in POLICIES) + " |",
        "|---" * (len(POLICIES) + 1) + "|",
    ]
    lines += [f"| {name} | " + " | ".join(cell(name, policy) for policy in POLICIES) + " |" for name in names]
    lines += ["", "The names are short for:", ""] + [f"- `{short}`: `{name}`" for short, name in POLICIES.items()]
    return "\n".join(lines) + "\n"


def test_every_operation_is_decided(verdicts):
    assert all(len(column) == 63 for column in verdicts.values())
    assert not any(verdicts["FullAccess", "AWS"].values())
    assert not any(verdicts["SandboxFullAccess", "Sandbox"].values())
    # Without a catalog of its own an operation is about that of the ARN.
    assert all(verdicts["SandboxFullAccess", "AWS"].values())
    assert {name for name, refused in verdicts["SnapshotJobExecution", "AWS"].items() if not refused} == {
        "GetOpportunity", "CreateResourceSnapshot"
    }


def test_the_page_shows_them(verdicts):
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(page(verdicts))
    assert PAGE.read_text() == page(verdicts), "run UPDATE_DOCS=1 and this test"
