import AppLayout from '@cloudscape-design/components/app-layout'
import Box from '@cloudscape-design/components/box'
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group'
import Button from '@cloudscape-design/components/button'
import Flashbar from '@cloudscape-design/components/flashbar'
import FormField from '@cloudscape-design/components/form-field'
import { I18nProvider } from '@cloudscape-design/components/i18n'
import messages from '@cloudscape-design/components/i18n/messages/all.en'
import Input from '@cloudscape-design/components/input'
import SideNavigation from '@cloudscape-design/components/side-navigation'
import Spinner from '@cloudscape-design/components/spinner'
import TopNavigation, { type TopNavigationProps } from '@cloudscape-design/components/top-navigation'
import { lazy, Suspense, useEffect, useState } from 'react'
import { Navigate, Route, Routes, useLocation, useNavigate } from 'react-router-dom'
import { awsSide } from '../api/client'
import { useOperate, useOtherTabs } from '../api/hooks'
import { signOut, type Session } from '../api/session'
import { Dialog } from '../parts/Dialog'
import { allParts } from '../pages/admin/parts'
import { ProposalCount } from '../parts/proposals'
import { moment } from '../parts/text'
import { clockItems, SetClock, useClock, useClockControl } from './clock'
import { useFlash } from './flash'
import { useMay, useSession } from './may'
import { Oops } from './Oops'
import { useScope } from './scope'
import { Search } from './Search'
import { useTheme } from './theme'

const pages = [
  { path: '/overview', text: 'Overview', page: lazy(() => import('../pages/Overview')) },
  { path: '/opportunities', text: 'Opportunities', page: lazy(() => import('../pages/Opportunities')) },
  { path: '/review', text: 'Review desk', operators: true, page: lazy(() => import('../pages/Review')) },
  { path: '/proposals', text: 'Proposals', operators: true, page: lazy(() => import('../pages/Proposals')) },
  { path: '/customers', text: 'Customers', page: lazy(() => import('../pages/Customers')) },
  { path: '/engagements', text: 'Engagements', page: lazy(() => import('../pages/Engagements')) },
  { path: '/invitations', text: 'Invitations', page: lazy(() => import('../pages/Invitations')) },
  { path: '/bulk', text: 'Bulk jobs', page: lazy(() => import('../pages/Bulk')) },
  { path: '/events', text: 'Events', operators: true, page: lazy(() => import('../pages/Events')) },
  { path: '/requests', text: 'Requests', operators: true, page: lazy(() => import('../pages/Requests')) },
  { path: '/admin', text: 'Administration', operators: true, page: lazy(() => import('../pages/Admin')) },
]

const verbs: Record<string, string> = { new: 'Create', edit: 'Edit' }

/** What of an address behind its page is shown where one is: the record, and what is done with it. */
function crumbsOf(page: string | undefined, rest: string): { text: string; path?: string }[] {
  const parts = rest.split('/').filter(Boolean).map(decodeURIComponent)
  if (page === '/bulk') parts.shift() // the kind of job
  return parts.map((p, i) => ({ text: verbs[p] ?? p, path: i < parts.length - 1 ? `${page}/${encodeURIComponent(p)}` : undefined }))
}

const narrow = 688 // where the navigation covers the page

/** What is on every page: the bar on top, the navigation, messages, and the page itself. */
export function Frame() {
  useOtherTabs()
  const scope = useScope()
  const location = useLocation()
  const navigate = useNavigate()
  const flash = useFlash()
  const current = pages.find((p) => location.pathname === p.path || location.pathname.startsWith(p.path + '/'))
  const rest = current ? location.pathname.slice(current.path.length + 1) : ''
  const part = current?.path === '/admin' ? allParts.find((p) => p.path === rest.split('/')[0]) : undefined
  const records = crumbsOf(current?.path, part ? rest.slice(part.path.length + 1) : rest)
  const record = records.at(-1)?.text ?? ''
  const [open, setOpen] = useState(() => innerWidth > narrow)
  useEffect(() => {
    document.title = [record, part?.text, current?.text, 'Cosell'].filter(Boolean).join(' · ')
  }, [record, part, current])
  const may = useMay()
  const link = (path: string) => '/console' + scope.to(path)
  const follow = (e: { preventDefault: () => void; detail: { href?: string; external?: boolean } }) => {
    if (e.detail.external || !e.detail.href) return
    e.preventDefault()
    navigate(e.detail.href.replace(/^\/console/, ''))
    if (innerWidth <= narrow) setOpen(false)
  }
  const session = useSession()
  const closed = (p: (typeof pages)[number] | undefined) => !!p?.operators && !!session && !may.operate
  const item = (path: string) => ({ type: 'link' as const, text: pages.find((p) => p.path === path)?.text ?? path, href: link(path), info: path === '/proposals' ? <ProposalCount /> : undefined })
  const shown = (...paths: string[]) => paths.filter((path) => !closed(pages.find((p) => p.path === path))).map(item)
  return (
    <I18nProvider locale="en" messages={[messages]}>
      <div id="top">
        <Bar />
      </div>
      <AppLayout
        headerSelector="#top"
        toolsHide
        navigationOpen={open}
        onNavigationChange={(e) => setOpen(e.detail.open)}
        ariaLabels={{ navigation: 'Pages', navigationClose: 'Close pages', navigationToggle: 'Open pages', notifications: 'Messages' }}
        navigation={
          <SideNavigation
            header={{ text: scope.account === awsSide ? 'AWS side' : 'Partner Central', href: link('/overview') }}
            activeHref={part ? link(`/admin/${part.path}`) : current ? link(current.path) : undefined}
            onFollow={follow}
            items={[
              item('/overview'),
              { type: 'section', text: 'Pipeline', items: shown('/opportunities', '/review', '/proposals', '/customers') },
              { type: 'section', text: 'Co-selling', items: shown('/engagements', '/invitations') },
              { type: 'section', text: 'Integration', items: shown('/bulk', '/events', '/requests') },
              ...(closed(pages.find((p) => p.path === '/admin'))
                ? []
                : [
                    {
                      type: 'expandable-link-group' as const,
                      text: 'Administration',
                      href: link('/admin'),
                      defaultExpanded: current?.path === '/admin',
                      items: allParts.filter((p) => !p.needs || may[p.needs]).map((p) => ({ type: 'link' as const, text: p.text, href: link(`/admin/${p.path}`) })),
                    },
                  ]),
            ]}
          />
        }
        breadcrumbs={
          <BreadcrumbGroup
            onFollow={follow}
            ariaLabel="Where this page is"
            items={[{ text: 'Cosell', href: link('/overview') }, ...(current ? [{ text: current.text, href: link(current.path) }] : []), ...(part ? [{ text: part.text, href: link(`/admin/${part.path}`) }] : []), ...records.map((r) => ({ text: r.text, href: r.path ? link(r.path) : '/console' + location.pathname + location.search }))]}
          />
        }
        notifications={<Flashbar items={flash.items} />}
        content={
          <Oops key={current?.path}>
            <Suspense fallback={<Box textAlign="center" padding="xxl"><Spinner size="large" /></Box>}>
              <Routes>
                {pages.filter((p) => !closed(p)).map(({ path, page: Page }) => (
                  <Route key={path} path={path + '/*'} element={<Page key={scope.account + scope.catalog} />} />
                ))}
                <Route path="*" element={<Navigate key={location.key} to={scope.to('/overview')} replace />} />
              </Routes>
            </Suspense>
          </Oops>
        }
      />
    </I18nProvider>
  )
}

const another = 'another'
const noAccount = '000000000000' // which a browser begins with

const covered = (session: Session | undefined, account: string) => !session || session.accounts.length === 0 || session.accounts.includes(account)

/** The name of an operator's token, or of a user without the account. */
const who = (session: Session) => (session.role === 'user' ? session.name.slice(session.name.lastIndexOf('/') + 1) : session.name)

function Bar() {
  const scope = useScope()
  const navigate = useNavigate()
  const clock = useClock()
  const control = useClockControl()
  const theme = useTheme()
  const may = useMay()
  const [asking, setAsking] = useState(false)
  const { data } = useOperate('GET /accounts')
  const session = useSession()
  const accounts = (data?.accounts ?? []).filter((a) => a.account !== awsSide)
  const mine = accounts.find((a) => a.account === scope.account)
  const name = (account: string, company?: string) => (company ? `${company} (${account})` : account)
  if (!mine && scope.account !== awsSide && covered(session, scope.account)) accounts.unshift({ account: scope.account, companyName: '' })
  // With strict auth the first account is one that the operator has.
  const first = accounts[0]?.account
  const lost = session?.auth === 'strict' && !!first && scope.account !== awsSide && (!covered(session, scope.account) || (!data?.accounts.some((a) => a.account === scope.account) && scope.account === noAccount))
  const { setScope } = scope
  useEffect(() => {
    if (lost && first) setScope({ account: first })
  }, [lost, first, setScope])
  const utilities: TopNavigationProps.Utility[] = [
    {
      type: 'menu-dropdown',
      text: moment(clock.now.toISOString()),
      badge: clock.adjusted,
      iconName: 'calendar',
      ariaLabel: `Business clock: ${moment(clock.now.toISOString())}${clock.adjusted ? ', adjusted' : ''}`,
      description: clock.adjusted ? 'The business clock was moved' : 'The business clock shows the real time',
      items: may.administer ? clockItems : [{ id: 'read', text: 'Administrators move the clock', disabled: true }],
      onItemClick: (e) => control.choose(e.detail.id),
    },
    {
      type: 'menu-dropdown',
      text: scope.catalog,
      ariaLabel: `Catalog: ${scope.catalog}`,
      description: 'Records of one catalog are not seen in the other',
      items: [
        { id: 'Sandbox', text: 'Sandbox' },
        { id: 'AWS', text: 'AWS' },
      ],
      onItemClick: (e) => scope.setScope({ catalog: e.detail.id as 'AWS' | 'Sandbox' }),
    },
    {
      type: 'menu-dropdown',
      text: scope.account === awsSide ? 'AWS' : mine?.companyName || scope.account,
      iconName: 'user-profile',
      ariaLabel: `Acting as ${scope.account === awsSide ? 'AWS' : mine?.companyName ? `${mine.companyName}, account ${scope.account}` : scope.account}`,
      description: scope.account === awsSide ? 'You act as AWS' : `You act as account ${scope.account}`,
      items: [
        { id: 'partners', text: 'Partner accounts', items: [...accounts.map((a) => ({ id: a.account, text: name(a.account, a.companyName) })), ...(may.server ? [{ id: another, text: 'Another account…' }] : [])] },
        ...(covered(session, awsSide) ? [{ id: 'aws-side', text: 'The other side', items: [{ id: awsSide, text: 'Act as AWS' }] }] : []),
      ],
      onItemClick: (e) => (e.detail.id === another ? setAsking(true) : scope.setScope({ account: e.detail.id })),
    },
    { type: 'button', text: 'Docs', href: '/docs/', ariaLabel: 'Docs of this server' },
    { type: 'button', text: theme.dark ? 'Light' : 'Dark', ariaLabel: theme.dark ? 'Switch to light mode' : 'Switch to dark mode', onClick: theme.toggle },
  ]
  if (session?.auth === 'strict') utilities.push({
      type: 'menu-dropdown',
      text: who(session),
      iconName: 'security',
      ariaLabel: `Signed in as ${who(session)}, ${session.role}`,
      description: `You are signed in as ${session.role}${session.accounts.length > 0 ? ` of ${session.accounts.length === 1 ? 'one account' : `${session.accounts.length} accounts`}` : ''}`,
      items: [{ id: 'out', text: 'Sign out' }],
      onItemClick: () => void signOut(),
    })
  return (
    <>
      <TopNavigation
        identity={{
          href: '/console' + scope.to('/overview'),
          logo: { src: '/console/logo.svg', alt: 'Cosell' },
          onFollow: (e) => {
            e.preventDefault()
            navigate(scope.to('/overview'))
          },
        }}
        search={<Search />}
        utilities={utilities}
      />
      {control.setting && <SetClock now={clock.now} onClose={control.close} />}
      {asking && <AskAccount onClose={() => setAsking(false)} />}
    </>
  )
}

function AskAccount({ onClose }: { onClose: () => void }) {
  const scope = useScope()
  const [value, setValue] = useState('')
  const right = /^[0-9]{12}$/.test(value)
  return (
    <Dialog
      title="Act as another account"
      onClose={onClose}
      actions={
        <>
          <Button
            variant="primary"
            disabled={!right}
            onClick={() => {
              scope.setScope({ account: value })
              onClose()
            }}
          >
            Act as this account
          </Button>
        </>
      }
    >
      <FormField label="Account" description="In development mode every account of twelve digits exists; it appears in the list once it has a record." constraintText="12 digits" errorText={value && !right && value.length >= 12 ? 'An account has 12 digits' : undefined}>
        <Input value={value} inputMode="numeric" onChange={(e) => setValue(e.detail.value)} />
      </FormField>
    </Dialog>
  )
}
