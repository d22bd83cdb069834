import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Toggle from '@cloudscape-design/components/toggle'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { awsSide, call } from '../../api/client'
import { useAction, useOperate } from '../../api/hooks'
import { operate } from '../../api/operator'
import { MayButton, useMay } from '../../app/may'
import { useScope } from '../../app/scope'
import type { FeatureSwitches } from '../../gen/operator.gen'
import { Empty, Listing } from '../../parts/Listing'
import { OperationModal } from '../../parts/OperationModal'
import { RecordTools } from '../../parts/Record'
import { Status } from '../../parts/status'
import { label, moment } from '../../parts/text'
import { OperatorTools, onePage, useFind } from '../../parts/Tools'

export default function Accounts() {
  const { setScope } = useScope()
  const [editing, setEditing] = useState<string | null>(null)
  const [adding, setAdding] = useState(false)
  const { data, error } = useOperate('GET /accounts')
  const [found, find] = useFind(data?.accounts, 'accounts')
  return (
    <>
      <Listing
        name="accounts"
        title="Accounts and profiles"
        counter={data && `(${data.accounts.length})`}
        description="Accounts with a profile, records or events. The company name is what other partners see."
        pages={onePage(found, error)}
        filter={find}
        trackBy={(a) => a.account}
        actions={
          <>
            <OperatorTools data={data} path="/accounts" cli="cosell accounts" />
            <MayButton needs="write" variant="primary" onClick={() => setAdding(true)}>Add account</MayButton>
          </>
        }
        empty={<Empty title="No accounts">An account appears here with its first record, or with a profile that you give it.</Empty>}
        columns={[
          { id: 'account', header: 'Account', cell: (a) => a.account, text: (a) => a.account },
          { id: 'company', header: 'Company', cell: (a) => a.companyName || '-', text: (a) => a.companyName },
          {
            id: 'actions',
            header: 'Actions',
            cell: (a) => (
              <SpaceBetween direction="horizontal" size="xs">
                <MayButton needs="write" variant="inline-link" ariaLabel={`Edit profile of ${a.account}`} onClick={() => setEditing(a.account)}>Edit profile</MayButton>
                <Button variant="inline-link" ariaLabel={`Act as ${a.account}`} onClick={() => setScope({ account: a.account })}>Act as</Button>
              </SpaceBetween>
            ),
          },
        ]}
      />
      {editing && <Profile account={editing} onClose={() => setEditing(null)} />}
      {adding && (
        <OperationModal
          operation="GetOpportunity"
          shape="operator:AccountProfile"
          title="Add an account"
          submit="Add account"
          done="The account was added."
          ask={{ name: 'account', label: 'Account', description: 'Twelve digits' }}
          run={({ account, ...profile }) => operate('PUT /accounts/{account}', { account: String(account ?? '') }, profile as never)}
          onClose={() => setAdding(false)}
        />
      )}
    </>
  )
}

function Profile({ account, onClose }: { account: string; onClose: () => void }) {
  const { data } = useOperate('GET /accounts/{account}', { account })
  if (!data) return null
  return (
    <OperationModal operation="GetOpportunity" shape="operator:AccountProfile" title={`Profile of account ${account}`} submit="Save profile" done="The profile was saved." initial={data} run={(input) => operate('PUT /accounts/{account}', { account }, input as never)} onClose={onClose} />
  )
}

export function Solutions() {
  const { account, catalog } = useScope()
  const [adding, setAdding] = useState(false)
  const input = { Catalog: catalog, MaxResults: 100 }
  const { data, error } = useQuery({ queryKey: ['solutions', account, catalog], queryFn: () => call(account, 'ListSolutions', input) })
  const [found, find] = useFind(data?.SolutionSummaries ?? undefined, 'solutions')
  const aws = account === awsSide
  return (
    <>
      <Listing
        name="solutions"
        title="Solutions"
        counter={data && `(${data.SolutionSummaries?.length ?? 0})`}
        description={aws ? 'Solutions belong to partners. Act as a partner to see and add its solutions.' : `What account ${account} sells, in the ${catalog} catalog`}
        pages={onePage(data ? (found ?? []) : undefined, error)}
        filter={find}
        trackBy={(s) => s.Id ?? ''}
        actions={
          <>
            <RecordTools operation="ListSolutions" input={input} record={data} />
            <MayButton needs="review" variant="primary" disabled={aws} onClick={() => setAdding(true)}>Add solution</MayButton>
          </>
        }
        empty={<Empty title="No solutions">A submission needs a solution, or a description of another one. AWS keeps the list of solutions; here you add them yourself.</Empty>}
        columns={[
          { id: 'id', header: 'ID', cell: (s) => s.Id, text: (s) => s.Id },
          { id: 'name', header: 'Name', cell: (s) => s.Name, text: (s) => s.Name },
          { id: 'category', header: 'Category', cell: (s) => s.Category || '-', text: (s) => s.Category },
          { id: 'status', header: 'Status', cell: (s) => <Status value={s.Status} />, text: (s) => s.Status },
          { id: 'created', header: 'Created', cell: (s) => moment(s.CreatedDate), text: (s) => s.CreatedDate },
        ]}
      />
      {adding && (
        <OperationModal
          operation="ListSolutions"
          shape="operator:SolutionFields"
          title="Add a solution"
          submit="Add solution"
          done="The solution was added."
          ask={{ name: 'id', label: 'ID', description: 'S- and seven digits, such as S-0000001; a solution of this ID is replaced' }}
          run={({ id, ...fields }) => operate('PUT /accounts/{account}/catalogs/{catalog}/solutions/{id}', { account, catalog, id: String(id ?? '') }, fields as never)}
          onClose={() => setAdding(false)}
        />
      )}
    </>
  )
}

const features: Record<string, string> = {
  searchOpportunities: 'The account may search its opportunities. When it is off, SearchOpportunities is refused with AWS\'s reason.',
  opportunityBulkJobs: 'The account may start bulk jobs of opportunities. When it is off, they are refused with AWS\'s reason.',
}

export function Features() {
  const { account } = useScope()
  const action = useAction()
  const may = useMay()
  const { data } = useOperate('GET /accounts/{account}/features', { account })
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={`AWS grants these features to accounts one by one. Here you switch them for account ${account}.`} actions={<OperatorTools data={data} path={`/accounts/${account}/features`} />}>
        Features
      </Header>
      <Container>
        <SpaceBetween size="m">
          {Object.entries(data ?? {})
            .filter(([, on]) => typeof on === 'boolean')
            .map(([name, on]) => (
              <Toggle
                key={name}
                checked={on}
                disabled={!may.write}
                description={features[name]}
                onChange={(e) =>
                  action.mutate({
                    what: 'The feature was not switched',
                    done: `${label(name)} is ${e.detail.checked ? 'on' : 'off'} for account ${account}.`,
                    run: () => operate('PUT /accounts/{account}/features', { account }, { ...(data as FeatureSwitches), [name]: e.detail.checked }),
                  })
                }
              >
                {label(name)}
              </Toggle>
            ))}
        </SpaceBetween>
      </Container>
    </SpaceBetween>
  )
}
