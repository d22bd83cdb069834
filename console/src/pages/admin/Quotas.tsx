import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { useOperate } from '../../api/hooks'
import { operate } from '../../api/operator'
import { MayButton } from '../../app/may'
import { useScope } from '../../app/scope'
import type { QuotasInForce } from '../../gen/operator.gen'
import { Empty, Listing } from '../../parts/Listing'
import { Confirm, OperatorTools, onePage } from '../../parts/Tools'
import { QuotaForm, modeNames } from './QuotaForm'

export default function Quotas() {
  const { account } = useScope()
  return account === 'aws' ? (
    <Alert header="The AWS side has no quotas">Choose a partner's account in the bar at the top to see and set how many requests it may send.</Alert>
  ) : (
    <OfAccount account={account} />
  )
}

function OfAccount({ account }: { account: string }) {
  const { data, error } = useOperate('GET /accounts/{account}/quotas', { account })
  const [open, setOpen] = useState<'form' | 'remove' | null>(null)
  const limits = data?.limits
  const others = (name: string) => [limits?.otherReads === name && 'all other operations that read', limits?.otherWrites === name && 'all other operations that write'].filter(Boolean)
  const own = data?.source === 'account'
  return (
    <>
      <Listing
        name="quotas"
        title="Quotas"
        counter={limits ? `(${limits.groups?.length ?? 0})` : undefined}
        description={data ? inForce(account, data) : `How many requests account ${account} may send.`}
        pages={onePage(data && (limits?.groups ?? []), error)}
        trackBy={(g) => g.name}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <OperatorTools data={data} path={`/accounts/${account}/quotas`} cli={`cosell quotas --account ${account}`} />
            {own && <MayButton needs="write" onClick={() => setOpen('remove')}>Use the server's</MayButton>}
            <MayButton needs="write" variant="primary" disabled={!data} onClick={() => setOpen('form')}>Set quotas</MayButton>
          </SpaceBetween>
        }
        empty={
          <Empty title="Requests are not limited">
            <Box color="inherit">To test how a client handles throttling, set the quotas that AWS publishes: beyond them, requests get a ThrottlingException.</Box>
          </Empty>
        }
        columns={[
          { id: 'name', header: 'Group', cell: (g) => g.name, text: (g) => g.name },
          { id: 'second', header: 'Requests per second', cell: (g) => g.perSecond, text: (g) => g.perSecond },
          { id: 'day', header: 'Requests per day', cell: (g) => g.perDay?.toLocaleString('en-US') ?? 'Not limited', text: (g) => g.perDay },
          { id: 'operations', header: 'Operations', width: 260, cell: (g) => [...(g.operations ?? []), ...others(g.name)].join(', ') || '-', text: (g) => (g.operations ?? []).join(' ') },
        ]}
      />
      {open === 'form' && data && <QuotaForm account={account} now={data as QuotasInForce} onClose={() => setOpen(null)} />}
      {open === 'remove' && (
        <Confirm
          title="Use the quotas of the server?"
          action="Use the server's"
          done={`Account ${account} has the quotas of the server again.`}
          run={() => operate('DELETE /accounts/{account}/quotas', { account })}
          onClose={() => setOpen(null)}
        >
          What was set for account {account} is removed. What the server was started with is in effect again: {modeNames[data?.server.mode ?? 'off']}.
        </Confirm>
      )}
    </>
  )
}

/** Says which quotas are in effect, and who set them. */
function inForce(account: string, { source, mode, server }: QuotasInForce): string {
  const own = source === 'account'
  const from = own ? `set for this account, in place of those of the server (${modeNames[server.mode]})` : 'those that the server was started with (--quotas)'
  return `In effect for account ${account}: ${modeNames[mode]}, ${from}.${mode === 'off' ? '' : ' Beyond them, requests get a ThrottlingException.'}`
}
