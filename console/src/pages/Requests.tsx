import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import TextFilter from '@cloudscape-design/components/text-filter'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { awsSide } from '../api/client'
import { operateRaw } from '../api/operator'
import { errorText } from '../app/flash'
import { useScope } from '../app/scope'
import { Empty } from '../parts/Listing'
import { Code } from '../parts/Record'
import { moment } from '../parts/text'

type Logged = Record<string, unknown>

const text = (r: Logged, ...names: string[]): string => {
  for (const name of names) if (r[name] !== undefined && r[name] !== null) return String(r[name])
  return ''
}

/** The last requests that the server answered, with their bodies. */
export default function Requests() {
  const { account } = useScope()
  const [words, setWords] = useState('')
  const [shown, setShown] = useState<Logged | null>(null)
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['requests', account],
    queryFn: async () => {
      const answer = (await (await operateRaw('GET', '/requests', { account: account === awsSide ? '*' : account })).json()) as { requests?: Logged[] }
      return answer.requests ?? []
    },
  })
  const items = (data ?? []).filter((r) => !words.trim() || JSON.stringify(r).toLowerCase().includes(words.trim().toLowerCase()))
  return (
    <>
      <Table
        wrapLines
        loading={!data && !error}
        items={items}
        ariaLabels={{ tableLabel: 'Requests' }}
        header={
          <Header variant="h1" counter={data && `(${items.length})`} description="What clients sent last, what the server answered, and which fault struck" actions={<Button iconName="refresh" ariaLabel="Refresh" loading={isFetching} onClick={() => void refetch()} />}>
            Requests
          </Header>
        }
        filter={<TextFilter filteringText={words} filteringPlaceholder="Contains" filteringAriaLabel="Filter requests by text" onChange={(e) => setWords(e.detail.filteringText)} />}
        empty={error ? <Empty title="Requests are not available">{errorText(error)}</Empty> : <Empty title="No requests yet">Point a client at this server, and its requests appear here.</Empty>}
        columnDefinitions={[
          { id: 'time', header: 'Time', minWidth: 150, cell: (r) => moment(text(r, 'time', 'at', 'receivedAt')) },
          { id: 'operation', header: 'Operation', isRowHeader: true, minWidth: 160, cell: (r) => <Button variant="inline-link" onClick={() => setShown(r)}>{text(r, 'operation', 'path') || '(unknown)'}</Button> },
          { id: 'account', header: 'Account', cell: (r) => text(r, 'account') || '-' },
          { id: 'status', header: 'Status', cell: (r) => <StatusIndicator type={Number(r.status) >= 400 ? 'error' : 'success'}>{text(r, 'status') || '-'}</StatusIndicator> },
          { id: 'error', header: 'Error', minWidth: 160, cell: (r) => text(r, 'error', 'errorType') || '-' },
          { id: 'fault', header: 'Fault', cell: (r) => text(r, 'fault') || '-' },
        ]}
      />
      {shown && (
        <Modal visible size="large" header={text(shown, 'operation', 'path')} closeAriaLabel="Close" onDismiss={() => setShown(null)}>
          <SpaceBetween size="m">
            <Code text={JSON.stringify(shown, null, 2)} name="request" />
          </SpaceBetween>
        </Modal>
      )}
    </>
  )
}
