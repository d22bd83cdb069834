import type { ReactNode } from 'react'
import type { Envelope } from '../api/events'
import { Go } from './Go'

interface Detail {
  catalog?: string
  opportunity?: { identifier?: string }
  engagementInvitation?: { id?: string; arn?: string }
  engagement?: { id?: string; identifier?: string }
  customerAccount?: { identifier?: string; id?: string }
}

const kinds: [RegExp, string][] = [
  [/^O\d/, '/opportunities/'],
  [/^engi-/, '/invitations/'],
  [/^eng-/, '/engagements/'],
  [/^cust-acc-/, '/customers/'],
]

/** Names what an event is about, with a link to it. */
export function eventSummary(event: Envelope): ReactNode {
  const detail = event.detail as Detail
  const ids = [detail.opportunity?.identifier, detail.engagementInvitation?.id, detail.engagement?.id ?? detail.engagement?.identifier, detail.customerAccount?.identifier ?? detail.customerAccount?.id, ...event.resources.map((arn) => arn.slice(arn.lastIndexOf('/') + 1))]
  for (const id of ids) {
    const kind = kinds.find(([form]) => id && form.test(id))
    if (id && kind) return <Go to={kind[1] + id}>{id}</Go>
  }
  return event.resources[0] ?? event.id
}
