import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SegmentedControl from '@cloudscape-design/components/segmented-control'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import { useState } from 'react'
import { Route, Routes, useParams, useSearchParams } from 'react-router-dom'
import { call } from '../api/client'
import { newToken, useAction, useCall, usePages } from '../api/hooks'
import { useClock } from '../app/clock'
import { errorText } from '../app/flash'
import { MayButton } from '../app/may'
import { useScope } from '../app/scope'
import type { EngagementInvitationSummary, InvitationStatus, ListEngagementInvitationsRequest, ParticipantType } from '../gen/contract.gen'
import { Dialog } from '../parts/Dialog'
import { valuesOf } from '../parts/form'
import { Go } from '../parts/Go'
import { Empty, Listing, type Column } from '../parts/Listing'
import { OperationModal } from '../parts/OperationModal'
import { Members, RecordTools } from '../parts/Record'
import { Status } from '../parts/status'
import { label, moment, plain, span } from '../parts/text'

export default function Invitations() {
  return (
    <Routes>
      <Route index element={<List />} />
      <Route path=":id" element={<Record />} />
    </Routes>
  )
}

const any = { value: '', label: 'Any status' }

function List() {
  const { account, catalog } = useScope()
  const { now } = useClock()
  const [params, setParams] = useSearchParams()
  const box = params.get('box') === 'outbox' ? 'outbox' : 'inbox'
  const [status, setStatus] = useState('')
  const [descending, setDescending] = useState(true)
  const input: ListEngagementInvitationsRequest = {
    Catalog: catalog,
    ParticipantType: (box === 'inbox' ? 'RECEIVER' : 'SENDER') as ParticipantType,
    Status: status ? [status as InvitationStatus] : undefined,
    Sort: { SortBy: 'InvitationDate', SortOrder: descending ? 'DESCENDING' : 'ASCENDING' },
    MaxResults: 20,
  }
  const pages = usePages<EngagementInvitationSummary>(['invitations', account, catalog, input], async (NextToken) => {
    const answer = await call(account, 'ListEngagementInvitations', { ...input, NextToken })
    return { items: answer.EngagementInvitationSummaries ?? [], next: answer.NextToken }
  })
  const columns: Column<EngagementInvitationSummary>[] = [
    { id: 'title', header: 'Engagement', width: 180, text: (i) => i.EngagementTitle, cell: (i) => <Go to={`/invitations/${i.Id}`}>{i.EngagementTitle || i.Id}</Go> },
    { id: 'kind', header: 'Kind', width: 160, text: (i) => i.PayloadType, cell: (i) => label(i.PayloadType ?? '') },
    box === 'inbox'
      ? { id: 'from', header: 'From', text: (i) => i.SenderAwsAccountId, cell: (i) => i.SenderCompanyName ?? i.SenderAwsAccountId }
      : { id: 'to', header: 'To account', text: (i) => i.Receiver?.Account?.AwsAccountId, cell: (i) => i.Receiver?.Account?.AwsAccountId ?? '-' },
    { id: 'status', header: 'Status', text: (i) => i.Status, cell: (i) => <Status value={i.Status} /> },
    { id: 'sent', header: 'Sent', sort: 'InvitationDate', width: 150, text: (i) => i.InvitationDate, cell: (i) => moment(i.InvitationDate) },
    { id: 'expires', header: 'Expires in', text: (i) => i.ExpirationDate, cell: (i) => (i.Status === 'PENDING' && i.ExpirationDate ? span(new Date(i.ExpirationDate).getTime() - now.getTime()) : '-') },
    { id: 'id', header: 'ID', hidden: true, text: (i) => i.Id, cell: (i) => i.Id },
  ]
  return (
    <Listing<EngagementInvitationSummary>
      name="invitations"
      title="Invitations"
      description="An invitation asks for part in an engagement. A pending one expires 15 days after it was sent."
      columns={columns}
      pages={pages}
      trackBy={(i) => i.Id ?? ''}
      sorting={{ field: 'InvitationDate', descending, onChange: (_, down) => setDescending(down) }}
      actions={<RecordTools operation="ListEngagementInvitations" input={input} record={pages.items} />}
      filter={
        <SpaceBetween direction="horizontal" size="s">
          <SegmentedControl
            label="Received or sent"
            selectedId={box}
            options={[
              { id: 'inbox', text: 'Received' },
              { id: 'outbox', text: 'Sent' },
            ]}
            onChange={(e) => {
              const next = new URLSearchParams(params)
              next.set('box', e.detail.selectedId)
              setParams(next, { replace: true })
            }}
          />
          <Select ariaLabel="Status" options={[any, ...valuesOf('InvitationStatus').map((value) => ({ value, label: plain(value) }))]} selectedOption={status ? { value: status, label: plain(status) } : any} onChange={(e) => setStatus(e.detail.selectedOption.value ?? '')} />
        </SpaceBetween>
      }
      empty={box === 'inbox' ? <Empty title="Nothing received">AWS invites you when it refers a deal, other partners when they want to share one. To try it, act as AWS and refer an opportunity on the review desk.</Empty> : <Empty title="Nothing sent">Invite another partner or AWS from the page of an engagement.</Empty>}
    />
  )
}

function Record() {
  const { id = '' } = useParams()
  const { account, catalog } = useScope()
  const { now } = useClock()
  const action = useAction()
  const [rejecting, setRejecting] = useState(false)
  const [accepting, setAccepting] = useState(false)
  const input = { Catalog: catalog, Identifier: id }
  const { data: i, error } = useCall('GetEngagementInvitation', input)
  const { data: tasks } = useCall('ListEngagementByAcceptingInvitationTasks', { Catalog: catalog, EngagementInvitationIdentifier: [id], MaxResults: 5, Sort: { SortBy: 'StartTime', SortOrder: 'DESCENDING' } })
  if (error) return <Alert type="error" header={`${id} cannot be shown`}>{errorText(error)} An invitation is seen by its sender and its receiver.</Alert>
  if (!i) return <Spinner size="large" />
  const received = i.Receiver?.Account?.AwsAccountId === account
  const open = received && i.Status === 'PENDING'
  const task = tasks?.TaskSummaries?.[0]
  const payload = i.Payload ? Object.values(i.Payload).find((v) => v) : undefined
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={i.Id}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <RecordTools operation="GetEngagementInvitation" input={input} record={i} />
            {open && <MayButton needs="write" onClick={() => setRejecting(true)}>Reject</MayButton>}
            {open && <MayButton needs="write" variant="primary" onClick={() => setAccepting(true)}>Accept</MayButton>}
          </SpaceBetween>
        }
      >
        {i.EngagementTitle || 'Invitation'}
      </Header>
      {open && (
        <Alert type="info" header={`${i.SenderCompanyName ?? i.SenderAwsAccountId} invites you`}>
          {i.InvitationMessage ?? ''} {i.ExpirationDate && `It expires in ${span(new Date(i.ExpirationDate).getTime() - now.getTime())}.`}
        </Alert>
      )}
      {i.Status === 'REJECTED' && <Alert type="error" header="This invitation was rejected">{i.RejectionReason ?? 'No reason was given.'}</Alert>}
      {i.Status === 'ACCEPTED' && (
        <Alert type="success" header="This invitation was accepted">
          {i.EngagementId && <Go to={`/engagements/${i.EngagementId}`}>Open the engagement</Go>} {task?.OpportunityId && <Go to={`/opportunities/${task.OpportunityId}`}>Open the opportunity</Go>}
        </Alert>
      )}
      {task?.TaskStatus === 'FAILED' && <Alert type="error" header="Accepting failed">{task.Message ?? task.ReasonCode}</Alert>}
      <Container>
        <KeyValuePairs
          columns={4}
          minColumnWidth={120}
          items={[
            { label: 'Status', value: <Status value={i.Status} /> },
            { label: 'Kind', value: label(i.PayloadType ?? '-') },
            { label: 'From', value: i.SenderCompanyName ?? i.SenderAwsAccountId ?? '-' },
            { label: 'To account', value: i.Receiver?.Account?.AwsAccountId ?? '-' },
            { label: 'Sent', value: moment(i.InvitationDate) },
            { label: 'Expires', value: moment(i.ExpirationDate) },
            { label: 'Engagement', value: i.EngagementId ?? 'Shown after acceptance' },
            { label: 'Members', value: (i.ExistingMembers ?? []).map((m) => m.CompanyName).join(', ') || '-' },
          ]}
        />
      </Container>
      <Container header={<Header variant="h2" description="What the invited party may know before it accepts">Content</Header>}>{payload ? <Members of={payload} columns={2} /> : <Box>-</Box>}</Container>
      {rejecting && <OperationModal operation="RejectEngagementInvitation" title="Reject the invitation" submit="Reject" done="The invitation was rejected." fixed={{ Identifier: id }} onClose={() => setRejecting(false)} />}
      {accepting && <Accept id={id} action={action} onClose={() => setAccepting(false)} />}
    </SpaceBetween>
  )
}

const ways = [
  { value: 'task', label: 'Accept and create the opportunity', description: 'StartEngagementByAcceptingInvitationTask: you join, and get the opportunity as yours' },
  { value: 'accept', label: 'Accept only', description: 'AcceptEngagementInvitation: you join the engagement' },
]

function Accept({ id, action, onClose }: { id: string; action: ReturnType<typeof useAction>; onClose: () => void }) {
  const { account, catalog } = useScope()
  const [way, setWay] = useState(ways[0])
  const [token] = useState(newToken)
  const run = () => (way.value === 'task' ? call(account, 'StartEngagementByAcceptingInvitationTask', { Catalog: catalog, ClientToken: token, Identifier: id }) : call(account, 'AcceptEngagementInvitation', { Catalog: catalog, Identifier: id }))
  return (
    <Dialog
      title="Accept the invitation"
      onClose={onClose}
      actions={<Button variant="primary" loading={action.isPending} onClick={() => action.mutate({ what: 'The invitation was not accepted', done: 'The invitation was accepted.', run }, { onSettled: onClose })}>Accept invitation</Button>}
    >
      <FormField label="How">
        <Select options={ways} selectedOption={way} triggerVariant="option" onChange={(e) => setWay(ways.find((w) => w.value === e.detail.selectedOption.value) ?? ways[0])} />
      </FormField>
    </Dialog>
  )
}
