// Against a server with AWS's quotas: the client's own retries get every request through.
import assert from 'node:assert/strict'
import { randomInt, randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { test } from 'node:test'

const { CreateOpportunityCommand, PartnerCentralSellingClient, ThrottlingException } =
  createRequire(new URL('../js/', import.meta.url))('@aws-sdk/client-partnercentral-selling')

const client = (maxAttempts, retryMode) => new PartnerCentralSellingClient({
  maxAttempts,
  retryMode,
  credentials: { accessKeyId: String(randomInt(10 ** 11, 10 ** 12)), secretAccessKey: 'test' },
})
const create = (c) => c.send(new CreateOpportunityCommand({ Catalog: 'Sandbox', ClientToken: randomUUID() }))

test('more than one write a second is throttled', async () => {
  const c = client(1, 'standard')
  await create(c)
  await assert.rejects(create(c), ThrottlingException)
})

for (const mode of ['standard', 'adaptive']) {
  test(`retries succeed in mode ${mode}`, async () => {
    const c = client(10, mode)
    const ids = new Set()
    for (let i = 0; i < 4; i++) ids.add((await create(c)).Id)
    assert.equal(ids.size, 4)
  })
}
