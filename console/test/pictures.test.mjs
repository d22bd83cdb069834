// Pictures of the console for the documentation: make console-pictures. They show the world of `cosell serve --demo`.
// The server's clock stands still and its identifiers come from a seed, so that a picture changes only when the page does.
import { mkdirSync, statSync } from 'node:fs'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { askAgent, openPage, operate, partner, scope, settled, startBrowser, startServer } from './kit.mjs'
import { seedAccess } from './seed.mjs'

const most = 170_000 // bytes of a picture

/** Returns the identifier of an opportunity of the world. */
async function identifier(base, title) {
  const { opportunities } = await operate(base, 'GET', `/opportunities${scope(partner)}`)
  return opportunities.find((o) => o.title === title).id
}

test('pictures', { skip: !process.env.UPDATE_PICTURES }, async () => {
  const server = await startServer('--demo', '--seed', '7', '--clock', '2027-01-11T09:30:00Z', '--clock-frozen')
  const browser = await startBrowser()
  try {
    const { base } = server
    await seedAccess(base)
    const rejected = await identifier(base, 'Chat moderation')
    const field = await identifier(base, 'Drone images of fields')
    const propose = async (name, input) => (await askAgent(base, partner, name, { Catalog: 'Sandbox', ...input })).Token
    await propose('propose_AssignOpportunity', { Identifier: field, Assignee: { FirstName: 'Ada', LastName: 'Moreno', Email: 'ada.moreno@larkspur-cloud.example', BusinessTitle: 'Account manager' } })
    const proposal = await propose('propose_StartEngagementFromOpportunityTask', { Identifier: field, AwsSubmission: { InvolvementType: 'Co-Sell', Visibility: 'Full' } })
    await operate(base, 'POST', '/clock', { advance: '3h' })
    const directory = fileURLToPath(new URL('../../docs/images/', import.meta.url))
    mkdirSync(directory, { recursive: true })
    const pictures = {
      overview: `overview${scope(partner)}`,
      'overview-dark': `overview${scope(partner)}`,
      opportunities: `opportunities${scope(partner)}`,
      opportunity: `opportunities/${rejected}${scope(partner)}`,
      review: `review${scope('aws')}`,
      proposals: `proposals${scope(partner)}`,
      'proposal-dark': `proposals/${proposal}${scope(partner)}`,
      user: `admin/users/crm-sync${scope(partner)}`,
      simulator: `admin/simulator${scope(partner)}&kind=user&name=reporting&action=GetOpportunity`,
      'faults-dark': `admin/faults${scope(partner)}`,
    }
    const only = new RegExp(process.env.PAGES ?? '') // to renew some alone
    for (const [name, address] of Object.entries(pictures).filter(([name]) => only.test(name))) {
      const page = await openPage(browser, base, { viewport: { width: 1380, height: 700 } })
      await page.addInitScript((dark) => localStorage.setItem('cosell.theme', dark ? 'dark' : 'light'), name.endsWith('-dark'))
      await page.goto(`${base}/console/${address}`)
      await settled(page)
      if (name === 'simulator') {
        await page.getByRole('button', { name: 'Simulate', exact: true }).click()
        await page.getByText('Deciding statement').waitFor()
      }
      await page.waitForTimeout(300) // charts measure themselves
      const path = `${directory}console-${name}.png`
      await page.screenshot({ path })
      assert.ok(statSync(path).size <= most, `${name} has ${statSync(path).size} bytes`)
      await page.context().close()
    }
  } finally {
    await browser.close()
    await server.stop()
  }
})
