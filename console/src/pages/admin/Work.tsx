import { useOperate } from '../../api/hooks'
import { Empty, Listing } from '../../parts/Listing'
import { moment } from '../../parts/text'
import { OperatorTools, onePage, useFind } from '../../parts/Tools'

export default function Work() {
  const { data, error } = useOperate('GET /work', { limit: 200 })
  const [found, find] = useFind(data?.work, 'work')
  return (
    <Listing
      name="work"
      title="Background work"
      counter={data && `(${data.work.length})`}
      description="What the server will do by itself, by the business clock. Advance the clock in the bar on top to let it happen now."
      pages={onePage(found, error)}
      filter={find}
      trackBy={(w) => w.kind + w.subject + w.dueAt}
      actions={<OperatorTools data={data} path="/work" />}
      empty={<Empty title="Nothing is due">Invitations that expire, snapshots of jobs and reviews by policy wait here for their time.</Empty>}
      columns={[
        { id: 'kind', header: 'Kind', cell: (w) => w.kind, text: (w) => w.kind },
        { id: 'subject', header: 'Record', cell: (w) => <span className="text">{w.subject}</span>, text: (w) => w.subject },
        { id: 'due', header: 'Due', cell: (w) => moment(w.dueAt), text: (w) => w.dueAt },
        { id: 'failures', header: 'Failures', cell: (w) => w.failures, text: (w) => w.failures },
        { id: 'error', header: 'Last error', cell: (w) => w.lastError || '-', text: (w) => w.lastError },
      ]}
    />
  )
}
