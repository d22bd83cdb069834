import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import FormField from '@cloudscape-design/components/form-field'
import RadioGroup from '@cloudscape-design/components/radio-group'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import { useState } from 'react'
import { useNavigate } from 'react-router-dom'
import { call } from '../../api/client'
import { newToken, useAction, useOperate } from '../../api/hooks'
import { errorText } from '../../app/flash'
import { MayButton } from '../../app/may'
import { useScope } from '../../app/scope'
import type { GetOpportunityResponse, SalesInvolvementType, Visibility } from '../../gen/contract.gen'
import { Dialog } from '../../parts/Dialog'
import { place } from '../../parts/Changes'

/** Submits an opportunity to AWS. What it lacks is listed before. */
export function Submit({ o, onClose }: { o: GetOpportunityResponse; onClose: () => void }) {
  const scope = useScope()
  const navigate = useNavigate()
  const action = useAction()
  const [involvement, setInvolvement] = useState<SalesInvolvementType>('Co-Sell')
  const [visibility, setVisibility] = useState<Visibility>('Full')
  const [way, setWay] = useState<'task' | 'submit'>('task')
  const [token] = useState(newToken)
  const { data, error } = useOperate('GET /opportunities/{id}/submission', { id: o.Id ?? '', account: scope.account, catalog: scope.catalog, involvementType: involvement, visibility })
  const missing = data?.violations ?? []
  async function submit() {
    const run = () =>
      way === 'task'
        ? call(scope.account, 'StartEngagementFromOpportunityTask', { Catalog: scope.catalog, ClientToken: token, Identifier: o.Id, AwsSubmission: { InvolvementType: involvement, Visibility: visibility } })
        : call(scope.account, 'SubmitOpportunity', { Catalog: scope.catalog, Identifier: o.Id, InvolvementType: involvement, Visibility: visibility })
    action.mutate({ what: 'The opportunity was not submitted', done: 'The opportunity was submitted. AWS will review it.', run }, { onSuccess: onClose })
  }
  return (
    <Dialog
      title="Submit to AWS"
      size="medium"
      onClose={onClose}
      actions={
        <>
          {missing.length > 0 && <MayButton needs="write" onClick={() => navigate(scope.to(`/opportunities/${o.Id}/edit`))}>Edit opportunity</MayButton>}
          <Button variant="primary" disabled={!data?.submittable} loading={action.isPending} onClick={() => void submit()}>Submit</Button>
        </>
      }
    >
      <SpaceBetween size="l">
        {error ? (
          <Alert type="error">{errorText(error)}</Alert>
        ) : !data ? (
          <Spinner />
        ) : data.submittable ? (
          <Alert type="success">The opportunity is complete.</Alert>
        ) : (
          <Alert type="warning" header={`${missing.length} ${missing.length === 1 ? 'thing is' : 'things are'} missing or wrong`}>
            <ul>
              {missing.map((m, i) => (
                <li key={i}>
                  {m.field && <b>{place(m.field)}: </b>}
                  {m.message}
                </li>
              ))}
            </ul>
          </Alert>
        )}
        <FormField label="What AWS should do">
          <RadioGroup
            value={involvement}
            onChange={(e) => setInvolvement(e.detail.value as SalesInvolvementType)}
            items={[
              { value: 'Co-Sell', label: 'Co-Sell', description: 'AWS sales works on the deal with you' },
              { value: 'For Visibility Only', label: 'For Visibility Only', description: 'AWS sees the deal and does not take part' },
            ]}
          />
        </FormField>
        <FormField label="Who at AWS sees it">
          <RadioGroup
            value={visibility}
            onChange={(e) => setVisibility(e.detail.value as Visibility)}
            items={[
              { value: 'Full', label: 'Full', description: 'AWS sales sees the deal' },
              { value: 'Limited', label: 'Limited', description: 'Only for deals for visibility' },
            ]}
          />
        </FormField>
        <FormField label="How">
          <RadioGroup
            value={way}
            onChange={(e) => setWay(e.detail.value as 'task' | 'submit')}
            items={[
              { value: 'task', label: 'Start an engagement', description: 'StartEngagementFromOpportunityTask: makes an engagement with AWS and submits' },
              { value: 'submit', label: 'Submit only', description: 'SubmitOpportunity' },
            ]}
          />
        </FormField>
      </SpaceBetween>
    </Dialog>
  )
}
