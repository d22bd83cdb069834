import { Value } from './Record'
import { day, label } from './text'

export interface Change {
  path: string
  before?: unknown
  after?: unknown
}

/** Writes the path of a member for people: Customer.Account.CompanyName is "Customer > Account > Company name". */
export function place(path: string): string {
  const words = path.split('.').map((part) => {
    const [, name, index] = /^(.*?)(?:\[(\d+)\])?$/.exec(part) ?? ['', part]
    return label(name[0].toUpperCase() + name.slice(1)) + (index === undefined ? '' : ` ${Number(index) + 1}`)
  })
  return words.join(' > ').replace(/^AWS opportunity summary/, "AWS's view")
}

const date = /^\d{4}-\d\d-\d\d$/

function Side({ value }: { value: unknown }) {
  return typeof value === 'string' && date.test(value) ? day(value) : <Value value={value} />
}

/** Lists changed fields with their values before and after, side by side. */
export function ChangeTable({ changes, of }: { changes: Change[]; of: string }) {
  return (
    <table className="changes" aria-label={of}>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((c, i) => (
          <tr key={i}>
            <th scope="row">{place(c.path)}</th>
            <td data-name="Before"><Side value={c.before} /></td>
            <td data-name="After"><Side value={c.after} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
