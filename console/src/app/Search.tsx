import Autosuggest, { type AutosuggestProps } from '@cloudscape-design/components/autosuggest'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useNavigate } from 'react-router-dom'
import { awsSide, call } from '../api/client'
import { operate } from '../api/operator'
import { useMay } from './may'
import { useScope } from './scope'

const pages: Record<string, string> = {
  opportunity: '/opportunities/', 'customer-account': '/customers/', 'customer account': '/customers/', engagement: '/engagements/', 'engagement invitation': '/invitations/', 'engagement-invitation': '/invitations/', invitation: '/invitations/',
}

interface Found {
  label: string
  description: string
  path: string
  account: string
  catalog: string
}

const identifier = /^(O\d|eng-|engi-|cust-acc-|bulkjob-|task-|S-|job-|arn:)/
const most = 5
const quiet = 250 // milliseconds without a key before a search

async function byId(text: string): Promise<Found[]> {
  const id = text.startsWith('arn:') ? text.slice(text.lastIndexOf('/') + 1) : text
  const { resources } = await operate('GET /resources/{id}', { id })
  return (resources ?? [])
    .filter((r) => pages[r.kind])
    .map((r) => ({ label: r.id, description: `${r.kind} of account ${r.account}, catalog ${r.catalog}`, path: pages[r.kind] + r.id, account: r.account, catalog: r.catalog }))
}

const kinds: [RegExp, string, string][] = [
  [/^O\d+$/, 'Opportunity', '/opportunities/'],
  [/^eng-/, 'Engagement', '/engagements/'],
  [/^engi-/, 'Invitation', '/invitations/'],
  [/^cust-acc-/, 'Customer account', '/customers/'],
]

/** Where a record of this account with an identifier would be: whose it is, only operators may ask. */
function byForm(account: string, catalog: string, text: string): Found[] {
  const id = text.slice(text.lastIndexOf('/') + 1)
  return kinds.filter(([form]) => form.test(id)).map(([, kind, path]) => ({ label: id, description: `${kind} of account ${account}, catalog ${catalog}`, path: path + id, account, catalog }))
}

async function byWords(account: string, catalog: string, text: string): Promise<Found[]> {
  const [opportunities, engagements, customers] = await Promise.all([
    call(account, 'SearchOpportunities', { Catalog: catalog, Keyword: text, MaxResults: most }).catch(() => ({ OpportunitySearchSummaries: [] })),
    call(account, 'SearchEngagements', { Catalog: catalog, Keyword: text, MaxResults: most }).catch(() => ({ EngagementSearchSummaries: [] })),
    call(account, 'SearchCustomerAccounts', { Catalog: catalog, Filter: { ContainsAny: { Key: 'COMPANY_NAME', Value: { StringListValue: [text] } } }, MaxResults: most }).catch(() => ({ CustomerAccountSummaries: [] })),
  ])
  return [
    ...(opportunities.OpportunitySearchSummaries ?? []).map((o) => ({ label: o.Project?.Title || o.Id || '', description: `Opportunity ${o.Id}, ${o.Customer?.Account?.CompanyName ?? ''}`, path: `/opportunities/${o.Id}`, account, catalog })),
    ...(engagements.EngagementSearchSummaries ?? []).map((e) => ({ label: e.Title || e.Id || '', description: `Engagement ${e.Id}`, path: `/engagements/${e.Id}`, account, catalog })),
    ...(customers.CustomerAccountSummaries ?? []).map((c) => ({ label: c.CustomerAccount?.CompanyName ?? c.Id ?? '', description: `Customer account ${c.Id}`, path: `/customers/${c.Id}`, account, catalog })),
  ]
}

/** The search box over all records: by identifier or ARN in every account, by words in this one. */
export function Search() {
  const { account, catalog } = useScope()
  const may = useMay()
  const [text, setText] = useState('')
  const [asked, setAsked] = useState('')
  const navigate = useNavigate()
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), quiet)
    return () => clearTimeout(timer)
  }, [text])
  const { data = [], isFetching } = useQuery({
    queryKey: ['search', account, catalog, asked, may.operate],
    queryFn: async () => (identifier.test(asked) ? !may.operate ? byForm(account, catalog, asked) : byId(asked).catch(() => []) : byWords(account, catalog, asked)),
    enabled: asked.length > 1,
  })
  const options: AutosuggestProps.Options = data.map((f) => ({ value: `${f.label} ${f.path}`, label: f.label, description: f.description }))
  function open(value: string) {
    const found = data.find((f) => `${f.label} ${f.path}` === value)
    if (!found) return
    setText('')
    const as = account === awsSide ? awsSide : found.account
    navigate(`${found.path}?${new URLSearchParams({ account: as, catalog: found.catalog })}`)
  }
  return (
    <Autosuggest
      ariaLabel="Search all records"
      placeholder="Search by ID, company or title"
      value={text}
      options={asked === text.trim() ? options : []}
      filteringType="manual"
      enteredTextLabel={(value) => `Find "${value}"`}
      statusType={isFetching || asked !== text.trim() ? 'loading' : 'finished'}
      loadingText="Searching"
      empty={text.trim().length > 1 ? 'Nothing found' : 'Type an ID, a company or a title'}
      onChange={(e) => setText(e.detail.value)}
      onSelect={(e) => (e.detail.selectedOption ? open(e.detail.value) : data[0] && open(`${data[0].label} ${data[0].path}`))}
    />
  )
}
