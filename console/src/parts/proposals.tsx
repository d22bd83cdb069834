import Badge from '@cloudscape-design/components/badge'
import { useQuery } from '@tanstack/react-query'
import { awsSide } from '../api/client'
import { operate } from '../api/operator'
import { useMay } from '../app/may'
import { useScope } from '../app/scope'
import type { Proposed } from '../gen/operator.gen'
import { Go } from './Go'
import { label } from './text'

// No event tells of proposals: pages that show them ask again and again while they are seen.
const again = 5000 // milliseconds

/** Reads proposals of the acting account, or of all accounts on the AWS side. */
export function useProposals(status: string, limit: number) {
  const { account } = useScope()
  const params = { account: account === awsSide ? undefined : account, status, limit }
  return useQuery({ queryKey: ['operator', 'GET /proposals', params], queryFn: () => operate('GET /proposals', params), refetchInterval: again, enabled: useMay().operate })
}

/** Reads a proposal, again and again until it is decided. */
export function useProposal(token: string) {
  return useQuery({ queryKey: ['operator', 'GET /proposals/{token}', token], queryFn: () => operate('GET /proposals/{token}', { token }), refetchInterval: (q) => (q.state.data?.status === 'PENDING' ? again : false) })
}

/** How many proposals wait, as a badge; nothing where none does. */
export function ProposalCount() {
  const waiting = useProposals('PENDING', 1).data?.waiting
  return waiting ? <Badge color="blue">{waiting}</Badge> : null
}

/** Update opportunity, for UpdateOpportunity. */
export const deed = (p: Proposed) => label(p.operation)

/** Who proposes: a user or role of the account, or the agent of an operator. */
export function proposer(p: Proposed): string {
  if (p.operator) return p.operator === 'local' ? 'An agent on this machine' : `An agent of ${p.operator}`
  return p.principal.replace(/^.*:/, '').replace(/^root$/, 'The account itself')
}

const kinds: [RegExp, string][] = [[/^O\d/, '/opportunities/'], [/^engi-/, '/invitations/'], [/^eng-[a-z0-9]{14}$/, '/engagements/'], [/^cust-acc-/, '/customers/']]

/** A link to a record that a proposal names, where it has a page. */
export function RecordLink({ of, id }: { of: Proposed; id: string }) {
  const page = kinds.find(([form]) => form.test(id))?.[1]
  if (!page) return <span className="text">{id}</span>
  return <Go to={page + id} params={{ account: of.account, ...(of.catalog ? { catalog: of.catalog } : {}) }}>{id}</Go>
}
