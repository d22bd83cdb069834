import Box from '@cloudscape-design/components/box'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import KeyValuePairs, { type KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState, type ReactNode } from 'react'
import type { OperationName } from '../api/client'
import { useSession } from '../app/may'
import { useScope } from '../app/scope'
import { day, label, moment } from './text'

const kebab = (name: string) => name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()

/** The same call with the AWS CLI. */
function asCli(account: string, operation: string, input: object, strict: boolean): string {
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
  const given = Object.entries(input).filter(([, v]) => v !== undefined && v !== null)
  const simple = given.every(([, v]) => typeof v === 'string' || typeof v === 'number')
  const args = simple ? given.map(([name, v]) => `  --${kebab(name)} ${quoted(String(v))}`) : [`  --cli-input-json ${quoted(JSON.stringify(input))}`]
  const credentials = strict ? `AWS_PROFILE=account-${account}` : `AWS_ACCESS_KEY_ID=${account} AWS_SECRET_ACCESS_KEY=test`
  return [`${credentials} AWS_REGION=us-east-1 \\`, `aws partnercentral-selling ${kebab(operation)} \\`, `  --endpoint-url ${location.origin} \\`, args.join(' \\\n')].join('\n')
}

/** The same call with boto3. */
function asBoto3(account: string, operation: string, input: object, strict: boolean): string {
  const python = (v: unknown): string => {
    if (v === null || v === undefined) return 'None'
    if (typeof v === 'boolean') return v ? 'True' : 'False'
    if (Array.isArray(v)) return `[${v.map(python).join(', ')}]`
    if (typeof v === 'object') return `{${Object.entries(v).map(([k, x]) => `${JSON.stringify(k)}: ${python(x)}`).join(', ')}}`
    return JSON.stringify(v)
  }
  const args = Object.entries(input).filter(([, v]) => v !== undefined && v !== null).map(([name, v]) => `    ${name}=${python(v)},`)
  return [
    'import boto3',
    '',
    'client = boto3.client(',
    '    "partnercentral-selling",',
    `    endpoint_url="${location.origin}",`,
    '    region_name="us-east-1",',
    ...(strict ? [] : [`    aws_access_key_id="${account}",`, '    aws_secret_access_key="test",']),
    ')',
    `answer = client.${kebab(operation).replaceAll('-', '_')}(`,
    ...args,
    ')',
  ].join('\n')
}

interface ToolsProps {
  operation: OperationName
  input: object
  record: unknown
  /** The account that reads the record, if it is not the acting one. */
  as?: string
}

/** A menu with the record as JSON and its call for the AWS CLI and boto3. */
export function RecordTools({ operation, input, record, as }: ToolsProps) {
  const { account } = useScope()
  const strict = useSession()?.auth === 'strict'
  return (
    <CodeMenu
      items={[
        { item: 'View JSON', title: `Answer of ${operation}`, name: 'JSON', text: () => JSON.stringify(record, null, 2) },
        { item: 'Copy as AWS CLI', title: 'The same call with the AWS CLI', name: 'command', text: () => asCli(as ?? account, operation, input, strict) },
        { item: 'Copy as boto3', title: 'The same call with boto3', name: 'code', text: () => asBoto3(as ?? account, operation, input, strict) },
      ]}
    />
  )
}

interface CodeItem {
  /** What the menu calls it. */
  item: string
  title: string
  name: string
  text: () => string
}

/** A menu of texts to read or copy. */
export function CodeMenu({ items }: { items: CodeItem[] }) {
  const [chosen, setChosen] = useState<string | null>(null)
  const shown = items.find(({ item }) => item === chosen)
  return (
    <>
      <ButtonDropdown items={items.map(({ item }) => ({ id: item, text: item }))} onItemClick={(e) => setChosen(e.detail.id)}>
        Code
      </ButtonDropdown>
      {shown && (
        <Modal visible size="large" header={shown.title} closeAriaLabel="Close" onDismiss={() => setChosen(null)}>
          <Code text={shown.text()} name={shown.name} />
        </Modal>
      )}
    </>
  )
}

/** Text in a fixed width, with a button that copies it. */
export function Code({ text, name }: { text: string; name: string }) {
  return (
    <SpaceBetween size="xs">
      <CopyToClipboard copyButtonText={`Copy ${name}`} copySuccessText="Copied" copyErrorText="The browser refused" textToCopy={text} />
      <pre className="code" tabIndex={0} aria-label={name}>
        {text}
      </pre>
    </SpaceBetween>
  )
}

const date = /^\d{4}-\d\d-\d\d$/
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d/

/** Writes a value of any shape for people. */
export function Value({ value }: { value: unknown }): ReactNode {
  if (value === null || value === undefined || value === '') return '-'
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  if (typeof value === 'string' && date.test(value)) return day(value)
  if (typeof value === 'string') return time.test(value) ? moment(value) : <span className="text">{value}</span>
  if (typeof value === 'number') return value.toLocaleString('en-US')
  if (Array.isArray(value)) {
    if (value.length === 0) return '-'
    if (value.every((v) => typeof v !== 'object')) return <span className="text">{value.join(', ')}</span>
    return (
      <SpaceBetween size="xs">
        {value.map((v, i) => (
          <Value key={i} value={v} />
        ))}
      </SpaceBetween>
    )
  }
  const entries = Object.entries(value as object).filter(([, v]) => v !== null && v !== undefined)
  if (entries.length === 0) return '-'
  return (
    <dl className="nested">
      {entries.map(([name, v]) => (
        <div key={name}>
          <dt>{label(name)}</dt>
          <dd>
            <Value value={v} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** The members of a record with their labels. */
export function Members({ of, columns = 3, only, without = [] }: { of: object | null | undefined; columns?: number; only?: string[]; without?: string[] }) {
  const entries = only ? only.map((name) => [name, (of as Record<string, unknown> | null | undefined)?.[name]] as const) : Object.entries(of ?? {}).filter(([name]) => !without.includes(name))
  const stated = only ? entries : entries.filter(([, v]) => v !== null && v !== undefined && !(Array.isArray(v) && v.length === 0))
  if (stated.length === 0) return <Box color="text-body-secondary">Nothing here yet.</Box>
  const items: KeyValuePairsProps.Item[] = stated.map(([name, value]) => ({ label: label(name), value: <Value value={value} /> }))
  return <KeyValuePairs columns={columns} items={items} />
}
