// Signs requests with Signature Version 4, as every client of the API does.
const encoder = new TextEncoder()

async function sha256(text: string): Promise<string> {
  return hex(await crypto.subtle.digest('SHA-256', encoder.encode(text)))
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

/** Returns the headers of a signed POST to the root of this server. */
export async function signed(key: Key, service: string, target: string, type: string, body: string): Promise<Record<string, string>> {
  const time = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '')
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`
  const headers: Record<string, string> = { 'content-type': type, host: location.host, 'x-amz-date': time, 'x-amz-target': target }
  const names = Object.keys(headers).sort()
  const canonical = ['POST', '/', '', ...names.map((name) => `${name}:${headers[name]}`), '', names.join(';'), await sha256(body)].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', time, scope, await sha256(canonical)].join('\n')
  let signing: ArrayBuffer | Uint8Array<ArrayBuffer> = encoder.encode('AWS4' + key.secret)
  for (const part of scope.split('/')) signing = await hmac(signing, part)
  const signature = hex(await hmac(signing, toSign))
  delete headers.host // the browser sends it
  headers.authorization = `AWS4-HMAC-SHA256 Credential=${key.id}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`
  return headers
}
