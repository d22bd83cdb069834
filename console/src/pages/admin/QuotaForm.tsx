import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import Multiselect from '@cloudscape-design/components/multiselect'
import RadioGroup from '@cloudscape-design/components/radio-group'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { ApiError } from '../../api/client'
import { useAction } from '../../api/hooks'
import { operate } from '../../api/operator'
import type { Limits, QuotaSetting, QuotasInForce } from '../../gen/operator.gen'
import { Dialog } from '../../parts/Dialog'
import { operationNames } from '../../parts/operations'
import { Problem } from '../../parts/Tools'

type Mode = QuotasInForce['mode']

/** What the modes are called in sentences. */
export const modeNames: Record<Mode, string> = { off: 'no limits', aws: 'the quotas that AWS publishes', custom: 'custom quotas' }

interface Group {
  name: string
  perSecond: string
  perDay: string
  operations: string[]
}

const toForm = (limits: Limits): Group[] =>
  (limits.groups ?? []).map((g) => ({ name: g.name, perSecond: String(g.perSecond), perDay: g.perDay ? String(g.perDay) : '', operations: g.operations ?? [] }))

/** A dialog that sets the quotas of an account. What the server refuses is said at the fields. */
export function QuotaForm({ account, now, onClose }: { account: string; now: QuotasInForce; onClose: () => void }) {
  const action = useAction()
  const begin = now.limits ?? now.aws
  const [mode, setMode] = useState<Mode>(now.mode)
  const [groups, setGroups] = useState<Group[]>(() => toForm(begin))
  const [others, setOthers] = useState({ otherReads: begin.otherReads ?? '', otherWrites: begin.otherWrites ?? '' })
  const [problem, setProblem] = useState<unknown>(null)
  const fields = problem instanceof ApiError ? problem.fields.map((f) => ({ ...f, field: f.field.replace(/^limits\./, '') })) : []
  const wrong = (place: string) => fields.filter((f) => f.field === place || (place.endsWith('operations') && f.field.startsWith(place))).map((f) => f.message).join(' ')
  const placed = (f: { field: string }) => mode === 'custom' && /^(groups\[\d+\]\.(name|perSecond|perDay|operations)|otherReads|otherWrites)/.test(f.field)
  const change = (i: number, part: Partial<Group>) => setGroups(groups.map((g, at) => (at === i ? { ...g, ...part } : g)))

  async function submit() {
    setProblem(null)
    const body: QuotaSetting = { mode }
    if (mode === 'custom') {
      body.limits = {
        groups: groups.map((g) => ({ name: g.name.trim(), perSecond: Number(g.perSecond) || 0, ...(g.perDay.trim() && { perDay: Number(g.perDay) || 0 }), operations: g.operations })),
        ...(others.otherReads && { otherReads: others.otherReads }),
        ...(others.otherWrites && { otherWrites: others.otherWrites }),
      }
    }
    try {
      await action.mutateAsync({ what: 'The quotas were not set', done: `Account ${account} has ${modeNames[mode]}.`, quiet: true, run: () => operate('PUT /accounts/{account}/quotas', { account }, body) })
      onClose()
    } catch (error) {
      setProblem(error)
    }
  }

  const rest = (name: 'otherReads' | 'otherWrites', label: string) => {
    const options = [{ value: '', label: 'Not limited' }, ...groups.filter((g) => g.name).map((g) => ({ value: g.name, label: g.name }))]
    return (
      <FormField label={label} errorText={wrong(name)}>
        <Select options={options} selectedOption={options.find((o) => o.value === others[name]) ?? options[0]} onChange={(e) => setOthers({ ...others, [name]: e.detail.selectedOption.value ?? '' })} />
      </FormField>
    )
  }

  return (
    <Dialog title="Set quotas" size={mode === 'custom' ? 'large' : 'medium'} onClose={onClose} actions={<Button variant="primary" loading={action.isPending} onClick={() => void submit()}>Set quotas</Button>}>
      <SpaceBetween size="m">
        {problem !== null && !fields.some(placed) && <Problem of={problem} />}
        <FormField label={`Requests of account ${account}`} description="In effect at once, and in place of what the server was started with.">
          <RadioGroup
            value={mode}
            ariaLabel={`Requests of account ${account}`}
            items={[
              { value: 'aws', label: 'Limited as AWS does', description: 'The quotas that AWS publishes' },
              { value: 'custom', label: 'Custom quotas', description: 'Groups of operations with limits of your own' },
              { value: 'off', label: 'Not limited' },
            ]}
            onChange={(e) => setMode(e.detail.value as Mode)}
          />
        </FormField>
        {mode === 'custom' && (
          <>
            {groups.map((g, i) => (
              <Container key={i} header={<Header variant="h3" actions={<Button ariaLabel={`Remove group ${g.name || i + 1}`} onClick={() => setGroups(groups.filter((_, at) => at !== i))}>Remove</Button>}>{g.name || `Group ${i + 1}`}</Header>}>
                <SpaceBetween size="s">
                  <ColumnLayout columns={3}>
                    <FormField label="Name" errorText={wrong(`groups[${i}].name`)}>
                      <Input value={g.name} onChange={(e) => change(i, { name: e.detail.value })} />
                    </FormField>
                    <FormField label="Requests per second" errorText={wrong(`groups[${i}].perSecond`)}>
                      <Input type="number" inputMode="decimal" value={g.perSecond} onChange={(e) => change(i, { perSecond: e.detail.value })} />
                    </FormField>
                    <FormField label="Requests per day - optional" errorText={wrong(`groups[${i}].perDay`)}>
                      <Input type="number" inputMode="numeric" placeholder="Not limited" value={g.perDay} onChange={(e) => change(i, { perDay: e.detail.value })} />
                    </FormField>
                  </ColumnLayout>
                  <FormField label="Operations" errorText={wrong(`groups[${i}].operations`)} stretch>
                    <Multiselect
                      options={operationNames.map((value) => ({ value, label: value }))}
                      selectedOptions={g.operations.map((value) => ({ value, label: value }))}
                      filteringType="auto"
                      tokenLimit={3}
                      placeholder="Choose operations"
                      deselectAriaLabel={(o) => `Remove ${o.label}`}
                      onChange={(e) => change(i, { operations: e.detail.selectedOptions.map((o) => o.value ?? '') })}
                    />
                  </FormField>
                </SpaceBetween>
              </Container>
            ))}
            <Button iconName="add-plus" onClick={() => setGroups([...groups, { name: '', perSecond: '1', perDay: '', operations: [] }])}>Add group</Button>
            <Box color="text-body-secondary">Operations that are in no group count as these:</Box>
            <ColumnLayout columns={2}>
              {rest('otherReads', 'Other operations that read')}
              {rest('otherWrites', 'Other operations that write')}
            </ColumnLayout>
          </>
        )}
      </SpaceBetween>
    </Dialog>
  )
}
