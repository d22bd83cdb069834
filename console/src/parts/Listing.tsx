import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import CollectionPreferences from '@cloudscape-design/components/collection-preferences'
import Header from '@cloudscape-design/components/header'
import Pagination from '@cloudscape-design/components/pagination'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table, { type TableProps } from '@cloudscape-design/components/table'
import { useState, type ReactNode } from 'react'
import type { Pages } from '../api/hooks'
import { errorText } from '../app/flash'
import { remember } from '../app/scope'
import { csv, download } from './text'

export interface Column<T> {
  id: string
  header: string
  cell: (item: T) => ReactNode
  /** The value for CSV; without it the column is left out there. */
  text?: (item: T) => string | number | null | undefined
  sort?: string
  hidden?: boolean
  width?: number
}

interface Props<T> {
  name: string
  title: string
  description?: ReactNode
  columns: Column<T>[]
  pages: Pages<T>
  actions?: ReactNode
  filter?: ReactNode
  empty: ReactNode
  trackBy: (item: T) => string
  sorting?: { field: string; descending: boolean; onChange: (field: string, descending: boolean) => void }
  selected?: T[]
  onSelect?: (items: T[]) => void
  selectionType?: 'single' | 'multi'
  /** Returns every row, for CSV. Without it CSV has the rows of this page. */
  everything?: () => Promise<T[]>
  onPageSize?: (size: number) => void
  pageSize?: number
  counter?: string
  variant?: TableProps.Variant
}

function chosenColumns(name: string, all: { id: string; hidden?: boolean }[]): string[] {
  const stored = localStorage.getItem(`cosell.columns.${name}`)
  const known = stored?.split(',').filter((id) => all.some((c) => c.id === id))
  return known && known.length > 0 ? known : all.filter((c) => !c.hidden).map((c) => c.id)
}

/** A table of records: sorting, pages, choice of columns, CSV. */
export function Listing<T>(p: Props<T>) {
  const [visible, setVisible] = useState(() => chosenColumns(p.name, p.columns))
  const sortingColumn = p.columns.find((c) => c.sort && c.sort === p.sorting?.field)
  const definitions: TableProps.ColumnDefinition<T>[] = p.columns.map((c, i) => ({
    id: c.id,
    header: c.header,
    cell: c.cell,
    sortingField: c.sort,
    minWidth: c.width ?? 120,
    isRowHeader: i === 0,
  }))
  async function save() {
    const shown = p.columns.filter((c) => visible.includes(c.id) && c.text)
    const rows = p.everything ? await p.everything() : p.pages.items
    download(`${p.name}.csv`, csv([shown.map((c) => c.header), ...rows.map((row) => shown.map((c) => c.text?.(row)))]), 'text/csv')
  }
  return (
    <Table<T>
      variant={p.variant}
      items={p.pages.items}
      loading={p.pages.loading}
      loadingText={`Loading ${p.title.toLowerCase()}`}
      columnDefinitions={definitions}
      columnDisplay={p.columns.map((c) => ({ id: c.id, visible: visible.includes(c.id) }))}
      trackBy={p.trackBy}
      enableKeyboardNavigation
      wrapLines
      selectionType={p.onSelect ? (p.selectionType ?? 'multi') : undefined}
      selectedItems={p.selected}
      onSelectionChange={p.onSelect && ((e) => p.onSelect?.(e.detail.selectedItems))}
      sortingColumn={sortingColumn && { sortingField: sortingColumn.sort }}
      sortingDescending={p.sorting?.descending}
      onSortingChange={(e) => e.detail.sortingColumn.sortingField && p.sorting?.onChange(e.detail.sortingColumn.sortingField, e.detail.isDescending ?? false)}
      sortingDisabled={!p.sorting}
      filter={p.filter}
      ariaLabels={{
        tableLabel: p.title,
        selectionGroupLabel: `Selection of ${p.title.toLowerCase()}`,
        allItemsSelectionLabel: () => 'Select all on this page',
        itemSelectionLabel: (_, item) => `Select ${p.trackBy(item)}`,
      }}
      header={
        <Header
          variant={p.variant === 'embedded' || p.variant === 'container' ? 'h2' : 'h1'}
          description={p.description}
          counter={p.counter}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {p.columns.some((c) => c.text) && (
                <Button iconName="download" onClick={() => void save()} ariaLabel={`Download ${p.title} as CSV`}>
                  CSV
                </Button>
              )}
              {p.actions}
            </SpaceBetween>
          }
        >
          {p.title}
        </Header>
      }
      empty={p.pages.error ? <Box color="text-status-error">{errorText(p.pages.error)}</Box> : p.empty}
      pagination={
        (p.pages.pages > 1 || p.pages.openEnd) && (
          <Pagination
            currentPageIndex={p.pages.page}
            pagesCount={p.pages.pages}
            openEnd={p.pages.openEnd}
            onChange={(e) => p.pages.goTo(e.detail.currentPageIndex)}
            ariaLabels={{ nextPageLabel: 'Next page', previousPageLabel: 'Previous page', pageLabel: (n) => `Page ${n}`, paginationLabel: `Pages of ${p.title.toLowerCase()}` }}
          />
        )
      }
      preferences={
        p.columns.some((c) => c.text) && <CollectionPreferences
          title="Columns and page size"
          confirmLabel="Apply"
          cancelLabel="Cancel"
          preferences={{ pageSize: p.pageSize, contentDisplay: p.columns.map((c) => ({ id: c.id, visible: visible.includes(c.id) })) }}
          contentDisplayPreference={{ title: 'Columns', options: p.columns.map((c, i) => ({ id: c.id, label: c.header, alwaysVisible: i === 0 })) }}
          pageSizePreference={p.onPageSize && { title: 'Rows on a page', options: [20, 50, 100].map((value) => ({ value, label: `${value} rows` })) }}
          onConfirm={(e) => {
            const chosen = (e.detail.contentDisplay ?? []).filter((c) => c.visible).map((c) => c.id)
            setVisible(chosen)
            remember(`columns.${p.name}`, chosen.join(','))
            if (e.detail.pageSize && e.detail.pageSize !== p.pageSize) p.onPageSize?.(e.detail.pageSize)
          }}
        />
      }
    />
  )
}

/** What a list shows when it is empty: what belongs here and how it gets here. */
export function Empty({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <Box textAlign="center" padding={{ vertical: 'l' }}>
      <SpaceBetween size="s">
        <Box variant="strong">{title}</Box>
        <Box color="text-body-secondary">{children}</Box>
        {action}
      </SpaceBetween>
    </Box>
  )
}
