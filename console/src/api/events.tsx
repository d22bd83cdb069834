import { useQueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react'
import { useScope } from '../app/scope'
import { operate } from './operator'

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

/** Follows the events of the acting account. Every event has the pages read again what they show. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const { account } = useScope()
  const client = useQueryClient()
  const [live, setLive] = useState<Live>({ events: [], connected: false })
  useEffect(() => {
    let ended = false
    let after = '0'
    let caughtUp = false
    setLive({ events: [], connected: false })
    async function follow() {
      while (!ended) {
        try {
          const answer = await operate('GET /events', { account, after, limit: pageSize, wait: caughtUp ? '20s' : undefined })
          if (ended) return
          after = answer.next
          const fresh = (answer.events ?? []) as LiveEvent[]
          const changed = caughtUp && fresh.length > 0
          caughtUp ||= fresh.length < pageSize
          setLive((old) => ({ events: [...fresh.toReversed(), ...old.events].slice(0, kept), connected: true }))
          if (changed) void client.invalidateQueries()
        } catch {
          if (ended) return
          setLive((old) => ({ ...old, connected: false }))
          await new Promise((resolve) => setTimeout(resolve, 5000))
        }
      }
    }
    void follow()
    return () => {
      ended = true
    }
  }, [account, client])
  return <Context.Provider value={live}>{children}</Context.Provider>
}
