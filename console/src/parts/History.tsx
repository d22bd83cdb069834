import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import { awsSide } from '../api/client'
import { errorText } from '../app/flash'
import { ChangeTable } from './Changes'
import { moment } from './text'
import { author, title, useHistory } from './historyText'

interface Props {
  id: string
  /** The owner of the record, or a member of it. */
  account: string
  /** What changes a record of this kind. */
  hint: string
}

/** Every change of a record with its author and difference, the newest first, down to the creation. */
export function History({ id, account, hint }: Props) {
  const { entries, createdAt, createdBy, origin, error, older, loadingOlder, loading } = useHistory(account, id)
  if (error) return <Alert type="error" header="The history cannot be shown">{errorText(error)}</Alert>
  if (loading) return <Container><Spinner /></Container>
  return (
    <Container header={<Header variant="h2" counter={`(${entries.length}${older ? '+' : ''})`} description="Every change since the creation, the newest first. Times are those of the business clock.">History</Header>}>
      <SpaceBetween size="m">
        {entries.length === 0 && (
          <Box color="text-body-secondary">
            Nothing was changed since the creation. {hint} appears here, with who made it and which fields it changed.
          </Box>
        )}
        <ol className="history">
          {entries.map((e) => (
            <li key={e.sequence}>
              <Box variant="h3" padding="n">{title(e)}</Box>
              <Box color="text-body-secondary" fontSize="body-s">{moment(e.time)} by {author(e)}</Box>
              {e.changes.length > 0 ? (
                <ChangeTable changes={e.changes} of={`${title(e)}, ${moment(e.time)}`} />
              ) : (
                <Box color="text-body-secondary">Saved without a change of any field.</Box>
              )}
            </li>
          ))}
          {!older && (
            <li>
              <Box variant="h3" padding="n">Created</Box>
              <Box color="text-body-secondary" fontSize="body-s">{moment(createdAt)} {origin === 'AWS Referral' ? 'by AWS, which referred it' : createdBy ? `by ${createdBy === awsSide ? 'AWS' : `account ${createdBy}`}` : 'by the partner'}</Box>
            </li>
          )}
        </ol>
        {older && <Button onClick={older} loading={loadingOlder}>Show older changes</Button>}
      </SpaceBetween>
    </Container>
  )
}
