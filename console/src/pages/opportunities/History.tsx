import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import { errorText } from '../../app/flash'
import { ChangeTable } from '../../parts/Changes'
import { moment } from '../../parts/text'
import { author, title, useHistory } from './changes'
import type { Shown } from './Record'

/** Every change of the opportunity with its author and difference, the newest first, down to the creation. */
export function History({ o, owner }: Shown) {
  const { entries, createdAt, origin, error, older, loadingOlder, loading } = useHistory(owner, o.Id ?? '')
  if (error) return <Alert type="error" header="The history cannot be shown">{errorText(error)}</Alert>
  if (loading) return <Container><Spinner /></Container>
  return (
    <Container header={<Header variant="h2" counter={`(${entries.length}${older ? '+' : ''})`} description="Every change since the creation, the newest first. Times are those of the business clock.">History</Header>}>
      <SpaceBetween size="m">
        {entries.length === 0 && (
          <Box color="text-body-secondary">
            Nothing was changed since the creation. Each edit, submission and decision of AWS appears here, with who made it and which fields it changed.
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
              <Box color="text-body-secondary" fontSize="body-s">{moment(createdAt)} {origin === 'AWS Referral' ? 'by AWS, which referred it' : 'by the partner'}</Box>
            </li>
          )}
        </ol>
        {older && <Button onClick={older} loading={loadingOlder}>Show older changes</Button>}
      </SpaceBetween>
    </Container>
  )
}
