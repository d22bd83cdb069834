import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { useOperate } from '../../api/hooks'
import { operate } from '../../api/operator'
import { useSession } from '../../app/may'
import { useScope } from '../../app/scope'
import { Go } from '../../parts/Go'
import { Empty, Listing } from '../../parts/Listing'
import type { Document } from '../../parts/PolicyEditor'
import { PolicyTable } from '../../parts/PolicyTable'
import { Code } from '../../parts/Record'
import { OperatorTools, onePage } from '../../parts/Tools'

export default function Policies() {
  const { account } = useScope()
  const strict = useSession()?.auth === 'strict'
  const [shown, setShown] = useState<{ name: string; document: Document } | null>(null)
  const { data, error } = useOperate('GET /managed-policies')
  const root = useOperate('GET /accounts/{account}/policies', { account })
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={<>Users, groups and roles have their policies on their own pages: <Go to="/admin/users">users</Go>, <Go to="/admin/groups">groups</Go>, <Go to="/admin/roles">roles</Go>. The <Go to="/admin/simulator">simulator</Go> says what they allow.</>} actions={<OperatorTools data={data} path="/managed-policies" />}>
        Policies
      </Header>
      {!strict && (
        <PolicyTable
          title="Policies of the development key"
          policies={root.data?.policies as Record<string, Document> | undefined}
          error={root.error}
          description={`What account ${account} may do when it signs with its development key. To test a policy, hold the key to it here.`}
          empty={<Empty title="The development key may do everything">Add a policy, and requests of this account that it does not allow are refused, as they would be in AWS.</Empty>}
          save={(policy, document) => operate('PUT /accounts/{account}/policies/{policy}', { account, policy }, document)}
          remove={(policy) => operate('DELETE /accounts/{account}/policies/{policy}', { account, policy })}
        />
      )}
      <Listing
        name="managed-policies"
        variant="container"
        title="AWS managed policies"
        counter={data && `(${data.policies.length})`}
        description="AWS's own policies for partners, as far as they concern this server"
        pages={onePage(data?.policies, error)}
        trackBy={(p) => p.name}
        empty={<Empty title="None">This server has none.</Empty>}
        columns={[
          { id: 'name', header: 'Name', cell: (p) => <Button variant="inline-link" onClick={() => setShown(p)}>{p.name}</Button> },
          { id: 'statements', header: 'Statements', cell: (p) => (Array.isArray(p.document.Statement) ? p.document.Statement.length : 1) },
        ]}
      />
      {shown && (
        <Modal visible size="large" header={shown.name} closeAriaLabel="Close" onDismiss={() => setShown(null)}>
          <Code text={JSON.stringify(shown.document, null, 2)} name="document" />
        </Modal>
      )}
    </SpaceBetween>
  )
}
