// Every page, from both sides: nothing leaves the machine, no error, no violation of accessibility rules in
// light and dark, nothing wider than 360 pixels.
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { openPage, operate, overflow, partner, scope, settled, startBrowser, startServer, violations } from './kit.mjs'
import { seed } from './seed.mjs'

let server, browser, known
before(async () => {
  server = await startServer()
  browser = await startBrowser()
  known = await seed(browser, server.base)
})
after(async () => {
  await browser?.close()
  await server?.stop()
})

const scratch = process.env.SCREENSHOTS // a directory for pictures of every page

function addresses() {
  const p = scope(partner)
  const aws = scope('aws')
  return {
    overview: '/console/overview' + p,
    'overview-aws': '/console/overview' + aws,
    opportunities: '/console/opportunities' + p,
    'opportunities-aws': '/console/opportunities' + aws,
    opportunity: `/console/opportunities/${known.rejected}${p}`,
    'opportunity-customer': `/console/opportunities/${known.approved}${p}&tab=customer`,
    'opportunity-aws-view': `/console/opportunities/${known.approved}${p}&tab=aws`,
    'opportunity-associations': `/console/opportunities/${known.approved}${p}&tab=associations`,
    'opportunity-team': `/console/opportunities/${known.approved}${p}&tab=team`,
    'opportunity-engagement': `/console/opportunities/${known.approved}${p}&tab=engagement`,
    'opportunity-history': `/console/opportunities/${known.rejected}${p}&tab=history`,
    'opportunity-history-aws': `/console/opportunities/${known.approved}${aws}&tab=history`,
    'opportunity-events': `/console/opportunities/${known.approved}${p}&tab=events`,
    'opportunity-tags': `/console/opportunities/${known.approved}${p}&tab=tags`,
    'opportunity-create': '/console/opportunities/new' + p,
    'opportunity-edit': `/console/opportunities/${known.draft}/edit${p}`,
    review: '/console/review' + aws,
    'review-partner': '/console/review' + p,
    'review-referrals': `/console/review${aws}&tab=referrals`,
    'review-groups': `/console/review${aws}&tab=groups`,
    'review-policy': `/console/review${aws}&tab=policy`,
    proposals: '/console/proposals' + p,
    'proposals-aws': '/console/proposals' + aws,
    'proposals-decided': `/console/proposals${p}&status=any`,
    'proposals-empty': '/console/proposals' + scope('999999999999'),
    proposal: `/console/proposals/${known.proposals.assigned}${p}`,
    'proposal-new': `/console/proposals/${known.proposals.created}${p}`,
    'proposal-approved': `/console/proposals/${known.proposals.approved}${p}`,
    'proposal-rejected': `/console/proposals/${known.proposals.rejected}${p}`,
    customers: '/console/customers' + p,
    'customers-aws': '/console/customers' + aws,
    customer: `/console/customers/${known.customer}${p}`,
    'customer-history': `/console/customers/${known.customer}${p}&tab=history`,
    'customer-tags': `/console/customers/${known.customer}${p}&tab=tags`,
    engagements: '/console/engagements' + p,
    'engagement-members': `/console/engagements/${known.engagement}${p}`,
    'engagement-contexts': `/console/engagements/${known.engagement}${p}&tab=contexts`,
    'engagement-snapshots': `/console/engagements/${known.engagement}${p}&tab=snapshots`,
    'engagement-jobs': `/console/engagements/${known.engagement}${p}&tab=jobs`,
    'engagement-history': `/console/engagements/${known.engagement}${p}&tab=history`,
    invitations: '/console/invitations' + p,
    invitation: `/console/invitations/${known.invitation}${p}`,
    bulk: '/console/bulk' + p,
    events: '/console/events' + p,
    'events-pattern': `/console/events${p}&tab=pattern`,
    'events-rules': `/console/events${p}&tab=rules`,
    'events-webhooks': `/console/events${p}&tab=webhooks`,
    'events-deliveries': `/console/events${p}&tab=deliveries`,
    requests: '/console/requests' + p,
    admin: '/console/admin' + p,
    ...Object.fromEntries(['accounts', 'solutions', 'features', 'users', 'groups', 'roles', 'policies', 'simulator', 'operators', 'audit', 'faults', 'fixtures', 'quotas', 'storage', 'work', 'data'].map((part) => [`admin-${part}`, `/console/admin/${part}${p}`])),
    'admin-user': '/console/admin/users/crm-sync' + p,
    'admin-group': '/console/admin/groups/sellers' + p,
    'admin-role': '/console/admin/roles/nightly-export' + p,
    'admin-users-empty': '/console/admin/users' + scope('999999999999'),
  }
}

test('the first view is small and comes from this server alone', async () => {
  const page = await openPage(browser, server.base)
  let bytes = 0
  const sizes = []
  page.on('requestfinished', (request) => sizes.push(request.sizes().then((s) => (bytes += s.responseBodySize + s.responseHeadersSize))))
  const answer = await page.goto(server.base + '/')
  await settled(page)
  await Promise.all(sizes)
  assert.match(page.url(), /\/console\/overview\?account=\d{12}&catalog=Sandbox$/)
  const policy = answer.headers()['content-security-policy']
  assert.match(policy, /script-src 'self';/)
  assert.match(policy, /default-src 'none'/)
  console.log(`first view: ${Math.round(bytes / 1000)} kB compressed`)
  assert.ok(bytes <= 700_000, `the first view is ${bytes} bytes`)
  assert.deepEqual(page.wrong, [])
  await page.context().close()
})

test('the whole console takes at most 700 kB compressed', () => {
  const dist = new URL('../../internal/console/dist/', import.meta.url)
  let bytes = 0
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const content = readFileSync(path.join(entry.parentPath, entry.name))
    bytes += entry.name.endsWith('.woff2') ? content.length : gzipSync(content, { level: 9 }).length
  }
  console.log(`whole console: ${Math.round(bytes / 1000)} kB compressed`)
  assert.ok(bytes <= 700_000, `the console is ${bytes} bytes`)
})

/** Goes to a page without loading the console again, as a link does. */
async function go(page, address) {
  await page.evaluate((to) => {
    history.pushState({}, '', to)
    dispatchEvent(new PopStateEvent('popstate'))
  }, address)
  await page.waitForFunction((to) => location.pathname === new URL(to, location.origin).pathname, address)
  await settled(page)
}

const wide = { width: 1280, height: 900 }
const narrow = { width: 360, height: 740 }

test('every page is accessible in light and dark, and fits 360 pixels', async (t) => {
  const page = await openPage(browser, server.base)
  await page.goto(`${server.base}/console/overview${scope(partner)}`)
  await settled(page)
  const picture = (directory, name, fullPage = false) => {
    mkdirSync(directory, { recursive: true })
    return page.screenshot({ path: path.join(directory, name + '.png'), fullPage })
  }
  const only = new RegExp(process.env.PAGES ?? '') // to look at some pages alone
  for (const [name, address] of Object.entries(addresses()).filter(([name]) => only.test(name))) {
    await t.test(name, async () => {
      page.wrong.length = 0
      await go(page, address)
      const tab = new URLSearchParams(address.split('?')[1]).get('tab')
      if (tab) assert.equal(await page.locator('[role=tab][aria-selected=true]').getAttribute('data-testid'), tab, 'the open tab')
      if (scratch) await picture(scratch, name, true)
      assert.deepEqual(await violations(page), [], 'light')
      await page.getByRole('button', { name: 'Switch to dark mode' }).click()
      if (scratch) await picture(scratch, name + '-dark', true)
      const dark = await violations(page)
      await page.getByRole('button', { name: 'Switch to light mode' }).click()
      assert.deepEqual(dark, [], 'dark')
      await page.setViewportSize(narrow)
      // The bar and tables measure themselves after the window has changed.
      await page.waitForFunction(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth, null, { timeout: 3000 }).catch(() => {})
      const extra = await overflow(page)
      if (scratch) await picture(scratch, name + '-narrow', true)
      await page.setViewportSize(wide)
      assert.ok(extra <= 0, `${extra} pixels too wide`)
      assert.deepEqual(page.wrong, [])
    })
  }
  await page.context().close()
})

test('an unknown page leads to the overview, an unknown tab to the first, an unknown record says so', async () => {
  const page = await openPage(browser, server.base)
  await page.goto(server.base + '/console/nowhere')
  await settled(page)
  assert.match(page.url(), /\/console\/overview/)
  await page.goto(`${server.base}/console/events${scope(partner)}&tab=nowhere`)
  await page.getByRole('tab', { name: 'Live stream', selected: true }).waitFor()
  await page.goto(`${server.base}/console/opportunities/O1${scope(partner)}`)
  await page.getByText('O1 cannot be shown').waitFor()
  await page.context().close()
})

/** Refers an opportunity of a title to the partner. */
const refer = (Title) =>
  operate(server.base, 'POST', '/referrals', {
    account: partner,
    catalog: 'Sandbox',
    opportunity: {
      Customer: { Account: { CompanyName: 'Tailspin Toys', Industry: 'Retail', WebsiteUrl: 'https://www.example.com', Address: { CountryCode: 'DE', PostalCode: '10115' } } },
      LifeCycle: { Stage: 'Qualified', TargetCloseDate: '2030-01-01' },
      Project: { Title, CustomerBusinessProblem: 'They need a partner who knows the industry.', ExpectedCustomerSpend: [{ Amount: '1', CurrencyCode: 'USD', Frequency: 'Monthly', TargetCompany: 'AWS' }] },
    },
  })

test('several tabs see each other\'s changes, through one event stream', async () => {
  const one = await openPage(browser, server.base)
  const streams = []
  const reads = []
  one.context().on('request', (r) => r.url().includes('/events?') && reads.push(r.url()))
  one.context().on('request', (r) => r.url().includes('/events/stream') && streams.push(r.url()))
  const two = await one.context().newPage()
  for (const tab of [one, two]) {
    await tab.goto(`${server.base}/console/invitations${scope(partner)}`)
    await settled(tab)
  }
  await refer('Toy sales')
  for (const tab of [one, two]) await tab.getByRole('link', { name: 'Toy sales' }).waitFor()
  assert.equal(streams.length, 1, streams.join(' '))
  // A tab begins with the latest events, however many there are.
  assert.ok(reads.length >= 2 && reads.every((url) => /last=50\b/.test(url) || /after=[1-9]/.test(url)), reads.join(' '))
  await one.close() // the other tab goes on reading
  await refer('Toy repairs')
  await two.getByRole('link', { name: 'Toy repairs' }).waitFor()

  // What no event tells is told from tab to tab.
  const three = await two.context().newPage()
  for (const tab of [two, three]) {
    await tab.goto(`${server.base}/console/admin/groups${scope(partner)}`)
    await settled(tab)
  }
  await three.getByRole('button', { name: 'Create group' }).click()
  await three.getByRole('dialog').getByLabel('Name').fill('analysts')
  await three.getByRole('dialog').getByRole('button', { name: 'Create group' }).click()
  await three.getByRole('heading', { name: 'analysts', level: 1 }).waitFor()
  await two.getByRole('link', { name: 'analysts' }).waitFor()
  await two.context().close()
})

test('the events of a pattern are shown as they come', async () => {
  const page = await openPage(browser, server.base)
  await page.goto(`${server.base}/console/events${scope(partner)}`)
  await settled(page)
  await page.getByText('Filter by event pattern').click()
  await page.getByRole('textbox', { name: 'Event pattern' }).fill('{"detail-type": "x"}')
  await page.getByRole('button', { name: 'Apply pattern' }).click()
  await page.getByText(/Event pattern is not valid/).waitFor()
  await page.getByRole('textbox', { name: 'Event pattern' }).fill('{"detail-type": ["Engagement Invitation Created"]}')
  await page.getByRole('button', { name: 'Apply pattern' }).click()
  const shown = () => page.getByRole('button', { name: /^Show event/ }).evaluateAll((all) => all.map((b) => b.textContent))
  const wait = async (enough) => {
    for (let i = 0; i < 100 && !enough(await shown()); i++) await page.waitForTimeout(100)
    assert.ok(enough(await shown()), String(await shown()))
  }
  const invited = (names) => names.length > 0 && names.every((name) => name === 'Engagement Invitation Created')
  await wait(invited)
  const before = (await shown()).length
  await refer('Toy exports')
  await wait((names) => invited(names) && names.length === before + 1)
  assert.deepEqual(page.wrong, [])
  await page.context().close()
})

test('a page shows what happens elsewhere', async () => {
  const page = await openPage(browser, server.base)
  await page.goto(server.base + `/console/opportunities/${known.submitted}${scope(partner)}`)
  await page.getByText('Waits for AWS to start its review').waitFor()
  await operate(server.base, 'POST', `/opportunities/${known.submitted}/review${scope(partner)}`, { decision: 'StartReview' })
  await page.getByText('AWS reviews this opportunity').waitFor()
  await page.context().close()
})
