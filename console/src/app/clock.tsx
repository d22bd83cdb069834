import Button from '@cloudscape-design/components/button'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import { useEffect, useState } from 'react'
import { useAction, useOperate } from '../api/hooks'
import { operate } from '../api/operator'
import { Dialog } from '../parts/Dialog'
import { errorText } from './flash'

export interface Clock {
  now: Date
  adjusted: boolean
}

/** The business clock. It runs on between two readings. */
export function useClock(): Clock {
  const { data, dataUpdatedAt } = useOperate('GET /clock')
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), 30_000)
    return () => clearInterval(timer)
  }, [])
  const base = data ? new Date(data.now).getTime() + (Date.now() - dataUpdatedAt) : Date.now()
  return { now: new Date(base), adjusted: data?.adjusted ?? false }
}

export const clockItems = [
  { id: '1h', text: 'Advance 1 hour' },
  { id: '24h', text: 'Advance 1 day' },
  { id: '168h', text: 'Advance 7 days' },
  { id: '360h', text: 'Advance 15 days' },
  { id: 'set', text: 'Set date and time…' },
  { id: 'reset', text: 'Reset to real time' },
]

export function useClockControl() {
  const action = useAction()
  const [setting, setSetting] = useState(false)
  return {
    setting,
    close: () => setSetting(false),
    choose: (id: string) => {
      if (id === 'set') return setSetting(true)
      const body = id === 'reset' ? { reset: true as const } : { advance: id }
      action.mutate({ what: 'The clock was not moved', done: id === 'reset' ? 'The clock shows the real time again.' : 'The clock was advanced.', run: () => operate('POST /clock', {}, body) })
    },
  }
}

export function SetClock({ now, onClose }: { now: Date; onClose: () => void }) {
  const [value, setValue] = useState(now.toISOString().slice(0, 19) + 'Z')
  const [problem, setProblem] = useState<unknown>(null)
  const action = useAction()
  async function save() {
    try {
      await action.mutateAsync({ what: 'The clock was not moved', done: 'The clock was set.', quiet: true, run: () => operate('POST /clock', {}, { set: value }) })
      onClose()
    } catch (error) {
      setProblem(error)
    }
  }
  return (
    <Dialog
      title="Set the business clock"
      onClose={onClose}
      actions={<Button variant="primary" onClick={() => void save()}>Set clock</Button>}
    >
      <FormField label="Date and time" description="Expiry, review and job times follow this clock. Signatures always use the real time." constraintText="UTC, such as 2027-01-31T09:00:00Z" errorText={problem ? errorText(problem) : undefined}>
        <Input value={value} onChange={(e) => setValue(e.detail.value)} />
      </FormField>
    </Dialog>
  )
}
