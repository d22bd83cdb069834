import Box from '@cloudscape-design/components/box'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useOperate } from '../../api/hooks'
import { Empty, Listing } from '../../parts/Listing'
import { OperatorTools, onePage } from '../../parts/Tools'

export default function Quotas() {
  const { data, error } = useOperate('GET /settings')
  const quotas = data?.quotas
  const others = (name: string) => [quotas?.otherReads === name && 'all other operations that read', quotas?.otherWrites === name && 'all other operations that write'].filter(Boolean)
  return (
    <Listing
      name="quotas"
      title="Quotas"
      counter={quotas ? `(${quotas.groups?.length ?? 0})` : undefined}
      description="What each account may send. Beyond it, requests get a ThrottlingException. Quotas are set when the server starts."
      pages={onePage(data && (quotas?.groups ?? []), error)}
      trackBy={(g) => g.name}
      actions={<OperatorTools data={data} path="/settings" />}
      empty={
        <Empty title="Requests are not limited">
          <SpaceBetween size="xs">
            <Box color="inherit">To test how a client handles throttling, start the server with AWS's published quotas:</Box>
            <code>cosell serve --quotas aws</code>
            <Box color="inherit">or with a file of your own. A fault of the type ThrottlingException does not need a restart.</Box>
          </SpaceBetween>
        </Empty>
      }
      columns={[
        { id: 'name', header: 'Group', cell: (g) => g.name, text: (g) => g.name },
        { id: 'second', header: 'Requests per second', cell: (g) => g.perSecond, text: (g) => g.perSecond },
        { id: 'day', header: 'Requests per day', cell: (g) => g.perDay?.toLocaleString('en-US') ?? 'Not limited', text: (g) => g.perDay },
        { id: 'operations', header: 'Operations', width: 260, cell: (g) => [...(g.operations ?? []), ...others(g.name)].join(', ') || '-', text: (g) => (g.operations ?? []).join(' ') },
      ]}
    />
  )
}
