import { createHash } from 'node:crypto'
import { defineConfig, type Plugin } from 'vite'

// The style sheets hold their fonts as data. As files, only the used ones are loaded, and
// the content-security policy needs no exception.
const fontFiles: Plugin = {
  name: 'font-files',
  apply: 'build',
  generateBundle(_, bundle) {
    for (const sheet of Object.values(bundle)) {
      if (sheet.type !== 'asset' || !sheet.fileName.endsWith('.css')) continue
      // The page is written in two weights; slanted words are made of the regular one.
      const used = String(sheet.source).replace(/@font-face\{[^}]*\}/g, (face) => (/font-weight:(400|700);font-style:normal/.test(face) ? face : ''))
      sheet.source = used.replace(/data:font\/woff2;base64,([A-Za-z0-9+/=]+)/g, (_all, data) => {
        const source = Buffer.from(data, 'base64')
        const fileName = `assets/font-${createHash('sha256').update(source).digest('hex').slice(0, 8)}.woff2`
        if (!bundle[fileName]) this.emitFile({ type: 'asset', fileName, source })
        return `/console/${fileName}`
      })
    }
  },
}

// The messages are those of all components; these are never used here.
const unused = ['annotation-context', 'code-editor', 'date-range-picker', 'prompt-input', 's3-resource-selector', 'tag-editor', 'tutorial-panel']
const usedMessages: Plugin = {
  name: 'used-messages',
  apply: 'build',
  transform(code, id) {
    if (!/i18n\/messages\/all\.en\.js$/.test(id)) return undefined
    const begin = code.indexOf('{')
    const end = code.lastIndexOf('}') + 1
    const all = JSON.parse(code.slice(begin, end)) as Record<string, Record<string, Record<string, unknown>>>
    for (const name of unused) delete all['cloudscape-design-components'].en[name]
    return { code: code.slice(0, begin) + JSON.stringify(all) + code.slice(end), map: null }
  },
}

// The built form is committed and embedded in the binary, so it must be the same on
// every machine: names follow from content, and nothing of the machine is in it.
export default defineConfig({
  base: '/console/',
  plugins: [fontFiles, usedMessages],
  build: {
    outDir: '../internal/console/dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      // Directives for servers that render React mean nothing in a browser.
      onwarn: (warning, warn) => warning.code !== 'MODULE_LEVEL_DIRECTIVE' && warn(warning),
    },
  },
  server: {
    proxy: {
      '/operator': 'http://127.0.0.1:8787',
      '/api': { target: 'http://127.0.0.1:8787', rewrite: () => '/' },
    },
  },
})
