import Link, { type LinkProps } from '@cloudscape-design/components/link'
import { useNavigate } from 'react-router-dom'
import { useScope } from '../app/scope'

/** A link to a page of the console, in the scope of this one. */
export function Go({ to, params, ...rest }: Omit<LinkProps, 'href' | 'onFollow'> & { to: string; params?: Record<string, string> }) {
  const scope = useScope()
  const navigate = useNavigate()
  const target = scope.to(to, params)
  return (
    <Link
      {...rest}
      href={'/console' + target}
      onFollow={(e) => {
        if (e.detail.external) return
        e.preventDefault()
        navigate(target)
      }}
    />
  )
}
