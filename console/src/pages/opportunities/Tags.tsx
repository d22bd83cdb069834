import Header from '@cloudscape-design/components/header'
import Table from '@cloudscape-design/components/table'
import { useState } from 'react'
import { call } from '../../api/client'
import { useAction, useCall } from '../../api/hooks'
import { MayButton } from '../../app/may'
import { useScope } from '../../app/scope'
import { Empty } from '../../parts/Listing'
import { OperationModal } from '../../parts/OperationModal'

/** The tags of a record. */
export function Tags({ arn, as, mine }: { arn: string; as: string; mine: boolean }) {
  const { account } = useScope()
  const [adding, setAdding] = useState(false)
  const action = useAction()
  const { data } = useCall('ListTagsForResource', arn ? { ResourceArn: arn } : null, as)
  const tags = data?.Tags ?? []
  return (
    <>
      <Table
        variant="container"
        items={tags}
        trackBy={(t) => t.Key ?? ''}
        ariaLabels={{ tableLabel: 'Tags' }}
        header={<Header variant="h2" counter={`(${tags.length})`} actions={mine && <MayButton needs="write" onClick={() => setAdding(true)}>Add tags</MayButton>}>Tags</Header>}
        empty={<Empty title="No tags">Tags are your own names and values; searches find them.</Empty>}
        columnDefinitions={[
          { id: 'key', header: 'Key', isRowHeader: true, cell: (t) => t.Key },
          { id: 'value', header: 'Value', cell: (t) => t.Value || '-' },
          { id: 'remove', header: 'Actions', cell: (t) => mine && <MayButton needs="write" variant="inline-link" ariaLabel={`Remove tag ${t.Key}`} onClick={() => action.mutate({ what: 'The tag was not removed', done: 'The tag was removed.', run: () => call(account, 'UntagResource', { ResourceArn: arn, TagKeys: [t.Key ?? ''] }) })}>Remove</MayButton> },
        ]}
      />
      {adding && <OperationModal operation="TagResource" title="Add tags" submit="Add" done="The tags were added." fixed={{ ResourceArn: arn }} onClose={() => setAdding(false)} />}
    </>
  )
}
