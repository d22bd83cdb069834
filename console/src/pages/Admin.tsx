import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Grid from '@cloudscape-design/components/grid'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { lazy } from 'react'
import { Navigate, Route, Routes, useSearchParams } from 'react-router-dom'
import { useMay, useSession } from '../app/may'
import { useScope } from '../app/scope'
import { Go } from '../parts/Go'
import { allParts, groups } from './admin/parts'

const accounts = () => import('./admin/Accounts')
const principals = () => import('./admin/Principals')
const pages: Record<string, ReturnType<typeof lazy>> = {
  accounts: lazy(accounts),
  solutions: lazy(async () => ({ default: (await accounts()).Solutions })),
  features: lazy(async () => ({ default: (await accounts()).Features })),
  'users/*': lazy(async () => ({ default: (await principals()).Users })),
  'groups/*': lazy(async () => ({ default: (await principals()).Groups })),
  'roles/*': lazy(async () => ({ default: (await principals()).Roles })),
  policies: lazy(() => import('./admin/Policies')),
  simulator: lazy(() => import('./admin/Simulator')),
  operators: lazy(() => import('./admin/Operators')),
  audit: lazy(() => import('./admin/Audit')),
  faults: lazy(() => import('./admin/Faults')),
  fixtures: lazy(() => import('./admin/Fixtures')),
  quotas: lazy(() => import('./admin/Quotas')),
  storage: lazy(() => import('./admin/Storage')),
  work: lazy(() => import('./admin/Work')),
  data: lazy(() => import('./admin/Data')),
}

/** The administration: a page for each of its parts. */
export default function Admin() {
  return (
    <Routes>
      {Object.entries(pages).map(([path, Page]) => (
        <Route key={path} path={path} element={<Page />} />
      ))}
      <Route path="*" element={<Contents />} />
    </Routes>
  )
}

function Contents() {
  const may = useMay()
  const session = useSession()
  const scope = useScope()
  const [params] = useSearchParams()
  const part = params.get('tab')
  if (part && allParts.some((p) => p.path === part)) return <Navigate to={scope.to(`/admin/${part}`)} replace />
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={session?.auth === 'strict' ? `You are ${session.name}, ${session.role} of ${session.accounts.length > 0 ? `the accounts ${session.accounts.join(', ')}` : 'the whole server'}.` : 'This server takes the development keys and has no passwords: whoever uses this machine administers it.'}>
        Administration
      </Header>
      <Grid gridDefinition={groups.map(() => ({ colspan: { default: 12, s: 6 } }))}>
        {groups.map((g) => (
          <Container key={g.title} fitHeight header={<Header variant="h2">{g.title}</Header>}>
            <SpaceBetween size="m">
              {g.parts.filter((p) => !p.needs || may[p.needs]).map((p) => (
                <div key={p.path}>
                  <Go to={`/admin/${p.path}`} fontSize="heading-s">{p.text}</Go>
                  <Box color="text-body-secondary">{p.about}</Box>
                </div>
              ))}
            </SpaceBetween>
          </Container>
        ))}
      </Grid>
    </SpaceBetween>
  )
}
