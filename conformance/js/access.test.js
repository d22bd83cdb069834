import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PartnerCentralSelling } from '@aws-sdk/client-partnercentral-selling'
import { partner, refused } from './kit.js'

const call = (credentials) => new PartnerCentralSelling({ credentials }).listOpportunities({ Catalog: 'Sandbox' })

test('a wrong secret does not sign', async () => {
  const { account } = partner()
  const error = await refused(call({ accessKeyId: account, secretAccessKey: 'guess' }), 'InvalidSignatureException')
  assert.match(error.message, /signature we calculated does not match/)
})

test('an unknown key is not recognised', async () => {
  const error = await refused(
    call({ accessKeyId: 'AKIDNOBODY', secretAccessKey: 'test' }),
    'UnrecognizedClientException',
  )
  assert.notEqual(error.message, '')
})
