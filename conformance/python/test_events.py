"""EventBridge's API on the same endpoint: rules, targets, connections, archives, replays."""

import json
import threading
import time
import uuid
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from botocore.exceptions import ClientError
from conftest import Partner, eventually
from story import Bus, Inbox, destination, drive


@pytest.fixture
def partner():
    return Partner()


@pytest.fixture
def bus(partner):
    return Bus(partner.account)


@pytest.fixture
def receiver():
    """An HTTP server that keeps what it receives."""
    received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            received.append((self.path, self.headers.get("x-key"), json.loads(body)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.received = received
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield server
    server.shutdown()


CREATED = json.dumps({"source": ["aws.partnercentral-selling"], "detail-type": ["Opportunity Created"]})


def refused(code, call, **arguments):
    with pytest.raises(ClientError) as error:
        call(**arguments)
    assert error.value.response["Error"]["Code"] == code
    return error.value.response["Error"]["Message"]


def test_an_event_reaches_an_api_destination(bus, partner, receiver):
    arn = destination(bus, receiver.url)
    bus.create_archive(ArchiveName="all", EventSourceArn=bus.arn("event-bus/default"))
    bus.put_rule(Name="created", EventPattern=CREATED)
    put = bus.put_targets(
        Rule="created",
        Targets=[
            {
                "Id": "crm",
                "Arn": arn,
                "RoleArn": f"arn:aws:iam::{bus.account}:role/events",
                "HttpParameters": {"PathParameterValues": ["deals"]},
                "InputTransformer": {
                    "InputPathsMap": {"id": "$.detail.opportunity.identifier"},
                    "InputTemplate": '{"deal": <id>}',
                },
            }
        ],
    )
    assert put["FailedEntryCount"] == 0
    created = partner.create_opportunity(Catalog="Sandbox", ClientToken=str(uuid.uuid4()))
    eventually(lambda: len(receiver.received), lambda n: n == 1)
    assert receiver.received == [("/in/deals", "hush", {"deal": created["Id"]})]

    # Replayed from an archive, the event comes again.
    archive = bus.describe_archive(ArchiveName="all")
    assert archive["EventCount"] == 1 and archive["State"] == "ENABLED"
    now = datetime.now(timezone.utc)
    bus.start_replay(
        ReplayName="again",
        EventSourceArn=bus.arn("archive/all"),
        EventStartTime=now - timedelta(hours=1),
        EventEndTime=now + timedelta(hours=1),
        Destination={"Arn": bus.arn("event-bus/default")},
    )
    eventually(lambda: bus.describe_replay(ReplayName="again")["State"], lambda state: state == "COMPLETED")
    eventually(lambda: len(receiver.received), lambda n: n == 2)
    assert [r["ReplayName"] for r in bus.list_replays()["Replays"]] == ["again"]
    refused("IllegalStatusException", bus.cancel_replay, ReplayName="again")
    bus.update_archive(ArchiveName="all", Description="everything", RetentionDays=7)
    assert [(a["ArchiveName"], a["RetentionDays"]) for a in bus.list_archives()["Archives"]] == [("all", 7)]
    bus.delete_archive(ArchiveName="all")
    refused("ResourceNotFoundException", bus.describe_archive, ArchiveName="all")

    # A disabled rule matches nothing. Rules are those of the moment in which an event is matched, which another
    # rule shows.
    bus.put_rule(Name="mark", EventPattern=CREATED)
    mark = {"Id": "crm", "Arn": arn, "HttpParameters": {"PathParameterValues": ["mark"]}}
    assert bus.put_targets(Rule="mark", Targets=[mark])["FailedEntryCount"] == 0
    received = lambda path: [body for at, _, body in receiver.received if at == path]
    bus.disable_rule(Name="created")
    assert bus.describe_rule(Name="created")["State"] == "DISABLED"
    partner.create_opportunity(Catalog="Sandbox", ClientToken=str(uuid.uuid4()))
    eventually(lambda: received("/in/mark"), lambda some: len(some) == 1)
    bus.enable_rule(Name="created")
    last = partner.create_opportunity(Catalog="Sandbox", ClientToken=str(uuid.uuid4()))
    eventually(lambda: received("/in/deals"), lambda some: len(some) == 3)
    assert received("/in/deals")[-1] == {"deal": last["Id"]}


def test_a_replay_goes_to_the_rules_it_names(bus, partner, receiver):
    arn = destination(bus, receiver.url)
    bus.create_archive(ArchiveName="all", EventSourceArn=bus.arn("event-bus/default"))
    for name in ("named", "other"):
        bus.put_rule(Name=name, EventPattern=CREATED)
        target = {"Id": "crm", "Arn": arn, "Input": json.dumps({"rule": name})}
        assert bus.put_targets(Rule=name, Targets=[target])["FailedEntryCount"] == 0
    partner.create_opportunity(Catalog="Sandbox", ClientToken=str(uuid.uuid4()))
    eventually(lambda: len(receiver.received), lambda n: n == 2)
    now = datetime.now(timezone.utc)
    bus.start_replay(
        ReplayName="again",
        EventSourceArn=bus.arn("archive/all"),
        EventStartTime=now - timedelta(hours=1),
        EventEndTime=now + timedelta(hours=1),
        Destination={"Arn": bus.arn("event-bus/default"), "FilterArns": [bus.arn("rule/named")]},
    )
    eventually(lambda: bus.describe_replay(ReplayName="again")["State"], lambda state: state == "COMPLETED")
    # What comes after the replay comes last, for each rule.
    last = partner.create_opportunity(Catalog="Sandbox", ClientToken=str(uuid.uuid4()))
    assert last["Id"]
    eventually(lambda: len(receiver.received), lambda n: n >= 5)
    rules = [body["rule"] for _, _, body in receiver.received]
    assert sorted(rules) == ["named"] * 3 + ["other"] * 2


def test_the_whole_story_as_receivers_see_it(ready):
    drive(ready, {Partner(): Inbox(), Partner(): Inbox()})


def test_rules_and_targets(bus, receiver):
    arn = destination(bus, receiver.url)
    for name in ("b-rule", "a-rule", "b-other"):
        bus.put_rule(Name=name, EventPattern=CREATED, Description="d", Tags=[{"Key": "team", "Value": "crm"}])
    rules = bus.list_rules(NamePrefix="b-")["Rules"]
    assert [r["Name"] for r in rules] == ["b-other", "b-rule"]
    page = bus.list_rules(Limit=2)
    rest = bus.list_rules(Limit=2, NextToken=page["NextToken"])
    assert [r["Name"] for r in page["Rules"] + rest["Rules"]] == ["a-rule", "b-other", "b-rule"]
    assert "NextToken" not in rest

    target = {"Id": "1", "Arn": arn, "RoleArn": f"arn:aws:iam::{bus.account}:role/events"}
    bus.put_targets(Rule="a-rule", Targets=[target])
    assert bus.list_targets_by_rule(Rule="a-rule")["Targets"] == [target]
    assert bus.list_rule_names_by_target(TargetArn=arn)["RuleNames"] == ["a-rule"]
    assert "has targets" in refused("ValidationException", bus.delete_rule, Name="a-rule")
    assert bus.remove_targets(Rule="a-rule", Ids=["1"])["FailedEntryCount"] == 0
    bus.delete_rule(Name="a-rule")
    refused("ResourceNotFoundException", bus.describe_rule, Name="a-rule")
    bus.delete_rule(Name="a-rule")  # as AWS has it, that is no error

    rule = bus.arn("rule/b-rule")
    bus.tag_resource(ResourceARN=rule, Tags=[{"Key": "stage", "Value": "test"}])
    bus.untag_resource(ResourceARN=rule, TagKeys=["team"])
    assert bus.list_tags_for_resource(ResourceARN=rule)["Tags"] == [{"Key": "stage", "Value": "test"}]
    assert bus.describe_event_bus()["Arn"] == bus.arn("event-bus/default")
    assert [b["Name"] for b in bus.list_event_buses()["EventBuses"]] == ["default"]


def test_patterns(bus):
    event = json.dumps(
        {
            "id": "1",
            "account": bus.account,
            "source": "crm",
            "time": "2026-11-28T00:00:00Z",
            "region": "us-east-1",
            "resources": [],
            "detail-type": "deal",
            "detail": {"amount": 7},
        }
    )
    matches = lambda pattern: bus.test_event_pattern(EventPattern=json.dumps(pattern), Event=event)["Result"]
    assert matches({"source": ["crm"], "detail": {"amount": [{"numeric": [">", 5]}]}})
    assert not matches({"source": [{"anything-but": "crm"}]})
    message = refused("InvalidEventPatternException", bus.put_rule, Name="bad", EventPattern='{"source": "crm"}')
    assert message.startswith("Event pattern is not valid. Reason: 'source' must be an object or an array")


def test_own_events_reach_rules(bus, receiver):
    arn = destination(bus, receiver.url)
    bus.put_rule(Name="own", EventPattern=json.dumps({"source": ["my.crm"]}))
    bus.put_targets(Rule="own", Targets=[{"Id": "1", "Arn": arn, "InputPath": "$.detail"}])
    put = bus.put_events(
        Entries=[
            {"Source": "my.crm", "DetailType": "deal", "Detail": '{"n": 1}'},
            {"Source": "aws.partnercentral-selling", "DetailType": "Opportunity Created", "Detail": "{}"},
        ]
    )
    assert put["FailedEntryCount"] == 1
    assert put["Entries"][1]["ErrorCode"] == "NotAuthorizedForSourceException"
    eventually(lambda: len(receiver.received), lambda n: n == 1)
    assert receiver.received[0][2] == {"n": 1}


def test_connections_and_destinations(bus):
    arn = destination(bus, "https://crm.example.com")
    connection = bus.describe_connection(Name="crm")
    assert "hush" not in str(connection)
    assert connection["AuthParameters"] == {"ApiKeyAuthParameters": {"ApiKeyName": "x-key"}}
    bus.update_connection(
        Name="crm",
        AuthorizationType="BASIC",
        AuthParameters={"BasicAuthParameters": {"Username": "u", "Password": "hush"}},
    )
    assert [c["AuthorizationType"] for c in bus.list_connections()["Connections"]] == ["BASIC"]
    bus.update_api_destination(Name="crm", InvocationRateLimitPerSecond=5)
    described = bus.describe_api_destination(Name="crm")
    assert described["ApiDestinationArn"] == arn and described["InvocationRateLimitPerSecond"] == 5
    assert [d["Name"] for d in bus.list_api_destinations()["ApiDestinations"]] == ["crm"]
    bus.deauthorize_connection(Name="crm")
    assert bus.describe_connection(Name="crm")["ConnectionState"] in ("DEAUTHORIZED", "DEAUTHORIZING")
    bus.delete_api_destination(Name="crm")
    bus.delete_connection(Name="crm")
    refused("ResourceNotFoundException", bus.describe_connection, Name="crm")


def test_accounts_see_their_own_bus_only(bus):
    destination(bus, "https://crm.example.com")
    bus.put_rule(Name="mine", EventPattern=CREATED)
    bus.create_archive(ArchiveName="mine", EventSourceArn=bus.arn("event-bus/default"))
    other = Bus(Partner().account)
    for call, arguments in [
        (other.describe_rule, {"Name": "mine"}),
        (other.enable_rule, {"Name": "mine"}),
        (other.disable_rule, {"Name": "mine"}),
        (other.list_targets_by_rule, {"Rule": "mine"}),
        (other.describe_connection, {"Name": "crm"}),
        (other.describe_api_destination, {"Name": "crm"}),
        (other.describe_archive, {"ArchiveName": "mine"}),
        (other.list_tags_for_resource, {"ResourceARN": bus.arn("rule/mine")}),
    ]:
        refused("ResourceNotFoundException", call, **arguments)
    assert other.list_rules()["Rules"] == []
    assert other.list_connections()["Connections"] == []
    assert other.list_api_destinations()["ApiDestinations"] == []
    assert other.list_archives()["Archives"] == []


def test_an_operation_that_is_not_built(bus):
    refused("UnknownOperationException", bus.list_endpoints)
