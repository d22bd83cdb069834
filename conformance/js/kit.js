// What every suite of this folder shares: a client per partner account, and bodies to send.
import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { PartnerCentralSelling } from '@aws-sdk/client-partnercentral-selling'

const digits = () => String(randomInt(1_000_000)).padStart(6, '0')

// partner is a client with an account of its own, so that tests never see each other's records.
// Endpoint and region come from the environment alone.
export function partner() {
  const account = digits() + digits()
  const client = new PartnerCentralSelling({
    credentials: { accessKeyId: account, secretAccessKey: 'test' },
  })
  return Object.assign(client, { account })
}

// full is a CreateOpportunity body with every member that can be set.
export function full(changes = {}) {
  const body = JSON.parse(readFileSync(new URL('../full.json', import.meta.url), 'utf8'))
  return { ...body, ...changes }
}

// plain drops what is absent or null, at any depth: the service prints absent members as null.
export function plain(value) {
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object' || value instanceof Date) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null && member !== undefined)
      .map(([name, member]) => [name, plain(member)]),
  )
}

// refused returns the error that a call must end in, having checked its name.
export async function refused(call, name) {
  try {
    await call
  } catch (error) {
    if (error.name !== name) throw error
    return error
  }
  throw new Error(`accepted, where ${name} was due`)
}

// violations are the ErrorList of a ValidationException as "field code" lines.
export function violations(error) {
  return (error.ErrorList ?? []).map(({ FieldName, Code }) => `${FieldName} ${Code}`).sort()
}

// all collects a list of pages from one of the SDK's paginators.
export async function all(pages, member) {
  const rows = []
  for await (const page of pages) rows.push(...page[member])
  return rows
}

// operator speaks to the operator API, as the operator of the server does.
export async function operator(method, path, body) {
  const answer = await fetch(new URL(`/operator/v1${path}`, process.env.AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING), {
    method,
    headers: { 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  })
  const text = await answer.text()
  if (!answer.ok) throw Object.assign(new Error(`${path}: ${answer.status} ${text}`), { name: String(answer.status) })
  return JSON.parse(text)
}

// register gives an account a solution.
export const register = (account, catalog, id, name) =>
  operator('PUT', `/accounts/${account}/catalogs/${catalog}/solutions/${id}`, { name, category: 'Software Product' })

// decide has AWS's reviewer decide about a partner's opportunity.
export const decide = (p, Catalog, id, decision, words = {}) =>
  operator('POST', `/opportunities/${id}/review?account=${p.account}&catalog=${Catalog}`, { decision, ...words })

// told returns the names of the events that an account received, oldest first.
export async function told(account) {
  const { events } = await operator('GET', `/events?account=${account}&limit=1000`)
  return events.map(({ event }) => event['detail-type'])
}

// eventually reads until what it reads holds: the server does some things after it has answered.
export async function eventually(read, holds) {
  const end = Date.now() + 15_000
  for (;;) {
    const value = await read()
    if (holds(value)) return value
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(value)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

// aws is a client of AWS's own side.
export const aws = () =>
  Object.assign(new PartnerCentralSelling({ credentials: { accessKeyId: 'aws', secretAccessKey: 'test' } }), {
    account: 'aws',
  })

// ready is a CreateOpportunity body that can be submitted in either way.
export function ready(changes = {}) {
  const body = full({ OpportunityType: 'Net New Business', ...changes })
  delete body.Project.RelatedOpportunityIdentifier
  return body
}

// customerProject and lead are contexts of engagements.
export const customerProject = {
  Type: 'CustomerProject',
  Payload: {
    CustomerProject: {
      Customer: {
        Industry: 'Agriculture',
        CompanyName: 'Acme Farms',
        WebsiteUrl: 'https://farms.example.com',
        CountryCode: 'US',
      },
    },
  },
}

export const interaction = {
  SourceType: 'Event',
  SourceId: 'fair-26',
  SourceName: 'Farm fair',
  Usecase: 'Database',
  CustomerAction: 'Asked for a call',
  BusinessProblem: 'They count their sheep by hand.',
  Contact: { BusinessTitle: 'CTO', Email: 'sam.hill@farms.example.com', FirstName: 'Sam', LastName: 'Hill' },
}

export const lead = {
  Type: 'Lead',
  Payload: {
    Lead: {
      Customer: {
        CompanyName: 'Acme Farms',
        Industry: 'Agriculture',
        WebsiteUrl: 'https://farms.example.com',
        Address: { CountryCode: 'US' },
      },
      Interactions: [interaction],
    },
  },
}

// engagement makes an engagement and returns its identifier.
export async function engagement(p, Catalog, ...Contexts) {
  const { Id } = await p.createEngagement({ Catalog, Title: 'Farms', Description: 'Sheep and more', Contexts })
  return Id
}

// toOpportunity and toLead are the two payloads of an invitation.
export const toOpportunity = {
  OpportunityInvitation: {
    SenderContacts: [{ Email: 'ann.lee@example.com', FirstName: 'Ann', LastName: 'Lee', BusinessTitle: 'Manager' }],
    ReceiverResponsibilities: ['Distributor'],
    Customer: customerProject.Payload.CustomerProject.Customer,
    Project: {
      Title: 'Harvest',
      BusinessProblem: 'They count their sheep by hand.',
      TargetCompletionDate: '2049-10-04',
      ExpectedCustomerSpend: [{ Amount: '10000.00', CurrencyCode: 'USD', Frequency: 'Monthly', TargetCompany: 'AWS' }],
    },
  },
}

export const toLead = {
  LeadInvitation: { Customer: { CompanyName: 'Acme Farms' }, Interaction: { ContactBusinessTitle: 'CTO' } },
}

// invite asks another account into an engagement and returns the invitation's identifier.
export async function invite(p, Catalog, EngagementIdentifier, receiver, Payload = toOpportunity) {
  const { Id } = await p.createEngagementInvitation({
    Catalog,
    EngagementIdentifier,
    Invitation: { Message: 'Join us', Receiver: { Account: { AwsAccountId: receiver.account } }, Payload },
  })
  return Id
}
