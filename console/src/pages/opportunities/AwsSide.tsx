import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { operate } from '../../api/operator'
import { errorText } from '../../app/flash'
import { MayButton } from '../../app/may'
import { useScope } from '../../app/scope'
import type { GetAwsOpportunitySummaryResponse } from '../../gen/contract.gen'
import { shapeOf } from '../../parts/form'
import { Empty } from '../../parts/Listing'
import { OperationModal } from '../../parts/OperationModal'
import { Members, RecordTools } from '../../parts/Record'
import type { Shown } from './Record'

type Summary = GetAwsOpportunitySummaryResponse

/** What AWS knows and thinks of the deal. As AWS it can be changed. */
export function AwsSide({ o, owner, mine, summary, error }: Shown & { summary?: Summary; error: unknown }) {
  const { catalog } = useScope()
  const [editing, setEditing] = useState(false)
  if (!summary) {
    return <Container><Empty title="AWS has no side of this opportunity yet">{error ? errorText(error) : 'It begins with the submission.'}</Empty></Container>
  }
  const patchable = (shapeOf('AwsOpportunitySummaryFullView').members ?? []).map((m) => m.name)
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            variant="h2"
            description={mine ? 'As AWS sees the deal' : 'Set what the partner sees of AWS: insights, team, stage, next steps'}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <RecordTools operation="GetAwsOpportunitySummary" input={{ Catalog: catalog, RelatedOpportunityIdentifier: o.Id }} record={summary} as={owner} />
                {!mine && <MayButton needs="review" onClick={() => setEditing(true)}>Edit AWS's side</MayButton>}
              </SpaceBetween>
            }
          >
            AWS's view
          </Header>
        }
      >
        <Members of={summary} columns={2} without={['Catalog', 'RelatedOpportunityId']} />
      </Container>
      {editing && (
        <OperationModal
          operation="GetAwsOpportunitySummary"
          shape="AwsOpportunitySummaryFullView"
          title="AWS's side of the opportunity"
          submit="Save"
          done="AWS's side was saved."
          initial={Object.fromEntries(Object.entries(summary).filter(([name, v]) => v !== null && patchable.includes(name)))}
          hidden={['RelatedOpportunityId', 'Origin', 'LifeCycle.NextStepsHistory']}
          run={(input) => {
            const patch = Object.fromEntries(Object.entries(input).filter(([name]) => name !== 'RelatedOpportunityId' && name !== 'Origin'))
            return operate('PATCH /opportunities/{id}/aws-summary', { id: o.Id ?? '', account: owner, catalog }, patch as never)
          }}
          onClose={() => setEditing(false)}
        />
      )}
    </SpaceBetween>
  )
}
