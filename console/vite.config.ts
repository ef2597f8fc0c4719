import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

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
            { name: 'antd', test: /node_modules[\\/](antd|@ant-design|@rc-component|dayjs|@emotion)[\\/]/, priority: 25 },
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
