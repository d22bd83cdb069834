import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { paginateListOpportunities } from '@aws-sdk/client-partnercentral-selling'
import { all, partner, refused, violations } from './kit.js'

const Catalog = 'Sandbox'
const companies = Array.from({ length: 23 }, (_, i) => `Company ${String(i).padStart(2, '0')}`)

describe('lists of opportunities', () => {
  const p = partner()
  const ids = new Map()
  const list = (input) => p.listOpportunities({ Catalog, ...input })
  const pages = (input, pageSize) =>
    all(paginateListOpportunities({ client: p, pageSize }, { Catalog, ...input }), 'OpportunitySummaries')
  const names = (rows) => rows.map((row) => row.Customer.Account.CompanyName)

  before(async () => {
    for (const [i, company] of companies.entries()) {
      const { Id } = await p.createOpportunity({
        Catalog,
        Customer: { Account: { CompanyName: company, AwsAccountId: '909090909090' } },
        LifeCycle: {
          Stage: i % 2 ? 'Qualified' : 'Prospect',
          TargetCloseDate: `2049-01-${String(i + 1).padStart(2, '0')}`,
        },
      })
      ids.set(company, Id)
    }
  })

  test('a page has 20 rows unless asked otherwise', async () => {
    const first = await list({})
    assert.equal(first.OpportunitySummaries.length, 20)
    const second = await list({ NextToken: first.NextToken })
    assert.equal(second.OpportunitySummaries.length, 3)
    assert.equal(second.NextToken ?? null, null)
  })

  test('the newest come first unless asked otherwise', async () => {
    assert.deepEqual(names(await pages({}, 5)), companies.toReversed())
  })

  const orders = ['LastModifiedDate', 'Identifier', 'CustomerCompanyName', 'CreatedDate', 'TargetCloseDate']
  for (const SortBy of orders) {
    test(`the paginator walks all rows by ${SortBy}`, async () => {
      assert.deepEqual(names(await pages({ Sort: { SortBy, SortOrder: 'ASCENDING' } }, 7)), companies)
      assert.deepEqual(names(await pages({ Sort: { SortBy, SortOrder: 'DESCENDING' } }, 7)), companies.toReversed())
    })
  }

  const Sort = { SortBy: 'CustomerCompanyName', SortOrder: 'ASCENDING' }
  const odd = companies.filter((_, i) => i % 2)

  test('filter by stage', async () => {
    assert.deepEqual(names(await pages({ Sort, LifeCycleStage: ['Qualified'] }, 4)), odd)
    assert.deepEqual(names(await pages({ Sort, LifeCycleStage: ['Qualified', 'Prospect'] }, 4)), companies)
    assert.deepEqual(names(await pages({ Sort, LifeCycleStage: ['Launched'] }, 4)), [])
  })

  test('filter by review status', async () => {
    assert.equal((await pages({ LifeCycleReviewStatus: ['Pending Submission'] })).length, 23)
    assert.equal((await pages({ LifeCycleReviewStatus: ['Approved', 'Rejected'] })).length, 0)
  })

  test('filter by identifier and company', async () => {
    const Identifier = [ids.get('Company 03'), ids.get('Company 08'), 'O1']
    assert.deepEqual(names(await pages({ Sort, Identifier })), ['Company 03', 'Company 08'])
    assert.deepEqual(names(await pages({ Sort, CustomerCompanyName: ['Company 11', 'Nobody'] })), ['Company 11'])
  })

  test('filters narrow each other, empty ones do nothing', async () => {
    const rows = await pages({
      Sort,
      LifeCycleStage: ['Qualified'],
      LifeCycleReviewStatus: [],
      CustomerCompanyName: ['Company 02', 'Company 03', 'Company 05'],
    })
    assert.deepEqual(names(rows), ['Company 03', 'Company 05'])
  })

  test('windows of time', async () => {
    const rows = await pages({ Sort })
    const at = rows[10].LastModifiedDate
    const after = await pages({ Sort, LastModifiedDate: { AfterLastModifiedDate: at } })
    assert.deepEqual(names(after), companies.slice(10), 'After is inclusive')
    const created = await pages({ Sort, CreatedDate: { AfterCreatedDate: new Date(at.getTime() + 3_600_000) } })
    assert.deepEqual(created, [])
    const closing = await pages({
      Sort,
      TargetCloseDate: { AfterTargetCloseDate: '2049-01-05', BeforeTargetCloseDate: '2049-01-08' },
    })
    assert.deepEqual(names(closing).slice(0, 3), companies.slice(4, 7))
  })

  test('a row is a summary', async () => {
    const { OpportunitySummaries: [row] } = await list({ Identifier: [ids.get('Company 03')] })
    assert.equal(row.Id, ids.get('Company 03'))
    assert.match(row.Arn, new RegExp(`:${p.account}:catalog/Sandbox/opportunity/${row.Id}$`))
    assert.equal(row.Catalog, Catalog)
    assert.equal(row.OpportunityType, 'Net New Business')
    assert.equal(row.LifeCycle.TargetCloseDate, '2049-01-04')
    assert.ok(!('AwsAccountId' in row.Customer.Account), 'a summary has no account number')
    assert.ok(row.CreatedDate instanceof Date && row.LastModifiedDate instanceof Date)
  })

  test('a token belongs to its question', async () => {
    const { NextToken } = await list({ MaxResults: 5 })
    await refused(list({ MaxResults: 5, NextToken, LifeCycleStage: ['Qualified'] }), 'ValidationException')
    await refused(list({ MaxResults: 5, NextToken: 'made-up' }), 'ValidationException')
    await refused(partner().listOpportunities({ Catalog, MaxResults: 5, NextToken }), 'ValidationException')
  })

  test('limits of a request', async () => {
    const cases = [
      [{ MaxResults: 0 }, ['maxResults VALUE_OUT_OF_RANGE']],
      [{ MaxResults: 101 }, ['maxResults VALUE_OUT_OF_RANGE']],
      [{ Sort: { SortBy: 'Title' } }, ['sort.sortBy INVALID_ENUM_VALUE', 'sort.sortOrder REQUIRED_FIELD_MISSING']],
      [{ Identifier: Array(21).fill('O1') }, ['identifier TOO_MANY_VALUES']],
    ]
    for (const [input, expected] of cases) {
      assert.deepEqual(violations(await refused(list(input), 'ValidationException')), expected)
    }
  })

  test('the other catalog is empty', async () => {
    const { OpportunitySummaries } = await p.listOpportunities({ Catalog: 'AWS' })
    assert.deepEqual(OpportunitySummaries, [])
  })
})

test('the two catalogs are apart', async () => {
  const p = partner()
  const made = {}
  for (const Catalog of ['AWS', 'Sandbox']) made[Catalog] = (await p.createOpportunity({ Catalog })).Id
  for (const Catalog of ['AWS', 'Sandbox']) {
    const rows = await all(paginateListOpportunities({ client: p }, { Catalog }), 'OpportunitySummaries')
    assert.deepEqual(rows.map((row) => row.Id), [made[Catalog]])
    assert.equal(rows[0].Catalog, Catalog)
  }
})
