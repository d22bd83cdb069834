import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import TextFilter from '@cloudscape-design/components/text-filter'
import { useState } from 'react'
import { Route, Routes, useNavigate, useParams } from 'react-router-dom'
import { awsSide, call } from '../api/client'
import { useAction, useCall, useOperate, usePages } from '../api/hooks'
import { operate } from '../api/operator'
import { errorText } from '../app/flash'
import { MayButton, useMay } from '../app/may'
import { useScope } from '../app/scope'
import type { AggregatableField, CustomerAccountSummary, Filter, GetCustomerAccountResponse, SearchCustomerAccountsRequest, SortableField } from '../gen/contract.gen'
import type { CustomerAccount } from '../gen/operator.gen'
import { BucketChart } from '../parts/BucketChart'
import { valuesOf } from '../parts/form'
import { Go } from '../parts/Go'
import { History } from '../parts/History'
import { Empty, Listing, type Column } from '../parts/Listing'
import { OperationModal } from '../parts/OperationModal'
import { PageTabs } from '../parts/PageTabs'
import { Members, RecordTools } from '../parts/Record'
import { Status } from '../parts/status'
import { moment, plain } from '../parts/text'
import { Tags } from './opportunities/Tags'

export default function Customers() {
  const { account } = useScope()
  return (
    <Routes>
      <Route index element={account === awsSide ? <Desk /> : <List />} />
      <Route path=":id" element={<Record />} />
    </Routes>
  )
}

const columns: Column<CustomerAccountSummary>[] = [
  { id: 'company', header: 'Company', sort: 'COMPANY_NAME', width: 180, text: (c) => c.CustomerAccount?.CompanyName, cell: (c) => <Go to={`/customers/${c.Id}`}>{c.CustomerAccount?.CompanyName || c.Id}</Go> },
  { id: 'status', header: 'Enrichment', width: 160, text: (c) => c.EnrichmentStatus, cell: (c) => <Status value={c.EnrichmentStatus} /> },
  { id: 'industry', header: 'Industry (AWS)', text: (c) => c.AwsEnrichment?.Customer?.Industry, cell: (c) => c.AwsEnrichment?.Customer?.Industry ?? '-' },
  { id: 'segment', header: 'Segment', text: (c) => c.AwsEnrichment?.Customer?.Segment, cell: (c) => c.AwsEnrichment?.Customer?.Segment ?? '-' },
  { id: 'score', header: 'Marketplace engagement', sort: 'MARKETPLACE_ENGAGEMENT_SCORE', text: (c) => c.AwsEnrichment?.Insights?.MarketplaceEngagementScore, cell: (c) => c.AwsEnrichment?.Insights?.MarketplaceEngagementScore ?? '-' },
  { id: 'modified', header: 'Last modified', sort: 'LAST_MODIFIED_DATE', width: 150, text: (c) => c.LastModifiedDate, cell: (c) => moment(c.LastModifiedDate) },
  { id: 'id', header: 'ID', hidden: true, text: (c) => c.Id, cell: (c) => c.Id },
]

const any = { value: '', label: 'Any enrichment status' }

function List() {
  const { account, catalog } = useScope()
  const [words, setWords] = useState('')
  const [status, setStatus] = useState('')
  const [sort, setSort] = useState<{ field: string; descending: boolean }>({ field: 'LAST_MODIFIED_DATE', descending: true })
  const [creating, setCreating] = useState(false)
  const nodes: Filter[] = [
    ...(words.trim() ? [{ ContainsAny: { Key: 'COMPANY_NAME' as const, Value: { StringListValue: [words.trim()] } } }] : []),
    ...(status ? [{ EqualsTo: { Key: 'ENRICHMENT_STATUS' as const, Value: { StringValue: status } } }] : []),
  ]
  const input: SearchCustomerAccountsRequest = {
    Catalog: catalog,
    Filter: nodes.length === 0 ? undefined : nodes.length === 1 ? nodes[0] : { AndAllFilters: nodes },
    Sort: { SortBy: sort.field as SortableField, SortOrder: sort.descending ? 'DESCENDING' : 'ASCENDING' },
    MaxResults: 20,
  }
  const pages = usePages<CustomerAccountSummary>(['customers', account, catalog, input], async (NextToken) => {
    const answer = await call(account, 'SearchCustomerAccounts', { ...input, NextToken })
    return { items: answer.CustomerAccountSummaries ?? [], next: answer.NextToken }
  })
  return (
    <SpaceBetween size="l">
      <Listing<CustomerAccountSummary>
        name="customers"
        title="Customers"
        description="Customer accounts of yours. AWS matches them with companies that it knows and enriches them."
        columns={columns}
        pages={pages}
        trackBy={(c) => c.Id ?? ''}
        sorting={{ ...sort, onChange: (field, descending) => setSort({ field, descending }) }}
        actions={
          <>
            <RecordTools operation="SearchCustomerAccounts" input={input} record={pages.items} />
            <MayButton needs="write" variant="primary" onClick={() => setCreating(true)}>Create customer account</MayButton>
          </>
        }
        filter={
          <ColumnLayout columns={2}>
            <TextFilter filteringText={words} filteringPlaceholder="Company name contains" filteringAriaLabel="Filter by company name" onChange={(e) => setWords(e.detail.filteringText)} />
            <Select ariaLabel="Enrichment status" options={[any, ...valuesOf('EnrichmentStatus').map((value) => ({ value, label: plain(value) }))]} selectedOption={status ? { value: status, label: plain(status) } : any} onChange={(e) => setStatus(e.detail.selectedOption.value ?? '')} />
          </ColumnLayout>
        }
        empty={<Empty title="No customer accounts" action={<Go to="/bulk">Load many from a CSV file</Go>}>Create one by one, or with a bulk job. Website, domain or D-U-N-S number help AWS recognize a company.</Empty>}
      />
      <Statistics />
      {creating && <OperationModal operation="CreateCustomerAccount" title="Create a customer account" submit="Create" done="The customer account was created; AWS is matching it." initial={{ Account: {} }} onClose={() => setCreating(false)} />}
    </SpaceBetween>
  )
}

const shown: { field: AggregatableField; title: string }[] = [
  { field: 'ENRICHMENT_STATUS', title: 'Enrichment status' },
  { field: 'AWS_INDUSTRY', title: 'Industry' },
  { field: 'SEGMENT', title: 'Segment' },
  { field: 'MARKETPLACE_ENGAGEMENT_SCORE', title: 'Marketplace engagement score' },
]

function Statistics() {
  const { catalog } = useScope()
  const { data } = useCall('GetCustomerAccountStatistics', { Catalog: catalog, Aggregations: shown.map((s) => ({ GroupBy: [s.field] })) })
  if (!data || (data.TotalCount ?? 0) === 0) return null
  return (
    <Container header={<Header variant="h2" counter={`(${data.TotalCount})`} description="What AWS added to your customer accounts">Statistics</Header>}>
      <ColumnLayout columns={2}>
        {shown.map((s, i) => (
          <div key={s.field}>
            <Box variant="h3">{s.title}</Box>
            <BucketChart label={s.title} buckets={data.Aggregations?.[i]?.Buckets ?? []} />
          </div>
        ))}
      </ColumnLayout>
    </Container>
  )
}

function Record() {
  const { id = '' } = useParams()
  const scope = useScope()
  const { account, catalog } = scope
  const navigate = useNavigate()
  const action = useAction()
  const { operate: operator } = useMay()
  const [editing, setEditing] = useState(false)
  const [matching, setMatching] = useState(false)
  const foreign = account === awsSide
  const place = useOperate('GET /resources/{id}', foreign ? { id } : null)
  const owner = foreign ? (place.data?.resources[0]?.account ?? '') : account
  const input = { Catalog: catalog, Identifier: id }
  const { data: c, error } = useCall('GetCustomerAccount', owner ? input : null, owner)
  if (error ?? place.error) return <Alert type="error" header={`${id} cannot be shown`}>{errorText(error ?? place.error)}</Alert>
  if (!c) return <Spinner size="large" />
  const remove = () => action.mutate({ what: 'Not deleted', done: 'The customer account was deleted.', run: () => call(account, 'DeleteCustomerAccount', input) }, { onSuccess: () => navigate(scope.to('/customers')) })
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={`${c.Id} · last modified ${moment(c.LastModifiedDate)}`}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <RecordTools operation="GetCustomerAccount" input={input} record={c} as={owner} />
            {foreign ? (
              <MayButton needs="review" variant="primary" onClick={() => setMatching(true)}>Decide the matching</MayButton>
            ) : (
              <>
                <MayButton needs="write" onClick={remove} loading={action.isPending}>Delete</MayButton>
                <MayButton needs="write" variant="primary" onClick={() => setEditing(true)}>Edit</MayButton>
              </>
            )}
          </SpaceBetween>
        }
      >
        {c.Account?.CompanyName}
      </Header>
      {c.EnrichmentStatus === 'ACTION_REQUIRED' && (
        <Alert type="warning" header="AWS needs your help to match this company">
          <div>{c.Message ?? c.ReasonCode}</div>
          {c.ExistingCustomerAccountArn && <Go to={`/customers/${c.ExistingCustomerAccountArn.split('/').pop()}`}>Open the account that is matched</Go>}
        </Alert>
      )}
      <Container>
        <KeyValuePairs
          columns={4}
          minColumnWidth={120}
          items={[
            { label: 'Enrichment status', value: <Status value={c.EnrichmentStatus} /> },
            { label: 'Reason', value: c.ReasonCode ? plain(c.ReasonCode) : '-' },
            { label: foreign ? "Partner's ID" : 'Your ID', value: c.PartnerAccountIdentifier || '-' },
            { label: 'Created', value: moment(c.CreatedDate) },
          ]}
        />
      </Container>
      <PageTabs
        label="Parts of the customer account"
        tabs={[
          { id: 'details', label: 'Details', content: <Details c={c as GetCustomerAccountResponse} foreign={foreign} /> },
          ...(operator ? [{ id: 'history', label: 'History', content: <History id={c.Id ?? ''} account={owner} hint="Each edit and each matching by AWS" /> }] : []),
          { id: 'tags', label: 'Tags', content: <Tags arn={c.Arn ?? ''} as={owner} mine={!foreign} /> },
        ]}
      />
      {editing && (
        <OperationModal operation="UpdateCustomerAccount" title="Edit the customer account" submit="Save" done="The customer account was saved." fixed={{ Identifier: id, LastModifiedDate: c.LastModifiedDate }} initial={{ Account: c.Account, PartnerAccountIdentifier: c.PartnerAccountIdentifier ?? undefined }} onClose={() => setEditing(false)} />
      )}
      {matching && <Match id={id} account={owner} onClose={() => setMatching(false)} />}
    </SpaceBetween>
  )
}

function Details({ c, foreign }: { c: GetCustomerAccountResponse; foreign: boolean }) {
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">{foreign ? 'What the partner stated' : 'What you stated'}</Header>}><Members of={c.Account} /></Container>
      <Container header={<Header variant="h2" description="Only AWS writes this">What AWS added</Header>}>{c.AwsEnrichment ? <Members of={{ ...c.AwsEnrichment.Customer, ...c.AwsEnrichment.Insights }} /> : <Box color="text-body-secondary">Nothing: the company is not matched.</Box>}</Container>
      {(c.Issues ?? []).length > 0 && <Container header={<Header variant="h2">Remarks of the matching</Header>}><Members of={{ Issues: c.Issues }} columns={1} /></Container>}
    </SpaceBetween>
  )
}

function Match({ id, account, onClose }: { id: string; account: string; onClose: () => void }) {
  const { catalog } = useScope()
  return (
    <OperationModal
      operation="GetCustomerAccount"
      shape="operator:MatchDecision"
      title="Decide the matching"
      submit="Decide"
      done="The matching was decided."
      initial={{ outcome: 'ENRICHED' }}
      intro="Without an enrichment, one is made up for the company."
      run={(input) => operate('POST /accounts/{account}/catalogs/{catalog}/customer-accounts/{id}/match', { account, catalog, id }, input as never)}
      onClose={onClose}
    />
  )
}

/** AWS's side: how accounts are matched, and those of a partner that wait. */
function Desk() {
  const { catalog } = useScope()
  const [editing, setEditing] = useState(false)
  const [deciding, setDeciding] = useState<CustomerAccount | null>(null)
  const accounts = useOperate('GET /accounts')
  const partners = (accounts.data?.accounts ?? []).filter((a) => a.account !== awsSide)
  const [chosen, setChosen] = useState('')
  const partner = chosen || partners[0]?.account || ''
  const { data: policy } = useOperate('GET /catalogs/{catalog}/matching', { catalog })
  const list = useOperate('GET /accounts/{account}/catalogs/{catalog}/customer-accounts', partner ? { account: partner, catalog, limit: 1000 } : null)
  const items = list.data?.customerAccounts ?? []
  const words = { synthetic: 'Accounts with a website, domain or D-U-N-S number are enriched with made-up data.', directory: 'The directory of customers decides.', manual: 'You decide on each account here.' }
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description="How AWS matches partners' customer accounts with companies that it knows">Customers</Header>
      <Container header={<Header variant="h2" actions={<MayButton needs="administer" disabled={!policy} onClick={() => setEditing(true)}>Edit matching</MayButton>}>Matching</Header>}>
        <SpaceBetween size="s">
          <Box>{policy && words[policy.mode]}</Box>
          <Members of={policy} />
        </SpaceBetween>
      </Container>
      <Listing<CustomerAccount>
        name="matching"
        variant="container"
        title="Customer accounts of a partner"
        description="Decide on any of them, whatever the mode"
        counter={`(${items.length})`}
        filter={<Select ariaLabel="Partner" options={partners.map((a) => ({ value: a.account, label: a.companyName ? `${a.companyName} (${a.account})` : a.account }))} selectedOption={partner ? { value: partner, label: partner } : null} placeholder="Choose a partner" onChange={(e) => setChosen(e.detail.selectedOption.value ?? '')} />}
        columns={[
          { id: 'company', header: 'Company', width: 160, text: (c) => c.companyName, cell: (c) => <Go to={`/customers/${c.id}`}>{c.companyName}</Go> },
          { id: 'status', header: 'Enrichment', width: 160, text: (c) => c.status, cell: (c) => <Status value={c.status} /> },
          { id: 'message', header: 'Message', text: (c) => c.message, cell: (c) => c.message || '-' },
          { id: 'modified', header: 'Last modified', text: (c) => c.lastModifiedDate, cell: (c) => moment(c.lastModifiedDate) },
          { id: 'decide', header: 'Actions', cell: (c) => <MayButton needs="review" variant="inline-link" ariaLabel={`Decide on ${c.companyName}`} onClick={() => setDeciding(c)}>Decide</MayButton> },
        ]}
        pages={{ items, loading: list.isFetching && !list.data, error: list.error, page: 1, pages: 1, openEnd: false, goTo: () => {} }}
        trackBy={(c) => c.id}
        empty={<Empty title="This partner has no customer accounts">Partners create them one by one or with a bulk job.</Empty>}
      />
      {editing && policy && <OperationModal operation="GetCustomerAccount" shape="operator:Matching" title="Matching" submit="Save" done="The matching was changed." initial={policy} run={(input) => operate('PUT /catalogs/{catalog}/matching', { catalog }, input as never)} onClose={() => setEditing(false)} />}
      {deciding && <Match id={deciding.id} account={deciding.account} onClose={() => setDeciding(null)} />}
    </SpaceBetween>
  )
}
