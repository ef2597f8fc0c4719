import { DesktopOutlined, MoonOutlined, SunOutlined } from '@ant-design/icons'
import { Button, Dropdown, Segmented } from 'antd'
import { shared, useWords } from '../i18n'
import { chooseLanguage, chooseTheme, useLanguage, useTheme, useThemeChoice, type ThemeChoice } from './preferences'

/** Language of the console; each language is named in itself. */
export function LanguageSwitch() {
  const language = useLanguage()
  const words = useWords(shared)
  return (
    <Segmented
      size="small"
      aria-label={words.language}
      className="language-switch"
      value={language}
      options={[
        { value: 'zh', label: <span lang="zh-CN">中文</span> },
        { value: 'en', label: <span lang="en">English</span> },
      ]}
      onChange={(value) => chooseLanguage(value === 'en' ? 'en' : 'zh')}
    />
  )
}

export function ThemeSwitch() {
  const words = useWords(shared)
  const theme = useTheme()
  const choice = useThemeChoice()
  const icons = { system: <DesktopOutlined />, light: <SunOutlined />, dark: <MoonOutlined /> }
  const labels: Record<ThemeChoice, string> = { system: words.themeSystem, light: words.themeLight, dark: words.themeDark }
  const name = `${words.theme}: ${labels[choice]}`
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        selectable: true,
        selectedKeys: [choice],
        items: (['system', 'light', 'dark'] as const).map((key) => ({ key, icon: icons[key], label: labels[key] })),
        onClick: ({ key }) => chooseTheme(key === 'light' || key === 'dark' ? key : 'system'),
      }}
    >
      <Button type="text" className="theme-switch" aria-label={name} title={name} icon={theme === 'dark' ? <MoonOutlined /> : <SunOutlined />} />
    </Dropdown>
  )
}
