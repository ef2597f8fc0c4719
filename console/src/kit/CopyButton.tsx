import { CopyOutlined } from '@ant-design/icons'
import { App, Button, Tooltip } from 'antd'
import { shared, useWords } from '../i18n'

/** Copies a text and says so. Without a clipboard (a plain HTTP page, a policy) it says that instead. */
export function CopyButton({ text, label, withWord }: { text: string; label?: string; withWord?: boolean }) {
  const words = useWords(shared).common
  const { message } = App.useApp()
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      message.success(words.copied)
    } catch {
      message.warning(words.copyFailed)
    }
  }
  const name = label ?? words.copy
  const button = (
    <Button size={withWord === true ? 'middle' : 'small'} type={withWord === true ? 'default' : 'text'} icon={<CopyOutlined />} aria-label={name} onClick={() => void copy()}>
      {withWord === true ? name : null}
    </Button>
  )
  return withWord === true ? button : <Tooltip title={name}>{button}</Tooltip>
}
