import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { paginateListProspectingFromEngagementTasks } from '@aws-sdk/client-partnercentral-selling'
import { all, customerProject, engagement, eventually, invite, lead, partner, refused, violations } from './kit.js'

const Catalog = 'Sandbox'
const start = (p, TaskName, Identifiers, ClientToken = randomUUID()) =>
  p.startProspectingFromEngagementTask({ Catalog, TaskName, Identifiers, ClientToken })
const finished = (p, TaskIdentifier) =>
  eventually(() => p.getProspectingFromEngagementTask({ Catalog, TaskIdentifier }), (task) => task.EndTime)

test('each engagement has its own result', async () => {
  const [p, friend] = [partner(), partner()]
  const mine = await engagement(p, Catalog, lead)
  const others = await engagement(friend, Catalog, lead)
  const plain = await engagement(p, Catalog, customerProject)
  const task = await start(p, 'autumn', [mine, others, plain])
  assert.deepEqual(task.Identifiers, [mine, others, plain])
  assert.equal(task.TaskStatus, 'PENDING')
  assert.match(
    task.TaskArn,
    /^arn:aws:partnercentral-selling:us-east-1::catalog\/Sandbox\/prospecting-from-engagement-task\/task-[0-9a-z]{14}$/,
  )
  const { Engagements } = await finished(p, task.TaskId)
  assert.deepEqual(
    Engagements.map((e) => [e.EngagementIdentifier, e.Status, e.ReasonCode ?? null]),
    [
      [mine, 'COMPLETED', null],
      [others, 'FAILED', 'EngagementAccessDenied'],
      [plain, 'FAILED', 'ContextNotFound'],
    ],
  )
  assert.match(Engagements[0].EngagementContextId, /^ctx-[0-9a-z]{14}$/)

  const { Contexts } = await p.getEngagement({ Catalog, Identifier: mine })
  assert.deepEqual(Contexts.map((c) => [c.Id, c.Type]), [['1', 'Lead'], ['2', 'ProspectingResult']])
  const { Aws } = Contexts[1].Payload.ProspectingResult
  assert.equal(Aws.TaskName, 'autumn')
  assert.equal(Aws.Customer.AccountName, 'Acme Farms')
  assert.ok(Aws.EndTime >= Aws.StartTime)
  const { EnrichmentContext } = await friend.getEngagementInvitation({
    Catalog,
    Identifier: await invite(p, Catalog, mine, friend),
  })
  assert.equal(EnrichmentContext.ProspectingResultAws.Customer.AccountName, 'Acme Farms')
})

test('the same token is the same task', async () => {
  const p = partner()
  const id = await engagement(p, Catalog, lead)
  const token = randomUUID()
  const { $metadata: _, ...first } = await start(p, 'once', [id], token)
  await finished(p, first.TaskId)
  const { $metadata: __, ...again } = await start(p, 'once', [id], token)
  assert.deepEqual(again, first)
  await refused(start(p, 'twice', [id], token), 'ConflictException')
  await refused(
    partner().getProspectingFromEngagementTask({ Catalog, TaskIdentifier: first.TaskId }),
    'ResourceNotFoundException',
  )
})

test('what cannot be asked', async () => {
  const p = partner()
  const none = await refused(start(p, 'none', []), 'ValidationException')
  assert.deepEqual(violations(none), ['identifiers NOT_ENOUGH_VALUES'])
})

test('the paginator walks all tasks', async () => {
  const p = partner()
  const id = await engagement(p, Catalog, lead)
  const names = ['cedar', 'ash', 'elm', 'birch', 'oak']
  for (const [i, name] of names.entries()) {
    const missing = Array.from({ length: i % 2 }, (_, n) => `eng-${String(n).padStart(14, '0')}`)
    const { TaskId } = await start(p, name, [...missing, ...(i < 3 ? [id] : ['eng-zzzzzzzzzzzzzz'])])
    await finished(p, TaskId)
  }
  const pages = async (input) =>
    (
      await all(paginateListProspectingFromEngagementTasks({ client: p, pageSize: 2 }, { Catalog, ...input }), 'TaskSummaries')
    ).map((row) => row.TaskName)
  const by = (SortBy) => ({ Sort: { SortBy, SortOrder: 'ASCENDING' } })
  assert.deepEqual(await pages({}), names.toReversed())
  assert.deepEqual(await pages(by('StartTime')), names)
  assert.deepEqual(await pages(by('TaskName')), names.toSorted())
  const counts = await pages(by('FailedEngagementCount'))
  assert.deepEqual([counts.slice(0, 2).sort(), counts.slice(2, 4).sort(), counts[4]], [['cedar', 'elm'], ['ash', 'oak'], 'birch'])
  assert.deepEqual(await pages({ TaskName: ['ash', 'beech'] }), ['ash'])
  const { TaskSummaries: [row] } = await p.listProspectingFromEngagementTasks({ Catalog, TaskName: ['birch'] })
  assert.deepEqual([row.TotalEngagementCount, row.CompletedEngagementCount, row.FailedEngagementCount], [2, 0, 2])
})
