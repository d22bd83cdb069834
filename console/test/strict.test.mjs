// The console of a server with strict auth: signing in with an operator token, the session, what each role sees,
// and the end of a session.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openPage, settled, startBrowser, startServer, violations } from './kit.mjs'

const first = 'first-token-of-the-administrator-0123456789'
const account = '111122223333'
const other = '444455556666'
const scope = `?account=${account}&catalog=Sandbox`

let server, browser
const tokens = {}

/** Calls the operator API with a token. */
async function operate(method, route, body, token = first) {
  const answer = await fetch(server.base + '/operator/v1' + route, { method, headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: body && JSON.stringify(body) })
  const text = await answer.text()
  assert.ok(answer.ok, `${method} ${route}: ${answer.status} ${text}`)
  return text ? JSON.parse(text) : undefined
}

/** A referral of a title to the partner. */
const referral = (Title) => ({
  account,
  catalog: 'Sandbox',
  opportunity: {
    Customer: { Account: { CompanyName: 'Fabrikam Bank', Industry: 'Financial Services', WebsiteUrl: 'https://www.example.com', Address: { CountryCode: 'DE', PostalCode: '10115' } } },
    LifeCycle: { Stage: 'Qualified', TargetCloseDate: '2030-01-01' },
    Project: { Title, CustomerBusinessProblem: 'They need a partner who knows the industry.', ExpectedCustomerSpend: [{ Amount: '1', CurrencyCode: 'USD', Frequency: 'Monthly', TargetCompany: 'AWS' }] },
  },
})

before(async () => {
  process.env.COSELL_OPERATOR_TOKEN = first
  server = await startServer('--auth', 'strict')
  browser = await startBrowser()
  await operate('PUT', `/accounts/${account}`, { companyName: 'Northwind Consulting' })
  await operate('PUT', `/accounts/${other}`, { companyName: 'Contoso' })
  for (const user of ['crm-sync', 'reporting']) await operate('PUT', `/accounts/${account}/users/${user}`)
  await operate('POST', `/accounts/${account}/users/reporting/keys`)
  for (const role of ['administrator', 'reviewer', 'auditor']) tokens[role] = (await operate('POST', '/tokens', { name: `the-${role}`, role })).token
  tokens.limited = (await operate('POST', '/tokens', { name: 'limited', role: 'administrator', accounts: [other] })).token
  await operate('POST', '/referrals', referral('Core banking'))
})
after(async () => {
  await browser?.close()
  await server?.stop()
})

async function signIn(token, address = `/console/overview${scope}`) {
  const page = await openPage(browser, server.base)
  await page.goto(server.base + address)
  await page.getByLabel('Operator token').fill(token)
  await page.getByRole('button', { name: 'Sign in with token' }).click()
  await settled(page)
  return page
}

const button = (page, name) => page.getByRole('button', { name, exact: true })

/** Goes to a page and waits until it knows who is signed in. */
async function visit(page, address) {
  await page.goto(server.base + address)
  await settled(page)
  await page.getByRole('button', { name: /^Signed in as/ }).waitFor()
}

test('signing in leads to the page that was asked for, with a session that no script reads', async () => {
  const page = await openPage(browser, server.base)
  const address = `/console/admin/users${scope}`
  await page.goto(server.base + address)
  assert.match(page.url(), /\/console\/sign-in\?next=/)
  assert.deepEqual(await violations(page), [])
  await page.getByLabel('Operator token').fill('wrong')
  await page.getByRole('button', { name: 'Sign in with token' }).click()
  await page.getByText('This token is unknown, expired or revoked.').waitFor()
  await page.getByLabel('Operator token').fill(tokens.administrator)
  await page.getByRole('button', { name: 'Sign in with token' }).click()
  await page.getByRole('link', { name: 'crm-sync' }).waitFor()
  assert.equal(page.url(), server.base + address)
  const [cookie] = await page.context().cookies()
  assert.ok(cookie.httpOnly && cookie.sameSite === 'Strict', JSON.stringify(cookie))
  assert.equal(await page.evaluate(() => document.cookie), '')
  assert.equal(await page.evaluate((token) => JSON.stringify({ ...localStorage, ...sessionStorage }).includes(token), tokens.administrator), false)
  assert.deepEqual(page.wrong, [])
  await page.context().close()
})

test('an administrator acts for accounts: makes an access key, accepts an invitation', async () => {
  const page = await signIn(tokens.administrator, `/console/admin/users/crm-sync${scope}`)
  await button(page, 'Create access key').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('The secret access key is shown now and never again.').waitFor()
  const secret = (await dialog.getByLabel('Secret access key').last().textContent()).trim()
  assert.match(secret, /^\S{40}$/)
  await button(dialog, 'I have copied it').click()
  assert.equal(await page.evaluate((text) => document.body.textContent.includes(text), secret), false)
  await page.getByText('(1 of 2)').waitFor()
  await page.getByRole('button', { name: /^Deactivate AKIA/ }).click()
  await page.getByText('Inactive').waitFor()

  await visit(page, `/console/invitations${scope}`)
  await page.getByRole('link', { name: 'Core banking' }).click()
  await button(page, 'Accept').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Accept invitation' }).click()
  await page.getByText('The invitation was accepted.').waitFor()
  assert.deepEqual(page.wrong, [])
  await page.context().close()
})

test('an auditor sees everything and no button that would be refused', async () => {
  const page = await signIn(tokens.auditor)
  await page.getByRole('button', { name: 'Signed in as the-auditor, auditor' }).waitFor()
  assert.equal(await button(page, 'Create opportunity').count(), 0)
  await visit(page, `/console/admin/users/reporting${scope}`)
  await page.getByText(/AKIA/).first().waitFor()
  for (const name of ['Create access key', 'Add policy', 'Delete', 'Set boundary', 'Add to group', 'Set password']) assert.equal(await button(page, name).count(), 0, name)
  await visit(page, `/console/review?account=aws&catalog=Sandbox`)
  for (const name of ['Decide', 'Start review']) assert.equal(await button(page, name).count(), 0, name)
  await visit(page, `/console/admin${scope}`)
  assert.equal(await page.getByRole('link', { name: 'Operator tokens' }).count(), 0)
  await visit(page, `/console/admin/audit${scope}`)
  await page.getByRole('button', { name: /^Show record .*Keys/ }).first().waitFor()
  await button(page, 'Verify chain').click()
  await page.getByText('Nothing was changed, added or removed').waitFor()
  assert.deepEqual(page.wrong, [])
  await page.context().close()
})

test('a reviewer decides and cannot write for accounts', async () => {
  const page = await signIn(tokens.reviewer, '/console/review?account=aws&catalog=Sandbox&tab=referrals')
  await button(page, 'Refer an opportunity').waitFor()
  assert.equal(await button(page, 'Create lead').count(), 0)
  await visit(page, `/console/admin${scope}`)
  assert.equal(await page.getByRole('link', { name: 'Audit log' }).count(), 0)
  assert.deepEqual(page.wrong, [])
  await page.context().close()
})

test('an operator of one account begins there and sees no other', async () => {
  const page = await signIn(tokens.limited, '/console/')
  await page.waitForURL(new RegExp(`account=${other}`))
  await page.getByRole('button', { name: /^Acting as/ }).click()
  await page.getByRole('menuitem', { name: /Contoso/ }).waitFor()
  for (const name of [/Northwind/, 'Act as AWS', 'Another account…']) assert.equal(await page.getByRole('menuitem', { name }).count(), 0)
  await page.context().close()
})

test('a session answers the console\'s own pages only', async () => {
  const page = await signIn(tokens.administrator)
  const cookie = (await page.context().cookies()).map((c) => `${c.name}=${c.value}`).join('; ')
  for (const [path, headers] of [['/operator/v1/clock', { origin: 'https://evil.example' }], ['/operator/v1/clock', { 'sec-fetch-site': 'cross-site' }], [`/console/call/${account}`, { origin: 'https://evil.example', 'x-amz-target': 'AWSPartnerCentralSelling.CreateEngagement' }]]) {
    const answer = await fetch(server.base + path, { method: 'POST', headers: { cookie, 'content-type': 'application/json', ...headers }, body: '{"advance":"1h"}' })
    assert.equal(answer.status, 403, `${path} ${JSON.stringify(headers)}`)
  }
  await page.context().close()
})

test('a session ends when its owner signs out, and when its token is revoked', async () => {
  const page = await signIn(tokens.reviewer)
  const cookie = (await page.context().cookies()).map((c) => `${c.name}=${c.value}`).join('; ')
  const kept = async () => (await fetch(server.base + '/operator/v1/clock', { headers: { cookie } })).status
  assert.equal(await kept(), 200)
  await page.getByRole('button', { name: /^Signed in as/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.waitForURL(/\/console\/sign-in/)
  assert.equal(await kept(), 401)
  assert.deepEqual(await page.context().cookies(), [])
  await page.goto(`${server.base}/console/overview${scope}`)
  assert.match(page.url(), /\/console\/sign-in/)

  await page.getByLabel('Operator token').fill(tokens.reviewer)
  await page.getByRole('button', { name: 'Sign in with token' }).click()
  await settled(page)
  await operate('DELETE', '/tokens/the-reviewer')
  await page.getByRole('link', { name: 'Invitations' }).first().click()
  await page.waitForURL(/\/console\/sign-in\?next=/)
  await page.context().close()
})

test('an administrator sets, changes and removes the console password of a user', async () => {
  const page = await signIn(tokens.administrator, `/console/admin/users/crm-sync${scope}`)
  await page.getByText('This user has no password').waitFor()
  await button(page, 'Set password').click()
  const dialog = page.getByRole('dialog')
  const set = button(dialog, 'Set password')
  for (const [given, refusal] of [['too short', 14], ['crm-sync-crm-sync', 'the name of the user']]) {
    await dialog.getByLabel('New password').fill(given)
    await set.click()
    await dialog.getByText(new RegExp(`(?<!without )${refusal}.*`)).last().waitFor()
    assert.equal(await dialog.getByLabel('New password').getAttribute('aria-invalid'), 'true')
  }
  assert.deepEqual(await violations(page), [])
  await dialog.getByLabel('New password').fill('correct horse battery staple')
  await set.click()
  await page.getByText('The console password of crm-sync was set.').waitFor()
  await page.getByText('Password set', { exact: true }).waitFor()
  assert.equal(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }).includes('horse') || document.documentElement.outerHTML.includes('horse')), false)

  await button(page, 'Change password').click()
  await button(dialog, 'Generate one').click()
  await dialog.getByText('The password is shown now and never again.').waitFor()
  const password = (await dialog.getByLabel('Password', { exact: true }).last().textContent()).trim()
  assert.match(password, /^[A-Z2-7]{26}$/)
  await button(dialog, 'I have copied it').click()
  assert.equal(await page.evaluate((text) => document.documentElement.outerHTML.includes(text), password), false)

  const user = await openPage(browser, server.base)
  await user.goto(server.base + '/console/')
  await user.getByLabel('Account ID').fill(account)
  await user.getByLabel('User name').fill('crm-sync')
  await user.getByLabel('Password').fill(password)
  await user.getByRole('button', { name: 'Sign in', exact: true }).click()
  await user.getByRole('button', { name: 'Signed in as crm-sync, user' }).waitFor()
  await page.reload()
  const used = page.getByText('Last sign-in').locator('xpath=ancestor::*[contains(., "Password set")][1]')
  assert.match(await used.textContent(), /Last sign-in\w{3} \d+, \d{4}/)
  await button(page, 'Remove password').click()
  await button(dialog, 'Remove password').click()
  await page.getByText('This user has no password').waitFor()
  await user.reload()
  await user.waitForURL(/\/console\/sign-in/)
  assert.deepEqual(page.wrong, [])
  await user.context().close()
  await page.context().close()
})

test('a user of an account signs in with a password, and sees and does what its policies allow', async () => {
  const password = 'correct horse battery'
  const user = `/accounts/${account}/users/reporting`
  await operate('PUT', `${user}/password`, { password })
  await operate('PUT', `${user}/policies/sandbox`, { managed: 'AWSPartnerCentralSandboxFullAccess' })
  await operate('PUT', `${user}/policies/no-engagements`, { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'partnercentral:CreateEngagement', Resource: '*' }] })
  const page = await openPage(browser, server.base)
  await page.goto(server.base + `/console/events${scope}`)
  const enter = async (given) => {
    await page.getByLabel('Account ID').fill(account)
    await page.getByLabel('User name').fill('reporting')
    await page.getByLabel('Password').fill(given)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  }
  await enter('wrong')
  await page.getByText('The account, the user name or the password is wrong.').waitFor()
  assert.equal(await page.getByLabel('User name').inputValue(), 'reporting')
  assert.equal(await page.getByLabel('Password').inputValue(), '')
  assert.deepEqual(await violations(page), [])
  await enter(password)
  await page.getByRole('button', { name: 'Signed in as reporting, user' }).waitFor()
  await page.getByRole('heading', { name: 'Overview' }).waitFor() // events are for operators
  await settled(page)
  for (const name of ['Review desk', 'Events', 'Requests', 'Administration']) assert.equal(await page.getByRole('link', { name, exact: true }).count(), 0, name)
  assert.deepEqual(await violations(page), [])
  await visit(page, `/console/opportunities${scope}`)
  await page.getByText('Core banking').first().waitFor()
  await button(page, 'Create opportunity').first().waitFor()
  // What happens elsewhere is shown without a reload.
  await visit(page, `/console/invitations${scope}`)
  await operate('POST', '/referrals', referral('Late wire'))
  await page.getByRole('link', { name: 'Late wire' }).waitFor()
  await visit(page, `/console/engagements${scope}`)
  await button(page, 'Create engagement').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Title').fill('A title')
  await dialog.getByLabel('Description').fill('What it is about')
  await dialog.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByText(`user/reporting is not authorized to perform: partnercentral:CreateEngagement`, { exact: false }).first().waitFor()
  await operate('DELETE', `${user}/password`)
  await page.goto(server.base + `/console/overview${scope}`)
  assert.match(page.url(), /\/console\/sign-in/)
  await page.context().close()
})
