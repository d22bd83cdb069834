import Alert from '@cloudscape-design/components/alert'
import Badge from '@cloudscape-design/components/badge'
import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import { useState, type ReactNode } from 'react'
import { useNavigate, useParams } from 'react-router-dom'
import { awsSide } from '../../api/client'
import { useCall, useOperate } from '../../api/hooks'
import { errorText } from '../../app/flash'
import { MayButton, useMay } from '../../app/may'
import { useScope } from '../../app/scope'
import type { GetAwsOpportunitySummaryResponse, GetOpportunityResponse } from '../../gen/contract.gen'
import { PageTabs } from '../../parts/PageTabs'
import { Members, RecordTools } from '../../parts/Record'
import { Status } from '../../parts/status'
import { day, moment, money } from '../../parts/text'
import { Associations } from './Associations'
import { AwsSide } from './AwsSide'
import { Decide } from './Decide'
import { Engagements } from './Engagements'
import { Happened } from './Happened'
import { History } from '../../parts/History'
import { Submit } from './Submit'
import { Tags } from './Tags'
import { Team } from './Team'

export interface Shown {
  o: GetOpportunityResponse
  /** The account that owns the opportunity. */
  owner: string
  /** Whether the acting account may change it as its owner. */
  mine: boolean
}

/** Says what the review status means for whoever looks, and what to do next. */
function Verdict({ o, mine, onSubmit, onDecide }: Shown & { onSubmit: () => void; onDecide: () => void }): ReactNode {
  const l = o.LifeCycle
  const words = [l?.ReviewStatusReason, l?.ReviewComments].filter(Boolean).join(' - ')
  switch (l?.ReviewStatus) {
    case 'Rejected':
      return <Alert type="error" header="AWS rejected this opportunity">{words || 'AWS gave no reason.'}</Alert>
    case 'Action Required':
      return (
        <Alert type="warning" header="AWS asks for more before it decides" action={mine && <MayButton needs="write" onClick={onSubmit}>Submit again</MayButton>}>
          {words || 'AWS gave no details.'} {mine && 'Edit the opportunity, then submit it again.'}
        </Alert>
      )
    case 'Submitted':
    case 'In review':
      return (
        <Alert type="info" header={l.ReviewStatus === 'Submitted' ? 'Waits for AWS to start its review' : 'AWS reviews this opportunity'} action={!mine && <MayButton needs="review" onClick={onDecide}>Decide</MayButton>}>
          {mine ? 'It cannot be edited until AWS has decided. To play AWS, choose "Act as AWS" at the top and open the review desk.' : 'The partner cannot edit it until you have decided.'}
        </Alert>
      )
    case 'Pending Submission':
      return mine ? (
        <Alert type="info" header="A draft that AWS does not see yet" action={<MayButton needs="write" onClick={onSubmit}>Submit to AWS</MayButton>}>
          Submit it to have AWS review it.
        </Alert>
      ) : (
        <Alert type="info">A draft that the partner has not submitted.</Alert>
      )
    case 'Approved':
      return words ? <Alert type="success" header="AWS approved this opportunity">{words}</Alert> : null
  }
  return null
}

export default function Record() {
  const { id = '' } = useParams()
  const { account, catalog } = useScope()
  const foreign = account === awsSide
  // As AWS the record is found by its identifier and read as its owner sees it.
  const place = useOperate('GET /resources/{id}', foreign ? { id } : null)
  const owner = foreign ? (place.data?.resources[0]?.account ?? '') : account
  const input = { Catalog: catalog, Identifier: id }
  const { data: o, error } = useCall('GetOpportunity', owner ? input : null, owner)
  const wrong = error ?? place.error
  if (wrong) {
    return (
      <Alert type="error" header={`${id} cannot be shown`}>
        {errorText(wrong)} An opportunity is seen by its owner and by AWS, in its own catalog.
      </Alert>
    )
  }
  if (!o) return <Spinner size="large" />
  return <Page key={id} o={o as GetOpportunityResponse} owner={owner} mine={!foreign} input={input} />
}

function Page({ o, owner, mine, input }: Shown & { input: object }) {
  const { operate: operator } = useMay()
  const scope = useScope()
  const navigate = useNavigate()
  const [dialog, setDialog] = useState<'submit' | 'decide' | null>(null)
  const { data: summary, error: noSummary } = useCall('GetAwsOpportunitySummary', { Catalog: scope.catalog, RelatedOpportunityIdentifier: o.Id }, owner)
  const status = o.LifeCycle?.ReviewStatus
  const spend = o.Project?.ExpectedCustomerSpend?.find((s) => s.TargetCompany === 'AWS') ?? o.Project?.ExpectedCustomerSpend?.[0]
  const waiting = status === 'Submitted' || status === 'In review'
  const shown = { o, owner, mine }
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={`${o.Id} · ${mine ? '' : `account ${owner} · `}last modified ${moment(o.LastModifiedDate)}`}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <RecordTools operation="GetOpportunity" input={input} record={o} as={owner} />
            {mine && <MayButton needs="write" disabled={waiting} disabledReason="AWS reviews it; it can be edited after the decision" onClick={() => navigate(scope.to(`/opportunities/${o.Id}/edit`))}>Edit</MayButton>}
            {mine && (status === 'Pending Submission' || status === 'Action Required') && <MayButton needs="write" variant="primary" onClick={() => setDialog('submit')}>Submit to AWS</MayButton>}
            {!mine && waiting && <MayButton needs="review" variant="primary" onClick={() => setDialog('decide')}>Decide</MayButton>}
          </SpaceBetween>
        }
      >
        {o.Project?.Title || o.Customer?.Account?.CompanyName || o.Id}
      </Header>
      <Verdict {...shown} onSubmit={() => setDialog('submit')} onDecide={() => setDialog('decide')} />
      <Container>
        <KeyValuePairs
          columns={4}
          minColumnWidth={120}
          items={[
            { label: 'Customer', value: o.Customer?.Account?.CompanyName || '-' },
            { label: 'Stage', value: <Badge>{o.LifeCycle?.Stage ?? '-'}</Badge> },
            { label: 'Review status', value: <Status value={status} /> },
            { label: 'Target close', value: day(o.LifeCycle?.TargetCloseDate) },
            { label: 'Monthly amount', value: money(spend?.Amount, spend?.CurrencyCode) },
            { label: 'Involvement of AWS', value: summary?.InvolvementType ?? 'Not submitted' },
            { label: 'Partner ID', value: o.PartnerOpportunityIdentifier || '-' },
            { label: 'Created', value: moment(o.CreatedDate) },
          ]}
        />
      </Container>
      <PageTabs
        label="Parts of the opportunity"
        tabs={[
          { id: 'deal', label: 'Deal', content: <Deal o={o} /> },
          { id: 'customer', label: 'Customer', content: <Container header={<Header variant="h2">Customer</Header>}><SpaceBetween size="l"><Members of={o.Customer?.Account} />{(o.Customer?.Contacts ?? []).length > 0 && <Members of={{ Contacts: o.Customer?.Contacts }} columns={1} />}</SpaceBetween></Container> },
          { id: 'aws', label: 'AWS\'s view', content: <AwsSide {...shown} summary={summary as GetAwsOpportunitySummaryResponse | undefined} error={noSummary} /> },
          ...(operator ? [{ id: 'history', label: 'History', content: <History id={o.Id ?? ''} account={owner} hint="Each edit, submission and decision of AWS" /> }] : []),
          { id: 'associations', label: 'Associations', content: <Associations {...shown} /> },
          { id: 'team', label: 'Team', content: <Team {...shown} summary={summary as GetAwsOpportunitySummaryResponse | undefined} /> },
          { id: 'engagement', label: 'Engagement', content: <Engagements {...shown} /> },
          ...(operator ? [{ id: 'events', label: 'Events', content: <Happened {...shown} /> }] : []),
          { id: 'tags', label: 'Tags', content: <Tags arn={o.Arn ?? ''} as={owner} mine={mine} /> },
        ]}
      />
      {dialog === 'submit' && <Submit o={o} onClose={() => setDialog(null)} />}
      {dialog === 'decide' && <Decide about={[{ id: o.Id ?? '', account: owner, title: o.Project?.Title ?? '' }]} onClose={() => setDialog(null)} />}
    </SpaceBetween>
  )
}

function Deal({ o }: { o: GetOpportunityResponse }) {
  const { NextStepsHistory: history, ...lifeCycle } = o.LifeCycle ?? {}
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Project</Header>}><Members of={o.Project} columns={2} /></Container>
      <Container header={<Header variant="h2">Life cycle</Header>}>
        <Members of={{ ...lifeCycle, PrimaryNeedsFromAws: o.PrimaryNeedsFromAws, OpportunityType: o.OpportunityType, NationalSecurity: o.NationalSecurity }} />
      </Container>
      {history && history.length > 0 && (
        <Container header={<Header variant="h2" description="What the next steps said before, and until when">History of next steps</Header>}>
          <KeyValuePairs columns={1} items={history.map((h) => ({ label: moment(h.Time), value: h.Value ?? '' }))} />
        </Container>
      )}
      <Container header={<Header variant="h2">Software revenue</Header>}>{o.SoftwareRevenue ? <Members of={o.SoftwareRevenue} /> : <Box color="text-body-secondary">None stated.</Box>}</Container>
      <Container header={<Header variant="h2">Marketing</Header>}>{o.Marketing ? <Members of={o.Marketing} /> : <Box color="text-body-secondary">None stated.</Box>}</Container>
    </SpaceBetween>
  )
}
