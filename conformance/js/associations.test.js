import assert from 'node:assert/strict'
import { test } from 'node:test'
import { paginateListSolutions } from '@aws-sdk/client-partnercentral-selling'
import { all, partner, refused, register } from './kit.js'

const Catalog = 'Sandbox'

async function opportunity() {
  const p = partner()
  const { Id } = await p.createOpportunity({ Catalog })
  const link = (RelatedEntityType, RelatedEntityIdentifier) => ({
    Catalog,
    OpportunityIdentifier: Id,
    RelatedEntityType,
    RelatedEntityIdentifier,
  })
  return { p, Id, link, get: () => p.getOpportunity({ Catalog, Identifier: Id }) }
}

test('solutions: the sandbox has one, and a list has pages', async () => {
  const p = partner()
  const rows = await all(paginateListSolutions({ client: p, pageSize: 1 }, { Catalog }), 'SolutionSummaries')
  assert.equal(rows.length, 1)
  assert.equal(rows[0].Id, 'S-1234567')
  assert.equal(rows[0].Status, 'Active')
  assert.equal(rows[0].Catalog, Catalog)
  assert.ok(rows[0].CreatedDate instanceof Date)
  assert.equal(typeof rows[0].Name, 'string')

  const none = await p.listSolutions({ Catalog, Status: ['Draft', 'Inactive'] })
  assert.deepEqual(none.SolutionSummaries, [])
  const one = await p.listSolutions({
    Catalog,
    Status: ['Active'],
    Identifier: ['S-1234567'],
    Sort: { SortBy: 'Name', SortOrder: 'DESCENDING' },
  })
  assert.equal(one.SolutionSummaries.length, 1)
  const production = await p.listSolutions({ Catalog: 'AWS' })
  assert.deepEqual(production.SolutionSummaries, [])
})

test('the paginator walks all solutions', async () => {
  const p = partner()
  const ids = Array.from({ length: 23 }, (_, i) => `S-${1000001 + i}`)
  for (const id of ids) await register(p.account, 'AWS', id, `Solution ${id}`)
  const walk = (input, pageSize) =>
    all(paginateListSolutions({ client: p, pageSize }, { Catalog: 'AWS', ...input }), 'SolutionSummaries')
  const found = async (...question) => (await walk(...question)).map((row) => row.Id)

  assert.deepEqual(await found({}), ids, 'by identifier unless asked otherwise')
  for (const SortBy of ['Identifier', 'Name', 'CreatedDate']) {
    assert.deepEqual(await found({ Sort: { SortBy, SortOrder: 'DESCENDING' } }, 7), ids.toReversed(), SortBy)
  }
  assert.deepEqual(await found({ Identifier: ids.slice(3, 8), Category: ['Software Product'] }, 2), ids.slice(3, 8))
  assert.deepEqual(await found({ Category: ['Consulting Service'] }), [])
})

test('a solution is associated and taken away again', async () => {
  const { p, link, get } = await opportunity()
  const before = await get()
  const answer = await p.associateOpportunity(link('Solutions', 'S-1234567'))
  assert.equal(answer.$metadata.httpStatusCode, 200)

  const linked = await get()
  assert.deepEqual(linked.RelatedEntityIdentifiers.Solutions, ['S-1234567'])
  assert.ok(linked.LastModifiedDate > before.LastModifiedDate)

  await p.associateOpportunity(link('Solutions', 'S-1234567'))
  assert.deepEqual(await get().then((o) => o.LastModifiedDate), linked.LastModifiedDate, 'a second link is no change')

  await p.disassociateOpportunity(link('Solutions', 'S-1234567'))
  assert.deepEqual((await get()).RelatedEntityIdentifiers.Solutions, [])
  await refused(p.disassociateOpportunity(link('Solutions', 'S-1234567')), 'ResourceNotFoundException')
})

test('AWS products are associated and taken away again', async () => {
  const { p, link, get } = await opportunity()
  await p.associateOpportunity(link('AwsProducts', 'AWSLambda'))
  await p.associateOpportunity(link('AwsProducts', 'AmazonEC2Linux'))
  assert.deepEqual((await get()).RelatedEntityIdentifiers.AwsProducts.toSorted(), ['AWSLambda', 'AmazonEC2Linux'])
  await p.disassociateOpportunity(link('AwsProducts', 'AWSLambda'))
  assert.deepEqual((await get()).RelatedEntityIdentifiers.AwsProducts, ['AmazonEC2Linux'])
})

test('an opportunity has one marketplace offer', async () => {
  const { p, link, get } = await opportunity()
  const offer = (id) => `arn:aws:aws-marketplace:us-east-1:${p.account}:AWSMarketplace/Offer/offer-${id}`
  await p.associateOpportunity(link('AwsMarketplaceOffers', offer('one')))
  await refused(p.associateOpportunity(link('AwsMarketplaceOffers', offer('two'))), 'ValidationException')
  assert.deepEqual((await get()).RelatedEntityIdentifiers.AwsMarketplaceOffers, [offer('one')])
})

test('what cannot be associated', async () => {
  const { p, link } = await opportunity()
  const cases = [
    [link('Solutions', 'S-7654321'), 'ResourceNotFoundException'],
    [{ ...link('Solutions', 'S-1234567'), OpportunityIdentifier: 'O1' }, 'ResourceNotFoundException'],
    [{ ...link('Solutions', 'S-1234567'), Catalog: 'AWS' }, 'ResourceNotFoundException'],
    [link('Opinions', 'S-1234567'), 'ValidationException'],
    [link('Solutions', ''), 'ValidationException'],
  ]
  for (const [input, name] of cases) await refused(p.associateOpportunity(input), name)
})
