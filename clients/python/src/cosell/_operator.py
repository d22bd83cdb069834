"""The operator API of a server, which plays AWS and administers the server."""

from __future__ import annotations

import datetime
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, List, Mapping, Optional, Union

JSON = Any
Documents = List[Any]
Duration = Union[str, datetime.timedelta]


class OperatorError(Exception):
    """The server refused a request to the operator API."""

    def __init__(self, status: int, detail: str, errors: List[str]) -> None:
        super().__init__("\n  ".join([detail, *errors]))
        self.status = status
        self.detail = detail
        self.errors = errors


class Operator:
    """Sends requests to /operator/v1."""

    def __init__(self, endpoint: str, token: Optional[str] = None, timeout: float = 60.0) -> None:
        self._base = endpoint.rstrip("/") + "/operator/v1"
        self._token = token
        self._timeout = timeout
        # A proxy of the environment is never meant for a server on this machine.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def request(
        self,
        method: str,
        path: str,
        body: JSON = None,
        query: Optional[Mapping[str, object]] = None,
        raw: Optional[bytes] = None,
        content_type: str = "application/json",
    ) -> JSON:
        """Send a request and return the decoded answer, None where it has no body."""
        url = self._base + path
        given = {k: str(v) for k, v in (query or {}).items() if v is not None}
        if given:
            url += "?" + urllib.parse.urlencode(given)
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data=data, method=method)
        if data is not None:
            request.add_header("Content-Type", content_type)
        if self._token:
            request.add_header("Authorization", "Bearer " + self._token)
        try:
            with self._opener.open(request, timeout=self._timeout) as answer:
                text = answer.read()
        except urllib.error.HTTPError as refused:
            raise _explain(refused) from None
        return json.loads(text) if text else None


def _explain(refused: urllib.error.HTTPError) -> OperatorError:
    text = refused.read()
    try:
        problem = json.loads(text)
        errors = [
            f"{e.get('location', '').removeprefix('body.')}: {e.get('message', '')}" for e in problem.get("errors") or []
        ]
        return OperatorError(refused.code, problem.get("detail") or problem.get("title") or "", errors)
    except (ValueError, AttributeError):
        return OperatorError(refused.code, f"the server answered {refused.code}", [])


def _duration(value: Duration) -> str:
    if isinstance(value, str):
        return value
    return f"{value.total_seconds():.3f}s"


def _time(text: str) -> datetime.datetime:
    # fromisoformat of Python before 3.11 knows no Z and no fractions but of 3 or 6 digits.
    whole, _, rest = text.rstrip("Z").partition(".")
    at = datetime.datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S")
    return at.replace(microsecond=int((rest + "000000")[:6]), tzinfo=datetime.timezone.utc)


class Clock:
    """The business clock: deadlines, expiries and delays go by it."""

    def __init__(self, operator: Operator) -> None:
        self._operator = operator

    def now(self) -> datetime.datetime:
        """Return the business time."""
        return _time(self._operator.request("GET", "/clock")["now"])

    def advance(self, by: Duration, settle: bool = True) -> datetime.datetime:
        """Move the clock forward, by a duration such as "360h" or a timedelta, and return the new time.

        With settle, wait until the work that has become due is done.
        """
        return self._move({"advance": _duration(by)}, settle)

    def set(self, to: Union[str, datetime.datetime], settle: bool = True) -> datetime.datetime:
        """Set the clock. A datetime without a time zone is UTC."""
        if isinstance(to, datetime.datetime):
            if to.tzinfo is None:
                to = to.replace(tzinfo=datetime.timezone.utc)
            to = to.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return self._move({"set": to}, settle)

    def reset(self) -> datetime.datetime:
        """Return to the real time."""
        return self._move({"reset": True}, False)

    def settle(self, timeout: float = 10.0) -> None:
        """Wait until the background work that is due is done."""
        end = time.monotonic() + timeout
        pause = 0.005
        while True:
            now = self.now()
            jobs = self._operator.request("GET", "/work")["work"]
            if not any(_time(job["dueAt"]) <= now for job in jobs):
                return
            if time.monotonic() > end:
                raise TimeoutError(f"work is still due after {timeout} s: {jobs}")
            time.sleep(pause)
            pause = min(pause * 2, 0.1)

    def _move(self, body: JSON, settle: bool) -> datetime.datetime:
        now = _time(self._operator.request("POST", "/clock", body)["now"])
        if settle:
            self.settle()
        return now


class Review:
    """The review desk: decides about submitted opportunities as AWS does."""

    def __init__(self, operator: Operator) -> None:
        self._operator = operator

    def waiting(self) -> Documents:
        """Return the submitted opportunities of all accounts that wait for a decision."""
        return list(self._operator.request("GET", "/reviews")["reviews"])

    def approve(self, opportunity: str, comments: Optional[str] = None, *, account: Optional[str] = None, catalog: Optional[str] = None) -> JSON:
        """Approve an opportunity."""
        return self._decide(opportunity, "Approve", comments, None, account, catalog)

    def reject(self, opportunity: str, reason: Optional[str] = None, comments: Optional[str] = None, *, account: Optional[str] = None, catalog: Optional[str] = None) -> JSON:
        """Reject an opportunity."""
        return self._decide(opportunity, "Reject", comments, reason, account, catalog)

    def request_action(self, opportunity: str, comments: str, *, account: Optional[str] = None, catalog: Optional[str] = None) -> JSON:
        """Ask the partner for changes."""
        return self._decide(opportunity, "RequestAction", comments, None, account, catalog)

    def start(self, opportunity: str, *, account: Optional[str] = None, catalog: Optional[str] = None) -> JSON:
        """Begin the review: the opportunity becomes In review."""
        return self._decide(opportunity, "StartReview", None, None, account, catalog)

    def policy(self, mode: str, after: Duration = "0s", catalog: str = "Sandbox") -> JSON:
        """Let submissions be decided by themselves: mode is off or approve."""
        return self._operator.request("PUT", f"/review-policies/{catalog}", {"mode": mode, "after": _duration(after)})

    def _decide(self, opportunity: str, decision: str, comments: Optional[str], reason: Optional[str], account: Optional[str], catalog: Optional[str]) -> JSON:
        if account is None or catalog is None:
            owner = self._owner(opportunity)
            account, catalog = account or owner["account"], catalog or owner["catalog"]
        body = {k: v for k, v in {"decision": decision, "comments": comments, "reason": reason}.items() if v is not None}
        return self._operator.request("POST", f"/opportunities/{opportunity}/review", body, {"account": account, "catalog": catalog})

    def _owner(self, opportunity: str) -> JSON:
        return self._operator.request("GET", f"/resources/{opportunity}")["resources"][0]


@dataclass(frozen=True)
class Referral:
    """What a referral made."""

    opportunity: str
    engagement: str
    invitation: str


class Faults:
    """Makes operations fail, be slow or break off, on purpose."""

    def __init__(self, operator: Operator) -> None:
        self._operator = operator

    def set(self, faults: Iterable[Mapping[str, JSON]]) -> JSON:
        """Replace all faults."""
        return self._operator.request("PUT", "/faults", list(faults))

    def add(self, operation: str = "*", error: Optional[str] = None, **members: JSON) -> JSON:
        """Add a fault; members are those of the operator API, such as times=2, rate=0.5 or latency="250ms"."""
        fault: Dict[str, JSON] = {"operation": operation, **members}
        if error is not None:
            fault["error"] = error
        return self.set([*self.list(), fault])

    def list(self) -> Documents:
        """Return the faults that are set."""
        answer = self._operator.request("GET", "/faults")
        return list(answer["faults"] if isinstance(answer, dict) else answer or [])

    def clear(self) -> None:
        """Remove all faults."""
        self._operator.request("PUT", "/faults", [])

    def fired(self) -> Documents:
        """Return which faults were applied to which requests."""
        answer = self._operator.request("GET", "/faults/fired")
        return list(answer["fired"] if isinstance(answer, dict) else answer or [])


class Fixtures:
    """Files of records that the server makes through the real rules."""

    def __init__(self, operator: Operator) -> None:
        self._operator = operator

    def load(self, *files: "Union[str, os.PathLike[str]]") -> Dict[str, str]:
        """Load files in YAML or JSON, all records or none, and return the identifiers by name."""
        contents = []
        for file in files:
            with open(file, encoding="utf-8") as opened:
                contents.append({"name": os.fspath(file), "content": opened.read()})
        return self._load(contents)

    def load_text(self, content: str, name: str = "fixture.yaml") -> Dict[str, str]:
        """Load records from a text in YAML or JSON; the name is for errors."""
        return self._load([{"name": name, "content": content}])

    def _load(self, files: Documents) -> Dict[str, str]:
        answer = self._operator.request("POST", "/fixtures", {"files": files})
        return dict(answer["ids"])


class Events:
    """The events of an account, in EventBridge's form."""

    def __init__(self, operator: Operator) -> None:
        self._operator = operator

    def list(self, account: str, after: Union[str, int] = 0) -> Documents:
        """Return the envelopes of an account's events, the oldest first."""
        envelopes: Documents = []
        while True:
            page = self._operator.request("GET", "/events", query={"account": account, "after": after, "limit": 1000})
            if not page["events"]:
                return envelopes
            envelopes += [e["event"] for e in page["events"]]
            after = page["next"]

    def wait(self, account: str, count: int = 1, timeout: float = 10.0) -> Documents:
        """Return the envelopes once there are at least count of them."""
        end = time.monotonic() + timeout
        envelopes: Documents = []
        after: Union[str, int] = 0
        while len(envelopes) < count:
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"account {account} has {len(envelopes)} of {count} events after {timeout} s")
            page = self._operator.request("GET", "/events", query={"account": account, "after": after, "limit": 1000, "wait": f"{left:.3f}s"})
            envelopes += [e["event"] for e in page["events"]]
            after = page["next"]
        return envelopes


@dataclass(frozen=True)
class Account:
    """An account and its development keys."""

    id: str
    endpoint: str
    secret: str = field(default="test", repr=False)
    region: str = "us-east-1"

    @property
    def environment(self) -> Dict[str, str]:
        """The variables with which any AWS SDK and the AWS CLI act for the account."""
        return {
            "AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.id,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
        }

    def boto3(self, **options: JSON) -> JSON:
        """Return a boto3 client that acts for the account. Needs boto3."""
        import boto3

        return boto3.client(
            "partnercentral-selling",
            endpoint_url=self.endpoint,
            region_name=self.region,
            aws_access_key_id=self.id,
            aws_secret_access_key=self.secret,
            **options,
        )
