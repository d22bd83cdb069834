import { usePages } from '../../api/hooks'
import { operate } from '../../api/operator'
import { useScope } from '../../app/scope'
import type { OverviewEntry } from '../../gen/operator.gen'
import { Go } from '../../parts/Go'
import { Empty, Listing, type Column } from '../../parts/Listing'
import { Status } from '../../parts/status'
import { day, moment } from '../../parts/text'

const columns: Column<OverviewEntry>[] = [
  { id: 'title', header: 'Title', width: 190, text: (o) => o.title, cell: (o) => <Go to={`/opportunities/${o.id}`}>{o.title || o.id}</Go> },
  { id: 'account', header: 'Partner account', width: 120, text: (o) => o.account, cell: (o) => o.account },
  { id: 'company', header: 'Customer', width: 140, text: (o) => o.companyName, cell: (o) => o.companyName || '-' },
  { id: 'stage', header: 'Stage', width: 105, text: (o) => o.stage, cell: (o) => o.stage },
  { id: 'review', header: 'Review status', width: 185, text: (o) => o.reviewStatus, cell: (o) => <Status value={o.reviewStatus} /> },
  { id: 'close', header: 'Target close', width: 135, text: (o) => o.targetCloseDate, cell: (o) => day(o.targetCloseDate) },
  { id: 'modified', header: 'Last modified', width: 130, text: (o) => o.lastModifiedDate, cell: (o) => moment(o.lastModifiedDate) },
  { id: 'id', header: 'ID', hidden: true, text: (o) => o.id, cell: (o) => o.id },
]

/** What AWS sees: the opportunities of every partner. */
export default function AllPartners() {
  const { catalog } = useScope()
  const pages = usePages<OverviewEntry>(['all-opportunities', catalog], async (after) => {
    const answer = await operate('GET /opportunities', { account: '*', catalog, after, limit: 20 })
    return { items: answer.opportunities ?? [], next: answer.next }
  })
  return (
    <Listing
      name="all-opportunities"
      title="Opportunities of all partners"
      description="Act as a partner to search, create and edit opportunities."
      columns={columns}
      pages={pages}
      trackBy={(o) => o.id}
      empty={<Empty title="No partner has an opportunity">Partners create them with the API, with a bulk job, or here.</Empty>}
    />
  )
}
