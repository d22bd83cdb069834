import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import { useQuery } from '@tanstack/react-query'
import { call } from '../../api/client'
import { useScope } from '../../app/scope'
import { Go } from '../../parts/Go'
import { Empty } from '../../parts/Listing'
import type { Shown } from './Record'

/** The engagements that share the deal, and the snapshots shared there. */
export function Engagements({ o, owner }: Shown) {
  const { catalog } = useScope()
  const { data } = useQuery({
    queryKey: ['engagements-of', owner, catalog, o.Id],
    queryFn: async () => {
      const links = await call(owner, 'ListEngagementResourceAssociations', { Catalog: catalog, ResourceIdentifier: o.Id, MaxResults: 50 })
      const engagements = (links.EngagementResourceAssociationSummaries ?? []).map((l) => l.EngagementId ?? '')
      const snapshots = await Promise.all(engagements.map((id) => call(owner, 'ListResourceSnapshots', { Catalog: catalog, EngagementIdentifier: id, ResourceIdentifier: o.Id, MaxResults: 50 }).catch(() => ({ ResourceSnapshotSummaries: [] }))))
      return { engagements: links.EngagementResourceAssociationSummaries ?? [], snapshots: snapshots.flatMap((s, i) => (s.ResourceSnapshotSummaries ?? []).map((x) => ({ ...x, engagement: engagements[i] }))) }
    },
  })
  return (
    <SpaceBetween size="l">
      <Table
        variant="container"
        loading={!data}
        items={data?.engagements ?? []}
        trackBy={(e) => e.EngagementId ?? ''}
        ariaLabels={{ tableLabel: 'Engagements' }}
        header={<Header variant="h2" counter={`(${data?.engagements.length ?? 0})`}>Engagements</Header>}
        empty={<Empty title="No engagement shares this deal">Submitting the opportunity starts an engagement with AWS.</Empty>}
        columnDefinitions={[
          { id: 'id', header: 'Engagement', isRowHeader: true, cell: (e) => <Go to={`/engagements/${e.EngagementId}`}>{e.EngagementId}</Go> },
          { id: 'by', header: 'Associated by', cell: (e) => e.CreatedBy ?? '-' },
        ]}
      />
      <Table
        variant="container"
        loading={!data}
        items={data?.snapshots ?? []}
        trackBy={(s) => `${s.engagement}${s.ResourceSnapshotTemplateName}${s.Revision}`}
        ariaLabels={{ tableLabel: 'Snapshots' }}
        header={<Header variant="h2" counter={`(${data?.snapshots.length ?? 0})`}>Snapshots</Header>}
        empty={<Empty title="No snapshots">A snapshot is what the members of an engagement see of the deal. Jobs take them on every change.</Empty>}
        columnDefinitions={[
          { id: 'template', header: 'Template', isRowHeader: true, cell: (s) => <Go to={`/engagements/${s.engagement}`} params={{ tab: 'snapshots' }}>{s.ResourceSnapshotTemplateName}</Go> },
          { id: 'revision', header: 'Revision', cell: (s) => s.Revision },
          { id: 'by', header: 'Taken by', cell: (s) => s.CreatedBy ?? '-' },
          { id: 'engagement', header: 'Engagement', cell: (s) => s.engagement },
        ]}
      />
    </SpaceBetween>
  )
}

