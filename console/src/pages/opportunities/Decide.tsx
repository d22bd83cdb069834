import Button from '@cloudscape-design/components/button'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import RadioGroup from '@cloudscape-design/components/radio-group'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import { useState } from 'react'
import { useAction } from '../../api/hooks'
import { operate } from '../../api/operator'
import { useScope } from '../../app/scope'
import type { ReviewDecision } from '../../gen/operator.gen'
import { Dialog } from '../../parts/Dialog'

export interface Decided {
  id: string
  account: string
  title: string
}

type Decision = ReviewDecision['decision']

const done: Record<Decision, string> = { StartReview: 'The review was started', Approve: 'Approved', Reject: 'Rejected', RequestAction: 'The partner was asked for action on' }

/** AWS's decision on one opportunity or on several. */
export function Decide({ about, first = 'Approve', onClose }: { about: Decided[]; first?: Decision; onClose: () => void }) {
  const { catalog } = useScope()
  const action = useAction()
  const [decision, setDecision] = useState<Decision>(first)
  const [comments, setComments] = useState('')
  const [reason, setReason] = useState('')
  const name = about.length === 1 ? about[0].title || about[0].id : `${about.length} opportunities`
  const run = async () => {
    const body = { decision, comments: comments || undefined, reason: reason || undefined }
    for (const { id, account } of about) await operate('POST /opportunities/{id}/review', { id, account, catalog }, body)
  }
  return (
    <Dialog
      title={`Decide on ${name}`}
      onClose={onClose}
      actions={
        <>
          <Button variant="primary" loading={action.isPending} onClick={() => action.mutate({ what: 'The decision was not taken', done: `${done[decision]}: ${name}`, run }, { onSettled: onClose })}>
            Confirm decision
          </Button>
        </>
      }
    >
      <SpaceBetween size="m">
        <FormField label="Decision">
          <RadioGroup
            value={decision}
            onChange={(e) => setDecision(e.detail.value as Decision)}
            items={[
              { value: 'StartReview', label: 'Start review', description: 'Review status becomes In review' },
              { value: 'Approve', label: 'Approve', description: 'AWS takes part; the partner can move the deal on' },
              { value: 'RequestAction', label: 'Request action', description: 'The partner has to complete or correct it' },
              { value: 'Reject', label: 'Reject', description: 'AWS does not take part; this is final' },
            ]}
          />
        </FormField>
        <FormField label={<>Comments <i>- optional</i></>} description="The partner reads them as ReviewComments." stretch>
          <Textarea rows={3} value={comments} onChange={(e) => setComments(e.detail.value)} />
        </FormField>
        <FormField label={<>Reason <i>- optional</i></>} description="The partner reads it as ReviewStatusReason." stretch>
          <Input value={reason} onChange={(e) => setReason(e.detail.value)} />
        </FormField>
      </SpaceBetween>
    </Dialog>
  )
}
