import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useAction, useOperate } from '../../api/hooks'
import { operate } from '../../api/operator'
import { MayButton, useMay } from '../../app/may'
import type { Fault } from '../../gen/operator.gen'
import { Empty, Listing } from '../../parts/Listing'
import { moment } from '../../parts/text'
import { OperatorTools, onePage } from '../../parts/Tools'
import { FaultForm } from './FaultForm'

/** Says which requests or events a fault strikes. */
function strikes(f: Fault): string {
  const what = f.event ? (f.detailType ? `Deliveries of ${f.detailType}` : 'Deliveries of events') : f.operation && f.operation !== '*' ? f.operation : 'All operations'
  const parts = [what]
  if (f.account && f.account !== '*') parts.push(`account ${f.account}`)
  if (f.resource) parts.push(`about ${f.resource}`)
  return parts.join(', ')
}

/** Says what a fault does. */
function effect(f: Fault): string {
  const error = typeof f.error === 'string' ? f.error : f.error ? JSON.stringify(f.error) : ''
  return [error, f.reason, f.connection && { reset: 'Connection reset before the operation', close: 'Connection closed without an answer', truncate: 'Answer cut off', hang: 'Answer never comes' }[f.connection], f.event && { duplicate: 'Delivered twice', reorder: 'Delivered out of order', delay: 'Delivered late', drop: 'Not delivered' }[f.event], f.latency && `Late by ${f.latency}`, f.readLag && `Reads the state of ${f.readLag} ago`, f.clockSkew && `The server’s clock is ahead by ${f.clockSkew}`].filter(Boolean).join(', ')
}

function often(f: Fault): string {
  const parts = []
  if (f.rate !== undefined) parts.push(`${Math.round(f.rate * 1000) / 10} % of them`)
  if (f.sequence) parts.push(`${f.sequence.fail} of every ${f.sequence.fail + f.sequence.pass}`)
  if (f.times !== undefined) parts.push(`at most ${f.times} times`)
  return parts.join(', ') || 'Every time'
}

const about: Record<string, string> = {
  throttle: 'Every other request is throttled',
  flaky: 'Some requests fail, break off or are slow',
  outage: 'Nothing works',
  'stale-reads': 'Reads do not see yet what was written in the last 5 seconds',
  'clock-skew': 'The clock of the client is ten minutes slow',
  events: 'Events come twice, late or out of order',
  'expired-token': 'The session of the client has ended',
}

export default function Faults() {
  const action = useAction()
  const may = useMay()
  const [adding, setAdding] = useState(false)
  const { data, error } = useOperate('GET /faults')
  const { data: presets } = useOperate('GET /faults/presets')
  const faults = data?.faults ?? []
  const items = data && faults.map((fault, at) => ({ fault, at }))
  const set = (next: Fault[]) => operate('PUT /faults', {}, next as never)
  const begin = (name: string) => action.mutate({ what: 'The preset was not set', done: `The faults of the preset ${name} are in force.`, run: () => set([...faults, ...(presets?.presets[name] ?? [])]) })
  return (
    <SpaceBetween size="l">
      <Listing
        name="faults"
        title="Faults"
        counter={data && `(${faults.length})`}
        description="What goes wrong on purpose. The first fault of the list that matches a request strikes it. The calls of this console are struck, too."
        pages={onePage(items, error)}
        trackBy={(i) => String(i.at)}
        actions={
          <>
            <OperatorTools data={data} path="/faults" cli="cosell faults list" />
            {may.administer && (
              <ButtonDropdown
                items={Object.keys(presets?.presets ?? {}).toSorted().map((id) => ({ id, text: id, secondaryText: about[id] }))}
                onItemClick={(e) => begin(e.detail.id)}
              >
                Add preset
              </ButtonDropdown>
            )}
            <MayButton needs="administer" disabled={faults.length === 0} onClick={() => action.mutate({ what: 'The faults were not removed', done: 'All faults were removed.', run: () => operate('DELETE /faults') })}>Clear all</MayButton>
            <MayButton needs="administer" variant="primary" onClick={() => setAdding(true)}>Add fault</MayButton>
          </>
        }
        empty={<Empty title="Nothing fails on purpose">Add a preset to see how your client behaves when it is throttled, when answers are slow, or when nothing works.</Empty>}
        columns={[
          { id: 'strikes', header: 'Strikes', cell: (i) => strikes(i.fault) },
          { id: 'effect', header: 'Effect', width: 170, cell: (i) => effect(i.fault) },
          { id: 'often', header: 'How often', cell: (i) => often(i.fault) },
          { id: 'actions', header: 'Actions', cell: (i) => <MayButton needs="administer" variant="inline-link" ariaLabel={`Remove fault ${i.at + 1}`} onClick={() => action.mutate({ what: 'The fault was not removed', done: 'The fault was removed.', run: () => set(faults.filter((_, at) => at !== i.at)) })}>Remove</MayButton> },
        ]}
      />
      <Fired />
      {adding && <FaultForm save={(fault) => set([...faults, fault])} onClose={() => setAdding(false)} />}
    </SpaceBetween>
  )
}

function Fired() {
  const { data, error, refetch, isFetching } = useQuery({ queryKey: ['fired'], queryFn: () => operate('GET /faults/fired'), refetchInterval: 10_000 })
  return (
    <Listing
      name="fired"
      variant="container"
      title="Struck requests and events"
      counter={data && `(${data.fired.length})`}
      description="The last 1,000, the latest first"
      pages={onePage(data?.fired.map((f, at) => ({ ...f, at2: at })), error)}
      trackBy={(f) => String(f.at2)}
      actions={<Button iconName="refresh" ariaLabel="Refresh struck requests" loading={isFetching} onClick={() => void refetch()} />}
      empty={<Empty title="No fault has struck yet">Send a request that a fault matches.</Empty>}
      columns={[
        { id: 'time', header: 'Time', width: 150, cell: (f) => moment(f.at), text: (f) => f.at },
        { id: 'what', header: 'Operation or event', cell: (f) => f.operation || f.detailType || '-', text: (f) => f.operation || f.detailType },
        { id: 'account', header: 'Account', cell: (f) => f.account || '-', text: (f) => f.account },
        { id: 'fault', header: 'Fault', width: 170, cell: (f) => f.fault, text: (f) => f.fault },
        { id: 'request', header: 'Request or event ID', width: 170, hidden: true, cell: (f) => <span className="text">{f.requestId || f.eventId || '-'}</span>, text: (f) => f.requestId || f.eventId },
      ]}
    />
  )
}
