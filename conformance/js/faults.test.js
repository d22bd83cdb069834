// Faults that the SDK deals with by itself, and what a program sees of those that it does not.
import { after, test } from 'node:test'
import assert from 'node:assert/strict'
import { operator, partner, refused } from './kit.js'

const Catalog = 'Sandbox'
const set = (...faults) => operator('PUT', '/faults', faults)
after(() => set())

const fired = async (account) => (await operator('GET', '/faults/fired')).fired.filter((f) => f.account === account)

for (const clockSkew of ['10m', '-10m'])
  test(`the SDK corrects a clock that is off by ${clockSkew}`, async () => {
    const p = partner()
    await set({ clockSkew, account: p.account })
    await p.listOpportunities({ Catalog })
    await p.listOpportunities({ Catalog })
    // The first request is refused and its answer has the server's time; from then on signatures have it, too.
    assert.equal((await fired(p.account)).length, 3)
  })

test('a lost answer is asked for again with the same client token', async () => {
  const p = partner()
  await set({ account: p.account, operation: 'CreateOpportunity', connection: 'close', times: 1 })
  await p.createOpportunity({ Catalog }) // the SDK makes the token
  assert.equal((await fired(p.account)).length, 1)
  assert.equal((await p.listOpportunities({ Catalog })).OpportunitySummaries.length, 1)
})

test('a new record is not there until the lag has passed', async () => {
  const p = partner()
  await set({ account: p.account, readLag: '10s' })
  const { Id: Identifier } = await p.createOpportunity({ Catalog })
  await refused(p.getOpportunity({ Catalog, Identifier }), 'ResourceNotFoundException')
  await set()
  assert.equal((await p.getOpportunity({ Catalog, Identifier })).Id, Identifier)
})
