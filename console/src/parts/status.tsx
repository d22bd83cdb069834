import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator'
import { plain } from './text'

const types: Record<string, StatusIndicatorProps.Type> = {
  Approved: 'success', Rejected: 'error', 'Action Required': 'warning', Submitted: 'pending', 'In review': 'in-progress', 'Pending Submission': 'stopped',
  ACCEPTED: 'success', APPROVED: 'success', PENDING: 'pending', REJECTED: 'error', EXPIRED: 'stopped',
  ENRICHED: 'success', NO_MATCH_FOUND: 'stopped', ACTION_REQUIRED: 'warning',
  COMPLETE: 'success', COMPLETED: 'success', SUCCEEDED: 'success', FAILED: 'error', IN_PROGRESS: 'in-progress', PROCESSING: 'in-progress', Running: 'in-progress', Stopped: 'stopped',
  COMPLETED_WITH_ERRORS: 'warning', PARTIALLY_COMPLETED: 'warning', QUEUED: 'pending', SUBMITTED: 'pending',
  Active: 'success', Inactive: 'stopped', Draft: 'pending', ENABLED: 'success', DISABLED: 'stopped',
}

/** A status with AWS's own word and the sign that goes with it. It wraps between words only. */
export function Status({ value }: { value: string | null | undefined }) {
  if (!value) return <>-</>
  return <StatusIndicator type={types[value] ?? 'info'}><span className="words">{plain(value)}</span></StatusIndicator>
}
