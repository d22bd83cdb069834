import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import type { GetAwsOpportunitySummaryResponse } from '../../gen/contract.gen'
import { OperationModal } from '../../parts/OperationModal'
import { Members } from '../../parts/Record'
import { MayButton } from '../../app/may'
import type { Shown } from './Record'

function People({ list }: { list: object[] | null | undefined }) {
  if (!list || list.length === 0) return <Box color="text-body-secondary">Nobody yet.</Box>
  return (
    <SpaceBetween size="l">
      {list.map((person, i) => (
        <Members key={i} of={person} columns={4} />
      ))}
    </SpaceBetween>
  )
}

/** Who works on the deal, at the partner and at AWS. */
export function Team({ o, mine, summary }: Shown & { summary?: GetAwsOpportunitySummaryResponse }) {
  const [assigning, setAssigning] = useState(false)
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2" actions={mine && <MayButton needs="write" onClick={() => setAssigning(true)}>Assign owner</MayButton>}>Partner team</Header>}><People list={o.OpportunityTeam} /></Container>
      <Container header={<Header variant="h2">AWS team</Header>}><People list={summary?.OpportunityTeam} /></Container>
      {assigning && <OperationModal operation="AssignOpportunity" title="Assign the opportunity" submit="Assign" done="The opportunity has a new owner." fixed={{ Identifier: o.Id }} onClose={() => setAssigning(false)} />}
    </SpaceBetween>
  )
}
