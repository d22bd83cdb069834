import Button, { type ButtonProps } from '@cloudscape-design/components/button'
import { useQuery } from '@tanstack/react-query'
import { currentSession, type Session } from '../api/session'

/** What the operator may do, by the role and the accounts of the token. A user of an account may change what the
 * user's own policies allow, which the server decides. */
export interface May {
  /** Reads what only operators read: the review desk, events, requests, administration. */
  operate: boolean
  /** Changes something in the name of an account. */
  write: boolean
  /** Acts as AWS. */
  review: boolean
  /** Reads the audit log. */
  audit: boolean
  /** Reads what concerns the whole server. */
  server: boolean
  /** Changes the whole server. */
  administer: boolean
}

export type Right = keyof May

const nothing: May = { operate: false, write: false, review: false, audit: false, server: false, administer: false }

export function rightsOf(session: Session | undefined): May {
  if (!session) return nothing
  if (session.role === 'user') return { ...nothing, write: true }
  const administrator = session.role === 'administrator'
  const server = session.accounts.length === 0
  return { operate: true, write: administrator, review: administrator || session.role === 'reviewer', audit: administrator || session.role === 'auditor', server, administer: administrator && server }
}

export function useSession(): Session | undefined {
  return useQuery({ queryKey: ['session'], queryFn: currentSession, staleTime: Infinity }).data
}

export const useMay = (): May => rightsOf(useSession())

/** A button that only those see whose use of it the server does not refuse. */
export function MayButton({ needs, ...props }: ButtonProps & { needs: Right }) {
  return useMay()[needs] ? <Button {...props} /> : null
}
