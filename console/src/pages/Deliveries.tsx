import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Modal from '@cloudscape-design/components/modal'
import SegmentedControl from '@cloudscape-design/components/segmented-control'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Box from '@cloudscape-design/components/box'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Textarea from '@cloudscape-design/components/textarea'
import Toggle from '@cloudscape-design/components/toggle'
import { useState } from 'react'
import { ApiError } from '../api/client'
import { useAction, useOperate } from '../api/hooks'
import { operate } from '../api/operator'
import { MayButton } from '../app/may'
import { useScope } from '../app/scope'
import type { EventDelivery, WebhookEndpoint } from '../gen/operator.gen'
import { Dialog } from '../parts/Dialog'
import { Empty, Listing } from '../parts/Listing'
import { Code } from '../parts/Record'
import { moment } from '../parts/text'
import { Confirm, Once, onePage, OperatorTools, Problem, useFind } from '../parts/Tools'

const states = { PENDING: 'pending', DELIVERED: 'success', DEAD: 'error' } as const
const words = { PENDING: 'Pending', DELIVERED: 'Delivered', DEAD: 'Dead letter' }

/** What is sent to webhooks and targets of rules: each delivery with its attempts, and the dead letters. */
export function Deliveries() {
  const { account } = useScope()
  const action = useAction()
  const [status, setStatus] = useState('')
  const [shown, setShown] = useState<EventDelivery | null>(null)
  const [replaying, setReplaying] = useState(false)
  const { data, error } = useOperate('GET /accounts/{account}/deliveries', { account, status, limit: 500 })
  const [found, find] = useFind(data?.deliveries, 'deliveries')
  const redrive = (d: EventDelivery) => action.mutate({ what: 'Not sent again', done: 'The dead letter is sent again.', run: () => operate('POST /accounts/{account}/deliveries/redrive', { account }, { target: d.target, sequence: d.sequence }) })
  return (
    <>
      <Listing
        name="deliveries"
        variant="container"
        title="Deliveries"
        counter={data && `(${data.deliveries.length})`}
        description="An event is tried again for a day, then it becomes a dead letter, which is kept until it is sent again. Times are real, wherever the business clock is."
        pages={onePage(found, error)}
        filter={
          <SpaceBetween size="s">
            <SegmentedControl
              label="Status"
              selectedId={status}
              onChange={(e) => setStatus(e.detail.selectedId)}
              options={[{ id: '', text: 'All' }, { id: 'PENDING', text: 'Pending' }, { id: 'DELIVERED', text: 'Delivered' }, { id: 'DEAD', text: 'Dead letters' }]}
            />
            {find}
          </SpaceBetween>
        }
        trackBy={(d) => d.target + d.sequence}
        actions={
          <>
            <OperatorTools data={data} path={`/accounts/${account}/deliveries${status ? `?status=${status}` : ''}`} cli={`cosell deliveries list --account ${account}`} />
            <MayButton needs="write" onClick={() => setReplaying(true)}>Replay events</MayButton>
          </>
        }
        empty={<Empty title={status === 'DEAD' ? 'No dead letters' : 'Nothing was sent'}>{status === 'DEAD' ? 'Every event has reached its target, or is still tried.' : 'Add a webhook, or a rule with a target: each event that matches is then listed here.'}</Empty>}
        columns={[
          { id: 'target', header: 'Target', width: 140, cell: (d) => <Button variant="inline-link" ariaLabel={`Show delivery of ${d.sequence} to ${d.target}`} onClick={() => setShown(d)}>{d.target}</Button>, text: (d) => d.target },
          { id: 'resource', header: 'About', width: 190, cell: (d) => <span className="words">{d.resource || '-'}</span>, text: (d) => d.resource },
          { id: 'status', header: 'Status', width: 140, cell: (d) => <StatusIndicator type={states[d.status]}>{words[d.status]}</StatusIndicator>, text: (d) => d.status },
          { id: 'attempts', header: 'Attempts', cell: (d) => d.attempts, text: (d) => d.attempts },
          { id: 'last', header: 'Last outcome', width: 150, cell: (d) => { const last = d.log.at(-1); return last ? (last.error ?? `HTTP ${last.status}`) : '-' }, text: (d) => d.log.at(-1)?.error ?? d.log.at(-1)?.status },
          { id: 'next', header: 'Next attempt', hidden: true, cell: (d) => moment(d.nextAttemptAt), text: (d) => d.nextAttemptAt },
          { id: 'created', header: 'Created', width: 140, cell: (d) => moment(d.createdAt), text: (d) => d.createdAt },
          { id: 'actions', header: 'Actions', cell: (d) => d.status === 'DEAD' && <MayButton needs="write" variant="inline-link" ariaLabel={`Send ${d.sequence} to ${d.target} again`} onClick={() => redrive(d)}>Send again</MayButton> },
        ]}
      />
      {shown && (
        <Modal visible size="large" header={`Delivery to ${shown.target}`} closeAriaLabel="Close" onDismiss={() => setShown(null)}>
          <SpaceBetween size="m">
            {shown.deadLetter && <Alert type="error" header="Dead letter">{Object.entries(shown.deadLetter).map(([k, v]) => <div key={k}>{k}: {String(v)}</div>)}</Alert>}
            <Listing
              name="attempts"
              variant="embedded"
              title="Attempts"
              counter={`(${shown.attempts})`}
              pages={onePage(shown.log)}
              trackBy={(t) => t.at}
              empty={<Empty title="No attempt yet">{shown.nextAttemptAt ? `The first is due ${moment(shown.nextAttemptAt)}.` : 'It waits for earlier deliveries of the same record.'}</Empty>}
              columns={[
                { id: 'at', header: 'Time', width: 150, cell: (t) => moment(t.at) },
                { id: 'status', header: 'Status', cell: (t) => t.status ?? '-' },
                { id: 'error', header: 'Error', cell: (t) => t.error ?? '-' },
                { id: 'time', header: 'Duration', cell: (t) => `${t.milliseconds} ms` },
                { id: 'answer', header: 'Answer', cell: (t) => <span className="text">{t.answer || '-'}</span> },
              ]}
            />
            {shown.event ? <Code text={JSON.stringify(shown.event, null, 2)} name="event" /> : <Box color="text-body-secondary">The event was delivered, so its content is no longer kept here.</Box>}
          </SpaceBetween>
        </Modal>
      )}
      {replaying && <Replay account={account} targets={[...new Set((data?.deliveries ?? []).map((d) => d.target))]} onClose={() => setReplaying(false)} />}
    </>
  )
}

function Replay({ account, targets, onClose }: { account: string; targets: string[]; onClose: () => void }) {
  const action = useAction()
  const [target, setTarget] = useState(targets[0] ?? '')
  const [after, setAfter] = useState('0')
  const [problem, setProblem] = useState<unknown>(null)
  async function submit() {
    try {
      await action.mutateAsync({ what: 'Nothing was replayed', done: 'The events are sent again.', quiet: true, run: () => operate('POST /accounts/{account}/deliveries/replay', { account }, { target, after }) })
      onClose()
    } catch (error) {
      setProblem(error)
    }
  }
  return (
    <Dialog title="Replay events" onClose={onClose} actions={<Button variant="primary" disabled={!target} loading={action.isPending} onClick={() => void submit()}>Replay</Button>}>
      <SpaceBetween size="m">
        <Problem of={problem} />
        <FormField label="Target" description="webhook/ID, or rule/NAME/ID for a target of a rule"><Input value={target} placeholder="webhook/crm" onChange={(e) => setTarget(e.detail.value)} /></FormField>
        <FormField label="After" description="Sequence of an event: those after it are sent again; 0 is all"><Input value={after} inputMode="numeric" onChange={(e) => setAfter(e.detail.value)} /></FormField>
      </SpaceBetween>
    </Dialog>
  )
}

/** Endpoints of Standard Webhooks. */
export function Webhooks() {
  const { account } = useScope()
  const action = useAction()
  const [editing, setEditing] = useState<Partial<WebhookEndpoint> | null>(null)
  const [made, setMade] = useState<WebhookEndpoint | null>(null)
  const [removing, setRemoving] = useState<string | null>(null)
  const { data, error } = useOperate('GET /accounts/{account}/webhooks', { account })
  const test = (id: string) =>
    action.mutate({
      what: 'The test message was not delivered',
      done: 'The endpoint took the test message.',
      run: async () => {
        const outcome = await operate('POST /accounts/{account}/webhooks/{id}/test', { account, id })
        if (!outcome.delivered) throw new Error(outcome.error ?? `The endpoint answered ${outcome.status}: ${outcome.answer ?? ''}`)
      },
    })
  return (
    <>
      <Listing
        name="webhooks"
        variant="container"
        title="Webhooks"
        counter={data && `(${data.webhooks.length})`}
        description="Every event that matches the pattern is sent to the address, signed as Standard Webhooks says"
        pages={onePage(data?.webhooks, error)}
        trackBy={(w) => w.id}
        actions={
          <>
            <OperatorTools data={data} path={`/accounts/${account}/webhooks`} cli={`cosell webhook list --account ${account}`} />
            <MayButton needs="write" variant="primary" onClick={() => setEditing({})}>Add webhook</MayButton>
          </>
        }
        empty={<Empty title="No webhooks">A webhook needs no rule: give it the address of your program, and it gets every event of this account.</Empty>}
        columns={[
          { id: 'id', header: 'ID', cell: (w) => w.id },
          { id: 'url', header: 'Address', width: 200, cell: (w) => <span className="text">{w.url}</span> },
          { id: 'state', header: 'State', cell: (w) => <StatusIndicator type={w.enabled ? 'success' : 'stopped'}>{w.enabled ? 'Enabled' : (w.reason ?? 'Disabled')}</StatusIndicator> },
          { id: 'pattern', header: 'Pattern', width: 160, cell: (w) => (w.pattern ? <code>{JSON.stringify(w.pattern)}</code> : 'All events') },
          {
            id: 'actions',
            header: 'Actions',
            width: 220,
            cell: (w) => (
              <SpaceBetween direction="horizontal" size="xs">
                <MayButton needs="write" variant="inline-link" ariaLabel={`Test webhook ${w.id}`} onClick={() => test(w.id)}>Test</MayButton>
                <MayButton needs="write" variant="inline-link" ariaLabel={`Edit webhook ${w.id}`} onClick={() => setEditing(w)}>Edit</MayButton>
                <MayButton needs="write" variant="inline-link" ariaLabel={`Rotate the secret of webhook ${w.id}`} onClick={() => action.mutate({ what: 'The secret was not rotated', run: async () => setMade(await operate('POST /accounts/{account}/webhooks/{id}/rotate', { account, id: w.id }, {})) })}>Rotate secret</MayButton>
                <MayButton needs="write" variant="inline-link" ariaLabel={`Remove webhook ${w.id}`} onClick={() => setRemoving(w.id)}>Remove</MayButton>
              </SpaceBetween>
            ),
          },
        ]}
      />
      {editing && <EditWebhook account={account} endpoint={editing} onClose={() => setEditing(null)} onMade={setMade} />}
      {made?.secret && (
        <Once title={`The secret of webhook ${made.id}`} values={[{ label: 'Secret', value: made.secret }]} onClose={() => setMade(null)}>
          It is shown now and never again. The program at {made.url} verifies signatures with it.
        </Once>
      )}
      {removing && (
        <Confirm title={`Remove the webhook ${removing}?`} action="Remove webhook" done={`The webhook ${removing} was removed.`} run={() => operate('DELETE /accounts/{account}/webhooks/{id}', { account, id: removing })} onClose={() => setRemoving(null)}>
          Nothing is sent to it any more, and its deliveries are forgotten.
        </Confirm>
      )}
    </>
  )
}

function EditWebhook({ account, endpoint, onClose, onMade }: { account: string; endpoint: Partial<WebhookEndpoint>; onClose: () => void; onMade: (made: WebhookEndpoint) => void }) {
  const action = useAction()
  const [id, setId] = useState(endpoint.id ?? '')
  const [url, setUrl] = useState(endpoint.url ?? '')
  const [enabled, setEnabled] = useState(endpoint.enabled ?? true)
  const [pattern, setPattern] = useState(endpoint.pattern ? JSON.stringify(endpoint.pattern, null, 2) : '')
  const [problem, setProblem] = useState<unknown>(null)
  const fields = problem instanceof ApiError ? problem.fields : []
  const wrong = (name: string) => fields.filter((f) => f.field.split('.').includes(name)).map((f) => f.message).join(' ')
  async function save() {
    setProblem(null)
    try {
      const body = { url, enabled, pattern: pattern.trim() ? (JSON.parse(pattern) as Record<string, unknown>) : undefined }
      await action.mutateAsync({ what: 'The webhook was not saved', done: 'The webhook was saved.', quiet: true, run: async () => onMade(await operate('PUT /accounts/{account}/webhooks/{id}', { account, id }, body)) })
      onClose()
    } catch (error) {
      setProblem(error)
    }
  }
  return (
    <Dialog title={endpoint.id ? `Webhook ${endpoint.id}` : 'Add a webhook'} onClose={onClose} actions={<Button variant="primary" disabled={!id || !url} loading={action.isPending} onClick={() => void save()}>Save webhook</Button>}>
      <SpaceBetween size="m">
        {problem !== null && !['id', 'url', 'pattern'].some(wrong) && <Problem of={problem} />}
        <FormField label="ID" description="A name of your own, such as crm" errorText={wrong('id')}><Input value={id} disabled={!!endpoint.id} onChange={(e) => setId(e.detail.value)} /></FormField>
        <FormField label="Address" description="Where your program receives messages" errorText={wrong('url')} stretch><Input value={url} type="url" placeholder="https://crm.example.com/hooks/cosell" onChange={(e) => setUrl(e.detail.value)} /></FormField>
        <FormField label={<>Event pattern<i> - optional</i></>} description="All events of the account without one" errorText={wrong('pattern')} stretch><Textarea rows={5} value={pattern} spellcheck={false} placeholder={'{"detail-type": ["Opportunity Updated"]}'} onChange={(e) => setPattern(e.detail.value)} /></FormField>
        <Toggle checked={enabled} onChange={(e) => setEnabled(e.detail.checked)}>Enabled</Toggle>
      </SpaceBetween>
    </Dialog>
  )
}
