import { CopyButton } from '../../kit/CopyButton'
import './typed.css'

/** Lines to be typed elsewhere, with a button that copies them. `label` says what they are to those who do not see them. */
export function Typed({ text, label }: { text: string; label?: string }) {
  return (
    <div className="typed">
      <pre>{text}</pre>
      <CopyButton text={text} label={label} />
    </div>
  )
}
