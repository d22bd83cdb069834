// Tests of a deal with node:test. The package cosell starts the server.
import { after, before, beforeEach, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { PartnerCentralSelling, ValidationException } from "@aws-sdk/client-partnercentral-selling";
import { start } from "cosell";

const deal = JSON.parse(readFileSync(new URL("deal.json", import.meta.url), "utf8"));
const Catalog = "Sandbox";

let cosell, account, partner;
before(async () => { cosell = await start(); });
after(() => cosell.stop());
beforeEach(async () => {
  await cosell.reset();
  account = cosell.account();
  partner = new PartnerCentralSelling(account.client);
});

const status = async (Identifier) => (await partner.getOpportunity({ Catalog, Identifier })).LifeCycle.ReviewStatus;

async function submitted() {
  const { Id } = await partner.createOpportunity({ ClientToken: "1", ...deal });
  await partner.startEngagementFromOpportunityTask({
    Catalog, ClientToken: "2", Identifier: Id, AwsSubmission: { InvolvementType: "Co-Sell", Visibility: "Full" },
  });
  return Id;
}

test("a deal is approved", async () => {
  const id = await submitted();
  assert.equal(await status(id), "Submitted");
  await cosell.review.approve(id);
  assert.equal(await status(id), "Approved");
});

test("a repeated token creates one deal", async () => {
  const [first, second] = [await partner.createOpportunity({ ClientToken: "1", ...deal }), await partner.createOpportunity({ ClientToken: "1", ...deal })];
  assert.equal(first.Id, second.Id);
  assert.equal((await partner.listOpportunities({ Catalog })).OpportunitySummaries.length, 1);
});

test("every gap of a thin draft is named", async () => {
  const { Id: Identifier } = await partner.createOpportunity({ Catalog, ClientToken: "1" });
  await assert.rejects(
    partner.submitOpportunity({ Catalog, Identifier, InvolvementType: "Co-Sell", Visibility: "Full" }),
    (error) => error instanceof ValidationException && error.ErrorList.some((e) => e.FieldName === "project.title"));
});

test("a referral expires", async () => {
  const { engagementInvitationId: Identifier } = await cosell.refer(deal, account.id);
  await cosell.clock.advance("360h");
  assert.equal((await partner.getEngagementInvitation({ Catalog, Identifier })).Status, "EXPIRED");
});

test("the CRM hears of the approval", async () => {
  const id = await submitted();
  const before = (await cosell.events.list(account.id)).length;
  await cosell.review.approve(id);
  const events = await cosell.events.wait(account.id, before + 1);
  assert.ok(events.slice(before).some((e) => e["detail-type"] === "Opportunity Updated"));
});
