import Alert from '@cloudscape-design/components/alert'
import { Component, type ReactNode } from 'react'

import { operate } from '../api/operator'

/** Says that a page failed, and leaves the rest of the console usable. */
export class Oops extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state = { error: null as Error | null }
  static getDerivedStateFromError(error: Error) {
    return { error }
  }
  // A page is loaded when it is first shown, which fails once the session has ended: asking
  // for the session then leads to the form.
  override componentDidCatch() {
    operate('GET /session').catch(() => {})
  }
  override render() {
    if (!this.state.error) return this.props.children
    return (
      <Alert type="error" header="This page failed">
        {this.state.error.message} Reload the page; if it fails again, the server and the console may be of different versions.
      </Alert>
    )
  }
}
