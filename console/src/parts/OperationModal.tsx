import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState, type ReactNode } from 'react'
import { ApiError, call, type FieldError, type OperationName } from '../api/client'
import { newToken, useAction } from '../api/hooks'
import { errorText } from '../app/flash'
import { useScope } from '../app/scope'
import type { Operations } from '../gen/contract.gen'
import { Dialog } from './Dialog'
import { errorsAt, FieldsOf, shapeOf } from './form'

interface Props<O extends OperationName> {
  operation: O
  title: string
  submit: string
  done: string
  initial?: object
  /** Members that the page decides and the form does not show. */
  fixed?: Record<string, unknown>
  only?: string[]
  hidden?: string[]
  intro?: ReactNode
  /** The shape of the fields, where the call is not that of an operation. */
  shape?: string
  run?: (input: Record<string, unknown>) => Promise<unknown>
  /** A text that the fields do not have, such as a name in the path. */
  ask?: { name: string; label: string; description?: string }
  /** One member has the fields of another shape. */
  more?: { shape: string; member: string; only?: string[]; hidden?: string[] }
  onClose: () => void
  onDone?: (output: Operations[O]['output']) => void
}

/** A dialog with the fields of an operation. What the server refuses is said at the fields. */
export function OperationModal<O extends OperationName>(p: Props<O>) {
  const { account, catalog } = useScope()
  const shape = p.shape ?? `${p.operation}Request`
  const [value, setValue] = useState<Record<string, unknown>>((p.initial ?? {}) as Record<string, unknown>)
  const [errors, setErrors] = useState<FieldError[]>([])
  const [problem, setProblem] = useState<unknown>(null)
  const [token] = useState(newToken)
  const action = useAction()
  const fixed: Record<string, unknown> = { ...p.fixed }
  for (const member of shapeOf(shape).members ?? []) {
    if (member.name === 'Catalog') fixed.Catalog ??= catalog
    if (member.name === 'ClientToken') fixed.ClientToken ??= token
  }
  async function submit() {
    const input = { ...value, ...fixed }
    try {
      const output = await action.mutateAsync({
        what: p.title,
        done: p.done,
        quiet: true,
        run: () => (p.run ? p.run(input) : call(account, p.operation, input as Operations[O]['input'])),
      })
      p.onClose()
      p.onDone?.(output as Operations[O]['output'])
    } catch (error) {
      setErrors(error instanceof ApiError ? error.fields : [])
      setProblem(error)
    }
  }
  return (
    <Dialog
      title={p.title}
      size="large"
      onClose={p.onClose}
      actions={<Button variant="primary" loading={action.isPending} onClick={() => void submit()}>{p.submit}</Button>}
    >
      <SpaceBetween size="m">
        {p.intro && <Box>{p.intro}</Box>}
        {problem !== null && <Alert type="error" header="The server refused the request">{errorText(problem)}</Alert>}
        {p.ask && (
          <FormField label={p.ask.label} description={p.ask.description} errorText={errorsAt(errors, p.ask.name).join(' ')}>
            <Input value={String(value[p.ask.name] ?? '')} onChange={(e) => setValue({ ...value, [p.ask?.name ?? '']: e.detail.value })} />
          </FormField>
        )}
        <FieldsOf shape={shape} value={value} onChange={setValue} errors={errors} only={p.only} hidden={[...Object.keys(fixed), ...(p.hidden ?? [])]} depth={1} />
        {p.more && (
          <FieldsOf
            shape={p.more.shape}
            only={p.more.only}
            hidden={p.more.hidden}
            value={value[p.more.member] as Record<string, unknown>}
            onChange={(v) => setValue({ ...value, [p.more?.member ?? '']: v })}
            errors={errors.map((e) => ({ ...e, field: e.field.replace(`${p.more?.member}.`, '') }))}
            depth={1}
          />
        )}
      </SpaceBetween>
    </Dialog>
  )
}
