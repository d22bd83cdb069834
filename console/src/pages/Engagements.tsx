import Alert from '@cloudscape-design/components/alert'
import Badge from '@cloudscape-design/components/badge'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import Table from '@cloudscape-design/components/table'
import TextFilter from '@cloudscape-design/components/text-filter'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Route, Routes, useParams } from 'react-router-dom'
import { awsSide, call } from '../api/client'
import { useAction, useCall, usePages } from '../api/hooks'
import { errorText } from '../app/flash'
import { MayButton, useMay } from '../app/may'
import { useScope } from '../app/scope'
import type { EngagementContextDetails, EngagementSearchSummary, GetEngagementResponse, SearchEngagementsRequest } from '../gen/contract.gen'
import { Go } from '../parts/Go'
import { History } from '../parts/History'
import { Empty, Listing, type Column } from '../parts/Listing'
import { OperationModal } from '../parts/OperationModal'
import { PageTabs } from '../parts/PageTabs'
import { Members, RecordTools } from '../parts/Record'
import { Revisions, type Snapshot } from '../parts/Snapshots'
import { Status } from '../parts/status'
import { label, moment } from '../parts/text'

export default function Engagements() {
  return (
    <Routes>
      <Route index element={<List />} />
      <Route path=":id" element={<Record />} />
    </Routes>
  )
}

const columns: Column<EngagementSearchSummary>[] = [
  { id: 'title', header: 'Title', sort: 'Title', width: 180, text: (e) => e.Title, cell: (e) => <Go to={`/engagements/${e.Id}`}>{e.Title || e.Id}</Go> },
  { id: 'contexts', header: 'Contexts', text: (e) => (e.Contexts ?? []).map((c) => c.Type).join(' '), cell: (e) => (e.Contexts ?? []).map((c) => label(c.Type ?? '')).join(', ') || '-' },
  { id: 'members', header: 'Members', sort: 'MemberCount', text: (e) => e.MemberCount, cell: (e) => e.MemberCount ?? '-' },
  { id: 'by', header: 'Created by', text: (e) => e.CreatedBy, cell: (e) => e.CreatedBy ?? '-' },
  { id: 'created', header: 'Created', sort: 'CreatedAt', width: 150, text: (e) => e.CreatedAt, cell: (e) => moment(e.CreatedAt) },
  { id: 'modified', header: 'Last modified', sort: 'LastModifiedAt', width: 150, text: (e) => e.ModifiedAt, cell: (e) => moment(e.ModifiedAt) },
  { id: 'id', header: 'ID', hidden: true, text: (e) => e.Id, cell: (e) => e.Id },
]

function List() {
  const { account, catalog } = useScope()
  const [words, setWords] = useState('')
  const [sort, setSort] = useState({ field: 'LastModifiedAt', descending: true })
  const [creating, setCreating] = useState(false)
  const input: SearchEngagementsRequest = {
    Catalog: catalog,
    Keyword: words.trim() || undefined,
    Sort: { SortBy: sort.field as never, SortOrder: sort.descending ? 'DESCENDING' : 'ASCENDING' },
    MaxResults: 20,
  }
  const pages = usePages<EngagementSearchSummary>(['engagements', account, catalog, input], async (NextToken) => {
    const answer = await call(account, 'SearchEngagements', { ...input, NextToken })
    return { items: answer.EngagementSearchSummaries ?? [], next: answer.NextToken }
  })
  return (
    <>
      <Listing<EngagementSearchSummary>
        name="engagements"
        title="Engagements"
        description="Where parties work on a deal together: members, shared contexts, snapshots of the opportunity"
        columns={columns}
        pages={pages}
        trackBy={(e) => e.Id ?? ''}
        sorting={{ ...sort, onChange: (field, descending) => setSort({ field, descending }) }}
        filter={<TextFilter filteringText={words} filteringPlaceholder="Find by words" filteringAriaLabel="Find engagements by words" onChange={(e) => setWords(e.detail.filteringText)} />}
        actions={
          <>
            <RecordTools operation="SearchEngagements" input={input} record={pages.items} />
            <MayButton needs="write" variant="primary" onClick={() => setCreating(true)}>Create engagement</MayButton>
          </>
        }
        empty={<Empty title="No engagements">Submitting an opportunity starts one with AWS; accepting an invitation makes you a member of one.</Empty>}
      />
      {creating && <OperationModal operation="CreateEngagement" title="Create an engagement" submit="Create" done="The engagement was created." onClose={() => setCreating(false)} />}
    </>
  )
}

function Record() {
  const { id = '' } = useParams()
  const { account, catalog } = useScope()
  const [inviting, setInviting] = useState(false)
  const { operate: operator } = useMay()
  const input = { Catalog: catalog, Identifier: id }
  const { data: e, error } = useCall('GetEngagement', input)
  const company = useCompany(id)
  if (error) return <Alert type="error" header={`${id} cannot be shown`}>{errorText(error)} An engagement is seen by its members.</Alert>
  if (!e) return <Spinner size="large" />
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={`${e.Id} · last modified ${moment(e.ModifiedAt)}`}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <RecordTools operation="GetEngagement" input={input} record={e} />
            <MayButton needs="write" variant="primary" onClick={() => setInviting(true)}>Invite</MayButton>
          </SpaceBetween>
        }
      >
        {e.Title}
      </Header>
      <Container>
        <KeyValuePairs
          columns={4}
          minColumnWidth={120}
          items={[
            { label: 'Description', value: e.Description || '-' },
            { label: 'Members', value: String(e.MemberCount ?? '-') },
            { label: 'Created by', value: company(e.CreatedBy) },
            { label: 'Created', value: moment(e.CreatedAt) },
          ]}
        />
      </Container>
      <PageTabs
        label="Parts of the engagement"
        tabs={[
          { id: 'members', label: 'Members', content: <Joined id={id} /> },
          { id: 'contexts', label: 'Contexts', content: <Contexts e={e as GetEngagementResponse} /> },
          { id: 'snapshots', label: 'Snapshots', content: <Shared id={id} /> },
          { id: 'jobs', label: 'Snapshot jobs', content: <Jobs id={id} /> },
          ...(operator ? [{ id: 'history', label: 'History', content: <History id={id} account={account} hint="Each new member and each change of a context" /> }] : []),
        ]}
      />
      {inviting && <OperationModal operation="CreateEngagementInvitation" title="Invite to the engagement" submit="Invite" done="The invitation was sent." fixed={{ EngagementIdentifier: id }} initial={{ Invitation: { Receiver: { Account: {} } } }} onClose={() => setInviting(false)} />}
    </SpaceBetween>
  )
}

const useMembers = (id: string) => useCall('ListEngagementMembers', { Catalog: useScope().catalog, Identifier: id, MaxResults: 10 })

/** Returns what names an account of an engagement: its company, where it is known. */
function useCompany(id: string): (account: string | null | undefined) => string {
  const { data } = useMembers(id)
  return (account) => {
    const company = data?.EngagementMemberList?.find((m) => m.AccountId === account)?.CompanyName
    return account === awsSide ? 'AWS' : company ? `${company} (${account})` : (account ?? '-')
  }
}

function Joined({ id }: { id: string }) {
  const { data } = useMembers(id)
  return (
    <Table
      variant="container"
      loading={!data}
      items={data?.EngagementMemberList ?? []}
      trackBy="AccountId"
      ariaLabels={{ tableLabel: 'Members' }}
      header={<Header variant="h2">Members</Header>}
      columnDefinitions={[
        { id: 'company', header: 'Company', isRowHeader: true, cell: (m) => m.CompanyName || '-' },
        { id: 'account', header: 'Account', cell: (m) => m.AccountId },
        { id: 'site', header: 'Website', cell: (m) => m.WebsiteUrl || '-' },
      ]}
    />
  )
}

function Contexts({ e }: { e: GetEngagementResponse }) {
  const [adding, setAdding] = useState(false)
  const [editing, setEditing] = useState<EngagementContextDetails | null>(null)
  const contexts = e.Contexts ?? []
  return (
    <SpaceBetween size="l">
      <Header variant="h2" counter={`(${contexts.length})`} description="What the members share about the customer. A change is refused when somebody else changed the engagement meanwhile." actions={<Button onClick={() => setAdding(true)}>Add context</Button>}>
        Contexts
      </Header>
      {contexts.length === 0 && <Empty title="No contexts">A context tells of a customer project, a lead, a customer account, or a prospecting result.</Empty>}
      {contexts.map((c) => (
        <Container key={c.Id} header={<Header variant="h3" description={`ID ${c.Id}`} actions={c.Type !== 'CustomerAccount' && <MayButton needs="write" onClick={() => setEditing(c)}>Edit</MayButton>}>{label(c.Type ?? '')}</Header>}>
          <Members of={Object.values(c.Payload ?? {}).find((v) => v) as object} columns={2} />
        </Container>
      ))}
      {adding && <OperationModal operation="CreateEngagementContext" title="Add a context" submit="Add" done="The context was added." fixed={{ EngagementIdentifier: e.Id }} initial={{ Type: 'CustomerProject', Payload: { CustomerProject: {} } }} onClose={() => setAdding(false)} />}
      {editing && (
        <OperationModal
          operation="UpdateEngagementContext"
          title="Edit the context"
          submit="Save"
          done="The context was saved."
          intro={<Badge>{`Lock: last modified ${moment(e.ModifiedAt)}`}</Badge>}
          fixed={{ EngagementIdentifier: e.Id, ContextIdentifier: editing.Id, EngagementLastModifiedAt: e.ModifiedAt, Type: editing.Type }}
          initial={{ Payload: Object.fromEntries(Object.entries(editing.Payload ?? {}).filter(([, v]) => v !== null)) }}
          onClose={() => setEditing(null)}
        />
      )}
    </SpaceBetween>
  )
}

function Shared({ id }: { id: string }) {
  const { account, catalog } = useScope()
  const [shown, setShown] = useState<Snapshot | null>(null)
  const [taking, setTaking] = useState(false)
  const resources = useCall('ListEngagementResourceAssociations', { Catalog: catalog, EngagementIdentifier: id, MaxResults: 100 })
  const { data } = useQuery({
    queryKey: ['snapshots', account, catalog, id],
    queryFn: async () => {
      const list = await call(account, 'ListResourceSnapshots', { Catalog: catalog, EngagementIdentifier: id, MaxResults: 100 })
      // One line for each series: its newest revision.
      const newest = new Map<string, Snapshot & { by: string }>()
      for (const s of list.ResourceSnapshotSummaries ?? []) {
        const key = `${s.ResourceId} ${s.ResourceSnapshotTemplateName}`
        const one = { engagement: id, resource: s.ResourceId ?? '', type: s.ResourceType ?? ('Opportunity' as const), template: s.ResourceSnapshotTemplateName ?? '', revision: s.Revision ?? 1, by: s.CreatedBy ?? '-' }
        if ((newest.get(key)?.revision ?? 0) < one.revision) newest.set(key, one)
      }
      return [...newest.values()]
    },
  })
  const company = useCompany(id)
  return (
    <SpaceBetween size="l">
      <Table
        variant="container"
        loading={!resources.data}
        items={resources.data?.EngagementResourceAssociationSummaries ?? []}
        trackBy={(r) => r.ResourceId ?? ''}
        ariaLabels={{ tableLabel: 'Resources' }}
        header={<Header variant="h2">Resources</Header>}
        empty={<Empty title="No resources">An opportunity is associated when it is submitted for the engagement.</Empty>}
        columnDefinitions={[
          { id: 'id', header: 'Resource', isRowHeader: true, cell: (r) => (r.CreatedBy === account ? <Go to={`/opportunities/${r.ResourceId}`}>{r.ResourceId}</Go> : r.ResourceId) },
          { id: 'type', header: 'Kind', cell: (r) => r.ResourceType },
          { id: 'by', header: 'Associated by', cell: (r) => company(r.CreatedBy) },
        ]}
      />
      <Table
        variant="container"
        loading={!data}
        wrapLines
        items={data ?? []}
        trackBy={(s) => s.resource + s.template}
        ariaLabels={{ tableLabel: 'Snapshots' }}
        header={<Header variant="h2" description="What members see of each other's records. Compare shows what changed between two revisions." actions={<MayButton needs="write" onClick={() => setTaking(true)}>Take snapshot</MayButton>}>Snapshots</Header>}
        empty={<Empty title="No snapshots">A snapshot job takes one on every change of the opportunity.</Empty>}
        columnDefinitions={[
          { id: 'template', header: 'Template', isRowHeader: true, cell: (s) => s.template },
          { id: 'resource', header: 'Resource', cell: (s) => s.resource },
          { id: 'revision', header: 'Newest revision', cell: (s) => s.revision },
          { id: 'by', header: 'Taken by', cell: (s) => company(s.by) },
          { id: 'compare', header: 'Actions', cell: (s) => <Button variant="inline-link" ariaLabel={`Compare revisions of ${s.template}`} onClick={() => setShown(s)}>Compare</Button> },
        ]}
      />
      {shown && (
        <Modal visible size="large" header={`${shown.template} of ${shown.resource}`} closeAriaLabel="Close" onDismiss={() => setShown(null)}>
          <Revisions of={shown} as={account} />
        </Modal>
      )}
      {taking && <OperationModal operation="CreateResourceSnapshot" title="Take a snapshot" submit="Take" done="The snapshot was taken." fixed={{ EngagementIdentifier: id, ResourceType: 'Opportunity' }} initial={{ ResourceIdentifier: resources.data?.EngagementResourceAssociationSummaries?.[0]?.ResourceId ?? undefined }} onClose={() => setTaking(false)} />}
    </SpaceBetween>
  )
}

function Jobs({ id }: { id: string }) {
  const { account, catalog } = useScope()
  const action = useAction()
  const [creating, setCreating] = useState(false)
  const { data } = useQuery({
    queryKey: ['snapshot-jobs', account, catalog, id],
    queryFn: async () => {
      const list = await call(account, 'ListResourceSnapshotJobs', { Catalog: catalog, EngagementIdentifier: id, MaxResults: 50 })
      return Promise.all((list.ResourceSnapshotJobSummaries ?? []).map((j) => call(account, 'GetResourceSnapshotJob', { Catalog: catalog, ResourceSnapshotJobIdentifier: j.Id })))
    },
  })
  return (
    <>
      <Table
        variant="container"
        loading={!data}
        wrapLines
        items={data ?? []}
        trackBy={(j) => j.Id ?? ''}
        ariaLabels={{ tableLabel: 'Snapshot jobs' }}
        header={<Header variant="h2" description="A running job takes a snapshot whenever the opportunity changes" actions={<MayButton needs="write" onClick={() => setCreating(true)}>Create job</MayButton>}>Snapshot jobs</Header>}
        empty={<Empty title="No jobs">Starting an engagement from an opportunity makes one.</Empty>}
        columnDefinitions={[
          { id: 'id', header: 'Job', isRowHeader: true, cell: (j) => j.Id },
          { id: 'template', header: 'Template', cell: (j) => j.ResourceSnapshotTemplateName },
          { id: 'status', header: 'Status', cell: (j) => <Status value={j.Status} /> },
          { id: 'last', header: 'Last success', cell: (j) => moment(j.LastSuccessfulExecutionDate) },
          { id: 'failure', header: 'Last failure', cell: (j) => j.LastFailure || '-' },
          {
            id: 'actions',
            header: 'Actions',
            cell: (j) => {
              const input = { Catalog: catalog, ResourceSnapshotJobIdentifier: j.Id }
              return (
                <SpaceBetween direction="horizontal" size="xs">
                  {j.Status === 'Running' ? (
                    <MayButton needs="write" variant="inline-link" ariaLabel={`Stop ${j.Id}`} onClick={() => action.mutate({ what: 'Not stopped', done: 'The job was stopped.', run: () => call(account, 'StopResourceSnapshotJob', input) })}>Stop</MayButton>
                  ) : (
                    <>
                      <MayButton needs="write" variant="inline-link" ariaLabel={`Start ${j.Id}`} onClick={() => action.mutate({ what: 'Not started', done: 'The job was started.', run: () => call(account, 'StartResourceSnapshotJob', input) })}>Start</MayButton>
                      <MayButton needs="write" variant="inline-link" ariaLabel={`Delete ${j.Id}`} onClick={() => action.mutate({ what: 'Not deleted', done: 'The job was deleted.', run: () => call(account, 'DeleteResourceSnapshotJob', input) })}>Delete</MayButton>
                    </>
                  )}
                </SpaceBetween>
              )
            },
          },
        ]}
      />
      {creating && <OperationModal operation="CreateResourceSnapshotJob" title="Create a snapshot job" submit="Create" done="The job was created." fixed={{ EngagementIdentifier: id, ResourceType: 'Opportunity' }} onClose={() => setCreating(false)} />}
    </>
  )
}
