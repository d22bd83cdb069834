import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import DatePicker from '@cloudscape-design/components/date-picker'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import PropertyFilter from '@cloudscape-design/components/property-filter'
import { useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router-dom'
import { call } from '../../api/client'
import { usePages } from '../../api/hooks'
import { MayButton } from '../../app/may'
import { remember, useScope } from '../../app/scope'
import type { OpportunitySearchSortName, OpportunitySearchSummary, SearchOpportunitiesRequest, SortOrder } from '../../gen/contract.gen'
import { Dialog } from '../../parts/Dialog'
import { Go } from '../../parts/Go'
import { Empty, Listing, type Column } from '../../parts/Listing'
import { RecordTools } from '../../parts/Record'
import { Status } from '../../parts/status'
import { day, moment, money } from '../../parts/text'
import { noQuery, options, properties, readQuery, searchOf, type Query } from './filter'

type Row = OpportunitySearchSummary

const owner = (o: Row) => {
  const member = o.OpportunityTeam?.find((m) => m.BusinessTitle === 'OpportunityOwner') ?? o.OpportunityTeam?.[0]
  return member ? [member.FirstName, member.LastName].filter(Boolean).join(' ') : ''
}
const amount = (o: Row) => (o.Project?.ExpectedCustomerSpend ?? [])[0]

const columns: Column<Row>[] = [
  { id: 'title', header: 'Title', sort: 'PartnerProjectTitle', width: 190, text: (o) => o.Project?.Title, cell: (o) => <Go to={`/opportunities/${o.Id}`}>{o.Project?.Title || o.Id}</Go> },
  { id: 'company', header: 'Customer', sort: 'CustomerCompanyName', width: 140, text: (o) => o.Customer?.Account?.CompanyName, cell: (o) => o.Customer?.Account?.CompanyName || '-' },
  { id: 'stage', header: 'Stage', sort: 'Stage', width: 105, text: (o) => o.LifeCycle?.Stage, cell: (o) => o.LifeCycle?.Stage ?? '-' },
  { id: 'review', header: 'Review status', sort: 'ReviewStatus', width: 185, text: (o) => o.LifeCycle?.ReviewStatus, cell: (o) => <Status value={o.LifeCycle?.ReviewStatus} /> },
  { id: 'close', header: 'Target close', sort: 'TargetCloseDate', width: 135, text: (o) => o.LifeCycle?.TargetCloseDate, cell: (o) => day(o.LifeCycle?.TargetCloseDate) },
  { id: 'mrr', header: 'Monthly amount', sort: 'EstimatedMrr', width: 110, text: (o) => amount(o)?.Amount, cell: (o) => money(amount(o)?.Amount, amount(o)?.CurrencyCode) },
  { id: 'currency', header: 'Currency', hidden: true, text: (o) => amount(o)?.CurrencyCode, cell: (o) => amount(o)?.CurrencyCode ?? '-' },
  { id: 'modified', header: 'Last modified', sort: 'LastModifiedDate', width: 140, text: (o) => o.LastModifiedDate, cell: (o) => moment(o.LastModifiedDate) },
  { id: 'id', header: 'ID', sort: 'OpportunityId', hidden: true, text: (o) => o.Id, cell: (o) => o.Id },
  { id: 'partnerId', header: 'Partner ID', sort: 'PartnerOpportunityIdentifier', hidden: true, text: (o) => o.PartnerOpportunityIdentifier, cell: (o) => o.PartnerOpportunityIdentifier ?? '-' },
  { id: 'owner', header: 'Owner', sort: 'OpportunityOwner', hidden: true, text: owner, cell: (o) => owner(o) || '-' },
  { id: 'industry', header: 'Industry', sort: 'Industry', hidden: true, text: (o) => o.Customer?.Account?.Industry, cell: (o) => o.Customer?.Account?.Industry ?? '-' },
  { id: 'country', header: 'Country', sort: 'CountryCode', hidden: true, text: (o) => o.Customer?.Account?.Address?.CountryCode, cell: (o) => o.Customer?.Account?.Address?.CountryCode ?? '-' },
  { id: 'next', header: 'Next step', sort: 'NextStep', hidden: true, text: (o) => o.LifeCycle?.NextSteps, cell: (o) => o.LifeCycle?.NextSteps ?? '-' },
  { id: 'score', header: 'AWS engagement score', sort: 'EngagementScore', hidden: true, text: (o) => o.AwsOpportunitySummary?.Insights?.EngagementScore, cell: (o) => o.AwsOpportunitySummary?.Insights?.EngagementScore ?? '-' },
  { id: 'origin', header: 'Origin', sort: 'Origin', hidden: true, text: (o) => o.AwsOpportunitySummary?.Origin, cell: (o) => o.AwsOpportunitySummary?.Origin ?? '-' },
  { id: 'created', header: 'Created', sort: 'CreatedDate', hidden: true, text: (o) => o.CreatedDate, cell: (o) => moment(o.CreatedDate) },
]

const exported = 10_000

interface View {
  name: string
  view: string
}

const readViews = (): View[] => JSON.parse(localStorage.getItem('cosell.views') ?? '[]') as View[]

export default function List() {
  const scope = useScope()
  const { account, catalog } = scope
  const navigate = useNavigate()
  const [params, setParams] = useSearchParams()
  const [size, setSize] = useState(20)
  const [views, setViews] = useState(readViews)
  const [naming, setNaming] = useState(false)
  const query = readQuery(params.get('view'))
  const field = params.get('sort') ?? 'LastModifiedDate'
  const descending = params.get('order') !== 'asc'
  const request = (token: string | undefined, rows: number): SearchOpportunitiesRequest => ({
    Catalog: catalog,
    ...searchOf(query),
    Sort: { SortBy: field as OpportunitySearchSortName, SortOrder: (descending ? 'DESCENDING' : 'ASCENDING') as SortOrder },
    MaxResults: rows,
    NextToken: token,
  })
  const read = async (token: string | undefined, rows = size) => {
    const answer = await call(account, 'SearchOpportunities', request(token, rows))
    return { items: answer.OpportunitySearchSummaries ?? [], next: answer.NextToken }
  }
  const pages = usePages<Row>(['opportunities', account, catalog, query, field, descending, size], (token) => read(token))
  const change = (changes: Record<string, string>) => {
    const next = new URLSearchParams(params)
    for (const [name, value] of Object.entries(changes)) next.set(name, value)
    setParams(next, { replace: true })
  }
  const show = (next: Query) => change({ view: JSON.stringify({ tokens: next.tokens, operation: next.operation }) })
  async function everything() {
    const rows: Row[] = []
    let token: string | undefined
    do {
      const page = await read(token, 100)
      rows.push(...page.items)
      token = page.next ?? undefined
    } while (token && rows.length < exported)
    return rows
  }
  function keep(next: View[]) {
    setViews(next)
    remember('views', JSON.stringify(next))
  }
  return (
    <>
      <Listing<Row>
        name="opportunities"
        title="Opportunities"
        description="Deals that this account registered or accepted from AWS. Filter by any field; several conditions can be combined."
        columns={columns}
        pages={pages}
        trackBy={(o) => o.Id ?? ''}
        pageSize={size}
        onPageSize={setSize}
        everything={everything}
        sorting={{ field, descending, onChange: (sort, down) => change({ sort, order: down ? 'desc' : 'asc' }) }}
        actions={
          <>
            <ButtonDropdown
              items={[
                { id: 'all', text: 'All opportunities' },
                ...views.map((v, i) => ({ id: String(i), text: v.name })),
                { id: 'save', text: 'Save this view…', disabled: query.tokens.length === 0 },
                ...(views.length > 0 ? [{ id: 'remove', text: 'Remove saved views', items: views.map((v, i) => ({ id: `remove-${i}`, text: v.name })) }] : []),
              ]}
              onItemClick={({ detail: { id } }) => {
                if (id === 'all') show(noQuery)
                else if (id === 'save') setNaming(true)
                else if (id.startsWith('remove-')) keep(views.filter((_, i) => `remove-${i}` !== id))
                else navigate({ search: views[Number(id)].view })
              }}
            >
              Views
            </ButtonDropdown>
            <RecordTools operation="SearchOpportunities" input={request(undefined, size)} record={pages.items} />
            <MayButton needs="write" variant="primary" onClick={() => navigate(scope.to('/opportunities/new'))}>
              Create opportunity
            </MayButton>
          </>
        }
        filter={
          <PropertyFilter
            query={query}
            onChange={(e) => show(e.detail)}
            filteringProperties={properties.map((p) => (/Date$/.test(p.key) ? { ...p, operators: (p.operators ?? []).map((o) => ({ operator: typeof o === 'string' ? o : o.operator, form: DateForm, format: day })) } : p))}
            filteringOptions={options}
            filteringPlaceholder="Filter by field, or find words"
            filteringAriaLabel="Filter opportunities"
            countText={query.tokens.length > 0 ? `${pages.items.length}${pages.openEnd ? '+' : ''} on this page` : undefined}
            expandToViewport
            freeTextFiltering={{ operators: [':'] }}
          />
        }
        empty={
          query.tokens.length > 0 ? (
            <Empty title="No opportunity matches" action={<Button onClick={() => show(noQuery)}>Clear the filter</Button>}>
              Words match in order; the last one may be only begun. "Contains" finds a part of a value.
            </Empty>
          ) : (
            <Empty title="No opportunities" action={<MayButton needs="write" onClick={() => navigate(scope.to('/opportunities/new'))}>Create opportunity</MayButton>}>
              An opportunity is a deal with a customer that you bring to AWS or that AWS refers to you.
            </Empty>
          )
        }
      />
      {naming && (
        <NameView
          onClose={() => setNaming(false)}
          onName={(name) => {
            keep([...views.filter((v) => v.name !== name), { name, view: params.toString() }])
            setNaming(false)
          }}
        />
      )}
    </>
  )
}

function DateForm({ value, onChange }: { value: string | null; onChange: (v: string) => void }) {
  return (
    <FormField label="Day" constraintText="From 00:00 UTC">
      <DatePicker value={value ?? ''} placeholder="YYYY-MM-DD" format="iso" expandToViewport onChange={(e) => onChange(e.detail.value)} openCalendarAriaLabel={() => 'Choose a day'} />
    </FormField>
  )
}

function NameView({ onClose, onName }: { onClose: () => void; onName: (name: string) => void }) {
  const [name, setName] = useState('')
  return (
    <Dialog
      title="Save this view"
      onClose={onClose}
      actions={<Button variant="primary" disabled={!name.trim()} onClick={() => onName(name.trim())}>Save</Button>}
    >
      <FormField label="Name" description="Views are kept in this browser. To share one, copy the address of the page.">
        <Input value={name} onChange={(e) => setName(e.detail.value)} />
      </FormField>
    </Dialog>
  )
}
