import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { ApiError } from '../../api/client'
import { useAction, useOperate } from '../../api/hooks'
import { operate } from '../../api/operator'
import { MayButton } from '../../app/may'
import { Dialog } from '../../parts/Dialog'
import { errorsAt } from '../../parts/form'
import { moment } from '../../parts/text'
import { Confirm, Once, OperatorTools, Problem } from '../../parts/Tools'

const route = '/accounts/{account}/users/{name}/password'

/** Returns a password of 26 random letters and digits: 130 bits. */
function generated(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  return [...crypto.getRandomValues(new Uint8Array(26))].map((byte) => letters[byte % letters.length]).join('')
}

/** The password with which a user signs in to the console. Nobody can read it again. */
export function ConsolePassword({ account, user }: { account: string; user: string }) {
  const [dialog, setDialog] = useState<'set' | 'remove' | null>(null)
  const [told, setTold] = useState('')
  const { data, error } = useOperate(`GET ${route}`, { account, name: user })
  const none = error instanceof ApiError && error.name === 'Not Found'
  const password = error ? undefined : data
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Lets a person sign in to this console as the user, where the server runs with --auth strict"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <OperatorTools data={password ?? null} path={`/accounts/${account}/users/${encodeURIComponent(user)}/password`} cli={`cosell user password show ${user} --account ${account}`} />
              {password && <MayButton needs="write" onClick={() => setDialog('remove')}>Remove password</MayButton>}
              {(password || none) && <MayButton needs="write" onClick={() => setDialog('set')}>{password ? 'Change password' : 'Set password'}</MayButton>}
            </SpaceBetween>
          }
        >
          Console password
        </Header>
      }
    >
      {none && <Box color="text-body-secondary">This user has no password, so nobody can sign in as it.</Box>}
      {!none && <Problem of={error} />}
      {password && (
        <KeyValuePairs
          columns={2}
          items={[
            { label: 'Password set', value: moment(password.createdAt) },
            { label: 'Last sign-in', value: password.lastUsedAt ? moment(password.lastUsedAt) : 'Never' },
          ]}
        />
      )}
      {dialog === 'set' && <SetPassword account={account} user={user} replaces={!!password} onGenerated={setTold} onClose={() => setDialog(null)} />}
      {dialog === 'remove' && (
        <Confirm title="Remove the console password?" action="Remove password" done={`The console password of ${user} was removed.`} run={() => operate(`DELETE ${route}`, { account, name: user })} onClose={() => setDialog(null)}>
          Nobody can sign in as {user} any more, and its sessions end. Its access keys keep working.
        </Confirm>
      )}
      {told && (
        <Once title="A new console password" values={[{ label: 'Account ID', value: account }, { label: 'User name', value: user }, { label: 'Password', value: told }]} onClose={() => setTold('')}>
          The password is shown now and never again. Give all three to the person who signs in.
        </Once>
      )}
    </Container>
  )
}

/** A dialog that takes a password, or makes one. */
function SetPassword({ account, user, replaces, onGenerated, onClose }: { account: string; user: string; replaces: boolean; onGenerated: (password: string) => void; onClose: () => void }) {
  const action = useAction()
  const [entered, setEntered] = useState('')
  const [problem, setProblem] = useState<unknown>(null)
  const wrong = errorsAt(problem instanceof ApiError ? problem.fields : [], 'password').join(' ')
  async function submit(password: string, done?: string) {
    setProblem(null)
    const sent = operate(`PUT ${route}`, { account, name: user }, { password }) // what remembers the action does not remember the password
    try {
      await action.mutateAsync({ what: 'The password was not set', done, quiet: true, run: () => sent })
      onClose()
      if (!done) onGenerated(password)
    } catch (error) {
      setProblem(error)
    }
  }
  return (
    <Dialog
      title={replaces ? 'Change the console password' : 'Set a console password'}
      onClose={onClose}
      actions={
        <>
          <Button disabled={action.isPending} onClick={() => void submit(generated())}>Generate one</Button>
          <Button variant="primary" disabled={!entered} loading={action.isPending} onClick={() => void submit(entered, `The console password of ${user} was set.`)}>Set password</Button>
        </>
      }
    >
      <SpaceBetween size="m">
        <FormField label="New password" description="Enter a password, or have one generated that is shown once" constraintText="At least 14 characters, without the name of the user" errorText={wrong}>
          <Input type="password" autoComplete="new-password" value={entered} onChange={(e) => setEntered(e.detail.value)} />
        </FormField>
        {replaces && <Box>Sessions that began with the old password end.</Box>}
        {!wrong && <Problem of={problem} />}
      </SpaceBetween>
    </Dialog>
  )
}
