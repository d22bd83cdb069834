import { createContext, useContext, useEffect, useMemo, type ReactNode } from 'react'
import { useLocation, useNavigate, useSearchParams } from 'react-router-dom'

/** Who acts, and in which catalog. Both are in the URL, so that every page is a deep link. */
export interface Scope {
  account: string
  catalog: 'AWS' | 'Sandbox'
  setScope: (changes: Partial<Pick<Scope, 'account' | 'catalog'>>) => void
  /** Returns the address of a page in this scope. */
  to: (path: string, params?: Record<string, string>) => string
}

const Context = createContext<Scope | null>(null)

export function useScope(): Scope {
  const scope = useContext(Context)
  if (!scope) throw new Error('useScope outside ScopeProvider')
  return scope
}

const accountForm = /^([0-9]{12}|aws)$/
const isAccount = (text: string | null): text is string => text !== null && accountForm.test(text)

function remembered(name: string, fallback: string): string {
  return localStorage.getItem(`cosell.${name}`) ?? fallback
}

export function remember(name: string, value: string) {
  localStorage.setItem(`cosell.${name}`, value)
}

export function ScopeProvider({ children }: { children: ReactNode }) {
  const [params] = useSearchParams()
  const location = useLocation()
  const navigate = useNavigate()
  const asked = params.get('account')
  const account = isAccount(asked) ? asked : remembered('account', '000000000000')
  const catalog = (params.get('catalog') ?? remembered('catalog', 'Sandbox')) === 'AWS' ? 'AWS' : 'Sandbox'
  useEffect(() => {
    remember('account', account)
    remember('catalog', catalog)
    if (location.pathname === '/') return // which leads to the overview, with both
    if (asked === account && params.get('catalog') === catalog) return
    const complete = new URLSearchParams(location.search)
    complete.set('account', account)
    complete.set('catalog', catalog)
    navigate({ pathname: location.pathname, search: complete.toString() }, { replace: true })
  }, [account, catalog, asked, params, location, navigate])
  const scope = useMemo<Scope>(
    () => ({
      account,
      catalog,
      setScope: (changes) => {
        const next = { account, catalog, ...changes }
        // A record belongs to one account and catalog: its page makes no sense in another one.
        const page = location.pathname.split('/').slice(0, location.pathname.startsWith('/admin/') ? 3 : 2).join('/')
        navigate({ pathname: page, search: new URLSearchParams(next).toString() })
      },
      to: (path, more = {}) => `${path}?${new URLSearchParams({ account, catalog, ...more })}`,
    }),
    [account, catalog, location.pathname, navigate],
  )
  return <Context.Provider value={scope}>{children}</Context.Provider>
}
