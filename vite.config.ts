import { reactRouter } from '@react-router/dev/vite'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig, type Plugin } from 'vite'

/** main.ts, the command line and the worker threads share one module graph with the pages, else rooms exist twice and slots are empty. */
const entries = {
  main: './src/main.ts',
  cli: './src/doors/cli/cli.ts',
  'parse-worker': './src/channels/email/parse-worker.ts',
}

/** React Router names every server entry index.js; ours keep their own names. */
const namedEntries: Plugin = {
  name: 'named-entries',
  enforce: 'post',
  configEnvironment(name, config) {
    if (name !== 'ssr' || !config.build) return
    config.build.rolldownOptions = {
      ...config.build.rolldownOptions,
      input: entries,
      output: { ...(config.build.rolldownOptions?.output as object), entryFileNames: '[name].js' },
    }
  },
}

export default defineConfig({
  plugins: [tailwindcss(), reactRouter(), namedEntries],
})
