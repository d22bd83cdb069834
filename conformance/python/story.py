"""The whole co-sell story, and receivers that see exactly what must be told of it."""

import base64
import hmac
import json
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
from botocore.exceptions import ClientError
from conftest import eventually, operator


class Bus:
    """A client of EventBridge for an account. Endpoint and region come from the environment alone."""

    def __init__(self, account):
        self.account = account
        self.client = boto3.client(
            "events",
            aws_access_key_id=account,
            aws_secret_access_key="test",
        )

    def __getattr__(self, name):
        return getattr(self.client, name)

    def arn(self, resource):
        return f"arn:aws:events:us-east-1:{self.account}:{resource}"


def destination(bus, url):
    """Makes an API destination with its connection, and returns its ARN."""
    connection = bus.create_connection(
        Name="crm",
        AuthorizationType="API_KEY",
        AuthParameters={"ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "hush"}},
    )
    return bus.create_api_destination(
        Name="crm", ConnectionArn=connection["ConnectionArn"], InvocationEndpoint=url + "/in/*", HttpMethod="POST"
    )["ApiDestinationArn"]


def verified(headers, body, secret):
    """Reports whether a webhook's message has the signature of its secret, and is fresh."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    want = "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    fresh = abs(time.time() - int(headers["webhook-timestamp"])) < 300
    return fresh and any(hmac.compare_digest(want, given) for given in headers["webhook-signature"].split())


class Inbox:
    """A receiver that keeps the events of a webhook and of a rule, if they prove who sent them.

    After it has kept an event, and before it answers, it calls after. A repeated event is one with a known
    webhook-id, or for the rule with a known id: it is counted and not kept.
    """

    def __init__(self, after=lambda: None):
        self.secret, self.webhook, self.rule, self.refused, self.repeated = None, [], [], [], 0
        lock, known = threading.Lock(), set()
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                if len(body) < int(self.headers["content-length"]):
                    return  # the server died while it sent
                event = json.loads(body)
                if self.path == "/webhook":
                    identifier = self.headers["webhook-id"]
                    good = verified(self.headers, body, inbox.secret) and event["id"] == identifier
                else:
                    identifier = event["id"]
                    good = self.headers.get("x-key") == "hush"
                kept = (inbox.webhook if self.path == "/webhook" else inbox.rule) if good else inbox.refused
                with lock:
                    fresh = (self.path, identifier) not in known
                    known.add((self.path, identifier))
                    if fresh or not good:
                        kept.append(event)
                    else:
                        inbox.repeated += 1
                if fresh:
                    after()
                self.send_response(204 if good else 401)
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_):
                pass  # the server has ended without waiting for the answer

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def listen(self, account):
        self.secret = operator("PUT", f"/accounts/{account}/webhooks/crm", {"url": self.url + "/webhook"})["secret"]
        bus = Bus(account)
        arn = destination(bus, self.url)
        bus.put_rule(Name="all", EventPattern=json.dumps({"source": ["aws.partnercentral-selling"]}))
        assert bus.put_targets(Rule="all", Targets=[{"Id": "crm", "Arn": arn}])["FailedEntryCount"] == 0


def about(event):
    """What an event is about, by which events keep their order."""
    detail = event["detail"]
    if "opportunity" in detail:
        return detail["opportunity"]["identifier"]
    if "resourceSnapshot" in detail:
        return detail["resourceSnapshot"]["resourceId"]
    if "engagementInvitation" in detail:
        return detail["engagementInvitation"]["engagementId"]
    return detail["engagement"].get("engagementId") or detail["engagement"]["id"]


def sequences(events):
    """The names of events by what they are about, each in its order."""
    found = {}
    for event in events:
        found.setdefault(about(event), []).append(event["detail-type"])
    return sorted(found.values())


def approve(partner, opportunity):
    """Has AWS approve. If the answer is lost, the opportunity says whether it did."""
    try:
        partner.decide(opportunity, "Approve")
    except OSError:  # urllib's errors are of this kind
        life_cycle = partner.get(opportunity)["LifeCycle"]
        if life_cycle["ReviewStatus"] != "Approved":
            approve(partner, opportunity)


def reject(partner, invitation):
    """Rejects an invitation. If the client sends it again and is refused, the invitation says why."""
    try:
        partner.reject_engagement_invitation(
            Catalog="Sandbox", Identifier=invitation, RejectionReason="Next steps unclear"
        )
    except ClientError:
        answer = partner.get_engagement_invitation(Catalog="Sandbox", Identifier=invitation)
        assert answer["Status"] == "REJECTED"


def drive(ready, inboxes, within=15):
    """Has two partners, who have an inbox each, live through the story.

    Sees after each step that both inboxes have exactly what it told, in order, within some seconds.
    """
    alice, bob = inboxes
    for partner, inbox in inboxes.items():
        inbox.listen(partner.account)
    seen = {alice: 0, bob: 0}
    created, updated = "Opportunity Created", "Opportunity Updated"
    snapshot, engaged, joined = "Engagement Resource Snapshot Created", "Engagement Created", "Engagement Member Added"
    invited, accepted, rejected = (f"Engagement Invitation {what}" for what in ("Created", "Accepted", "Rejected"))

    def step(answer, to_alice=(), to_bob=()):
        """Sees that what was just done told exactly this, in the order of each resource."""
        for partner, want in ((alice, to_alice), (bob, to_bob)):
            inbox, before = inboxes[partner], seen[partner]
            seen[partner] += sum(len(some) for some in want)
            for kept in (inbox.webhook, inbox.rule):
                eventually(lambda: len(kept), lambda n: n >= seen[partner], within)
                assert sequences(kept[before:]) == sorted(want)
        return answer

    token = lambda: {"Catalog": "Sandbox", "ClientToken": str(uuid.uuid4())}
    created_one = step(alice.create_opportunity(**{**ready, **token()}), [[created]])
    identifier = created_one["Id"]
    task = step(
        alice.start_engagement_from_opportunity_task(
            **token(),
            Identifier=identifier,
            AwsSubmission={"InvolvementType": "Co-Sell", "Visibility": "Full"},
        ),
        [[engaged, joined, invited], [snapshot, updated, snapshot]],
    )
    approve(alice, identifier)
    step(None, [[accepted, joined], [updated, snapshot]])
    payload = {
        "OpportunityInvitation": {
            "ReceiverResponsibilities": ["Distributor"],
            "Customer": {"CompanyName": "Acme", "CountryCode": "US", "Industry": "Agriculture", "WebsiteUrl": "https://a.example.com"},
            "Project": {
                "Title": "Harvest",
                "BusinessProblem": "They count their sheep by hand.",
                "TargetCompletionDate": "2049-10-04",
                "ExpectedCustomerSpend": [
                    {"Amount": "10000.00", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}
                ],
            },
        }
    }
    engagement = task["EngagementId"]
    first = step(alice.invite(engagement, bob, payload), [[invited]], [[invited]])
    reject(bob, first)
    step(None, [[rejected]], [[rejected]])
    second = step(alice.invite(engagement, bob, payload), [[invited]], [[invited]])
    step(
        bob.start_engagement_by_accepting_invitation_task(**token(), Identifier=second),
        [[accepted, joined], [snapshot]],
        [[accepted, joined], [created, updated, snapshot]],
    )

    # Nothing came besides, nothing twice, and every envelope is the one that can be read.
    for partner, inbox in inboxes.items():
        page = operator("GET", f"/events?account={partner.account}&limit=1000")
        told = sorted((entry["event"] for entry in page["events"]), key=lambda e: e["id"])
        for kept in (inbox.webhook, inbox.rule):
            assert sorted(kept, key=lambda e: e["id"]) == told
        assert inbox.refused == []
        inbox.server.shutdown()


