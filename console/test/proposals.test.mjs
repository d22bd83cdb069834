// What agents propose, and a person decides in the console: as it comes, in both modes, with each role's buttons.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { askAgent, openPage, operate, partner, scope, settled, startBrowser, startServer } from './kit.mjs'

let browser
before(async () => {
  browser = await startBrowser()
})
after(() => browser?.close())

const draft = (CompanyName, Title) => ({ Catalog: 'Sandbox', Origin: 'Partner Referral', Customer: { Account: { CompanyName } }, Project: { Title } })

test('a proposal comes, is counted, approved, and done; another one is rejected', async () => {
  const server = await startServer()
  try {
    const page = await openPage(browser, server.base)
    await page.goto(`${server.base}/console/proposals${scope(partner)}`)
    await settled(page)
    await page.getByText(`/mcp?account=${partner}`).waitFor() // how an agent is connected

    const first = await askAgent(server.base, partner, 'propose_CreateOpportunity', draft('Harborline Freight', 'Data lake for shipments'))
    const second = await askAgent(server.base, partner, 'propose_CreateOpportunity', draft('Harborline Freight', 'Data lake, once more'))
    await page.getByRole('link', { name: 'Create opportunity Data lake for shipments' }).waitFor()
    const navigation = page.getByRole('navigation', { name: 'Pages' })
    await navigation.getByRole('listitem').filter({ hasText: 'Proposals' }).getByText('2', { exact: true }).last().waitFor()

    // From the overview it is one click away.
    await page.goto(`${server.base}/console/overview${scope(partner)}`)
    const waiting = page.getByRole('table', { name: 'Proposals that wait for you' })
    await waiting.getByText('Data lake for shipments').waitFor()
    await waiting.getByRole('row').filter({ hasText: 'Data lake for shipments' }).getByRole('link').click()
    await page.getByText('This waits for a decision').waitFor()
    await page.getByRole('row', { name: 'Customer › Account › Company name Harborline Freight' }).waitFor()
    await page.getByText('The whole request').click()
    await page.getByText('Partner Referral').last().waitFor()

    await page.getByRole('button', { name: 'Approve', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(/^Comments/).fill('a'.repeat(501))
    assert.ok(await dialog.getByRole('button', { name: 'Approve and carry out' }).isDisabled())
    await dialog.getByLabel(/^Comments/).fill('Go ahead.')
    await dialog.getByRole('button', { name: 'Approve and carry out' }).click()
    await page.getByText('This was approved and carried out').waitFor()
    await page.getByText('local wrote: Go ahead.').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Approve', exact: true }).count(), 0)
    const became = await askAgent(server.base, partner, 'get_proposal', { Token: first.Token })
    assert.deepEqual([became.Status, became.Comments], ['APPROVED', 'Go ahead.'])
    await page.getByRole('link', { name: became.Answer.Id }).click()
    await page.getByRole('heading', { name: 'Data lake for shipments', level: 1 }).waitFor()

    // Somebody else decides while the dialog is open: the page says so, and shows what became of it.
    await page.goto(`${server.base}/console/proposals/${second.Token}${scope(partner)}`)
    await page.getByRole('button', { name: 'Approve', exact: true }).click()
    await operate(server.base, 'POST', `/proposals/${second.Token}/reject`, { comments: 'We have this one.' })
    await dialog.getByRole('button', { name: 'Approve and carry out' }).click()
    await dialog.getByText('The proposal is REJECTED already').waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await page.getByText('This was rejected').waitFor()
    await page.getByText('local wrote: We have this one.').waitFor()
    await page.goto(`${server.base}/console/proposals${scope(partner)}&status=any`)
    await page.getByRole('row', { name: /Data lake, once more.*Rejected/ }).waitFor()
    await page.getByRole('row', { name: /Data lake for shipments.*Approved/ }).waitFor()
    assert.deepEqual(page.wrong, [])
    await page.context().close()
  } finally {
    await server.stop()
  }
})

test('with strict auth each role has the buttons that the server allows', async (t) => {
  const first = 'first-token-of-the-administrator-0123456789'
  const account = '111122223333'
  process.env.COSELL_OPERATOR_TOKEN = first
  const server = await startServer('--auth', 'strict')
  try {
    const token = async (name, role) => {
      const answer = await fetch(`${server.base}/operator/v1/tokens`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${first}` }, body: JSON.stringify({ name, role, accounts: [account] }) })
      return (await answer.json()).token
    }
    const agent = await token('agent', 'administrator')
    const { Token } = await askAgent(server.base, account, 'propose_CreateOpportunity', draft('Harborline Freight', 'Data lake for shipments'), agent)
    for (const [who, bearer, approve, reject, says] of [
      ['an auditor', await token('dana', 'auditor'), 0, 0, 'An administrator decides.'],
      ['a reviewer', await token('kim', 'reviewer'), 0, 1, 'An administrator decides.'],
      ['the token that proposed', agent, 0, 1, 'another operator decides'],
      ['an administrator', await token('lee', 'administrator'), 1, 1, 'Approving carries it out at once.'],
    ]) {
      await t.test(who, async () => {
        const page = await openPage(browser, server.base)
        await page.goto(`${server.base}/console/proposals/${Token}?account=${account}&catalog=Sandbox`)
        await page.getByLabel('Operator token').fill(bearer)
        await page.getByRole('button', { name: 'Sign in with token' }).click()
        await page.getByText(says).waitFor()
        await page.getByText('An agent of agent').waitFor()
        assert.deepEqual([await page.getByRole('button', { name: 'Approve', exact: true }).count(), await page.getByRole('button', { name: 'Reject', exact: true }).count()], [approve, reject])
        if (approve) {
          await page.getByRole('button', { name: 'Approve', exact: true }).click()
          await page.getByRole('button', { name: 'Approve and carry out' }).click()
          await page.getByText('This was approved and carried out').waitFor()
        }
        assert.deepEqual(page.wrong, [])
        await page.context().close()
      })
    }
  } finally {
    delete process.env.COSELL_OPERATOR_TOKEN
    await server.stop()
  }
})
