import BarChart from '@cloudscape-design/components/bar-chart'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Grid from '@cloudscape-design/components/grid'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from 'react-router-dom'
import { awsSide, call } from '../api/client'
import { useLive } from '../api/events'
import { useCall, useOperate } from '../api/hooks'
import { useClock } from '../app/clock'
import { errorText } from '../app/flash'
import { MayButton, useMay } from '../app/may'
import { useScope } from '../app/scope'
import type { Pipeline } from '../gen/operator.gen'
import { BucketChart } from '../parts/BucketChart'
import { Go } from '../parts/Go'
import { Empty } from '../parts/Listing'
import { deed, proposer, useProposals } from '../parts/proposals'
import { Status } from '../parts/status'
import { age, money, moment, span } from '../parts/text'
import { eventSummary } from '../parts/eventText'

const most = 6
const half = { colspan: { default: 12, s: 6 } }
const full = { colspan: 12 }

export default function Overview() {
  const { account, catalog } = useScope()
  const owner = account === awsSide ? '*' : account
  const pipeline = useOperate('GET /pipeline', { account: owner, catalog })
  const navigate = useNavigate()
  const scope = useScope()
  const { operate: operator } = useMay()
  if (pipeline.error) return <Box color="text-status-error">{errorText(pipeline.error)}</Box>
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={account === awsSide ? `The opportunities of all partners in the ${catalog} catalog, as AWS sees them` : `The pipeline of account ${account} in the ${catalog} catalog`}
        actions={account !== awsSide && <MayButton needs="write" variant="primary" onClick={() => navigate(scope.to('/opportunities/new'))}>Create opportunity</MayButton>}
      >
        Overview
      </Header>
      {pipeline.data?.opportunities === 0 ? <Welcome /> : <Sums pipeline={pipeline.data} />}
      {operator && <Proposed />}
      <Grid gridDefinition={operator ? [half, half, full, half, half] : [half, half, half, half]}>
        {operator && <Waiting />}
        <Expiring />
        <Decided />
        <CustomerStatus />
        <Ticker />
      </Grid>
    </SpaceBetween>
  )
}

function Welcome() {
  return (
    <Container header={<Header variant="h2">Nothing in the pipeline yet</Header>}>
      <SpaceBetween size="s">
        <Box>
          A partner records a deal as an <b>opportunity</b>, completes it, and submits it. AWS reviews it on the <Go to="/review">review desk</Go> and approves it, rejects it, or asks for more. AWS can also refer a deal to a partner, who accepts the <Go to="/invitations">invitation</Go>.
        </Box>
        <Box>
          Start here: <Go to="/opportunities/new">create an opportunity</Go>, or run <code>cosell serve --demo</code> for an example.
        </Box>
      </SpaceBetween>
    </Container>
  )
}

function amounts(list: { currency: string; amount: string }[] | null | undefined): string {
  return list && list.length > 0 ? list.map((m) => money(m.amount, m.currency)).join(' + ') : '-'
}

/** The view of the open opportunities that close in the quarter of a date. */
function quarter(now: Date): string {
  const begin = (months: number) => new Date(Date.UTC(now.getUTCFullYear(), Math.floor(now.getUTCMonth() / 3) * 3 + months, 1)).toISOString().slice(0, 10)
  const tokens = [
    { propertyKey: 'TargetCloseDate', operator: '>=', value: begin(0) },
    { propertyKey: 'TargetCloseDate', operator: '<', value: begin(3) },
    { propertyKey: 'Stage', operator: '!=', value: 'Launched' },
    { propertyKey: 'Stage', operator: '!=', value: 'Closed Lost' },
  ]
  return JSON.stringify({ tokens, operation: 'and' })
}

function Sums({ pipeline }: { pipeline?: Pipeline }) {
  const { now } = useClock()
  const navigate = useNavigate()
  const scope = useScope()
  const stages = pipeline?.stages ?? []
  const closed = ['Launched', 'Closed Lost']
  const open = stages.filter((s) => !closed.includes(s.stage)).reduce((n, s) => n + s.count, 0)
  const months = (pipeline?.months ?? []).slice(0, 24)
  const currencies = [...new Set(months.flatMap((m) => (m.monthly ?? []).map((a) => a.currency)))]
  return (
    <SpaceBetween size="l">
      <Table
        variant="container"
        loading={!pipeline}
        loadingText="Adding up"
        header={
          <Header variant="h2" counter={pipeline && `(${open} open)`} description="Expected monthly revenue for AWS, as the partner estimates it. Select a stage to see its opportunities.">
            Pipeline by stage
          </Header>
        }
        items={stages}
        trackBy="stage"
        ariaLabels={{ tableLabel: 'Pipeline by stage' }}
        columnDefinitions={[
          { id: 'stage', header: 'Stage', isRowHeader: true, minWidth: 130, cell: (s) => <Go to="/opportunities" params={{ view: JSON.stringify({ tokens: [{ propertyKey: 'Stage', operator: '=', value: s.stage }], operation: 'and' }) }}>{s.stage}</Go> },
          { id: 'count', header: 'Opportunities', cell: (s) => s.count.toLocaleString('en-US'), minWidth: 90 },
          { id: 'monthly', header: 'Monthly amount', cell: (s) => amounts(s.monthly), minWidth: 130 },
        ]}
      />
      <Container header={<Header variant="h2" description="Open opportunities by the month of their target close date; monthly amounts" actions={<Go to="/opportunities" variant="secondary" params={{ view: quarter(now) }}>Closing this quarter</Go>}>Expected close by month</Header>}>
        <BarChart
          height={220}
          hideFilter
          stackedBars
          ariaLabel="Expected close by month"
          xTitle="Month"
          yTitle="Monthly amount"
          xScaleType="categorical"
          xDomain={months.map((m) => m.month)}
          i18nStrings={{ xTickFormatter: (m) => new Date(m + '-01').toLocaleDateString('en-US', { month: 'short', year: 'numeric', timeZone: 'UTC' }), yTickFormatter: (n) => n.toLocaleString('en-US') }}
          series={currencies.map((currency) => ({
            type: 'bar',
            title: currency,
            data: months.map((m) => ({ x: m.month, y: Number(m.monthly?.find((a) => a.currency === currency)?.amount ?? 0) })),
            valueFormatter: (v: number) => money(v, currency),
          }))}
          empty={<Empty title="No open opportunity has a target close date">It is set with the opportunity and can be changed until the deal is launched or lost.</Empty>}
          detailPopoverFooter={(month) => (
            <Button
              variant="inline-link"
              onClick={() => {
                const end = new Date(month + '-01')
                end.setUTCMonth(end.getUTCMonth() + 1)
                const tokens = [{ propertyKey: 'TargetCloseDate', operator: '>=', value: month + '-01' }, { propertyKey: 'TargetCloseDate', operator: '<', value: end.toISOString().slice(0, 10) }]
                navigate(scope.to('/opportunities', { view: JSON.stringify({ tokens, operation: 'and' }) }))
              }}
            >
              Show these opportunities
            </Button>
          )}
        />
      </Container>
    </SpaceBetween>
  )
}

function Waiting() {
  const { account, catalog } = useScope()
  const { now } = useClock()
  const { data } = useOperate('GET /reviews', { catalog, account: account === awsSide ? undefined : account, limit: 1000 })
  const all = data?.reviews ?? []
  return (
    <Table
      variant="container"
      loading={!data}
      loadingText="Loading"
      items={all.slice(0, most)}
      trackBy="id"
      wrapLines
      ariaLabels={{ tableLabel: 'Awaiting review by AWS' }}
      header={<Header variant="h2" counter={`(${all.length})`} description="Longest waiting first" actions={<Go to="/review" variant="secondary">Review desk</Go>}>Awaiting review by AWS</Header>}
      empty={<Empty title="Nothing waits for AWS">A submitted opportunity appears here until AWS has decided.</Empty>}
      columnDefinitions={[
        { id: 'title', header: 'Opportunity', isRowHeader: true, minWidth: 140, cell: (r) => <Go to={`/opportunities/${r.id}`}>{r.title || r.id}</Go> },
        { id: 'status', header: 'Review status', minWidth: 135, cell: (r) => <Status value={r.reviewStatus} /> },
        { id: 'age', header: 'Waiting for', minWidth: 90, cell: (r) => age(r.submittedAt, now) },
      ]}
    />
  )
}

/** What agents propose, where something waits for a person. */
function Proposed() {
  const { now } = useClock()
  const { data } = useProposals('PENDING', most)
  if (!data?.waiting) return null
  return (
    <Table
      variant="container"
      items={data.proposals}
      trackBy="token"
      wrapLines
      ariaLabels={{ tableLabel: 'Proposals that wait for you' }}
      header={<Header variant="h2" counter={`(${data.waiting})`} description="What AI agents want to change; nothing is changed before a person approves it" actions={<Go to="/proposals" variant="secondary">Proposals</Go>}>Proposals that wait for you</Header>}
      columnDefinitions={[
        { id: 'what', header: 'Proposal', isRowHeader: true, minWidth: 140, cell: (p) => <Go to={`/proposals/${p.token}`}>{deed(p)}</Go> },
        { id: 'about', header: 'About', minWidth: 140, cell: (p) => <span className="text">{p.subject || p.record || '-'}</span> },
        { id: 'by', header: 'Proposed by', minWidth: 120, cell: (p) => <span className="text">{proposer(p)}</span> },
        { id: 'age', header: 'Waiting for', minWidth: 90, cell: (p) => age(p.createdAt, now) },
      ]}
    />
  )
}

/** What AWS decided last against a submission, with its reason. */
function Decided() {
  const { account, catalog } = useScope()
  const aws = account === awsSide
  const partner = useQuery({
    queryKey: ['decided', account, catalog],
    queryFn: async () => {
      const list = await call(account, 'ListOpportunities', { Catalog: catalog, LifeCycleReviewStatus: ['Rejected', 'Action Required'], Sort: { SortBy: 'LastModifiedDate', SortOrder: 'DESCENDING' }, MaxResults: most })
      return Promise.all((list.OpportunitySummaries ?? []).map((o) => call(account, 'GetOpportunity', { Catalog: catalog, Identifier: o.Id }))) // a summary has no title
    },
    enabled: !aws,
  })
  if (aws) return null
  return (
    <Table
      variant="container"
      loading={!partner.data}
      loadingText="Loading"
      items={partner.data ?? []}
      trackBy="Id"
      wrapLines
      ariaLabels={{ tableLabel: 'Rejected or returned by AWS' }}
      header={<Header variant="h2" description="The latest first, with AWS's reason. A rejection is final; what needs action can be edited and submitted again.">Rejected or returned by AWS</Header>}
      empty={<Empty title="AWS returned nothing">A submission that AWS rejects, or wants more about, appears here with the reason.</Empty>}
      columnDefinitions={[
        { id: 'title', header: 'Opportunity', isRowHeader: true, minWidth: 140, cell: (o) => <Go to={`/opportunities/${o.Id}`}>{o.Project?.Title || o.Id}</Go> },
        { id: 'company', header: 'Customer', minWidth: 120, cell: (o) => o.Customer?.Account?.CompanyName ?? '-' },
        { id: 'status', header: 'Review status', minWidth: 130, cell: (o) => <Status value={o.LifeCycle?.ReviewStatus} /> },
        { id: 'reason', header: 'AWS says', minWidth: 200, cell: (o) => <span className="text">{[o.LifeCycle?.ReviewStatusReason, o.LifeCycle?.ReviewComments].filter(Boolean).join(': ') || '-'}</span> },
      ]}
    />
  )
}

function Expiring() {
  const { account, catalog } = useScope()
  const { now } = useClock()
  const participant = account === awsSide ? 'SENDER' : 'RECEIVER'
  const { data } = useQuery({
    queryKey: ['expiring', account, catalog],
    queryFn: () => call(account, 'ListEngagementInvitations', { Catalog: catalog, ParticipantType: participant, Status: ['PENDING'], MaxResults: 50, Sort: { SortBy: 'InvitationDate', SortOrder: 'ASCENDING' } }),
  })
  const all = (data?.EngagementInvitationSummaries ?? []).toSorted((a, b) => (a.ExpirationDate ?? '').localeCompare(b.ExpirationDate ?? ''))
  return (
    <Table
      variant="container"
      loading={!data}
      loadingText="Loading"
      items={all.slice(0, most)}
      trackBy="Id"
      wrapLines
      ariaLabels={{ tableLabel: 'Invitations that wait for an answer' }}
      header={<Header variant="h2" counter={`(${all.length}${data?.NextToken ? '+' : ''})`} description={account === awsSide ? 'Sent by AWS, the first to expire on top' : 'What AWS and partners sent us, the first to expire on top'} actions={<Go to="/invitations" variant="secondary">Invitations</Go>}>Invitations that wait for an answer</Header>}
      empty={<Empty title="No open invitation">AWS and other partners invite with an engagement invitation. It expires if it is not answered.</Empty>}
      columnDefinitions={[
        { id: 'title', header: 'Invitation', isRowHeader: true, minWidth: 140, cell: (i) => <Go to={`/invitations/${i.Id}`}>{i.EngagementTitle || i.Id}</Go> },
        { id: 'from', header: 'From', minWidth: 90, cell: (i) => i.SenderCompanyName ?? i.SenderAwsAccountId },
        { id: 'expires', header: 'Expires in', minWidth: 90, cell: (i) => (i.ExpirationDate ? span(new Date(i.ExpirationDate).getTime() - now.getTime()) : '-') },
      ]}
    />
  )
}

function CustomerStatus() {
  const { account, catalog } = useScope()
  const aws = account === awsSide
  const { data } = useCall('GetCustomerAccountStatistics', aws ? null : { Catalog: catalog, Aggregations: [{ GroupBy: ['ENRICHMENT_STATUS'] }] })
  const buckets = data?.Aggregations?.[0]?.Buckets ?? []
  const total = data?.TotalCount ?? 0
  return (
    <Container header={<Header variant="h2" counter={aws ? undefined : `(${total})`} actions={<Go to="/customers" variant="secondary">Customers</Go>} description="Whether AWS recognized the customer">Customers by enrichment status</Header>}>
      {aws || total === 0 ? (
        <Empty title={aws ? 'Customer accounts belong to partners' : 'No customer accounts'}>
          {aws ? 'Under Customers, AWS decides on those that wait for a match.' : 'Add customer accounts one by one or as a CSV file; AWS enriches those that it recognizes.'}
        </Empty>
      ) : (
        <BucketChart label="Customers by enrichment status" buckets={buckets} />
      )}
    </Container>
  )
}

function Ticker() {
  const { operate: operator } = useMay()
  const { events, connected } = useLive()
  const latest = events.slice(0, most + 2)
  return (
    <Container header={<Header variant="h2" description={connected ? 'Live' : 'Connecting'} actions={operator && <Go to="/events" variant="secondary">Events</Go>}>Latest events</Header>}>
      {latest.length === 0 ? (
        <Empty title="No events yet">{operator ? 'Every change of a record is told by an event, here and to the targets of rules.' : 'Changes of records that you may read appear here.'}</Empty>
      ) : (
        <KeyValuePairs columns={1} items={latest.map((e) => ({ label: `${e.event['detail-type']} · ${moment(e.event.time)}`, value: eventSummary(e.event) }))} />
      )}
    </Container>
  )
}
