import { lazy, Suspense } from 'react'
import Spinner from '@cloudscape-design/components/spinner'
import { Route, Routes } from 'react-router-dom'
import { awsSide } from '../api/client'
import { useScope } from '../app/scope'

const List = lazy(() => import('./opportunities/List'))
const AllPartners = lazy(() => import('./opportunities/AllPartners'))
const Wizard = lazy(() => import('./opportunities/Wizard'))
const Record = lazy(() => import('./opportunities/Record'))

export default function Opportunities() {
  const { account } = useScope()
  return (
    <Suspense fallback={<Spinner size="large" />}>
      <Routes>
        <Route index element={account === awsSide ? <AllPartners /> : <List />} />
        <Route path="new" element={<Wizard />} />
        <Route path=":id" element={<Record />} />
        <Route path=":id/edit" element={<Wizard />} />
      </Routes>
    </Suspense>
  )
}
