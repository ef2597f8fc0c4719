import { ApiOutlined, DashboardOutlined, SafetyOutlined } from '@ant-design/icons'
import type { CapabilityPages } from '../kit/capability'
import { MAY } from '../kit/permissions'

export const gateway: CapabilityPages = {
  name: 'gateway',
  title: { zh: '防护', en: 'Protection' },
  pages: [
    { path: '/gateway/overview', title: { zh: '总览', en: 'Overview' }, permission: MAY.vaultRead, icon: DashboardOutlined, lazy: () => import('./overview') },
    { path: '/gateway/objects', title: { zh: '防护对象', en: 'Protected objects' }, permission: MAY.gatewayObjectRead, icon: SafetyOutlined, lazy: () => import('./objects') },
    { path: '/gateway/status', title: { zh: '网关状态', en: 'Gateway status' }, permission: MAY.gatewayStatusRead, icon: ApiOutlined, lazy: () => import('./status') },
  ],
}
