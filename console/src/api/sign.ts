// Signs requests with Signature Version 4, as every client of the API does.
const encoder = new TextEncoder()

async function sha256(content: Uint8Array<ArrayBuffer>): Promise<string> {
  return hex(await crypto.subtle.digest('SHA-256', content))
}

async function hmac(key: ArrayBuffer | Uint8Array<ArrayBuffer>, text: string): Promise<ArrayBuffer> {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return crypto.subtle.sign('HMAC', imported, encoder.encode(text))
}

function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (b) => b.toString(16).padStart(2, '0')).join('')
}

export interface Key {
  id: string
  secret: string
}

const region = 'us-east-1'

/** Returns the headers of a signed request. The digest is that of the body, in hexadecimal. */
async function sign(key: Key, service: string, method: string, path: string, headers: Record<string, string>, digest: string): Promise<Record<string, string>> {
  const time = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '')
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`
  const all: Record<string, string> = { ...headers, host: location.host, 'x-amz-date': time }
  const names = Object.keys(all).sort()
  const canonical = [method, path, '', ...names.map((name) => `${name}:${all[name]}`), '', names.join(';'), digest].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', time, scope, await sha256(encoder.encode(canonical))].join('\n')
  let signing: ArrayBuffer | Uint8Array<ArrayBuffer> = encoder.encode('AWS4' + key.secret)
  for (const part of scope.split('/')) signing = await hmac(signing, part)
  const signature = hex(await hmac(signing, toSign))
  delete all.host // the browser sends it
  return { ...all, authorization: `AWS4-HMAC-SHA256 Credential=${key.id}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}` }
}

/** Returns the headers of a signed call of an operation. */
export async function signed(key: Key, service: string, target: string, type: string, body: string): Promise<Record<string, string>> {
  return sign(key, service, 'POST', '/', { 'content-type': type, 'x-amz-target': target }, await sha256(encoder.encode(body)))
}

/** Returns the headers of a signed upload, as S3 takes them. */
export async function signedUpload(key: Key, path: string, content: Uint8Array<ArrayBuffer>): Promise<Record<string, string>> {
  const digest = await sha256(content)
  return sign(key, 's3', 'PUT', path, { 'x-amz-content-sha256': digest }, digest)
}
