import Button from '@cloudscape-design/components/button'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { useNavigate } from 'react-router-dom'
import { ApiError } from '../../api/client'
import { useAction } from '../../api/hooks'
import { useScope } from '../../app/scope'
import { errorsAt } from '../../parts/form'
import { Dialog } from '../../parts/Dialog'
import { documentError, DocumentField } from '../../parts/PolicyEditor'
import type { Kind } from './Principals'

export const durations = [1, 2, 4, 8, 12].map((hours) => ({ value: String(hours * 3600), label: hours === 1 ? '1 hour' : `${hours} hours` }))

export const trustOf = (account: string) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' }] })

/** A dialog that makes a user, group or role. */
export function CreatePrincipal({ kind, one, save, onClose }: { kind: Kind; one: string; save: (name: string, body: unknown) => Promise<unknown>; onClose: () => void }) {
  const scope = useScope()
  const navigate = useNavigate()
  const action = useAction()
  const [name, setName] = useState('')
  const [trust, setTrust] = useState(() => JSON.stringify(trustOf(scope.account), null, 2))
  const [duration, setDuration] = useState(durations[0])
  const [problem, setProblem] = useState<unknown>(null)
  const fields = problem instanceof ApiError ? problem.fields : []
  const nameError = errorsAt(fields, 'path.name').join(' ')
  async function submit() {
    setProblem(null)
    try {
      const body = kind === 'roles' ? { trustPolicy: JSON.parse(trust) as unknown, maxSessionDuration: Number(duration.value) } : kind === 'users' ? {} : undefined
      await action.mutateAsync({ what: `The ${one} was not created`, done: `The ${one} ${name} was created.`, quiet: true, run: () => save(name, body) })
      onClose()
      navigate(scope.to(`/admin/${kind}/${encodeURIComponent(name)}`))
    } catch (error) {
      setProblem(error)
    }
  }
  const other = problem && !nameError ? documentError(problem) : undefined
  return (
    <Dialog title={`Create a ${one}`} size={kind === 'roles' ? 'large' : 'medium'} onClose={onClose} actions={<Button variant="primary" disabled={!name} loading={action.isPending} onClick={() => void submit()}>{`Create ${one}`}</Button>}>
      <SpaceBetween size="m">
        <FormField label="Name" description={kind === 'users' ? 'What signs requests, such as crm-sync' : undefined} constraintText="Letters, digits and _+=,.@-, at most 64" errorText={nameError || (kind !== 'roles' ? other : undefined)}>
          <Input value={name} onChange={(e) => setName(e.detail.value)} />
        </FormField>
        {kind === 'roles' && (
          <>
            <DocumentField label="Trust policy" description="Who may assume the role: here everybody of this account whose own policies allow it" text={trust} error={other} onChange={setTrust} />
            <FormField label="Longest session"><Select options={durations} selectedOption={duration} onChange={(e) => setDuration(e.detail.selectedOption as (typeof durations)[number])} /></FormField>
          </>
        )}
      </SpaceBetween>
    </Dialog>
  )
}
