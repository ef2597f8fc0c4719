import { useQueryClient } from '@tanstack/react-query'
import { LogoutOutlined, MenuFoldOutlined, MenuUnfoldOutlined, UserOutlined } from '@ant-design/icons'
import { App, Button, Dropdown, Layout, Menu } from 'antd'
import { useEffect, useMemo, useRef, useState } from 'react'
import { Link, Outlet, useLocation, useNavigation } from 'react-router'
import { api, done, reportSessionEnd } from '../api/client'
import type { StreamState } from '../api/event-stream'
import { capabilities } from '../capabilities'
import { shared, useWords } from '../i18n'
import { Mark } from '../kit/Brand'
import { LiveContext } from '../kit/live'
import { useLanguage } from '../kit/preferences'
import { useMay, useMe } from '../kit/session'
import { errorSentence } from '../kit/states'
import { StateIcon, StatusTag } from '../kit/status'
import { LanguageSwitch, ThemeSwitch } from '../kit/Switches'
import { formatTime } from '../kit/time'
import { Crash } from './errors'
import { followHints } from './hints'

const { Content, Header, Sider } = Layout

/** The navigation, only with what this account may open. */
function useNavigationItems() {
  const language = useLanguage()
  const may = useMay()
  return capabilities
    .map((capability) => ({
      type: 'group' as const,
      key: capability.name,
      label: capability.title[language],
      children: capability.pages
        .filter((page) => may(page.permission))
        .map((page) => ({
          key: page.path,
          icon: <page.icon />,
          label: <Link to={page.path}>{page.title[language]}</Link>,
          title: page.title[language],
        })),
    }))
    .filter((group) => group.children.length > 0)
}

/** Listens for hints and marks what they name as old. */
function useHints(): StreamState {
  const queryClient = useQueryClient()
  const [state, setState] = useState<StreamState>('connecting')
  useEffect(
    () =>
      followHints('/api/v1/system/stream', {
        onState: setState,
        onHints: (stale) => {
          void queryClient.invalidateQueries(stale === null ? {} : { predicate: (query) => stale.has(String(query.queryKey[0])) })
        },
        onRefused: (problem) => {
          if (problem.status === 401) reportSessionEnd(problem)
        },
      }),
    [queryClient],
  )
  return state
}

/** Goes with the page: title of the tab, focus on the content, scroll to the top. */
function usePageEntry(path: string) {
  const language = useLanguage()
  const words = useWords(shared)
  const content = useRef<HTMLElement>(null)
  const entered = useRef(path)
  const title = useMemo(() => {
    for (const capability of capabilities) {
      for (const page of capability.pages) if (page.path === path) return page.title[language]
    }
    return null
  }, [path, language])
  useEffect(() => {
    document.title = title === null ? words.product : `${title} · ${words.product}`
  }, [title, words])
  useEffect(() => {
    if (entered.current === path) return
    entered.current = path
    content.current?.focus({ preventScroll: true })
    window.scrollTo(0, 0)
  }, [path])
  return content
}

export function Shell() {
  const words = useWords(shared)
  const location = useLocation()
  const navigation = useNavigation()
  const items = useNavigationItems()
  const live = useHints()
  const content = usePageEntry(location.pathname)
  const [collapsed, setCollapsed] = useState(false)
  return (
    <LiveContext.Provider value={live}>
      <a className="skip-link" href="#content" onClick={(event) => { event.preventDefault(); content.current?.focus() }}>
        {words.skip}
      </a>
      {navigation.state === 'loading' && <div className="route-progress" role="progressbar" aria-label={words.common.loading} />}
      <Layout className="shell">
        <Sider className="shell-side" width={216} collapsedWidth={56} collapsed={collapsed} breakpoint="lg" onBreakpoint={setCollapsed} theme="light" trigger={null} collapsible>
          <Link to="/" className="brand" aria-label={`${words.product} ${words.productOther}`}>
            <Mark />
            {!collapsed && (
              <span className="brand-words">
                <strong>{words.product}</strong>
                <span>{words.productOther}</span>
              </span>
            )}
          </Link>
          <nav aria-label={words.nav} className="shell-nav">
            <Menu mode="inline" items={items} selectedKeys={[location.pathname]} inlineIndent={14} />
          </nav>
        </Sider>
        <Layout>
          <Header className="shell-head">
            <Button
              type="text"
              icon={collapsed ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
              aria-label={collapsed ? words.expand : words.collapse}
              aria-expanded={!collapsed}
              onClick={() => setCollapsed(!collapsed)}
            />
            <span className="spring" />
            <LiveMark state={live} />
            <LanguageSwitch />
            <ThemeSwitch />
            <AccountMenu />
          </Header>
          <LiveBanner state={live} />
          <Content id="content" className="shell-content" tabIndex={-1} ref={content} role="main">
            <Crash key={location.pathname}>
              <Outlet />
            </Crash>
          </Content>
        </Layout>
      </Layout>
    </LiveContext.Provider>
  )
}

function LiveMark({ state }: { state: StreamState }) {
  const words = useWords(shared)
  if (state === 'live') return <StatusTag meaning="ok">{words.live}</StatusTag>
  if (state === 'connecting') return <StatusTag meaning="off">{words.liveConnecting}</StatusTag>
  return <StatusTag meaning="high">{words.liveBroken}</StatusTag>
}

function LiveBanner({ state }: { state: StreamState }) {
  return <div aria-live="polite">{state !== 'live' && <BrokenBanner />}</div>
}

/** The wire may be down this long before anybody is told, so that a blink alarms nobody. */
const BANNER_DELAY_MS = 5_000

function BrokenBanner() {
  const words = useWords(shared)
  const [shown, setShown] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), BANNER_DELAY_MS)
    return () => clearTimeout(timer)
  }, [])
  if (!shown) return null
  return (
    <div className="live-banner">
      <StateIcon meaning="high" />
      <strong>{words.liveBroken}</strong>
      <span>{words.liveBrokenMore}</span>
    </div>
  )
}

function AccountMenu() {
  const words = useWords(shared)
  const me = useMe()
  const { message } = App.useApp()
  const roleNames = me.roles.map((role) => (words.roles as Record<string, string>)[role] ?? role).join(words.common.listJoin)
  const signOut = async () => {
    try {
      await done(api.POST('/api/v1/identity/logout'))
    } catch (error) {
      // Only a session that the server ended is over: a person must not walk away believing otherwise.
      message.error(errorSentence(error, words))
      return
    }
    // A new document, not a route: nothing of the person stays in memory, and a page that is still loading cannot put its own
    // address over this one.
    window.location.replace('/login')
  }
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'who', type: 'group', label: <AccountLines login={me.login} roles={roleNames} until={words.sessionUntil(formatTime(me.absolute_ends_at, 'minute'))} /> },
          { type: 'divider' },
          { key: 'out', icon: <LogoutOutlined />, label: words.signOut },
        ],
        onClick: ({ key }) => {
          if (key === 'out') void signOut()
        },
      }}
    >
      <Button type="text" className="account-button" icon={<UserOutlined />} aria-label={`${words.account}: ${me.name}`}>
        {me.name}
      </Button>
    </Dropdown>
  )
}

function AccountLines({ login, roles, until }: { login: string; roles: string; until: string }) {
  return (
    <span className="account-lines">
      <strong>{login}</strong>
      <span>{roles}</span>
      <span>{until}</span>
    </span>
  )
}
