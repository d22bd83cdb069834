import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import FileUpload from '@cloudscape-design/components/file-upload'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import Tabs from '@cloudscape-design/components/tabs'
import Toggle from '@cloudscape-design/components/toggle'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSearchParams } from 'react-router-dom'
import { awsSide, call } from '../api/client'
import { useAction, useOperate } from '../api/hooks'
import { operate, operateRaw } from '../api/operator'
import { useScope } from '../app/scope'
import type { FeatureSwitches } from '../gen/operator.gen'
import { Dialog } from '../parts/Dialog'
import { Empty } from '../parts/Listing'
import { OperationModal } from '../parts/OperationModal'
import { Status } from '../parts/status'
import { download, label, moment } from '../parts/text'

export default function Admin() {
  const [params, setParams] = useSearchParams()
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description="Accounts and their switches, the store, and what the server does in the background">Administration</Header>
      <Tabs
        ariaLabel="Parts of the administration"
        activeTabId={params.get('tab') ?? 'accounts'}
        onChange={(e) => {
          const next = new URLSearchParams(params)
          next.set('tab', e.detail.activeTabId)
          setParams(next, { replace: true })
        }}
        tabs={[
          { id: 'accounts', label: 'Accounts', content: <Accounts /> },
          { id: 'solutions', label: 'Solutions', content: <Solutions /> },
          { id: 'features', label: 'Features', content: <Features /> },
          { id: 'storage', label: 'Storage', content: <Storage /> },
          { id: 'work', label: 'Background work', content: <Work /> },
          { id: 'data', label: 'Export, import, reset', content: <Data /> },
        ]}
      />
    </SpaceBetween>
  )
}

function Accounts() {
  const { setScope } = useScope()
  const [editing, setEditing] = useState<string | null>(null)
  const [adding, setAdding] = useState(false)
  const { data } = useOperate('GET /accounts')
  return (
    <>
      <Table
        variant="container"
        loading={!data}
        items={data?.accounts ?? []}
        trackBy="account"
        ariaLabels={{ tableLabel: 'Accounts' }}
        header={<Header variant="h2" counter={data && `(${data.accounts.length})`} description="All accounts with a profile, records or events" actions={<Button variant="primary" onClick={() => setAdding(true)}>Add account</Button>}>Accounts</Header>}
        empty={<Empty title="No accounts">An account appears with its first record. In development mode each of twelve digits may call.</Empty>}
        columnDefinitions={[
          { id: 'account', header: 'Account', isRowHeader: true, cell: (a) => a.account },
          { id: 'company', header: 'Company', cell: (a) => a.companyName || '-' },
          {
            id: 'actions',
            header: 'Actions',
            cell: (a) => (
              <SpaceBetween direction="horizontal" size="xs">
                <Button variant="inline-link" ariaLabel={`Edit profile of ${a.account}`} onClick={() => setEditing(a.account)}>Edit profile</Button>
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
          submit="Add"
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
    <OperationModal operation="GetOpportunity" shape="operator:AccountProfile" title={`Profile of account ${account}`} submit="Save" done="The profile was saved." initial={data} run={(input) => operate('PUT /accounts/{account}', { account }, input as never)} onClose={onClose} />
  )
}

function Solutions() {
  const { account, catalog } = useScope()
  const [adding, setAdding] = useState(false)
  const { data } = useQuery({ queryKey: ['solutions', account, catalog], queryFn: () => call(account, 'ListSolutions', { Catalog: catalog, MaxResults: 100 }) })
  const aws = account === awsSide
  return (
    <>
      <Table
        variant="container"
        loading={!data}
        items={data?.SolutionSummaries ?? []}
        trackBy="Id"
        ariaLabels={{ tableLabel: 'Solutions' }}
        header={<Header variant="h2" counter={data && `(${data.SolutionSummaries?.length ?? 0})`} description={aws ? 'Act as a partner to see and add its solutions' : `What account ${account} sells, in the ${catalog} catalog`} actions={<Button variant="primary" disabled={aws} onClick={() => setAdding(true)}>Add solution</Button>}>Solutions</Header>}
        empty={<Empty title="No solutions">A solution is associated with opportunities. AWS keeps them; here you add them yourself.</Empty>}
        columnDefinitions={[
          { id: 'id', header: 'ID', isRowHeader: true, cell: (s) => s.Id },
          { id: 'name', header: 'Name', cell: (s) => s.Name },
          { id: 'category', header: 'Category', cell: (s) => s.Category || '-' },
          { id: 'status', header: 'Status', cell: (s) => <Status value={s.Status} /> },
          { id: 'created', header: 'Created', cell: (s) => moment(s.CreatedDate) },
        ]}
      />
      {adding && (
        <OperationModal
          operation="ListSolutions"
          shape="operator:SolutionFields"
          title="Add a solution"
          submit="Add"
          done="The solution was added."
          ask={{ name: 'id', label: 'ID', description: 'S- and seven digits, such as S-0000001; a solution of this ID is replaced' }}
          run={({ id, ...fields }) => operate('PUT /accounts/{account}/catalogs/{catalog}/solutions/{id}', { account, catalog, id: String(id ?? '') }, fields as never)}
          onClose={() => setAdding(false)}
        />
      )}
    </>
  )
}

function Features() {
  const { account } = useScope()
  const action = useAction()
  const { data } = useOperate('GET /accounts/{account}/features', { account })
  const words: Record<string, string> = { searchOpportunities: 'Whether the account may search opportunities', opportunityBulkJobs: 'Whether the account may have bulk jobs of opportunities' }
  return (
    <Container header={<Header variant="h2" description={`Of account ${account}. What is off is refused with AWS's reason.`}>Features</Header>}>
      <SpaceBetween size="m">
        {Object.entries(data ?? {})
          .filter(([, on]) => typeof on === 'boolean')
          .map(([name, on]) => (
            <Toggle key={name} checked={on} description={words[name]} onChange={(e) => action.mutate({ what: 'Not switched', done: `${label(name)} is ${e.detail.checked ? 'on' : 'off'}.`, run: () => operate('PUT /accounts/{account}/features', { account }, { ...(data as FeatureSwitches), [name]: e.detail.checked }) })}>
              {label(name)}
            </Toggle>
          ))}
      </SpaceBetween>
    </Container>
  )
}

const size = (bytes: number | undefined) => (bytes === undefined ? '-' : bytes < 1 << 20 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`)

function Storage() {
  const { data, refetch, isFetching } = useQuery({ queryKey: ['storage'], queryFn: () => operate('GET /storage'), staleTime: Infinity })
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2" description="Measuring reads the whole store" actions={<Button loading={isFetching} onClick={() => void refetch()}>Measure again</Button>}>Store</Header>}>
        <KeyValuePairs
          columns={2}
          items={[
            { label: 'Database', value: size(data?.databaseBytes) },
            { label: 'Write-ahead log', value: size(data?.logBytes) },
          ]}
        />
      </Container>
      <Table
        variant="container"
        loading={!data}
        items={(data?.usage ?? []).toSorted((a, b) => b.bytes - a.bytes)}
        trackBy={(u) => `${u.table} ${u.account ?? ''}`}
        ariaLabels={{ tableLabel: 'Use of the store' }}
        header={<Header variant="h2">Rows of tables and accounts</Header>}
        columnDefinitions={[
          { id: 'table', header: 'Table', isRowHeader: true, cell: (u) => u.table },
          { id: 'account', header: 'Account', cell: (u) => u.account || '-' },
          { id: 'rows', header: 'Rows', cell: (u) => u.rows.toLocaleString('en-US') },
          { id: 'bytes', header: 'Size', cell: (u) => size(u.bytes) },
        ]}
      />
    </SpaceBetween>
  )
}

function Work() {
  const { data } = useOperate('GET /work', { limit: 200 })
  return (
    <Table
      variant="container"
      wrapLines
      loading={!data}
      items={data?.work ?? []}
      trackBy={(w) => w.kind + w.subject + w.dueAt}
      ariaLabels={{ tableLabel: 'Background work' }}
      header={<Header variant="h2" counter={data && `(${data.work.length})`} description="What is due when, on the business clock">Background work</Header>}
      empty={<Empty title="Nothing is due">Expiry, snapshots and reviews by policy wait here for their time.</Empty>}
      columnDefinitions={[
        { id: 'kind', header: 'Kind', isRowHeader: true, cell: (w) => w.kind },
        { id: 'subject', header: 'Record', cell: (w) => w.subject },
        { id: 'due', header: 'Due', cell: (w) => moment(w.dueAt) },
        { id: 'failures', header: 'Failures', cell: (w) => w.failures },
        { id: 'error', header: 'Last error', cell: (w) => w.lastError || '-' },
      ]}
    />
  )
}

const confirmWord = 'reset'

function Data() {
  const action = useAction()
  const [files, setFiles] = useState<File[]>([])
  const [resetting, setResetting] = useState(false)
  const [word, setWord] = useState('')
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2" description="Everything as JSON Lines, which any version and both engines read" actions={<Button loading={action.isPending} onClick={() => action.mutate({ what: 'Nothing was exported', run: async () => download('cosell-export.jsonl', await (await operateRaw('GET', '/export')).blob(), 'application/jsonl') })}>Export</Button>}>Export</Header>}>
        <Box color="text-body-secondary">The file holds the secrets of this installation: keep it as you keep the data directory.</Box>
      </Container>
      <Container header={<Header variant="h2" description="Replaces everything in this store" actions={<Button disabled={files.length === 0} loading={action.isPending} onClick={() => action.mutate({ what: 'Nothing was imported', done: 'The export was imported.', run: () => operateRaw('POST', '/import', { replace: true }, files[0], 'application/jsonl') }, { onSuccess: () => setFiles([]) })}>Import</Button>}>Import</Header>}>
        <FormField label="File of an export">
          <FileUpload value={files} onChange={(e) => setFiles(e.detail.value)} showFileSize i18nStrings={{ uploadButtonText: () => 'Choose file', dropzoneText: () => 'Drop the file here', removeFileAriaLabel: (n) => `Remove file ${n + 1}`, limitShowFewer: 'Show fewer', limitShowMore: 'Show more', errorIconAriaLabel: 'Error' }} />
        </FormField>
      </Container>
      <Container header={<Header variant="h2" description="Removes all records of all accounts and returns the clock to the real time" actions={<Button onClick={() => setResetting(true)}>Reset</Button>}>Reset</Header>}>
        <Box color="text-body-secondary">For test servers. It cannot be undone; export first.</Box>
      </Container>
      {resetting && (
        <Dialog
          title="Remove everything?"
          onClose={() => setResetting(false)}
          actions={<Button variant="primary" disabled={word !== confirmWord} onClick={() => action.mutate({ what: 'Nothing was removed', done: 'Everything was removed.', run: () => operate('POST /reset') }, { onSettled: () => setResetting(false) })}>Remove everything</Button>}
        >
          <SpaceBetween size="m">
            <Alert type="warning">All records of all accounts and catalogs will be removed.</Alert>
            <FormField label={`Type "${confirmWord}" to confirm`}><Input value={word} onChange={(e) => setWord(e.detail.value)} /></FormField>
          </SpaceBetween>
        </Dialog>
      )}
    </SpaceBetween>
  )
}
