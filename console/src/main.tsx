import '@cloudscape-design/global-styles/index.css'
import './style.css'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router-dom'
import { LiveProvider } from './api/events'
import { FlashProvider } from './app/flash'
import { Frame } from './app/Frame'
import { ScopeProvider } from './app/scope'
import { startTheme } from './app/theme'

startTheme()

const client = new QueryClient({
  defaultOptions: { queries: { retry: false, staleTime: 5000, refetchOnWindowFocus: true, networkMode: 'always' }, mutations: { networkMode: 'always' } },
})

createRoot(document.getElementById('root') as HTMLElement).render(
  <QueryClientProvider client={client}>
    <BrowserRouter basename="/console">
      <ScopeProvider>
        <FlashProvider>
          <LiveProvider>
            <Frame />
          </LiveProvider>
        </FlashProvider>
      </ScopeProvider>
    </BrowserRouter>
  </QueryClientProvider>,
)
