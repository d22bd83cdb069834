import { useQueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react'
import { useScope } from '../app/scope'
import { operate } from './operator'
import { currentSession } from './session'

/** An event in EventBridge's form. */
export interface Envelope {
  id: string
  'detail-type': string
  source: string
  account: string
  time: string
  resources: string[]
  detail: Record<string, unknown>
}

export interface LiveEvent {
  sequence: string
  event: Envelope
}

interface Live {
  events: LiveEvent[]
  connected: boolean
}

const Context = createContext<Live>({ events: [], connected: false })

export const useLive = () => useContext(Context)

const kept = 500
const pageSize = 1000
const first = 50 // events that a new tab begins with
const gather = 100 // milliseconds in which events of the stream are taken together
const again = 5000 // milliseconds before another attempt

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Reads an event stream until it ends for good; the browser itself comes back after an interruption. */
export function stream(query: Record<string, string>, signal: AbortSignal, take: (fresh: LiveEvent[]) => void, connected: (is: boolean) => void): Promise<void> {
  return new Promise((resolve) => {
    const source = new EventSource(`/operator/v1/events/stream?${new URLSearchParams(query)}`)
    let fresh: LiveEvent[] = []
    let timer = 0
    const flush = () => {
      timer = 0
      take(fresh)
      fresh = []
    }
    const end = () => {
      source.close()
      if (timer) {
        clearTimeout(timer)
        flush()
      }
      resolve()
    }
    source.onopen = () => connected(true)
    source.onmessage = (m) => {
      fresh.push({ sequence: m.lastEventId, event: JSON.parse(m.data as string) as Envelope })
      timer ||= window.setTimeout(flush, gather)
    }
    source.onerror = () => {
      connected(false)
      if (source.readyState === EventSource.CLOSED) end()
    }
    signal.addEventListener('abort', end, { once: true })
  })
}

/** Asks for events again and again, where the stream cannot be had. */
async function poll(account: string, after: () => string, signal: AbortSignal, take: (fresh: LiveEvent[]) => void, connected: (is: boolean) => void) {
  const until = Date.now() + 60_000 // then the stream is tried again
  while (!signal.aborted && Date.now() < until) {
    const answer = await operate('GET /events', { account, after: after(), limit: pageSize, wait: '20s' })
    connected(true)
    take((answer.events ?? []) as LiveEvent[])
  }
}

/** Waits until this tab is the one that reads the events of an account; the others hear them from it. Browsers allow
 * few connections to a server, so that each tab cannot have one. */
function lead(account: string, signal: AbortSignal, run: () => Promise<void>): Promise<void> {
  if (!navigator.locks) return run()
  return navigator.locks.request(`cosell.events.${account}`, { signal }, run).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}

/** Follows the events of the acting account. Every event has the pages read again what they show. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const { account } = useScope()
  const client = useQueryClient()
  const [live, setLive] = useState<Live>({ events: [], connected: false })
  useEffect(() => {
    const ending = new AbortController()
    const { signal } = ending
    const others = new BroadcastChannel(`cosell.events.${account}`)
    let last = '0'
    setLive({ events: [], connected: false })
    const connected = (is: boolean) => !signal.aborted && setLive((old) => ({ ...old, connected: is }))
    const take = (fresh: LiveEvent[], changed = true) => {
      const unseen = fresh.filter((e) => BigInt(e.sequence) > BigInt(last))
      if (signal.aborted || unseen.length === 0) return
      last = unseen[unseen.length - 1].sequence
      setLive((old) => ({ events: [...unseen.toReversed(), ...old.events].slice(0, kept), connected: old.connected }))
      if (changed) void client.invalidateQueries({ predicate: (q) => q.queryKey[0] !== 'session' && q.queryKey[0] !== 'storage' })
    }
    const tell = (fresh: LiveEvent[]) => {
      take(fresh)
      others.postMessage(fresh)
    }
    others.onmessage = (m) => {
      connected(true)
      take(m.data as LiveEvent[])
    }
    /** Reads what is there already. */
    async function catchUp(changed: boolean) {
      for (let full = true; full && !signal.aborted; ) {
        const begins = last === '0'
        const answer = await operate('GET /events', begins ? { account, last: first } : { account, after: last, limit: pageSize })
        const fresh = (answer.events ?? []) as LiveEvent[]
        full = !begins && fresh.length === pageSize
        take(fresh, changed)
      }
      connected(true)
    }
    async function follow() {
      await catchUp(last !== '0')
      await lead(account, signal, async () => {
        await catchUp(true) // what the tab that led before has not told any more
        await stream({ account, after: last }, signal, tell, connected)
        if (signal.aborted) return
        await currentSession()
        await poll(account, () => last, signal, tell, connected)
      })
    }
    async function run() {
      while (!signal.aborted) {
        await follow().catch(() => connected(false))
        if (!signal.aborted) await pause(again)
      }
    }
    void run()
    return () => {
      ending.abort()
      others.close()
    }
  }, [account, client])
  return <Context.Provider value={live}>{children}</Context.Provider>
}
