import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { awsSide } from '../api/client'
import { operate } from '../api/operator'
import { useScope } from '../app/scope'
import type { HistoryEntry } from '../gen/operator.gen'
import type { Change } from './Changes'
import { label } from './text'

const pageSize = 50

/** Reads the changes of a record, page by page. */
export function useHistory(account: string, id: string) {
  const { catalog } = useScope()
  const query = useInfiniteQuery({
    queryKey: ['history', account, catalog, id],
    queryFn: ({ pageParam }) => operate('GET /resources/{id}/history', { id, account, catalog, limit: pageSize, after: pageParam }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  })
  const pages = query.data?.pages ?? []
  return {
    entries: pages.flatMap((p) => p.changes),
    createdAt: pages[0]?.createdAt,
    createdBy: pages[0]?.createdBy,
    origin: pages[0]?.origin,
    error: query.error,
    loading: query.isPending,
    older: query.hasNextPage ? () => void query.fetchNextPage() : undefined,
    loadingOlder: query.isFetchingNextPage,
  }
}

const titles: Record<string, string> = {
  UpdateOpportunity: 'Edited',
  AssignOpportunity: 'Given to another owner',
  AssociateOpportunity: 'Association added',
  DisassociateOpportunity: 'Association removed',
  SubmitOpportunity: 'Submitted to AWS',
  StartReview: 'Review started by AWS',
  Approve: 'Approved by AWS',
  Reject: 'Rejected by AWS',
  RequestAction: 'Returned by AWS with a question',
  UpdateAwsOpportunitySummary: "AWS's view changed",
  UpdateCustomerAccount: 'Edited',
  MatchCustomerAccount: 'Matched by AWS',
  CreateEngagementContext: 'Context added',
  UpdateEngagementContext: 'Context edited',
  AcceptEngagementInvitation: 'Invitation accepted',
}

/** Says in a few words what a change was. */
export const title = (e: HistoryEntry) => titles[e.operation] ?? label(e.operation)

/** Names who made a change. */
export function author(e: HistoryEntry): string {
  const who: string[] = []
  if (e.principal) who.push(principal(e.principal))
  if (e.operator) who.push(e.principal ? `operator ${e.operator} in its name` : `AWS (operator ${e.operator})`)
  if (e.process) who.push(processes[e.process] ?? process(e.process))
  return who.join(', ')
}

/** The user or role of an ARN; the root user is the account itself. */
function principal(arn: string): string {
  const [, , , , account, name = ''] = arn.split(':')
  if (account === awsSide) return 'AWS'
  if (name === 'root') return `the partner (account ${account})`
  const [kind, first, session] = name.split('/')
  return kind === 'assumed-role' ? `role ${first} (${session})` : `${kind} ${name.slice(name.lastIndexOf('/') + 1)} of account ${account}`
}

const processes: Record<string, string> = { matching: 'AWS, which matches companies by itself', 'review policy': 'the review policy, which decides by itself', fixtures: 'a file of records (fixtures)', server: 'the server' }

function process(name: string): string {
  if (name === `account ${awsSide}`) return 'AWS'
  if (name.startsWith('account ')) return `another member (${name})`
  if (name.startsWith('bulkjob-')) return `bulk job ${name}`
  return name
}

const verdicts = ['Approved', 'Rejected', 'Action Required']
const status = 'LifeCycle.ReviewStatus'

export const isVerdict = (e: HistoryEntry) => e.changes.some((c) => c.path === status && verdicts.includes(String(c.after)))

/** What a series of changes, the newest first, comes to: a field that was changed several times is one change. */
export function together(entries: HistoryEntry[]): Change[] {
  const all: Change[] = []
  for (const change of entries.toReversed().flatMap((e) => e.changes)) {
    // An element of a list may have moved in between.
    const earlier = change.path.includes('[') ? undefined : all.find((c) => c.path === change.path)
    if (earlier) earlier.after = change.after
    else all.push({ ...change })
  }
  return all.filter((c) => JSON.stringify(c.before) !== JSON.stringify(c.after))
}
