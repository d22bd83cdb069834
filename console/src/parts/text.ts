// How values are written for people. Nouns stay AWS's own.

const spellings: Record<string, string> = { Aws: 'AWS', Apn: 'APN', Url: 'URL', Id: 'ID', Mrr: 'MRR', Arn: 'ARN', Duns: 'D-U-N-S number', Uri: 'URI' }

/** TargetCloseDate becomes "Target close date". */
export function label(name: string): string {
  const words = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [name]
  return words
    .map((word, i) => spellings[word] ?? (i === 0 ? word[0].toUpperCase() + word.slice(1) : /^[A-Z]+$/.test(word) ? word : word.toLowerCase()))
    .join(' ')
}

/** NO_MATCH_FOUND becomes "No match found"; other values are words already. */
export function plain(value: string): string {
  return /^[A-Z][A-Z_]+$/.test(value) ? value[0] + value.slice(1).toLowerCase().replaceAll('_', ' ') : value
}

export function money(amount: string | number | null | undefined, currency: string | null | undefined): string {
  if (amount === null || amount === undefined || amount === '') return '-'
  const value = Number(amount)
  if (!Number.isFinite(value)) return `${amount} ${currency ?? ''}`
  try {
    return value.toLocaleString('en-US', { style: 'currency', currency: currency ?? 'USD', maximumFractionDigits: 2 })
  } catch {
    return `${value.toLocaleString('en-US')} ${currency}`
  }
}

export function moment(text: string | null | undefined): string {
  if (!text) return '-'
  const time = new Date(text)
  if (Number.isNaN(time.getTime())) return text
  return time.toLocaleString('en-US', { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false, timeZone: 'UTC' }) + ' UTC'
}

export function day(text: string | null | undefined): string {
  if (!text) return '-'
  const time = new Date(text)
  return Number.isNaN(time.getTime()) ? text : time.toLocaleDateString('en-US', { year: 'numeric', month: 'short', day: 'numeric', timeZone: 'UTC' })
}

/** Says how long ago something was, on the business clock. */
export function age(since: string | null | undefined, now: Date): string {
  if (!since) return '-'
  return span(now.getTime() - new Date(since).getTime())
}

export function span(milliseconds: number): string {
  const minutes = Math.max(0, Math.round(milliseconds / 60000))
  if (minutes < 1) return 'less than a minute'
  if (minutes < 60) return count(minutes, 'minute')
  if (minutes < 48 * 60) return count(Math.round(minutes / 60), 'hour')
  return count(Math.round(minutes / 1440), 'day')
}

export function count(n: number, noun: string, plural = noun + 's'): string {
  return `${n.toLocaleString('en-US')} ${n === 1 ? noun : plural}`
}

export function csv(rows: (string | number | null | undefined)[][]): string {
  // A cell that a spreadsheet would take for a formula is written as text.
  const cell = (v: string | number | null | undefined) => {
    let text = v === null || v === undefined ? '' : String(v)
    if (typeof v === 'string' && /^[=+\-@\t\r]/.test(text)) text = "'" + text
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return rows.map((row) => row.map(cell).join(',') + '\r\n').join('')
}

export function download(name: string, content: BlobPart, type: string) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([content], { type }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}
