import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Checkbox from '@cloudscape-design/components/checkbox'
import Container from '@cloudscape-design/components/container'
import FileUpload from '@cloudscape-design/components/file-upload'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { useAction } from '../../api/hooks'
import { operate, operateRaw } from '../../api/operator'
import { MayButton } from '../../app/may'
import { Dialog } from '../../parts/Dialog'
import { Code } from '../../parts/Record'
import { download } from '../../parts/text'

const confirmWord = 'reset'
const fileTexts = { uploadButtonText: () => 'Choose file', dropzoneText: () => 'Drop the file here', removeFileAriaLabel: (n: number) => `Remove file ${n + 1}`, limitShowFewer: 'Show fewer', limitShowMore: 'Show more', errorIconAriaLabel: 'Error' }

export default function Data() {
  const action = useAction()
  const [secrets, setSecrets] = useState(false)
  const [files, setFiles] = useState<File[]>([])
  const [asking, setAsking] = useState<'import' | 'reset' | null>(null)
  const at = `COSELL_ENDPOINT=${location.origin} cosell`
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description="An export holds all records of all accounts; any version and both engines read it">Export, import, backup</Header>
      <Container
        header={
          <Header
            variant="h2"
            description="All records as JSON Lines, in one consistent view"
            actions={<MayButton needs="administer" loading={action.isPending} onClick={() => action.mutate({ what: 'Nothing was exported', run: async () => download('cosell-export.jsonl', await (await operateRaw('GET', '/export', { secrets })).blob(), 'application/jsonl') })}>Export</MayButton>}
          >
            Export
          </Header>
        }
      >
        <SpaceBetween size="s">
          <Checkbox checked={secrets} onChange={(e) => setSecrets(e.detail.checked)} description="They are needed to move the installation to another store. Keep such a file as you keep the data directory.">With the secrets of the installation</Checkbox>
        </SpaceBetween>
      </Container>
      <Container header={<Header variant="h2" description="Replaces everything in this store" actions={<MayButton needs="administer" disabled={files.length === 0} loading={action.isPending} onClick={() => setAsking('import')}>Import</MayButton>}>Import</Header>}>
        <FormField label="File of an export">
          <FileUpload value={files} onChange={(e) => setFiles(e.detail.value)} showFileSize i18nStrings={fileTexts} />
        </FormField>
      </Container>
      <Container header={<Header variant="h2" description="A copy of the embedded store while it is in use. It is made where the data is, so it has no button here.">Backup</Header>}>
        <Code text={'cosell backup --data DIR FILE'} name="command" />
      </Container>
      <Container header={<Header variant="h2" description="Removes all records of all accounts, and returns the clock to the real time" actions={<MayButton needs="administer" onClick={() => setAsking('reset')}>Reset</MayButton>}>Reset</Header>}>
        <SpaceBetween size="s">
          <Box color="text-body-secondary">For test servers. It cannot be undone; export first. The same from the command line:</Box>
          <Code text={`${at} reset`} name="command" />
        </SpaceBetween>
      </Container>
      {asking === 'import' && (
        <Dialog
          title="Replace everything?"
          onClose={() => setAsking(null)}
          actions={<Button variant="primary" loading={action.isPending} onClick={() => action.mutate({ what: 'Nothing was imported', done: 'The export was imported.', run: () => operateRaw('POST', '/import', { replace: true }, files[0], 'application/jsonl') }, { onSuccess: () => setFiles([]), onSettled: () => setAsking(null) })}>Replace everything</Button>}
        >
          <Alert type="warning">All records of all accounts and catalogs are replaced by those of {files[0]?.name}.</Alert>
        </Dialog>
      )}
      {asking === 'reset' && <Reset onClose={() => setAsking(null)} />}
    </SpaceBetween>
  )
}

function Reset({ onClose }: { onClose: () => void }) {
  const action = useAction()
  const [word, setWord] = useState('')
  return (
    <Dialog
      title="Remove everything?"
      onClose={onClose}
      actions={<Button variant="primary" disabled={word !== confirmWord} loading={action.isPending} onClick={() => action.mutate({ what: 'Nothing was removed', done: 'Everything was removed.', run: () => operate('POST /reset') }, { onSettled: onClose })}>Remove everything</Button>}
    >
      <SpaceBetween size="m">
        <Alert type="warning">All records of all accounts and catalogs are removed.</Alert>
        <FormField label={`Type "${confirmWord}" to confirm`}><Input value={word} onChange={(e) => setWord(e.detail.value)} /></FormField>
      </SpaceBetween>
    </Dialog>
  )
}
