import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { App, ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import { RouterProvider } from 'react-router/dom'
import { Problem, Unreachable } from '../api/problem'
import { useLanguage, useMotion, useTheme } from '../kit/preferences'
import { Crash } from './errors'
import { createRouter } from './router'
import { consoleTheme } from './theme'

/** Reads are tried again when the server was not reached, or named a time to wait; never when it refused. */
function shouldRetry(failures: number, error: unknown): boolean {
  if (error instanceof Unreachable) return failures < 2
  return error instanceof Problem && error.status === 429 && failures < 3
}

function retryDelay(failures: number, error: unknown): number {
  if (error instanceof Problem && error.retryAfter !== null) return Math.min(error.retryAfter, 30) * 1000
  return 500 * 2 ** failures
}

const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: shouldRetry, retryDelay, staleTime: 5_000, networkMode: 'always', refetchOnWindowFocus: true },
    mutations: { retry: false, networkMode: 'always' },
  },
})

const router = createRouter()

export function Application() {
  const language = useLanguage()
  const theme = consoleTheme(useTheme(), useMotion())
  dayjs.locale(language === 'en' ? 'en' : 'zh-cn')
  return (
    <ConfigProvider locale={language === 'en' ? enUS : zhCN} theme={theme} button={{ autoInsertSpace: false }}>
      <App>
        <Crash>
          <QueryClientProvider client={queryClient}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </Crash>
      </App>
    </ConfigProvider>
  )
}
