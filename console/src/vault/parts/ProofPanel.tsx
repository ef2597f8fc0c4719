import { SafetyCertificateOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { api, take } from '../../api/client'
import { Problem } from '../../api/problem'
import type { InclusionProof, RecordDetail } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { saveFile } from '../../kit/csv'
import { Mono } from '../../kit/Mono'
import { formatCount } from '../../kit/number'
import { ActionError } from '../../kit/states'
import { StatusTag, type Meaning } from '../../kit/status'
import { vaultWords } from '../i18n'
import { fromHex, toHex } from '../proof/bytes'
import type { PathStep } from '../proof/merkle'
import { verifyInclusion, type CheckState, type ProofVerdict } from '../proof/verify'

/** The vault has not signed a checkpoint over this record yet; a minute later it has. */
function isNotYet(error: unknown): boolean {
  return error instanceof Problem && (error.status === 409 || error.status === 425)
}

/** Fetches the proof of inclusion and checks it here, in the browser. */
export function ProofPanel({ record }: { record: RecordDetail }) {
  const words = useWords(vaultWords).proof
  const check = useMutation({
    mutationFn: async () => {
      const proof = await take(api.GET('/api/v1/vault/prove/{stream}/{seq}', { params: { path: { stream: record.stream, seq: record.seq } } }))
      return { proof, verdict: await verifyInclusion(record, fromHex(record.canonical_hex), proof) }
    },
  })
  return (
    <div className="proof">
      <p className="muted">{words.about}</p>
      <dl className="facts facts-1">
        <div>
          <dt>{words.leaf}</dt>
          <dd>
            <Mono text={record.leaf_hash} />
          </dd>
        </div>
      </dl>
      <Button type="primary" icon={<SafetyCertificateOutlined />} loading={check.isPending} onClick={() => check.mutate()} data-testid="verify-proof">
        {check.data === undefined ? words.verify : words.again}
      </Button>
      <div aria-live="polite">
        {isNotYet(check.error) ? <p className="proof-wait">{words.notYet}</p> : <ActionError error={check.error} />}
        {check.data && <Verdict proof={check.data.proof} verdict={check.data.verdict} />}
      </div>
    </div>
  )
}

const CHECK_MEANING: Record<CheckState, Meaning> = { good: 'ok', bad: 'critical', unsupported: 'off' }

function Verdict({ proof, verdict }: { proof: InclusionProof; verdict: ProofVerdict }) {
  const words = useWords(vaultWords).proof
  return (
    <div className={verdict.proven ? 'proof-verdict good' : 'proof-verdict bad'} data-testid="proof-verdict" data-proven={verdict.proven}>
      <p className="proof-sentence">
        <StatusTag meaning={verdict.proven ? 'ok' : 'critical'}>{verdict.proven ? words.proven : words.failed}</StatusTag>
      </p>
      <ul className="proof-checks">
        {verdict.checks.map((check) => (
          <li key={check.name}>
            <StatusTag meaning={CHECK_MEANING[check.state]}>
              {check.state === 'unsupported' ? words.unsupported : words.check[check.name]}
            </StatusTag>
          </li>
        ))}
      </ul>
      <dl className="facts facts-1">
        <div>
          <dt>{words.fingerprint}</dt>
          <dd>
            <Mono text={verdict.fingerprint} />
            <p className="muted">{words.fingerprintAbout}</p>
          </dd>
        </div>
        <div>
          <dt>{words.size}</dt>
          <dd className="figures">{formatCount(proof.size)}</dd>
        </div>
      </dl>
      <PathSteps leaf={verdict.leaf} steps={verdict.steps} root={verdict.root} />
      <details>
        <summary>{words.checkpoint}</summary>
        <pre className="snip">{proof.checkpoint}</pre>
      </details>
      <Button onClick={() => saveFile(`${proof.stream}-${proof.seq}.tlog-proof`, 'text/plain;charset=utf-8', proof.proof_text)} disabled={proof.proof_text === ''}>
        {words.download}
      </Button>
    </div>
  )
}

function PathSteps({ leaf, steps, root }: { leaf: string; steps: PathStep[]; root: string }) {
  const words = useWords(vaultWords).proof
  const { common } = useWords(shared)
  return (
    <details>
      <summary>{words.path(steps.length)}</summary>
      <ol className="proof-path">
        <li>
          <span className="path-side">{words.leaf}</span>
          <code>{leaf}</code>
        </li>
        {steps.map((step) => (
          <li key={toHex(step.result)}>
            <span className="path-side">{step.side === 'left' ? words.left : words.right}</span>
            <code className="path-sibling">{toHex(step.sibling)}</code>
            <code>= {toHex(step.result)}</code>
          </li>
        ))}
        <li>
          <span className="path-side">{words.root}</span>
          <code>{root === '' ? common.unknown : root}</code>
        </li>
      </ol>
    </details>
  )
}
