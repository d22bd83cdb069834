import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  paginateListEngagementResourceAssociations,
  paginateListResourceSnapshotJobs,
  paginateListResourceSnapshots,
} from '@aws-sdk/client-partnercentral-selling'
import { all, customerProject, engagement, eventually, invite, partner, ready, refused } from './kit.js'

const Catalog = 'Sandbox'
const view = 'OpportunitySummaryView'
const awsView = 'AwsOpportunitySummaryFullView'

// deal is an owner's opportunity in an engagement that a member has joined.
async function deal() {
  const [owner, member] = [partner(), partner()]
  const { Id: ResourceIdentifier } = await owner.createOpportunity(ready())
  const EngagementIdentifier = await engagement(owner, Catalog, customerProject)
  await member.acceptEngagementInvitation({
    Catalog,
    Identifier: await invite(owner, Catalog, EngagementIdentifier, member),
  })
  const of = { Catalog, EngagementIdentifier, ResourceType: 'Opportunity', ResourceIdentifier }
  return { owner, member, of, id: ResourceIdentifier }
}

const snapshot = (p, of, template = view) =>
  p.createResourceSnapshot({ ...of, ResourceSnapshotTemplateIdentifier: template, ClientToken: crypto.randomUUID() })
const read = (p, of, template = view, Revision) =>
  p.getResourceSnapshot({ ...of, ResourceSnapshotTemplateIdentifier: template, Revision })

async function change(p, id, changes) {
  const { $metadata, Arn, CreatedDate, OpportunityTeam, RelatedEntityIdentifiers, Id, ...rest } =
    await p.getOpportunity({ Catalog, Identifier: id })
  await p.updateOpportunity({ ...rest, Identifier: id, ...changes(rest) })
}

test('a snapshot stays as it was', async () => {
  const { owner, member, of, id } = await deal()
  const first = await snapshot(owner, of)
  assert.equal(first.Revision, 1)
  assert.match(first.Arn, new RegExp(`:catalog/Sandbox/engagement/${of.EngagementIdentifier}/resource/Opportunity/${id}/template/${view}/snapshot/1$`))
  await change(owner, id, ({ LifeCycle }) => ({ LifeCycle: { ...LifeCycle, NextSteps: 'Sign' } }))
  assert.equal((await snapshot(owner, of)).Revision, 2)
  const steps = async (revision) =>
    (await read(member, of, view, revision)).Payload.OpportunitySummary.Lifecycle.NextSteps
  assert.equal(await steps(1), 'Workshop with the warehouse team')
  assert.equal(await steps(2), 'Sign')
  assert.equal(await steps(undefined), 'Sign')
  const got = await read(member, of)
  assert.equal(got.CreatedBy, owner.account)
  assert.deepEqual(got.TargetMemberAccounts.toSorted(), [owner.account, member.account].sort())
  assert.ok(!('Title' in (got.Payload.OpportunitySummary.Project ?? {})), 'what the partner keeps to itself')
  await refused(read(member, of, view, 3), 'ResourceNotFoundException')
})

test("AWS's view is for the owner", async () => {
  const { owner, member, of } = await deal()
  await snapshot(owner, of, awsView)
  const { Payload } = await read(owner, of, awsView)
  assert.equal(Payload.AwsOpportunitySummaryFullView.RelatedOpportunityId, of.ResourceIdentifier)
  await refused(read(member, of, awsView), 'ResourceNotFoundException')
})

test('only the owner publishes', async () => {
  const { member, of } = await deal()
  await refused(snapshot(member, of), 'ResourceNotFoundException')
})

test('the paginators walk all snapshots and associations', async () => {
  const { owner, member, of } = await deal()
  const ids = [of.ResourceIdentifier]
  for (let i = 0; i < 4; i++) ids.push((await owner.createOpportunity(ready())).Id)
  for (const ResourceIdentifier of ids) await snapshot(owner, { ...of, ResourceIdentifier })
  await snapshot(owner, of) // a second revision is no row of its own
  const rows = await all(
    paginateListResourceSnapshots(
      { client: member, pageSize: 2 },
      { Catalog, EngagementIdentifier: of.EngagementIdentifier },
    ),
    'ResourceSnapshotSummaries',
  )
  assert.deepEqual(rows.map((row) => row.ResourceId).sort(), ids.sort())
  assert.equal(rows.find((row) => row.ResourceId === of.ResourceIdentifier).Revision, 2)

  const associations = (p, input) =>
    all(paginateListEngagementResourceAssociations({ client: p, pageSize: 2 }, { Catalog, ...input }), 'EngagementResourceAssociationSummaries')
  assert.deepEqual((await associations(owner, {})).map((row) => row.ResourceId).sort(), ids)
  const [row] = await associations(owner, { ResourceIdentifier: ids[0], ResourceType: 'Opportunity' })
  assert.equal(row.EngagementId, of.EngagementIdentifier)
  assert.equal(row.CreatedBy, owner.account)
})

test('a running job follows its opportunity', async () => {
  const { owner, of, id } = await deal()
  const job = await owner.createResourceSnapshotJob({
    ...of,
    ResourceSnapshotTemplateIdentifier: view,
    Tags: [{ Key: 'team', Value: 'north' }],
  })
  assert.match(job.Id, /^job-[0-9a-z]{13}$/)
  const at = { Catalog, ResourceSnapshotJobIdentifier: job.Id }
  assert.equal((await owner.getResourceSnapshotJob(at)).Status, 'Stopped')
  assert.deepEqual((await owner.listTagsForResource({ ResourceArn: job.Arn })).Tags, [{ Key: 'team', Value: 'north' }])

  await owner.startResourceSnapshotJob(at)
  await owner.startResourceSnapshotJob(at) // again is no harm
  const { LastSuccessfulExecutionDate } = await eventually(
    () => owner.getResourceSnapshotJob(at),
    (got) => got.Status === 'Running' && got.LastSuccessfulExecutionDate,
  )
  assert.ok(LastSuccessfulExecutionDate instanceof Date)
  assert.equal((await read(owner, of)).Revision, 1)
  await change(owner, id, ({ LifeCycle }) => ({ LifeCycle: { ...LifeCycle, NextSteps: 'Sign' } }))
  const got = await eventually(() => read(owner, of), ({ Revision }) => Revision === 2)
  assert.equal(got.Payload.OpportunitySummary.Lifecycle.NextSteps, 'Sign')

  await refused(owner.deleteResourceSnapshotJob(at), 'ConflictException')
  await owner.stopResourceSnapshotJob(at)
  await owner.stopResourceSnapshotJob(at)
  await owner.deleteResourceSnapshotJob(at)
  await refused(owner.getResourceSnapshotJob(at), 'ResourceNotFoundException')
})

test('the paginator walks all jobs', async () => {
  const { owner, of } = await deal()
  const ids = []
  for (let i = 0; i < 5; i++) {
    const { Id: ResourceIdentifier } = await owner.createOpportunity(ready())
    const { Id } = await owner.createResourceSnapshotJob({
      ...of,
      ResourceIdentifier,
      ResourceSnapshotTemplateIdentifier: view,
    })
    ids.push(Id)
  }
  await owner.startResourceSnapshotJob({ Catalog, ResourceSnapshotJobIdentifier: ids[1] })
  const pages = async (input) =>
    (
      await all(
        paginateListResourceSnapshotJobs({ client: owner, pageSize: 2 }, { Catalog, ...input }),
        'ResourceSnapshotJobSummaries',
      )
    ).map((row) => row.Id)
  assert.deepEqual(await pages({}), ids.toReversed())
  assert.deepEqual(await pages({ Sort: { SortBy: 'CreatedDate', SortOrder: 'ASCENDING' } }), ids)
  assert.deepEqual(await pages({ Status: 'Running' }), [ids[1]])
  assert.deepEqual(await pages({ EngagementIdentifier: of.EngagementIdentifier }), ids.toReversed())
})

test('settings are an account and catalog of their own', async () => {
  const p = partner()
  assert.equal((await p.getSellingSystemSettings({ Catalog })).ResourceSnapshotJobRoleArn ?? null, null)
  const role = `arn:aws:iam::${p.account}:role/Snapshots`
  await p.putSellingSystemSettings({ Catalog, ResourceSnapshotJobRoleIdentifier: 'Snapshots' })
  assert.equal((await p.getSellingSystemSettings({ Catalog })).ResourceSnapshotJobRoleArn, role)
  assert.equal((await p.getSellingSystemSettings({ Catalog: 'AWS' })).ResourceSnapshotJobRoleArn ?? null, null)
  const put = await p.putSellingSystemSettings({ Catalog, ResourceSnapshotJobRoleIdentifier: role })
  assert.equal(put.ResourceSnapshotJobRoleArn, role)
  await p.putSellingSystemSettings({ Catalog })
  assert.equal((await p.getSellingSystemSettings({ Catalog })).ResourceSnapshotJobRoleArn ?? null, null)
})
