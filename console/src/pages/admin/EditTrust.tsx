import Button from '@cloudscape-design/components/button'
import FormField from '@cloudscape-design/components/form-field'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { useAction } from '../../api/hooks'
import { Dialog } from '../../parts/Dialog'
import { documentError, DocumentField, type Document } from '../../parts/PolicyEditor'
import { durations } from './CreatePrincipal'

/** A dialog for the settings of a role. */
export function EditTrust({ trust, duration, save, onClose }: { trust: Document; duration?: number; save: (settings: object) => Promise<unknown>; onClose: () => void }) {
  const action = useAction()
  const [text, setText] = useState(JSON.stringify(trust, null, 2))
  const [seconds, setSeconds] = useState(String(duration ?? durations[0].value))
  const [problem, setProblem] = useState<unknown>(null)
  async function submit() {
    try {
      const trustPolicy = JSON.parse(text) as unknown
      await action.mutateAsync({ what: 'The role was not changed', done: 'The trust policy was saved.', quiet: true, run: () => save({ trustPolicy, maxSessionDuration: Number(seconds) }) })
      onClose()
    } catch (error) {
      setProblem(error)
    }
  }
  return (
    <Dialog title="Trust policy" size="large" onClose={onClose} actions={<Button variant="primary" loading={action.isPending} onClick={() => void submit()}>Save trust policy</Button>}>
      <SpaceBetween size="m">
        <DocumentField label="Trust policy" description="Who may assume the role" text={text} error={problem ? documentError(problem) : undefined} onChange={setText} />
        <FormField label="Longest session">
          <Select options={durations} selectedOption={durations.find((d) => d.value === seconds) ?? { value: seconds, label: `${seconds} seconds` }} onChange={(e) => setSeconds(e.detail.selectedOption.value ?? seconds)} />
        </FormField>
      </SpaceBetween>
    </Dialog>
  )
}
