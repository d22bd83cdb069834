import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import FileUpload from '@cloudscape-design/components/file-upload'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import { useState } from 'react'
import { ApiError } from '../../api/client'
import { useAction } from '../../api/hooks'
import { operate } from '../../api/operator'
import { MayButton } from '../../app/may'
import { useScope } from '../../app/scope'
import { Go } from '../../parts/Go'
import { Empty, Listing } from '../../parts/Listing'
import { count } from '../../parts/text'
import { onePage, OperatorTools } from '../../parts/Tools'

const example = (account: string) => `accounts:
  acme: {id: "${account}", companyName: Acme}
opportunities:
  deal1:
    account: $acme
    request:
      Origin: Partner Referral
      Customer:
        Account:
          CompanyName: Example Corp
          Industry: Retail
          WebsiteUrl: https://www.example.com
          Address: {CountryCode: US, PostalCode: "98109", StateOrRegion: Washington}
      LifeCycle: {Stage: Prospect}
      Project:
        Title: Move the order system
        ExpectedCustomerSpend:
          - {Amount: "2500.00", CurrencyCode: USD, Frequency: Monthly, TargetCompany: AWS}
`

const fileTexts = { uploadButtonText: () => 'Open file', dropzoneText: () => 'Drop the file here', removeFileAriaLabel: (n: number) => `Remove file ${n + 1}`, limitShowFewer: 'Show fewer', limitShowMore: 'Show more', errorIconAriaLabel: 'Error' }

interface Wrong {
  line: number
  column: number
  reason: string
}

/** Reads the place and the reason out of "world.yaml:2:10 talk: …". */
function place(error: unknown, name: string): Wrong | null {
  if (!(error instanceof ApiError)) return null
  for (const text of [...error.fields.map((f) => f.message), error.message]) {
    const at = text.lastIndexOf(`${name}:`)
    const found = at < 0 ? null : /^(\d+):(\d+):? ?([\s\S]*)/.exec(text.slice(at + name.length + 1))
    if (found) return { line: Number(found[1]), column: Number(found[2]), reason: found[3] }
  }
  return null
}

const pages: [RegExp, string][] = [[/^O\d/, '/opportunities/'], [/^eng-/, '/engagements/'], [/^engi-/, '/invitations/'], [/^cust-acc-/, '/customers/']]

/** Checks and loads a file of records. */
export default function Fixtures() {
  const { account } = useScope()
  const action = useAction()
  const [name, setName] = useState('world.yaml')
  const [text, setText] = useState('')
  const [outcome, setOutcome] = useState<{ ids: Record<string, string>; check: boolean } | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  async function load(check: boolean) {
    setProblem(null)
    setOutcome(null)
    try {
      const { ids } = (await action.mutateAsync({
        what: 'The file was not loaded',
        done: check ? undefined : 'The records were loaded.',
        quiet: true,
        run: () => operate('POST /fixtures', { check: check || undefined }, { files: [{ name, content: text }] }),
      })) as { ids: Record<string, string> }
      setOutcome({ ids, check })
    } catch (error) {
      setProblem(error)
    }
  }
  const wrong = problem ? place(problem, name) : null
  const made = outcome && Object.entries(outcome.ids).map(([name, id]) => ({ name, id }))
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description="A file of named records, in YAML or JSON. The server makes them by all its rules: all of them, or none. Names that were loaded before are kept.">Fixtures</Header>
      <Container
        header={
          <Header
            variant="h2"
            description="Open a file, or paste its content"
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                {!text && <Button onClick={() => setText(example(account))}>Insert an example</Button>}
                <MayButton needs="administer" disabled={!text.trim()} loading={action.isPending} onClick={() => void load(true)}>Check</MayButton>
                <MayButton needs="administer" variant="primary" disabled={!text.trim()} loading={action.isPending} onClick={() => void load(false)}>Load</MayButton>
              </SpaceBetween>
            }
          >
            File
          </Header>
        }
      >
        <SpaceBetween size="m">
          <FileUpload
            value={[]}
            accept=".yaml,.yml,.json"
            i18nStrings={fileTexts}
            onChange={(e) => {
              const [file] = e.detail.value
              if (!file) return
              setName(file.name)
              void file.text().then(setText)
            }}
          />
          <FormField label={`Content of ${name}`} stretch errorText={wrong ? `Line ${wrong.line}, column ${wrong.column}: ${wrong.reason}` : undefined}>
            <Textarea rows={18} value={text} spellcheck={false} disableBrowserAutocorrect invalid={!!wrong} placeholder="accounts:" onChange={(e) => setText(e.detail.value)} />
          </FormField>
          {wrong && (
            <pre className="code" tabIndex={0} aria-label="the wrong line">
              {text.split('\n').map((line, i) => ({ line, n: i + 1 })).slice(Math.max(0, wrong.line - 3), wrong.line).map((l) => `${String(l.n).padStart(4)}  ${l.line}`).join('\n')}
              {'\n'}
              {' '.repeat(5 + wrong.column)}^
            </pre>
          )}
          {problem !== null && !wrong && <Alert type="error" header="The server refused the file">{problem instanceof Error ? problem.message : String(problem)}</Alert>}
          {outcome?.check && <Alert type="success">The file is right: {count(Object.keys(outcome.ids).length, 'record')} can be loaded. Nothing was made yet.</Alert>}
          <Box color="text-body-secondary" fontSize="body-s">From the command line: <code>cosell fixtures load {name}</code>, or at every start: <code>cosell serve --fixtures {name}</code></Box>
        </SpaceBetween>
      </Container>
      {made && !outcome.check && (
        <Listing
          name="fixtures"
          variant="container"
          title="Loaded records"
          counter={`(${made.length})`}
          pages={onePage(made)}
          trackBy={(m) => m.name}
          actions={<OperatorTools data={outcome.ids} path="/fixtures" cli={`cosell fixtures load ${name}`} />}
          empty={<Empty title="No records">The file has none.</Empty>}
          columns={[
            { id: 'name', header: 'Name', cell: (m) => `$${m.name}`, text: (m) => m.name },
            { id: 'id', header: 'Identifier', cell: (m) => { const page = pages.find(([form]) => form.test(m.id)); return page ? <Go to={page[1] + m.id}>{m.id}</Go> : m.id || '-' }, text: (m) => m.id },
          ]}
        />
      )}
    </SpaceBetween>
  )
}
