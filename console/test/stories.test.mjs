// The two stories, as a person does them with the mouse and the keyboard: a draft becomes approved, a referral is
// accepted. And the five questions of a sales manager, each answered within two clicks.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { actAs, networkName, openPage, operate, partner, scope, settled, startBrowser, startServer } from './kit.mjs'
import { seed } from './seed.mjs'

let server, browser
before(async () => {
  server = await startServer()
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  await server?.stop()
})

/** Fills the field of a label. */
const fill = (page, label, value) => page.getByLabel(label, { exact: false }).first().fill(value)

/** Chooses values of the select or multiselect of a label. */
async function select(page, label, value, within = page) {
  const button = within.getByRole('button', { name: new RegExp(`^${label}`) }).first()
  const option = page.getByRole('option', { name: value, exact: true })
  await button.click()
  // The first click may only have closed another list.
  await option.waitFor({ timeout: 1500 }).catch(() => button.click())
  await option.click()
}

/** Chooses a value of a list of several, which stays open. */
async function selectSeveral(page, label, value) {
  await select(page, label, value)
  await page.keyboard.press('Escape')
}

test('a draft becomes an approved opportunity', async () => {
  const page = await openPage(browser, server.base)
  await page.goto(`${server.base}/console/${scope(partner)}`)
  await page.getByRole('button', { name: 'Create opportunity' }).click()

  await page.getByRole('heading', { name: 'Customer', level: 1 }).waitFor()
  await fill(page, /^Company name/, 'Harvest Foods')
  await fill(page, /^Website URL/, 'https://www.harvest.example')
  await select(page, 'Industry', 'Agriculture')
  await select(page, 'Country code', 'DE')
  await page.getByRole('button', { name: 'Next' }).click()
  await fill(page, /^Title/, 'Sheep tracking')
  await fill(page, /^Customer business problem/, 'Too short')
  await fill(page, /^Amount/, '2500')
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('button', { name: 'Skip to review and save' }).click()
  await page.getByRole('button', { name: 'Create opportunity' }).click()

  // The server refuses, and the form says so at the field.
  await page.getByRole('heading', { name: 'Project', level: 1 }).waitFor()
  const problem = page.getByLabel(/^Customer business problem/)
  assert.equal(await problem.getAttribute('aria-invalid'), 'true')
  await problem.fill('They lose sheep on large pastures every year.')
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('button', { name: 'Skip to review and save' }).click()
  await page.getByRole('button', { name: 'Create opportunity' }).click()
  await page.getByText('A draft that AWS does not see yet').waitFor()
  const id = /O\d+/.exec(page.url())[0]

  // What is missing is listed before.
  await page.getByRole('button', { name: 'Submit to AWS' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('things are missing or wrong').waitFor()
  await dialog.getByText('Project > Delivery models').waitFor()
  assert.ok(await dialog.getByRole('button', { name: 'Submit', exact: true }).isDisabled())
  await dialog.getByRole('button', { name: 'Edit opportunity' }).click()

  await page.getByRole('heading', { name: 'Customer', level: 1 }).waitFor()
  await fill(page, /^Postal code/, '10115')
  await page.getByRole('button', { name: 'Next' }).click()
  await selectSeveral(page, 'Delivery models', 'SaaS or PaaS')
  await selectSeveral(page, 'Sales activities', 'Customer has shown interest in solution')
  await fill(page, /^Customer use case/, 'Storage & Backup')
  await fill(page, /^Other solution description/, 'Our own platform')
  await page.getByRole('button', { name: 'Next' }).click()
  const close = new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10)
  await fill(page, /^Target close date/, close)
  await selectSeveral(page, 'Primary needs from AWS', 'Co-Sell - Deal Support')
  await page.getByRole('button', { name: 'Skip to review and save' }).click()
  await page.getByRole('button', { name: 'Save opportunity' }).click()
  await page.getByText('The opportunity was saved.').waitFor()
  await page.getByRole('button', { name: 'Submit to AWS' }).first().click()
  await dialog.getByText('The opportunity is complete.').waitFor()
  await dialog.getByRole('button', { name: 'Submit', exact: true }).click()
  await page.getByText('Waits for AWS to start its review').waitFor()

  // The other side.
  await actAs(page, 'Act as AWS')
  await page.getByRole('link', { name: 'Review desk' }).first().click()
  await page.getByRole('checkbox', { name: `Select ${id}` }).check()
  await page.getByRole('button', { name: 'Decide', exact: true }).click()
  await dialog.getByLabel(/^Comments/).fill('A good fit.')
  await dialog.getByRole('button', { name: 'Confirm decision' }).click()
  await page.getByText('Nothing awaits review').waitFor()

  await actAs(page, new RegExp(partner))
  await page.goto(`${server.base}/console/opportunities/${id}${scope(partner)}`)
  await page.getByText('AWS approved this opportunity').waitFor()
  await page.getByText('A good fit.').first().waitFor()
  assert.deepEqual(page.wrong, [])
  await page.context().close()
})

test('a referral is accepted', async () => {
  const page = await openPage(browser, server.base)
  await page.goto(`${server.base}/console/review${scope('aws')}&tab=referrals`)
  await page.getByRole('button', { name: 'Refer an opportunity' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(/^Account/).first().fill(partner)
  await dialog.getByLabel(/^Company name/).fill('Contoso Energy')
  await dialog.getByLabel(/^Website URL/).fill('https://www.contoso.example')
  await select(page, 'Industry', 'Financial Services', dialog)
  await select(page, 'Country code', 'DE', dialog)
  await dialog.getByLabel(/^Postal code/).fill('10115')
  await dialog.getByLabel(/^Title/).fill('Grid analytics')
  await dialog.getByLabel(/^Customer business problem/).fill('They need a partner who knows the industry.')
  await dialog.getByLabel(/^Amount/).first().fill('9000')
  await dialog.getByLabel(/^Target close date/).fill(new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10))
  await dialog.getByRole('button', { name: 'Refer', exact: true }).click()
  await page.getByText('The partner was invited to the opportunity.').waitFor()

  await actAs(page, new RegExp(partner))
  await page.getByRole('link', { name: 'Invitations' }).first().click()
  await page.getByRole('link', { name: 'Grid analytics' }).click()
  await page.getByRole('button', { name: 'Accept', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Accept invitation' }).click()
  await page.getByRole('link', { name: 'Open the opportunity' }).click()
  await page.getByRole('heading', { name: 'Grid analytics', level: 1 }).waitFor()
  assert.deepEqual(page.wrong, [])
  await page.context().close()
})

test('the clock in the bar moves business time, and invitations expire', async () => {
  const { engagementInvitationId: id } = await operate(server.base, 'POST', '/referrals', {
    account: partner,
    catalog: 'Sandbox',
    opportunity: {
      Customer: { Account: { CompanyName: 'Fabrikam Bank', Industry: 'Financial Services', WebsiteUrl: 'https://www.example.com', Address: { CountryCode: 'DE', PostalCode: '10115' } } },
      LifeCycle: { Stage: 'Qualified', TargetCloseDate: '2030-01-01' },
      Project: { Title: 'Core banking', CustomerBusinessProblem: 'They need a partner who knows the industry.', ExpectedCustomerSpend: [{ Amount: '1', CurrencyCode: 'USD', Frequency: 'Monthly', TargetCompany: 'AWS' }] },
    },
  })
  const page = await openPage(browser, server.base)
  await page.goto(`${server.base}/console/invitations/${id}${scope(partner)}`)
  await page.getByText('Pending', { exact: true }).first().waitFor()
  for (const item of ['Advance 15 days', 'Advance 1 hour']) {
    await page.getByRole('button', { name: /^Business clock/ }).click()
    await page.getByRole('menuitem', { name: item }).click()
    await page.getByText('The clock was advanced.').first().waitFor()
  }
  await page.getByText('Expired', { exact: true }).first().waitFor()
  await page.getByRole('button', { name: /^Business clock/ }).click()
  await page.getByRole('menuitem', { name: 'Reset to real time' }).click()
  await page.getByText('The clock shows the real time again.').waitFor()
  assert.equal((await operate(server.base, 'GET', '/clock')).adjusted, false)
  await page.context().close()
})

/** Has a CSV file become opportunities, and downloads the report. */
async function uploadCSV(base) {
  const page = await openPage(browser, base)
  await page.goto(`${base}/console/bulk${scope(partner)}`)
  await settled(page)
  await page.getByRole('button', { name: 'Start bulk job' }).click()
  const header = 'Row Id,Customer.Account.CompanyName,Project.Title,LifeCycle.Stage\n'
  await page.locator('input[type=file]').setInputFiles({ name: 'deals.csv', mimeType: 'text/csv', buffer: Buffer.from(`${header}a,Polar Logistics,Fleet tracking,Prospect\nb,Green Farms,Crops,No such stage\n`) })
  await page.getByRole('dialog').getByRole('button', { name: 'Start', exact: true }).click()
  await page.getByText('Completed', { exact: true }).first().waitFor()
  await page.getByText('2 of 2 records').first().waitFor()
  await page.getByText('INVALID_ENUM_VALUE').waitFor()
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    (async () => {
      await page.getByRole('button', { name: 'Download report' }).click()
      await page.getByRole('menuitem', { name: 'Failed records' }).click()
    })(),
  ])
  assert.match(saved.suggestedFilename(), /FAILED_RECORDS\.csv$/)
  assert.deepEqual(page.wrong, [])
  await page.context().close()
}

test('a CSV file becomes opportunities', () => uploadCSV(server.base))

// Browsers keep their cryptography from pages that came by HTTP from another machine.
test('the console works under the name of a server on a test network', async () => {
  const network = await startServer('--listen', '0.0.0.0:0', '--dev-on-network')
  try {
    await uploadCSV(network.base.replace('localhost', networkName))
  } finally {
    await network.stop()
  }
})

test('the quotas of an account are set, refused at their fields, and removed', async () => {
  const page = await openPage(browser, server.base)
  const path = `/accounts/${partner}/quotas`
  await page.goto(`${server.base}/console/admin/quotas${scope(partner)}`)
  await page.getByText(`In effect for account ${partner}: no limits, those that the server was started with`).waitFor()
  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: 'Set quotas' }).click()
  await dialog.getByRole('radio', { name: 'Custom quotas' }).check()
  await dialog.getByRole('textbox', { name: 'Name' }).first().fill('')
  await dialog.getByRole('button', { name: 'Set quotas' }).click()
  await dialog.getByText('is missing; must name the group').waitFor()
  await dialog.getByRole('textbox', { name: 'Name' }).first().fill('lookups')
  await dialog.getByRole('spinbutton', { name: 'Requests per second' }).first().fill('25')
  await dialog.getByRole('button', { name: 'Set quotas' }).click()
  await dialog.getByText('names no group; must be the name of one, is "reads"').waitFor()
  await dialog.getByRole('radio', { name: 'Limited as AWS does' }).check()
  await dialog.getByRole('button', { name: 'Set quotas' }).click()
  await page.getByText('the quotas that AWS publishes, set for this account').waitFor()
  assert.equal((await operate(server.base, 'GET', path)).source, 'account')
  await page.getByRole('button', { name: "Use the server's" }).click()
  await dialog.getByRole('button', { name: "Use the server's" }).click()
  await page.getByText('no limits, those that the server was started with').waitFor()
  assert.equal((await operate(server.base, 'GET', path)).source, 'server')
  assert.deepEqual(page.wrong, [])
  await page.context().close()
})

test('search, filter and views', async () => {
  const page = await openPage(browser, server.base)
  await page.goto(`${server.base}/console/opportunities${scope(partner)}`)
  await settled(page)
  await page.getByRole('combobox', { name: 'Search all records' }).fill('sheep')
  await page.getByRole('option', { name: /Sheep tracking Opportunity/ }).click()
  await page.getByRole('heading', { name: 'Sheep tracking', level: 1 }).waitFor()
  const query = JSON.stringify({ tokens: [{ propertyKey: 'CustomerCompanyName', operator: ':', value: 'Polar' }], operation: 'and' })
  await page.goto(`${server.base}/console/opportunities${scope(partner)}&view=${encodeURIComponent(query)}`)
  await page.getByRole('link', { name: 'Fleet tracking' }).waitFor()
  assert.equal(await page.getByRole('link', { name: 'Sheep tracking' }).count(), 0)
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /as CSV$/ }).click()])
  assert.equal(saved.suggestedFilename(), 'opportunities.csv')
  assert.deepEqual(page.wrong, [])
  await page.context().close()
})

test('five questions of a sales manager, each within two clicks', async (t) => {
  const other = await startServer()
  try {
    const known = await seed(browser, other.base)
    const page = await openPage(browser, other.base)
    const home = async () => {
      await page.goto(`${other.base}/console/${scope(partner)}`)
      await settled(page)
    }
    await t.test('what is in the pipeline: none', async () => {
      await home()
      await page.getByRole('table', { name: 'Pipeline by stage' }).getByText('Technical Validation').waitFor()
    })
    await t.test('what waits for whom: none', async () => {
      await home()
      await page.getByRole('table', { name: 'Awaiting review by AWS' }).getByText('Ticketing platform').waitFor()
      await page.getByRole('table', { name: 'Invitations that wait for an answer' }).getByText('Grid analytics').waitFor()
    })
    await t.test('what closes this quarter: one', async () => {
      await home()
      await page.getByText('Expected close by month').first().waitFor()
      await page.getByRole('link', { name: 'Closing this quarter' }).click()
      await page.waitForURL(/\/opportunities\?.*TargetCloseDate/)
      await settled(page)
      // Whatever the month, one of the seeded opportunities closes in each of the next five.
      const now = new Date()
      const thisQuarter = [1, 2, 3, 4, 5].some((n) => Math.floor((now.getUTCMonth() + n) / 3) === Math.floor(now.getUTCMonth() / 3))
      const rows = page.getByRole('link', { name: /Migrate the order system|Data lake for sales/ })
      if (thisQuarter) await rows.first().waitFor()
      else await page.getByText('No opportunity matches').waitFor()
    })
    await t.test('why was this one rejected: none, and the whole record with one', async () => {
      await home()
      const table = page.getByRole('table', { name: 'Rejected or returned by AWS' })
      await table.getByText(/The customer already works with another partner on this project\./).waitFor()
      await table.getByRole('link', { name: 'Data lake for sales' }).click()
      await page.waitForURL(new RegExp(known.rejected))
      await page.getByText('The customer already works with another partner on this project.').first().waitFor()
    })
    await t.test('what did AWS send us: one', async () => {
      await home()
      await page.getByRole('link', { name: 'Core banking modernization' }).click()
      await page.getByText('AWS invites you').waitFor()
    })
    await page.context().close()
  } finally {
    await other.stop()
  }
})
