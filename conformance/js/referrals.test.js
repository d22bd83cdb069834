import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { operator, partner, ready, refused, violations } from './kit.js'

// received are the invitations of an account.
const received = async (p, Catalog) =>
  (await p.listEngagementInvitations({ Catalog, ParticipantType: 'RECEIVER' })).EngagementInvitationSummaries

test('Sandbox simulates a referral', async () => {
  const [Catalog, p] = ['Sandbox', partner()]
  const { Id, LastModifiedDate } = await p.createOpportunity(ready({ Origin: 'AWS Referral' }))
  await refused(p.getOpportunity({ Catalog, Identifier: Id }), 'ResourceNotFoundException')
  const [row] = await received(p, Catalog)
  assert.deepEqual([row.SenderAwsAccountId, row.SenderCompanyName, row.Status], ['aws', 'AWS', 'PENDING'])
  const offered = await p.getEngagementInvitation({ Catalog, Identifier: row.Id })
  assert.deepEqual(offered.Payload.OpportunityInvitation.ReceiverResponsibilities, ['Services Partner', 'Software Partner'])
  for (const secret of ['123 Main Street', 'maria.keller@', '909090909090', 'Our tracking platform']) {
    assert.ok(!JSON.stringify(offered).includes(secret), secret)
  }
  const task = await p.startEngagementByAcceptingInvitationTask({ Catalog, ClientToken: randomUUID(), Identifier: row.Id })
  assert.deepEqual([task.TaskStatus, task.OpportunityId], ['COMPLETE', Id])
  const got = await p.getOpportunity({ Catalog, Identifier: Id })
  assert.deepEqual([got.LifeCycle.ReviewStatus, got.LifeCycle.Stage], ['Approved', 'Prospect'])
  assert.deepEqual(got.CreatedDate, LastModifiedDate)
  assert.equal(got.Customer.Account.Address.StreetAddress, '123 Main Street')
  assert.deepEqual(got.RelatedEntityIdentifiers.Solutions, [])
})

test('a rejected referral is never seen', async () => {
  const [Catalog, p] = ['Sandbox', partner()]
  const { Id } = await p.createOpportunity(ready({ Origin: 'AWS Referral' }))
  const [row] = await received(p, Catalog)
  await p.rejectEngagementInvitation({ Catalog, Identifier: row.Id, RejectionReason: 'Unable to support' })
  await refused(p.getOpportunity({ Catalog, Identifier: Id }), 'ResourceNotFoundException')
  assert.deepEqual((await p.listOpportunities({ Catalog })).OpportunitySummaries, [])
})

test('catalog AWS takes no referral from a partner, but from the operator', async () => {
  const [Catalog, p] = ['AWS', partner()]
  const refusal = await refused(p.createOpportunity(ready({ Catalog, Origin: 'AWS Referral' })), 'ValidationException')
  assert.deepEqual(violations(refusal), ['origin ACTION_NOT_PERMITTED'])
  const made = await operator('POST', '/referrals', { account: p.account, catalog: Catalog, opportunity: ready() })
  const [row] = await received(p, Catalog)
  assert.deepEqual([row.Id, row.EngagementId], [made.engagementInvitationId, made.engagementId])
  await p.acceptEngagementInvitation({ Catalog, Identifier: row.Id })
  const { LifeCycle } = await p.getOpportunity({ Catalog, Identifier: made.opportunityId })
  assert.equal(LifeCycle.ReviewStatus, 'Approved')
  await refused(operator('POST', '/referrals', { account: p.account, catalog: Catalog, opportunity: {} }), '422')
})
