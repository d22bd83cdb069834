import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import Tabs from '@cloudscape-design/components/tabs'
import TextFilter from '@cloudscape-design/components/text-filter'
import Toggle from '@cloudscape-design/components/toggle'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { awsSide } from '../api/client'
import { operate } from '../api/operator'
import { errorText } from '../app/flash'
import { useScope } from '../app/scope'
import type { Routes } from '../gen/operator.gen'
import { Empty } from '../parts/Listing'
import { Code } from '../parts/Record'
import { moment } from '../parts/text'

type Logged = Routes['GET /requests']['answer']['requests'][number]

/** The last requests that the server answered, with their bodies. */
export default function Requests() {
  const { account } = useScope()
  const [words, setWords] = useState('')
  const [failed, setFailed] = useState(false)
  const [shown, setShown] = useState<Logged | null>(null)
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['requests', account, failed],
    // The console sends requests, too: asking again by itself would show mostly those.
    queryFn: async () => (await operate('GET /requests', { account: account === awsSide ? '*' : account, failed: failed || undefined, limit: 500 })).requests.reverse(),
  })
  const wanted = words.trim().toLowerCase()
  const items = (data ?? []).filter((r) => !wanted || JSON.stringify(r).toLowerCase().includes(wanted))
  return (
    <>
      <Table
        wrapLines
        loading={!data && !error}
        items={items}
        trackBy="sequence"
        ariaLabels={{ tableLabel: 'Requests' }}
        header={
          <Header
            variant="h1"
            counter={data && `(${items.length})`}
            description="What clients sent last, what the server answered, and which fault struck. The calls of this console are among them."
            actions={
              <SpaceBetween direction="horizontal" size="s" alignItems="center">
                <Toggle checked={failed} onChange={(e) => setFailed(e.detail.checked)}>
                  Only errors
                </Toggle>
                <Button iconName="refresh" ariaLabel="Refresh" loading={isFetching} onClick={() => void refetch()} />
              </SpaceBetween>
            }
          >
            Requests
          </Header>
        }
        filter={<TextFilter filteringText={words} filteringPlaceholder="Find in requests and answers" filteringAriaLabel="Filter requests by text" onChange={(e) => setWords(e.detail.filteringText)} />}
        empty={error ? <Empty title="Requests are not available">{errorText(error)}</Empty> : failed || wanted ? <Empty title="No such requests">None of the last requests matches.</Empty> : <Empty title="No requests yet">Point a client at this server, and its requests appear here.</Empty>}
        columnDefinitions={[
          { id: 'time', header: 'Time (UTC)', minWidth: 120, cell: (r) => <span title={moment(r.time)}>{r.time.slice(11, 23)}</span> },
          { id: 'operation', header: 'Operation', isRowHeader: true, minWidth: 280, cell: (r) => <Button variant="inline-link" onClick={() => setShown(r)}>{r.operation ?? '(none)'}</Button> },
          { id: 'account', header: 'Account', cell: (r) => r.account ?? '-' },
          { id: 'status', header: 'Status', cell: (r) => <StatusIndicator type={r.status >= 400 ? 'error' : 'success'}>{r.status}</StatusIndicator> },
          { id: 'error', header: 'Error', minWidth: 100, cell: (r) => r.error?.type ?? '-' },
          { id: 'fault', header: 'Fault', cell: (r) => r.fault ?? '-' },
          { id: 'duration', header: 'Duration', cell: (r) => `${r.durationMs.toFixed(1)} ms` },
        ]}
      />
      {shown && <Details request={shown} onDismiss={() => setShown(null)} />}
    </>
  )
}

function Details({ request: r, onDismiss }: { request: Logged; onDismiss: () => void }) {
  const body = (value: unknown) => (value === undefined ? 'Nothing' : JSON.stringify(value, null, 2))
  return (
    <Modal visible size="large" header={r.operation ?? 'A request without an operation'} closeAriaLabel="Close" onDismiss={onDismiss}>
      <SpaceBetween size="m">
        {r.error && (
          <Alert type="error" header={[r.error.type, r.error.reason].filter(Boolean).join(': ')}>
            {r.error.fields?.length ? r.error.fields.map((f, i) => <div key={i}><strong>{f.field || 'The request'}</strong>: {f.message}</div>) : <span className="text">{r.error.message ?? 'No message'}</span>}
          </Alert>
        )}
        {r.notices?.map((notice) => <Alert key={notice}>{notice}</Alert>)}
        {r.cut && <Alert type="warning">A body was too large to be kept whole.</Alert>}
        <KeyValuePairs
          columns={2}
          items={[
            { label: 'Time', value: moment(r.time) },
            { label: 'Account', value: r.account ?? '-' },
            { label: 'Status', value: r.status },
            { label: 'Request ID', value: <span className="text">{r.requestId}</span> },
            ...(r.fault ? [{ label: 'Fault', value: r.fault }] : []),
          ]}
        />
        <Tabs
          tabs={[
            { id: 'request', label: 'Request', content: <Code text={body(r.request)} name="request" /> },
            { id: 'answer', label: 'Answer', content: <Code text={body(r.answer)} name="answer" /> },
            ...(r.awsCli ? [{ id: 'cli', label: 'AWS CLI', content: <Code text={r.awsCli} name="command" /> }] : []),
          ]}
        />
      </SpaceBetween>
    </Modal>
  )
}
