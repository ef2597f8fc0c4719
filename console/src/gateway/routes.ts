import { ApiOutlined, ApartmentOutlined, DashboardOutlined, EyeOutlined, FilterOutlined, HistoryOutlined, SafetyCertificateOutlined, SafetyOutlined } from '@ant-design/icons'
import type { CapabilityPages } from '../kit/capability'
import { MAY } from '../kit/permissions'

export const gateway: CapabilityPages = {
  name: 'gateway',
  title: { zh: '防护', en: 'Protection' },
  pages: [
    { path: '/gateway/overview', title: { zh: '总览', en: 'Overview' }, permission: MAY.vaultRead, icon: DashboardOutlined, lazy: () => import('./overview') },
    { path: '/gateway/objects', title: { zh: '防护对象', en: 'Protected objects' }, permission: MAY.gatewayObjectRead, icon: SafetyOutlined, lazy: () => import('./objects') },
    { path: '/gateway/groups', title: { zh: '对象组与模板', en: 'Groups and templates' }, permission: MAY.gatewayObjectRead, icon: ApartmentOutlined, lazy: () => import('./groups') },
    { path: '/gateway/observed', title: { zh: '观察报告', en: 'Observed' }, permission: MAY.gatewayObjectRead, icon: EyeOutlined, lazy: () => import('./policy/observed') },
    { path: '/gateway/exclusions', title: { zh: '例外', en: 'Exclusions' }, permission: MAY.gatewayObjectRead, icon: FilterOutlined, lazy: () => import('./policy/exclusions') },
    { path: '/gateway/certificates', title: { zh: '站点证书', en: 'Certificates' }, permission: MAY.gatewayCertificateRead, icon: SafetyCertificateOutlined, lazy: () => import('./certificates/certificates') },
    { path: '/gateway/history', title: { zh: '策略变更', en: 'Policy changes' }, permission: MAY.gatewayObjectRead, icon: HistoryOutlined, lazy: () => import('./history') },
    { path: '/gateway/status', title: { zh: '网关状态', en: 'Gateway status' }, permission: MAY.gatewayStatusRead, icon: ApiOutlined, lazy: () => import('./status') },
  ],
}
