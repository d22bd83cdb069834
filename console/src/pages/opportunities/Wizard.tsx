import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import WizardFrame from '@cloudscape-design/components/wizard'
import { useEffect, useState } from 'react'
import { useNavigate, useParams } from 'react-router-dom'
import { ApiError, call, type FieldError } from '../../api/client'
import { newToken, useAction, useCall } from '../../api/hooks'
import { errorText } from '../../app/flash'
import { useScope } from '../../app/scope'
import type { CreateOpportunityRequest, GetOpportunityResponse, UpdateOpportunityRequest } from '../../gen/contract.gen'
import { errorsAt, FieldsOf, shapeOf } from '../../parts/form'
import { Members } from '../../parts/Record'

interface Step {
  title: string
  description: string
  only: string[]
  optional?: boolean
}

const steps: Step[] = [
  { title: 'Customer', description: 'Who buys. AWS needs company name, industry, website and address to review the deal.', only: ['Customer'] },
  { title: 'Project', description: 'What is to be sold, why, and what the customer will spend at AWS each month.', only: ['Project'] },
  { title: 'Deal', description: 'Where the deal stands and what you need from AWS.', only: ['LifeCycle', 'PrimaryNeedsFromAws', 'OpportunityType', 'NationalSecurity', 'PartnerOpportunityIdentifier', 'Origin'] },
  { title: 'Revenue and marketing', description: 'What your own software earns, and which campaign led to the deal.', only: ['SoftwareRevenue', 'Marketing'], optional: true },
  { title: 'Team and tags', description: 'Who works on the deal at your company.', only: ['OpportunityTeam', 'Tags'], optional: true },
]

// What the server decides, and what is set elsewhere.
const hidden = ['LifeCycle.ReviewStatus', 'LifeCycle.ReviewComments', 'LifeCycle.ReviewStatusReason', 'LifeCycle.NextStepsHistory', 'Catalog', 'ClientToken']

export default function Wizard() {
  const { id } = useParams()
  const { account, catalog } = useScope()
  const { data, error } = useCall('GetOpportunity', id ? { Catalog: catalog, Identifier: id } : null)
  if (error) return <Alert type="error" header="The opportunity could not be read">{errorText(error)}</Alert>
  if (id && !data) return <Spinner size="large" />
  return <Form key={account + (id ?? '')} before={id ? (data as GetOpportunityResponse) : undefined} />
}

const empty: Partial<CreateOpportunityRequest> = { Customer: { Account: {} }, Project: { ExpectedCustomerSpend: [{ CurrencyCode: 'USD', Frequency: 'Monthly', TargetCompany: 'AWS' }] }, LifeCycle: { Stage: 'Prospect' } }

function draftOf(o: GetOpportunityResponse): Record<string, unknown> {
  const known = (shapeOf('UpdateOpportunityRequest').members ?? []).map((m) => m.name)
  return Object.fromEntries(Object.entries(o).filter(([name, v]) => known.includes(name) && v !== null))
}

function Form({ before }: { before?: GetOpportunityResponse }) {
  const scope = useScope()
  const navigate = useNavigate()
  const action = useAction()
  const [value, setValue] = useState<Record<string, unknown>>(() => (before ? draftOf(before) : { ...empty }))
  const [errors, setErrors] = useState<FieldError[]>([])
  const [problem, setProblem] = useState<unknown>(null)
  const [step, setStep] = useState(0)
  const [token] = useState(newToken)
  const shape = before ? 'UpdateOpportunityRequest' : 'CreateOpportunityRequest'
  const shown = steps.filter((s) => s.only.some((name) => shapeOf(shape).members?.some((m) => m.name === name)))
  const back = before ? `/opportunities/${before.Id}` : '/opportunities'
  useEffect(() => {
    window.scrollTo(0, 0)
  }, [step])
  async function submit() {
    try {
      if (before) {
        const input = { ...value, Catalog: scope.catalog, Identifier: before.Id, LastModifiedDate: before.LastModifiedDate } as UpdateOpportunityRequest
        await action.mutateAsync({ what: 'Save', done: 'The opportunity was saved.', quiet: true, run: () => call(scope.account, 'UpdateOpportunity', input) })
        navigate(scope.to(back))
      } else {
        const input = { ...value, Catalog: scope.catalog, ClientToken: token } as CreateOpportunityRequest
        const created = (await action.mutateAsync({ what: 'Create', done: 'The opportunity was created. It is a draft until you submit it to AWS.', quiet: true, run: () => call(scope.account, 'CreateOpportunity', input) })) as { Id: string }
        navigate(scope.to(`/opportunities/${created.Id}`))
      }
    } catch (error) {
      const found = error instanceof ApiError ? error.fields : []
      setErrors(found)
      setProblem(error)
      const wrong = shown.findIndex((s) => s.only.some((name) => errorsAt(found, name, true).length > 0))
      if (wrong >= 0) setStep(wrong)
    }
  }
  const named = before?.Project?.Title || before?.Customer?.Account?.CompanyName || before?.Id
  const alert = problem !== null && (
    <Alert type="error" header={before ? 'The opportunity was not saved' : 'The opportunity was not created'}>
      {errorText(problem)}
    </Alert>
  )
  return (
    <WizardFrame
      activeStepIndex={step}
      allowSkipTo
      isLoadingNextStep={action.isPending}
      submitButtonText={before ? 'Save opportunity' : 'Create opportunity'}
      onNavigate={(e) => setStep(e.detail.requestedStepIndex)}
      onCancel={() => navigate(scope.to(back))}
      onSubmit={() => void submit()}
      i18nStrings={{
        stepNumberLabel: (n) => `Step ${n}`,
        collapsedStepsLabel: (n, all) => `Step ${n} of ${all}`,
        skipToButtonLabel: (s) => `Skip to ${s.title.toLowerCase()}`,
        navigationAriaLabel: 'Steps',
        cancelButton: 'Cancel',
        previousButton: 'Previous',
        nextButton: 'Next',
        optional: 'optional',
      }}
      steps={[
        ...shown.map((s) => ({
          title: s.title,
          description: before ? `${s.description} You edit ${named}.` : s.description,
          isOptional: s.optional,
          content: (
            <SpaceBetween size="l">
              {alert}
              <Container>
                <FieldsOf shape={shape} only={s.only} hidden={hidden} value={value} onChange={setValue} errors={errors} />
              </Container>
            </SpaceBetween>
          ),
        })),
        {
          title: 'Review and save',
          description: before ? 'What will be saved.' : 'What will be created, as a draft. AWS sees it once you submit it.',
          content: (
            <SpaceBetween size="l">
              {alert}
              {shown.map((s) => (
                <Container key={s.title} header={<Header variant="h2">{s.title}</Header>}>
                  {s.only.some((name) => value[name] !== undefined) ? <Members of={Object.fromEntries(s.only.filter((n) => value[n] !== undefined).map((n) => [n, value[n]]))} columns={2} /> : <Box color="text-body-secondary">Nothing entered</Box>}
                </Container>
              ))}
            </SpaceBetween>
          ),
        },
      ]}
    />
  )
}
