import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/**
 * What the pages need of antd beyond the shell, in families: a page loads those it draws with, and no chunk is over its budget. A group
 * also takes what its modules import, so a family stands before those that import it (the priorities below).
 */
const ANTD = /node_modules[\\/](antd|@ant-design|@rc-component|dayjs|@emotion)[\\/]/
const FORMS = /node_modules[\\/](antd[\\/]es[\\/](form|input|alert|grid|row|col)|@rc-component[\\/](form|input))[\\/]/
const ICONS = /node_modules[\\/]@ant-design[\\/]icons(-svg)?[\\/]/
const RARE = /node_modules[\\/](antd[\\/]es[\\/](upload|progress|input-number)|@rc-component[\\/](upload|progress|input-number|mini-decimal))[\\/]/
const TABLES = /node_modules[\\/](antd[\\/]es[\\/](table|tree|pagination)|@rc-component[\\/](table|tree|pagination|context))[\\/]/
const DATES = /node_modules[\\/](antd[\\/]es[\\/](date-picker|time-picker)|@rc-component[\\/]picker|dayjs)[\\/]/

/** Choices, drawers, tags and the like, which tables and dates need too. */
const isShared = (id: string) => ANTD.test(id) && ![RARE, TABLES, DATES].some((family) => family.test(id))

/**
 * The output must run in Chromium 87 grammar (spec console.md §10); `scripts/floor.mjs` checks it.
 * Source maps are not written: whatever lies in `dist` is embedded in the binary.
 */
export default defineConfig({
  plugins: [react()],
  build: {
    target: ['chrome87'],
    sourcemap: false,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'echarts', test: /node_modules[\\/](echarts|zrender)[\\/]/, priority: 30 },
            { name: 'antd', test: ANTD, tags: ['$initial'], priority: 25 },
            { name: 'antd-forms', test: FORMS, priority: 24 },
            { name: 'antd-icons', test: ICONS, priority: 23 },
            { name: 'antd-shared', test: isShared, priority: 22 },
            { name: 'antd-rare', test: RARE, priority: 21 },
            { name: 'antd-tables', test: TABLES, priority: 20 },
            { name: 'antd-dates', test: DATES, priority: 19 },
            { name: 'react', test: /node_modules[\\/](react|react-dom|react-router|scheduler|cookie|set-cookie-parser)[\\/]/, priority: 40 },
          ],
        },
      },
    },
  },
  server: {
    proxy: { '/api': { target: 'https://127.0.0.1:9443', secure: false } },
  },
})
