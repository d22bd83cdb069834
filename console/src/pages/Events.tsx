import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import TextFilter from '@cloudscape-design/components/text-filter'
import Textarea from '@cloudscape-design/components/textarea'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useState, type ComponentType, type ReactNode } from 'react'
import { ApiError, callEvents } from '../api/client'
import { stream, useLive, type LiveEvent } from '../api/events'
import { useAction } from '../api/hooks'
import { errorText } from '../app/flash'
import { MayButton } from '../app/may'
import { useScope } from '../app/scope'
import { Dialog } from '../parts/Dialog'
import { eventSummary } from '../parts/eventText'
import { Empty } from '../parts/Listing'
import { PageTabs } from '../parts/PageTabs'
import { Code } from '../parts/Record'
import { Status } from '../parts/status'
import { moment } from '../parts/text'

const Webhooks = lazy(async () => ({ default: (await import('./Deliveries')).Webhooks }))
const Deliveries = lazy(async () => ({ default: (await import('./Deliveries')).Deliveries }))

const Later = ({ of: Part }: { of: ComponentType }) => (
  <Suspense fallback={<Spinner />}>
    <Part />
  </Suspense>
)

export default function Events() {
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description="Every change is told by an event in EventBridge's form, here and to the targets of rules">Events</Header>
      <PageTabs
        label="Parts of events"
        tabs={[
          { id: 'live', label: 'Live stream', content: <Stream /> },
          { id: 'pattern', label: 'Pattern tester', content: <Tester /> },
          { id: 'rules', label: 'Rules and targets', content: <Rules /> },
          { id: 'webhooks', label: 'Webhooks', content: <Later of={Webhooks} /> },
          { id: 'deliveries', label: 'Deliveries', content: <Later of={Deliveries} /> },
        ]}
      />
    </SpaceBetween>
  )
}

const most = 200

function Stream() {
  const { events, connected } = useLive()
  const { account } = useScope()
  const [words, setWords] = useState('')
  const [pattern, setPattern] = useState('')
  const [draft, setDraft] = useState('')
  const matching = useMatching(account, pattern)
  const [stopped, setStopped] = useState<LiveEvent[] | null>(null)
  const [shown, setShown] = useState<LiveEvent | null>(null)
  const source = stopped ?? matching.events ?? events
  const items = source.filter((e) => !words.trim() || JSON.stringify(e.event).toLowerCase().includes(words.trim().toLowerCase())).slice(0, most)
  return (
    <>
      <Table
        variant="container"
        wrapLines
        items={items}
        trackBy="sequence"
        ariaLabels={{ tableLabel: 'Events' }}
        header={
          <Header
            variant="h2"
            counter={`(${items.length})`}
            description={<StatusIndicator type={stopped ? 'stopped' : connected ? 'success' : 'pending'}>{stopped ? 'Paused' : connected ? `Live, events of account ${account}` : 'Connecting'}</StatusIndicator>}
            actions={<Button onClick={() => setStopped(stopped ? null : (matching.events ?? events))}>{stopped ? 'Resume' : 'Pause'}</Button>}
          >
            Latest events
          </Header>
        }
        filter={
          <SpaceBetween size="s">
            <TextFilter filteringText={words} filteringPlaceholder="Contains" filteringAriaLabel="Filter events by text" onChange={(e) => setWords(e.detail.filteringText)} />
            <ExpandableSection headerText={pattern ? 'Only events that match a pattern' : 'Filter by event pattern'} variant="footer" defaultExpanded={pattern !== ''}>
              <FormField
                label="Event pattern"
                description="Only events that a rule with this pattern would take, of all that the server has kept"
                errorText={matching.problem}
                stretch
                secondaryControl={
                  <SpaceBetween direction="horizontal" size="xs">
                    <Button disabled={!draft.trim()} onClick={() => setPattern(draft.trim())}>Apply pattern</Button>
                    {pattern && <Button onClick={() => { setPattern(''); setDraft('') }}>Show all events</Button>}
                  </SpaceBetween>
                }
              >
                <Textarea rows={3} value={draft} spellcheck={false} placeholder={'{"detail-type": ["Opportunity Updated"]}'} onChange={(e) => setDraft(e.detail.value)} />
              </FormField>
            </ExpandableSection>
          </SpaceBetween>
        }
        empty={<Empty title="No events">Create or change a record, and its event appears here.</Empty>}
        columnDefinitions={[
          { id: 'time', header: 'Time', cell: (e) => moment(e.event.time), minWidth: 150 },
          { id: 'type', header: 'Event', isRowHeader: true, minWidth: 170, cell: (e) => <Button variant="inline-link" ariaLabel={`Show event ${e.event['detail-type']} ${e.event.id}`} onClick={() => setShown(e)}>{e.event['detail-type']}</Button> },
          { id: 'about', header: 'Record', minWidth: 150, cell: (e) => eventSummary(e.event) },
          { id: 'catalog', header: 'Catalog', minWidth: 90, cell: (e) => String(e.event.detail.catalog ?? '-') },
        ]}
      />
      {shown && (
        <Modal visible size="large" header={shown.event['detail-type']} closeAriaLabel="Close" onDismiss={() => setShown(null)}>
          <Code text={JSON.stringify(shown.event, null, 2)} name="event" />
        </Modal>
      )}
    </>
  )
}

/** The events that match a pattern, as the server streams them; without a pattern there are none. */
function useMatching(account: string, pattern: string): { events: LiveEvent[] | null; problem?: ReactNode } {
  const [events, setEvents] = useState<LiveEvent[]>([])
  const [problem, setProblem] = useState<ReactNode>()
  useEffect(() => {
    setEvents([])
    setProblem(undefined)
    if (!pattern) return
    const ending = new AbortController()
    // A stream does not tell why it is refused, so the pattern is tried first.
    void callEvents(account, 'TestEventPattern', { EventPattern: pattern, Event: '{"id":"1","account":"1","source":"s","time":"2026-01-01T00:00:00Z","region":"us-east-1","resources":[],"detail-type":"t","detail":{}}' })
      .then(() => stream({ account, after: '0', pattern }, ending.signal, (fresh) => setEvents((old) => [...fresh.toReversed(), ...old].slice(0, most)), () => {}))
      .catch((error: unknown) => setProblem(errorText(error)))
    return () => ending.abort()
  }, [account, pattern])
  return { events: pattern ? events : null, problem }
}

const firstPattern = JSON.stringify({ source: ['aws.partnercentral-selling'], detail: { catalog: ['Sandbox'] } }, null, 2)

/** Asks the server whether events match a pattern, as EventBridge's TestEventPattern does. */
function Tester() {
  const { account } = useScope()
  const { events } = useLive()
  const [pattern, setPattern] = useState(firstPattern)
  const [outcome, setOutcome] = useState<{ event: LiveEvent; match: boolean }[] | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const tried = 20
  async function test() {
    setBusy(true)
    setProblem(null)
    try {
      const results = await Promise.all(
        events.slice(0, tried).map(async (event) => {
          const answer = await callEvents(account, 'TestEventPattern', { EventPattern: pattern, Event: JSON.stringify(event.event) })
          return { event, match: answer.Result === true }
        }),
      )
      setOutcome(results)
    } catch (error) {
      setOutcome(null)
      setProblem(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2" description={`Which of the latest ${tried} events a rule with this pattern would take`} actions={<Button variant="primary" loading={busy} onClick={() => void test()}>Test pattern</Button>}>Pattern tester</Header>}>
        <SpaceBetween size="m">
          <FormField label="Event pattern" description="In EventBridge's language" stretch>
            <Textarea rows={8} value={pattern} spellcheck={false} onChange={(e) => setPattern(e.detail.value)} />
          </FormField>
          {problem !== null && <Alert type="error">{problem instanceof ApiError && problem.name === 'UnknownOperationException' ? 'This server has no EventBridge API.' : errorText(problem)}</Alert>}
        </SpaceBetween>
      </Container>
      {outcome && (
        <Table
          variant="container"
          items={outcome}
          trackBy={(o) => o.event.sequence}
          ariaLabels={{ tableLabel: 'Outcome' }}
          header={<Header variant="h2" counter={`(${outcome.filter((o) => o.match).length} of ${outcome.length})`}>Matching events</Header>}
          empty={<Empty title="There are no events to test with">Change a record first.</Empty>}
          columnDefinitions={[
            { id: 'match', header: 'Matches', cell: (o) => <StatusIndicator type={o.match ? 'success' : 'stopped'}>{o.match ? 'Yes' : 'No'}</StatusIndicator> },
            { id: 'type', header: 'Event', isRowHeader: true, cell: (o) => o.event.event['detail-type'] },
            { id: 'about', header: 'Record', cell: (o) => eventSummary(o.event.event) },
            { id: 'time', header: 'Time', cell: (o) => moment(o.event.event.time) },
          ]}
        />
      )}
    </SpaceBetween>
  )
}

interface Rule {
  Name: string
  State?: string
  Description?: string
  EventPattern?: string
}

interface Target {
  Id: string
  Arn: string
}

function Rules() {
  const { account } = useScope()
  const action = useAction()
  const [editing, setEditing] = useState<Rule | null>(null)
  const [targets, setTargets] = useState<Rule | null>(null)
  const { data, error } = useQuery({ queryKey: ['rules', account], queryFn: async () => ((await callEvents(account, 'ListRules', {})).Rules ?? []) as Rule[] })
  const change = (rule: Rule, operation: string, done: string) => action.mutate({ what: 'The rule was not changed', done, run: () => callEvents(account, operation, { Name: rule.Name }) })
  return (
    <>
      <Table
        variant="container"
        wrapLines
        loading={!data && !error}
        items={data ?? []}
        trackBy="Name"
        ariaLabels={{ tableLabel: 'Rules' }}
        header={<Header variant="h2" counter={data && `(${data.length})`} description="A rule sends the events that match its pattern to its targets" actions={<MayButton needs="write" variant="primary" disabled={!!error} onClick={() => setEditing({ Name: '', EventPattern: firstPattern })}>Create rule</MayButton>}>Rules</Header>}
        empty={error ? <Empty title="Rules are not available">{error instanceof ApiError && error.name === 'UnknownOperationException' ? 'This server has no EventBridge API.' : errorText(error)}</Empty> : <Empty title="No rules">Create a rule with an event pattern, then give it targets.</Empty>}
        columnDefinitions={[
          { id: 'name', header: 'Rule', isRowHeader: true, minWidth: 140, cell: (r) => <Button variant="inline-link" onClick={() => setTargets(r)}>{r.Name}</Button> },
          { id: 'state', header: 'State', cell: (r) => <Status value={r.State} /> },
          { id: 'pattern', header: 'Pattern', minWidth: 220, cell: (r) => <code>{r.EventPattern}</code> },
          {
            id: 'actions',
            header: 'Actions',
            minWidth: 200,
            cell: (r) => (
              <SpaceBetween direction="horizontal" size="xs">
                <MayButton needs="write" variant="inline-link" ariaLabel={`Edit rule ${r.Name}`} onClick={() => setEditing(r)}>Edit</MayButton>
                {r.State === 'ENABLED' ? <MayButton needs="write" variant="inline-link" ariaLabel={`Disable rule ${r.Name}`} onClick={() => change(r, 'DisableRule', 'The rule was disabled.')}>Disable</MayButton> : <MayButton needs="write" variant="inline-link" ariaLabel={`Enable rule ${r.Name}`} onClick={() => change(r, 'EnableRule', 'The rule was enabled.')}>Enable</MayButton>}
                <MayButton needs="write" variant="inline-link" ariaLabel={`Delete rule ${r.Name}`} onClick={() => change(r, 'DeleteRule', 'The rule was deleted.')}>Delete</MayButton>
              </SpaceBetween>
            ),
          },
        ]}
      />
      {editing && <EditRule rule={editing} onClose={() => setEditing(null)} />}
      {targets && <Targets rule={targets} onClose={() => setTargets(null)} />}
    </>
  )
}

function EditRule({ rule, onClose }: { rule: Rule; onClose: () => void }) {
  const { account } = useScope()
  const action = useAction()
  const [name, setName] = useState(rule.Name)
  const [pattern, setPattern] = useState(rule.EventPattern ?? firstPattern)
  const [problem, setProblem] = useState<unknown>(null)
  async function save() {
    try {
      await action.mutateAsync({ what: 'The rule was not saved', done: 'The rule was saved.', quiet: true, run: () => callEvents(account, 'PutRule', { Name: name, EventPattern: pattern, State: rule.State ?? 'ENABLED' }) })
      onClose()
    } catch (error) {
      setProblem(error)
    }
  }
  return (
    <Dialog
      title={rule.Name ? `Rule ${rule.Name}` : 'Create a rule'}
      onClose={onClose}
      actions={<Button variant="primary" disabled={!name} loading={action.isPending} onClick={() => void save()}>Save rule</Button>}
    >
      <SpaceBetween size="m">
        {problem !== null && <Alert type="error">{errorText(problem)}</Alert>}
        <FormField label="Name"><Input value={name} disabled={rule.Name !== ''} onChange={(e) => setName(e.detail.value)} /></FormField>
        <FormField label="Event pattern" stretch><Textarea rows={8} value={pattern} spellcheck={false} onChange={(e) => setPattern(e.detail.value)} /></FormField>
      </SpaceBetween>
    </Dialog>
  )
}

function Targets({ rule, onClose }: { rule: Rule; onClose: () => void }) {
  const { account } = useScope()
  const action = useAction()
  const [id, setId] = useState('')
  const [arn, setArn] = useState('')
  const { data } = useQuery({ queryKey: ['targets', account, rule.Name], queryFn: async () => ((await callEvents(account, 'ListTargetsByRule', { Rule: rule.Name })).Targets ?? []) as Target[] })
  const checked = async (operation: string, input: object) => {
    const answer = await callEvents(account, operation, input)
    const failed = (answer.FailedEntries as { ErrorMessage?: string }[] | undefined)?.[0]
    if (failed) throw new Error(failed.ErrorMessage ?? 'The server refused the target')
  }
  return (
    <Modal visible size="large" header={`Targets of ${rule.Name}`} closeAriaLabel="Close" onDismiss={onClose}>
      <SpaceBetween size="l">
        <Table
          variant="embedded"
          wrapLines
          loading={!data}
          items={data ?? []}
          trackBy="Id"
          ariaLabels={{ tableLabel: 'Targets' }}
          empty={<Empty title="No targets">Events that match are sent nowhere yet.</Empty>}
          columnDefinitions={[
            { id: 'id', header: 'ID', isRowHeader: true, cell: (t) => t.Id },
            { id: 'arn', header: 'Target', cell: (t) => t.Arn },
            { id: 'remove', header: 'Actions', cell: (t) => <MayButton needs="write" variant="inline-link" ariaLabel={`Remove target ${t.Id}`} onClick={() => action.mutate({ what: 'The target was not removed', done: 'The target was removed.', run: () => checked('RemoveTargets', { Rule: rule.Name, Ids: [t.Id] }) })}>Remove</MayButton> },
          ]}
        />
        <FormField label="ID of a new target"><Input value={id} onChange={(e) => setId(e.detail.value)} /></FormField>
        <FormField label="ARN" description="An API destination, a webhook, or a bus elsewhere"><Input value={arn} onChange={(e) => setArn(e.detail.value)} /></FormField>
        <MayButton needs="write" disabled={!id || !arn} loading={action.isPending} onClick={() => action.mutate({ what: 'The target was not added', done: 'The target was added.', run: () => checked('PutTargets', { Rule: rule.Name, Targets: [{ Id: id, Arn: arn }] }) })}>Add target</MayButton>
      </SpaceBetween>
    </Modal>
  )
}
