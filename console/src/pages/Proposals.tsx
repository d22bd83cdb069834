import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import Link from '@cloudscape-design/components/link'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import Table from '@cloudscape-design/components/table'
import Textarea from '@cloudscape-design/components/textarea'
import { useState } from 'react'
import { Route, Routes, useParams, useSearchParams } from 'react-router-dom'
import { awsSide } from '../api/client'
import { useAction } from '../api/hooks'
import { operate } from '../api/operator'
import { useClock } from '../app/clock'
import { errorText } from '../app/flash'
import { MayButton, useMay, useSession } from '../app/may'
import { useScope } from '../app/scope'
import type { Proposed } from '../gen/operator.gen'
import { Dialog } from '../parts/Dialog'
import { Go } from '../parts/Go'
import { Empty, Listing, type Column } from '../parts/Listing'
import { deed, proposer, RecordLink, useProposal, useProposals } from '../parts/proposals'
import { Code, Members } from '../parts/Record'
import { Status } from '../parts/status'
import { age, count, label, moment, span } from '../parts/text'
import { onePage, OperatorTools, Problem } from '../parts/Tools'

/** What agents propose to change, and the decisions on it. */
export default function Proposals() {
  return (
    <Routes>
      <Route index element={<List />} />
      <Route path=":token" element={<Record />} />
    </Routes>
  )
}

const statuses = [
  { value: 'PENDING', label: 'Waiting for a decision' },
  { value: 'APPROVED', label: 'Approved and carried out' },
  { value: 'REJECTED', label: 'Rejected' },
  { value: 'FAILED', label: 'Failed when approved' },
  { value: 'EXPIRED', label: 'Expired' },
  { value: 'any', label: 'Any status' },
]

function List() {
  const { account } = useScope()
  const { now } = useClock()
  const [params, setParams] = useSearchParams()
  const status = statuses.find((s) => s.value === params.get('status')) ?? statuses[0]
  const waiting = status.value === 'PENDING'
  const aws = account === awsSide
  const { data, error } = useProposals(status.value === 'any' ? '' : status.value, 1000)
  const left = (p: Proposed) => span(new Date(p.expiresAt).getTime() - now.getTime())
  const columns: Column<Proposed>[] = [
    { id: 'what', header: 'Proposal', width: 170, text: deed, cell: (p) => <Go to={`/proposals/${p.token}`} ariaLabel={`${deed(p)} ${p.subject || p.record || ''}`}>{deed(p)}</Go> },
    { id: 'about', header: 'About', width: 160, text: (p) => p.subject || p.record, cell: (p) => <span className="text">{p.subject || p.record || '-'}</span> },
    ...(aws ? [{ id: 'account', header: 'Account', text: (p: Proposed) => p.account, cell: (p: Proposed) => p.account }] : []),
    { id: 'by', header: 'Proposed by', width: 140, text: proposer, cell: (p) => <span className="text">{proposer(p)}</span> },
    { id: 'changes', header: 'Changes', width: 100, text: (p) => p.changes.length + (p.omitted ?? 0), cell: (p) => p.changes.length + (p.omitted ?? 0) },
    ...(waiting ? [] : [{ id: 'status', header: 'Status', width: 150, text: (p: Proposed) => p.status, cell: (p: Proposed) => <Status value={p.status} /> }]),
    { id: 'since', header: waiting ? 'Waiting for' : 'Proposed', text: (p) => p.createdAt, cell: (p) => (waiting ? age(p.createdAt, now) : moment(p.createdAt)) },
    waiting
      ? { id: 'expires', header: 'Expires in', text: (p) => p.expiresAt, cell: left }
      : { id: 'decided', header: 'Decided by', text: (p) => p.decidedBy, cell: (p) => p.decidedBy ?? '-' },
    { id: 'catalog', header: 'Catalog', hidden: true, text: (p) => p.catalog, cell: (p) => p.catalog ?? '-' },
    { id: 'token', header: 'Token', hidden: true, text: (p) => p.token, cell: (p) => p.token },
  ]
  return (
    <Listing<Proposed>
      key={waiting ? 'waiting' : 'decided'}
      name="proposals"
      title="Proposals"
      counter={data && `(${data.proposals.length})`}
      description={`What AI agents want to change ${aws ? 'in the accounts of partners' : `in account ${account}`}. Nothing is changed before a person approves it.`}
      columns={columns}
      pages={onePage(data?.proposals, error)}
      trackBy={(p) => p.token}
      actions={<OperatorTools data={data} path={`/proposals${aws ? '' : `?account=${account}`}`} cli={`cosell proposals list${aws ? '' : ` --account ${account}`}`} />}
      filter={
        <SpaceBetween direction="horizontal" size="s"><Select
          ariaLabel="Status"
          options={statuses}
          selectedOption={status}
          onChange={(e) => {
            const next = new URLSearchParams(params)
            next.set('status', e.detail.selectedOption.value ?? '')
            setParams(next, { replace: true })
          }}
        /></SpaceBetween>
      }
      empty={waiting ? <Connect /> : <Empty title="No such proposal">Decided proposals stay here for 30 days after they were made, unless the server is told otherwise.</Empty>}
    />
  )
}

/** How an agent is connected, where none proposes anything. */
function Connect() {
  const { account } = useScope()
  const strict = useSession()?.auth === 'strict'
  const address = `${location.origin}/mcp?account=${account === awsSide ? '123456789012' : account}`
  const lines = [`claude mcp add --transport http cosell \\`, `  '${address}'${strict ? ` \\\n  --header "Authorization: Bearer $COSELL_OPERATOR_TOKEN"` : ''}`]
  return (
    <Empty title="Nothing waits for a decision">
      <SpaceBetween size="s">
        <span>An AI agent that is connected to this server reads the records of an account, and proposes what it would change. Each proposal waits here with its differences for seven days. Connect one, such as Claude Code:</span>
        <div style={{ textAlign: 'start', maxWidth: 640, marginInline: 'auto' }}><Code text={lines.join('\n')} name="command" /></div>
        <span>Then ask it: “Which of my opportunities have no next steps? Propose some.” <Link href="/docs/agents.html">Other agents, and what they may do</Link></span>
      </SpaceBetween>
    </Empty>
  )
}

function Record() {
  const { token = '' } = useParams()
  const { now } = useClock()
  const session = useSession()
  const may = useMay()
  const [deciding, setDeciding] = useState<Decision | null>(null)
  const { data: p, error } = useProposal(token)
  if (error) return <Alert type="error" header={`${token} cannot be shown`}>{errorText(error)} It may have been removed, or belong to an account that is not yours.</Alert>
  if (!p) return <Spinner size="large" />
  const open = p.status === 'PENDING'
  // What an operator proposes in the name of an account is approved by whoever may act for the account.
  const needs = p.operator ? 'write' : 'review'
  const own = session?.auth === 'strict' && !!p.operator && p.operator === session.name
  const made = open ? undefined : madeBy(p)
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={p.subject || (p.record ? `Record ${p.record}` : 'A new record')}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <OperatorTools data={p} path={`/proposals/${token}`} cli={`cosell proposals show ${token}`} />
            {open && <MayButton needs="review" onClick={() => setDeciding(decisions.reject)}>Reject</MayButton>}
            {open && !own && <MayButton needs={needs} variant="primary" onClick={() => setDeciding(decisions.approve)}>Approve</MayButton>}
          </SpaceBetween>
        }
      >
        {deed(p)}
      </Header>
      {open && (
        <Alert type="info" header="This waits for a decision">
          {own ? `${p.operator} proposed it and cannot approve it: another operator decides.` : may[needs] ? 'Approving carries it out at once.' : `${needs === 'write' ? 'An administrator' : 'A reviewer or administrator'} decides.`} It expires in {span(new Date(p.expiresAt).getTime() - now.getTime())}, and cannot be approved any more once its record is changed by somebody else.
        </Alert>
      )}
      {p.status === 'APPROVED' && <Alert type="success" header="This was approved and carried out">{made ? <>The record: <RecordLink of={p} id={made} />. </> : null}{said(p)}</Alert>}
      {p.status === 'REJECTED' && <Alert type="error" header="This was rejected">{said(p) ?? 'No reason was given.'}</Alert>}
      {p.status === 'FAILED' && <Alert type="error" header="This was approved, and could not be carried out">{p.error} The agent can propose it again.</Alert>}
      {p.status === 'EXPIRED' && <Alert type="warning" header="This expired">Nobody decided in time. The agent can propose it again.</Alert>}
      <Container>
        <KeyValuePairs
          columns={4}
          minColumnWidth={120}
          items={[
            { label: 'Status', value: <Status value={p.status} /> },
            { label: 'Record', value: p.record ? <RecordLink of={p} id={p.record} /> : 'A new one' },
            { label: 'Account', value: p.account },
            { label: 'Catalog', value: p.catalog || '-' },
            { label: 'Proposed by', value: <span className="text">{p.operator ? proposer(p) : p.principal}</span> },
            { label: 'Proposed', value: moment(p.createdAt) },
            { label: 'Expires', value: moment(p.expiresAt) },
            { label: 'Decided', value: p.decidedBy ? `By ${p.decidedBy}, ${moment(p.decidedAt)}` : '-' },
          ]}
        />
      </Container>
      <Changes of={p} />
      <ExpandableSection variant="container" headerText="The whole request" headerDescription={`What ${p.operation} is sent with`}>
        <Members of={p.request as object} columns={2} />
      </ExpandableSection>
      {deciding && <Decide proposal={p} {...deciding} onClose={() => setDeciding(null)} />}
    </SpaceBetween>
  )
}

/** What the operator wrote who decided. */
const said = (p: Proposed) => (p.comments ? `${p.decidedBy ?? 'The operator'} wrote: ${p.comments}` : undefined)

/** The record that an approved proposal made. */
function madeBy(p: Proposed): string | undefined {
  const answer = (p.answer ?? {}) as Record<string, unknown>
  for (const name of ['Id', 'OpportunityId', 'EngagementId']) if (typeof answer[name] === 'string') return answer[name]
  return p.record
}

/** Customer › Account › Company name, for Customer.Account.CompanyName. */
const place = (field: string) => field.split('.').map((part) => part.replace(/^(.*?)((?:\[\d+\])*)$/, (_, name: string, indexes: string) => (name ? label(name) : '') + indexes.replace(/\[(\d+)\]/g, (_all, i: string) => ` ${Number(i) + 1}`))).join(' › ')

/** What a proposal changes, field by field. */
function Changes({ of: p }: { of: Proposed }) {
  const made = !p.record
  return (
    <Table
      variant="container"
      wrapLines
      items={p.changes}
      trackBy="field"
      ariaLabels={{ tableLabel: 'Changes' }}
      header={<Header variant="h2" counter={`(${p.changes.length + (p.omitted ?? 0)})`} description={made ? 'What is written' : 'The record when this was proposed, and as it would be afterwards'}>Changes</Header>}
      footer={p.omitted ? `${count(p.omitted, 'more change')} not shown; the whole request has them.` : undefined}
      empty={<Empty title="No difference">The record stays as it is. What is done beside it is in the request.</Empty>}
      columnDefinitions={[
        { id: 'field', header: 'Field', isRowHeader: true, minWidth: 110, cell: (c) => place(c.field) },
        ...(made ? [] : [{ id: 'before', header: 'Before', minWidth: 150, cell: (c: Proposed['changes'][number]) => <span className="text">{c.before ?? '-'}</span> }]),
        { id: 'after', header: made ? 'Value' : 'After', minWidth: 150, cell: (c) => <span className="text">{c.after ?? '-'}</span> },
      ]}
    />
  )
}

interface Decision {
  route: 'POST /proposals/{token}/approve' | 'POST /proposals/{token}/reject'
  title: string
  action: string
  done: string
  effect: string
}

const decisions: Record<'approve' | 'reject', Decision> = {
  approve: { route: 'POST /proposals/{token}/approve', title: 'Approve the proposal', action: 'Approve and carry out', done: 'The proposal was approved and carried out.', effect: 'It is carried out at once, with everything that follows from it, such as events to other systems.' },
  reject: { route: 'POST /proposals/{token}/reject', title: 'Reject the proposal', action: 'Reject proposal', done: 'The proposal was rejected.', effect: 'Nothing is changed. The agent can propose something else.' },
}

const longest = 500

function Decide({ proposal, route, title, action, done, effect, onClose }: Decision & { proposal: Proposed; onClose: () => void }) {
  const change = useAction()
  const [comments, setComments] = useState('')
  const [problem, setProblem] = useState<unknown>(null)
  async function decide() {
    setProblem(null)
    try {
      await change.mutateAsync({ what: title, done, quiet: true, run: () => operate(route, { token: proposal.token }, comments ? { comments } : {}) })
      onClose()
    } catch (error) {
      setProblem(error)
    }
  }
  return (
    <Dialog title={title} onClose={onClose} actions={<Button variant="primary" loading={change.isPending} disabled={comments.length > longest} onClick={() => void decide()}>{action}</Button>}>
      <SpaceBetween size="m">
        <span>{effect}</span>
        <Problem of={problem} />
        <FormField label={<>Comments<i> - optional</i></>} description="The agent reads them when it asks what became of its proposal" constraintText={`${comments.length} of ${longest} characters`}>
          <Textarea value={comments} rows={3} onChange={(e) => setComments(e.detail.value)} />
        </FormField>
      </SpaceBetween>
    </Dialog>
  )
}
