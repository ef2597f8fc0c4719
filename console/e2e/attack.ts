import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'

/** Sends one request as a client that is not the browser, and gives the status of the answer. */
export function send(url: string): Promise<number> {
  const target = new URL(url)
  const request = target.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    // The certificate of a first start is signed by itself; this client is no browser and needs no trust.
    const call = request(target, { rejectUnauthorized: false, headers: { 'user-agent': 'Mozilla/5.0 (e2e)' } }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode ?? 0))
    })
    call.on('error', reject)
    call.end()
  })
}

/** An SQL injection that carries `mark`, so that its record can be told from every other. */
export function injection(site: string, mark: string): { url: string; matched: RegExp } {
  const value = `1' UNION SELECT login,password FROM accounts WHERE '${mark}'='${mark}`
  return { url: `${site}/search?q=${encodeURIComponent(value)}&e2e=${mark}`, matched: /union|select|'/i }
}
