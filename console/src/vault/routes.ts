import { FileSearchOutlined, SafetyCertificateOutlined } from '@ant-design/icons'
import type { CapabilityPages } from '../kit/capability'
import { MAY } from '../kit/permissions'

export const vault: CapabilityPages = {
  name: 'vault',
  title: { zh: '日志存证', en: 'Evidence' },
  pages: [
    { path: '/vault/search', title: { zh: '日志检索', en: 'Event search' }, permission: MAY.vaultRead, icon: FileSearchOutlined, lazy: () => import('./search') },
    { path: '/vault/integrity', title: { zh: '存证校验', en: 'Integrity' }, permission: MAY.vaultRead, icon: SafetyCertificateOutlined, lazy: () => import('./integrity') },
  ],
}
