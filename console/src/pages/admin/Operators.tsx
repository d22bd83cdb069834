import Button from '@cloudscape-design/components/button'
import DatePicker from '@cloudscape-design/components/date-picker'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import RadioGroup from '@cloudscape-design/components/radio-group'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { ApiError } from '../../api/client'
import { useAction, useOperate } from '../../api/hooks'
import { operate } from '../../api/operator'
import { MayButton, useSession } from '../../app/may'
import type { MadeToken, TokenFields } from '../../gen/operator.gen'
import { Dialog } from '../../parts/Dialog'
import { errorsAt } from '../../parts/form'
import { Empty, Listing } from '../../parts/Listing'
import { moment } from '../../parts/text'
import { Confirm, Once, OperatorTools, onePage, Problem, useFind } from '../../parts/Tools'

const roles: { value: TokenFields['role']; label: string; description: string }[] = [
  { value: 'administrator', label: 'Administrator', description: 'Everything, also in the name of accounts' },
  { value: 'reviewer', label: 'Reviewer', description: 'Acts as AWS: reviews, referrals, matching, solutions; reads everything but the audit log' },
  { value: 'auditor', label: 'Auditor', description: 'Reads everything, the audit log too; changes nothing' },
]

export default function Operators() {
  const strict = useSession()?.auth === 'strict'
  const { data, error } = useOperate('GET /tokens')
  const [found, find] = useFind(data?.tokens, 'tokens')
  const [creating, setCreating] = useState(false)
  const [made, setMade] = useState<MadeToken | null>(null)
  const [revoking, setRevoking] = useState<string | null>(null)
  return (
    <>
      <Listing
        name="tokens"
        title="Operator tokens"
        counter={data && `(${data.tokens.length})`}
        description={strict ? 'With a token its owner signs in to this console and uses the operator API. The one that the server was started with is not in the list.' : 'This server lets everybody on this machine in without a token. A token that is sent counts all the same, so that roles can be tried.'}
        pages={onePage(found, error)}
        filter={find}
        trackBy={(t) => t.name}
        actions={
          <>
            <OperatorTools data={data} path="/tokens" cli="cosell token list" />
            <MayButton needs="administer" variant="primary" onClick={() => setCreating(true)}>Create token</MayButton>
          </>
        }
        empty={<Empty title="No tokens">Create a token for each person and each program, with the role that it needs and no more.</Empty>}
        columns={[
          { id: 'name', header: 'Name', cell: (t) => t.name, text: (t) => t.name },
          { id: 'role', header: 'Role', cell: (t) => roles.find((r) => r.value === t.role)?.label ?? t.role, text: (t) => t.role },
          { id: 'accounts', header: 'Accounts', cell: (t) => t.accounts?.join(', ') || 'All', text: (t) => t.accounts?.join(' ') },
          { id: 'used', header: 'Last used', cell: (t) => (t.lastUsedAt ? moment(t.lastUsedAt) : 'Never'), text: (t) => t.lastUsedAt },
          { id: 'expires', header: 'Expires', cell: (t) => (t.expiresAt ? moment(t.expiresAt) : 'Never'), text: (t) => t.expiresAt },
          { id: 'created', header: 'Created', cell: (t) => moment(t.createdAt), text: (t) => t.createdAt },
          { id: 'actions', header: 'Actions', cell: (t) => <MayButton needs="administer" variant="inline-link" ariaLabel={`Revoke ${t.name}`} onClick={() => setRevoking(t.name)}>Revoke</MayButton> },
        ]}
      />
      {creating && <Create onClose={() => setCreating(false)} onMade={setMade} />}
      {made && (
        <Once title={`The token of ${made.name}`} values={[{ label: 'Token', value: made.token }]} onClose={() => setMade(null)}>
          It is shown now and never again. Who has it acts as {made.name}: hand it over as you would a password.
        </Once>
      )}
      {revoking && (
        <Confirm title={`Revoke the token of ${revoking}?`} action="Revoke token" done={`The token of ${revoking} was revoked.`} run={() => operate('DELETE /tokens/{name}', { name: revoking })} onClose={() => setRevoking(null)}>
          Requests with it are refused from now on, and its sessions in the console end.
        </Confirm>
      )}
    </>
  )
}

function Create({ onClose, onMade }: { onClose: () => void; onMade: (made: MadeToken) => void }) {
  const action = useAction()
  const [name, setName] = useState('')
  const [role, setRole] = useState<TokenFields['role']>('reviewer')
  const [accounts, setAccounts] = useState('')
  const [expires, setExpires] = useState('')
  const [problem, setProblem] = useState<unknown>(null)
  const fields = problem instanceof ApiError ? problem.fields : []
  const accountError = fields.filter((f) => f.field.startsWith('accounts')).map((f) => f.message).join(' ')
  const nameError = [...errorsAt(fields, 'name'), ...(problem instanceof ApiError && problem.message.startsWith('name:') ? [problem.message] : [])].join(' ')
  async function create() {
    setProblem(null)
    const list = accounts.split(/[\s,]+/).filter(Boolean)
    try {
      await action.mutateAsync({
        what: 'No token was created',
        quiet: true,
        run: async () => onMade(await operate('POST /tokens', {}, { name, role, accounts: list.length > 0 ? list : undefined, expiresAt: expires ? `${expires}T00:00:00Z` : undefined })),
      })
      onClose()
    } catch (error) {
      setProblem(error)
    }
  }
  return (
    <Dialog title="Create an operator token" onClose={onClose} actions={<Button variant="primary" disabled={!name} loading={action.isPending} onClick={() => void create()}>Create token</Button>}>
      <SpaceBetween size="m">
        {problem !== null && !nameError && !accountError && <Problem of={problem} />}
        <FormField label="Name" description="Who uses it; the log and the audit log show this name" errorText={nameError}><Input value={name} onChange={(e) => setName(e.detail.value)} /></FormField>
        <FormField label="Role"><RadioGroup value={role} items={roles} ariaLabel="Role" onChange={(e) => setRole(e.detail.value as TokenFields['role'])} /></FormField>
        <FormField label={<>Accounts<i> - optional</i></>} description="Only these accounts can be seen and changed; all without any" constraintText="Twelve digits each" errorText={accountError}><Input value={accounts} placeholder="111122223333, 444455556666" onChange={(e) => setAccounts(e.detail.value)} /></FormField>
        <FormField label={<>Expires<i> - optional</i></>} errorText={errorsAt(fields, 'expiresAt').join(' ')}><DatePicker value={expires} placeholder="YYYY-MM-DD" format="iso" openCalendarAriaLabel={(d) => `Choose a date${d ? `, ${d} is selected` : ''}`} onChange={(e) => setExpires(e.detail.value)} /></FormField>
      </SpaceBetween>
    </Dialog>
  )
}
