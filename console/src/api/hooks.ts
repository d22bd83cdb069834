import { bytesToHex, randomBytes } from '@noble/hashes/utils.js'
import { keepPreviousData, useMutation, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { Operations } from '../gen/contract.gen'
import type { Routes } from '../gen/operator.gen'
import { useFlash } from '../app/flash'
import { useScope } from '../app/scope'
import { ApiError, call, type OperationName } from './client'
import { operate } from './operator'

type Input<O extends OperationName> = Operations[O]['input']
type Output<O extends OperationName> = Operations[O]['output']

/** Reads with an operation of the API, as the acting account unless another one is named. */
export function useCall<O extends OperationName>(operation: O, input: Input<O> | null, as?: string): UseQueryResult<Output<O>> {
  const { account } = useScope()
  const caller = as ?? account
  return useQuery({
    queryKey: ['api', caller, operation, input],
    queryFn: () => call(caller, operation, input as Input<O>),
    enabled: input !== null,
    placeholderData: keepPreviousData,
  })
}

/** Reads a route of the operator API. */
export function useOperate<R extends keyof Routes>(route: R, params: Record<string, string | number | undefined> | null = {}): UseQueryResult<Routes[R]['answer']> {
  return useQuery({
    queryKey: ['operator', route, params],
    queryFn: () => operate(route, params ?? {}),
    enabled: params !== null,
    placeholderData: keepPreviousData,
  })
}

export interface Pages<T> {
  items: T[]
  loading: boolean
  error: unknown
  page: number
  pages: number
  openEnd: boolean
  goTo: (page: number) => void
}

/** Pages through a list whose answer names the next page. */
export function usePages<T>(key: unknown[], read: (token: string | undefined) => Promise<{ items: T[]; next?: string | null }>): Pages<T> {
  const [state, setState] = useState<{ key: string; tokens: (string | undefined)[]; page: number }>({ key: '', tokens: [undefined], page: 1 })
  const name = JSON.stringify(key)
  const current = state.key === name ? state : { key: name, tokens: [undefined], page: 1 }
  const token = current.tokens[current.page - 1]
  const result = useQuery({ queryKey: ['pages', name, token ?? ''], queryFn: () => read(token), placeholderData: keepPreviousData })
  const next = result.data?.next || undefined
  return {
    items: result.data?.items ?? [],
    loading: result.isPending || (result.isPlaceholderData && result.isFetching),
    error: result.error,
    page: current.page,
    pages: Math.max(current.tokens.length, current.page),
    openEnd: next !== undefined,
    goTo: (page) => {
      const tokens = [...current.tokens]
      if (page > tokens.length && next) tokens[page - 1] = next
      if (page <= tokens.length) setState({ key: name, tokens, page })
    },
  }
}

// Not every change is told by an event: the other tabs of this browser hear of it here.
const changes = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('cosell.changes')

/** Has the pages read again what they show when another tab changed something. */
export function useOtherTabs() {
  const client = useQueryClient()
  useEffect(() => {
    if (!changes) return
    changes.onmessage = () => void client.invalidateQueries()
    return () => {
      changes.onmessage = null
    }
  }, [client])
}

/** Runs a change, says how it went, and has every page read again. */
export function useAction() {
  const client = useQueryClient()
  const flash = useFlash()
  const mutation = useMutation({
    mutationFn: async (action: { what: string; done?: string; run: () => Promise<unknown>; quiet?: boolean }) => action.run(),
    onSuccess: (_, action) => {
      if (action.done) flash.success(action.done)
      void client.invalidateQueries()
      changes?.postMessage(null)
    },
    onError: (error, action) => {
      if (!action.quiet || !(error instanceof ApiError)) flash.failure(action.what, error)
    },
  })
  return mutation
}

/** Returns a new client token. */
export const newToken = () => bytesToHex(randomBytes(16))
