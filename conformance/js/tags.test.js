import assert from 'node:assert/strict'
import { test } from 'node:test'
import { full, partner, refused, violations } from './kit.js'

const Catalog = 'Sandbox'

const byKey = (tags) => Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))

async function tagged() {
  const p = partner()
  const { Id } = await p.createOpportunity({ Catalog, Tags: full().Tags })
  const { Arn: ResourceArn } = await p.getOpportunity({ Catalog, Identifier: Id })
  const tags = async () => byKey((await p.listTagsForResource({ ResourceArn })).Tags)
  return { p, ResourceArn, tags }
}

test('tags given at creation are listed', async () => {
  const { tags } = await tagged()
  assert.deepEqual(await tags(), { team: 'north', 'cost-centre': '' })
})

test('tags are added, replaced and removed', async () => {
  const { p, ResourceArn, tags } = await tagged()
  const Tags = [{ Key: 'team', Value: 'south' }, { Key: 'région', Value: 'É: a/b=c+d-e@f_g' }]
  const answer = await p.tagResource({ ResourceArn, Tags })
  assert.equal(answer.$metadata.httpStatusCode, 200)
  assert.deepEqual(await tags(), { team: 'south', 'cost-centre': '', région: 'É: a/b=c+d-e@f_g' })
  await p.untagResource({ ResourceArn, TagKeys: ['team', 'never-there'] })
  assert.deepEqual(await tags(), { 'cost-centre': '', région: 'É: a/b=c+d-e@f_g' })
})

test('what is not yours is not told apart from what is not there', async () => {
  const { ResourceArn, tags } = await tagged()
  const stranger = partner()
  await refused(stranger.listTagsForResource({ ResourceArn }), 'AccessDeniedException')
  await refused(stranger.tagResource({ ResourceArn, Tags: [{ Key: 'a', Value: 'b' }] }), 'AccessDeniedException')
  await refused(stranger.untagResource({ ResourceArn, TagKeys: ['team'] }), 'AccessDeniedException')
  assert.deepEqual(await tags(), { team: 'north', 'cost-centre': '' })
})

test('malformed tags and resources are named', async () => {
  const { p, ResourceArn } = await tagged()
  const cases = [
    [() => p.tagResource({ ResourceArn, Tags: [{ Key: '', Value: 'x' }] }), ['tags[0].key INVALID_STRING_FORMAT']],
    [() => p.tagResource({ ResourceArn, Tags: [{ Key: 'k', Value: '<' }] }), ['tags[0].value INVALID_STRING_FORMAT']],
    [() => p.untagResource({ ResourceArn, TagKeys: [] }), ['tagKeys NOT_ENOUGH_VALUES']],
    [() => p.listTagsForResource({ ResourceArn: 'not-an-arn' }), ['resourceArn INVALID_STRING_FORMAT']],
  ]
  for (const [call, expected] of cases) {
    assert.deepEqual(violations(await refused(call(), 'ValidationException')), expected)
  }
})
