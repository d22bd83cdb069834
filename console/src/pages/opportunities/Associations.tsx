import Table from '@cloudscape-design/components/table'
import Header from '@cloudscape-design/components/header'
import { useState } from 'react'
import { call } from '../../api/client'
import { useAction } from '../../api/hooks'
import { MayButton } from '../../app/may'
import { useScope } from '../../app/scope'
import type { RelatedEntityType } from '../../gen/contract.gen'
import { Empty } from '../../parts/Listing'
import { OperationModal } from '../../parts/OperationModal'
import { label } from '../../parts/text'
import type { Shown } from './Record'

/** Solutions, products and offers of the opportunity. */
export function Associations({ o, mine }: Shown) {
  const { account, catalog } = useScope()
  const action = useAction()
  const [adding, setAdding] = useState(false)
  const items = Object.entries(o.RelatedEntityIdentifiers ?? {}).flatMap(([type, ids]) => ((ids as string[] | null) ?? []).map((id) => ({ type: type as RelatedEntityType, id })))
  return (
    <>
      <Table
        variant="container"
        items={items}
        wrapLines
        trackBy={(i) => i.type + i.id}
        ariaLabels={{ tableLabel: 'Associations' }}
        header={
          <Header variant="h2" counter={`(${items.length})`} description="A submission needs a solution, or a description of another one" actions={mine && <MayButton needs="write" onClick={() => setAdding(true)}>Associate</MayButton>}>
            Associations
          </Header>
        }
        empty={<Empty title="Nothing is associated">Associate your solutions, AWS products and AWS Marketplace offers with the deal.</Empty>}
        columnDefinitions={[
          { id: 'type', header: 'Kind', cell: (i) => label(i.type), minWidth: 120 },
          { id: 'id', header: 'Identifier', cell: (i) => i.id, isRowHeader: true, minWidth: 160 },
          {
            id: 'remove',
            header: 'Actions',
            minWidth: 110,
            cell: (i) =>
              mine && (
                <MayButton
                  needs="write"
                  variant="inline-link"
                  ariaLabel={`Disassociate ${i.id}`}
                  onClick={() => action.mutate({ what: 'Not disassociated', done: `${i.id} was disassociated.`, run: () => call(account, 'DisassociateOpportunity', { Catalog: catalog, OpportunityIdentifier: o.Id, RelatedEntityType: i.type, RelatedEntityIdentifier: i.id }) })}
                >
                  Disassociate
                </MayButton>
              ),
          },
        ]}
      />
      {adding && <OperationModal operation="AssociateOpportunity" title="Associate with the opportunity" submit="Associate" done="Associated." fixed={{ OpportunityIdentifier: o.Id }} intro="A solution has an identifier such as S-0000001 (see Administration), an offer its ARN." onClose={() => setAdding(false)} />}
    </>
  )
}
