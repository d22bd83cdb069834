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

// register gives an account a solution, as the operator of the server does.
export async function register(account, catalog, id, name) {
  const path = `/operator/v1/accounts/${account}/catalogs/${catalog}/solutions/${id}`
  const answer = await fetch(new URL(path, process.env.AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING), {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, category: 'Software Product' }),
  })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
}
