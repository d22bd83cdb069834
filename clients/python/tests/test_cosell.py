"""The package and its pytest plugin against a real server."""

from __future__ import annotations

import datetime
import subprocess
import sys
import urllib.request
from typing import Any

from pathlib import Path

import pytest
from cosell import Account, OperatorError, Server, StartError, connect, find_binary, start

OPPORTUNITY: "dict[str, Any]" = {
    "Catalog": "Sandbox",
    "Origin": "Partner Referral",
    "OpportunityType": "Net New Business",
    "PrimaryNeedsFromAws": ["Co-Sell - Architectural Validation"],
    "Customer": {
        "Account": {
            "CompanyName": "Example Corp",
            "Industry": "Financial Services",
            "WebsiteUrl": "https://www.example.com",
            "Address": {"City": "New York", "CountryCode": "US", "PostalCode": "10001", "StateOrRegion": "New York"},
        },
        "Contacts": [{"FirstName": "Jane", "LastName": "Doe", "BusinessTitle": "CFO", "Email": "jane.doe@example.com", "Phone": "+12125551234"}],
    },
    "Project": {
        "Title": "Data lake for reporting",
        "CustomerBusinessProblem": "Their nightly reports reach the business a day too late.",
        "CustomerUseCase": "Database",
        "DeliveryModels": ["SaaS or PaaS"],
        "SalesActivities": ["Conducted POC / Demo"],
        "OtherSolutionDescription": "Our reporting platform",
        "ExpectedCustomerSpend": [{"Amount": "12500.00", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}],
    },
    "LifeCycle": {"Stage": "Prospect", "NextSteps": "Present the proof of concept", "TargetCloseDate": "2035-06-30"},
    "Marketing": {"Source": "None"},
}


def submitted(partner: Any) -> str:
    made = partner.create_opportunity(ClientToken="1", **OPPORTUNITY)
    partner.start_engagement_from_opportunity_task(
        Catalog="Sandbox", ClientToken="2", Identifier=made["Id"],
        AwsSubmission={"InvolvementType": "Co-Sell", "Visibility": "Full"})
    return str(made["Id"])


def count(server: Server, account: str = "111122223333") -> int:
    return len(server.boto3(account).list_opportunities(Catalog="Sandbox")["OpportunitySummaries"])


@pytest.mark.parametrize("run", ["first", "second"])
def test_every_test_starts_empty(cosell: Server, run: str) -> None:
    assert count(cosell) == 0, "the test before left a record"
    cosell.boto3("111122223333").create_opportunity(Catalog="Sandbox", ClientToken=run)
    assert count(cosell) == 1
    cosell.clock.advance("24h")


def test_clock_is_real_after_another_test_moved_it(cosell: Server) -> None:
    away = abs(cosell.clock.now() - datetime.datetime.now(datetime.timezone.utc))
    assert away < datetime.timedelta(hours=1)


def test_accounts_are_apart(cosell: Server, cosell_account: Account) -> None:
    other = cosell.account()
    assert other.id != cosell_account.id
    cosell_account.boto3().create_opportunity(Catalog="Sandbox", ClientToken="1")
    assert count(cosell, cosell_account.id) == 1
    assert count(cosell, other.id) == 0


def test_environment_makes_any_sdk_act_for_an_account(cosell_account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    boto3 = pytest.importorskip("boto3")
    for name, value in cosell_account.environment.items():
        monkeypatch.setenv(name, value)
    boto3.client("partnercentral-selling").create_opportunity(Catalog="Sandbox", ClientToken="1")
    assert len(cosell_account.boto3().list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]) == 1


def test_review(cosell: Server, cosell_account: Account) -> None:
    partner = cosell_account.boto3()
    opportunity = submitted(partner)
    assert [r["id"] for r in cosell.review.waiting()] == [opportunity]
    cosell.review.request_action(opportunity, "Name the customer's contact.")
    read = partner.get_opportunity(Catalog="Sandbox", Identifier=opportunity)
    assert read["LifeCycle"]["ReviewStatus"] == "Action Required"
    assert read["LifeCycle"]["ReviewComments"] == "Name the customer's contact."


@pytest.mark.parametrize(("decide", "status"), [("approve", "Approved"), ("reject", "Rejected"), ("start", "In review")])
def test_decisions(cosell: Server, cosell_account: Account, decide: str, status: str) -> None:
    partner = cosell_account.boto3()
    opportunity = submitted(partner)
    getattr(cosell.review, decide)(opportunity)
    assert partner.get_opportunity(Catalog="Sandbox", Identifier=opportunity)["LifeCycle"]["ReviewStatus"] == status


def test_policy_with_a_delay(cosell: Server, cosell_account: Account) -> None:
    partner = cosell_account.boto3()
    cosell.review.policy("approve", datetime.timedelta(hours=48))
    opportunity = submitted(partner)

    def status() -> str:
        return str(partner.get_opportunity(Catalog="Sandbox", Identifier=opportunity)["LifeCycle"]["ReviewStatus"])

    cosell.clock.advance("47h")
    assert status() == "Submitted"
    cosell.clock.advance(datetime.timedelta(hours=1, seconds=1))
    assert status() == "Approved"


def test_referral_expires(cosell: Server, cosell_account: Account) -> None:
    partner = cosell_account.boto3()
    made = cosell.refer(OPPORTUNITY, account=cosell_account.id)
    assert made.opportunity.startswith("O")

    def status() -> str:
        return str(partner.get_engagement_invitation(Catalog="Sandbox", Identifier=made.invitation)["Status"])

    assert status() == "PENDING"
    cosell.clock.advance("360h")
    assert status() == "EXPIRED"


def test_events(cosell: Server, cosell_account: Account) -> None:
    cosell_account.boto3().create_opportunity(Catalog="Sandbox", ClientToken="1")
    events = cosell.events.wait(cosell_account.id)
    assert [e["detail-type"] for e in events] == ["Opportunity Created"]
    assert cosell.events.list(cosell_account.id) == events
    with pytest.raises(TimeoutError, match="1 of 2 events"):
        cosell.events.wait(cosell_account.id, count=2, timeout=0.05)


def test_faults(cosell: Server, cosell_account: Account) -> None:
    botocore = pytest.importorskip("botocore")
    partner = cosell_account.boto3()
    cosell.faults.add("CreateOpportunity", error="ValidationException", reason="REQUEST_VALIDATION_FAILED", times=1)
    with pytest.raises(botocore.exceptions.ClientError, match="ValidationException"):
        partner.create_opportunity(Catalog="Sandbox", ClientToken="1")
    cosell.faults.clear()
    cosell.faults.add("CreateOpportunity", error="ThrottlingException", times=2)
    partner.create_opportunity(Catalog="Sandbox", ClientToken="2")  # boto3 repeats what was throttled
    assert [f["fault"] for f in cosell.faults.fired()] == ["0: ThrottlingException"] * 2
    cosell.faults.clear()
    assert cosell.faults.list() == []


def test_fixtures(cosell: Server, tmp_path: Path) -> None:
    world = tmp_path / "world.yaml"
    world.write_text('accounts:\n  acme: {id: "111122223333"}\nengagements:\n'
                     "  talk: {account: $acme, request: {Title: Talk, Description: About orders}}\n")
    ids = cosell.fixtures.load(world)
    assert ids["talk"].startswith("eng-")
    assert cosell.fixtures.load(world) == ids
    with pytest.raises(OperatorError, match="refers to"):
        cosell.fixtures.load_text("engagements: {talk2: {account: $nobody}}")


def test_reset_of_one_account(cosell: Server, tmp_path: Path) -> None:
    world = tmp_path / "world.yaml"
    world.write_text("".join(
        f"{'engagements:' if n == 0 else ''}\n  talk{n}: {{account: '{account}', request: {{Title: Talk, Description: About orders}}}}"
        for n, account in enumerate(["111122223333", "444455556666"])))
    first = cosell.fixtures.load(world)
    cosell.reset("111122223333")
    second = cosell.fixtures.load(world)
    assert second["talk0"] != first["talk0"]
    assert second["talk1"] == first["talk1"]


def test_clock_set_and_reset(cosell: Server) -> None:
    at = datetime.datetime(2031, 5, 6, 7, 8, 9, tzinfo=datetime.timezone.utc)
    now = cosell.clock.set(at)
    assert at <= now < at + datetime.timedelta(minutes=1)
    assert cosell.clock.reset() < at


def test_refusals_explain_themselves(cosell: Server) -> None:
    with pytest.raises(OperatorError) as refused:
        cosell.clock.advance("much")
    assert refused.value.status == 422
    assert "advance" in str(refused.value)


def test_connect_uses_a_running_server(cosell: Server) -> None:
    connect(cosell.endpoint + "/").boto3("111122223333").create_opportunity(Catalog="Sandbox", ClientToken="1")
    assert count(cosell) == 1


def test_start_and_stop() -> None:
    with start() as server:
        with urllib.request.urlopen(server.endpoint + "/readyz") as answer:
            assert answer.status == 200
    with pytest.raises(OSError):
        urllib.request.urlopen(server.endpoint + "/readyz")


def test_two_servers_are_apart() -> None:
    with start() as first, start() as second:
        assert first.endpoint != second.endpoint
        first.boto3("111122223333").create_opportunity(Catalog="Sandbox", ClientToken="1")
        assert count(second) == 0


def test_start_tells_why_it_failed() -> None:
    with pytest.raises(StartError, match="no-such-flag"):
        start(["--no-such-flag"])


def test_command() -> None:
    said = subprocess.run([sys.executable, "-m", "cosell", "version"], capture_output=True, text=True, check=True)
    assert said.stdout.startswith("cosell ")
    assert said.stdout == subprocess.run([find_binary(), "version"], capture_output=True, text=True, check=True).stdout


def test_plugin_serves_plain_tests(pytester: pytest.Pytester) -> None:
    """One server for the run, empty for each test."""
    pytester.makepyfile("""
        endpoints = set()

        def created(cosell, account="111122223333"):
            partner = cosell.boto3(account)
            partner.create_opportunity(Catalog="Sandbox", ClientToken="1")
            endpoints.add(cosell.endpoint)
            return len(partner.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"])

        def test_one(cosell): assert created(cosell) == 1
        def test_two(cosell): assert created(cosell) == 1
        def test_three(cosell): assert created(cosell) == 1 and len(endpoints) == 1
    """)
    pytester.runpytest_subprocess().assert_outcomes(passed=3)
