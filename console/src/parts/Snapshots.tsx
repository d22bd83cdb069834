import Alert from '@cloudscape-design/components/alert'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import FormField from '@cloudscape-design/components/form-field'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../api/client'
import { errorText } from '../app/flash'
import { useScope } from '../app/scope'
import type { GetResourceSnapshotResponse, ResourceType } from '../gen/contract.gen'
import { Diff } from './Diff'
import { moment } from './text'

const most = 30

export interface Snapshot {
  engagement: string
  resource: string
  type: ResourceType
  template: string
  revision: number
}

/** Compares two revisions of a snapshot; at first the newest with the one before it. */
export function Revisions({ of, as }: { of: Snapshot; as: string }) {
  const { catalog } = useScope()
  const [chosen, setChosen] = useState<{ before?: number; after?: number }>({})
  const { data, error } = useQuery({
    queryKey: ['revisions', as, catalog, of],
    queryFn: () => {
      const first = Math.max(1, of.revision - most + 1)
      const numbers = Array.from({ length: of.revision - first + 1 }, (_, i) => first + i)
      return Promise.all(
        numbers.map((Revision) =>
          call(as, 'GetResourceSnapshot', { Catalog: catalog, EngagementIdentifier: of.engagement, ResourceType: of.type, ResourceIdentifier: of.resource, ResourceSnapshotTemplateIdentifier: of.template, Revision }),
        ),
      )
    },
  })
  if (error) return <Alert type="error">{errorText(error)}</Alert>
  if (!data) return <Spinner />
  const statusOf = (s: GetResourceSnapshotResponse) => s.Payload?.OpportunitySummary?.Lifecycle?.ReviewStatus ?? ''
  const newest = data[data.length - 1]
  const find = (revision: number | undefined, fallback: GetResourceSnapshotResponse) => data.find((s) => s.Revision === revision) ?? fallback
  const before = find(chosen.before, data[Math.max(0, data.length - 2)])
  const after = find(chosen.after, newest)
  const options = data.map((s) => ({ value: String(s.Revision), label: `Revision ${s.Revision}`, description: [moment(s.CreatedAt), statusOf(s)].filter(Boolean).join(', ') }))
  const select = (label: string, current: GetResourceSnapshotResponse, set: (n: number) => void) => (
    <FormField label={label}>
      <Select options={options} selectedOption={options.find((o) => o.value === String(current.Revision)) ?? null} onChange={(e) => set(Number(e.detail.selectedOption.value))} />
    </FormField>
  )
  return (
    <SpaceBetween size="m">
      <ColumnLayout columns={2}>
        {select('Before', before, (n) => setChosen({ ...chosen, before: n }))}
        {select('After', after, (n) => setChosen({ ...chosen, after: n }))}
      </ColumnLayout>
      <Diff before={before.Payload} after={after.Payload} names={[`Revision ${before.Revision}`, `Revision ${after.Revision}`]} />
    </SpaceBetween>
  )
}
