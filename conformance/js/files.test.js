// Files for bulk jobs, uploaded as the S3 client of the AWS SDK for JavaScript sends them.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { partner, refused } from './kit.js'

const Bucket = 'aws-partner-central-marketplace-ephemeral-writeonly-files'
const content = 'Row Id,Company Name\r\n1,Acme\r\n'.repeat(1000)

const s3 = (account, config = {}) =>
  new S3Client({
    endpoint: process.env.AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING,
    credentials: { accessKeyId: account, secretAccessKey: 'test' },
    maxAttempts: 1,
    ...config,
  })

for (const [name, config] of Object.entries({
  'with a checksum': {},
  'without a checksum': { requestChecksumCalculation: 'WHEN_REQUIRED' },
  'in path style': { forcePathStyle: true },
}))
  test(`an object is put ${name}`, async () => {
    const { account } = partner()
    const put = new PutObjectCommand({ Bucket, Key: `${account}/dir/ü a.csv`, Body: content })
    const first = await s3(account, config).send(put)
    assert.equal(first.ETag, `"${createHash('md5').update(content).digest('hex')}"`)
    const second = await s3(account, config).send(put)
    assert.notEqual(first.VersionId, second.VersionId)
  })

for (const ChecksumAlgorithm of ['CRC32', 'SHA1', 'SHA256'])
  test(`the checksum ${ChecksumAlgorithm} is verified`, async () => {
    const { account } = partner()
    const put = { Bucket, Key: `${account}/a.csv`, Body: content, ChecksumAlgorithm }
    const answer = await s3(account).send(new PutObjectCommand(put))
    assert.ok(answer['Checksum' + ChecksumAlgorithm])
    // Another content under the same checksum is refused.
    const wrong = { ...put, Body: content.replace('Acme', 'Acne'), ['Checksum' + ChecksumAlgorithm]: answer['Checksum' + ChecksumAlgorithm] }
    await assert.rejects(s3(account).send(new PutObjectCommand(wrong)), /BadDigest|InvalidRequest|checksum/i)
  })

test('a stream of unknown length is sent in chunks with a trailing checksum', async () => {
  const { account } = partner()
  const Body = Readable.from([content])
  await s3(account).send(new PutObjectCommand({ Bucket, Key: `${account}/a.csv`, Body, ContentLength: content.length }))
})

test('a large file is uploaded in parts', async () => {
  const { account } = partner()
  const Body = randomBytes(12 << 20)
  const upload = new Upload({ client: s3(account), params: { Bucket, Key: `${account}/big.csv`, Body }, partSize: 5 << 20 })
  const answer = await upload.done()
  assert.match(answer.ETag, /-3"$/) // three parts
})

test('an upload in parts can be given up', async () => {
  const { account } = partner()
  const upload = new Upload({ client: s3(account), params: { Bucket, Key: `${account}/big.csv`, Body: randomBytes(12 << 20) } })
  const done = upload.done()
  await upload.abort()
  await assert.rejects(done, { name: 'AbortError' })
})

test('the bucket is write-only, and each account has its own part', async () => {
  const { account } = partner()
  const other = partner().account
  const client = s3(account)
  await client.send(new PutObjectCommand({ Bucket, Key: `${account}/a.csv`, Body: content }))
  for (const command of [
    new PutObjectCommand({ Bucket, Key: `${other}/a.csv`, Body: content }),
    new GetObjectCommand({ Bucket, Key: `${account}/a.csv` }),
    new ListObjectsV2Command({ Bucket }),
  ])
    await refused(client.send(command), 'AccessDenied')
})
