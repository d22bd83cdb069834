import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { useNavigate } from 'react-router-dom'
import { useOperate } from '../../api/hooks'
import { operate } from '../../api/operator'
import { errorText } from '../../app/flash'
import { MayButton } from '../../app/may'
import { useScope } from '../../app/scope'
import { Empty } from '../../parts/Listing'
import { PolicyEditor, type Document } from '../../parts/PolicyEditor'
import { PolicyTable } from '../../parts/PolicyTable'
import { Code } from '../../parts/Record'
import { moment, span } from '../../parts/text'
import { Confirm, OperatorTools } from '../../parts/Tools'
import { AccessKeys } from './AccessKeys'
import { ConsolePassword } from './ConsolePassword'
import { Memberships } from './Memberships'
import type { Kind } from './Principals'
import { EditTrust } from './EditTrust'

/** The page of one user, group or role. */
export function Principal({ kind, name }: { kind: Kind; name: string }) {
  const scope = useScope()
  const { account } = scope
  const navigate = useNavigate()
  const one = kind.slice(0, -1)
  const [dialog, setDialog] = useState<'delete' | 'boundary' | 'trust' | null>(null)
  const { data, error } = useOperate(`GET /accounts/{account}/${kind}/{name}`, { account, name })
  const { data: policies, error: policyError } = useOperate(`GET /accounts/{account}/${kind}/{name}/policies`, data ? { account, name } : null)
  if (error) return <><Header variant="h1">{name}</Header><Box color="text-status-error">{errorText(error)}</Box></>
  if (!data) return <Header variant="h1">{name}</Header>
  const path = `/accounts/${account}/${kind}/${encodeURIComponent(name)}`
  const boundary = data.permissionsBoundary as Document | undefined
  const put = (body: unknown) => operate(`PUT /accounts/{account}/${kind}/{name}` as 'PUT /accounts/{account}/users/{name}', { account, name }, body as never)
  const settings = kind === 'roles' ? { trustPolicy: data.trustPolicy, maxSessionDuration: data.maxSessionDuration } : {}
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={`A ${one} of account ${account}`}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <OperatorTools data={data} path={path} cli={`cosell ${kind === 'groups' ? 'user group' : one} list --account ${account}`} />
            {kind !== 'groups' && <Button onClick={() => navigate(scope.to('/admin/simulator', { kind: one, name }))}>Simulate a request</Button>}
            <MayButton needs="write" onClick={() => setDialog('delete')}>Delete</MayButton>
          </SpaceBetween>
        }
      >
        {name}
      </Header>
      <Container>
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'ARN', value: <span className="text">{data.arn}</span> },
            { label: 'Unique ID', value: <span className="text">{data.id}</span> },
            { label: 'Created', value: moment(data.createdAt) },
            ...(kind === 'roles' ? [{ label: 'Longest session', value: span((data.maxSessionDuration ?? 0) * 1000) }] : []),
          ]}
        />
      </Container>
      {kind === 'users' && <AccessKeys account={account} user={name} />}
      {kind === 'users' && <ConsolePassword account={account} user={name} />}
      <PolicyTable
        policies={policies?.policies as Record<string, Document> | undefined}
        error={policyError}
        description={kind === 'groups' ? 'What the members of this group may do' : kind === 'users' ? 'What this user may do, beside the policies of its groups' : 'What the sessions of this role may do'}
        empty={<Empty title="No policies">{kind === 'users' ? 'Without a policy of its own or of a group, every request of this user is refused.' : 'Without a policy nothing is allowed.'}</Empty>}
        save={(policy, document) => operate(`PUT /accounts/{account}/${kind}/{name}/policies/{policy}`, { account, name, policy }, document)}
        remove={(policy) => operate(`DELETE /accounts/{account}/${kind}/{name}/policies/{policy}`, { account, name, policy })}
      />
      {kind !== 'roles' && <Memberships account={account} kind={kind} name={name} list={(kind === 'users' ? data.groups : data.members) ?? []} />}
      {kind === 'roles' && (
        <Container header={<Header variant="h2" description="Who may assume this role" actions={<MayButton needs="write" onClick={() => setDialog('trust')}>Edit trust policy</MayButton>}>Trust policy</Header>}>
          <Code text={JSON.stringify(data.trustPolicy, null, 2)} name="trust policy" />
        </Container>
      )}
      {kind !== 'groups' && (
        <Container
          header={
            <Header
              variant="h2"
              description="Limits what the policies may allow, and allows nothing by itself"
              actions={
                <SpaceBetween direction="horizontal" size="xs">
                  <MayButton needs="write" onClick={() => setDialog('boundary')}>Set boundary</MayButton>
                </SpaceBetween>
              }
            >
              Permissions boundary
            </Header>
          }
        >
          {boundary ? <Code text={JSON.stringify(boundary, null, 2)} name="boundary" /> : <Box color="text-body-secondary">There is no boundary: the policies count as they are.</Box>}
        </Container>
      )}
      {dialog === 'boundary' && <PolicyEditor title="Permissions boundary" name="boundary" document={boundary} save={(_, document) => put({ ...settings, permissionsBoundary: document })} onClose={() => setDialog(null)} />}
      {dialog === 'trust' && <EditTrust trust={data.trustPolicy as Document} duration={data.maxSessionDuration} save={(changed) => put({ ...changed, permissionsBoundary: boundary })} onClose={() => setDialog(null)} />}
      {dialog === 'delete' && (
        <Confirm title={`Delete the ${one} ${name}?`} action={`Delete ${one}`} done={`The ${one} ${name} was deleted.`} run={() => operate(`DELETE /accounts/{account}/${kind}/{name}`, { account, name })} onClose={() => setDialog(null)} onDone={() => navigate(scope.to(`/admin/${kind}`))}>
          {kind === 'users' ? 'Its policies, access keys and console password are deleted with it. Who uses them is refused from now on.' : kind === 'roles' ? 'Its policies are deleted with it. Its sessions end.' : 'Its policies are deleted with it. Its members keep their own.'}
        </Confirm>
      )}
    </SpaceBetween>
  )
}
