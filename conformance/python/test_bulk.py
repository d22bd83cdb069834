"""Bulk jobs. Botocore knows them since 1.44.7."""

from urllib.request import urlopen
from uuid import uuid4

import pytest
from conftest import eventually
from test_files import BUCKET, s3

CATALOG = "Sandbox"
ENDED = ("COMPLETED", "FAILED")
HEADER = "Row Id,Customer.Account.CompanyName,LifeCycle.Stage,LifeCycle.TargetCloseDate,Project.Title"


def upload(partner, *rows):
    """Uploads a file and returns its address."""
    name = f"{partner.account}/{uuid4()}.csv"
    s3(partner.account).put_object(Bucket=BUCKET, Key=name, Body="\n".join(rows).encode())
    return f"s3://{BUCKET}/{name}"


def start(partner, address, token=None):
    return partner.start_opportunity_bulk_job(
        Catalog=CATALOG, ClientToken=token or str(uuid4()), FileURI=address, FileFormat="CSV"
    )["JobId"]


def job(partner, identifier):
    return eventually(
        lambda: partner.list_opportunity_bulk_jobs(Catalog=CATALOG, JobId=identifier)["OpportunityBulkJobSummaries"][0],
        lambda found: found["Status"] in ENDED,
    )


def counters(found):
    return [found[name] for name in ("Status", "TotalRecords", "ProcessedRecords", "SuccessCount", "FailureCount")]


def results(partner, identifier, **filters):
    rows = partner.pages("list_opportunity_bulk_job_results", "Results", JobId=identifier, **filters)
    return [(row["RequestId"], row["Status"], row.get("ErrorCode")) for row in rows]


def text(url):
    with urlopen(url) as answer:
        return answer.read().decode()


def test_opportunities_are_created(partner):
    address = upload(
        partner,
        HEADER,
        "a,Acme Corp,Prospect,2050-06-30,Data lake",
        "b,Acme Corp,Nowhere,2050-06-30,Data lake",
        "c,Zenith,Prospect,06/30/2050,Contact center",
    )
    identifier = start(partner, address)
    found = job(partner, identifier)
    assert counters(found) == ["COMPLETED", 3, 3, 2, 1]
    assert found["OperationType"] == "BULK_CREATE" and found["FileName"].endswith(".csv")
    assert found["CreatedAt"] <= found["StartedAt"] <= found["CompletedAt"]
    outcome = results(partner, identifier)
    assert [row[:2] for row in outcome] == [("a", "SUCCEEDED"), ("b", "FAILED"), ("c", "SUCCEEDED")]
    assert results(partner, identifier, Status="FAILED") == [outcome[1]]
    rows = partner.list_opportunity_bulk_job_results(Catalog=CATALOG, JobId=identifier, Status="SUCCEEDED")["Results"]
    made = partner.get(rows[1]["ResourceIdentifier"])
    assert made["Project"]["Title"] == "Contact center" and made["LifeCycle"]["TargetCloseDate"] == "2050-06-30"


def test_opportunities_are_updated(partner):
    made = partner.create(ClientToken=str(uuid4()), Customer={"Account": {"CompanyName": "Acme"}}, Project={"Title": "Old"})
    identifier = start(partner, upload(partner, "Identifier,Project.Title", f"{made['Id']},New"))
    found = job(partner, identifier)
    assert counters(found) == ["COMPLETED", 1, 1, 1, 0] and found["OperationType"] == "BULK_UPDATE"
    after = partner.get(made["Id"])
    assert (after["Project"]["Title"], after["Customer"]["Account"]["CompanyName"]) == ("New", "Acme")


def test_same_token_is_the_same_job(partner, refused):
    token, address = str(uuid4()), upload(partner, HEADER, "a,Acme,Prospect,2050-06-30,Lake")
    first = start(partner, address, token)
    assert start(partner, address, token) == first
    with refused("ConflictException"):
        start(partner, upload(partner, HEADER), token)


def test_report_of_failed_records(partner):
    bad = "b,Acme Corp,Nowhere,2050-06-30,Data lake"
    identifier = start(partner, upload(partner, HEADER, "a,Acme Corp,Prospect,2050-06-30,Data lake", bad))
    job(partner, identifier)
    report = eventually(
        lambda: partner.get_opportunity_bulk_job_report_url(Catalog=CATALOG, JobId=identifier, ReportFormat="CSV"),
        lambda got: got["ReportStatus"] == "AVAILABLE",
    )
    assert report["ReportType"] == "FAILED_RECORDS" and report["ReportFormat"] == "CSV" and report["ExpiresAt"]
    lines = text(report["Url"]).splitlines()
    assert lines[0] == HEADER + ",Error Code,Error Message" and len(lines) == 2
    assert lines[1].startswith(bad)


def test_a_file_that_cannot_be_read_fails_the_job(partner):
    for rows, reason in ((["Nonsense", "1"], "Nonsense"), ([HEADER], "")):
        found = job(partner, start(partner, upload(partner, *rows)))
        assert counters(found) == ["FAILED", 0, 0, 0, 0] and reason in found["FailureReason"]


@pytest.mark.parametrize(
    "address",
    [
        "s3://another-bucket/{account}/a.csv",
        "s3://" + BUCKET + "/999999999999/a.csv",
        "s3://" + BUCKET + "/{account}/a.csv?acl",
        "https://169.254.169.254/latest/meta-data",
    ],
)
def test_addresses_that_are_refused(partner, refused, address):
    with refused("ValidationException"):
        start(partner, address.format(account=partner.account))


def test_jobs_of_others(partner, stranger):
    identifier = start(partner, upload(partner, HEADER, "a,Acme,Prospect,2050-06-30,Lake"))
    assert stranger.list_opportunity_bulk_jobs(Catalog=CATALOG, JobId=identifier)["OpportunityBulkJobSummaries"] == []
    assert partner.list_opportunity_bulk_jobs(Catalog=CATALOG)["OpportunityBulkJobSummaries"][0]["JobId"] == identifier


def test_customer_accounts_are_created_and_counted_when_deleted(partner):
    address = upload(partner, "Row Id,Company Name,Domain", "1,Acme,acme.example", "2,,zenith.example", "3,Zenith,zenith.example")
    started = partner.start_customer_account_bulk_job(Catalog=CATALOG, ClientToken=str(uuid4()), FileUri=address)
    read = {"Catalog": CATALOG, "Identifier": started["Id"]}
    found = eventually(lambda: partner.get_customer_account_bulk_job(**read), lambda got: got["Status"] in ENDED)
    assert counters(found) == ["COMPLETED", 3, 3, 2, 1] and found["Arn"] == started["Arn"]
    rows = partner.pages("list_customer_account_bulk_job_results", "Results", Identifier=started["Arn"])
    assert [(row["RequestId"], row["Status"]) for row in rows] == [("1", "SUCCEEDED"), ("2", "FAILED"), ("3", "SUCCEEDED")]
    account = rows[0]["ResourceIdentifier"]
    partner.delete_customer_account(Catalog=CATALOG, Identifier=account)
    assert partner.get_customer_account_bulk_job(**read)["DeletedCount"] == 1
    listed = partner.list_customer_account_bulk_jobs(Catalog=CATALOG, Filter={"Identifier": started["Id"]})["items"]
    assert [each["Id"] for each in listed] == [started["Id"]]
    whole = eventually(
        lambda: partner.get_customer_account_bulk_job_report_url(ReportType="ALL_RECORDS", **read),
        lambda got: got["ReportStatus"] == "AVAILABLE",
    )
    assert len(text(whole["Url"]).splitlines()) == 4
