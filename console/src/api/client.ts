import type { Operations } from '../gen/contract.gen'
import { checkSession, currentSession } from './session'
import { signed, signedUpload } from './sign'

export type OperationName = keyof Operations

/** One field that the server refuses, with its reason. */
export interface FieldError {
  field: string
  code: string
  message: string
}

/** The server's refusal of a request. */
export class ApiError extends Error {
  constructor(
    readonly type: string,
    message: string,
    readonly fields: FieldError[],
    readonly requestId: string,
  ) {
    super(message)
    this.name = type
  }
}

/** The account `aws` is the AWS side. */
export const awsSide = 'aws'

const secret = 'test'

async function post(account: string, service: string, target: string, type: string, input: object): Promise<unknown> {
  const body = JSON.stringify(input)
  const answer = (await isSignedIn())
    ? await fetch(`/console/call/${account}`, { method: 'POST', headers: { 'content-type': type, 'x-amz-target': target }, body })
    : await fetch('/', { method: 'POST', headers: signed({ id: account, secret }, service, target, type, body), body })
  const text = await answer.text()
  if (!answer.ok) throw refusal(text, answer)
  return text ? JSON.parse(text) : {}
}

/** Reports whether the server acts for accounts on behalf of who signed in: with strict auth nobody has the keys of all accounts. */
const isSignedIn = async () => (await currentSession()).auth === 'strict'

function refusal(text: string, answer: Response): ApiError {
  checkSession(answer)
  const requestId = answer.headers.get('x-amzn-requestid') ?? ''
  try {
    const error = JSON.parse(text)
    const fields = (error.ErrorList ?? []).map((e: Record<string, string>) => ({ field: e.FieldName ?? '', code: e.Code ?? '', message: e.Message ?? '' }))
    return new ApiError(String(error.__type ?? error.title ?? 'Error'), error.Message ?? error.message ?? error.detail ?? text, fields, requestId)
  } catch {
    return new ApiError('Error', `The server answered ${answer.status} ${answer.statusText}`, [], requestId)
  }
}

/** Calls an operation of the API as an account. */
export async function call<O extends OperationName>(account: string, operation: O, input: Operations[O]['input']): Promise<Operations[O]['output']> {
  return post(account, 'partnercentral-selling', `AWSPartnerCentralSelling.${operation}`, 'application/x-amz-json-1.0', input) as Promise<Operations[O]['output']>
}

/** Calls an operation of the EventBridge API as an account. */
export async function callEvents(account: string, operation: string, input: object): Promise<Record<string, unknown>> {
  return (await post(account, 'events', `AWSEvents.${operation}`, 'application/x-amz-json-1.1', input)) as Record<string, unknown>
}

const bucket = 'aws-partner-central-marketplace-ephemeral-writeonly-files'

/** Uploads a file for a bulk job and returns its address. */
export async function upload(account: string, file: File): Promise<string> {
  const name = `${Date.now()}-${file.name.replace(/[^A-Za-z0-9._-]/g, '_')}`
  const path = `/${bucket}/${account}/${name}`
  const answer = (await isSignedIn())
    ? await fetch(`/console/upload/${account}/${name}`, { method: 'PUT', body: file })
    : await fetch(path, { method: 'PUT', headers: signedUpload({ id: account, secret }, path), body: file })
  if (!answer.ok) {
    const text = await answer.text()
    throw new ApiError('UploadRefused', /<Message>([^<]*)/.exec(text)?.[1] ?? `The server answered ${answer.status}`, [], '')
  }
  return `s3://${bucket}/${account}/${name}`
}
