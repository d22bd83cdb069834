import type { Routes } from '../gen/operator.gen'
import { operate } from './operator'

export type Session = Routes['GET /session']['answer']

let session: Promise<Session> | undefined

/** Returns who uses the console, and how the server authenticates requests. */
export function currentSession(): Promise<Session> {
  session ??= operate('GET /session').catch((error: unknown) => {
    session = undefined
    throw error
  })
  return session
}

const form = '/console/sign-in'

let leaving = false // several answers may say so at once, and a second navigation would cancel the first

/** Leads to the form where an answer says that the session has ended; it leads back to this page. */
export function checkSession(answer: Response) {
  if (answer.status !== 401 || leaving) return
  leaving = true
  location.assign(`${form}?${new URLSearchParams({ next: location.pathname + location.search })}`)
}

/** Ends the session. */
export async function signOut() {
  await fetch('/console/sign-out', { method: 'POST', redirect: 'manual' })
  location.assign(form)
}
