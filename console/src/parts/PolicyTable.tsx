import Button from '@cloudscape-design/components/button'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState, type ReactNode } from 'react'
import { useOperate } from '../api/hooks'
import { MayButton } from '../app/may'
import { Listing } from './Listing'
import { PolicyEditor, type Document } from './PolicyEditor'
import { Code } from './Record'
import { Confirm, onePage } from './Tools'

interface Props {
  policies: Record<string, Document> | undefined
  error?: unknown
  title?: string
  description: ReactNode
  empty: ReactNode
  actions?: ReactNode
  save: (name: string, document: Document) => Promise<unknown>
  remove: (name: string) => Promise<unknown>
}

/** The policies of somebody, with what changes them. */
export function PolicyTable({ policies, error, title = 'Policies', description, empty, actions, save, remove }: Props) {
  const [editing, setEditing] = useState<{ name?: string; document?: Document } | null>(null)
  const [shown, setShown] = useState<string | null>(null)
  const [removing, setRemoving] = useState<string | null>(null)
  const { data: managed } = useOperate('GET /managed-policies', shown ? {} : null)
  const items = policies && Object.entries(policies).map(([name, document]) => ({ name, document, managed: typeof document.managed === 'string' ? document.managed : undefined }))
  const document = shown ? policies?.[shown] : undefined
  const text = document?.managed ? managed?.policies.find((p) => p.name === document.managed)?.document : document
  return (
    <>
      <Listing
        name="policies"
        variant="container"
        title={title}
        counter={items && `(${items.length})`}
        description={description}
        pages={onePage(items, error)}
        trackBy={(p) => p.name}
        actions={
          <>
            {actions}
            <MayButton needs="write" onClick={() => setEditing({})}>Add policy</MayButton>
          </>
        }
        empty={empty}
        columns={[
          { id: 'name', header: 'Name', cell: (p) => <Button variant="inline-link" onClick={() => setShown(p.name)}>{p.name}</Button> },
          { id: 'kind', header: 'Kind', cell: (p) => (p.managed ? `AWS managed: ${p.managed}` : 'Inline') },
          {
            id: 'actions',
            header: 'Actions',
            cell: (p) => (
              <SpaceBetween direction="horizontal" size="xs">
                <MayButton needs="write" variant="inline-link" ariaLabel={`Edit policy ${p.name}`} onClick={() => setEditing({ name: p.name, document: p.document })}>Edit</MayButton>
                <MayButton needs="write" variant="inline-link" ariaLabel={`Remove policy ${p.name}`} onClick={() => setRemoving(p.name)}>Remove</MayButton>
              </SpaceBetween>
            ),
          },
        ]}
      />
      {editing && <PolicyEditor title={editing.name ? `Policy ${editing.name}` : 'Add a policy'} {...editing} save={save} onClose={() => setEditing(null)} />}
      {shown && (
        <Modal visible size="large" header={`Policy ${shown}`} closeAriaLabel="Close" onDismiss={() => setShown(null)}>
          <Code text={JSON.stringify(text, null, 2) ?? ''} name="document" />
        </Modal>
      )}
      {removing && (
        <Confirm title="Remove this policy?" action="Remove policy" done={`The policy ${removing} was removed.`} run={() => remove(removing)} onClose={() => setRemoving(null)}>
          Requests that only the policy {removing} allows are refused from now on.
        </Confirm>
      )}
    </>
  )
}

