// Pictures of the console for the documentation: make console-pictures. The server's clock stands still and its
// identifiers come from a seed, so that a picture changes only when the page does.
import { mkdirSync, statSync } from 'node:fs'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openPage, operate, partner, scope, settled, startBrowser, startServer } from './kit.mjs'
import { seed } from './seed.mjs'

const most = 150_000 // bytes of a picture

test('pictures', { skip: !process.env.UPDATE_PICTURES }, async () => {
  const server = await startServer('--seed', '7', '--clock', '2027-01-11T09:30:00Z', '--clock-frozen')
  const browser = await startBrowser()
  try {
    const known = await seed(browser, server.base, () => operate(server.base, 'POST', '/clock', { advance: '31h' }))
    const directory = fileURLToPath(new URL('../../docs/images/', import.meta.url))
    mkdirSync(directory, { recursive: true })
    const pictures = {
      overview: `overview${scope(partner)}`,
      'overview-dark': `overview${scope(partner)}`,
      opportunities: `opportunities${scope(partner)}`,
      opportunity: `opportunities/${known.rejected}${scope(partner)}`,
      review: `review${scope('aws')}`,
      user: `admin/users/crm-sync${scope(partner)}`,
      simulator: `admin/simulator${scope(partner)}&kind=user&name=reporting&action=GetOpportunity`,
      'faults-dark': `admin/faults${scope(partner)}`,
    }
    for (const [name, address] of Object.entries(pictures)) {
      const page = await openPage(browser, server.base, { viewport: { width: 1380, height: 700 } })
      await page.addInitScript((dark) => localStorage.setItem('cosell.theme', dark ? 'dark' : 'light'), name.endsWith('-dark'))
      await page.goto(`${server.base}/console/${address}`)
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
