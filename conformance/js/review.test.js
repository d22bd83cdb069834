import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { decide, operator, partner, ready, refused, told } from './kit.js'

const AwsSubmission = { InvolvementType: 'Co-Sell', Visibility: 'Full' }

// submitted is an opportunity that awaits review.
async function submitted(p, Catalog) {
  const { Id: Identifier } = await p.createOpportunity(ready({ Catalog }))
  const task = await p.startEngagementFromOpportunityTask({
    Catalog,
    Identifier,
    AwsSubmission,
    ClientToken: randomUUID(),
  })
  assert.equal(task.TaskStatus, 'COMPLETE', task.Message)
  return { id: Identifier, task }
}

// body is the way from a GetOpportunity answer to an UpdateOpportunity body.
async function body(p, Catalog, Identifier) {
  const { $metadata, Arn, CreatedDate, OpportunityTeam, RelatedEntityIdentifiers, Id, ...rest } =
    await p.getOpportunity({ Catalog, Identifier })
  return { ...rest, Identifier }
}

const status = async (p, Catalog, Identifier) => (await p.getOpportunity({ Catalog, Identifier })).LifeCycle.ReviewStatus

for (const Catalog of ['AWS', 'Sandbox']) {
  test(`from submission to approval in ${Catalog}`, async () => {
    const p = partner()
    const { id, task } = await submitted(p, Catalog)
    const waiting = await operator('GET', `/reviews?account=${p.account}`)
    assert.deepEqual(waiting.reviews.map((r) => [r.id, r.reviewStatus]), [[id, 'Submitted']])
    await decide(p, Catalog, id, 'StartReview')
    assert.equal(await status(p, Catalog, id), 'In review')
    await refused(p.updateOpportunity(await body(p, Catalog, id).then((b) => ({ ...b, NationalSecurity: 'Yes' }))), 'ValidationException')

    await decide(p, Catalog, id, 'RequestAction', { comments: 'Which plant?', reason: 'Unclear' })
    const change = await body(p, Catalog, id)
    assert.deepEqual([change.LifeCycle.ReviewComments, change.LifeCycle.ReviewStatusReason], ['Which plant?', 'Unclear'])
    change.Project.CustomerBusinessProblem = 'Goods spoil on the road from the Hamburg plant.'
    await p.updateOpportunity(change)
    assert.equal(await status(p, Catalog, id), 'Submitted')

    await decide(p, Catalog, id, 'Approve')
    assert.equal(await status(p, Catalog, id), 'Approved')
    const members = await p.listEngagementMembers({ Catalog, Identifier: task.EngagementId })
    assert.deepEqual(members.EngagementMemberList.map((m) => m.AccountId).sort(), ['aws', p.account].sort())
    const invitation = await p.getEngagementInvitation({ Catalog, Identifier: task.EngagementInvitationId })
    assert.equal(invitation.Status, 'ACCEPTED')
    const events = await told(p.account)
    for (const name of ['Engagement Invitation Accepted', 'Engagement Member Added']) assert.ok(events.includes(name), name)
    assert.deepEqual((await operator('GET', `/reviews?account=${p.account}`)).reviews, [])
    await refused(decide(p, Catalog, id, 'Reject'), '409')
  })

  test(`rejection in ${Catalog}`, async () => {
    const p = partner()
    const { id, task } = await submitted(p, Catalog)
    await decide(p, Catalog, id, 'Reject', { comments: 'We know them already', reason: 'Duplicate' })
    const { LifeCycle } = await p.getOpportunity({ Catalog, Identifier: id })
    assert.deepEqual([LifeCycle.ReviewStatus, LifeCycle.ReviewComments], ['Rejected', 'We know them already'])
    const invitation = await p.getEngagementInvitation({ Catalog, Identifier: task.EngagementInvitationId })
    assert.equal(invitation.Status, 'REJECTED')
    await refused(p.updateOpportunity({ ...(await body(p, Catalog, id)), NationalSecurity: 'Yes' }), 'ValidationException')
  })
}

test('in Sandbox an update plays the reviewer, in AWS it cannot', async () => {
  for (const [Catalog, plays] of [['Sandbox', true], ['AWS', false]]) {
    const p = partner()
    const { id } = await submitted(p, Catalog)
    const verdict = await body(p, Catalog, id)
    verdict.LifeCycle.ReviewStatus = 'Approved'
    if (plays) {
      await p.updateOpportunity(verdict)
      assert.equal(await status(p, Catalog, id), 'Approved')
    } else {
      await refused(p.updateOpportunity(verdict), 'ValidationException')
      assert.equal(await status(p, Catalog, id), 'Submitted')
    }
  }
})

test("AWS's side of an opportunity", async () => {
  const [Catalog, p] = ['AWS', partner()]
  const { id } = await submitted(p, Catalog)
  const summary = () => p.getAwsOpportunitySummary({ Catalog, RelatedOpportunityIdentifier: id })
  const before = await summary()
  assert.deepEqual([before.InvolvementType, before.Visibility, before.Origin], ['Co-Sell', 'Full', 'Partner Referral'])
  assert.deepEqual(before.OpportunityTeam.map((m) => m.BusinessTitle), ['PDM'])
  await decide(p, Catalog, id, 'Approve')
  await operator('PATCH', `/opportunities/${id}/aws-summary?account=${p.account}&catalog=${Catalog}`, {
    LifeCycle: { Stage: 'Qualified', NextSteps: 'Call on Monday' },
    Insights: { EngagementScore: 'High' },
  })
  const after = await summary()
  assert.equal(after.LifeCycle.Stage, 'Qualified')
  assert.equal(after.LifeCycle.NextSteps, 'Call on Monday')
  assert.equal(after.Insights.EngagementScore, 'High')
  await refused(partner().getAwsOpportunitySummary({ Catalog, RelatedOpportunityIdentifier: id }), 'ResourceNotFoundException')
})
