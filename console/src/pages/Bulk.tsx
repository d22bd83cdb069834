import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import Container from '@cloudscape-design/components/container'
import FileUpload from '@cloudscape-design/components/file-upload'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import ProgressBar from '@cloudscape-design/components/progress-bar'
import SegmentedControl from '@cloudscape-design/components/segmented-control'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Route, Routes, useNavigate, useParams, useSearchParams } from 'react-router-dom'
import { call, upload } from '../api/client'
import { newToken, useAction, usePages } from '../api/hooks'
import { errorText } from '../app/flash'
import { MayButton } from '../app/may'
import { useScope } from '../app/scope'
import columnsOf from '../gen/columns.gen.json'
import type { BulkJobResult, BulkRecordStatus, BulkReportType, CustomerAccountBulkJobSummary, OpportunityBulkJobSummary } from '../gen/contract.gen'
import { Dialog } from '../parts/Dialog'
import { valuesOf } from '../parts/form'
import { Go } from '../parts/Go'
import { Empty, Listing, type Column } from '../parts/Listing'
import { RecordTools } from '../parts/Record'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { Status } from '../parts/status'
import { csv, download, label, moment } from '../parts/text'

type Family = 'opportunities' | 'accounts'
type Job = OpportunityBulkJobSummary & CustomerAccountBulkJobSummary

export default function Bulk() {
  return (
    <Routes>
      <Route index element={<List />} />
      <Route path=":family/:id" element={<Record />} />
    </Routes>
  )
}

const idOf = (j: Job) => j.JobId ?? j.Id ?? ''
/** The name of the file as it was chosen: uploads from this page have the time before it. */
const fileOf = (j: Job) => j.FileName?.replace(/^\d{13}-/, '') || idOf(j)
const running = (j: Job | undefined) => j?.Status === 'SUBMITTED' || j?.Status === 'IN_PROGRESS'

function percent(j: Job): number {
  const total = j.TotalRecords ?? 0
  return total === 0 ? (running(j) ? 0 : 100) : Math.round((100 * (j.ProcessedRecords ?? 0)) / total)
}

function List() {
  const { account, catalog } = useScope()
  const [params, setParams] = useSearchParams()
  const [starting, setStarting] = useState(false)
  const family: Family = params.get('family') === 'accounts' ? 'accounts' : 'opportunities'
  const pages = usePages<Job>(['bulk', family, account, catalog], async (NextToken) => {
    const input = { Catalog: catalog, MaxResults: 20, NextToken }
    if (family === 'accounts') {
      const answer = await call(account, 'ListCustomerAccountBulkJobs', input)
      return { items: (answer.items ?? []) as Job[], next: answer.NextToken }
    }
    const answer = await call(account, 'ListOpportunityBulkJobs', input)
    return { items: (answer.OpportunityBulkJobSummaries ?? []) as Job[], next: answer.NextToken }
  })
  const columns: Column<Job>[] = [
    { id: 'file', header: 'File', width: 180, text: (j) => j.FileName, cell: (j) => <Go to={`/bulk/${family}/${idOf(j)}`}>{fileOf(j)}</Go> },
    { id: 'status', header: 'Status', width: 150, text: (j) => j.Status, cell: (j) => <Status value={j.Status} /> },
    { id: 'total', header: 'Records', text: (j) => j.TotalRecords, cell: (j) => j.TotalRecords ?? '-' },
    { id: 'good', header: 'Succeeded', text: (j) => j.SuccessCount, cell: (j) => j.SuccessCount ?? '-' },
    { id: 'bad', header: 'Failed', text: (j) => j.FailureCount, cell: (j) => j.FailureCount ?? '-' },
    { id: 'created', header: 'Created', width: 150, text: (j) => j.CreatedAt, cell: (j) => moment(j.CreatedAt) },
    { id: 'id', header: 'ID', hidden: true, text: idOf, cell: idOf },
  ]
  return (
    <>
      <Listing<Job>
        name={`bulk-${family}`}
        title="Bulk jobs"
        description="A job reads a CSV file and creates or updates one record for each row"
        columns={columns}
        pages={pages}
        trackBy={idOf}
        filter={
          <SegmentedControl
            label="Kind of records"
            selectedId={family}
            options={[
              { id: 'opportunities', text: 'Opportunities' },
              { id: 'accounts', text: 'Customer accounts' },
            ]}
            onChange={(e) => {
              const next = new URLSearchParams(params)
              next.set('family', e.detail.selectedId)
              setParams(next, { replace: true })
            }}
          />
        }
        actions={
          <>
            <ButtonDropdown
              items={[
                { id: 'opportunities-create', text: 'Opportunities: create' },
                { id: 'opportunities-update', text: 'Opportunities: update' },
                { id: 'accounts-create', text: 'Customer accounts: create' },
              ]}
              onItemClick={(e) => download(`${e.detail.id}.csv`, csv([columnsOf[e.detail.id as keyof typeof columnsOf]]), 'text/csv')}
            >
              Templates
            </ButtonDropdown>
            <RecordTools operation={family === 'accounts' ? 'ListCustomerAccountBulkJobs' : 'ListOpportunityBulkJobs'} input={{ Catalog: catalog }} record={pages.items} />
            <MayButton needs="write" variant="primary" onClick={() => setStarting(true)}>Start bulk job</MayButton>
          </>
        }
        empty={<Empty title="No bulk jobs">Download a template, fill in a row for each record, and start a job on the file.</Empty>}
      />
      {starting && <Start family={family} onClose={() => setStarting(false)} />}
    </>
  )
}

function Start({ family, onClose }: { family: Family; onClose: () => void }) {
  const scope = useScope()
  const navigate = useNavigate()
  const action = useAction()
  const [files, setFiles] = useState<File[]>([])
  const [problem, setProblem] = useState<unknown>(null)
  const [token] = useState(newToken)
  async function start() {
    try {
      const id = await action.mutateAsync({
        what: 'The job was not started',
        done: 'The job was started.',
        quiet: true,
        run: async () => {
          const uri = await upload(scope.account, files[0])
          if (family === 'accounts') return (await call(scope.account, 'StartCustomerAccountBulkJob', { Catalog: scope.catalog, ClientToken: token, FileUri: uri })).Id
          return (await call(scope.account, 'StartOpportunityBulkJob', { Catalog: scope.catalog, ClientToken: token, FileURI: uri, FileFormat: 'CSV' })).JobId
        },
      })
      navigate(scope.to(`/bulk/${family}/${id}`))
    } catch (error) {
      setProblem(error)
    }
  }
  return (
    <Dialog
      title={family === 'accounts' ? 'Load customer accounts' : 'Load opportunities'}
      onClose={onClose}
      actions={<Button variant="primary" disabled={files.length === 0} loading={action.isPending} onClick={() => void start()}>Start</Button>}
    >
      <SpaceBetween size="m">
        {problem !== null && <Alert type="error" header="The job was not started">{errorText(problem)}</Alert>}
        <FormField label="CSV file" description={family === 'accounts' ? 'One row for each customer account' : 'One row for each opportunity; with a column Identifier, the job updates'} constraintText="UTF-8, at most 100 MB and 100,000 rows">
          <FileUpload
            value={files}
            accept=".csv,text/csv"
            onChange={(e) => setFiles(e.detail.value)}
            showFileSize
            i18nStrings={{ uploadButtonText: () => 'Choose file', dropzoneText: () => 'Drop the file here', removeFileAriaLabel: (n) => `Remove file ${n + 1}`, limitShowFewer: 'Show fewer', limitShowMore: 'Show more', errorIconAriaLabel: 'Error' }}
          />
        </FormField>
      </SpaceBetween>
    </Dialog>
  )
}

const reportTypes = valuesOf('BulkReportType').map((id) => ({ id, text: label(id.charAt(0) + id.slice(1).toLowerCase().replace(/_./g, (m) => ' ' + m[1])) }))

const everything = { value: '', label: 'All records' }
const poll = 700 // milliseconds between two looks at a running job

function Record() {
  const { family = 'opportunities', id = '' } = useParams() as { family: Family; id: string }
  const { account, catalog } = useScope()
  const action = useAction()
  const [status, setStatus] = useState('')
  const accounts = family === 'accounts'
  const { data: job, error } = useQuery({
    queryKey: ['bulk-job', family, account, catalog, id],
    queryFn: async () => (accounts ? ((await call(account, 'GetCustomerAccountBulkJob', { Catalog: catalog, Identifier: id })) as Job) : ((await call(account, 'ListOpportunityBulkJobs', { Catalog: catalog, JobId: id })).OpportunityBulkJobSummaries?.[0] as Job | undefined) ?? null),
    refetchInterval: (query) => (running(query.state.data ?? undefined) ? poll : false),
  })
  const results = usePages<BulkJobResult>(['bulk-results', family, account, catalog, id, status, job?.ProcessedRecords], async (NextToken) => {
    const Status = (status || undefined) as BulkRecordStatus | undefined
    const answer = accounts ? await call(account, 'ListCustomerAccountBulkJobResults', { Catalog: catalog, Identifier: id, Status, MaxResults: 20, NextToken }) : await call(account, 'ListOpportunityBulkJobResults', { Catalog: catalog, JobId: id, Status, MaxResults: 20, NextToken })
    return { items: answer.Results ?? [], next: answer.NextToken }
  })
  if (error) return <Alert type="error" header={`${id} cannot be shown`}>{errorText(error)}</Alert>
  if (job === undefined) return <Spinner size="large" />
  if (job === null) return <Alert type="error">There is no such job in this account and catalog.</Alert>
  // The report is made in the background; its address is asked for until it is there.
  async function report(ReportType: BulkReportType) {
    for (let i = 0; i < 40; i++) {
      const answer = accounts ? await call(account, 'GetCustomerAccountBulkJobReportUrl', { Catalog: catalog, Identifier: id, ReportType }) : await call(account, 'GetOpportunityBulkJobReportUrl', { Catalog: catalog, JobId: id, ReportType, ReportFormat: 'CSV' })
      if (answer.Url) {
        const url = new URL(answer.Url)
        const file = await fetch(url.pathname + url.search)
        if (!file.ok) throw new Error(`The report could not be read: ${file.status}`)
        return download(`${id}-${ReportType}.csv`, await file.blob(), 'text/csv')
      }
      if (answer.FailureReason) throw new Error(answer.FailureReason)
      await new Promise((resolve) => setTimeout(resolve, poll))
    }
    throw new Error('The report is not ready yet. Try again later.')
  }
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={`${id} · ${accounts ? 'customer accounts' : 'opportunities'}`}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <RecordTools operation={accounts ? 'GetCustomerAccountBulkJob' : 'ListOpportunityBulkJobs'} input={accounts ? { Catalog: catalog, Identifier: id } : { Catalog: catalog, JobId: id }} record={job} />
            <ButtonDropdown
              disabled={running(job)}
              loading={action.isPending}
              items={reportTypes}
              onItemClick={(e) => action.mutate({ what: 'The report could not be made', run: () => report(e.detail.id as BulkReportType) })}
            >
              Download report
            </ButtonDropdown>
          </SpaceBetween>
        }
      >
        {fileOf(job)}
      </Header>
      {job.FailureReason && <Alert type="error" header="The job failed">{job.FailureReason}</Alert>}
      <Container>
        <SpaceBetween size="m">
          <ProgressBar value={percent(job)} label="Progress" status={running(job) ? 'in-progress' : job.Status === 'FAILED' ? 'error' : 'success'} resultText={`${job.ProcessedRecords ?? 0} of ${job.TotalRecords ?? 0} records`} additionalInfo={running(job) ? `${job.ProcessedRecords ?? 0} of ${job.TotalRecords ?? 0} records` : undefined} />
          <KeyValuePairs
            columns={4}
            minColumnWidth={120}
            items={[
              { label: 'Status', value: <Status value={job.Status} /> },
              { label: 'Succeeded', value: String(job.SuccessCount ?? 0) },
              { label: 'Failed', value: job.FailureCount ? <StatusIndicator type="error">{job.FailureCount}</StatusIndicator> : '0' },
              { label: 'Created', value: moment(job.CreatedAt) },
            ]}
          />
        </SpaceBetween>
      </Container>
      <Listing<BulkJobResult>
        name="bulk-results"
        variant="container"
        title="Records"
        description="In the order of the file"
        pages={results}
        trackBy={(r) => r.RequestId ?? ''}
        columns={[
          { id: 'row', header: 'Row', text: (r) => r.RequestId, cell: (r) => r.RequestId },
          { id: 'status', header: 'Status', width: 140, text: (r) => r.Status, cell: (r) => <Status value={r.Status} /> },
          { id: 'resource', header: 'Record', width: 160, text: (r) => r.ResourceIdentifier, cell: (r) => (r.ResourceIdentifier ? <Go to={`/${accounts ? 'customers' : 'opportunities'}/${r.ResourceIdentifier}`}>{r.ResourceIdentifier}</Go> : '-') },
          { id: 'code', header: 'Error', text: (r) => r.ErrorCode, cell: (r) => r.ErrorCode ?? '-' },
          { id: 'message', header: 'Message', width: 220, text: (r) => r.ErrorMessage, cell: (r) => r.ErrorMessage ?? '-' },
        ]}
        filter={<Select ariaLabel="Outcome" options={[everything, { value: 'SUCCEEDED', label: 'Succeeded' }, { value: 'FAILED', label: 'Failed' }]} selectedOption={status ? { value: status, label: status === 'FAILED' ? 'Failed' : 'Succeeded' } : everything} onChange={(e) => setStatus(e.detail.selectedOption.value ?? '')} />}
        empty={<Empty title="No records">{running(job) ? 'They appear as the file is read.' : 'No row of the file has this outcome.'}</Empty>}
      />
    </SpaceBetween>
  )
}
