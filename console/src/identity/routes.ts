import { DesktopOutlined, SolutionOutlined, TeamOutlined, UserSwitchOutlined } from '@ant-design/icons'
import type { CapabilityPages } from '../kit/capability'
import { MAY } from '../kit/permissions'

export const identity: CapabilityPages = {
  name: 'identity',
  title: { zh: '账号与权限', en: 'Identity' },
  pages: [
    { path: '/identity/accounts', title: { zh: '账号', en: 'Accounts' }, permission: MAY.accountRead, icon: TeamOutlined, lazy: () => import('./accounts') },
    { path: '/identity/roles', title: { zh: '角色与权限矩阵', en: 'Roles and permissions' }, permission: MAY.accountRead, icon: UserSwitchOutlined, lazy: () => import('./roles') },
    { path: '/identity/sessions', title: { zh: '会话', en: 'Sessions' }, permission: MAY.sessionRead, icon: DesktopOutlined, lazy: () => import('./sessions') },
    { path: '/identity/approvals', title: { zh: '审批', en: 'Approvals' }, permission: MAY.approvalRead, icon: SolutionOutlined, lazy: () => import('./approvals') },
  ],
}
