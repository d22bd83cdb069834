import type { FlashbarProps } from '@cloudscape-design/components/flashbar'
import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from 'react'
import { ApiError } from '../api/client'

interface Flash {
  items: FlashbarProps.MessageDefinition[]
  success: (text: ReactNode) => void
  failure: (what: string, error: unknown) => void
}

const Context = createContext<Flash>({ items: [], success: () => {}, failure: () => {} })

export const useFlash = () => useContext(Context)

/** Says what went wrong: the server's own words, each field by its name. */
export function errorText(error: unknown): ReactNode {
  if (error instanceof ApiError && error.fields.length > 0) {
    return (
      <>
        {error.message}
        <ul>
          {error.fields.slice(0, 12).map((f, i) => (
            <li key={i}>
              {f.field && <code>{f.field}</code>} {f.message} {f.code && `(${f.code})`}
            </li>
          ))}
        </ul>
      </>
    )
  }
  return error instanceof Error ? error.message : String(error)
}

export function FlashProvider({ children }: { children: ReactNode }) {
  const [items, setItems] = useState<FlashbarProps.MessageDefinition[]>([])
  const last = useRef(0)
  const add = useCallback((item: FlashbarProps.MessageDefinition) => {
    const id = String(++last.current)
    const dismiss = () => setItems((all) => all.filter((i) => i.id !== id))
    setItems((all) => [{ ...item, id, dismissible: true, dismissLabel: 'Dismiss message', onDismiss: dismiss }, ...all].slice(0, 4))
    if (item.type === 'success') setTimeout(dismiss, 8000)
  }, [])
  const flash = useMemo<Flash>(
    () => ({
      items,
      success: (content) => add({ type: 'success', content }),
      failure: (what, error) => add({ type: 'error', header: what, content: errorText(error) }),
    }),
    [items, add],
  )
  return <Context.Provider value={flash}>{children}</Context.Provider>
}
