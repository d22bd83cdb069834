import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import Checkbox from '@cloudscape-design/components/checkbox'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { useState } from 'react'
import { useSearchParams } from 'react-router-dom'
import { ApiError, awsSide } from '../../api/client'
import { useAction, useOperate, usePages } from '../../api/hooks'
import { operate } from '../../api/operator'
import { useMay } from '../../app/may'
import { useScope } from '../../app/scope'
import type { Verification } from '../../gen/operator.gen'
import { errorsAt } from '../../parts/form'
import { Empty, Listing } from '../../parts/Listing'
import { Code } from '../../parts/Record'
import { count, download, moment } from '../../parts/text'
import { OperatorTools, quoted } from '../../parts/Tools'

/** A record in CloudTrail's shape, as far as the page reads it. */
interface AuditRecord {
  eventID: string
  eventName: string
  eventSource: string
  eventTime: string
  errorCode?: string
  errorMessage?: string
  recipientAccountId: string
  sourceIPAddress: string
  userIdentity: { type: string; arn?: string; userName?: string; accessKeyId?: string; accountId?: string; invokedBy?: string }
}

const who = (r: AuditRecord) => {
  const u = r.userIdentity
  const name = u.arn ?? u.userName ?? u.accessKeyId ?? u.accountId ?? u.type
  return u.invokedBy ? `${name}, by ${u.invokedBy}` : name
}

const filters = ['eventName', 'user', 'requestId', 'from', 'to'] as const
const exported = 10_000

export default function Audit() {
  const { account } = useScope()
  const may = useMay()
  const [params, setParams] = useSearchParams()
  const action = useAction()
  const [shown, setShown] = useState<AuditRecord | null>(null)
  const [verified, setVerified] = useState<Verification | null>(null)
  const { data: settings } = useOperate('GET /settings')
  const own = params.get('only') === 'account' || !may.server
  const query = { ...Object.fromEntries(filters.map((name) => [name, params.get(name) || undefined])), account: own && account !== awsSide ? account : undefined, failed: params.get('failed') === 'true' || undefined }
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(params)
    if (value) next.set(name, value)
    else next.delete(name)
    setParams(next, { replace: true })
  }
  const page = async (after: string | undefined, limit: number) => {
    const answer = await operate('GET /audit', { ...query, after, limit })
    return { items: answer.Records as unknown as AuditRecord[], next: answer.next }
  }
  const pages = usePages<AuditRecord>(['audit', query], (after) => page(after, 50))
  const fields = pages.error instanceof ApiError ? pages.error.fields : []
  async function everything() {
    const all: AuditRecord[] = []
    for (let after: string | undefined; all.length < exported; ) {
      const found = await page(after, 1000)
      all.push(...found.items)
      if (!found.next) break
      after = found.next
    }
    return all
  }
  const path = `/audit?${new URLSearchParams(Object.entries(query).filter(([, v]) => v !== undefined).map(([k, v]) => [k, String(v)]))}`
  const flags: Record<string, string> = { eventName: 'event', user: 'user', from: 'from', to: 'to', account: 'account' }
  const cli = ['cosell audit list', ...Object.entries(query).filter(([k, v]) => v !== undefined && flags[k]).map(([k, v]) => `--${flags[k]} ${quoted(String(v))}`), ...(query.failed ? ['--failed'] : [])].join(' ')
  return (
    <SpaceBetween size="l">
      {settings?.audit === 'off' && (
        <Alert type="info" header="This server keeps no audit log">
          Start it with <code>--audit writes</code> to keep what changes something, or <code>--audit all</code> to keep reads, too. With strict auth writes are kept without a flag.
        </Alert>
      )}
      <Container header={<Header variant="h2" description="All that are filled in count">Filter</Header>}>
        <SpaceBetween size="m">
          <ColumnLayout columns={3}>
            <Field label="Event" value={params.get('eventName') ?? ''} error={errorsAt(fields, 'query.eventName').join(' ')} onChange={(v) => set('eventName', v)} placeholder="CreateOpportunity" />
            <Field label="User" value={params.get('user') ?? ''} error={errorsAt(fields, 'query.user').join(' ')} onChange={(v) => set('user', v)} placeholder="ARN, name or access key" />
            <Field label="Request ID" value={params.get('requestId') ?? ''} error={errorsAt(fields, 'query.requestId').join(' ')} onChange={(v) => set('requestId', v)} />
            <Field label="Since" value={params.get('from') ?? ''} error={errorsAt(fields, 'query.from').join(' ')} onChange={(v) => set('from', v)} placeholder="2026-12-31T00:00:00Z" />
            <Field label="Before" value={params.get('to') ?? ''} error={errorsAt(fields, 'query.to').join(' ')} onChange={(v) => set('to', v)} placeholder="2027-01-01T00:00:00Z" />
            <FormField label="Show">
              <SpaceBetween size="xxs">
                <Checkbox checked={query.failed === true} onChange={(e) => set('failed', e.detail.checked ? 'true' : '')}>Only what was refused</Checkbox>
                {may.server && account !== awsSide && <Checkbox checked={own} onChange={(e) => set('only', e.detail.checked ? 'account' : '')}>{`Only account ${account}`}</Checkbox>}
              </SpaceBetween>
            </FormField>
          </ColumnLayout>
        </SpaceBetween>
      </Container>
      {verified && (
        <Alert type={verified.ok ? 'success' : 'error'} dismissible onDismiss={() => setVerified(null)} header={verified.ok ? 'Nothing was changed, added or removed' : 'The audit log was changed'}>
          <SpaceBetween size="xs">
            <span>{verified.problem ?? `${count(verified.entries, 'entry', 'entries')} in ${count(verified.links, 'link')} of the chain were checked${verified.open > 0 ? `; ${count(verified.open, 'entry', 'entries')} are not in the chain yet` : ''}.`}</span>
            <span className="text">Last link: {verified.number}, hash {verified.hash || 'none'}. Keep both elsewhere: the next check can show with them that the end was not cut off.</span>
          </SpaceBetween>
        </Alert>
      )}
      <Listing
        name="audit"
        title="Audit log"
        description="What callers and operators did, the latest first, in the shape of CloudTrail's records"
        pages={pages}
        trackBy={(r) => r.eventID}
        everything={everything}
        actions={
          <>
            <OperatorTools data={pages.items} path={path} cli={cli} />
            <ButtonDropdown items={[{ id: 'lines', text: 'JSON Lines' }, { id: 'json', text: 'CloudTrail JSON' }]} onItemClick={(e) => action.mutate({ what: 'Nothing was exported', run: async () => {
              const all = await everything()
              if (e.detail.id === 'lines') download('audit.jsonl', all.map((r) => JSON.stringify(r) + '\n').join(''), 'application/jsonl')
              else download('audit.json', JSON.stringify({ Records: all }, null, 1), 'application/json')
            } })}>
              Export
            </ButtonDropdown>
            {may.server && <Button loading={action.isPending} onClick={() => action.mutate({ what: 'The audit log was not checked', run: async () => setVerified(await operate('GET /audit/verification')) })}>Verify chain</Button>}
          </>
        }
        empty={<Empty title="No records">{Object.values(query).some(Boolean) ? 'No record matches the filter.' : 'Every call that changes something appears here.'}</Empty>}
        columns={[
          { id: 'time', header: 'Time', width: 150, cell: (r) => moment(r.eventTime), text: (r) => r.eventTime },
          { id: 'event', header: 'Event', width: 180, cell: (r) => <Button variant="inline-link" ariaLabel={`Show record ${r.eventName} ${r.eventID}`} onClick={() => setShown(r)}>{r.eventName}</Button>, text: (r) => r.eventName },
          { id: 'user', header: 'User', width: 180, cell: (r) => <span className="text">{who(r)}</span>, text: who },
          { id: 'account', header: 'Account', cell: (r) => r.recipientAccountId || '-', text: (r) => r.recipientAccountId },
          { id: 'outcome', header: 'Outcome', cell: (r) => <StatusIndicator type={r.errorCode ? 'error' : 'success'}>{r.errorCode ?? 'Done'}</StatusIndicator>, text: (r) => r.errorCode ?? 'Done' },
          { id: 'address', header: 'Source address', hidden: true, cell: (r) => r.sourceIPAddress, text: (r) => r.sourceIPAddress },
        ]}
      />
      {shown && (
        <Modal visible size="large" header={shown.eventName} closeAriaLabel="Close" onDismiss={() => setShown(null)}>
          <Code text={JSON.stringify(shown, null, 2)} name="record" />
        </Modal>
      )}
    </SpaceBetween>
  )
}

/** A field of the filter, which counts when it is left or on Enter. */
function Field({ label, value, placeholder, error, onChange }: { label: string; value: string; placeholder?: string; error: string; onChange: (value: string) => void }) {
  const [text, setText] = useState(value)
  return (
    <FormField label={label} errorText={error}>
      <Input value={text} placeholder={placeholder} onChange={(e) => setText(e.detail.value)} onBlur={() => onChange(text.trim())} onKeyDown={(e) => e.detail.key === 'Enter' && onChange(text.trim())} />
    </FormField>
  )
}
