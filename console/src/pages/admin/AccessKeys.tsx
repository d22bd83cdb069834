import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { useAction, useOperate } from '../../api/hooks'
import { operate } from '../../api/operator'
import { MayButton } from '../../app/may'
import { Empty, Listing } from '../../parts/Listing'
import { Status } from '../../parts/status'
import { moment } from '../../parts/text'
import { Confirm, Once, OperatorTools, onePage } from '../../parts/Tools'

const most = 2

/** The access keys of a user. The secret of a new one is told once. */
export function AccessKeys({ account, user }: { account: string; user: string }) {
  const action = useAction()
  const [made, setMade] = useState<{ AccessKeyId: string; SecretAccessKey: string } | null>(null)
  const [deleting, setDeleting] = useState<string | null>(null)
  const { data, error } = useOperate('GET /accounts/{account}/users/{name}/keys', { account, name: user })
  const full = (data?.keys.length ?? 0) >= most
  const switchKey = (key: string, status: 'Active' | 'Inactive') =>
    action.mutate({
      what: 'The access key was not changed',
      done: status === 'Active' ? `The access key ${key} works again.` : `Requests that ${key} signs are refused from now on.`,
      run: () => operate('PATCH /accounts/{account}/users/{name}/keys/{key}', { account, name: user, key }, { status }),
    })
  const create = () =>
    action.mutate({
      what: 'No access key was created',
      run: async () => setMade(await operate('POST /accounts/{account}/users/{name}/keys', { account, name: user })),
    })
  return (
    <>
      <Listing
        name="keys"
        variant="container"
        title="Access keys"
        counter={data && `(${data.keys.length} of ${most})`}
        description="Programs sign their requests with an access key. Two at most, so that one can be replaced while the other works."
        pages={onePage(data?.keys, error)}
        trackBy={(k) => k.AccessKeyId}
        actions={
          <>
            <OperatorTools data={data} path={`/accounts/${account}/users/${encodeURIComponent(user)}/keys`} cli={`cosell key list ${user} --account ${account}`} />
            <MayButton needs="write" variant="primary" disabled={full} disabledReason="A user has two access keys at most. Delete one first." loading={action.isPending} onClick={create}>Create access key</MayButton>
          </>
        }
        empty={<Empty title="No access keys">This user cannot call the API until it has an access key.</Empty>}
        columns={[
          { id: 'id', header: 'Access key ID', width: 200, cell: (k) => <code>{k.AccessKeyId}</code> },
          { id: 'status', header: 'Status', cell: (k) => <Status value={k.status} /> },
          { id: 'used', header: 'Last used', cell: (k) => (k.lastUsedAt ? moment(k.lastUsedAt) : 'Never') },
          { id: 'created', header: 'Created', cell: (k) => moment(k.createdAt) },
          {
            id: 'actions',
            header: 'Actions',
            cell: (k) => (
              <SpaceBetween direction="horizontal" size="xs">
                {k.status === 'Active' ? (
                  <MayButton needs="write" variant="inline-link" ariaLabel={`Deactivate ${k.AccessKeyId}`} onClick={() => switchKey(k.AccessKeyId, 'Inactive')}>Deactivate</MayButton>
                ) : (
                  <MayButton needs="write" variant="inline-link" ariaLabel={`Activate ${k.AccessKeyId}`} onClick={() => switchKey(k.AccessKeyId, 'Active')}>Activate</MayButton>
                )}
                <MayButton needs="write" variant="inline-link" ariaLabel={`Delete ${k.AccessKeyId}`} onClick={() => setDeleting(k.AccessKeyId)}>Delete</MayButton>
              </SpaceBetween>
            ),
          },
        ]}
      />
      {made && (
        <Once title="A new access key" values={[{ label: 'Access key ID', value: made.AccessKeyId }, { label: 'Secret access key', value: made.SecretAccessKey }]} onClose={() => setMade(null)}>
          The secret access key is shown now and never again. Copy both into the configuration of {user}.
        </Once>
      )}
      {deleting && (
        <Confirm title="Delete this access key?" action="Delete access key" done="The access key was deleted." run={() => operate('DELETE /accounts/{account}/users/{name}/keys/{key}', { account, name: user, key: deleting })} onClose={() => setDeleting(null)}>
          Requests that {deleting} signs are refused from now on. To try first, deactivate it.
        </Confirm>
      )}
    </>
  )
}
