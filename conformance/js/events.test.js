// Events leave the server: rules of EventBridge with API destinations, webhooks, and the whole co-sell story
// as receivers see it.
import assert from 'node:assert/strict'
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { EventBridge } from '@aws-sdk/client-eventbridge'
import { decide, eventually, invite, operator, partner, ready, refused, register } from './kit.js'

// receiver is an HTTP server that keeps the events it is sent: those of webhooks only with a good signature.
async function receiver() {
  const received = { webhooks: {}, rules: {} }
  const secrets = {}
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    const [, kind, account] = request.url.split('/')
    let good = request.headers['x-key'] === 'hush'
    if (kind === 'webhooks') {
      const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures } = request.headers
      const key = Buffer.from(secrets[account].replace('whsec_', ''), 'base64')
      const want = Buffer.from(`v1,${createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')}`)
      const given = signatures.split(' ').map((s) => Buffer.from(s))
      good =
        Math.abs(Date.now() / 1000 - Number(at)) < 300 &&
        given.some((s) => s.length === want.length && timingSafeEqual(s, want)) &&
        id === JSON.parse(body).id
    }
    if (good) (received[kind][account] ??= []).push(JSON.parse(body))
    else received.bad = `${request.url}: ${JSON.stringify(request.headers)}`
    response.writeHead(good ? 204 : 401).end()
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    received,
    url: `http://127.0.0.1:${server.address().port}`,
    secrets,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

let inbox
before(async () => {
  inbox = await receiver()
})
after(() => inbox.close())

// bus is a client of EventBridge for an account.
const bus = (account) => new EventBridge({ credentials: { accessKeyId: account, secretAccessKey: 'test' } })

// destination makes a connection and an API destination that leads to the receiver, and returns its ARN.
async function destination(events, url, path) {
  const { ConnectionArn } = await events.createConnection({
    Name: 'crm',
    AuthorizationType: 'API_KEY',
    AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'x-key', ApiKeyValue: 'hush' } },
  })
  const { ApiDestinationArn } = await events.createApiDestination({
    Name: 'crm',
    ConnectionArn,
    HttpMethod: 'POST',
    InvocationEndpoint: url + path,
  })
  return ApiDestinationArn
}

// listen sends all events of an account to the receiver, by a webhook and by a rule.
async function listen(account) {
  const { secret } = await operator('PUT', `/accounts/${account}/webhooks/crm`, { url: `${inbox.url}/webhooks/${account}` })
  inbox.secrets[account] = secret
  const events = bus(account)
  const Arn = await destination(events, inbox.url, `/rules/${account}`)
  await events.putRule({ Name: 'all', EventPattern: JSON.stringify({ source: ['aws.partnercentral-selling'] }) })
  const { FailedEntryCount } = await events.putTargets({ Rule: 'all', Targets: [{ Id: 'crm', Arn }] })
  assert.equal(FailedEntryCount, 0)
}

// about is what an event is about, by which events keep their order.
function about({ detail: { opportunity, resourceSnapshot, engagementInvitation, engagement } }) {
  return (
    opportunity?.identifier ??
    resourceSnapshot?.resourceId ??
    engagementInvitation?.engagementId ??
    engagement?.engagementId ??
    engagement?.id
  )
}

// sequences are the names of events by what they are about, each in its order.
function sequences(events) {
  const found = new Map()
  for (const event of events) found.set(about(event), [...(found.get(about(event)) ?? []), event])
  return [...found.values()]
    .map((some) => some.map((e) => e['detail-type']).join(', '))
    .sort()
}

const created = 'Opportunity Created'
const updated = 'Opportunity Updated'
const snapshot = 'Engagement Resource Snapshot Created'
const engaged = 'Engagement Created'
const joined = 'Engagement Member Added'
const invited = 'Engagement Invitation Created'
const accepted = 'Engagement Invitation Accepted'

test('the whole co-sell story, as receivers see it', async () => {
  const [alice, bob] = [partner(), partner()]
  await Promise.all([listen(alice.account), listen(bob.account)])
  const Catalog = 'Sandbox'
  const seen = { [alice.account]: 0, [bob.account]: 0 }

  // step does something and sees its events come, by webhook and by rule, in the order of each resource.
  async function step(what, act, expected) {
    const answer = await act()
    for (const [account, want] of [
      [alice.account, expected.alice ?? []],
      [bob.account, expected.bob ?? []],
    ]) {
      const count = seen[account] + want.flat().length
      for (const kind of ['webhooks', 'rules']) {
        await eventually(
          async () => (inbox.received[kind][account] ?? []).length,
          (n) => n >= count,
        )
        const got = sequences((inbox.received[kind][account] ?? []).slice(seen[account]))
        assert.deepEqual(got, want.map((some) => some.join(', ')).sort(), `${what}, by ${kind}`)
      }
      seen[account] = count
    }
    return answer
  }

  const { Id } = await step('create', () => alice.createOpportunity({ ...ready(), Catalog, ClientToken: randomUUID() }), {
    alice: [[created]],
  })
  const task = await step(
    'submit',
    () =>
      alice.startEngagementFromOpportunityTask({
        Catalog,
        ClientToken: randomUUID(),
        Identifier: Id,
        AwsSubmission: { InvolvementType: 'Co-Sell', Visibility: 'Full' },
      }),
    { alice: [[engaged, joined, invited], [snapshot, updated, snapshot]] },
  )
  await step('review', () => decide(alice, Catalog, Id, 'StartReview'), { alice: [[updated, snapshot]] })
  await step('approve', () => decide(alice, Catalog, Id, 'Approve'), { alice: [[accepted, joined], [updated, snapshot]] })
  const invitation = await step('invite', () => invite(alice, Catalog, task.EngagementId, bob), {
    alice: [[invited]],
    bob: [[invited]],
  })
  await step(
    'accept',
    () => bob.startEngagementByAcceptingInvitationTask({ Catalog, ClientToken: randomUUID(), Identifier: invitation }),
    { alice: [[accepted, joined], [snapshot]], bob: [[accepted, joined], [created, updated, snapshot]] },
  )
  await register(alice.account, Catalog, 'S-1234567', 'Lake')
  await step(
    'link',
    () =>
      alice.associateOpportunity({
        Catalog,
        OpportunityIdentifier: Id,
        RelatedEntityType: 'Solutions',
        RelatedEntityIdentifier: 'S-1234567',
      }),
    { alice: [[updated, snapshot]], bob: [[snapshot]] },
  )
  const before = await alice.getOpportunity({ Catalog, Identifier: Id })
  await step(
    'win',
    () =>
      alice.updateOpportunity({
        ...before,
        Catalog,
        Identifier: Id,
        LastModifiedDate: before.LastModifiedDate,
        LifeCycle: { ...before.LifeCycle, Stage: 'Committed' },
      }),
    { alice: [[updated, snapshot]], bob: [[snapshot]] },
  )

  // Nothing came besides, nothing twice, and every envelope is the one that can be read.
  for (const { account } of [alice, bob]) {
    const { events } = await operator('GET', `/events?account=${account}&limit=1000`)
    for (const kind of ['webhooks', 'rules']) {
      const byId = (a, b) => (a.id < b.id ? -1 : 1)
      assert.deepEqual(inbox.received[kind][account].toSorted(byId), events.map(({ event }) => event).sort(byId))
    }
  }
  assert.equal(inbox.received.bad, undefined)
})

test('rules, targets, connections, archives and replays', async () => {
  const { account } = partner()
  const events = bus(account)
  const Arn = await destination(events, inbox.url, `/rules/${account}`)
  const EventPattern = JSON.stringify({ source: ['my.crm'], detail: { amount: [{ numeric: ['>', 5] }] } })
  const { RuleArn } = await events.putRule({ Name: 'own', EventPattern, Tags: [{ Key: 'team', Value: 'crm' }] })
  assert.equal(RuleArn, `arn:aws:events:us-east-1:${account}:rule/own`)
  await events.putTargets({
    Rule: 'own',
    Targets: [{ Id: '1', Arn, InputTransformer: { InputPathsMap: { n: '$.detail.amount' }, InputTemplate: '{"sum": <n>}' } }],
  })
  assert.equal((await events.listTargetsByRule({ Rule: 'own' })).Targets[0].Arn, Arn)
  assert.deepEqual((await events.listRuleNamesByTarget({ TargetArn: Arn })).RuleNames, ['own'])
  const EventSourceArn = `arn:aws:events:us-east-1:${account}:event-bus/default`
  await events.createArchive({ ArchiveName: 'all', EventSourceArn })

  const put = await events.putEvents({
    Entries: [
      { Source: 'my.crm', DetailType: 'deal', Detail: '{"amount": 7}' },
      { Source: 'my.crm', DetailType: 'deal', Detail: '{"amount": 3}' },
      { Source: 'aws.partnercentral-selling', DetailType: 'Opportunity Created', Detail: '{}' },
    ],
  })
  assert.equal(put.FailedEntryCount, 1)
  assert.equal(put.Entries[2].ErrorCode, 'NotAuthorizedForSourceException')
  const received = () => inbox.received.rules[account] ?? []
  await eventually(received, (some) => some.length === 1)
  assert.deepEqual(received(), [{ sum: 7 }])

  const now = Date.now()
  await events.startReplay({
    ReplayName: 'again',
    EventSourceArn: `arn:aws:events:us-east-1:${account}:archive/all`,
    EventStartTime: new Date(now - 3_600_000),
    EventEndTime: new Date(now + 3_600_000),
    Destination: { Arn: EventSourceArn },
  })
  await eventually(
    () => events.describeReplay({ ReplayName: 'again' }),
    ({ State }) => State === 'COMPLETED',
  )
  await eventually(received, (some) => some.length === 2)
  assert.deepEqual(received()[1], { sum: 7 })

  const bad = await refused(events.putRule({ Name: 'bad', EventPattern: '{"source": "crm"}' }), 'InvalidEventPatternException')
  assert.match(bad.message, /^Event pattern is not valid\. Reason: 'source' must be an object or an array/)
  await refused(bus(partner().account).describeRule({ Name: 'own' }), 'ResourceNotFoundException')
  await events.removeTargets({ Rule: 'own', Ids: ['1'] })
  await events.deleteRule({ Name: 'own' })
  await refused(events.describeRule({ Name: 'own' }), 'ResourceNotFoundException')
  const shown = JSON.stringify(await events.describeConnection({ Name: 'crm' }))
  assert.ok(!shown.includes('hush'), shown)
})
