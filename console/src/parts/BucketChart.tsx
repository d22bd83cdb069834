import BarChart from '@cloudscape-design/components/bar-chart'
import type { Bucket } from '../gen/contract.gen'
import { plain } from './text'

const bar = 34 // pixels, with what is between
const axis = 16

// BucketChart shows how many records have each value, with the numbers beside the names.
export function BucketChart({ label, buckets }: { label: string; buckets: Bucket[] }) {
  const data = buckets.map((b) => ({ x: `${(b.Values ?? []).map(plain).join(', ')} (${b.Count ?? 0})`, y: b.Count ?? 0 }))
  return (
    <BarChart
      horizontalBars
      hideFilter
      hideLegend
      height={axis + bar * Math.max(data.length, 1)}
      ariaLabel={label}
      xScaleType="categorical"
      xDomain={data.map((d) => d.x)}
      yDomain={[0, Math.max(1, ...data.map((d) => d.y))]}
      i18nStrings={{ yTickFormatter: (n) => (Number.isInteger(n) ? String(n) : '') }}
      series={data.length > 0 ? [{ type: 'bar', title: label, data }] : []}
      empty="No customer has a value"
    />
  )
}
