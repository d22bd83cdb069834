import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import Table from '@cloudscape-design/components/table'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { awsSide, call } from '../api/client'
import { useAction, useOperate } from '../api/hooks'
import { operate } from '../api/operator'
import { useClock } from '../app/clock'
import { errorText } from '../app/flash'
import { MayButton } from '../app/may'
import { useScope } from '../app/scope'
import type { Reviewed } from '../gen/operator.gen'
import { Go } from '../parts/Go'
import { Empty, Listing, type Column } from '../parts/Listing'
import { OperationModal } from '../parts/OperationModal'
import { ChangeTable } from '../parts/Changes'
import { PageTabs } from '../parts/PageTabs'
import { Members } from '../parts/Record'
import { Status } from '../parts/status'
import { age, day, label, moment, money } from '../parts/text'
import { Decide } from './opportunities/Decide'
import { isVerdict, title, together, useHistory } from '../parts/historyText'

export default function Review() {
  const { account, setScope } = useScope()
  const aws = account === awsSide
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={aws ? 'What partners submitted, what AWS refers to them, and how AWS decides' : 'What you submitted and AWS has not decided yet'}>
        Review desk
      </Header>
      {!aws && (
        <Alert type="info" action={<Button onClick={() => setScope({ account: awsSide })}>Act as AWS</Button>}>
          The review is AWS's work. Act as AWS to approve, reject or ask for more.
        </Alert>
      )}
      {aws ? (
        <PageTabs
          label="Parts of the review desk"
          tabs={[
            { id: 'queue', label: 'Queue', content: <Queue aws /> },
            { id: 'referrals', label: 'Referrals and leads', content: <Referrals /> },
            { id: 'groups', label: 'Engagement groups', content: <Groups /> },
            { id: 'policy', label: 'Review policy', content: <Policy /> },
          ]}
        />
      ) : (
        <Queue />
      )}
    </SpaceBetween>
  )
}

function Queue({ aws = false }: { aws?: boolean }) {
  const { account, catalog } = useScope()
  const { now } = useClock()
  const action = useAction()
  const [selected, setSelected] = useState<Reviewed[]>([])
  const [deciding, setDeciding] = useState(false)
  const [comparing, setComparing] = useState<Reviewed | null>(null)
  const { data, error } = useOperate('GET /reviews', { catalog, account: aws ? undefined : account, limit: 1000 })
  const items = data?.reviews ?? []
  const current = selected.filter((s) => items.some((i) => i.id === s.id))
  const columns: Column<Reviewed>[] = [
    { id: 'title', header: 'Opportunity', width: 160, text: (r) => r.title, cell: (r) => <Go to={`/opportunities/${r.id}`}>{r.title || r.id}</Go> },
    { id: 'company', header: 'Customer', width: 125, text: (r) => r.companyName, cell: (r) => r.companyName || '-' },
    { id: 'account', header: 'Partner account', width: 115, text: (r) => r.account, cell: (r) => r.account, hidden: !aws },
    { id: 'status', header: 'Review status', width: 130, text: (r) => r.reviewStatus, cell: (r) => <Status value={r.reviewStatus} /> },
    { id: 'age', header: 'Waiting for', width: 95, text: (r) => r.submittedAt, cell: (r) => age(r.submittedAt, now) },
    { id: 'spend', header: 'Monthly amount', width: 105, text: (r) => r.expectedSpend[0]?.amount, cell: (r) => money(r.expectedSpend[0]?.amount, r.expectedSpend[0]?.currency) },
    { id: 'involvement', header: 'Involvement', width: 110, text: (r) => r.involvementType, cell: (r) => r.involvementType ?? '-' },
    { id: 'close', header: 'Target close', text: (r) => r.targetCloseDate, cell: (r) => day(r.targetCloseDate), hidden: true },
    { id: 'changes', header: 'Changes', width: 110, cell: (r) => <Button variant="inline-link" ariaLabel={`Compare changes of ${r.title || r.id}`} onClick={() => setComparing(r)}>Compare</Button> },
  ]
  const start = async () => {
    for (const r of current) if (r.reviewStatus === 'Submitted') await operate('POST /opportunities/{id}/review', { id: r.id, account: r.account, catalog: r.catalog }, { decision: 'StartReview' })
  }
  return (
    <>
      <Listing<Reviewed>
        name="reviews"
        variant="container"
        title="Awaiting review"
        counter={`(${items.length})`}
        description="Longest waiting first. A decision can be taken on several at once."
        columns={columns}
        pages={{ items, loading: !data && !error, error, page: 1, pages: 1, openEnd: false, goTo: () => {} }}
        trackBy={(r) => r.id}
        selected={aws ? current : undefined}
        onSelect={aws ? setSelected : undefined}
        actions={
          aws && (
            <>
              <MayButton needs="review" disabled={!current.some((r) => r.reviewStatus === 'Submitted')} loading={action.isPending} onClick={() => action.mutate({ what: 'The review was not started', done: 'The review was started.', run: start })}>Start review</MayButton>
              <MayButton needs="review" variant="primary" disabled={current.length === 0} onClick={() => setDeciding(true)}>Decide</MayButton>
            </>
          )
        }
        empty={<Empty title="Nothing awaits review">{aws ? 'What partners submit appears here.' : 'Submit an opportunity from its page; it appears here until AWS has decided.'}</Empty>}
      />
      {deciding && (
        <Decide
          about={current.map((r) => ({ id: r.id, account: r.account, title: r.title ?? '' }))}
          onClose={() => {
            setDeciding(false)
            setSelected([])
          }}
        />
      )}
      {comparing && <Changes of={comparing} onClose={() => setComparing(null)} />}
    </>
  )
}

/** What the partner changed since AWS's last verdict, or since the creation. */
function Changes({ of, onClose }: { of: Reviewed; onClose: () => void }) {
  const { entries, createdAt, error, loading, older, loadingOlder } = useHistory(of.account, of.id)
  const verdict = entries.findIndex(isVerdict)
  const since = verdict < 0 ? entries : entries.slice(0, verdict)
  const changes = together(since).filter((c) => !c.path.startsWith('LifeCycle.Review'))
  const last = entries[verdict]
  return (
    <Modal visible size="large" header={`Changes of ${of.title || of.id}`} closeAriaLabel="Close" onDismiss={onClose}>
      {error ? (
        <Alert type="error">{errorText(error)}</Alert>
      ) : loading ? (
        <Spinner />
      ) : (
        <SpaceBetween size="m">
          <Box>
            {last
              ? `Since the last verdict: ${title(last).toLowerCase().replace('aws', 'AWS')}, ${moment(last.time)}.`
              : older
                ? 'The latest changes. AWS has not decided about this opportunity in that time.'
                : `Since the creation, ${moment(createdAt)}. AWS has not decided about this opportunity before.`}
          </Box>
          {changes.length > 0 ? <ChangeTable changes={changes} of="Changes" /> : <Box color="text-body-secondary">No field was changed.</Box>}
          {verdict < 0 && older && <Button onClick={older} loading={loadingOlder}>Look further back</Button>}
          <Go to={`/opportunities/${of.id}`} params={{ tab: 'history' }}>The whole history</Go>
        </SpaceBetween>
      )}
    </Modal>
  )
}

const referral = { Customer: { Account: { Address: {} } }, Project: { ExpectedCustomerSpend: [{ CurrencyCode: 'USD', Frequency: 'Monthly', TargetCompany: 'AWS' }] }, LifeCycle: { Stage: 'Qualified' } }

function Referrals() {
  const { catalog } = useScope()
  const [creating, setCreating] = useState<'referral' | 'lead' | null>(null)
  const { data } = useQuery({
    queryKey: ['sent-by-aws', catalog],
    queryFn: () => call(awsSide, 'ListEngagementInvitations', { Catalog: catalog, ParticipantType: 'SENDER', MaxResults: 50, Sort: { SortBy: 'InvitationDate', SortOrder: 'DESCENDING' } }),
  })
  return (
    <>
      <Table
        variant="container"
        wrapLines
        loading={!data}
        items={data?.EngagementInvitationSummaries ?? []}
        trackBy="Id"
        ariaLabels={{ tableLabel: 'Invitations that AWS sent' }}
        header={
          <Header
            variant="h2"
            description="AWS refers a deal by inviting a partner to it. The partner sees the opportunity once it accepts."
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <MayButton needs="write" onClick={() => setCreating('lead')}>Create lead</MayButton>
                <MayButton needs="review" variant="primary" onClick={() => setCreating('referral')}>Refer an opportunity</MayButton>
              </SpaceBetween>
            }
          >
            Sent by AWS
          </Header>
        }
        empty={<Empty title="AWS has invited nobody">Refer an opportunity to a partner, or create a lead and invite a partner to it.</Empty>}
        columnDefinitions={[
          { id: 'title', header: 'Engagement', isRowHeader: true, minWidth: 160, cell: (i) => <Go to={`/invitations/${i.Id}`}>{i.EngagementTitle || i.Id}</Go> },
          { id: 'to', header: 'To account', minWidth: 120, cell: (i) => i.Receiver?.Account?.AwsAccountId ?? '-' },
          { id: 'type', header: 'Kind', minWidth: 120, cell: (i) => label(i.PayloadType ?? '') },
          { id: 'status', header: 'Status', minWidth: 120, cell: (i) => <Status value={i.Status} /> },
          { id: 'sent', header: 'Sent', minWidth: 140, cell: (i) => moment(i.InvitationDate) },
        ]}
      />
      {creating === 'referral' && (
        <OperationModal
          operation="CreateOpportunity"
          shape="operator:ReferralRequest"
          title="Refer an opportunity to a partner"
          submit="Refer"
          done="The partner was invited to the opportunity."
          intro="The partner gets an invitation with customer and project, and an opportunity when it accepts."
          fixed={{ catalog }}
          hidden={['opportunity']}
          initial={{ opportunity: referral }}
          more={{ shape: 'CreateOpportunityRequest', member: 'opportunity', only: ['Customer', 'Project', 'LifeCycle'], hidden: ['LifeCycle.ReviewStatus', 'LifeCycle.ReviewComments', 'LifeCycle.ReviewStatusReason', 'LifeCycle.NextStepsHistory'] }}
          run={(input) => operate('POST /referrals', {}, input as never)}
          onClose={() => setCreating(null)}
        />
      )}
      {creating === 'lead' && (
        <OperationModal operation="CreateEngagement" title="Create a lead" submit="Create" done="The lead was created. Invite a partner from the page of its engagement." intro="A lead is an engagement with a lead as its context: choose Lead as the kind." initial={{ Contexts: [{ Type: 'Lead', Payload: { Lead: {} } }] }} onClose={() => setCreating(null)} />
      )}
    </>
  )
}

function Groups() {
  const { catalog } = useScope()
  const action = useAction()
  const [editing, setEditing] = useState<Record<string, unknown> | null>(null)
  const { data } = useOperate('GET /engagement-groups')
  return (
    <>
      <Table
        variant="container"
        loading={!data}
        items={data?.engagementGroups ?? []}
        trackBy="name"
        ariaLabels={{ tableLabel: 'Engagement groups' }}
        header={<Header variant="h2" description="Sets of engagements that AWS recommends to partners, each a filter" actions={<MayButton needs="administer" variant="primary" onClick={() => setEditing({})}>Create group</MayButton>}>Engagement groups</Header>}
        empty={<Empty title="No groups">Partners list groups with ListEngagementGroups and search their engagements.</Empty>}
        columnDefinitions={[
          { id: 'name', header: 'Name', isRowHeader: true, cell: (g) => g.name },
          { id: 'id', header: 'ID', cell: (g) => g.id },
          { id: 'updated', header: 'Updated', cell: (g) => moment(g.updatedAt) },
          {
            id: 'actions',
            header: 'Actions',
            cell: (g) => (
              <MayButton needs="administer" variant="inline-link" ariaLabel={`Delete ${g.name}`} onClick={() => action.mutate({ what: 'The group was not deleted', done: `${g.name} was deleted.`, run: () => operate('DELETE /engagement-groups/{name}', { name: g.name }) })}>
                Delete
              </MayButton>
            ),
          },
        ]}
      />
      {editing && (
        <OperationModal
          operation="ListEngagementGroups"
          shape="operator:EngagementGroupFields"
          title="Create an engagement group"
          submit="Save"
          done="The group was saved."
          ask={{ name: 'name', label: 'Name', description: 'A group of this name is replaced' }}
          fixed={{ catalog }}
          initial={editing}
          run={({ name, ...fields }) => operate('PUT /engagement-groups/{name}', { name: String(name) }, fields as never)}
          onClose={() => setEditing(null)}
        />
      )}
    </>
  )
}

function Policy() {
  const { catalog } = useScope()
  const [editing, setEditing] = useState(false)
  const { data } = useOperate('GET /review-policies/{catalog}', { catalog })
  const words = { off: 'People decide on this desk.', approve: 'Every submission is approved.', rules: 'The first matching rule decides; people decide where none matches.' }
  return (
    <Container header={<Header variant="h2" description={`How submissions in the ${catalog} catalog are decided`} actions={<MayButton needs="administer" onClick={() => setEditing(true)} disabled={!data}>Edit policy</MayButton>}>Review policy</Header>}>
      <SpaceBetween size="m">
        <Box>{data ? words[data.mode] : <Spinner />}</Box>
        {data && data.mode !== 'off' && <Members of={data} />}
      </SpaceBetween>
      {editing && data && (
        <OperationModal operation="SubmitOpportunity" shape="operator:ReviewPolicy" title="Review policy" submit="Save" done="The policy was saved." initial={data} run={(input) => operate('PUT /review-policies/{catalog}', { catalog }, input as never)} onClose={() => setEditing(false)} />
      )}
    </Container>
  )
}
