import Header from '@cloudscape-design/components/header'
import Table from '@cloudscape-design/components/table'
import { useOperate } from '../../api/hooks'
import type { LiveEvent } from '../../api/events'
import { useScope } from '../../app/scope'
import { Empty } from '../../parts/Listing'
import { Value } from '../../parts/Record'
import { moment } from '../../parts/text'
import type { Shown } from './Record'

/** The events that tell of the opportunity, the latest first. */
export function Happened({ o, owner, mine }: Shown) {
  const { account } = useScope()
  const { data, error } = useOperate('GET /events', { account, last: 500 })
  const events = ((data?.events ?? []) as LiveEvent[]).toReversed()
  const about = events.filter((e) => JSON.stringify(e.event).includes(o.Id ?? ''))
  return (
    <Table
      variant="container"
      wrapLines
      items={about}
      trackBy="sequence"
      loading={!data && !error}
      loadingText="Loading the events"
      ariaLabels={{ tableLabel: 'Events' }}
      header={<Header variant="h2" counter={`(${about.length})`} description="Among the latest 500 events of the acting account">Events</Header>}
      empty={<Empty title="No events">{mine ? 'Every change is told by an event.' : `Events of the deal go to account ${owner}; act as that account to see them.`}</Empty>}
      columnDefinitions={[
        { id: 'time', header: 'Time', cell: (e) => moment(e.event.time), minWidth: 150 },
        { id: 'type', header: 'Event', isRowHeader: true, cell: (e) => e.event['detail-type'], minWidth: 150 },
        { id: 'detail', header: 'Detail', cell: (e) => <Value value={{ ...e.event.detail, schemaVersion: undefined, catalog: undefined }} />, minWidth: 240 },
      ]}
    />
  )
}
