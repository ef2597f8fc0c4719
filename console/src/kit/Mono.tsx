import { CopyButton } from './CopyButton'

/** A hash, key or id: fixed width, breaking anywhere, with a button that copies it. */
export function Mono({ text, copy = true }: { text: string; copy?: boolean }) {
  return (
    <span className="mono-line">
      <code>{text}</code>
      {copy && <CopyButton text={text} />}
    </span>
  )
}
