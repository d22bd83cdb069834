import Tabs, { type TabsProps } from '@cloudscape-design/components/tabs'
import { useSearchParams } from 'react-router-dom'

interface Props {
  label: string
  tabs: TabsProps.Tab[]
}

// PageTabs are the tabs of a page, with the open one in its address. A link to a tab that is not
// there, or that this operator may not see, opens the first.
export function PageTabs({ label, tabs }: Props) {
  const [params, setParams] = useSearchParams()
  const asked = params.get('tab')
  return (
    <Tabs
      ariaLabel={label}
      activeTabId={(tabs.find((t) => t.id === asked) ?? tabs[0])?.id}
      onChange={(e) => {
        const next = new URLSearchParams(params)
        next.set('tab', e.detail.activeTabId)
        setParams(next, { replace: true })
      }}
      tabs={tabs}
    />
  )
}
