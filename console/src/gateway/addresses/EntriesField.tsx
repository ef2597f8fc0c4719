import { DownloadOutlined, InboxOutlined } from '@ant-design/icons'
import { Button, Input, Upload } from 'antd'
import { useEffect, useState } from 'react'
import { useWords } from '../../i18n'
import { saveFile } from '../../kit/csv'
import { formatCount } from '../../kit/number'
import { beginning, inspect, isLong, MAX_ENTRIES, MAX_TOLD, type Inspected } from './address-list'
import { addressWords } from './i18n'

/** With room for what else goes with it: a call may have 16 MiB. */
const MAX_FILE_BYTES = 14 * 1024 * 1024

interface Props {
  /** What the person made of it; `null` while it is as it was. */
  value?: string | null
  onChange?: (text: string) => void
  /** What is stored; `null` while that is not known. */
  stored: string | null
  name: string
}

/** The entries of a group: a field for text, or, where that would make the browser wait, what is in it. */
export function EntriesField({ value = null, onChange, stored, name }: Props) {
  const words = useWords(addressWords)
  const [tooLarge, setTooLarge] = useState(false)
  const text = value ?? stored ?? ''
  const long = isLong(text)
  const found = useInspected(text)
  const read = async (file: File) => {
    setTooLarge(file.size > MAX_FILE_BYTES)
    if (file.size <= MAX_FILE_BYTES) onChange?.(decoded(await file.arrayBuffer()))
  }
  return (
    <>
      {long ? (
        <div className="entries-facts" data-testid="entries-long">
          <p className="muted">{words.tooLong}</p>
          <p>{words.begins}</p>
          <pre>{beginning(text, 5)}</pre>
          <Button size="small" icon={<DownloadOutlined />} onClick={() => saveFile(`${name || words.downloaded}.txt`, 'text/plain', text)}>
            {words.download}
          </Button>
        </div>
      ) : (
        <Input.TextArea className="code" aria-label={words.entries} rows={8} spellCheck={false} value={text} onChange={(event) => onChange?.(event.target.value)} placeholder={'10.0.0.0/8\n203.0.113.9 # VPN'} />
      )}
      <Findings text={text} found={found} />
      <Upload.Dragger className="entries-drop" accept=".txt,.csv,.list,.netset" showUploadList={false} beforeUpload={(file) => { read(file).catch(() => undefined); return false }}>
        <InboxOutlined aria-hidden="true" /> {words.drop}
        <div className="muted">{tooLarge ? words.tooLarge : words.dropHelp}</div>
      </Upload.Dragger>
    </>
  )
}

function Findings({ text, found }: { text: string; found: Inspected | null }) {
  const words = useWords(addressWords)
  if (text === '') return null
  if (found === null) return <p className="muted" role="status">{words.reading}</p>
  return (
    <div role="status" data-testid="entries-found">
      <p className="muted figures">{words.read(formatCount(found.entries), formatCount(found.lines))}</p>
      {found.entries > MAX_ENTRIES && <p className="condition-note wrong">{words.tooMany}</p>}
      {found.wrong.length > 0 && (
        <>
          <p className="condition-note wrong">{found.wrong.length < MAX_TOLD ? words.wrongLines(found.wrong.length) : words.wrongMore}</p>
          <ul className="entries-facts">
            {found.wrong.map(({ line, text }) => (
              <li key={line}>{words.wrongLine(line, text)}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}

/** Lists on Chinese machines are GBK where they are not UTF-8; the addresses are the same in both. */
function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}

/** What is in a text; `null` while that is being found out. */
function useInspected(text: string): Inspected | null {
  const [found, setFound] = useState<{ text: string; what: Inspected } | null>(null)
  useEffect(() => {
    let isWanted = true
    const breathe = () => new Promise<boolean>((resolve) => setTimeout(() => resolve(isWanted), 0))
    inspect(text, breathe)
      .then((what) => { if (what !== null && isWanted) setFound({ text, what }) })
      .catch(() => undefined)
    return () => { isWanted = false }
  }, [text])
  return found?.text === text ? found.what : null
}

/** Whether entries may be sent. */
export async function areSound(text: string): Promise<boolean> {
  const found = await inspect(text, () => new Promise((resolve) => setTimeout(() => resolve(true), 0)))
  return found !== null && found.wrong.length === 0 && found.entries <= MAX_ENTRIES
}
