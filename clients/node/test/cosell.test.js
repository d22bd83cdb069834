// The package against a real server. The client is a plain request, so that the tests need no AWS SDK.
import { after, before, beforeEach, test } from "node:test";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { OperatorError, connect, findBinary, start } from "cosell";

const opportunity = JSON.parse(readFileSync(new URL("../../../examples/opportunity.json", import.meta.url), "utf8"));

// call sends an operation, signed with an account's development key.
async function call(account, operation, input) {
  const { endpoint, region, credentials } = account.client;
  const body = JSON.stringify({ Catalog: "Sandbox", ...input });
  const now = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${now.slice(0, 8)}/${region}/partnercentral-selling/aws4_request`;
  const sha = (text) => createHash("sha256").update(text).digest("hex");
  const mac = (key, text) => createHmac("sha256", key).update(text).digest();
  const target = `AWSPartnerCentralSelling.${operation}`;
  const canonical = ["POST", "/", "", `host:${new URL(endpoint).host}`, `x-amz-date:${now}`, `x-amz-target:${target}`, "",
    "host;x-amz-date;x-amz-target", sha(body)].join("\n");
  const key = scope.split("/").reduce(mac, `AWS4${credentials.secretAccessKey}`);
  const signature = mac(key, ["AWS4-HMAC-SHA256", now, scope, sha(canonical)].join("\n")).toString("hex");
  const answer = await fetch(endpoint, {
    method: "POST", body,
    headers: {
      "content-type": "application/x-amz-json-1.0", "x-amz-target": target, "x-amz-date": now,
      authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, ` +
        `SignedHeaders=host;x-amz-date;x-amz-target, Signature=${signature}`,
    },
  });
  const result = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(`${result.__type}: ${result.Message}`), { name: result.__type });
  return result;
}

const status = async (account, Identifier) => (await call(account, "GetOpportunity", { Identifier })).LifeCycle.ReviewStatus;

async function submitted(account) {
  const { Id } = await call(account, "CreateOpportunity", { ClientToken: "1", ...opportunity });
  await call(account, "StartEngagementFromOpportunityTask", {
    ClientToken: "2", Identifier: Id, AwsSubmission: { InvolvementType: "Co-Sell", Visibility: "Full" },
  });
  return Id;
}

let cosell;
before(async () => { cosell = await start(); });
beforeEach(() => cosell.reset());
after(() => cosell.stop());

for (const run of ["first", "second"]) {
  test(`reset empties the server: ${run}`, async () => {
    const account = cosell.account("111122223333");
    assert.equal((await call(account, "ListOpportunities", {})).OpportunitySummaries.length, 0);
    await call(account, "CreateOpportunity", { ClientToken: run });
    assert.equal((await call(account, "ListOpportunities", {})).OpportunitySummaries.length, 1);
  });
}

test("accounts are apart", async () => {
  const [alice, bob] = [cosell.account(), cosell.account()];
  assert.notEqual(alice.id, bob.id);
  const { Id } = await call(alice, "CreateOpportunity", { ClientToken: "1" });
  await assert.rejects(call(bob, "GetOpportunity", { Identifier: Id }), { name: "ResourceNotFoundException" });
});

test("an account has the variables of any SDK", () => {
  const { environment } = cosell.account("111122223333");
  assert.equal(environment.AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING, cosell.endpoint);
  assert.equal(environment.AWS_ACCESS_KEY_ID, "111122223333");
});

for (const [decision, want] of [["approve", "Approved"], ["reject", "Rejected"], ["start", "In review"]]) {
  test(`decision: ${decision}`, async () => {
    const account = cosell.account();
    const id = await submitted(account);
    assert.deepEqual((await cosell.review.waiting()).map((r) => r.id), [id]);
    await cosell.review[decision](id);
    assert.equal(await status(account, id), want);
  });
}

test("the reviewer asks for changes", async () => {
  const account = cosell.account();
  const id = await submitted(account);
  const decided = await cosell.review.requestAction(id, "Name the customer's contact.", { account: account.id, catalog: "Sandbox" });
  assert.equal(decided.comments, "Name the customer's contact.");
  assert.equal(await status(account, id), "Action Required");
});

test("a policy decides after its delay", async () => {
  const account = cosell.account();
  await cosell.review.policy("approve", 48 * 3600 * 1000);
  const id = await submitted(account);
  await cosell.clock.advance("47h");
  assert.equal(await status(account, id), "Submitted");
  await cosell.clock.advance(3601_000);
  assert.equal(await status(account, id), "Approved");
});

test("a referral expires", async () => {
  const account = cosell.account();
  const made = await cosell.refer(opportunity, account.id);
  const invitation = { Identifier: made.engagementInvitationId };
  assert.equal((await call(account, "GetEngagementInvitation", invitation)).Status, "PENDING");
  await cosell.clock.advance("360h");
  assert.equal((await call(account, "GetEngagementInvitation", invitation)).Status, "EXPIRED");
});

test("fixtures are loaded once", async () => {
  const world = 'accounts:\n  acme: {id: "111122223333"}\nengagements:\n' +
    "  talk: {account: $acme, request: {Title: Talk, Description: About orders}}\n";
  const ids = await cosell.fixtures.loadText(world);
  assert.match(ids.talk, /^eng-/);
  assert.deepEqual(await cosell.fixtures.loadText(world), ids);
});

test("one account is reset", async () => {
  const engagement = (account) => `{account: "${account}", request: {Title: Talk, Description: About orders}}`;
  const world = `engagements:\n  ours: ${engagement("111122223333")}\n  theirs: ${engagement("444455556666")}\n`;
  const first = await cosell.fixtures.loadText(world);
  await cosell.reset("111122223333");
  const second = await cosell.fixtures.loadText(world);
  assert.notEqual(second.ours, first.ours);
  assert.equal(second.theirs, first.theirs);
});

test("faults strike until a reset", async () => {
  const account = cosell.account();
  await cosell.faults.set([{ operation: "ListOpportunities", error: "ThrottlingException", sequence: { fail: 1, pass: 1 } }]);
  await assert.rejects(call(account, "ListOpportunities", {}), { name: "ThrottlingException" });
  await call(account, "ListOpportunities", {});
  assert.equal((await cosell.faults.fired()).length, 1);
  await cosell.reset();
  assert.deepEqual(await cosell.faults.list(), []);
});

test("the clock can be set and reset", async () => {
  const at = new Date("2031-05-06T07:08:09Z");
  const now = await cosell.clock.set(at);
  assert.ok(now >= at && now - at < 60_000, now.toISOString());
  assert.ok((await cosell.clock.reset()) < at);
});

test("events are waited for", async () => {
  const account = cosell.account();
  await call(account, "CreateOpportunity", { ClientToken: "1" });
  const events = await cosell.events.wait(account.id);
  assert.deepEqual(events.map((e) => e["detail-type"]), ["Opportunity Created"]);
  assert.deepEqual(await cosell.events.list(account.id), events);
  await assert.rejects(cosell.events.wait(account.id, 2, 50), /1 of 2 events/);
});

test("a refusal explains itself", async () => {
  await assert.rejects(cosell.clock.advance("much"), (error) =>
    error instanceof OperatorError && error.status === 422 && /advance/.test(error.message));
});

test("connect uses a running server", async () => {
  const same = connect(cosell.endpoint + "/");
  await call(same.account("111122223333"), "CreateOpportunity", { ClientToken: "1" });
  assert.equal((await call(cosell.account("111122223333"), "ListOpportunities", {})).OpportunitySummaries.length, 1);
});

test("two servers are apart, and stop ends one", async () => {
  const other = await start();
  assert.notEqual(other.endpoint, cosell.endpoint);
  await other.stop();
  await other.stop(); // a second call does nothing
  await assert.rejects(fetch(other.endpoint + "/readyz"));
  assert.equal((await fetch(cosell.endpoint + "/readyz")).status, 200);
});

test("start tells why it failed", async () => {
  await assert.rejects(start({ flags: ["--no-such-flag"] }), /no-such-flag/);
});

test("the launcher passes arguments, output and status on", () => {
  const launcher = fileURLToPath(new URL("../bin/cosell.js", import.meta.resolve("cosell")));
  const said = spawnSync(process.execPath, [launcher, "version"], { encoding: "utf8" });
  assert.equal(said.stdout, spawnSync(findBinary(), ["version"], { encoding: "utf8" }).stdout);
  assert.equal(spawnSync(process.execPath, [launcher, "no-such-command"]).status, 2);
  assert.ok(existsSync(findBinary()) || !findBinary().includes("/"));
});
