import Autosuggest from '@cloudscape-design/components/autosuggest'
import Button from '@cloudscape-design/components/button'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import RadioGroup from '@cloudscape-design/components/radio-group'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { ApiError } from '../../api/client'
import { useAction } from '../../api/hooks'
import type { Fault } from '../../gen/operator.gen'
import { Dialog } from '../../parts/Dialog'
import { operationNames } from '../../parts/operations'
import { Problem } from '../../parts/Tools'

const kinds = [
  { value: 'error', label: 'Answer with an error', description: 'The operation does not run' },
  { value: 'latency', label: 'Answer late' },
  { value: 'connection', label: 'Break the connection' },
  { value: 'readLag', label: 'Read an older state', description: 'Reads see the state of some time ago' },
  { value: 'clockSkew', label: 'Be ahead of the client’s clock', description: 'Signatures are refused as expired' },
  { value: 'event', label: 'Disturb the delivery of events', description: 'To webhooks and targets of rules' },
] as const

type FaultKind = (typeof kinds)[number]['value']

const errors = ['ThrottlingException', 'InternalServerException', 'ServiceUnavailable', 'AccessDeniedException', 'ValidationException', 'ConflictException', 'ResourceNotFoundException', 'ServiceQuotaExceededException', 'ExpiredTokenException']
const connections = [
  { value: 'reset', label: 'Reset it before the operation runs' },
  { value: 'close', label: 'Close it without an answer' },
  { value: 'truncate', label: 'Cut the answer off' },
  { value: 'hang', label: 'Never answer' },
]
const disturbances = [
  { value: 'duplicate', label: 'Deliver twice' },
  { value: 'reorder', label: 'Deliver out of order' },
  { value: 'delay', label: 'Deliver late' },
  { value: 'drop', label: 'Do not deliver' },
]

/** A dialog that adds a fault. What the server refuses is said at the fields. */
export function FaultForm({ save, onClose }: { save: (fault: Fault) => Promise<unknown>; onClose: () => void }) {
  const action = useAction()
  const [kind, setKind] = useState<FaultKind>('error')
  const [f, setF] = useState<Record<string, string>>({ error: 'ThrottlingException', latency: '200ms-2s', connection: 'reset', readLag: '5s', clockSkew: '10m', event: 'duplicate' })
  const [problem, setProblem] = useState<unknown>(null)
  const fields = problem instanceof ApiError ? problem.fields : []
  const wrong = (name: string) => fields.filter((e) => e.field.replace(/^body\[\d+\]\.|^\[\d+\]\./, '').split('.')[0] === name).map((e) => e.message).join(' ')
  const text = (name: string, label: string, description?: string, placeholder?: string) => (
    <FormField label={label} description={description} errorText={wrong(name)}>
      <Input value={f[name] ?? ''} placeholder={placeholder} onChange={(e) => setF({ ...f, [name]: e.detail.value })} />
    </FormField>
  )
  const pick = (name: string, label: string, options: { value: string; label: string }[]) => (
    <FormField label={label} errorText={wrong(name)}>
      <Select options={options} selectedOption={options.find((o) => o.value === f[name]) ?? null} onChange={(e) => setF({ ...f, [name]: e.detail.selectedOption.value ?? '' })} />
    </FormField>
  )
  async function submit() {
    setProblem(null)
    const fault: Record<string, unknown> = { [kind]: f[kind] }
    if (kind === 'error' && f.message) fault.message = f.message
    if (kind === 'event') {
      if (f.detailType) fault.detailType = f.detailType
      if (f.event === 'delay' || f.event === 'reorder') fault.latency = f.latency
    } else if (f.operation) fault.operation = f.operation
    for (const name of ['account', 'resource']) if (f[name] && !(kind === 'clockSkew' && name === 'resource')) fault[name] = f[name]
    if (f.rate) fault.rate = Number(f.rate) / 100
    if (f.times) fault.times = Number(f.times)
    try {
      await action.mutateAsync({ what: 'The fault was not added', done: 'The fault is in force.', quiet: true, run: () => save(fault as Fault) })
      onClose()
    } catch (error) {
      setProblem(error)
    }
  }
  const known = ['error', 'latency', 'connection', 'readLag', 'clockSkew', 'event', 'message', 'detailType', 'operation', 'account', 'resource', 'rate', 'times']
  return (
    <Dialog title="Add a fault" onClose={onClose} actions={<Button variant="primary" loading={action.isPending} onClick={() => void submit()}>Add fault</Button>}>
      <SpaceBetween size="m">
        {problem !== null && !known.some(wrong) && <Problem of={problem} />}
        <FormField label="What goes wrong"><RadioGroup value={kind} items={kinds.map((k) => ({ ...k }))} ariaLabel="What goes wrong" onChange={(e) => setKind(e.detail.value as FaultKind)} /></FormField>
        {kind === 'error' && (
          <>
            <FormField label="Error" description="Type of the error" errorText={wrong('error')}>
              <Autosuggest value={f.error} options={errors.map((value) => ({ value }))} ariaLabel="Error" enteredTextLabel={(v) => `Use "${v}"`} onChange={(e) => setF({ ...f, error: e.detail.value })} />
            </FormField>
            {text('message', 'Message - optional')}
          </>
        )}
        {kind === 'connection' && pick('connection', 'How', connections)}
        {kind === 'readLag' && text('readLag', 'Older by', 'A time such as 5s, at most a minute')}
        {kind === 'clockSkew' && text('clockSkew', 'Ahead by', 'A time such as 10m, or -10m for a server that is behind')}
        {kind === 'event' && pick('event', 'How', disturbances)}
        {(kind === 'latency' || (kind === 'event' && (f.event === 'delay' || f.event === 'reorder'))) && text('latency', 'Late by', 'A time such as 250ms, or a range such as 200ms-2s')}
        {kind === 'event' ? (
          text('detailType', 'Kind of event - optional', 'All without one', 'Opportunity Updated')
        ) : (
          <FormField label="Operation - optional" description="All without one" errorText={wrong('operation')}>
            <Autosuggest value={f.operation ?? ''} options={operationNames.map((value) => ({ value }))} ariaLabel="Operation" enteredTextLabel={(v) => `Use "${v}"`} onChange={(e) => setF({ ...f, operation: e.detail.value })} />
          </FormField>
        )}
        {text('account', 'Account - optional', 'All without one', '111122223333')}
        {kind !== 'event' && kind !== 'clockSkew' && text('resource', 'Record - optional', 'Only requests that name this identifier', 'O1234567')}
        {text('rate', 'Share - optional', 'Percent of the requests that are struck; all without one', '10')}
        {text('times', 'Times - optional', 'How often it strikes at most', '3')}
      </SpaceBetween>
    </Dialog>
  )
}
