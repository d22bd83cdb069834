import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import {
  ConflictException,
  PartnerCentralSelling,
  ResourceNotFoundException,
  ValidationException,
} from '@aws-sdk/client-partnercentral-selling'
import { full, partner, plain, refused, violations } from './kit.js'

const Catalog = 'Sandbox'

// edited is the documented way from a GetOpportunity answer to an UpdateOpportunity body.
function edited({ $metadata, Arn, CreatedDate, OpportunityTeam, RelatedEntityIdentifiers, Id, ...rest }) {
  return { ...rest, Identifier: Id }
}

test('the environment alone configures a client', async () => {
  const client = new PartnerCentralSelling({})
  const { Id, $metadata } = await client.createOpportunity({ Catalog })
  assert.match(Id, /^O[0-9]{1,19}$/)
  assert.equal($metadata.httpStatusCode, 200)
  assert.equal($metadata.attempts, 1)
  assert.match($metadata.requestId, /^[0-9a-f-]{36}$/)
})

test('every member comes back as it was sent', async () => {
  const p = partner()
  const earlier = await p.createOpportunity({ Catalog })
  const body = full()
  body.Project.RelatedOpportunityIdentifier = earlier.Id

  const created = await p.createOpportunity(body)
  assert.equal(created.PartnerOpportunityIdentifier, body.PartnerOpportunityIdentifier)
  assert.ok(created.LastModifiedDate instanceof Date)

  const got = await p.getOpportunity({ Catalog, Identifier: created.Id })
  const { Origin, Tags, OpportunityTeam, LifeCycle, ...sent } = body
  for (const [member, value] of Object.entries(sent)) {
    assert.deepEqual(plain(got[member]), value, member)
  }
  assert.deepEqual(plain(got.LifeCycle), { ...LifeCycle, ReviewStatus: 'Pending Submission' })
  assert.equal(got.Id, created.Id)
  assert.equal(got.Arn, `arn:aws:partnercentral:us-east-1:${p.account}:catalog/Sandbox/opportunity/${created.Id}`)
  assert.deepEqual(got.LastModifiedDate, created.LastModifiedDate)
  assert.deepEqual(got.CreatedDate, created.LastModifiedDate)
  assert.deepEqual(
    got.OpportunityTeam.map((member) => member.BusinessTitle),
    ['OpportunityOwner', 'PartnerAccountManager'],
  )
  assert.deepEqual(plain(got.OpportunityTeam[1]), OpportunityTeam[0])
  assert.ok(Object.values(got.RelatedEntityIdentifiers).every((list) => list.length === 0))
  assert.ok(!('Origin' in got) && !('Tags' in got), 'create-only members are not returned')
})

test('a thin draft is accepted and gets the defaults', async () => {
  const p = partner()
  const { Id } = await p.createOpportunity({ Catalog })
  const got = await p.getOpportunity({ Catalog, Identifier: Id })
  assert.equal(got.OpportunityType, 'Net New Business')
  assert.equal(got.NationalSecurity, 'No')
  assert.equal(got.Marketing.Source, 'None')
  assert.equal(got.LifeCycle.Stage, 'Prospect')
  assert.equal(got.LifeCycle.ReviewStatus, 'Pending Submission')
  assert.equal(got.OpportunityTeam[0].BusinessTitle, 'OpportunityOwner')
})

test('get, edit, update', async () => {
  const p = partner()
  const earlier = await p.createOpportunity({ Catalog })
  const body = full()
  body.Project.RelatedOpportunityIdentifier = earlier.Id
  const { Id } = await p.createOpportunity(body)

  const before = await p.getOpportunity({ Catalog, Identifier: Id })
  const change = edited(before)
  change.Project.Title = 'Temperature tracking for 900 lorries'
  change.LifeCycle.NextSteps = 'Contract'
  const updated = await p.updateOpportunity(change)
  assert.equal(updated.Id, Id)
  assert.ok(updated.LastModifiedDate > before.LastModifiedDate)

  const after = await p.getOpportunity({ Catalog, Identifier: Id })
  assert.equal(after.Project.Title, 'Temperature tracking for 900 lorries')
  assert.equal(after.LifeCycle.NextSteps, 'Contract')
  assert.deepEqual(after.LastModifiedDate, updated.LastModifiedDate)
  assert.deepEqual(after.CreatedDate, before.CreatedDate)
  assert.deepEqual(after.Customer, before.Customer)
  assert.deepEqual(after.OpportunityTeam, before.OpportunityTeam)
})

test('an update replaces: what it omits is gone', async () => {
  const p = partner()
  const { Id, LastModifiedDate } = await p.createOpportunity({
    Catalog,
    PartnerOpportunityIdentifier: 'crm-1',
    Customer: { Account: { CompanyName: 'Ada Ltd' }, Contacts: [{ Email: 'ada@example.com' }] },
  })
  await p.updateOpportunity({
    Catalog,
    Identifier: Id,
    LastModifiedDate,
    Customer: { Account: { CompanyName: 'Ada Ltd' } },
    LifeCycle: { Stage: 'Prospect' },
    Marketing: { Source: 'None' },
  })
  const got = plain(await p.getOpportunity({ Catalog, Identifier: Id }))
  assert.equal(got.PartnerOpportunityIdentifier, undefined)
  assert.deepEqual(got.Customer.Contacts ?? [], [])
  assert.equal(got.Customer.Account.CompanyName, 'Ada Ltd')
})

test('a stale lock is a conflict, and changes nothing', async () => {
  const p = partner()
  const { Id, LastModifiedDate } = await p.createOpportunity({ Catalog })
  const write = (title) =>
    p.updateOpportunity({
      Catalog,
      Identifier: Id,
      LastModifiedDate,
      LifeCycle: { Stage: 'Prospect' },
      Marketing: { Source: 'None' },
      Project: { Title: title },
    })
  await write('first')
  const error = await refused(write('second'), 'ConflictException')
  assert.ok(error instanceof ConflictException)
  assert.match(error.message, /last modified date/i)
  const got = await p.getOpportunity({ Catalog, Identifier: Id })
  assert.equal(got.Project.Title, 'first')
})

test('a client token replays its answer, and holds to its body', async () => {
  const p = partner()
  const body = { Catalog, ClientToken: randomUUID(), PartnerOpportunityIdentifier: 'crm-7' }
  const first = await p.createOpportunity(body)
  const again = await p.createOpportunity(body)
  assert.equal(again.Id, first.Id)
  assert.deepEqual(again.LastModifiedDate, first.LastModifiedDate)
  const { OpportunitySummaries } = await p.listOpportunities({ Catalog })
  assert.equal(OpportunitySummaries.length, 1)

  const other = p.createOpportunity({ ...body, PartnerOpportunityIdentifier: 'crm-8' })
  const error = await refused(other, 'ConflictException')
  assert.match(error.message, /client token/i)
})

test('all violations of the shapes are reported at once', async () => {
  const p = partner()
  const body = full()
  body.Customer.Account.CompanyName = null
  body.Customer.Account.Industry = 'Alchemy'
  body.Customer.Contacts[1].Email = 'Not An Address'
  body.Project.CustomerBusinessProblem = 'too short'
  body.Project.ExpectedCustomerSpend[0].CurrencyCode = 'XYZ'
  body.Tags = []
  const error = await refused(p.createOpportunity(body), 'ValidationException')
  assert.ok(error instanceof ValidationException)
  assert.equal(error.Reason, 'REQUEST_VALIDATION_FAILED')
  assert.notEqual(error.message, '')
  assert.deepEqual(violations(error), [
    'customer.account.companyName REQUIRED_FIELD_MISSING',
    'customer.account.industry INVALID_ENUM_VALUE',
    'customer.contacts[1].email INVALID_STRING_FORMAT',
    'project.customerBusinessProblem INVALID_STRING_FORMAT',
    'project.expectedCustomerSpend[0].currencyCode INVALID_ENUM_VALUE',
    'tags NOT_ENOUGH_VALUES',
  ])
  assert.equal(error.$metadata.httpStatusCode, 400)
  assert.ok(!JSON.stringify(error).includes('Not An Address'), 'sensitive values are not echoed')
})

test('an unknown catalog is named', async () => {
  const error = await refused(partner().getOpportunity({ Catalog: 'Elsewhere', Identifier: 'O1' }), 'ValidationException')
  assert.deepEqual(violations(error), ['catalog INVALID_ENUM_VALUE'])
})

// What the fields must agree on among each other: one violation each.
const rules = {
  'a currency other than USD and EUR': [
    { Project: { ExpectedCustomerSpend: [{ Amount: '1', CurrencyCode: 'GBP', Frequency: 'Monthly', TargetCompany: 'AWS' }] } },
    /^project\.expectedCustomerSpend\.currencyCode INVALID_VALUE$/,
  ],
  'a close date in the past': [
    { LifeCycle: { TargetCloseDate: '2020-01-01' } },
    /^lifeCycle\.targetCloseDate /,
  ],
  'a creation that is lost already': [
    { LifeCycle: { Stage: 'Closed Lost', ClosedLostReason: 'Price' } },
    /^lifeCycle\.stage ACTION_NOT_PERMITTED$/,
  ],
  'a reason without closed lost': [
    { LifeCycle: { Stage: 'Prospect', ClosedLostReason: 'Price' } },
    /^lifeCycle\.closedLostReason /,
  ],
  'a campaign without marketing': [
    { Marketing: { Source: 'None', CampaignName: 'Spring' } },
    /^marketing\.campaignName ACTION_NOT_PERMITTED$/,
  ],
  'national security outside government': [
    { NationalSecurity: 'Yes', Customer: { Account: { CompanyName: 'Ada Ltd', Industry: 'Gaming' } } },
    /^(nationalSecurity|customer\.account\.industry) /,
  ],
  'a contract duration without its Self entry': [
    {
      Project: {
        ExpectedContractDuration: { Term: 'Months', Value: '12' },
        ExpectedCustomerSpend: [{ Amount: '1', CurrencyCode: 'USD', Frequency: 'Monthly', TargetCompany: 'AWS' }],
      },
    },
    /^project\.expectedCustomerSpend INVALID_VALUE$/,
  ],
  'a software contract that ends before it starts': [
    { SoftwareRevenue: { DeliveryModel: 'Contract', EffectiveDate: '2049-02-01', ExpirationDate: '2049-01-01' } },
    /^softwareRevenue\.expirationDate /,
  ],
  'a team title the service does not know': [
    { OpportunityTeam: [{ BusinessTitle: 'Jester', Email: 'jo@example.com' }] },
    /^partnerOpportunityTeam\[0?\]\.member\.businessTitle /,
  ],
}
for (const [name, [members, violation]] of Object.entries(rules)) {
  test(`refused: ${name}`, async () => {
    const error = await refused(partner().createOpportunity({ Catalog, ...members }), 'ValidationException')
    assert.equal(error.Reason, 'BUSINESS_VALIDATION_FAILED')
    assert.equal(error.ErrorList.length, 1, JSON.stringify(error.ErrorList))
    assert.match(violations(error)[0], violation)
  })
}

test('a total contract value is kept beside a derived monthly one', async () => {
  const p = partner()
  const { Id } = await p.createOpportunity({
    Catalog,
    Project: {
      ExpectedContractDuration: { Term: 'Months', Value: '12' },
      ExpectedCustomerSpend: [{ Amount: '24000', CurrencyCode: 'USD', Frequency: 'None', TargetCompany: 'Self' }],
    },
  })
  const got = await p.getOpportunity({ Catalog, Identifier: Id })
  const { Project } = got
  assert.deepEqual(plain(Project.ExpectedContractDuration), { Term: 'Months', Value: '12' })
  assert.deepEqual(Project.ExpectedCustomerSpend.map((spend) => spend.TargetCompany), ['AWS', 'Self'])
  assert.equal(Number(Project.ExpectedCustomerSpend[0].Amount), 2000)
  assert.equal(Number(Project.ExpectedCustomerSpend[1].Amount), 24000)

  await p.updateOpportunity(edited(got))
  const echoed = await p.getOpportunity({ Catalog, Identifier: Id })
  assert.deepEqual(echoed.Project, Project, 'what was read may be written back')

  const change = edited(echoed)
  delete change.Project.ExpectedContractDuration
  await p.updateOpportunity(change)
  const kept = await p.getOpportunity({ Catalog, Identifier: Id })
  assert.deepEqual(kept.Project, Project, 'a duration left out stays')
})

test('what is not there is not found', async () => {
  const p = partner()
  const { Id, LastModifiedDate } = await p.createOpportunity({ Catalog })
  const stranger = partner()
  const calls = {
    'unknown id': () => p.getOpportunity({ Catalog, Identifier: 'O1' }),
    'other catalog': () => p.getOpportunity({ Catalog: 'AWS', Identifier: Id }),
    'other account': () => stranger.getOpportunity({ Catalog, Identifier: Id }),
    'update of another account': () => stranger.updateOpportunity({
      Catalog,
      Identifier: Id,
      LastModifiedDate,
      Marketing: { Source: 'None' },
    }),
    'assignment of another account': () => stranger.assignOpportunity({
      Catalog,
      Identifier: Id,
      Assignee: { Email: 'jo@example.com', FirstName: 'Jo', LastName: 'Lee', BusinessTitle: 'PartnerAccountManager' },
    }),
  }
  for (const [name, call] of Object.entries(calls)) {
    const error = await refused(call(), 'ResourceNotFoundException')
    assert.ok(error instanceof ResourceNotFoundException, name)
    assert.notEqual(error.message, '')
  }
})

test('an opportunity is assigned to a member of the team', async () => {
  const p = partner()
  const { Id, LastModifiedDate } = await p.createOpportunity({ Catalog })
  const Assignee = { Email: 'kim@example.com', FirstName: 'Kim', LastName: 'Berg', BusinessTitle: 'OpportunityOwner' }
  const answer = await p.assignOpportunity({ Catalog, Identifier: Id, Assignee })
  assert.equal(answer.$metadata.httpStatusCode, 200)
  const got = await p.getOpportunity({ Catalog, Identifier: Id })
  assert.ok(got.OpportunityTeam.some((member) => member.Email === 'kim@example.com'))
  assert.ok(got.LastModifiedDate > LastModifiedDate)
})
