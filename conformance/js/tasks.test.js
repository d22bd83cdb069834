import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import {
  paginateListEngagementByAcceptingInvitationTasks,
  paginateListEngagementFromOpportunityTasks,
  paginateListOpportunityFromEngagementTasks,
} from '@aws-sdk/client-partnercentral-selling'
import { all, aws, decide, engagement, eventually, invite, lead, partner, ready, refused, told, toLead } from './kit.js'

const Catalog = 'Sandbox'
const AwsSubmission = { InvolvementType: 'Co-Sell', Visibility: 'Full' }
const get = (p, Identifier) => p.getOpportunity({ Catalog, Identifier })
const token = () => ({ Catalog, ClientToken: randomUUID() })

// submitted is an opportunity that the task has submitted, and the task's answer.
async function submitted(p, changes) {
  const { Id } = await p.createOpportunity(ready(changes))
  return [Id, await p.startEngagementFromOpportunityTask({ ...token(), Identifier: Id, AwsSubmission })]
}

test('from an opportunity to an engagement', async () => {
  const p = partner()
  const { Id: Identifier } = await p.createOpportunity(ready())
  const request = { ...token(), Identifier, AwsSubmission, Tags: [{ Key: 'from', Value: 'task' }] }
  const task = await p.startEngagementFromOpportunityTask(request)
  assert.equal(task.TaskStatus, 'COMPLETE', task.Message)
  assert.match(task.TaskId, /^task-[0-9a-z]{13}$/)
  assert.equal(task.OpportunityId, Identifier)
  assert.equal((await get(p, Identifier)).LifeCycle.ReviewStatus, 'Submitted')

  const e = await p.getEngagement({ Catalog, Identifier: task.EngagementId })
  assert.equal(e.Title, 'Temperature tracking for 400 lorries')
  assert.deepEqual(e.Contexts.map((c) => c.Type), ['CustomerProject'])
  const i = await p.getEngagementInvitation({ Catalog, Identifier: task.EngagementInvitationId })
  assert.equal(i.Receiver.Account.AwsAccountId, 'aws')
  const job = await p.getResourceSnapshotJob({ Catalog, ResourceSnapshotJobIdentifier: task.ResourceSnapshotJobId })
  assert.equal(job.Status, 'Running')
  assert.deepEqual((await p.listTagsForResource({ ResourceArn: job.Arn })).Tags, request.Tags)

  const again = await p.startEngagementFromOpportunityTask(request)
  assert.equal(again.TaskId, task.TaskId)
  await refused(
    p.startEngagementFromOpportunityTask({ ...request, AwsSubmission: { InvolvementType: 'For Visibility Only' } }),
    'ConflictException',
  )
  const twice = await p.startEngagementFromOpportunityTask({ ...request, ClientToken: randomUUID() })
  assert.deepEqual([twice.TaskStatus, twice.ReasonCode], ['FAILED', 'OpportunityConflict'])
})

test('a draft with gaps fails with words', async () => {
  const p = partner()
  const { Id: Identifier } = await p.createOpportunity({ Catalog })
  const task = await p.startEngagementFromOpportunityTask({ ...token(), Identifier, AwsSubmission })
  assert.deepEqual([task.TaskStatus, task.ReasonCode], ['FAILED', 'OpportunityValidationFailed'])
  assert.match(task.Message, /project\.salesActivities is required/)
  assert.equal((await get(p, Identifier)).LifeCycle.ReviewStatus, 'Pending Submission')
  await refused(p.startEngagementFromOpportunityTask({ ...token(), Identifier: 'O1', AwsSubmission }), 'ResourceNotFoundException')
})

test('SubmitOpportunity by itself', async () => {
  const p = partner()
  const { Id: Identifier } = await p.createOpportunity(ready())
  await p.submitOpportunity({ Catalog, Identifier, InvolvementType: 'For Visibility Only', Visibility: 'Limited' })
  const got = await get(p, Identifier)
  assert.equal(got.LifeCycle.ReviewStatus, 'Submitted')
  assert.deepEqual(got.PrimaryNeedsFromAws, ['Do Not Need Support from AWS Sales Rep'])
  await refused(p.submitOpportunity({ Catalog, Identifier, InvolvementType: 'Co-Sell' }), 'ValidationException')
})

test('a partner accepts, copies and follows the review', async () => {
  const [sender, receiver] = [partner(), partner()]
  const [id, { EngagementId }] = await submitted(sender)
  const Identifier = await invite(sender, Catalog, EngagementId, receiver)
  const task = await receiver.startEngagementByAcceptingInvitationTask({ ...token(), Identifier })
  assert.equal(task.TaskStatus, 'COMPLETE', task.Message)
  assert.equal(task.EngagementInvitationId, Identifier)
  const copy = await get(receiver, task.OpportunityId)
  assert.equal(copy.Customer.Account.CompanyName, 'Acme Farms')
  assert.equal(copy.LifeCycle.ReviewStatus, 'Submitted')
  assert.deepEqual(copy.PrimaryNeedsFromAws, ['Do Not Need Support from AWS Sales Rep'])

  await decide(sender, Catalog, id, 'Approve')
  assert.equal((await get(receiver, task.OpportunityId)).LifeCycle.ReviewStatus, 'Approved')
  const again = await receiver.startEngagementByAcceptingInvitationTask({ ...token(), Identifier })
  assert.deepEqual([again.TaskStatus, again.ReasonCode], ['FAILED', 'EngagementInvitationConflict'])
  await refused(
    partner().startEngagementByAcceptingInvitationTask({ ...token(), Identifier }),
    'ResourceNotFoundException',
  )
})

for (const catalog of ['AWS', 'Sandbox']) {
  test(`a lead of AWS's becomes an opportunity in ${catalog}`, async () => {
    const [amazon, p] = [aws(), partner()]
    const e = await engagement(amazon, catalog, lead)
    const Identifier = await invite(amazon, catalog, e, p, toLead)
    await p.acceptEngagementInvitation({ Catalog: catalog, Identifier })
    const request = { Catalog: catalog, Identifier: e, ContextIdentifier: '1', Tags: [{ Key: 'from', Value: 'lead' }] }
    const task = await p.startOpportunityFromEngagementTask({ ...request, ClientToken: randomUUID() })
    assert.equal(task.TaskStatus, 'COMPLETE', task.Message)
    assert.equal(task.ContextId, '2')
    const draft = await p.getOpportunity({ Catalog: catalog, Identifier: task.OpportunityId })
    assert.equal(draft.Project.Title, 'Converted from Lead')
    assert.equal(draft.Project.CustomerBusinessProblem, 'They count their sheep by hand.')
    assert.deepEqual((await p.listTagsForResource({ ResourceArn: draft.Arn })).Tags, request.Tags)
    const project = await p.startOpportunityFromEngagementTask({ ...request, ContextIdentifier: '2', ClientToken: randomUUID() })
    assert.equal(project.ReasonCode, 'CustomerProjectContextNotPermitted')
    const nothing = await p.startOpportunityFromEngagementTask({ ...request, ContextIdentifier: '9', ClientToken: randomUUID() })
    assert.equal(nothing.ReasonCode, 'ContextNotFound')
  })
}

test('a disqualified lead is not converted', async () => {
  const p = partner()
  const Lead = { ...lead.Payload.Lead, QualificationStatus: 'Disqualified' }
  const Identifier = await engagement(p, Catalog, { Type: 'Lead', Payload: { Lead } })
  const task = await p.startOpportunityFromEngagementTask({ ...token(), Identifier, ContextIdentifier: '1' })
  assert.deepEqual([task.TaskStatus, task.ReasonCode], ['FAILED', 'DisqualifiedLeadNotPermitted'])
})

test('the paginators walk all tasks', async () => {
  const [sender, receiver] = [partner(), partner()]
  const [made, accepted, converted] = [[], [], []]
  for (let i = 0; i < 3; i++) {
    const [, task] = await submitted(sender)
    made.push(task.TaskId)
    const Identifier = await invite(sender, Catalog, task.EngagementId, receiver)
    accepted.push((await receiver.startEngagementByAcceptingInvitationTask({ ...token(), Identifier })).TaskId)
    const e = await engagement(sender, Catalog, lead)
    converted.push(
      (await sender.startOpportunityFromEngagementTask({ ...token(), Identifier: e, ContextIdentifier: '1' })).TaskId,
    )
  }
  const { Id } = await sender.createOpportunity({ Catalog })
  made.push((await sender.startEngagementFromOpportunityTask({ ...token(), Identifier: Id, AwsSubmission })).TaskId)
  const Sort = { SortBy: 'StartTime', SortOrder: 'ASCENDING' }
  const ids = async (pages) => (await all(pages, 'TaskSummaries')).map((row) => row.TaskId)
  const page = (client) => ({ client, pageSize: 2 })
  const from = (input) => ids(paginateListEngagementFromOpportunityTasks(page(sender), { Catalog, ...input }))
  assert.deepEqual(await from({ Sort }), made)
  assert.deepEqual(await from({}), made.toReversed())
  assert.deepEqual(await from({ TaskStatus: ['FAILED'] }), [made[3]])
  assert.deepEqual(await from({ OpportunityIdentifier: [Id] }), [made[3]])
  assert.deepEqual(await from({ TaskIdentifier: [made[1]] }), [made[1]])
  assert.deepEqual(
    await ids(paginateListEngagementByAcceptingInvitationTasks(page(receiver), { Catalog, Sort })),
    accepted,
  )
  assert.deepEqual(
    await ids(paginateListOpportunityFromEngagementTasks(page(sender), { Catalog, Sort })),
    converted,
  )
  assert.deepEqual(await ids(paginateListOpportunityFromEngagementTasks(page(receiver), { Catalog })), [])
})

test('a task tells of each step', async () => {
  const p = partner()
  await submitted(p)
  const expected = [
    'Opportunity Created',
    'Engagement Created',
    'Engagement Resource Snapshot Created',
    'Engagement Invitation Created',
    'Opportunity Updated',
  ]
  const events = await eventually(() => told(p.account), (events) => expected.every((name) => events.includes(name)))
  assert.equal(events[0], 'Opportunity Created')
})
