// What the tests of the console share: a server, a browser, and a page that reports what it must not do.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export const partner = '000000000000'
export const scope = (account, catalog = 'Sandbox') => `?account=${account}&catalog=${catalog}`

/** Starts the built server with an empty store, or on the database that the environment names. */
export async function startServer(...flags) {
  const data = mkdtempSync(path.join(tmpdir(), 'cosell-console-'))
  const url = process.env.COSELL_TEST_DATABASE_URL
  const store = url ? ['--database-url', url] : ['--data', data]
  const child = spawn(process.env.COSELL ?? path.join(root, '.bin/cosell'), ['serve', '--listen', '127.0.0.1:0', ...store, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  child.stderr.on('data', (text) => (log += text))
  const base = await new Promise((resolve, reject) => {
    let out = ''
    child.stdout.on('data', (text) => {
      out += text
      const found = /http:\/\/(127\.0\.0\.1|localhost):\d+/.exec(out)
      if (found) resolve(found[0])
    })
    child.on('exit', () => reject(new Error(`the server did not start: ${log}`)))
  })
  const stop = async () => {
    const ended = new Promise((resolve) => child.on('exit', resolve))
    child.kill('SIGTERM')
    await ended
    rmSync(data, { recursive: true, force: true })
  }
  return { base, stop }
}

export async function operate(base, method, route, body) {
  const answer = await fetch(base + '/operator/v1' + route, { method, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body) })
  const text = await answer.text()
  assert.ok(answer.ok, `${method} ${route}: ${answer.status} ${text}`)
  return text ? JSON.parse(text) : undefined
}

/** Calls a tool for AI agents, as an agent does, and returns its answer. */
export async function askAgent(base, account, name, input, token) {
  const answer = await fetch(`${base}/mcp?account=${account}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: input } }),
  })
  const text = await answer.text()
  assert.ok(answer.ok, `${name}: ${answer.status} ${text}`)
  const { result } = JSON.parse(text)
  assert.ok(!result.isError, `${name}: ${result.content[0].text}`)
  return result.structuredContent
}

/** A name that leads Chromium to this machine, which it takes for another one. */
export const networkName = 'cosell.test'

/** Starts Chromium. Nothing it does may leave the machine. */
export async function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', `--host-resolver-rules=MAP ${networkName} 127.0.0.1`],
  })
}

/** Opens a page that collects errors, violations of the policy, and requests to elsewhere. */
export async function openPage(browser, base, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: 'light', acceptDownloads: true, reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  const wrong = []
  page.on('pageerror', (error) => wrong.push(`error: ${error.message}`))
  page.on('console', (message) => {
    // A refused request is an answer; the page shows it.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) wrong.push(`console: ${message.text()}`)
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(base) && !/^(data|blob):/.test(request.url())) wrong.push(`request to ${request.url()}`)
  })
  page.setDefaultTimeout(20_000)
  page.wrong = wrong
  return page
}

/** Waits until nothing on the page is loading. */
export async function settled(page) {
  await page.waitForSelector('main h1')
  await page.waitForFunction(() => !document.querySelector('main [class*="awsui_spinner"], main [class*="status-loading"]'))
}

/** Returns what axe finds wrong. */
export async function violations(page) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe)
  const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
  return result.violations.map((v) => `${v.id}: ${v.help}; ${v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} ${n.html.slice(0, 160)} ${n.any[0]?.message ?? ''}`).join(' | ')}`)
}

/** Reports by how many pixels the page is wider than its window. */
export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

/** Changes the acting account with the menu of the bar, as a person does. */
export async function actAs(page, name) {
  await page.getByRole('button', { name: /^Acting as/ }).click()
  await page.getByRole('menuitem', { name }).click()
}

/** Chooses a value of a select. */
export async function choose(page, name, value) {
  await page.getByRole('button', { name, exact: false }).first().click()
  await page.getByRole('option', { name: value, exact: true }).click()
}
