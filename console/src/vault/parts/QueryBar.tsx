import { SearchOutlined } from '@ant-design/icons'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useWords } from '../../i18n'
import { vaultWords } from '../i18n'

/** What is typed becomes the search only on Enter or the button: queries cost the server work. */
export function QueryBar({ query, onRun, busy }: { query: string; onRun: (query: string) => void; busy: boolean }) {
  const words = useWords(vaultWords).search
  const [typed, setTyped] = useState(query)
  return (
    <form
      className="query-bar"
      role="search"
      onSubmit={(event) => {
        event.preventDefault()
        onRun(typed.trim())
      }}
    >
      <Input className="query-input" aria-label={words.query} value={typed} placeholder={words.placeholder} spellCheck={false} autoComplete="off" allowClear onChange={(event) => setTyped(event.target.value)} />
      <Button type="primary" htmlType="submit" icon={<SearchOutlined />} loading={busy && { delay: 300 }}>
        {words.run}
      </Button>
    </form>
  )
}
