import Button from '@cloudscape-design/components/button'
import FormField from '@cloudscape-design/components/form-field'
import Select from '@cloudscape-design/components/select'
import { useState } from 'react'
import { useAction, useOperate } from '../../api/hooks'
import { operate } from '../../api/operator'
import { MayButton } from '../../app/may'
import { Dialog } from '../../parts/Dialog'
import { Go } from '../../parts/Go'
import { Empty, Listing } from '../../parts/Listing'
import { onePage } from '../../parts/Tools'

/** The groups of a user, or the members of a group. */
export function Memberships({ account, kind, name, list }: { account: string; kind: 'users' | 'groups'; name: string; list: string[] }) {
  const action = useAction()
  const [adding, setAdding] = useState(false)
  const ofUser = kind === 'users'
  const others = ofUser ? 'groups' : 'users'
  const params = (other: string) => (ofUser ? { account, name: other, user: name } : { account, name, user: other })
  return (
    <>
      <Listing
        name="memberships"
        variant="container"
        title={ofUser ? 'Groups' : 'Members'}
        counter={`(${list.length})`}
        description={ofUser ? 'The policies of these groups count for the user, too' : 'Users who have the policies of this group'}
        pages={onePage(list.map((other) => ({ other })))}
        trackBy={(m) => m.other}
        actions={<MayButton needs="write" onClick={() => setAdding(true)}>{ofUser ? 'Add to group' : 'Add member'}</MayButton>}
        empty={<Empty title={ofUser ? 'In no group' : 'No members'}>{ofUser ? 'The user has only its own policies.' : 'Add users who need the policies of this group.'}</Empty>}
        columns={[
          { id: 'name', header: 'Name', cell: (m) => <Go to={`/admin/${others}/${encodeURIComponent(m.other)}`}>{m.other}</Go> },
          {
            id: 'actions',
            header: 'Actions',
            cell: (m) => (
              <MayButton needs="write" variant="inline-link" ariaLabel={`Remove ${ofUser ? 'from' : ''} ${m.other}`} onClick={() => action.mutate({ what: 'Not removed', done: 'Removed from the group.', run: () => operate('DELETE /accounts/{account}/groups/{name}/members/{user}', params(m.other)) })}>Remove</MayButton>
            ),
          },
        ]}
      />
      {adding && <Add account={account} others={others} list={list} onClose={() => setAdding(false)} add={(other) => operate('PUT /accounts/{account}/groups/{name}/members/{user}', params(other))} />}
    </>
  )
}

function Add({ account, others, list, add, onClose }: { account: string; others: 'users' | 'groups'; list: string[]; add: (name: string) => Promise<unknown>; onClose: () => void }) {
  const action = useAction()
  const [chosen, setChosen] = useState<string | null>(null)
  const { data } = useOperate(`GET /accounts/{account}/${others}`, { account })
  const one = others.slice(0, -1)
  return (
    <Dialog
      title={others === 'groups' ? 'Add the user to a group' : 'Add a member'}
      onClose={onClose}
      actions={<Button variant="primary" disabled={!chosen} loading={action.isPending} onClick={() => action.mutate({ what: 'Not added', done: 'Added to the group.', run: () => add(chosen ?? '') }, { onSettled: onClose })}>Add</Button>}
    >
      <FormField label={one[0].toUpperCase() + one.slice(1)}>
        <Select
          options={(data?.principals ?? []).filter((p) => !list.includes(p.name)).map((p) => ({ value: p.name, label: p.name }))}
          selectedOption={chosen ? { value: chosen, label: chosen } : null}
          placeholder={`Choose a ${one}`}
          empty={`The account has no other ${others}`}
          onChange={(e) => setChosen(e.detail.selectedOption.value ?? null)}
        />
      </FormField>
    </Dialog>
  )
}
