import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

// Signs requests with Signature Version 4, as every client of the API does. A library does the
// hashing, since browsers have it only for pages that came by HTTPS or from this machine, and a
// test network has neither.
const digestOf = (text: string) => bytesToHex(sha256(utf8ToBytes(text)))

export interface Key {
  id: string
  secret: string
}

const region = 'us-east-1'

/** Returns the headers of a signed request. The digest is that of the body, in hexadecimal. */
function sign(key: Key, service: string, method: string, path: string, headers: Record<string, string>, digest: string): Record<string, string> {
  const time = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '')
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`
  const all: Record<string, string> = { ...headers, host: location.host, 'x-amz-date': time }
  const names = Object.keys(all).sort()
  const canonical = [method, path, '', ...names.map((name) => `${name}:${all[name]}`), '', names.join(';'), digest].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', time, scope, digestOf(canonical)].join('\n')
  let signing = utf8ToBytes('AWS4' + key.secret)
  for (const part of scope.split('/')) signing = hmac(sha256, signing, utf8ToBytes(part))
  const signature = bytesToHex(hmac(sha256, signing, utf8ToBytes(toSign)))
  delete all.host // the browser sends it
  return { ...all, authorization: `AWS4-HMAC-SHA256 Credential=${key.id}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}` }
}

/** Returns the headers of a signed call of an operation. */
export function signed(key: Key, service: string, target: string, type: string, body: string): Record<string, string> {
  return sign(key, service, 'POST', '/', { 'content-type': type, 'x-amz-target': target }, digestOf(body))
}

/** Returns the headers of a signed upload, as S3 takes them. The file itself is not signed: it may have 100 MB. */
export function signedUpload(key: Key, path: string): Record<string, string> {
  const digest = 'UNSIGNED-PAYLOAD'
  return sign(key, 's3', 'PUT', path, { 'x-amz-content-sha256': digest }, digest)
}
