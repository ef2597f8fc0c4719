import { theme as antd, type ThemeConfig } from 'antd'
import type { Theme } from '../kit/preferences'

const FONT = '"Noto Sans CJK SC","Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif'

/** Shared by both themes. */
const BASE = { fontFamily: FONT, fontSize: 14, borderRadius: 6, wireframe: false, motionDurationMid: '0.15s', motionDurationSlow: '0.2s' }

/** The tokens of antd; the console's own colours of the same names stand in `app.css`. */
export function consoleTheme(theme: Theme, motion: boolean): ThemeConfig {
  const tokens = theme === 'dark' ? DARK : LIGHT
  return motion ? tokens : { ...tokens, token: { ...tokens.token, motion } }
}

const LIGHT: ThemeConfig = {
  algorithm: antd.defaultAlgorithm,
  token: {
    ...BASE,
    colorPrimary: '#0b6b75',
    colorLink: '#0b6b75',
    colorLinkHover: '#084f57',
    colorInfo: '#0958d9',
    colorError: '#cf1322',
    colorWarning: '#ad4e00',
    colorSuccess: '#237804',
    colorBgLayout: '#f3f6f8',
    colorText: '#1b2a33',
    colorTextSecondary: '#4a5b66',
    colorTextTertiary: '#5b6b75',
    colorTextQuaternary: '#6b7a84',
    colorTextDescription: '#4a5b66',
    colorTextPlaceholder: '#687883',
    colorBorder: '#cdd7dd',
    colorBorderSecondary: '#e3eaee',
  },
  components: {
    Menu: { itemSelectedBg: '#dcedef', itemSelectedColor: '#084f57', itemBg: 'transparent', groupTitleColor: '#5b6b75', itemHeight: 36, activeBarBorderWidth: 0 },
    Table: { headerBg: '#f3f6f8', headerColor: '#4a5b66', rowHoverBg: '#f0f6f7', cellPaddingBlockSM: 7 },
    Segmented: { trackBg: '#e8eef1', itemColor: '#3d4e58' },
  },
}

const DARK: ThemeConfig = {
  algorithm: antd.darkAlgorithm,
  token: {
    ...BASE,
    colorPrimary: '#4fb3bd',
    colorLink: '#6cc8d1',
    colorLinkHover: '#9adde3',
    colorInfo: '#69b1ff',
    colorError: '#ff7875',
    colorWarning: '#ffa940',
    colorSuccess: '#95de64',
    colorBgBase: '#0d1316',
    colorBgLayout: '#0d1316',
    colorBgContainer: '#151d21',
    colorBgElevated: '#1c262b',
    colorBgSpotlight: '#2c3a42',
    colorText: '#e3eaee',
    colorTextSecondary: '#a9bac4',
    colorTextTertiary: '#93a5af',
    colorTextQuaternary: '#8496a0',
    colorTextDescription: '#a9bac4',
    colorTextPlaceholder: '#8496a0',
    colorBorder: '#34434b',
    colorBorderSecondary: '#243037',
  },
  components: {
    Button: { primaryColor: '#04262a', dangerColor: '#2a0606' },
    Menu: { itemSelectedBg: '#173a3f', itemSelectedColor: '#9adde3', itemBg: 'transparent', groupTitleColor: '#93a5af', itemHeight: 36, activeBarBorderWidth: 0 },
    Table: { headerBg: '#1a2429', headerColor: '#a9bac4', rowHoverBg: '#1b262b', cellPaddingBlockSM: 7 },
    Segmented: { trackBg: '#1c262b', itemColor: '#b7c6cf', itemSelectedBg: '#34434b' },
  },
}
