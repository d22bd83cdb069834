import Alert from '@cloudscape-design/components/alert'
import Autosuggest from '@cloudscape-design/components/autosuggest'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Form from '@cloudscape-design/components/form'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import { useState } from 'react'
import { useSearchParams } from 'react-router-dom'
import { ApiError } from '../../api/client'
import { useOperate } from '../../api/hooks'
import { operateRaw } from '../../api/operator'
import { useSession } from '../../app/may'
import { useScope } from '../../app/scope'
import type { Simulation } from '../../gen/operator.gen'
import { errorsAt } from '../../parts/form'
import { operationNames } from '../../parts/operations'
import { OperatorTools, Problem } from '../../parts/Tools'

/** Asks the server what the policies of a user or role decide about a request. */
export default function Simulator() {
  const { account, catalog } = useScope()
  const strict = useSession()?.auth === 'strict'
  const [params, setParams] = useSearchParams()
  const users = useOperate('GET /accounts/{account}/users', { account })
  const roles = useOperate('GET /accounts/{account}/roles', { account })
  const options = [
    ...(strict ? [] : [{ label: 'Development key', options: [{ value: 'root/', label: `Development key of account ${account}` }] }]),
    { label: 'Users', options: (users.data?.principals ?? []).map((p) => ({ value: `user/${p.name}`, label: p.name })) },
    { label: 'Roles', options: (roles.data?.principals ?? []).map((p) => ({ value: `role/${p.name}`, label: p.name })) },
  ].filter((g) => g.options.length > 0)
  const asked = params.get('kind') ? `${params.get('kind')}/${params.get('name') ?? ''}` : strict ? null : 'root/'
  const [who, setWho] = useState<string | null>(asked)
  const [action, setAction] = useState(params.get('action') ?? 'GetOpportunity')
  const [resource, setResource] = useState(params.get('resource') ?? '*')
  const [values, setValues] = useState(params.getAll('value').join('\n') || `partnercentral:Catalog=${catalog}`)
  const [answer, setAnswer] = useState<Simulation | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const fields = problem instanceof ApiError ? problem.fields : []
  const query = new URLSearchParams({ kind: who?.split('/')[0] ?? '', action, resource: resource || '*' })
  if (who && !who.startsWith('root/')) query.set('name', who.slice(who.indexOf('/') + 1))
  for (const value of values.split('\n').map((v) => v.trim()).filter(Boolean)) query.append('value', value)
  const path = `/accounts/${account}/simulation?${query}`
  async function simulate() {
    setBusy(true)
    setProblem(null)
    setAnswer(null)
    try {
      setAnswer((await (await operateRaw('GET', path)).json()) as Simulation)
      const next = new URLSearchParams(query)
      next.set('account', account)
      next.set('catalog', catalog)
      setParams(next, { replace: true })
    } catch (error) {
      setProblem(error)
    } finally {
      setBusy(false)
    }
  }
  const chosen = options.flatMap((g) => g.options).find((o) => o.value === who) ?? null
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description="What the policies in force decide about one request. Nothing is called." actions={answer && <OperatorTools data={answer} path={path} />}>Policy simulator</Header>
      <Container>
        <form
          onSubmit={(e) => {
            e.preventDefault()
            void simulate()
          }}
        >
          <Form actions={<Button variant="primary" formAction="submit" disabled={!who} loading={busy}>Simulate</Button>}>
            <SpaceBetween size="m">
              <FormField label="Principal" description="Who makes the request" errorText={errorsAt(fields, 'query.name').join(' ')}>
                <Select options={options} selectedOption={chosen} placeholder="Choose a user or role" empty="Create a user or a role first" filteringType="auto" filteringAriaLabel="Find a principal" onChange={(e) => setWho(e.detail.selectedOption.value ?? null)} />
              </FormField>
              <FormField label="Action" description="An operation, or another service's action such as iam:PassRole" errorText={errorsAt(fields, 'query.action').join(' ')}>
                <Autosuggest value={action} options={operationNames.map((value) => ({ value }))} enteredTextLabel={(v) => `Use "${v}"`} ariaLabel="Action" onChange={(e) => setAction(e.detail.value)} />
              </FormField>
              <FormField label="Resource" description="ARN of the record; * for any" errorText={errorsAt(fields, 'query.resource').join(' ')} stretch>
                <Input value={resource} onChange={(e) => setResource(e.detail.value)} />
              </FormField>
              <FormField label="Condition keys" description="KEY=VALUE, one on a line" errorText={errorsAt(fields, 'query.value').join(' ')} stretch>
                <Textarea rows={3} value={values} spellcheck={false} onChange={(e) => setValues(e.detail.value)} />
              </FormField>
            </SpaceBetween>
          </Form>
        </form>
      </Container>
      {problem !== null && fields.length === 0 && <Problem of={problem} />}
      <div aria-live="polite">
        {answer && (
          <Alert type={answer.allowed ? 'success' : 'error'} header={answer.allowed ? 'Allowed' : answer.explicit ? 'Denied by a statement' : 'Denied: no statement allows it'}>
            <SpaceBetween size="s">
              <span className="text">{answer.message}</span>
              {answer.policy && <KeyValuePairs columns={3} items={[{ label: 'Deciding statement', value: answer.statement ?? '-' }, { label: 'Policy', value: answer.policy }, { label: 'Kind', value: answer.policyKind ?? '-' }]} />}
            </SpaceBetween>
          </Alert>
        )}
      </div>
    </SpaceBetween>
  )
}
