import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Grid from '@cloudscape-design/components/grid'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { useOperate } from '../../api/hooks'
import { operate } from '../../api/operator'
import { Empty, Listing } from '../../parts/Listing'
import { span } from '../../parts/text'
import { OperatorTools, onePage, Problem, useFind } from '../../parts/Tools'

const size = (bytes: number | undefined) => (bytes === undefined ? '-' : bytes < 1 << 20 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`)

/** Writes an age such as 720h0m0s for people. */
function age(text: string | undefined): string {
  if (!text) return 'Kept without a limit'
  const hours = Number(/^(\d+)h/.exec(text)?.[1] ?? 0)
  return hours ? `Removed after ${span(hours * 3_600_000)}` : `Removed after ${text}`
}

export default function Storage() {
  const { data, error, refetch, isFetching } = useQuery({ queryKey: ['storage'], queryFn: () => operate('GET /storage'), staleTime: Infinity })
  const { data: settings } = useOperate('GET /settings')
  const rows = (data?.usage ?? []).toSorted((a, b) => b.bytes - a.bytes)
  const [found, find] = useFind(data && rows, 'tables and accounts')
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description="Measuring reads the whole store"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <OperatorTools data={data} path="/storage" cli="cosell storage" />
            <Button loading={isFetching} onClick={() => void refetch()}>Measure again</Button>
          </SpaceBetween>
        }
      >
        Storage and retention
      </Header>
      <Problem of={error} />
      <Grid gridDefinition={[{ colspan: { default: 12, s: 5 } }, { colspan: { default: 12, s: 7 } }]}>
        <Container fitHeight header={<Header variant="h2" description={data && data.databaseBytes === undefined ? 'The database server keeps the files' : 'Files of the embedded store'}>Files</Header>}>
          <KeyValuePairs columns={2} items={[{ label: 'Database', value: size(data?.databaseBytes) }, { label: 'Write-ahead log', value: size(data?.logBytes) }]} />
        </Container>
        <Container fitHeight header={<Header variant="h2" description="Set with --keep-events, --keep-tokens, --keep-history and --keep-audit when the server starts">Retention</Header>}>
          <KeyValuePairs
            columns={3}
            items={[
              { label: 'Events', value: age(settings?.retention.events) },
              { label: 'Client tokens', value: age(settings?.retention.clientTokens) },
              { label: 'History of records', value: age(settings?.retention.history) },
              { label: 'Audit log', value: settings?.audit === 'off' ? 'Not kept' : age(settings?.retention.audit) },
            ]}
          />
        </Container>
      </Grid>
      <Listing
        name="storage"
        title="Rows by table and account"
        variant="container"
        counter={data && `(${rows.reduce((n, u) => n + u.rows, 0).toLocaleString('en-US')} rows)`}
        pages={onePage(found, error)}
        filter={find}
        trackBy={(u) => `${u.table} ${u.account ?? ''}`}
        empty={<Empty title="The store is empty">Rows appear with the first record.</Empty>}
        columns={[
          { id: 'table', header: 'Table', cell: (u) => u.table, text: (u) => u.table },
          { id: 'account', header: 'Account', cell: (u) => u.account || 'None', text: (u) => u.account },
          { id: 'rows', header: 'Rows', cell: (u) => u.rows.toLocaleString('en-US'), text: (u) => u.rows },
          { id: 'bytes', header: 'Size', cell: (u) => size(u.bytes), text: (u) => u.bytes },
        ]}
      />
    </SpaceBetween>
  )
}
