import type { Routes } from '../gen/operator.gen'
import { ApiError } from './client'
import { checkSession } from './session'

const prefix = '/operator/v1'

interface Problem {
  title?: string
  detail?: string
  errors?: { message: string; location?: string }[]
}

async function send(method: string, path: string, body?: unknown, type = 'application/json'): Promise<Response> {
  const answer = await fetch(prefix + path, {
    method,
    headers: body === undefined ? {} : { 'content-type': type },
    body: body === undefined ? undefined : typeof body === 'string' || body instanceof Blob ? body : JSON.stringify(body),
  })
  if (answer.ok) return answer
  checkSession(answer)
  const problem = (await answer.json().catch(() => ({}))) as Problem
  const fields = (problem.errors ?? []).map((e) => ({ field: (e.location ?? '').replace(/^body\./, ''), code: '', message: e.message }))
  throw new ApiError(problem.title ?? 'Error', problem.detail ?? `The server answered ${answer.status}`, fields, '')
}

type Params = Record<string, string | number | boolean | undefined>

/** Fills {names} of a path; what is left over becomes the query. */
function fill(path: string, params: Params): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value === '') continue
    if (path.includes(`{${name}}`)) path = path.replace(`{${name}}`, encodeURIComponent(String(value)))
    else query.set(name, String(value))
  }
  const text = query.toString()
  return text ? `${path}?${text}` : path
}

/** Calls a route of the operator API that its description has. */
export async function operate<R extends keyof Routes>(route: R, params: Params = {}, body?: Routes[R]['body']): Promise<Routes[R]['answer']> {
  const [method, path] = route.split(' ') as [string, string]
  const answer = await send(method, fill(path, params), body)
  const text = await answer.text()
  return (text ? JSON.parse(text) : undefined) as Routes[R]['answer']
}

/** Calls any path of the operator API with any body, for files. */
export async function operateRaw(method: string, path: string, params: Params = {}, body?: Blob | string, type?: string): Promise<Response> {
  return send(method, fill(path, params), body, type)
}
