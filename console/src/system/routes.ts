import { AuditOutlined, ClusterOutlined, HeartOutlined } from '@ant-design/icons'
import type { CapabilityPages } from '../kit/capability'
import { MAY } from '../kit/permissions'

export const system: CapabilityPages = {
  name: 'system',
  title: { zh: '系统', en: 'System' },
  pages: [
    { path: '/system/state', title: { zh: '运行状态', en: 'Running state' }, permission: MAY.systemRead, icon: HeartOutlined, lazy: () => import('./state') },
    { path: '/system/nodes', title: { zh: '节点', en: 'Remote nodes' }, permission: MAY.systemRead, icon: ClusterOutlined, lazy: () => import('./nodes') },
    { path: '/system/audit', title: { zh: '审计记录', en: 'Audit trail' }, permission: MAY.auditRead, icon: AuditOutlined, lazy: () => import('./audit') },
  ],
}
