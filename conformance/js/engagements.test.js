import assert from 'node:assert/strict'
import { test } from 'node:test'
import { paginateListEngagementMembers, paginateListEngagements } from '@aws-sdk/client-partnercentral-selling'
import { all, customerProject, engagement, interaction, invite, lead, partner, plain, refused, told, violations } from './kit.js'

const Catalog = 'Sandbox'
const get = (p, Identifier) => p.getEngagement({ Catalog, Identifier })

test('the creator is the first member', async () => {
  const p = partner()
  const made = await p.createEngagement({ Catalog, Title: 'Farms', Contexts: [customerProject] })
  assert.match(made.Id, /^eng-[0-9a-z]{14}$/)
  assert.equal(made.Arn, `arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/${made.Id}`)
  const got = await get(p, made.Id)
  assert.equal(got.CreatedBy, p.account)
  assert.equal(got.MemberCount, 1)
  assert.deepEqual(got.ModifiedAt, made.ModifiedAt)
  assert.deepEqual(plain(got.Contexts), [{ ...customerProject, Id: '1' }])
  assert.deepEqual(await told(p.account), ['Engagement Created'])
})

test('an engagement has two names', async () => {
  const p = partner()
  const { Id, Arn } = await p.createEngagement({ Catalog })
  assert.equal((await get(p, Arn)).Id, Id)
  await refused(get(p, Arn.replace('Sandbox', 'AWS')), 'ValidationException')
})

test('strangers find nothing', async () => {
  const id = await engagement(partner(), Catalog)
  const stranger = partner()
  await refused(get(stranger, id), 'ResourceNotFoundException')
  await refused(stranger.listEngagementMembers({ Catalog, Identifier: id }), 'ResourceNotFoundException')
})

test('contexts are added and changed under one lock', async () => {
  const p = partner()
  const id = await engagement(p, Catalog, lead)
  const { ContextId, EngagementLastModifiedAt } = await p.createEngagementContext({
    Catalog,
    EngagementIdentifier: id,
    ...customerProject,
  })
  assert.equal(ContextId, '2')
  const change = {
    Catalog,
    EngagementIdentifier: id,
    ContextIdentifier: '1',
    Type: 'Lead',
    Payload: {
      Lead: {
        QualificationStatus: 'Qualified',
        Customer: lead.Payload.Lead.Customer,
        Interaction: { ...interaction, CustomerAction: 'Called back' },
      },
    },
  }
  // The lock is a time that the SDK has read and writes again.
  await p.updateEngagementContext({ ...change, EngagementLastModifiedAt })
  await refused(p.updateEngagementContext({ ...change, EngagementLastModifiedAt }), 'ConflictException')
  const { Contexts, ModifiedAt } = await get(p, id)
  assert.equal(Contexts[0].Payload.Lead.QualificationStatus, 'Qualified')
  assert.deepEqual(
    Contexts[0].Payload.Lead.Interactions.map((i) => i.CustomerAction),
    ['Asked for a call', 'Called back'],
  )
  await p.updateEngagementContext({ ...change, EngagementLastModifiedAt: ModifiedAt })
})

test('limits of contexts', async () => {
  const p = partner()
  const id = await engagement(p, Catalog, lead, lead, lead, lead, lead)
  await refused(
    p.createEngagementContext({ Catalog, EngagementIdentifier: id, ...customerProject }),
    'ServiceQuotaExceededException',
  )
  const wrong = await refused(
    p.createEngagement({ Catalog, Contexts: [{ Type: 'Lead', Payload: customerProject.Payload }] }),
    'ValidationException',
  )
  assert.deepEqual(violations(wrong), ['contexts[0].payload INVALID_VALUE'])
  const written = await refused(
    p.createEngagement({ Catalog, Contexts: [{ Type: 'ProspectingResult', Payload: { ProspectingResult: {} } }] }),
    'ValidationException',
  )
  assert.deepEqual(violations(written), ['contexts[0].type ACTION_NOT_PERMITTED'])
})

test('the paginator walks all engagements', async () => {
  const p = partner()
  const ids = []
  for (let i = 0; i < 5; i++) ids.push(await engagement(p, Catalog, i % 2 ? lead : customerProject))
  const pages = async (input) =>
    (await all(paginateListEngagements({ client: p, pageSize: 2 }, { Catalog, ...input }), 'EngagementSummaryList')).map(
      (row) => row.Id,
    )
  assert.deepEqual(await pages({ Sort: { SortBy: 'CreatedDate', SortOrder: 'ASCENDING' } }), ids)
  assert.deepEqual(await pages({}), ids.toReversed())
  assert.deepEqual(await pages({ ContextTypes: ['Lead'] }), [ids[3], ids[1]])
  assert.deepEqual(await pages({ ExcludeContextTypes: ['Lead'] }), [ids[4], ids[2], ids[0]])
  assert.deepEqual(await pages({ EngagementIdentifier: [ids[2]] }), [ids[2]])
  assert.deepEqual(await pages({ ExcludeCreatedBy: [p.account] }), [])
})

test('the paginator walks all members', async () => {
  const owner = partner()
  const id = await engagement(owner, Catalog, customerProject)
  const accounts = [owner.account]
  for (let i = 0; i < 3; i++) {
    const member = partner()
    await member.acceptEngagementInvitation({ Catalog, Identifier: await invite(owner, Catalog, id, member) })
    accounts.push(member.account)
  }
  const rows = await all(
    paginateListEngagementMembers({ client: owner, pageSize: 2 }, { Catalog, Identifier: id }),
    'EngagementMemberList',
  )
  assert.deepEqual(rows.map((row) => row.AccountId).sort(), accounts.sort())
  assert.equal((await get(owner, id)).MemberCount, 4)
})
