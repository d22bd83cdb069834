// The history of an opportunity: what changed, from what to what, by whom, and what a reviewer sees of it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openPage, operate, overflow, partner, scope, settled, startBrowser, startServer, violations } from './kit.mjs'
import { caller, seed } from './seed.mjs'

let server, browser, known, api
before(async () => {
  server = await startServer()
  browser = await startBrowser()
  known = await seed(browser, server.base)
  api = await caller(browser, server.base)
})
after(async () => {
  await api?.close()
  await browser?.close()
  await server?.stop()
})

/** Changes members of an opportunity as its partner. */
async function edit(id, change) {
  const o = await api.call(partner, 'GetOpportunity', { Catalog: 'Sandbox', Identifier: id })
  const writable = ['Customer', 'LifeCycle', 'Marketing', 'NationalSecurity', 'OpportunityType', 'PartnerOpportunityIdentifier', 'PrimaryNeedsFromAws', 'Project', 'SoftwareRevenue', 'LastModifiedDate']
  const input = Object.fromEntries(writable.filter((name) => o[name] !== null && o[name] !== undefined).map((name) => [name, o[name]]))
  change(input)
  await api.call(partner, 'UpdateOpportunity', { Catalog: 'Sandbox', Identifier: id, ...input })
}

async function open(id, account = partner) {
  const page = await openPage(browser, server.base)
  await page.goto(`${server.base}/console/opportunities/${id}${scope(account)}&tab=history`)
  await settled(page)
  return page
}

/** The cells of the row of a field in the newest change. */
const row = (page, field) => page.locator('.history > li').first().getByRole('row', { name: new RegExp(`^${field} `) }).getByRole('cell')

test('a new opportunity has its creation, and changes appear as they happen', async () => {
  const page = await open(known.draft)
  await page.getByText('Nothing was changed since the creation.').waitFor()
  await page.getByText(/UTC by the partner$/).waitFor()

  const problem = 'Their system is slow. '.repeat(30).trim()
  await edit(known.draft, (o) => {
    o.LifeCycle.TargetCloseDate = '2035-03-01'
    o.Project.CustomerBusinessProblem = problem
    o.Project.DeliveryModels = ['SaaS or PaaS', 'Managed Services']
  })
  await page.getByRole('heading', { name: 'Edited' }).waitFor()
  await page.getByText(`by the partner (account ${partner})`).first().waitFor()
  assert.equal(await row(page, 'Life cycle > Target close date').last().innerText(), 'Mar 1, 2035')
  assert.deepEqual(await row(page, 'Project > Delivery models').allInnerTexts(), ['SaaS or PaaS', 'SaaS or PaaS, Managed Services'])
  assert.equal(await row(page, 'Project > Customer business problem').last().innerText(), problem)
  assert.equal(await page.getByText('Nothing was changed since the creation.').count(), 0)

  assert.deepEqual(await violations(page), [])
  await page.setViewportSize({ width: 360, height: 740 })
  await page.waitForFunction(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth, null, { timeout: 3000 }).catch(() => {})
  assert.ok((await overflow(page)) <= 0, 'it is wider than 360 pixels')
  assert.deepEqual(page.wrong, [])
  await page.context().close()
})

test('decisions of AWS name who decided', async () => {
  const page = await open(known.rejected)
  await page.getByRole('heading', { name: 'Rejected by AWS' }).waitFor()
  await page.getByText(/by AWS \(operator local\)$/).first().waitFor()
  assert.deepEqual(await row(page, 'Life cycle > Review status').allInnerTexts(), ['Submitted', 'Rejected'])
  await page.getByRole('heading', { name: 'Submitted to AWS' }).waitFor()
  await page.context().close()
})

test('older changes are shown on demand', async () => {
  for (let i = 0; i < 50; i++) {
    await edit(known.draft, (o) => {
      o.PartnerOpportunityIdentifier = `CRM-${i}`
    })
  }
  const page = await open(known.draft)
  assert.equal(await page.getByRole('heading', { name: 'Created', exact: true }).count(), 0)
  await page.getByRole('button', { name: 'Show older changes' }).click()
  await page.getByRole('heading', { name: 'Created', exact: true }).waitFor()
  assert.equal(await page.getByRole('heading', { name: 'Edited' }).count(), 51)
  await page.context().close()
})

test('the review desk shows what changed since the last verdict', async () => {
  for (const day of ['2035-05-01', '2035-05-02']) {
    if (day === '2035-05-02') await operate(server.base, 'POST', `/opportunities/${known.action}/review${scope(partner)}`, { decision: 'RequestAction', comments: 'Later?' })
    await edit(known.action, (o) => {
      o.LifeCycle.TargetCloseDate = day
    })
  }
  const page = await openPage(browser, server.base)
  await page.goto(`${server.base}/console/review${scope('aws')}`)
  await settled(page)
  await page.getByRole('row', { name: new RegExp(known.action) }).or(page.getByRole('row').filter({ hasText: 'Patient records on AWS' })).getByRole('button', { name: /^Compare changes/ }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(/^Since the last verdict: returned by AWS with a question/).waitFor()
  const cells = dialog.getByRole('row', { name: /^Life cycle > Target close date/ }).getByRole('cell')
  assert.deepEqual(await cells.allInnerTexts(), ['May 1, 2035', 'May 2, 2035'])
  assert.deepEqual(await violations(page), [])
  await dialog.getByRole('link', { name: 'The whole history' }).click()
  await page.getByRole('heading', { name: 'History', exact: false }).first().waitFor()
  assert.match(page.url(), /tab=history/)
  assert.deepEqual(page.wrong, [])
  await page.context().close()
})
