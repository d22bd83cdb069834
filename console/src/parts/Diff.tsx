import Box from '@cloudscape-design/components/box'
import Table from '@cloudscape-design/components/table'
import { Value } from './Record'

export interface Change {
  path: string
  before: unknown
  after: unknown
}

/** Lists every member that differs between two records, by its path. */
export function changes(before: unknown, after: unknown, path = ''): Change[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  const plain = (v: unknown) => typeof v === 'object' && v !== null
  if (!plain(before) || !plain(after)) return (before ?? null) === (after ?? null) ? [] : [{ path, before, after }]
  const a = before as Record<string, unknown>
  const b = after as Record<string, unknown>
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])]
  return names.flatMap((name) => changes(a[name], b[name], path ? `${path}.${name}` : name))
}

/** Shows the differences between two records side by side. */
export function Diff({ before, after, names }: { before: unknown; after: unknown; names: [string, string] }) {
  const found = changes(before, after)
  if (found.length === 0) return <Box color="text-body-secondary">There is no difference.</Box>
  return (
    <Table
      variant="embedded"
      wrapLines
      items={found}
      trackBy="path"
      ariaLabels={{ tableLabel: 'Differences' }}
      columnDefinitions={[
        { id: 'path', header: 'Member', cell: (c) => <code>{c.path}</code>, isRowHeader: true, minWidth: 160 },
        { id: 'before', header: names[0], cell: (c) => <Value value={c.before} />, minWidth: 160 },
        { id: 'after', header: names[1], cell: (c) => <Value value={c.after} />, minWidth: 160 },
      ]}
    />
  )
}
