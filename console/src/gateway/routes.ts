import { ApiOutlined, ApartmentOutlined, DashboardOutlined, DesktopOutlined, EyeOutlined, FileSearchOutlined, FileTextOutlined, FilterOutlined, HeartOutlined, HistoryOutlined, InboxOutlined, LockOutlined, MinusCircleOutlined, SafetyCertificateOutlined, SafetyOutlined, SolutionOutlined, SwapOutlined } from '@ant-design/icons'
import type { CapabilityPages } from '../kit/capability'
import { MAY } from '../kit/permissions'

export const gateway: CapabilityPages = {
  name: 'gateway',
  title: { zh: '防护', en: 'Protection' },
  pages: [
    { path: '/gateway/overview', title: { zh: '总览', en: 'Overview' }, permission: MAY.vaultRead, icon: DashboardOutlined, lazy: () => import('./overview') },
    { path: '/gateway/analysis', title: { zh: '攻击分析', en: 'Attack analysis' }, permission: MAY.vaultRead, icon: FileSearchOutlined, lazy: () => import('./analysis/analysis') },
    { path: '/gateway/live', title: { zh: '实时流量', en: 'Live traffic' }, permission: MAY.vaultRead, icon: HeartOutlined, lazy: () => import('./live/live') },
    { path: '/gateway/objects', title: { zh: '防护对象', en: 'Protected objects' }, permission: MAY.gatewayObjectRead, icon: SafetyOutlined, lazy: () => import('./objects') },
    { path: '/gateway/groups', title: { zh: '对象组与模板', en: 'Groups and templates' }, permission: MAY.gatewayObjectRead, icon: ApartmentOutlined, lazy: () => import('./groups') },
    { path: '/gateway/observed', title: { zh: '观察报告', en: 'Observed' }, permission: MAY.gatewayObjectRead, icon: EyeOutlined, lazy: () => import('./policy/observed') },
    { path: '/gateway/exclusions', title: { zh: '例外', en: 'Exclusions' }, permission: MAY.gatewayObjectRead, icon: FilterOutlined, lazy: () => import('./policy/exclusions') },
    { path: '/gateway/rules', title: { zh: '自定义规则', en: 'Custom rules' }, permission: MAY.gatewayObjectRead, icon: FileTextOutlined, lazy: () => import('./rules/rules') },
    { path: '/gateway/limits', title: { zh: 'CC 限流', en: 'Limits' }, permission: MAY.gatewayObjectRead, icon: SwapOutlined, lazy: () => import('./limits/limits') },
    { path: '/gateway/addresses', title: { zh: '地址组', en: 'Address groups' }, permission: MAY.gatewayObjectRead, icon: InboxOutlined, lazy: () => import('./addresses/addresses') },
    { path: '/gateway/bans', title: { zh: '封禁', en: 'Bans' }, permission: MAY.gatewayBanRead, icon: MinusCircleOutlined, lazy: () => import('./bans/bans') },
    { path: '/gateway/guards', title: { zh: '应用准入', en: 'Application guards' }, permission: MAY.gatewayObjectRead, icon: LockOutlined, lazy: () => import('./guards/guards') },
    { path: '/gateway/sessions', title: { zh: '优先级与会话', en: 'Priorities and sessions' }, permission: MAY.gatewaySessionRead, icon: DesktopOutlined, lazy: () => import('./sessions/sessions') },
    { path: '/gateway/schemas', title: { zh: '接口描述', en: 'API descriptions' }, permission: MAY.gatewayObjectRead, icon: SolutionOutlined, lazy: () => import('./schemas/schemas') },
    { path: '/gateway/certificates', title: { zh: '站点证书', en: 'Certificates' }, permission: MAY.gatewayCertificateRead, icon: SafetyCertificateOutlined, lazy: () => import('./certificates/certificates') },
    { path: '/gateway/history', title: { zh: '策略变更', en: 'Policy changes' }, permission: MAY.gatewayObjectRead, icon: HistoryOutlined, lazy: () => import('./history') },
    { path: '/gateway/status', title: { zh: '网关状态', en: 'Gateway status' }, permission: MAY.gatewayStatusRead, icon: ApiOutlined, lazy: () => import('./status') },
  ],
}
