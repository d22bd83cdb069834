import assert from 'node:assert/strict'
import { test } from 'node:test'
import { paginateListEngagementInvitations } from '@aws-sdk/client-partnercentral-selling'
import { all, aws, customerProject, engagement, invite, lead, partner, refused, told, toLead, violations } from './kit.js'

const Catalog = 'Sandbox'
const get = (p, Identifier) => p.getEngagementInvitation({ Catalog, Identifier })

test('an invitation is read by both sides', async () => {
  const [sender, receiver] = [partner(), partner()]
  const id = await invite(sender, Catalog, await engagement(sender, Catalog, customerProject), receiver)
  assert.match(id, /^engi-[0-9a-z]{13}$/)
  for (const p of [sender, receiver]) {
    const got = await get(p, id)
    assert.equal(got.Status, 'PENDING')
    assert.equal(got.EngagementTitle, 'Farms')
    assert.equal(got.SenderAwsAccountId, sender.account)
    assert.equal(got.Receiver.Account.AwsAccountId, receiver.account)
    assert.equal(got.ExistingMembers.length, 1)
    assert.equal(got.ExpirationDate - got.InvitationDate, 15 * 24 * 3_600_000)
    assert.equal(got.Payload.OpportunityInvitation.Project.Title, 'Harvest')
  }
  await refused(get(partner(), id), 'ResourceNotFoundException')
})

test('who accepts becomes a member', async () => {
  const [sender, receiver] = [partner(), partner()]
  const e = await engagement(sender, Catalog, customerProject)
  const Identifier = await invite(sender, Catalog, e, receiver)
  await refused(sender.acceptEngagementInvitation({ Catalog, Identifier }), 'AccessDeniedException')
  const { $metadata, ...nothing } = await receiver.acceptEngagementInvitation({ Catalog, Identifier })
  assert.deepEqual(nothing, {})
  assert.equal((await receiver.getEngagement({ Catalog, Identifier: e })).MemberCount, 2)
  assert.equal((await get(receiver, Identifier)).ExpirationDate ?? null, null)
  await refused(receiver.rejectEngagementInvitation({ Catalog, Identifier }), 'ConflictException')
  await refused(invite(sender, Catalog, e, receiver), 'ConflictException')
  assert.deepEqual((await told(receiver.account)).slice(0, 3), [
    'Engagement Invitation Created',
    'Engagement Invitation Accepted',
    'Engagement Member Added',
  ])
})

test('who rejects keeps the metadata alone', async () => {
  const [sender, receiver] = [partner(), partner()]
  const Identifier = await invite(sender, Catalog, await engagement(sender, Catalog, customerProject), receiver)
  await receiver.rejectEngagementInvitation({ Catalog, Identifier, RejectionReason: 'Unable to support' })
  const left = await get(receiver, Identifier)
  assert.equal(left.Status, 'REJECTED')
  assert.equal(left.RejectionReason, 'Unable to support')
  assert.equal(left.Payload ?? null, null)
  assert.notEqual((await get(sender, Identifier)).Payload ?? null, null)
})

test('a lead is hidden until it is accepted', async () => {
  const [sender, receiver] = [partner(), partner()]
  const e = await engagement(sender, Catalog, lead)
  const Identifier = await invite(sender, Catalog, e, receiver, toLead)
  assert.ok(!JSON.stringify(await get(receiver, Identifier)).includes('sam.hill@'))
  await receiver.acceptEngagementInvitation({ Catalog, Identifier })
  const { Contexts } = await receiver.getEngagement({ Catalog, Identifier: e })
  assert.equal(Contexts[0].Payload.Lead.Interactions[0].Contact.Email, 'sam.hill@farms.example.com')
})

test('in catalog AWS leads come from AWS', async () => {
  const [p, receiver] = [partner(), partner()]
  const refusal = await refused(
    invite(p, 'AWS', await engagement(p, 'AWS', lead), receiver, toLead),
    'ValidationException',
  )
  assert.deepEqual(violations(refusal), ['invitation.payload.leadInvitation ACTION_NOT_PERMITTED'])
  const amazon = aws()
  const Identifier = await invite(amazon, 'AWS', await engagement(amazon, 'AWS', lead), receiver, toLead)
  const got = await receiver.getEngagementInvitation({ Catalog: 'AWS', Identifier })
  assert.deepEqual([got.SenderAwsAccountId, got.SenderCompanyName], ['aws', 'AWS'])
})

test('the paginator walks all invitations', async () => {
  const [sender, receiver] = [partner(), partner()]
  const ids = []
  for (let i = 0; i < 5; i++) {
    const isLead = i % 2 === 1
    const e = await engagement(sender, Catalog, isLead ? lead : customerProject)
    ids.push(await invite(sender, Catalog, e, receiver, isLead ? toLead : undefined))
  }
  const pages = async (p, ParticipantType, input) =>
    (
      await all(
        paginateListEngagementInvitations({ client: p, pageSize: 2 }, { Catalog, ParticipantType, ...input }),
        'EngagementInvitationSummaries',
      )
    ).map((row) => row.Id)
  const Sort = { SortBy: 'InvitationDate', SortOrder: 'ASCENDING' }
  assert.deepEqual(await pages(sender, 'SENDER', { Sort }), ids)
  assert.deepEqual(await pages(receiver, 'RECEIVER', {}), ids.toReversed())
  assert.deepEqual(await pages(receiver, 'SENDER', {}), [])
  assert.deepEqual(await pages(receiver, 'RECEIVER', { Sort, PayloadType: ['LeadInvitation'] }), [ids[1], ids[3]])
  await receiver.acceptEngagementInvitation({ Catalog, Identifier: ids[2] })
  assert.deepEqual(await pages(receiver, 'RECEIVER', { Status: ['ACCEPTED'] }), [ids[2]])
  assert.deepEqual(await pages(receiver, 'RECEIVER', { SenderAwsAccountId: ['111111111111'] }), [])
})
