import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import FormField from '@cloudscape-design/components/form-field'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import TextFilter from '@cloudscape-design/components/text-filter'
import { useState, type ReactNode } from 'react'
import { useSession } from '../app/may'
import { errorText } from '../app/flash'
import { useAction, type Pages } from '../api/hooks'
import { Dialog } from './Dialog'
import { Code, CodeMenu } from './Record'

/** Quotes a text for a shell, where it needs it. */
export const quoted = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)

interface ToolsProps {
  /** What the server answered. */
  data: unknown
  /** The path of the operator API that answered it. */
  path: string
  /** The same with the command cosell. */
  cli?: string
}

/** A menu with an answer of the operator API as JSON, and how to ask for it from a shell. */
export function OperatorTools({ data, path, cli }: ToolsProps) {
  const strict = useSession()?.auth === 'strict'
  const endpoint = location.origin
  return (
    <CodeMenu
      items={[
        { item: 'View JSON', title: 'Answer of the operator API', name: 'JSON', text: () => JSON.stringify(data, null, 2) ?? '' },
        ...(cli ? [{ item: 'Copy as CLI', title: 'The same from the command line', name: 'command', text: () => `${strict ? 'COSELL_OPERATOR_TOKEN=… ' : ''}COSELL_ENDPOINT=${endpoint} \\\n  ${cli}` }] : []),
        { item: 'Copy as curl', title: 'The same with curl', name: 'command', text: () => `curl -sf ${strict ? '-H "Authorization: Bearer $COSELL_OPERATOR_TOKEN" ' : ''}${quoted(`${endpoint}/operator/v1${path}`)}` },
      ]}
    />
  )
}

/** Values that the server tells once. */
export function Once({ title, values, children, onClose }: { title: string; values: { label: string; value: string }[]; children: ReactNode; onClose: () => void }) {
  return (
    <Modal
      visible
      header={title}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={<Box float="right"><Button variant="primary" onClick={onClose}>I have copied it</Button></Box>}
    >
      <SpaceBetween size="m">
        <Box>{children}</Box>
        {values.map((v) => (
          <FormField key={v.label} label={v.label} stretch>
            <Code text={v.value} name={v.label} />
          </FormField>
        ))}
      </SpaceBetween>
    </Modal>
  )
}

/** Asks before something is done that cannot be undone. */
export function Confirm({ title, children, action, done, run, onClose, onDone }: { title: string; children: ReactNode; action: string; done: string; run: () => Promise<unknown>; onClose: () => void; onDone?: () => void }) {
  const change = useAction()
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <Button
          variant="primary"
          loading={change.isPending}
          onClick={() => change.mutate({ what: `${title.replace(/\?$/, '')}: not done`, done, run }, { onSuccess: () => onDone?.(), onSettled: onClose })}
        >
          {action}
        </Button>
      }
    >
      {children}
    </Dialog>
  )
}

/** A whole list as the one page of a table. */
export function onePage<T>(items: T[] | undefined, error?: unknown): Pages<T> {
  return { items: items ?? [], loading: !items && !error, error, page: 1, pages: 1, openEnd: false, goTo: () => {} }
}

/** A list, and the text field that filters it. */
export function useFind<T>(items: T[] | undefined, what: string): [T[] | undefined, ReactNode] {
  const [words, setWords] = useState('')
  const wanted = words.trim().toLowerCase()
  const found = wanted ? items?.filter((item) => JSON.stringify(item).toLowerCase().includes(wanted)) : items
  return [found, <TextFilter key="find" filteringText={words} filteringPlaceholder={`Find ${what}`} filteringAriaLabel={`Filter ${what} by text`} countText={wanted ? `${found?.length ?? 0} found` : undefined} onChange={(e) => setWords(e.detail.filteringText)} />]
}

/** What the server refused, where no field is to blame. */
export function Problem({ of }: { of: unknown }) {
  return of ? <Box color="text-status-error">{errorText(of)}</Box> : null
}
