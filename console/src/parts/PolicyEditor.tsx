import Button from '@cloudscape-design/components/button'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Tabs from '@cloudscape-design/components/tabs'
import Textarea from '@cloudscape-design/components/textarea'
import { useState } from 'react'
import { ApiError } from '../api/client'
import { useAction, useOperate } from '../api/hooks'
import { errorText } from '../app/flash'
import { Dialog } from './Dialog'

export type Document = Record<string, unknown>

const example: Document = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'ReadSandbox', Effect: 'Allow', Action: ['partnercentral:Get*', 'partnercentral:List*'], Resource: '*', Condition: { StringEquals: { 'partnercentral:Catalog': 'Sandbox' } } }],
}

/** Says what is wrong with a document: the place in it, and the reason. */
export function documentError(error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error)
  if (error.fields.length === 0) return error.message
  return error.fields.map((f) => [f.field.replace(/^(policy|trustPolicy|permissionsBoundary)\.?/, ''), f.message].filter(Boolean).join(': ')).join(' ')
}

/** Reads JSON, so that a mistake is shown with its line before the document is sent. */
function read(text: string): Document {
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('The document must be a JSON object.')
  return value as Document
}

export function DocumentField({ label = 'Policy document', description, text, error, onChange }: { label?: string; description?: string; text: string; error?: string; onChange: (text: string) => void }) {
  return (
    <FormField label={label} description={description ?? 'An IAM policy in JSON'} errorText={error} stretch>
      <Textarea rows={14} value={text} spellcheck={false} disableBrowserAutocorrect invalid={!!error} onChange={(e) => onChange(e.detail.value)} />
    </FormField>
  )
}

/** A dialog for one policy: a managed one that is attached, or a document. */
export function PolicyEditor({ title, name, document, save, onClose }: { title: string; name?: string; document?: Document; save: (name: string, document: Document) => Promise<unknown>; onClose: () => void }) {
  const action = useAction()
  const { data } = useOperate('GET /managed-policies')
  const [kind, setKind] = useState(document && !document.managed ? 'inline' : 'managed')
  const [chosen, setChosen] = useState<string | null>(typeof document?.managed === 'string' ? document.managed : null)
  const [called, setCalled] = useState(name ?? '')
  const [text, setText] = useState(JSON.stringify(document && !document.managed ? document : example, null, 2))
  const [problem, setProblem] = useState<unknown>(null)
  const managed = kind === 'managed'
  const shown = data?.policies.find((p) => p.name === chosen)
  async function submit() {
    setProblem(null)
    try {
      const content = managed ? { managed: chosen } : read(text)
      await action.mutateAsync({ what: 'The policy was not saved', done: 'The policy was saved.', quiet: true, run: () => save(called || chosen || '', content) })
      onClose()
    } catch (error) {
      setProblem(error)
    }
  }
  const nameError = problem instanceof ApiError && problem.fields.some((f) => f.field === 'path.policy') ? documentError(problem) : undefined
  return (
    <Dialog
      title={title}
      size="large"
      onClose={onClose}
      actions={<Button variant="primary" loading={action.isPending} disabled={managed ? !chosen : !called} onClick={() => void submit()}>Save policy</Button>}
    >
      <SpaceBetween size="m">
        <Tabs
          ariaLabel="Kinds of policies"
          activeTabId={kind}
          onChange={(e) => {
            setKind(e.detail.activeTabId)
            setProblem(null)
          }}
          tabs={[
            {
              id: 'managed',
              label: 'AWS managed policy',
              content: (
                <SpaceBetween size="m">
                  <FormField label="Managed policy" description="AWS's own policies for partners" errorText={managed && problem ? errorText(problem) : undefined}>
                    <Select
                      options={(data?.policies ?? []).map((p) => ({ value: p.name, label: p.name }))}
                      selectedOption={chosen ? { value: chosen, label: chosen } : null}
                      placeholder="Choose a policy"
                      onChange={(e) => setChosen(e.detail.selectedOption.value ?? null)}
                    />
                  </FormField>
                  {shown && <pre className="code" tabIndex={0} aria-label="document">{JSON.stringify(shown.document, null, 2)}</pre>}
                </SpaceBetween>
              ),
            },
            {
              id: 'inline',
              label: 'Inline policy',
              content: (
                <SpaceBetween size="m">
                  <FormField label="Name" constraintText="Letters, digits and _+=,.@-, at most 128" errorText={nameError}>
                    <Input value={called} disabled={name !== undefined} onChange={(e) => setCalled(e.detail.value)} />
                  </FormField>
                  <DocumentField text={text} error={!managed && problem && !nameError ? documentError(problem) : undefined} onChange={setText} />
                </SpaceBetween>
              ),
            },
          ]}
        />
      </SpaceBetween>
    </Dialog>
  )
}
