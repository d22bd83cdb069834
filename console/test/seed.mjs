// Records for the tests and the pictures, made with the API as the page calls it.
import assert from 'node:assert/strict'
import { askAgent, openPage, operate, partner, scope, settled } from './kit.mjs'

const customers = ['Example Corp', 'Blue Yonder Foods', 'Lakeside Hospital', 'Metro Transit', 'Acme Mining', 'Sunrise Retail']
const titles = ['Migrate the order system', 'Data lake for sales', 'Patient records on AWS', 'Ticketing platform', 'Ore analytics', 'Web shop modernization']
const stages = ['Prospect', 'Qualified', 'Technical Validation', 'Business Validation', 'Qualified', 'Prospect']
const industries = ['Software and Internet', 'Retail', 'Healthcare', 'Transportation and Logistics', 'Mining', 'Retail']

function opportunity(i, month) {
  return {
    Catalog: 'Sandbox',
    ClientToken: `seed-${i}`,
    Origin: 'Partner Referral',
    PartnerOpportunityIdentifier: `NW-${100 + i}`,
    OpportunityType: 'Net New Business',
    PrimaryNeedsFromAws: ['Co-Sell - Architectural Validation'],
    Customer: {
      Account: { CompanyName: customers[i % 6], Industry: industries[i % 6], WebsiteUrl: 'https://www.example.com', Address: { City: 'Seattle', CountryCode: 'US', PostalCode: '98109', StateOrRegion: 'Washington' } },
      Contacts: [{ FirstName: 'Jo', LastName: 'Doe', Email: 'jo@example.com', BusinessTitle: 'CTO' }],
    },
    LifeCycle: { Stage: stages[i % 6], TargetCloseDate: month(1 + (i % 5)), NextSteps: 'Call the sponsor' },
    Project: {
      Title: titles[i % 6],
      CustomerBusinessProblem: 'The current system is at the end of what its data center can carry.',
      CustomerUseCase: 'Storage & Backup',
      DeliveryModels: ['SaaS or PaaS'],
      SalesActivities: ['Customer has shown interest in solution'],
      OtherSolutionDescription: 'Our own platform',
      ExpectedCustomerSpend: [{ Amount: `${1500 + 700 * i}.00`, CurrencyCode: i % 4 === 0 ? 'EUR' : 'USD', Frequency: 'Monthly', TargetCompany: 'AWS' }],
    },
    OpportunityTeam: [{ FirstName: 'Sam', LastName: 'Rivera', Email: 'sam@northwind.example', BusinessTitle: 'OpportunityOwner' }],
    Tags: [{ Key: 'region', Value: 'west' }],
  }
}

/** Signs a call in a page of the console, with the browser's own means, and returns its answer. */
export async function caller(browser, base) {
  const page = await openPage(browser, base)
  await page.goto(`${base}/console/overview${scope(partner)}`)
  await settled(page)
  const call = (account, operation, input) =>
    page.evaluate(
      async ([account, operation, input]) => {
        const encoder = new TextEncoder()
        const hex = (b) => Array.from(new Uint8Array(b), (x) => x.toString(16).padStart(2, '0')).join('')
        const sha = async (t) => hex(await crypto.subtle.digest('SHA-256', encoder.encode(t)))
        const mac = async (k, t) => crypto.subtle.sign('HMAC', await crypto.subtle.importKey('raw', k, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']), encoder.encode(t))
        const body = JSON.stringify(input)
        const time = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '')
        const at = `${time.slice(0, 8)}/us-east-1/partnercentral-selling/aws4_request`
        const headers = { 'content-type': 'application/x-amz-json-1.0', host: location.host, 'x-amz-date': time, 'x-amz-target': `AWSPartnerCentralSelling.${operation}` }
        const names = Object.keys(headers).sort()
        const canonical = ['POST', '/', '', ...names.map((n) => `${n}:${headers[n]}`), '', names.join(';'), await sha(body)].join('\n')
        let key = encoder.encode('AWS4test')
        for (const part of at.split('/')) key = await mac(key, part)
        const signature = hex(await mac(key, ['AWS4-HMAC-SHA256', time, at, await sha(canonical)].join('\n')))
        delete headers.host
        const answer = await fetch('/', { method: 'POST', body, headers: { ...headers, authorization: `AWS4-HMAC-SHA256 Credential=${account}/${at}, SignedHeaders=${names.join(';')}, Signature=${signature}` } })
        const text = await answer.text()
        if (!answer.ok) throw new Error(`${operation}: ${text}`)
        return text ? JSON.parse(text) : {}
      },
      [account, operation, input],
    )
  return { call, close: () => page.context().close() }
}

/** Makes a partner with opportunities in every review status, a customer, and two referrals. Between two submissions
 * it lets time pass. */
export async function seed(browser, base, pass = async () => {}) {
  await operate(base, 'PUT', `/accounts/${partner}`, { companyName: 'Northwind Consulting' })
  const { call, close } = await caller(browser, base)
  const now = new Date((await operate(base, 'GET', '/clock')).now)
  const month = (n) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + n, 15)).toISOString().slice(0, 10)
  const ids = []
  for (let i = 0; i < 9; i++) ids.push((await call(partner, 'CreateOpportunity', opportunity(i, month))).Id)
  let engagement = ''
  for (const id of ids.slice(0, 6)) {
    const task = await call(partner, 'StartEngagementFromOpportunityTask', { Catalog: 'Sandbox', ClientToken: id, Identifier: id, AwsSubmission: { InvolvementType: 'Co-Sell', Visibility: 'Full' } })
    assert.notEqual(task.TaskStatus, 'FAILED', task.Message)
    await pass()
  }
  for (let i = 0; i < 100; i++) {
    const { reviews } = await operate(base, 'GET', '/reviews?catalog=Sandbox')
    if (reviews.length === 6) break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const review = (id, decision, comments) => operate(base, 'POST', `/opportunities/${id}/review${scope(partner)}`, { decision, comments })
  await review(ids[0], 'Approve', 'A good fit. An AWS seller will call you this week.')
  await review(ids[1], 'Reject', 'The customer already works with another partner on this project.')
  await review(ids[2], 'RequestAction', 'Please name the customer contact who sponsors the project.')
  await review(ids[3], 'StartReview')
  const links = await call(partner, 'ListEngagementResourceAssociations', { Catalog: 'Sandbox', ResourceIdentifier: ids[0] })
  engagement = links.EngagementResourceAssociationSummaries[0].EngagementId
  let invitation = ''
  for (const [company, title] of [['Fabrikam Bank', 'Core banking modernization'], ['Contoso Energy', 'Grid analytics']]) {
    const referral = await operate(base, 'POST', '/referrals', {
      account: partner,
      catalog: 'Sandbox',
      opportunity: {
        Customer: { Account: { CompanyName: company, Industry: 'Financial Services', WebsiteUrl: 'https://www.example.com', Address: { CountryCode: 'US', PostalCode: '10001', StateOrRegion: 'New York' } } },
        LifeCycle: { Stage: 'Qualified', TargetCloseDate: month(4) },
        Project: { Title: title, CustomerBusinessProblem: 'They need a partner who knows the industry well.', ExpectedCustomerSpend: [{ Amount: '9000.00', CurrencyCode: 'USD', Frequency: 'Monthly', TargetCompany: 'AWS' }] },
      },
    })
    invitation = referral.engagementInvitationId
  }
  let customer = ''
  for (const CompanyName of ['Example Corp', 'Metro Transit', 'Acme Mining']) {
    customer = (await call(partner, 'CreateCustomerAccount', { Catalog: 'Sandbox', ClientToken: CompanyName, Account: { CompanyName, WebsiteUrl: `https://www.${CompanyName.split(' ')[0].toLowerCase()}.example` } })).Id
  }
  await operate(base, 'PUT', `/accounts/${partner}/catalogs/Sandbox/solutions/S-0000001`, { name: 'Northwind Platform', category: 'Software Product' })
  await seedAccess(base)
  const proposals = await seedProposals(base, ids[8])
  await close()
  return { proposals, approved: ids[0], rejected: ids[1], action: ids[2], submitted: ids[4], draft: ids[8], engagement, invitation, customer }
}

/** Has an agent propose changes, one of which is approved and one rejected, and returns their tokens. */
export async function seedProposals(base, id) {
  const propose = async (name, input) => (await askAgent(base, partner, name, { Catalog: 'Sandbox', ...input })).Token
  const assignee = { FirstName: 'Ada', LastName: 'Moreno', Email: 'ada@northwind.example', BusinessTitle: 'Account manager' }
  const assigned = await propose('propose_AssignOpportunity', { Identifier: id, Assignee: assignee })
  const created = await propose('propose_CreateOpportunity', { Origin: 'Partner Referral', Customer: { Account: { CompanyName: 'Harborline Freight' } }, Project: { Title: 'Data lake for shipments' } })
  const approved = await propose('propose_CreateEngagement', { Title: 'Joint plan with Metro Transit', Description: 'Who does what until the launch', Contexts: [{ Type: 'Lead', Payload: { Lead: { QualificationStatus: 'Qualified', Customer: { CompanyName: 'Metro Transit', AwsMaturity: 'Evaluating' }, Interactions: [{ SourceType: 'Event', SourceName: 'Rail forum', CustomerAction: 'Asked for a price', Contact: { FirstName: 'Jo', LastName: 'Doe', Email: 'jo@example.com', BusinessTitle: 'CTO' } }] } } }] })
  const rejected = await propose('propose_StartProspectingFromEngagementTask', { Identifiers: ['eng-0000000000000a'], TaskName: 'Leads of the spring' })
  await operate(base, 'POST', `/proposals/${approved}/approve`, { comments: 'Good.' })
  await operate(base, 'POST', `/proposals/${rejected}/reject`, { comments: 'These leads are old.' })
  return { assigned, created, approved, rejected }
}

/** Makes users, groups, roles, a token of an operator and a fault that strikes nobody here. */
export async function seedAccess(base) {
  const of = `/accounts/${partner}`
  const put = (path, body) => operate(base, 'PUT', of + path, body)
  const allow = { Version: '2012-10-17', Statement: [{ Sid: 'ReadSandbox', Effect: 'Allow', Action: ['partnercentral:Get*', 'partnercentral:List*'], Resource: '*', Condition: { StringEquals: { 'partnercentral:Catalog': 'Sandbox' } } }] }
  const trustPolicy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: partner }, Action: 'sts:AssumeRole' }] }
  for (const user of ['crm-sync', 'reporting']) await put(`/users/${user}`)
  await put('/users/crm-sync/policies/full', { managed: 'AWSPartnerCentralFullAccess' })
  await put('/users/reporting/policies/read-sandbox', allow)
  await operate(base, 'POST', `${of}/users/crm-sync/keys`)
  await put('/groups/sellers')
  await put('/groups/sellers/members/crm-sync')
  await put('/groups/sellers/policies/sandbox', { managed: 'AWSPartnerCentralSandboxFullAccess' })
  await put('/roles/nightly-export', { trustPolicy, maxSessionDuration: 3600 })
  await put('/roles/nightly-export/policies/read-sandbox', allow)
  await operate(base, 'POST', '/tokens', { name: 'dana', role: 'reviewer' })
  await operate(base, 'PUT', '/faults', [{ error: 'ThrottlingException', account: '999999999999', sequence: { fail: 1, pass: 1 } }])
}
