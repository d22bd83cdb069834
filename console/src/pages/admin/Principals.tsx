import { Route, Routes, useParams } from 'react-router-dom'
import { useState } from 'react'
import { useOperate } from '../../api/hooks'
import { operate } from '../../api/operator'
import { MayButton } from '../../app/may'
import { useScope } from '../../app/scope'
import { Go } from '../../parts/Go'
import { Empty, Listing } from '../../parts/Listing'
import { moment } from '../../parts/text'
import { OperatorTools, onePage, useFind } from '../../parts/Tools'
import { CreatePrincipal } from './CreatePrincipal'
import { Principal } from './Principal'

export type Kind = 'users' | 'groups' | 'roles'

const texts = {
  users: { title: 'Users and access keys', one: 'user', cli: 'user list', about: 'A user signs requests with access keys and may do what its policies, and those of its groups, allow.', empty: 'Create a user for each program that calls the API, give it a policy and an access key.' },
  groups: { title: 'Groups', one: 'group', cli: 'user group list', about: 'The members of a group have its policies.', empty: 'Create a group when several users need the same policies.' },
  roles: { title: 'Roles', one: 'role', cli: 'role list', about: 'Whoever the trust policy names may assume the role with AssumeRole, and gets temporary credentials.', empty: 'Create a role where programs should work with temporary credentials, as they do in AWS.' },
}

export const Users = () => <Pages kind="users" />
export const Groups = () => <Pages kind="groups" />
export const Roles = () => <Pages kind="roles" />

function Pages({ kind }: { kind: Kind }) {
  return (
    <Routes>
      <Route index element={<List kind={kind} />} />
      <Route path=":name" element={<One kind={kind} />} />
    </Routes>
  )
}

const One = ({ kind }: { kind: Kind }) => <Principal kind={kind} name={useParams().name ?? ''} />

function List({ kind }: { kind: Kind }) {
  const { account } = useScope()
  const t = texts[kind]
  const [creating, setCreating] = useState(false)
  const { data, error } = useOperate(`GET /accounts/{account}/${kind}`, { account })
  const [found, find] = useFind(data?.principals, kind)
  return (
    <>
      <Listing
        name={kind}
        title={t.title}
        counter={data && `(${data.principals.length})`}
        description={`${t.about} These are the ${kind} of account ${account}.`}
        pages={onePage(found, error)}
        filter={find}
        trackBy={(p) => p.name}
        actions={
          <>
            <OperatorTools data={data} path={`/accounts/${account}/${kind}`} cli={`cosell ${t.cli} --account ${account}`} />
            <MayButton needs="write" variant="primary" onClick={() => setCreating(true)}>{`Create ${t.one}`}</MayButton>
          </>
        }
        empty={<Empty title={`No ${kind}`}>{t.empty}</Empty>}
        columns={[
          { id: 'name', header: 'Name', cell: (p) => <Go to={`/admin/${kind}/${encodeURIComponent(p.name)}`}>{p.name}</Go>, text: (p) => p.name },
          ...(kind === 'users' ? [{ id: 'groups', header: 'Groups', cell: (p: { groups?: string[] }) => p.groups?.join(', ') || '-' }] : []),
          ...(kind === 'groups' ? [{ id: 'members', header: 'Members', cell: (p: { members?: string[] }) => p.members?.join(', ') || '-' }] : []),
          { id: 'arn', header: 'ARN', width: 220, cell: (p) => <span className="text">{p.arn}</span>, text: (p) => p.arn },
          { id: 'created', header: 'Created', cell: (p) => moment(p.createdAt), text: (p) => p.createdAt },
        ]}
      />
      {creating && <CreatePrincipal kind={kind} one={t.one} onClose={() => setCreating(false)} save={(name, body) => operate(`PUT /accounts/{account}/${kind}/{name}` as 'PUT /accounts/{account}/users/{name}', { account, name }, body as never)} />}
    </>
  )
}
