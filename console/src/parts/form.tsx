// Forms whose fields, limits and lists of values come from the contract.
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import DatePicker from '@cloudscape-design/components/date-picker'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Multiselect from '@cloudscape-design/components/multiselect'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import Toggle from '@cloudscape-design/components/toggle'
import { useState } from 'react'
import type { FieldError } from '../api/client'
import shapesJson from '../gen/shapes.gen.json'
import { label } from './text'

export interface FormShape {
  kind: string
  doc?: string
  min?: number
  max?: number
  pattern?: string
  expects?: string
  values?: string[]
  element?: string
  members?: { name: string; target: string; doc?: string; required?: boolean }[]
}

const shapes = shapesJson as Record<string, FormShape>

export const shapeOf = (name: string): FormShape => shapes[name] ?? { kind: name === 'Boolean' ? 'boolean' : name === 'Integer' || name === 'Long' ? 'integer' : name === 'Double' ? 'double' : 'string' }

export const valuesOf = (name: string): string[] => shapeOf(name).values ?? []

type Json = unknown
type Fields = Record<string, Json>

/** Names of fields differ in case and in how they count; both sides are made alike. */
function normal(path: string): string {
  return path
    .replace(/\[(\d+)\]/g, '.$1')
    .replace(/\.member(?=\.|$)/g, '')
    .toLowerCase()
}

/** Returns the messages for a field: its own, or with `within` also those of what it holds. */
export function errorsAt(errors: FieldError[], path: string, within = false): string[] {
  const place = normal(path)
  return errors.filter((e) => normal(e.field) === place || (within && normal(e.field).startsWith(place + '.'))).map((e) => e.message)
}

interface FieldProps {
  shape: string
  path: string
  title: string
  doc?: string
  required?: boolean
  value: Json
  onChange: (value: Json) => void
  errors: FieldError[]
  hidden?: string[]
  depth: number
}

function limits(s: FormShape): string | undefined {
  if (s.expects) return s.expects[0].toUpperCase() + s.expects.slice(1)
  if (s.kind !== 'string') return undefined
  if (s.min !== undefined && s.min > 1 && s.max !== undefined) return `${s.min} to ${s.max} characters`
  if (s.max !== undefined && s.max < 10000) return `At most ${s.max} characters`
  return undefined
}

const longText = 300
const manyValues = 8

function recursive(name: string, seen: string[] = []): boolean {
  if (seen.includes(name)) return true
  const s = shapeOf(name)
  const inner = [...(s.members ?? []).map((m) => m.target), ...(s.element ? [s.element] : [])]
  return inner.some((target) => recursive(target, [...seen, name]))
}

function Field(p: FieldProps) {
  const s = shapeOf(p.shape)
  const problem = errorsAt(p.errors, p.path).join(' ')
  const optional = p.required ? '' : <i> - optional</i>
  const frame = (control: React.ReactNode, stretch = false) => (
    <FormField label={<>{p.title}{optional}</>} description={p.doc ?? s.doc} constraintText={limits(s)} errorText={problem} stretch={stretch}>
      {control}
    </FormField>
  )
  if (recursive(p.shape) || s.kind === 'map') return frame(<JsonField value={p.value} onChange={p.onChange} />, true)
  switch (s.kind) {
    case 'enum':
      return frame(<Choice values={s.values ?? []} value={p.value as string} required={p.required} onChange={p.onChange} />)
    case 'boolean':
      return frame(<Toggle checked={p.value === true} onChange={(e) => p.onChange(e.detail.checked)}>{p.title}</Toggle>)
    case 'integer':
    case 'long':
    case 'double':
      return frame(<Input type="number" value={p.value === undefined || p.value === null ? '' : String(p.value)} onChange={(e) => p.onChange(e.detail.value === '' ? undefined : Number(e.detail.value))} />)
    case 'list':
      return <ListField {...p} list={s} frame={frame} />
    case 'structure':
      return <Section {...p} />
    case 'union':
      return <Union {...p} />
  }
  const text = typeof p.value === 'string' ? p.value : ''
  const change = (value: string) => p.onChange(value === '' ? undefined : value)
  if (p.shape === 'Date') {
    return frame(
      <DatePicker value={text} placeholder="YYYY-MM-DD" format="iso" onChange={(e) => change(e.detail.value)} openCalendarAriaLabel={(d) => `Choose a date${d ? `, ${d} is selected` : ''}`} />,
    )
  }
  if (s.max !== undefined && s.max >= longText && s.max < 10000) return frame(<Textarea rows={3} value={text} onChange={(e) => change(e.detail.value)} />, true)
  return frame(<Input value={text} type={/email/i.test(p.shape) ? 'email' : 'text'} placeholder={s.kind === 'timestamp' ? '2026-12-31T00:00:00Z' : undefined} onChange={(e) => change(e.detail.value)} />)
}

function Choice({ values, value, required, onChange }: { values: string[]; value?: string; required?: boolean; onChange: (v: Json) => void }) {
  const options = [...(required ? [] : [{ value: '', label: '(none)' }]), ...values.map((v) => ({ value: v, label: v }))]
  return (
    <Select
      options={options}
      selectedOption={value ? { value, label: value } : null}
      placeholder="Choose"
      filteringType={values.length > manyValues ? 'auto' : 'none'}
      filteringAriaLabel="Find a value"
      filteringPlaceholder="Find"
      onChange={(e) => onChange(e.detail.selectedOption.value || undefined)}
    />
  )
}

function ListField(p: FieldProps & { list: FormShape; frame: (control: React.ReactNode, stretch?: boolean) => React.ReactNode }) {
  const element = p.list.element ?? 'String'
  const inner = shapeOf(element)
  const items = Array.isArray(p.value) ? p.value : []
  const set = (next: Json[]) => p.onChange(next.length > 0 ? next : undefined)
  if (inner.kind === 'enum') {
    return p.frame(
      <Multiselect
        options={(inner.values ?? []).map((v) => ({ value: v, label: v }))}
        selectedOptions={items.map((v) => ({ value: String(v), label: String(v) }))}
        placeholder="Choose"
        filteringType={(inner.values ?? []).length > manyValues ? 'auto' : 'none'}
        filteringAriaLabel="Find a value"
        deselectAriaLabel={(o) => `Remove ${o.label}`}
        onChange={(e) => set(e.detail.selectedOptions.map((o) => o.value))}
      />,
    )
  }
  if (inner.kind === 'string' || inner.kind === 'timestamp') {
    return p.frame(
      <Textarea rows={2} placeholder="One on a line" value={items.join('\n')} onChange={(e) => set(e.detail.value === '' ? [] : e.detail.value.split('\n'))} onBlur={() => set(items.filter((v) => String(v).trim() !== ''))} />,
      true,
    )
  }
  const own = errorsAt(p.errors, p.path).join(' ')
  return (
    <div className="fields">
      <Box variant="awsui-key-label">
        {p.title}
        {!p.required && <i> - optional</i>}
      </Box>
      {p.doc && <Box color="text-body-secondary" fontSize="body-s">{p.doc}</Box>}
      {own && <Box color="text-status-error">{own}</Box>}
      <SpaceBetween size="s">
        {items.map((item, i) => (
          <div className="group" key={i} role="group" aria-label={`${p.title} ${i + 1}`}>
            <SpaceBetween size="s">
              <FieldsOf shape={element} path={`${p.path}.${i}`} value={item as Fields} errors={p.errors} depth={p.depth + 1} onChange={(v) => set(items.map((old, at) => (at === i ? v : old)))} />
              <Button onClick={() => set(items.filter((_, at) => at !== i))} ariaLabel={`Remove ${p.title.toLowerCase()} ${i + 1}`}>
                Remove
              </Button>
            </SpaceBetween>
          </div>
        ))}
        <Button iconName="add-plus" disabled={p.list.max !== undefined && items.length >= p.list.max} onClick={() => set([...items, {}])}>
          Add {p.title.toLowerCase()}
        </Button>
      </SpaceBetween>
    </div>
  )
}

function Section(p: FieldProps) {
  const wrong = errorsAt(p.errors, p.path, true).length > 0
  const [open, setOpen] = useState<boolean | null>(null)
  const body = (
    <SpaceBetween size="m">
      {errorsAt(p.errors, p.path).map((message) => (
        <Box key={message} color="text-status-error">{message}</Box>
      ))}
      <FieldsOf shape={p.shape} path={p.path} value={p.value as Fields} onChange={p.onChange} errors={p.errors} hidden={p.hidden} depth={p.depth + 1} />
    </SpaceBetween>
  )
  if (p.required || p.depth === 0) {
    return (
      <div className="fields" role="group" aria-label={p.title}>
        <Box variant="h3" tagOverride="h2" padding="n">{p.title}</Box>
        {body}
      </div>
    )
  }
  return (
    <ExpandableSection headerText={`${p.title} - optional`} headerDescription={p.doc} expanded={wrong || (open ?? (p.value !== undefined || p.depth <= 2))} onChange={(e) => setOpen(e.detail.expanded)}>
      {body}
    </ExpandableSection>
  )
}

function Union(p: FieldProps) {
  const s = shapeOf(p.shape)
  const members = s.members ?? []
  const value = (p.value ?? {}) as Fields
  const chosen = members.find((m) => value[m.name] !== undefined && value[m.name] !== null) ?? (members.length === 1 ? members[0] : undefined)
  return (
    <SpaceBetween size="s">
      {members.length > 1 && (
        <FormField label={p.title} description={p.doc ?? s.doc} errorText={errorsAt(p.errors, p.path).join(' ')}>
          <Select
            options={members.map((m) => ({ value: m.name, label: label(m.name) }))}
            selectedOption={chosen ? { value: chosen.name, label: label(chosen.name) } : null}
            placeholder="Choose the kind"
            onChange={(e) => p.onChange({ [e.detail.selectedOption.value as string]: shapeOf(members.find((m) => m.name === e.detail.selectedOption.value)?.target ?? '').kind === 'list' ? [] : {} })}
          />
        </FormField>
      )}
      {chosen && (
        <Field shape={chosen.target} path={`${p.path}.${chosen.name}`} title={label(chosen.name)} doc={chosen.doc} required value={value[chosen.name]} errors={p.errors} depth={p.depth + 1} onChange={(v) => p.onChange({ [chosen.name]: v ?? {} })} />
      )}
    </SpaceBetween>
  )
}

function JsonField({ value, onChange }: { value: Json; onChange: (v: Json) => void }) {
  const [text, setText] = useState(value === undefined ? '' : JSON.stringify(value, null, 2))
  const [invalid, setInvalid] = useState(false)
  return (
    <Textarea
      rows={4}
      value={text}
      invalid={invalid}
      placeholder="JSON"
      spellcheck={false}
      onChange={(e) => {
        setText(e.detail.value)
        try {
          onChange(e.detail.value.trim() === '' ? undefined : JSON.parse(e.detail.value))
          setInvalid(false)
        } catch {
          setInvalid(true)
        }
      }}
    />
  )
}

interface FieldsProps {
  shape: string
  path?: string
  value: Fields | undefined
  onChange: (value: Fields) => void
  errors: FieldError[]
  only?: string[]
  /** Paths of members that the form leaves as they are. */
  hidden?: string[]
  depth?: number
}

/** The fields of a structure, in the order of the contract; the required ones first. */
export function FieldsOf({ shape, path = '', value, onChange, errors, only, hidden = [], depth = 0 }: FieldsProps) {
  const s = shapeOf(shape)
  if (s.kind === 'union') return <Union shape={shape} path={path} title={label(shape)} value={value} onChange={(v) => onChange(v as Fields)} errors={errors} depth={depth} />
  const at = (name: string) => (path ? `${path}.${name}` : name)
  const members = (s.members ?? []).filter((m) => (!only || only.includes(m.name)) && !hidden.includes(at(m.name))).toSorted((a, b) => Number(b.required ?? false) - Number(a.required ?? false))
  return (
    <SpaceBetween size="m">
      {members.map((m) => (
        <Field
          key={m.name}
          shape={m.target}
          path={at(m.name)}
          title={label(m.name)}
          doc={m.doc}
          required={m.required}
          value={value?.[m.name] ?? undefined}
          errors={errors}
          hidden={hidden}
          depth={depth}
          onChange={(v) => {
            const next = { ...value, [m.name]: v }
            if (v === undefined) delete next[m.name]
            onChange(next)
          }}
        />
      ))}
    </SpaceBetween>
  )
}
